import { AppError, type Output, type Parsed, type SpanOutline, toUsd } from '@signalbox/schema'
import { traceIdOf } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { parameters } from './parameters.ts'
import { toIso, toMicros } from './time.ts'
import { tracesById } from './traces-by-id.ts'

/** What a browser can hold as a tree; `trace.spanCount` tells how many there are. */
const MOST_SPANS = 50_000
const MESSAGE = 200

/**
 * A trace and its spans in short. The header is added up in the store and always of all spans, so that a client that puts
 * what changed into what it has can see by `spanCount` whether it has them all.
 */
export async function outlineOfTrace(
  events: Events,
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
  const trace = known.get(traceId)?.trace
  if (!trace)
    throw new AppError('not-found', `There is no trace "${reference}" in this project.`, {
      hint: 'Check the id and the project. A call is readable about a second after it ended.',
    })
  return { trace, spans: rows.map(toOutline) }
}

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
