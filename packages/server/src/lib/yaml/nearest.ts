/** The known name that was probably meant: the same but for case and `-`/`_`, or at most two in five of its letters wrong. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const same = known.find((candidate) => plain(candidate) === plain(name))
  if (same !== undefined) return same
  const [best] = known
    .map((candidate) => ({ candidate, distance: distance(plain(name), plain(candidate)) }))
    .filter((entry) => entry.distance <= Math.max(1, Math.round(entry.candidate.length * 0.4)))
    .sort((a, b) => a.distance - b.distance)
  return best?.candidate
}

/** ` Did you mean `x`?`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  return meant === undefined ? '' : ` Did you mean \`${meant}\`?`
}

const plain = (name: string) => name.toLowerCase().replace(/[-_]/g, '')

/** Letters to insert, drop, change or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change, swap))
    }
    before = previous
    previous = row
  }
  return previous[b.length] ?? 0
}
