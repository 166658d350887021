import { SpanRow, USAGE_BUCKETS, usageColumn } from '@signalbox/schema'
import type { Units } from '../../pricing/rates.ts'
import type { Events } from '../../store/ports.ts'
import type { Beside, Candidate } from './price-again.ts'

/** Which spans a job looks at. Times in microseconds since 1970. */
export type Window = { projectId: string; fromUs: number; toUs: number; models: readonly string[] | null }
/** The last span that was looked at; spans are taken in the order of their start, then of their ids. */
export type Place = { startedAt: number; traceId: string; spanId: string }

const OF_TIME = `projectId = {projectId:String} AND startedAt >= fromUnixTimestamp64Micro({fromUs:Int64}) AND startedAt < fromUnixTimestamp64Micro({toUs:Int64})`
/** `gpt-4o*` is every model that begins so. */
const OF_MODELS = `(empty({models:Array(String)}) OR arrayExists(name -> hasAny({models:Array(String)}, [name])
  OR arrayExists(wanted -> endsWith(wanted, '*') AND startsWith(name, substring(wanted, 1, length(wanted) - 1)), {models:Array(String)}),
  [toString(model), toString(requestModel), concat(provider, '/', model)]))`
/** What has a cost of ours, or could have: it counts, it has ended, it was no kept answer, and something was used. */
const PRICED_BY_US = `usageRole = 'leaf' AND priceVersion != 'provided' AND status != 'running' AND cache NOT IN ('hit', 'semantic')
  AND ((usageSource != 'none' AND inputTokens + outputTokens > 0)
    OR (source = 'gateway' AND operation != 'attempt' AND usageSource = 'none' AND (length(costParts) > 0 OR (cost IS NULL AND status = 'ok'))))`
const PROVIDED = `usageRole = 'leaf' AND priceVersion = 'provided' AND status != 'running'`

const COLUMNS = [
  'traceId',
  'spanId',
  'toUnixTimestamp64Micro(s.startedAt) AS startedAt',
  'toUnixTimestamp64Micro(s.receivedAt) AS receivedAt',
  ...['durationMs', 'source', 'operation', 'provider', 'model', 'requestModel', 'usageSource', 'cost', 'costParts'],
  ...USAGE_BUCKETS.map(usageColumn),
].join(', ')

const params = ({ projectId, fromUs, toUs, models }: Window) => ({ projectId, fromUs, toUs, models: models ?? [] })

/** How many spans a job will look at, and how many it leaves alone because their sender said what they cost. */
export async function countCandidates(events: Events, window: Window): Promise<{ total: number; provided: number }> {
  const [found] = await events.query<{ total: number; provided: number }>(
    `SELECT countIf(${PRICED_BY_US}) AS total, countIf(${PROVIDED}) AS provided FROM spans FINAL WHERE ${OF_TIME} AND ${OF_MODELS}`,
    params(window),
  )
  return found ?? { total: 0, provided: 0 }
}

/**
 * The next spans to look at behind a place, and the place behind them; undefined when there is nothing more. First the end of the
 * piece is found in the order that the table has, which reads one column of a few thousand rows; then only those rows are put together.
 */
export async function readPiece(
  events: Events,
  window: Window,
  { after, size }: { after: Place | null; size: number },
): Promise<{ spans: Candidate[]; next: Place } | undefined> {
  const from = Math.max(window.fromUs, after?.startedAt ?? 0)
  const [end] = await events.query<{ rows: number; last: number }>(
    `SELECT count() AS rows, max(toUnixTimestamp64Micro(startedAt)) AS last FROM (SELECT startedAt FROM spans WHERE ${OF_TIME}
       AND (startedAt, traceId, spanId) > (fromUnixTimestamp64Micro({at:Int64}), {traceId:String}, {spanId:String})
       ORDER BY projectId, startedAt LIMIT {size:UInt32})`,
    { ...params({ ...window, fromUs: from }), at: after?.startedAt ?? 0, traceId: after?.traceId ?? '', spanId: after?.spanId ?? '', size },
  )
  if (!end || end.rows === 0) return undefined
  const spans = await events.query<Candidate>(
    `SELECT ${COLUMNS} FROM spans AS s FINAL WHERE ${OF_TIME.replaceAll('startedAt', 's.startedAt')} AND ${OF_MODELS} AND ${PRICED_BY_US}
       AND (s.startedAt, traceId, spanId) > (fromUnixTimestamp64Micro({at:Int64}), {traceId:String}, {spanId:String})
     ORDER BY s.startedAt, traceId, spanId LIMIT {size:UInt32}`,
    {
      ...params({ ...window, fromUs: from, toUs: Math.min(window.toUs, end.last + 1) }),
      at: after?.startedAt ?? 0,
      traceId: after?.traceId ?? '',
      spanId: after?.spanId ?? '',
      size,
    },
  )
  const last = spans.length === size ? spans.at(-1) : undefined
  // Behind every id of that moment: they are hex.
  return { spans, next: last ? placeOf(last) : { startedAt: end.last, traceId: 'g', spanId: '' } }
}

const placeOf = ({ startedAt, traceId, spanId }: Place): Place => ({ startedAt, traceId, spanId })

type Ref = { traceId: string; spanId: string }
const named = (refs: readonly Ref[]) => ({
  traceIds: [...new Set(refs.map(({ traceId }) => traceId))],
  spans: refs.map(({ traceId, spanId }) => `${traceId} ${spanId}`),
})
const AT_A_TIME = 500
const OF_REFS = `projectId = {projectId:String} AND traceId IN {traceIds:Array(String)} AND concat(traceId, ' ', spanId) IN {spans:Array(String)}`

async function inTurns<T>(refs: readonly Ref[], read: (some: readonly Ref[]) => Promise<T[]>): Promise<T[]> {
  const rows: T[] = []
  for (let from = 0; from < refs.length; from += AT_A_TIME) rows.push(...(await read(refs.slice(from, from + AT_A_TIME))))
  return rows
}

export const keyOfSpan = ({ traceId, spanId }: Ref): string => `${traceId} ${spanId}`

/** What stands beside the rows of calls of ours, by span. */
export async function readBeside(events: Events, projectId: string, refs: readonly Ref[]): Promise<Map<string, Beside>> {
  const rows = await inTurns(refs, (some) =>
    events.query<Ref & { target: string; units: string }>(
      `SELECT traceId, spanId, JSONExtractString(attributes, 'target', 'model') AS target, JSONExtractRaw(attributes, 'units') AS units
       FROM payloads WHERE ${OF_REFS}`,
      { projectId, ...named(some) },
    ),
  )
  return new Map(rows.map((row) => [keyOfSpan(row), { target: row.target, units: unitsOf(row.units) }]))
}

function unitsOf(text: string): Units | undefined {
  if (text === '') return undefined
  const found = JSON.parse(text) as Units | null
  return found && Object.keys(found).length > 0 ? found : undefined
}

const TIMES = new Set(['startedAt', 'receivedAt'])
/** Every column under its own name; times as the numbers that they went in as. */
const ALL_COLUMNS = Object.keys(SpanRow.shape)
  .map((name) => (TIMES.has(name) ? `toUnixTimestamp64Micro(s.${name}) AS ${name}` : `s.${name} AS ${name}`))
  .join(', ')

/** Whole rows of spans that began within a time, as they are now. */
export const readRows = (
  events: Events,
  { projectId, refs, fromUs, toUs }: { projectId: string; refs: readonly Ref[]; fromUs: number; toUs: number },
): Promise<SpanRow[]> =>
  inTurns(refs, (some) =>
    events.query<SpanRow>(
      `SELECT ${ALL_COLUMNS} FROM spans AS s WHERE ${OF_TIME.replaceAll('startedAt', 's.startedAt')}
         AND s.traceId IN {traceIds:Array(String)} AND concat(s.traceId, ' ', s.spanId) IN {spans:Array(String)}
       ORDER BY s.receivedAt DESC LIMIT 1 BY s.traceId, s.spanId`,
      { projectId, fromUs, toUs: toUs + 1, ...named(some) },
    ),
  )
