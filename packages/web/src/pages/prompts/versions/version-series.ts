import type { Measure, QueryRow } from '@signalbox/schema'
import { type Series, seriesLook } from '../../../ui/chart/series.ts'

/** What can be drawn by version. `percent` goes from 0 to 1. */
export type Unit = 'count' | 'usd' | 'ms' | 'percent' | 'score'
export type VersionMeasure = { id: string; label: string; measure: Measure; unit: Unit }

const OF_CALLS: readonly VersionMeasure[] = [
  { id: 'calls', label: 'Calls', measure: 'calls', unit: 'count' },
  { id: 'cost', label: 'Cost', measure: 'costUsd', unit: 'usd' },
  { id: 'p50', label: 'Latency p50', measure: 'durationP50', unit: 'ms' },
  { id: 'p95', label: 'Latency p95', measure: 'durationP95', unit: 'ms' },
  { id: 'errors', label: 'Error rate', measure: 'errorRate', unit: 'percent' },
]

/** With one for each score that a version has; no more than fit into a choice. */
export const measuresOf = (scores: readonly string[]): VersionMeasure[] => [
  ...OF_CALLS,
  ...scores.slice(0, 20).map((name): VersionMeasure => ({ id: `score.${name}`, label: name, measure: `scoreAvg.${name}`, unit: 'score' })),
]

/** More lines than this cannot be told apart. */
const MOST_LINES = 8

/**
 * One line per version, the newest first. Sums are 0 where nothing was called; of nothing there is no mean, no percentile and no share.
 * `left` says how many older versions with calls are not drawn.
 */
export function seriesOf(
  rows: readonly QueryRow[],
  { starts, measure, unit }: { starts: readonly number[]; measure: string; unit: Unit },
): { series: Series[]; left: number } {
  const found = new Map<number, Map<number, number>>()
  for (const row of rows) {
    const version = Number(row.promptVersion)
    const value = row[measure]
    if (!Number.isInteger(version) || version < 1 || value === null || value === undefined) continue
    const of = found.get(version) ?? new Map<number, number>()
    found.set(version, of.set(Date.parse(String(row.bucket)), Number(value)))
  }
  const versions = [...found.keys()].sort((a, b) => b - a)
  const empty = unit === 'count' || unit === 'usd' ? 0 : null
  return {
    series: versions.slice(0, MOST_LINES).map((version, at) => ({
      label: `v${version}`,
      ...seriesLook(at),
      values: starts.map((start) => found.get(version)?.get(start) ?? empty),
    })),
    left: Math.max(0, versions.length - MOST_LINES),
  }
}
