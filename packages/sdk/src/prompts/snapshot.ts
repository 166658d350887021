import type { PromptContent } from '@signalbox/schema'

/** One version as an app uses it: its fragments are filled in. */
export type KeptVersion = {
  /** SHA-256 of the content as it was written, hex: what spans name. */
  hash: string
  content: PromptContent
  /** Labels of fragments decide about its text: it is asked for again, as a label is. */
  changes?: true
}
export type KeptLabel = { version: number } | { split: readonly { version: number; weight: number }[] }
type KeptPrompt = { labels: Record<string, KeptLabel>; versions: Record<string, KeptVersion> }

/** What was read so far, or what a lock file brings along: one shape, so that either can stand in for the server. */
export type PromptSnapshot = { lockfileVersion: 1; prompts: Record<string, KeptPrompt> }

export const emptySnapshot = (): PromptSnapshot => ({ lockfileVersion: 1, prompts: {} })

/** Where snapshots are kept between two runs of an app. */
export type PromptStore = {
  read(): Promise<PromptSnapshot | undefined>
  write(snapshot: PromptSnapshot): Promise<void>
}

/** Throws, in words, where a value is no snapshot: it was written by hand, by something newer, or broken off. */
export function asSnapshot(value: unknown, where: string): PromptSnapshot {
  const { lockfileVersion, prompts } = (isRecord(value) ? value : {}) as Record<string, unknown>
  if (lockfileVersion !== 1)
    throw new Error(
      `${where} is no file of prompts that this version of @signalbox/sdk reads. Write it anew with "signalbox prompts pull".`,
    )
  const isRight =
    isRecord(prompts) &&
    Object.values(prompts).every(
      (one) =>
        isRecord(one) &&
        isRecord(one.labels) &&
        isRecord(one.versions) &&
        Object.values(one.versions).every((version) => isRecord(version) && typeof version.hash === 'string' && isRecord(version.content)),
    )
  if (!isRight) throw new Error(`${where} is damaged. Write it anew with "signalbox prompts pull".`)
  return { lockfileVersion: 1, prompts: prompts as PromptSnapshot['prompts'] }
}

/** Two together; where both know something, the second is right. */
export function mergeSnapshots(first: PromptSnapshot, second: PromptSnapshot): PromptSnapshot {
  const prompts: PromptSnapshot['prompts'] = { ...first.prompts }
  for (const [name, { labels, versions }] of Object.entries(second.prompts)) {
    const before = prompts[name]
    prompts[name] = pruned({ labels: { ...before?.labels, ...labels }, versions: { ...before?.versions, ...versions } })
  }
  return { lockfileVersion: 1, prompts }
}

/** Versions that no label points to and that were asked for by number: no more than this of a prompt are kept. */
const MOST_UNLABELLED = 10

function pruned({ labels, versions }: KeptPrompt): KeptPrompt {
  const labelled = new Set(Object.values(labels).flatMap(versionsOf))
  const others = Object.keys(versions)
    .map(Number)
    .filter((version) => !labelled.has(version))
    .sort((a, b) => b - a)
  for (const version of others.slice(MOST_UNLABELLED)) delete versions[version]
  return { labels, versions }
}

export const versionsOf = (label: KeptLabel): number[] => ('split' in label ? label.split.map(({ version }) => version) : [label.version])

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
