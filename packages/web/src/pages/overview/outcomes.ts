import { DURATION_BUCKETS, type QueryRow } from '@signalbox/schema'
import { bucketStarts } from '../../lib/time-range.ts'
import { type Series, STATUS_COLOURS, type TimeWindow } from '../../ui/chart/series.ts'

/** From the bottom of the stack up: what was well, then what was not. */
const OUTCOMES: Record<string, string> = {
  ok: 'mark-ok',
  cached: 'mark-2',
  error: 'mark-error',
  refused: 'mark-4',
  aborted: STATUS_COLOURS.aborted ?? 'mark-warning',
  interrupted: 'mark-unknown',
  incomplete: 'mark-3',
}

/** Calls by bucket, outcome and duration, as the stack of one chart and the cells of another. */
export function outcomesOf(rows: readonly QueryRow[], window: TimeWindow) {
  const starts = bucketStarts(window)
  const place = new Map(starts.map((start, at) => [start, at]))
  const zeros = () => starts.map(() => 0)
  const byOutcome = new Map<string, number[]>()
  const byDuration = new Map<number, number[]>()
  const add = (values: number[] | undefined, at: number, calls: number) => {
    if (values) values[at] = (values[at] ?? 0) + calls
  }
  for (const { bucket, outcome, durationBucket, calls } of rows) {
    const at = place.get(Date.parse(String(bucket)))
    if (at === undefined) continue
    const [name, from] = [String(outcome), Number(durationBucket)]
    if (!byOutcome.has(name)) byOutcome.set(name, zeros())
    if (!byDuration.has(from)) byDuration.set(from, zeros())
    add(byOutcome.get(name), at, Number(calls))
    add(byDuration.get(from), at, Number(calls))
  }
  const known = Object.keys(OUTCOMES)
  const names = [
    ...known.filter((name) => name === 'ok' || byOutcome.has(name)),
    ...[...byOutcome.keys()].filter((name) => !known.includes(name)),
  ]
  const series: Series[] = names.map((label) => ({
    label,
    colour: OUTCOMES[label] ?? 'mark-3',
    values: byOutcome.get(label) ?? zeros(),
  }))
  // From the quickest to the slowest that there was, with what lies between.
  const seen = [...byDuration.keys()]
  const durations = DURATION_BUCKETS.filter((from) => from >= Math.min(...seen) && from <= Math.max(...seen))
  const rowsOfHeat = durations.length > 0 ? durations : [0 as const]
  return { starts, series, durations: rowsOfHeat, counts: rowsOfHeat.map((from) => byDuration.get(from) ?? zeros()) }
}
