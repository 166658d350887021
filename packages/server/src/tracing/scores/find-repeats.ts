import { likenessOf, wordsOf } from './likeness.ts'

/** Where somebody asks something: the first span of a trace, in short. Times are microseconds since 1970. */
export type Asked = {
  traceId: string
  sessionId: string
  userId: string
  startedAt: number
  endedAt: number
  status: string
  /** The begin of the question. */
  question: string
}
export type Repeat = { earlier: Asked; later: Asked; likeness: number }

/** "Yes" is said more than once in most conversations. */
const FEWEST_LETTERS = 8

/**
 * Questions that were asked again soon, by the same session, or by the same user where there is no session. Of each question the nearest
 * one before it that is alike; it has been answered, and well as far as the program knows: what failed is asked again for another reason,
 * and what runs at the same time was not asked because of the answer.
 */
export function findRepeats(
  asked: readonly Asked[],
  { withinMinutes, similarity }: { withinMinutes: number; similarity: number },
): Repeat[] {
  const groups = new Map<string, Asked[]>()
  const seen = new Set<string>()
  for (const one of asked.toSorted((a, b) => a.startedAt - b.startedAt)) {
    const group = one.sessionId ? `s ${one.sessionId}` : one.userId ? `u ${one.userId}` : undefined
    // A trace may have several first spans; the earliest is where it was asked.
    if (!group || seen.has(one.traceId)) continue
    seen.add(one.traceId)
    groups.set(group, [...(groups.get(group) ?? []), one])
  }
  return [...groups.values()].flatMap((group) => repeatsIn(group, withinMinutes * 60_000_000, similarity))
}

function repeatsIn(group: readonly Asked[], within: number, similarity: number): Repeat[] {
  const known = group.map((one) => ({ one, words: wordsOf(one.question) }))
  const repeats: Repeat[] = []
  for (const [at, later] of known.entries()) {
    if (later.words.join('').length < FEWEST_LETTERS) continue
    for (let before = at - 1; before >= 0; before--) {
      const earlier = known[before] as (typeof known)[number]
      if (later.one.startedAt - earlier.one.startedAt > within) break
      if (earlier.one.status !== 'ok' || earlier.one.endedAt > later.one.startedAt) continue
      const likeness = likenessOf(earlier.words, later.words)
      if (likeness < similarity) continue
      repeats.push({ earlier: earlier.one, later: later.one, likeness: Math.round(likeness * 1000) / 1000 })
      break
    }
  }
  return repeats
}
