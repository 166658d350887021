import type { Measure, QueryRow } from '@signalbox/schema'
import { bucketFor, bucketStarts } from '../../lib/time-range.ts'

/** A measure of a row as a number; what is not known stays `null`. */
export function numberOf(row: QueryRow | undefined, measure: string): number | null {
  const value = row?.[measure]
  if (value === null || value === undefined || value === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** The change against the period before, as a share; `null` where there is nothing to compare with. */
export function changeOf(current: number | null, before: number | null): number | null {
  if (current === null || before === null || before === 0) return null
  return (current - before) / before
}

/**
 * Rows with a time bucket as one column per measure, with every bucket of the window present.
 * A count without rows is 0; a percentile or a cost without rows is unknown.
 */
export function toColumns(rows: readonly QueryRow[], window: { from: number; to: number }, measures: readonly Measure[]) {
  const starts = bucketStarts(window)
  const byStart = new Map(rows.map((row) => [Date.parse(String(row.bucket)), row]))
  const columns = Object.fromEntries(
    measures.map((measure) => [measure, starts.map((start) => numberOf(byStart.get(start), measure) ?? (isCount(measure) ? 0 : null))]),
  ) as Record<Measure, (number | null)[]>
  return { starts, columns }
}

/** The same for rows that also have one dimension: one column per value of it, of one measure. */
export function toColumnsBy(
  rows: readonly QueryRow[],
  window: { from: number; to: number },
  input: { dimension: string; measure: Measure },
  step = bucketFor(window),
) {
  const starts = bucketStarts(window, step)
  const place = new Map(starts.map((start, at) => [start, at]))
  const columns: Record<string, (number | null)[]> = {}
  for (const row of rows) {
    const at = place.get(Date.parse(String(row.bucket)))
    if (at === undefined) continue
    const name = String(row[input.dimension] ?? '')
    columns[name] ??= starts.map(() => (isCount(input.measure) ? 0 : null))
    columns[name][at] = numberOf(row, input.measure) ?? columns[name][at] ?? null
  }
  return { starts, columns }
}

/** Of a count no row means 0; of anything else it is unknown. */
export const isCount = (measure: Measure) => COUNTS.has(measure) || /^score(Count|True|False)\./.test(measure)
const COUNTS: ReadonlySet<string> = new Set<Measure>([
  'calls',
  'errors',
  'traces',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'unpriced',
  'cacheHits',
  'cacheSemanticHits',
  'cacheMisses',
])
