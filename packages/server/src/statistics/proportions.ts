import { betaQuantile, binomialAt, binomialBelow, chiSquaredTail, normalQuantile } from './distributions.ts'

export type Alternative = 'two-sided' | 'less' | 'greater'

/** The score interval of a proportion without continuity correction (Wilson 1927). */
export function wilson({ successes, n, confidence = 0.95 }: { successes: number; n: number; confidence?: number | undefined }) {
  const z = normalQuantile(1 - (1 - confidence) / 2)
  const share = successes / n
  const shrink = 1 + (z * z) / n
  const centre = (share + (z * z) / (2 * n)) / shrink
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  const low = successes === 0 ? 0 : centre - half
  const high = successes === n ? 1 : centre + half
  return { statistic: share, ci: { low, high, confidence } }
}

/** The exact interval of a proportion (Clopper & Pearson 1934): it never covers less than asked for. */
export function clopperPearson({ successes, n, confidence = 0.95 }: { successes: number; n: number; confidence?: number | undefined }) {
  const rest = (1 - confidence) / 2
  const low = successes === 0 ? 0 : betaQuantile(rest, successes, n - successes + 1)
  const high = successes === n ? 1 : betaQuantile(1 - rest, successes + 1, n - successes)
  return { statistic: successes / n, ci: { low, high, confidence } }
}

type Binomial = { successes: number; n: number; p?: number | undefined; alternative?: Alternative | undefined }
/** The exact binomial test. Two-sided: all outcomes that are no likelier than the one seen (as R and scipy do). */
export function binomialTest({ successes: k, n, p = 0.5, alternative = 'two-sided' }: Binomial) {
  return { statistic: k / n, pValue: binomialP(k, n, { p, alternative }) }
}

function binomialP(k: number, n: number, { p, alternative }: { p: number; alternative: Alternative }): number {
  if (alternative === 'less') return binomialBelow(k, n, p)
  if (alternative === 'greater') return 1 - binomialBelow(k - 1, n, p)
  const seen = binomialAt(k, n, p) * (1 + 1e-7)
  if (k === p * n) return 1
  // The chances fall on both sides of the mean: the outcomes of the other side that count begin where halving finds it.
  if (k < p * n) {
    const from = firstWhere(Math.ceil(p * n), n + 1, (i) => binomialAt(i, n, p) <= seen)
    return Math.min(1, binomialBelow(k, n, p) + (1 - binomialBelow(from - 1, n, p)))
  }
  const from = firstWhere(0, Math.floor(p * n) + 1, (i) => binomialAt(i, n, p) > seen)
  return Math.min(1, binomialBelow(from - 1, n, p) + (1 - binomialBelow(k - 1, n, p)))
}

/** The first number of [from, to) for which it holds, where it holds from there on; `to` where it never does. */
function firstWhere(from: number, to: number, holds: (i: number) => boolean): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

type Mcnemar = { b: number; c: number; method?: 'exact' | 'chi2' | undefined }
/**
 * McNemar's test of two paired yes/no outcomes: `b` rows that only the first passed, `c` that only the second did. Exact by default;
 * `chi2` is with continuity correction.
 */
export function mcnemar({ b, c, method = 'exact' }: Mcnemar) {
  if (b + c === 0) return { statistic: 0, pValue: 1, method }
  if (method === 'exact') {
    const few = Math.min(b, c)
    return { statistic: few, pValue: Math.min(1, 2 * binomialBelow(few, b + c, 0.5)), method }
  }
  const statistic = Math.max(0, Math.abs(b - c) - 1) ** 2 / (b + c)
  return { statistic, pValue: chiSquaredTail(statistic, 1), method }
}

/** Cochran's Q: do several treatments of the same rows pass equally often? `rows` of 0 and 1, a column per treatment. */
export function cochranQ({ rows }: { rows: readonly (readonly number[])[] }) {
  const k = rows[0]?.length ?? 0
  const columns = Array.from({ length: k }, (_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0))
  const totals = rows.map((row) => row.reduce((sum, value) => sum + value, 0))
  const all = totals.reduce((sum, value) => sum + value, 0)
  const below = k * all - totals.reduce((sum, value) => sum + value * value, 0)
  if (below === 0) return { statistic: 0, df: k - 1, pValue: 1 }
  const statistic = ((k - 1) * (k * columns.reduce((sum, value) => sum + value * value, 0) - all * all)) / below
  return { statistic, df: k - 1, pValue: chiSquaredTail(statistic, k - 1) }
}
