import { normalBelow, normalQuantile, studentTwoSided, studentTwoSidedQuantile } from './distributions.ts'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
export const mean = (values: readonly number[]): number => sum(values) / values.length
const deviation = (values: readonly number[]): number => {
  const middle = mean(values)
  return Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1))
}

/** Student's t-test of paired differences against zero. */
export function pairedT({ differences, confidence = 0.95 }: { differences: readonly number[]; confidence?: number | undefined }) {
  const n = differences.length
  const difference = mean(differences)
  const error = deviation(differences) / Math.sqrt(n)
  const df = n - 1
  if (error === 0)
    return { statistic: null, pValue: difference === 0 ? 1 : 0, df, difference, ci: { low: difference, high: difference, confidence } }
  const statistic = difference / error
  const reach = studentTwoSidedQuantile(1 - confidence, df) * error
  return {
    statistic,
    pValue: studentTwoSided(statistic, df),
    df,
    difference,
    ci: { low: difference - reach, high: difference + reach, confidence },
  }
}

/** Numbers that look random and are the same for the same seed (mulberry32): a report must come out the same twice. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

type Drawn = { resamples?: number | undefined; seed?: number | undefined }
/** Up to so many differences all signs are tried. */
const MOST_EXACT = 16

/**
 * The sign-flip permutation test of paired differences: how often a mean as far from zero comes by chance, two-sided. All signs where there
 * are few differences, else drawn ones, with p = (1 + hits) / (1 + draws), which is never 0.
 */
export function permutation({ differences, resamples = 10_000, seed = 1 }: { differences: readonly number[] } & Drawn) {
  const n = differences.length
  const seen = Math.abs(sum(differences))
  const margin = seen * (1 - 1e-12)
  const statistic = mean(differences)
  if (n <= MOST_EXACT) {
    let hits = 0
    for (let signs = 0; signs < 2 ** n; signs++) {
      let total = 0
      for (let at = 0; at < n; at++) total += (signs >> at) & 1 ? (differences[at] ?? 0) : -(differences[at] ?? 0)
      if (Math.abs(total) >= margin) hits++
    }
    return { statistic, pValue: hits / 2 ** n, method: 'exact', resamples: 2 ** n }
  }
  const random = randomOf(seed)
  let hits = 0
  for (let draw = 0; draw < resamples; draw++) {
    let total = 0
    for (const value of differences) total += random() < 0.5 ? value : -value
    if (Math.abs(total) >= margin) hits++
  }
  return { statistic, pValue: (1 + hits) / (1 + resamples), method: 'drawn', resamples, seed }
}

type Bootstrap = { values: readonly number[]; method?: 'percentile' | 'bca' | undefined; confidence?: number | undefined } & Drawn
/** The bootstrap interval of a mean (Efron): of differences, give the differences. `bca` corrects bias and skew (Efron 1987). */
export function bootstrap({ values, method = 'percentile', resamples = 10_000, seed = 1, confidence = 0.95 }: Bootstrap) {
  const n = values.length
  const random = randomOf(seed)
  const means = new Float64Array(resamples)
  for (let draw = 0; draw < resamples; draw++) {
    let total = 0
    for (let at = 0; at < n; at++) total += values[Math.floor(random() * n)] ?? 0
    means[draw] = total / n
  }
  means.sort()
  const statistic = mean(values)
  const rest = (1 - confidence) / 2
  const [low, high] = method === 'bca' ? corrected(values, means, { statistic, rest }) : [rest, 1 - rest]
  return { statistic, ci: { low: quantile(means, low), high: quantile(means, high), confidence }, method, resamples, seed }
}

/** The levels at which the bootstrap distribution is to be read. */
function corrected(
  values: readonly number[],
  means: Float64Array,
  { statistic, rest }: { statistic: number; rest: number },
): [number, number] {
  const below = means.filter((value) => value < statistic).length + means.filter((value) => value === statistic).length / 2
  if (below === 0 || below === means.length) return [rest, 1 - rest]
  const bias = normalQuantile(below / means.length)
  const total = sum(values)
  const left = values.map((value) => (total - value) / (values.length - 1))
  const middle = mean(left)
  const cubes = sum(left.map((value) => (middle - value) ** 3))
  const squares = sum(left.map((value) => (middle - value) ** 2))
  const skew = squares === 0 ? 0 : cubes / (6 * squares ** 1.5)
  const level = (z: number) => normalBelow(bias + (bias + z) / (1 - skew * (bias + z)))
  return [level(normalQuantile(rest)), level(normalQuantile(1 - rest))]
}

/** Between the two nearest values, as numpy's default does. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const at = Math.floor(place)
  const [low = Number.NaN, high = sorted[at] ?? Number.NaN] = [sorted[at], sorted[at + 1]]
  return low + (place - at) * (high - low)
}

type Clustered = { scores: readonly number[]; clusters: readonly (string | number)[]; confidence?: number | undefined }
/**
 * The mean of scores whose rows hang together (repeats of an item, items of a document), with the standard error that respects it
 * (Miller 2024, appendix A, with the correction for few clusters).
 */
export function clusteredSe({ scores, clusters, confidence = 0.95 }: Clustered) {
  const middle = mean(scores)
  const sums = new Map<string | number, number>()
  for (const [at, score] of scores.entries()) {
    const cluster = clusters[at] ?? ''
    sums.set(cluster, (sums.get(cluster) ?? 0) + score - middle)
  }
  const count = sums.size
  const se = Math.sqrt((count / (count - 1)) * sum([...sums.values()].map((value) => value * value))) / scores.length
  const reach = studentTwoSidedQuantile(1 - confidence, count - 1) * se
  return {
    statistic: middle,
    se,
    df: count - 1,
    clusters: count,
    n: scores.length,
    ci: { low: middle - reach, high: middle + reach, confidence },
  }
}
