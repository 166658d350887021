/** Most cells of a table that is kept whole: 200 MB. */
const MOST_CELLS = 50_000_000

/** The length of the longest common subsequence, in memory for two rows. */
export function commonLength(a: readonly string[], b: readonly string[]): number {
  const [left, right] = numbered(a, b)
  let before = new Uint32Array(right.length + 1)
  let now = new Uint32Array(right.length + 1)
  for (const word of left) {
    for (let j = 1; j <= right.length; j++) {
      const above = before[j] as number
      const beside = now[j - 1] as number
      now[j] = word === right[j - 1] ? (before[j - 1] as number) + 1 : Math.max(above, beside)
    }
    ;[before, now] = [now, before]
  }
  return before[right.length] as number
}

/** Which words of `a` are in one longest common subsequence; of several, the one that Google's ROUGE finds. */
export function commonIndexes(a: readonly string[], b: readonly string[]): number[] {
  const width = b.length + 1
  if ((a.length + 1) * width > MOST_CELLS)
    throw new RangeError(`Lines of ${a.length} and ${b.length} words are too long to compare: put each sentence on a line of its own.`)
  const [left, right] = numbered(a, b)
  const table = new Uint32Array((a.length + 1) * width)
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j
      table[at] =
        left[i - 1] === right[j - 1]
          ? (table[at - width - 1] as number) + 1
          : Math.max(table[at - width] as number, table[at - 1] as number)
    }
  }
  const found: number[] = []
  let [i, j] = [a.length, b.length]
  while (i > 0 && j > 0) {
    if (left[i - 1] === right[j - 1]) {
      found.push(i - 1)
      i--
      j--
    } else if ((table[i * width + j - 1] as number) > (table[(i - 1) * width + j] as number)) j--
    else i--
  }
  return found.reverse()
}

/** Words as numbers, which compare faster. */
function numbered(a: readonly string[], b: readonly string[]): [number[], number[]] {
  const ids = new Map<string, number>()
  const idOf = (word: string): number => {
    const id = ids.get(word) ?? ids.size
    ids.set(word, id)
    return id
  }
  return [a.map(idOf), b.map(idOf)]
}
