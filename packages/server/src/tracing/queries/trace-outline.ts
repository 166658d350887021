import { AppError, type Output, type Parsed, type SpanOutline, type Trace, toUsd } from '@signalbox/schema'
import { traceIdOf } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import type { RunningCalls } from '../running-calls.ts'
import { parameters } from './parameters.ts'
import { toIso, toMicros } from './time.ts'
import { type SpanOfTrace, traceOfSpans } from './trace-of-spans.ts'
import { tracesById } from './traces-by-id.ts'

/** What a browser can hold as a tree; `trace.spanCount` tells how many there are. */
const MOST_SPANS = 50_000
const MESSAGE = 200

/**
 * A trace and its spans in short. The header is added up in the store and always of all spans, so that a client that puts
 * what changed into what it has can see by `spanCount` whether it has them all.
 */
export async function outlineOfTrace(
  { events, running }: { events: Events; running: Pick<RunningCalls, 'ofTrace'> },
  projectId: string,
  { traceId: reference, since }: Parsed<'traces.outline'>,
): Promise<Output<'traces.outline'>> {
  const traceId = traceIdOf(projectId, reference)
  const { bind, values } = parameters()
  const where = [`projectId = ${bind('String', projectId)}`, `traceId = ${bind('String', traceId)}`]
  if (since !== undefined) where.push(`receivedAt >= fromUnixTimestamp64Micro(${bind('Int64', toMicros(since))})`)
  const [known, rows] = await Promise.all([
    tracesById(events, projectId, { traceIds: [traceId] }),
    events.query<StoredOutline>(
      `SELECT * FROM (SELECT ${COLUMNS} FROM spans WHERE ${where.join(' AND ')} ORDER BY receivedAt DESC LIMIT 1 BY spanId)
ORDER BY startedAtMicros, spanId LIMIT ${MOST_SPANS}`,
      values,
    ),
  ])
  const underWay = await notStored(events, running.ofTrace(projectId, traceId), { projectId, traceId })
  const trace = withRunning(known.get(traceId)?.trace, underWay)
  if (!trace)
    throw new AppError('not-found', `There is no trace "${reference}" in this project.`, {
      hint: 'Check the id and the project. A call is readable about a second after it ended.',
    })
  return { trace, spans: [...rows, ...underWay.map(outlined)].map(toOutline) }
}

/** A call that ended a moment ago may be stored already. */
async function notStored(
  events: Events,
  running: readonly SpanOfTrace[],
  { projectId, traceId }: { projectId: string; traceId: string },
): Promise<SpanOfTrace[]> {
  if (running.length === 0) return []
  const stored = await events.query<{ spanId: string }>(
    'SELECT DISTINCT spanId FROM spans WHERE projectId = {project:String} AND traceId = {trace:String} AND spanId IN {spans:Array(String)}',
    { project: projectId, trace: traceId, spans: running.map(({ spanId }) => spanId) },
  )
  const ids = new Set(stored.map(({ spanId }) => spanId))
  return running.filter(({ spanId }) => !ids.has(spanId))
}

/** The header counts what is under way: the whole of a trace that has nothing else, or so many spans more. */
function withRunning(trace: Trace | undefined, running: readonly SpanOfTrace[]): Trace | undefined {
  const [first, ...others] = running
  if (!first) return trace
  const own = traceOfSpans([first, ...others])
  return trace ? { ...trace, spanCount: trace.spanCount + running.length, startedAt: earlier(trace.startedAt, own.startedAt) } : own
}

const earlier = (a: string, b: string): string => (Date.parse(a) <= Date.parse(b) ? a : b)
const outlined = (row: SpanOfTrace): StoredOutline => ({ ...row, message: row.statusMessage })

const COLUMNS = `spanId, parentId, kind, name, status, errorType, substringUTF8(statusMessage, 1, ${MESSAGE}) AS message,
  toUnixTimestamp64Micro(startedAt) AS startedAtMicros, durationMs, firstTokenMs, provider, model, inputTokens, outputTokens, cost, usageRole`

type StoredOutline = Omit<SpanOutline, 'startedAt' | 'costUsd' | 'statusMessage'> & {
  startedAtMicros: number
  cost: number | null
  message: string
}

const toOutline = ({ startedAtMicros, cost, message, ...row }: StoredOutline): SpanOutline => ({
  ...row,
  parentId: row.parentId || null,
  errorType: row.errorType || null,
  statusMessage: message || null,
  provider: row.provider || null,
  model: row.model || null,
  startedAt: toIso(startedAtMicros),
  costUsd: toUsd(cost),
})
