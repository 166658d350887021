import { AppError, api, type Filter } from '@signalbox/schema'
import type { ForeignAnswer, ForeignRequest } from '../../lib/foreign.ts'
import { traceIdOf } from '../../lib/ids.ts'
import { observationSpanOf } from '../../tracing/ingest/langfuse/ids.ts'
import { paged, pageOf, refuseUnknown, text, time, walkTo } from './paging.ts'
import { readPayloads, writtenTraceIds } from './read-payloads.ts'
import { isTraceSpan, kindsOf, toObservation } from './shapes.ts'
import { environmentFilter, type ReadRooms } from './traces.ts'

const KNOWN = [
  'page',
  'limit',
  'name',
  'userId',
  'type',
  'traceId',
  'level',
  'parentObservationId',
  'environment',
  'fromStartTime',
  'toStartTime',
]

/** `GET /api/public/observations`, newest first. The spans that stand for traces are none. */
export async function listObservations({ events, queries }: ReadRooms, { caller, query }: ForeignRequest): Promise<ForeignAnswer> {
  refuseUnknown(query, KNOWN)
  const { projectId } = caller
  const page = pageOf(query)
  const filter = filtersOf(query, projectId)
  const from = time(query, 'fromStartTime')
  const to = time(query, 'toStartTime')
  const window = { ...(from && { from }), ...(to && { to }) }
  const spans = await walkTo(page, async (cursor, limit) => {
    const asked = api['spans.list'].input.parse({ ...window, filter, limit, ...(cursor && { cursor }) })
    const found = await queries.spans(projectId, asked)
    return { items: found.spans.filter((span) => !isTraceSpan(span)), nextCursor: found.nextCursor }
  })
  const count = async (filters: Filter[]): Promise<number> => {
    const asked = api['query.run'].input.parse({ measures: ['calls'], dimensions: ['kind'], filters, ...window })
    const { rows } = await queries.query(projectId, asked)
    return rows.reduce((sum, { calls }) => sum + Number(calls), 0)
  }
  const traceSpans: Filter[] = [
    { field: 'source', op: 'eq', value: 'langfuse' },
    { field: 'parentId', op: 'exists', value: false },
  ]
  const total = (await count(filter)) - (await count([...filter, ...traceSpans]))
  const payloadOf = await readPayloads(events, projectId, spans)
  const written = await writtenTraceIds(
    events,
    projectId,
    spans.map(({ traceId }) => traceId),
  )
  const data = spans.map((span) => toObservation(span, payloadOf(span), { traceId: written(span.traceId) }))
  return { body: paged(page, data, Math.max(total, (page.page - 1) * page.limit + data.length)) }
}

/** `GET /api/public/observations/{id}`. Ids of observations name no trace, so the span is looked for. */
export async function getObservation({ events, queries }: ReadRooms, { caller, params }: ForeignRequest): Promise<ForeignAnswer> {
  const { projectId } = caller
  const sent = params.observationId ?? ''
  const filter: Filter[] = [{ field: 'spanId', op: 'eq', value: observationSpanOf(projectId, '', sent) }]
  const { spans } = await queries.spans(projectId, api['spans.list'].input.parse({ filter, limit: 2 }))
  const span = spans.find((one) => !isTraceSpan(one))
  if (!span) throw new AppError('not-found', `There is no observation ${JSON.stringify(sent.slice(0, 100))} in this project.`)
  const payloadOf = await readPayloads(events, projectId, [span])
  const written = await writtenTraceIds(events, projectId, [span.traceId])
  return { body: toObservation(span, payloadOf(span), { traceId: written(span.traceId) }) }
}

export function filtersOf(query: URLSearchParams, projectId: string): Filter[] {
  const filters: Filter[] = []
  for (const field of ['name', 'userId', 'sessionId'] as const) {
    const value = text(query, field)
    if (value) filters.push({ field, op: 'eq', value })
  }
  const traceId = text(query, 'traceId')
  if (traceId) filters.push({ field: 'traceId', op: 'eq', value: traceIdOf(projectId, traceId) })
  const parent = text(query, 'parentObservationId')
  if (parent) filters.push({ field: 'parentId', op: 'eq', value: observationSpanOf(projectId, '', parent) })
  const type = text(query, 'type')
  if (type) {
    const kinds = kindsOf(type)
    if (kinds.length === 0) throw new AppError('invalid-request', `There is no type ${JSON.stringify(type.slice(0, 50))}.`)
    filters.push({ field: 'kind', op: 'in', value: kinds })
  }
  const level = text(query, 'level')?.toUpperCase()
  if (level !== undefined && level !== 'ERROR') throw new AppError('invalid-request', 'Of levels, only ERROR can be asked for here.')
  if (level) filters.push({ field: 'status', op: 'eq', value: 'error' })
  return [...filters, ...environmentFilter(query)]
}
