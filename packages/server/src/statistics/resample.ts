import { randomOf } from './means.ts'

/** A number of a sample with the interval around it; null where the number is not defined. */
export type Estimate = { value: number | null; low: number | null; high: number | null; why?: string }
export type Resampling = { resamples?: number; seed?: number; confidence?: number }

export const undefinedAs = (why: string): Estimate => ({ value: null, low: null, high: null, why })

/**
 * The percentile bootstrap of any statistic of items: each draw takes as many items as there are, with some twice and some not at all.
 * `weights[i]` says how often item i was taken.
 */
export function bootstrapOf(
  count: number,
  statistic: (weights: Uint16Array) => number | null,
  { resamples = 1000, seed = 1, confidence = 0.95 }: Resampling = {},
): Estimate {
  const weights = new Uint16Array(count).fill(1)
  const value = statistic(weights)
  if (value === null) return { value, low: null, high: null }
  const random = randomOf(seed)
  const drawn: number[] = []
  for (let draw = 0; draw < resamples; draw++) {
    weights.fill(0)
    for (let at = 0; at < count; at++) {
      const taken = Math.floor(random() * count)
      weights[taken] = (weights[taken] ?? 0) + 1
    }
    const one = statistic(weights)
    if (one !== null) drawn.push(one)
  }
  // Where most draws have no value the spread of the rest says nothing.
  if (drawn.length < resamples / 2) return { value, low: null, high: null, why: 'too few items for an interval' }
  return { value, ...between(drawn, confidence) }
}

/** Between which values the middle of the drawn ones lies. */
export function between(drawn: number[], confidence: number): { low: number; high: number } {
  const sorted = drawn.toSorted((one, other) => one - other)
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
    return low + (place - Math.floor(place)) * (high - low)
  }
  return { low: at((1 - confidence) / 2), high: at(1 - (1 - confidence) / 2) }
}

/** How many of `n` happen that each do with chance `p`. */
export function drawBinomial(random: () => number, n: number, p: number): number {
  if (n * p * (1 - p) > 25) return Math.min(n, Math.max(0, Math.round(n * p + drawNormal(random) * Math.sqrt(n * p * (1 - p)))))
  let hits = 0
  for (let at = 0; at < n; at++) if (random() < p) hits++
  return hits
}

/** Of mean 0 and variance 1 (Box and Muller). */
export const drawNormal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
