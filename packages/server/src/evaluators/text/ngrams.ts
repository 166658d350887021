/** How often each run of `n` words occurs, by the words with a space between them: words have none inside. */
export function wordNgrams(words: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (let at = 0; at + n <= words.length; at++) {
    let key = words[at] as string
    for (let next = at + 1; next < at + n; next++) key += ` ${words[next]}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** How often each run of `n` characters occurs. */
export function characterNgrams(characters: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (let at = 0; at + n <= characters.length; at++) {
    let key = characters[at] as string
    for (let next = at + 1; next < at + n; next++) key += characters[next]
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** How many of one are in the other, each as often as it is there. */
export function overlap(some: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): number {
  let shared = 0
  for (const [key, count] of some) shared += Math.min(count, others.get(key) ?? 0)
  return shared
}

export const sumOf = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}
