import { logChoose, normalTail, studentTwoSided } from './distributions.ts'
import type { Alternative } from './proportions.ts'

/** Ranks from 1, equal values share the mean of theirs; `ties` are the sizes of groups of equal values. */
export function ranksOf(values: readonly number[]): { ranks: number[]; ties: number[] } {
  const order = values.map((_, index) => index).sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0))
  const ranks = new Array<number>(values.length)
  const ties: number[] = []
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++
    for (let at = from; at < to; at++) ranks[order[at] ?? 0] = (from + 1 + to) / 2
    if (to - from > 1) ties.push(to - from)
    from = to
  }
  return { ranks, ties }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const tieSum = (ties: readonly number[]): number => sum(ties.map((size) => size ** 3 - size))
const ofZ = (z: number, alternative: Alternative): number =>
  alternative === 'greater' ? normalTail(z) : alternative === 'less' ? normalTail(-z) : Math.min(1, 2 * normalTail(Math.abs(z)))

type Wilcoxon = {
  differences: readonly number[]
  zeros?: 'wilcox' | 'pratt' | 'zsplit' | undefined
  method?: 'auto' | 'exact' | 'normal' | undefined
  correction?: boolean | undefined
  alternative?: Alternative | undefined
}
/** Up to so many differences the exact distribution is used, where there are no ties and no zeros. */
const MOST_EXACT = 50

/**
 * Wilcoxon's signed-rank test of paired differences. Zeros are left out (`wilcox`), ranked and left out (`pratt`), or shared between both
 * sides (`zsplit`). The statistic is the smaller rank sum, or that of the positive differences where the alternative has a side.
 */
export function wilcoxon({ differences, zeros = 'wilcox', method = 'auto', correction = false, alternative = 'two-sided' }: Wilcoxon) {
  const zeroCount = differences.filter((value) => value === 0).length
  const used = zeros === 'wilcox' ? differences.filter((value) => value !== 0) : [...differences]
  const { ranks, ties } = ranksOf(used.map(Math.abs))
  const of = (side: (value: number) => boolean) => sum(ranks.filter((_, index) => side(used[index] ?? 0)))
  const half = zeros === 'zsplit' ? of((value) => value === 0) / 2 : 0
  const [plus, minus] = [of((value) => value > 0) + half, of((value) => value < 0) + half]
  const n = used.length
  const statistic = alternative === 'two-sided' ? Math.min(plus, minus) : plus
  if (n === zeroCount || n === 0) return { statistic, pValue: 1, n: 0, method: 'exact' }
  const exact = method === 'exact' || (method === 'auto' && n <= MOST_EXACT && ties.length === 0 && zeroCount === 0)
  if (exact) return { statistic, pValue: exactSignedRank(plus, n, alternative), n, method: 'exact' }
  let mean = (n * (n + 1)) / 4
  let variance = n * (n + 1) * (2 * n + 1)
  let tied = ties
  if (zeros === 'pratt') {
    mean -= (zeroCount * (zeroCount + 1)) / 4
    variance -= zeroCount * (zeroCount + 1) * (2 * zeroCount + 1)
    // The zeros have no part in it, so that they are equal to each other counts for nothing.
    const at = tied.indexOf(zeroCount)
    tied = zeroCount > 1 && at !== -1 ? tied.toSpliced(at, 1) : tied
  }
  const error = Math.sqrt((variance - tieSum(tied) / 2) / 24)
  const shift = correction ? 0.5 * (alternative === 'greater' ? 1 : alternative === 'less' ? -1 : Math.sign(plus - mean)) : 0
  return { statistic, pValue: ofZ((plus - mean - shift) / error, alternative), n, method: 'normal' }
}

/** How many of the 2^n signs give each rank sum, as shares. */
function signedRankShares(n: number): Float64Array {
  const most = (n * (n + 1)) / 2
  let shares = new Float64Array(most + 1)
  shares[0] = 1
  for (let rank = 1; rank <= n; rank++) {
    const next = new Float64Array(most + 1)
    for (let at = 0; at <= most; at++) next[at] = ((shares[at] ?? 0) + (at >= rank ? (shares[at - rank] ?? 0) : 0)) / 2
    shares = next
  }
  return shares
}

function exactSignedRank(plus: number, n: number, alternative: Alternative): number {
  const shares = signedRankShares(n)
  const below = sum([...shares.subarray(0, Math.floor(plus) + 1)])
  const above = sum([...shares.subarray(Math.ceil(plus))])
  return alternative === 'less' ? below : alternative === 'greater' ? above : Math.min(1, 2 * Math.min(below, above))
}

type TwoSamples = { x: readonly number[]; y: readonly number[]; alternative?: Alternative | undefined }

/**
 * The Mann–Whitney U test of two independent samples; the statistic is the U of `x`. Exact where one sample has at most eight values and
 * there are no ties, else normal with tie and continuity correction.
 */
export function mannWhitney({
  x,
  y,
  alternative = 'two-sided',
  method = 'auto',
}: TwoSamples & { method?: 'auto' | 'exact' | 'normal' | undefined }) {
  const [n, m] = [x.length, y.length]
  const { ranks, ties } = ranksOf([...x, ...y])
  const u = sum(ranks.slice(0, n)) - (n * (n + 1)) / 2
  if (method === 'exact' || (method === 'auto' && ties.length === 0 && Math.min(n, m) <= 8)) {
    const shares = rankSumShares(n, m)
    const below = sum([...shares.subarray(0, Math.floor(u) + 1)])
    const above = sum([...shares.subarray(Math.ceil(u))])
    const pValue = alternative === 'less' ? below : alternative === 'greater' ? above : Math.min(1, 2 * Math.min(below, above))
    return { statistic: u, pValue, method: 'exact' }
  }
  const all = n + m
  const error = Math.sqrt(((n * m) / 12) * (all + 1 - tieSum(ties) / (all * (all - 1))))
  if (error === 0) return { statistic: u, pValue: 1, method: 'normal' }
  const mean = (n * m) / 2
  const z =
    alternative === 'two-sided'
      ? (Math.max(u, n * m - u) - mean - 0.5) / error
      : alternative === 'greater'
        ? (u - mean - 0.5) / error
        : (n * m - u - mean - 0.5) / error
  const pValue = alternative === 'two-sided' ? Math.min(1, 2 * normalTail(z)) : normalTail(z)
  return { statistic: u, pValue, method: 'normal' }
}

/** Shares of each U among all ways to mix n and m values. */
function rankSumShares(n: number, m: number): Float64Array {
  // ways[i][u]: of i chosen ones among those looked at so far.
  const ways = Array.from({ length: n + 1 }, () => new Float64Array(n * m + 1))
  const first = ways[0]
  if (first) first[0] = 1
  for (let seen = 1; seen <= n + m; seen++)
    for (let i = Math.min(n, seen); i >= 1; i--) {
      const [to, from] = [ways[i], ways[i - 1]]
      if (!to || !from) continue
      // The seen-th smallest as the i-th chosen one has seen - i of the others below it.
      const below = seen - i
      if (below > m) continue
      for (let u = n * m; u >= below; u--) to[u] = (to[u] ?? 0) + (from[u - below] ?? 0)
    }
  const all = Math.exp(logChoose(n + m, n))
  return (ways[n] ?? new Float64Array()).map((count) => count / all)
}

/** Spearman's rank correlation, with its p-value by Student's distribution. */
export function spearman({ x, y }: TwoSamples) {
  const statistic = pearson(ranksOf(x).ranks, ranksOf(y).ranks)
  const df = x.length - 2
  const pValue = Math.abs(statistic) >= 1 ? 0 : studentTwoSided(statistic * Math.sqrt(df / (1 - statistic ** 2)), df)
  return { statistic, pValue, n: x.length }
}

function pearson(x: readonly number[], y: readonly number[]): number {
  const [meanX, meanY] = [sum(x) / x.length, sum(y) / y.length]
  const product = sum(x.map((value, index) => (value - meanX) * ((y[index] ?? 0) - meanY)))
  const square = (values: readonly number[], mean: number) => sum(values.map((value) => (value - mean) ** 2))
  return Math.max(-1, Math.min(1, product / Math.sqrt(square(x, meanX) * square(y, meanY))))
}

/** Kendall's τ-b, with ties; the p-value is exact for few pairs without ties, else normal. */
export function kendall({ x, y }: TwoSamples) {
  const n = x.length
  let concordant = 0
  let discordant = 0
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      const product = Math.sign((x[i] ?? 0) - (x[j] ?? 0)) * Math.sign((y[i] ?? 0) - (y[j] ?? 0))
      if (product > 0) concordant++
      else if (product < 0) discordant++
    }
  const [tiesX, tiesY] = [ranksOf(x).ties, ranksOf(y).ties]
  const pairs = (n * (n - 1)) / 2
  const tiedPairs = (ties: readonly number[]) => sum(ties.map((size) => (size * (size - 1)) / 2))
  const difference = concordant - discordant
  const statistic = difference / Math.sqrt((pairs - tiedPairs(tiesX)) * (pairs - tiedPairs(tiesY)))
  if (tiesX.length === 0 && tiesY.length === 0 && (n <= 33 || Math.min(discordant, pairs - discordant) <= 1))
    return { statistic, pValue: exactKendall(n, Math.min(discordant, pairs - discordant)), n, method: 'exact' }
  const weighted = (ties: readonly number[]) => sum(ties.map((size) => size * (size - 1) * (2 * size + 5)))
  const triples = (ties: readonly number[]) => sum(ties.map((size) => size * (size - 1) * (size - 2)))
  const all = n * (n - 1)
  const variance =
    (all * (2 * n + 5) - weighted(tiesX) - weighted(tiesY)) / 18 +
    (2 * tiedPairs(tiesX) * tiedPairs(tiesY)) / all +
    (triples(tiesX) * triples(tiesY)) / (9 * all * (n - 2))
  return { statistic, pValue: Math.min(1, 2 * normalTail(Math.abs(difference) / Math.sqrt(variance))), n, method: 'normal' }
}

/** P of at most so many inversions on either side, among all orders of n values. */
function exactKendall(n: number, few: number): number {
  if (2 * few === (n * (n - 1)) / 2) return 1
  let shares = [1]
  for (let size = 2; size <= n; size++) {
    const next = new Array<number>(Math.min(few + 1, shares.length + size - 1)).fill(0)
    for (let at = 0; at < next.length; at++)
      for (let moved = 0; moved < size && moved <= at; moved++) next[at] = (next[at] ?? 0) + (shares[at - moved] ?? 0) / size
    shares = next
  }
  return Math.min(1, 2 * sum(shares))
}
