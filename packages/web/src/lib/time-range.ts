import type { Bucket } from '@signalbox/schema'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The relative ranges of the picker, shortest first. */
export const RELATIVE_RANGES = {
  '15m': { title: 'Last 15 minutes', milliseconds: 15 * MINUTE },
  '1h': { title: 'Last hour', milliseconds: HOUR },
  '6h': { title: 'Last 6 hours', milliseconds: 6 * HOUR },
  '24h': { title: 'Last 24 hours', milliseconds: DAY },
  '7d': { title: 'Last 7 days', milliseconds: 7 * DAY },
  '30d': { title: 'Last 30 days', milliseconds: 30 * DAY },
  '90d': { title: 'Last 90 days', milliseconds: 90 * DAY },
} as const
export type RelativeRange = keyof typeof RELATIVE_RANGES

/** What the address says: a relative range that moves with the clock, or two moments that do not. */
export type TimeRange = { kind: 'relative'; range: RelativeRange } | { kind: 'absolute'; from: number; to: number }
export type RangeSearch = { range?: string | undefined; from?: string | undefined; to?: string | undefined }
export const DEFAULT_RANGE: RelativeRange = '24h'

/** Reads `?range=24h` or `?from=ISO&to=ISO`; what is absent or makes no sense is the default range. */
export function parseTimeRange({ range, from, to }: RangeSearch): TimeRange {
  const start = from ? Date.parse(from) : Number.NaN
  const end = to ? Date.parse(to) : Number.NaN
  if (start < end) return { kind: 'absolute', from: start, to: end }
  return { kind: 'relative', range: range !== undefined && range in RELATIVE_RANGES ? (range as RelativeRange) : DEFAULT_RANGE }
}

/** The inverse of `parseTimeRange`; the default range leaves the address clean. */
export function writeTimeRange(timeRange: TimeRange): Required<RangeSearch> {
  if (timeRange.kind === 'absolute') {
    return { range: undefined, from: new Date(timeRange.from).toISOString(), to: new Date(timeRange.to).toISOString() }
  }
  return { range: timeRange.range === DEFAULT_RANGE ? undefined : timeRange.range, from: undefined, to: undefined }
}

/** The two moments that a range means now, in milliseconds since 1970. */
export function resolveTimeRange(timeRange: TimeRange, now: number): { from: number; to: number } {
  if (timeRange.kind === 'absolute') return { from: timeRange.from, to: timeRange.to }
  return { from: now - RELATIVE_RANGES[timeRange.range].milliseconds, to: now }
}

/** The range in words, short enough for a button. */
export function describeTimeRange(timeRange: TimeRange): string {
  if (timeRange.kind === 'relative') return RELATIVE_RANGES[timeRange.range].title
  const sameDay = new Date(timeRange.from).toDateString() === new Date(timeRange.to).toDateString()
  return `${moment(timeRange.from)} – ${sameDay ? clock(timeRange.to) : moment(timeRange.to)}`
}

/** The size of a time bucket that gives a chart some 30 to 200 points. */
export function bucketFor({ from, to }: { from: number; to: number }): Step {
  const span = to - from
  const row = BUCKETS.find(({ milliseconds }) => span / milliseconds <= 200)
  return row ?? WEEK
}
export type Step = { bucket: Bucket; milliseconds: number }
const WEEK: Step = { bucket: 'week', milliseconds: 7 * DAY }
const BUCKETS: Step[] = [
  { bucket: 'minute', milliseconds: MINUTE },
  { bucket: '5m', milliseconds: 5 * MINUTE },
  { bucket: '15m', milliseconds: 15 * MINUTE },
  { bucket: 'hour', milliseconds: HOUR },
  { bucket: '6h', milliseconds: 6 * HOUR },
  { bucket: 'day', milliseconds: DAY },
]

/** The bucket that was asked for, or the finest one above it of which a chart of the range can show all. */
export function bucketAtLeast(asked: Bucket, range: { from: number; to: number }): Step {
  const rows: Step[] = [...BUCKETS, WEEK]
  const first = rows.findIndex(({ bucket }) => bucket === asked)
  return rows.slice(first).find(({ milliseconds }) => (range.to - range.from) / milliseconds <= 1000) ?? WEEK
}

/** The starts of all buckets that touch the range, so that a chart shows an empty minute as empty. */
export function bucketStarts({ from, to }: { from: number; to: number }, step: Step = bucketFor({ from, to })): number[] {
  const { bucket, milliseconds } = step
  const starts: number[] = []
  for (let start = floor(from, bucket, milliseconds); start < to; start += milliseconds) starts.push(start)
  return starts
}

/** ClickHouse starts its weeks on Monday; 1970 began on a Thursday. */
function floor(time: number, bucket: Bucket, milliseconds: number): number {
  const shift = bucket === 'week' ? 3 * DAY : 0
  return Math.floor((time + shift) / milliseconds) * milliseconds - shift
}

const moment = (time: number) =>
  new Date(time).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false })
const clock = (time: number) => new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false })

/** A moment, in milliseconds since 1970, as an input of `datetime-local` wants it. */
export const localInput = (time: number): string => new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
