import type { SnapshotPrompt } from '@signalbox/schema'

export type AskedVersion = { projectId: string; name: string; version: number }
/** `null`: there is no such version. */
export type VersionAnswer = { version: SnapshotPrompt['versions'][string] | null }
/** Undefined where nobody could say: the core does not answer, and it was not asked for before. */
export type VersionOf = (asked: AskedVersion) => Promise<VersionAnswer | undefined>

/** After that it is in the snapshot, where one of its fragments is followed too. */
const FRESH_MS = 5000
const FRESH_NONE_MS = 1000
const MOST = 200

/**
 * Versions that no label points to, asked of the core once: from then on the core gives them to every edge with the snapshot. Until that has
 * come, and where the core is gone before it has, the answer stands here. Calls that ask for the same at once share one question.
 */
export function createAskedVersions(
  ask: (asked: AskedVersion) => Promise<VersionAnswer>,
  now: () => number = () => performance.now(),
): VersionOf {
  const known = new Map<string, { answer: VersionAnswer; at: number }>()
  const underWay = new Map<string, Promise<VersionAnswer>>()

  return async (asked) => {
    const key = JSON.stringify([asked.projectId, asked.name, asked.version])
    const before = known.get(key)
    if (before && now() - before.at < (before.answer.version ? FRESH_MS : FRESH_NONE_MS)) return before.answer
    const asking =
      underWay.get(key) ??
      ask(asked).finally(() => {
        underWay.delete(key)
      })
    underWay.set(key, asking)
    try {
      const answer = await asking
      known.delete(key)
      known.set(key, { answer, at: now() })
      if (known.size > MOST) known.delete(known.keys().next().value as string)
      return answer
    } catch {
      return before?.answer.version ? before.answer : undefined
    }
  }
}
