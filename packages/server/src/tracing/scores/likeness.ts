/** Letters that are looked at of each text: enough to tell an edit from a new answer. */
const MOST_CHARACTERS = 4000
const SEGMENTER = new Intl.Segmenter('und', { granularity: 'word' })

/** A text as people would say that it is the same: without case, signs, and how its letters are encoded. */
export const wordsOf = (text: string): string[] => {
  const plain = text.slice(0, MOST_CHARACTERS).normalize('NFKC').toLowerCase()
  return [...SEGMENTER.segment(plain)].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment)
}

/** How like two lists of words are, 0 to 1: twice what they share by all that they have. The order does not count, how often a word is there does. */
export function likenessOf(one: readonly string[], other: readonly string[]): number {
  if (one.length + other.length === 0) return 1
  const left = new Map<string, number>()
  for (const word of one) left.set(word, (left.get(word) ?? 0) + 1)
  let shared = 0
  for (const word of other) {
    const count = left.get(word) ?? 0
    if (count === 0) continue
    left.set(word, count - 1)
    shared++
  }
  return (2 * shared) / (one.length + other.length)
}

/** How far an edited text is from what it was, 0 (the same) to 1 (nothing left): letters put in, taken out or changed, by those of the longer one. */
export function distanceOf(one: string, other: string): number {
  const [a, b] = [[...one.slice(0, MOST_CHARACTERS)], [...other.slice(0, MOST_CHARACTERS)]]
  const longer = Math.max(a.length, b.length)
  if (longer === 0) return 0
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let at = 1; at <= a.length; at++) {
    const next = [at]
    for (let to = 1; to <= b.length; to++) {
      const change = (row[to - 1] as number) + (a[at - 1] === b[to - 1] ? 0 : 1)
      next[to] = Math.min(change, (row[to] as number) + 1, (next[to - 1] as number) + 1)
    }
    row = next
  }
  return Math.round(((row[b.length] as number) / longer) * 1e6) / 1e6
}
