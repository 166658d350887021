import { normalQuantile } from '../../statistics/distributions.ts'
import { bootstrap, mean, pairedT, permutation } from '../../statistics/means.ts'
import { mcnemar } from '../../statistics/proportions.ts'
import type { Interval } from './summarise.ts'

/** One row that both sides have, the repeats of each averaged. */
export type Pair = { id: string; baseline: number; candidate: number; flaky: boolean; cluster: string | undefined }

export type ShownVerdict = 'better' | 'worse' | 'no difference shown' | 'not enough data'
export type Comparison = {
  metric: string
  variant: string
  baseline: string
  /** Rows that both have a score of. */
  n: number
  /** Rows of which one side has none. */
  unpaired: number
  baselineMean: number
  candidateMean: number
  /** Candidate less baseline: above 0 is more, which is better unless `higherIsBetter` is false. */
  difference: number
  ci: Interval
  /** Two-sided, and for the other hypotheses of the same gate (Holm) where there are some. */
  pValue: number
  adjustedP: number
  test: 'mcnemar' | 'permutation' | 't'
  /** Of yes and no: the rows that changed sides. */
  counts?: { bothPass: number; onlyBaseline: number; onlyCandidate: number; bothFail: number } | undefined
  /** The smallest difference that as many rows, with as much discordance, show in four runs of five. */
  detectable: number
  verdict: ShownVerdict
  higherIsBetter: boolean
  worse: Named
  improved: Named
  /** Rows whose repeats disagree with each other: no proof of anything. */
  flaky: Named
}

/** How many rows, and which; of very many the first. */
export type Named = { count: number; ids: string[] }

/** Fewer rows than this say nothing about noise. */
const LEAST = 5
const MOST_DRAWN = 2000
const MOST_NAMED = 200

/** How a candidate does against a baseline, on the rows that both have. */
export function compare(
  pairs: readonly Pair[],
  at: { metric: string; variant: string; baseline: string; unpaired: number; higherIsBetter: boolean; seed: number; alpha: number },
): Comparison {
  const n = pairs.length
  const binary = pairs.every(({ baseline, candidate }) => isBit(baseline) && isBit(candidate))
  const units = byCluster(pairs)
  const clustered = units.length < n
  const differences = pairs.map(({ baseline, candidate }) => candidate - baseline)
  const difference = n === 0 ? 0 : mean(differences)
  const counts = binary ? countsOf(pairs) : undefined
  const { pValue, test } =
    counts && !clustered
      ? { pValue: mcnemar({ b: counts.onlyBaseline, c: counts.onlyCandidate }).pValue, test: 'mcnemar' as const }
      : testOf(units, at.seed)
  const ci = counts && !clustered ? pairedProportions(counts, n) : meanInterval(units, { difference, seed: at.seed })
  const better = (pair: Pair) => (at.higherIsBetter ? pair.candidate > pair.baseline : pair.candidate < pair.baseline)
  const worse = (pair: Pair) => (at.higherIsBetter ? pair.candidate < pair.baseline : pair.candidate > pair.baseline)
  const steady = pairs.filter(({ flaky }) => !flaky)
  return {
    metric: at.metric,
    variant: at.variant,
    baseline: at.baseline,
    n,
    unpaired: at.unpaired,
    baselineMean: n === 0 ? 0 : mean(pairs.map((pair) => pair.baseline)),
    candidateMean: n === 0 ? 0 : mean(pairs.map((pair) => pair.candidate)),
    difference,
    ci,
    pValue,
    adjustedP: pValue,
    test,
    ...(counts && { counts }),
    detectable: detectable(units, binary ? n : 0),
    verdict: n < LEAST ? 'not enough data' : shown({ difference, pValue, higherIsBetter: at.higherIsBetter, alpha: at.alpha }),
    higherIsBetter: at.higherIsBetter,
    worse: named(steady.filter(worse)),
    improved: named(steady.filter(better)),
    flaky: named(pairs.filter(({ flaky }) => flaky)),
  }
}

/** What the data show, by a p-value that may have been adjusted. */
export const shown = (at: { difference: number; pValue: number; higherIsBetter: boolean; alpha: number }): ShownVerdict => {
  if (at.pValue > at.alpha || at.difference === 0) return 'no difference shown'
  return at.difference > 0 === at.higherIsBetter ? 'better' : 'worse'
}

const isBit = (value: number): boolean => value === 0 || value === 1
const named = (pairs: readonly Pair[]): Named => ({ count: pairs.length, ids: pairs.slice(0, MOST_NAMED).map(({ id }) => id) })

function countsOf(pairs: readonly Pair[]) {
  const counts = { bothPass: 0, onlyBaseline: 0, onlyCandidate: 0, bothFail: 0 }
  for (const { baseline, candidate } of pairs) {
    if (baseline === 1) counts[candidate === 1 ? 'bothPass' : 'onlyBaseline']++
    else counts[candidate === 1 ? 'onlyCandidate' : 'bothFail']++
  }
  return counts
}

/** Rows of a cluster count as one, by the sum of their differences against the size of an average cluster: no cluster is counted twice. */
function byCluster(pairs: readonly Pair[]): number[] {
  if (pairs.every(({ cluster }) => cluster === undefined)) return pairs.map(({ baseline, candidate }) => candidate - baseline)
  const sums = new Map<string, number>()
  for (const { id, cluster, baseline, candidate } of pairs) {
    const key = cluster === undefined ? `row ${id}` : `cluster ${cluster}`
    sums.set(key, (sums.get(key) ?? 0) + candidate - baseline)
  }
  const size = pairs.length / sums.size
  return [...sums.values()].map((sum) => sum / size)
}

function testOf(units: readonly number[], seed: number): { pValue: number; test: 'permutation' | 't' } {
  if (units.length === 0) return { pValue: 1, test: 'permutation' }
  if (units.length > MOST_DRAWN) return { pValue: pairedT({ differences: units }).pValue, test: 't' }
  return { pValue: permutation({ differences: units, seed }).pValue, test: 'permutation' }
}

function meanInterval(units: readonly number[], { difference, seed }: { difference: number; seed: number }): Interval {
  if (units.length < 2) return { low: difference, high: difference, method: 'none' }
  const { ci, method } =
    units.length > MOST_DRAWN
      ? { ...pairedT({ differences: units }), method: 't' }
      : { ...bootstrap({ values: units, seed }), method: 'bootstrap' }
  return { low: ci.low, high: ci.high, method }
}

/**
 * The score interval of a difference of paired proportions in the form of Agresti & Min (2005): half a row is added to each of the four
 * counts, which keeps it honest where few rows or none changed sides.
 */
export function pairedProportions(
  { onlyBaseline, onlyCandidate }: { onlyBaseline: number; onlyCandidate: number },
  n: number,
  alpha = 0.05,
): Interval {
  if (n === 0) return { low: -1, high: 1, method: 'agresti-min' }
  const [b, c, all] = [onlyBaseline + 0.5, onlyCandidate + 0.5, n + 2]
  const difference = (c - b) / all
  const reach = (normalQuantile(1 - alpha / 2) / all) * Math.sqrt(b + c - (c - b) ** 2 / all)
  return { low: Math.max(-1, difference - reach), high: Math.min(1, difference + reach), method: 'agresti-min' }
}

/** With 80 % power at 5 %, two-sided, by the normal approximation. Where nothing differed yet, as if one row had. */
function detectable(units: readonly number[], binaryRows: number): number {
  const n = units.length
  if (n < 2) return 1
  const square = units.reduce((sum, value) => sum + value * value, 0) / n
  const spread = Math.sqrt(Math.max(square, binaryRows > 0 ? 1 / n : 0))
  return ((normalQuantile(0.975) + normalQuantile(0.8)) * spread) / Math.sqrt(n)
}
