import { bootstrap, clusteredSe, mean, pairedT } from '../../statistics/means.ts'
import { wilson } from '../../statistics/proportions.ts'
import { CELL, cellsOf, type Table } from './table.ts'

export type Interval = { low: number; high: number; method: string }
export type MetricSummary = {
  metric: string
  variant: string
  scored: number
  errors: number
  na: number
  /** Not reached: the run was stopped before. */
  missing: number
  mean: number | null
  ci: Interval | null
  binary: boolean
  higherIsBetter: boolean
}

/** Up to so many values the interval is drawn; beyond, Student's is as good and takes no time. */
const MOST_DRAWN = 200

/** One metric of one variant: how many rows say anything, their mean, and how far it can be trusted. */
export function summarise(
  table: Table,
  at: { metric: string; variant: number; name: string; repeats: number; seed: number; higherIsBetter: boolean },
  clusterOf: (index: number) => string | undefined,
): MetricSummary {
  const scores: number[] = []
  const clusters: (string | number)[] = []
  let [errors, na, missing] = [0, 0, 0]
  let hangsTogether = at.repeats > 1
  for (const cell of cellsOf(table, at.metric, at.variant)) {
    if (cell.state === CELL.scored) {
      const cluster = clusterOf(cell.case)
      hangsTogether ||= cluster !== undefined
      scores.push(cell.score)
      clusters.push(cluster ?? cell.case)
    } else if (cell.state === CELL.error) errors++
    else if (cell.state === CELL.na) na++
    else missing++
  }
  const binary = scores.every((score) => score === 0 || score === 1)
  return {
    metric: at.metric,
    variant: at.name,
    scored: scores.length,
    errors,
    na,
    missing,
    mean: scores.length === 0 ? null : mean(scores),
    ci: intervalOf(scores, { binary, seed: at.seed, clusters: hangsTogether ? clusters : undefined }),
    binary,
    higherIsBetter: at.higherIsBetter,
  }
}

/** 95 %: Wilson for yes and no, clustered where rows hang together, else BCa bootstrap or Student. None where nothing can be said. */
export function intervalOf(
  scores: readonly number[],
  { binary, seed, clusters }: { binary: boolean; seed: number; clusters?: readonly (string | number)[] | undefined },
): Interval | null {
  const n = scores.length
  if (n === 0) return null
  const groups = clusters && new Set(clusters).size
  if (clusters && groups !== undefined && groups < n) {
    if (groups < 2) return null
    const { ci } = clusteredSe({ scores, clusters })
    // All equal is no proof of no noise: as many clusters as that could still hide some.
    if (ci.low === ci.high && binary)
      return { ...bounds(wilson({ successes: Math.round(mean(scores) * groups), n: groups }).ci), method: 'wilson of clusters' }
    return { low: binary ? Math.max(0, ci.low) : ci.low, high: binary ? Math.min(1, ci.high) : ci.high, method: 'clustered' }
  }
  if (binary) return { ...bounds(wilson({ successes: scores.reduce((sum, score) => sum + score, 0), n }).ci), method: 'wilson' }
  if (n < 2) return null
  if (n <= MOST_DRAWN && n > 4) return { ...bounds(bootstrap({ values: scores, method: 'bca', seed, resamples: 2000 }).ci), method: 'bca' }
  return { ...bounds(pairedT({ differences: scores }).ci), method: 't' }
}

const bounds = ({ low, high }: { low: number; high: number }) => ({ low, high })

/** Of a variant: what its calls took and cost. */
export type CallSummary = {
  variant: string
  calls: number
  failed: number
  missing: number
  costUsd: number | null
  costPerPassUsd: number | null
  p50Ms: number | null
  p95Ms: number | null
}

export function summariseCalls(table: Table, at: { variant: number; name: string; passed: number }): CallSummary {
  const { variants } = table.numbers
  let [calls, failed, missing, cost] = [0, 0, 0, 0]
  const times: number[] = []
  for (let item = at.variant; item < table.items; item += variants) {
    const state = table.calls[item]
    if (state === 0) {
      missing++
      continue
    }
    calls++
    if (state === 2) failed++
    else cost += table.costs[item] ?? Number.NaN
    const ms = table.ms[item] ?? Number.NaN
    if (!Number.isNaN(ms)) times.push(ms)
  }
  times.sort((one, other) => one - other)
  const costUsd = Number.isNaN(cost) ? null : cost
  return {
    variant: at.name,
    calls,
    failed,
    missing,
    costUsd,
    costPerPassUsd: costUsd === null || at.passed === 0 ? null : costUsd / at.passed,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
  }
}

const quantile = (sorted: readonly number[], share: number): number | null =>
  sorted.length === 0 ? null : (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null)
