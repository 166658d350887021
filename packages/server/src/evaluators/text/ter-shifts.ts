import { Edits } from './ter-edits.ts'

const LONGEST_SHIFT = 10
const FARTHEST_SHIFT = 50
/** So many shifts of one pair are tried altogether, as in the reference. */
const MOST_TRIED = 1000

/** The fewest edits that make the reference of the answer, where moving a run of words counts as one (greedily, as Tercom does). */
export function countEdits(answer: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return answer.length
  const ids = new Map<string, number>()
  const numbered = (words: readonly string[]) =>
    words.map((word) => {
      const id = ids.get(word) ?? ids.size
      ids.set(word, id)
      return id
    })
  const [wanted, first] = [numbered(reference), numbered(answer)]
  const edits = new Edits(wanted)
  const tried = { count: 0 }
  let words = first
  for (let shifts = 0; ; shifts++) {
    const better = bestShift(words, wanted, edits, tried)
    if (tried.count >= MOST_TRIED || better === undefined || better.gain <= 0) return shifts + edits.distance(words)
    words = better.words
  }
}

type Shift = { gain: number; length: number; from: number; to: number; words: number[] }

function bestShift(words: number[], wanted: readonly number[], edits: Edits, tried: { count: number }): Shift | undefined {
  const before = edits.distance(words)
  const { align, referenceWrong, answerWrong } = edits.align(words)
  let best: Shift | undefined
  for (const { from, at, length } of sameRuns(words, wanted)) {
    // Only a run that is wrong where it is, and whose place in the reference is wrong too, is worth moving; and not into itself.
    if (!answerWrong.slice(from, from + length).includes(true)) continue
    if (!referenceWrong.slice(at, at + length).includes(true)) continue
    const target = align[at] as number
    if (target >= from && target < from + length) continue
    let last = -1
    for (let offset = -1; offset < length; offset++) {
      const aligned = at + offset === -1 ? -1 : align[at + offset]
      if (aligned === undefined) break
      const to = aligned + 1
      if (to === last) continue
      last = to
      const moved = move(words, from, length, to)
      const shift = { gain: before - edits.distance(moved), length, from, to, words: moved }
      tried.count++
      if (best === undefined || isBetter(shift, best)) best = shift
    }
    if (tried.count >= MOST_TRIED) break
  }
  return best
}

/** What gains most; then the longest run, the earliest one, the earliest place. */
function isBetter(one: Shift, other: Shift): boolean {
  return (one.gain - other.gain || one.length - other.length || other.from - one.from || other.to - one.to) > 0
}

function move(words: readonly number[], from: number, length: number, to: number): number[] {
  const run = words.slice(from, from + length)
  if (to < from) return [...words.slice(0, to), ...run, ...words.slice(to, from), ...words.slice(from + length)]
  if (to > from + length) return [...words.slice(0, from), ...words.slice(from + length, to), ...run, ...words.slice(to)]
  return [...words.slice(0, from), ...words.slice(from + length, length + to), ...run, ...words.slice(length + to)]
}

/** Runs of words that both have, at places that are not too far apart, each in all its lengths. */
function* sameRuns(words: readonly number[], wanted: readonly number[]): Generator<{ from: number; at: number; length: number }> {
  for (let from = 0; from < words.length; from++) {
    const end = Math.min(wanted.length - 1, from + FARTHEST_SHIFT)
    for (let at = Math.max(0, from - FARTHEST_SHIFT); at <= end; at++) {
      for (let length = 1; length <= LONGEST_SHIFT && from + length <= words.length && at + length <= wanted.length; length++) {
        if (words[from + length - 1] !== wanted[at + length - 1]) break
        yield { from, at, length }
      }
    }
  }
}
