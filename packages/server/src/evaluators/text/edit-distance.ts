/** Changes, insertions and removals that make one of the other; `swaps` also counts two neighbours that change places as one. */
export function editDistance<T>(a: readonly T[], b: readonly T[], { change = 1, swaps = false } = {}): number {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [endA, endB] = [a.length, b.length]
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--
    endB--
  }
  const [from, to] = [a.slice(start, endA), b.slice(start, endB)]
  let earlier = new Uint32Array(to.length + 1)
  let before = Uint32Array.from({ length: to.length + 1 }, (_, j) => j)
  let now = new Uint32Array(to.length + 1)
  for (let i = 1; i <= from.length; i++) {
    now[0] = i
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let least = (before[j - 1] as number) + (same ? 0 : change)
      if ((before[j] as number) + 1 < least) least = (before[j] as number) + 1
      if ((now[j - 1] as number) + 1 < least) least = (now[j - 1] as number) + 1
      if (swaps && i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        least = Math.min(least, (earlier[j - 2] as number) + 1)
      now[j] = least
    }
    ;[earlier, before, now] = [before, now, earlier]
  }
  return before[to.length] as number
}

/** Jaro's similarity: characters that both have near the same place, less half of those that are out of order. */
export function jaro(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 && b.length === 0) return 1
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Uint8Array(b.length)
  const ours: string[] = []
  for (const [i, letter] of a.entries()) {
    const end = Math.min(b.length, i + reach + 1)
    for (let j = Math.max(0, i - reach); j < end; j++) {
      if (taken[j] || b[j] !== letter) continue
      taken[j] = 1
      ours.push(letter)
      break
    }
  }
  if (ours.length === 0) return 0
  const theirs = b.filter((_, j) => taken[j])
  const moved = Math.floor(ours.filter((letter, at) => letter !== theirs[at]).length / 2)
  return (ours.length / a.length + ours.length / b.length + (ours.length - moved) / ours.length) / 3
}

/** Jaro's similarity, raised where up to four characters at the start are the same (Winkler 1990). */
export function jaroWinkler(a: readonly string[], b: readonly string[], weight = 0.1): number {
  const similarity = jaro(a, b)
  let prefix = 0
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++
  return similarity > 0.7 ? similarity + prefix * weight * (1 - similarity) : similarity
}
