import { INPUT_BUCKETS, OUTPUT_BUCKETS, type SpanRow, usageColumn } from '@signalbox/schema'
import { ROLLUP_DIMENSIONS } from '../rollup-dimensions.ts'

/** What the rollups know of a version of a span, and where it stands: a row of `span_versions` without what happens to it. */
export type Version = Pick<SpanRow, (typeof NAMES)[number]> & {
  projectId: string
  traceId: string
  spanId: string
  root: number
  entry: number
  startedAt: number
  receivedAt: number
  inputTokens: number
  outputTokens: number
}
/** What is added to the table: one version more that counts, or one less. */
export type Change = Version & { sign: 1 | -1; fresh: 0 | 1 }

const NAMES = [...ROLLUP_DIMENSIONS, 'usageRole', 'cost', 'durationMs', 'firstTokenMs'] as const satisfies (keyof SpanRow)[]
export const VERSION_COLUMNS = [
  'projectId',
  'traceId',
  'spanId',
  'root',
  'entry',
  'startedAt',
  'receivedAt',
  'inputTokens',
  'outputTokens',
  ...NAMES,
] as const satisfies (keyof Version)[]
/** What a digest holds a value for; where it and the value are the same as before, nothing is new to it. */
const OF_DIGEST = [...ROLLUP_DIMENSIONS, 'durationMs', 'firstTokenMs'] as const satisfies (keyof Version)[]
const MINUTE = 60_000_000

/** A span of one trace among others, as one name. */
export const keyOf = ({ projectId, traceId, spanId }: { projectId: string; traceId: string; spanId: string }): string =>
  `${projectId} ${traceId} ${spanId}`

export function versionOf(span: SpanRow, { root }: { root: boolean }): Version {
  const sum = (buckets: typeof INPUT_BUCKETS | typeof OUTPUT_BUCKETS) => buckets.reduce((all, bucket) => all + span[usageColumn(bucket)], 0)
  const own = Object.fromEntries(NAMES.map((name) => [name, span[name]])) as Pick<SpanRow, (typeof NAMES)[number]>
  return {
    ...own,
    projectId: span.projectId,
    traceId: span.traceId,
    spanId: span.spanId,
    root: root ? 1 : 0,
    entry: span.entry,
    startedAt: span.startedAt,
    receivedAt: span.receivedAt,
    inputTokens: sum(INPUT_BUCKETS),
    outputTokens: sum(OUTPUT_BUCKETS),
  }
}

const isSame = (a: Version, b: Version, names: readonly (keyof Version)[]): boolean => names.every((name) => a[name] === b[name])
const BUT_RECEIVED = VERSION_COLUMNS.filter((name) => name !== 'receivedAt')

/**
 * When the next version of a span counts as received, given what counts now: later, always, so that readers take it. The same
 * again, as after a batch that stopped half-way, stays what it was.
 */
export function nextReceivedAt(next: Version, counted: readonly Version[]): number {
  const last = counted.reduce((latest, { receivedAt }) => Math.max(latest, receivedAt), 0)
  if (next.receivedAt > last) return next.receivedAt
  const isThere = counted.length === 1 && counted.every((one) => isSame(one, next, BUT_RECEIVED))
  return isThere && next.receivedAt === last ? last : last + 1
}

/** What takes the sums from what counts now to the next version. Nothing, where that is what counts. */
export function changesTo(next: Version, counted: readonly Version[]): Change[] {
  if (counted.length === 1 && counted.every((one) => isSame(one, next, VERSION_COLUMNS))) return []
  const known = counted.some(
    (one) =>
      one.status !== 'running' &&
      Math.floor(one.startedAt / MINUTE) === Math.floor(next.startedAt / MINUTE) &&
      isSame(one, next, OF_DIGEST),
  )
  return [...counted.map((one): Change => ({ ...one, sign: -1, fresh: 0 })), { ...next, sign: 1, fresh: known ? 0 : 1 }]
}
