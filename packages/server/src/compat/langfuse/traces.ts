import { AppError, api, type Filter, type Span, type Trace } from '@signalbox/schema'
import type { ForeignAnswer, ForeignRequest } from '../../lib/foreign.ts'
import type { Events } from '../../store/ports.ts'
import type { TraceQueries } from '../../tracing/queries/trace-queries.ts'
import { paged, pageOf, refuseUnknown, text, texts, time, walkTo } from './paging.ts'
import { readPayloads } from './read-payloads.ts'
import { langfuseScores } from './scores.ts'
import { isTraceSpan, toObservation, toTrace } from './shapes.ts'

export type ReadRooms = { events: Events; queries: TraceQueries }

const KNOWN = [
  'page',
  'limit',
  'userId',
  'name',
  'sessionId',
  'fromTimestamp',
  'toTimestamp',
  'orderBy',
  'tags',
  'release',
  'environment',
  'fields',
]
/** More than a client can take in one answer. */
const MOST_OBSERVATIONS = 10_000

/** `GET /api/public/traces`: newest first, or oldest first where a beginning is given. */
export async function listTraces({ events, queries }: ReadRooms, { caller, query }: ForeignRequest): Promise<ForeignAnswer> {
  refuseUnknown(query, KNOWN)
  const { projectId } = caller
  const page = pageOf(query)
  const window = windowOf(query)
  const filter = filtersOf(query)
  const sort = sortOf(query, window.from)
  const traces = await walkTo(page, async (cursor, limit) => {
    const asked = api['traces.list'].input.parse({ ...window, filter, limit, ...(cursor && { cursor }), ...(sort && { sort }) })
    const { traces: items, nextCursor } = await queries.list(projectId, asked)
    return { items, nextCursor }
  })
  const { rows } = await queries.query(projectId, api['query.run'].input.parse({ measures: ['traces'], filters: filter, ...window }))
  const fields = fieldsOf(query)
  const data = await describe({ events, queries }, { projectId, traces, fields })
  return { body: paged(page, data, Number(rows[0]?.traces ?? 0)) }
}

/** `GET /api/public/traces/{id}`: with its observations and scores. */
export async function getTrace({ events, queries }: ReadRooms, { caller, params }: ForeignRequest): Promise<ForeignAnswer> {
  const { projectId } = caller
  const { trace, spans } = await queries.get(projectId, params.traceId ?? '')
  if (spans.length > MOST_OBSERVATIONS)
    throw new AppError('payload-too-large', `This trace has ${trace.spanCount} observations: too many for one answer.`, {
      hint: `Read GET /api/public/observations?traceId=${trace.traceId}, page by page.`,
    })
  const payloadOf = await readPayloads(events, projectId, spans)
  const entry = entryOf(spans)
  const written = { traceId: trace.externalId ?? trace.traceId }
  return {
    body: {
      ...toTrace(trace, entry, payloadOf(entry ?? { traceId: trace.traceId, spanId: '' }), projectId),
      observations: spans.filter((span) => !isTraceSpan(span)).map((span) => toObservation(span, payloadOf(span), written)),
      scores: await langfuseScores(events, projectId, { traceId: trace.traceId }, { limit: 1000, offset: 0 }),
    },
  }
}

type Described = { projectId: string; traces: readonly Trace[]; fields: ReadonlySet<string> }

/** Traces of a list: each with what it says itself, and the ids of its observations and scores. */
export async function describe(
  { events, queries }: ReadRooms,
  { projectId, traces, fields }: Described,
): Promise<Record<string, unknown>[]> {
  if (traces.length === 0) return []
  const spans = await spansOf(queries, projectId, traces)
  const entries = new Map(traces.map(({ traceId }) => [traceId, entryOf(spans.get(traceId) ?? [])]))
  const payloadOf = await readPayloads(events, projectId, fields.has('io') ? [...entries.values()].flatMap((entry) => entry ?? []) : [])
  const scores = fields.has('scores') ? await scoreIds(events, projectId, traces) : undefined
  const observationOf = fields.has('observations')
    ? await readPayloads(
        events,
        projectId,
        [...spans.values()].flat().filter(({ source }) => source === 'langfuse'),
      )
    : undefined
  return traces.map((trace) => {
    const entry = entries.get(trace.traceId)
    const of = spans.get(trace.traceId) ?? []
    return {
      ...toTrace(trace, entry, payloadOf(entry ?? { traceId: trace.traceId, spanId: '' }), projectId),
      observations: observationOf ? of.filter((span) => !isTraceSpan(span)).map((span) => idOf(span, observationOf(span).attributes)) : [],
      scores: scores?.get(trace.traceId) ?? [],
    }
  })
}

const idOf = ({ spanId }: Span, { id }: Record<string, unknown>): string => (typeof id === 'string' && id ? id : spanId)

/** The spans of some traces. Of a trace of thousands the first are enough for a list. */
async function spansOf(queries: TraceQueries, projectId: string, traces: readonly Trace[]): Promise<Map<string, Span[]>> {
  const found = new Map<string, Span[]>()
  const filter: Filter[] = [{ field: 'traceId', op: 'in', value: traces.map(({ traceId }) => traceId) }]
  for (let cursor: string | undefined, read = 0; read < MOST_OBSERVATIONS; read += 500) {
    const page = await queries.spans(projectId, api['spans.list'].input.parse({ filter, limit: 500, ...(cursor && { cursor }) }))
    for (const span of page.spans) {
      const group = found.get(span.traceId)
      if (group) group.push(span)
      else found.set(span.traceId, [span])
    }
    cursor = page.nextCursor
    if (cursor === undefined) break
  }
  return found
}

/** The span that a trace says its own things on: the one that stands for it, else its root, else its first. */
const entryOf = (spans: readonly Span[]): Span | undefined => {
  const first = spans.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
  return first.find(isTraceSpan) ?? first.find(({ parentId }) => parentId === null) ?? first[0]
}

async function scoreIds(events: Events, projectId: string, traces: readonly Trace[]): Promise<Map<string, string[]>> {
  const rows = await events.query<{ traceId: string; ids: string[] }>(
    `SELECT traceId, groupArray(id) AS ids FROM scores FINAL
WHERE projectId = {project:String} AND traceId IN {traces:Array(String)} GROUP BY traceId`,
    { project: projectId, traces: traces.map(({ traceId }) => traceId) },
  )
  return new Map(rows.map((row) => [row.traceId, row.ids.toSorted()]))
}

export const windowOf = (query: URLSearchParams): { from?: string; to?: string } => {
  const from = time(query, 'fromTimestamp')
  const to = time(query, 'toTimestamp')
  return { ...(from && { from }), ...(to && { to }) }
}

function filtersOf(query: URLSearchParams): Filter[] {
  const filters: Filter[] = []
  for (const field of ['userId', 'sessionId', 'release'] as const) {
    const value = text(query, field)
    if (value) filters.push({ field, op: 'eq', value })
  }
  const name = text(query, 'name')
  // The name of a trace is that of the span at which it enters.
  if (name) filters.push({ field: 'name', op: 'eq', value: name }, { field: 'entry', op: 'eq', value: true })
  for (const tag of texts(query, 'tags')) filters.push({ field: 'tags', op: 'eq', value: tag })
  return [...filters, ...environmentFilter(query)]
}

/** `default` is what Langfuse calls the environment of what names none. */
export function environmentFilter(query: URLSearchParams): Filter[] {
  const environments = texts(query, 'environment')
  if (environments.length === 0) return []
  return [{ field: 'environment', op: 'in', value: environments.includes('default') ? [...environments, ''] : environments }]
}

function sortOf(query: URLSearchParams, from: string | undefined): 'startedAt' | undefined {
  const asked = text(query, 'orderBy')
  if (asked === undefined || asked === 'timestamp.desc') return undefined
  if (asked !== 'timestamp.asc') throw new AppError('invalid-request', 'Traces are ordered by timestamp.desc or timestamp.asc here.')
  if (from === undefined) throw new AppError('invalid-request', 'timestamp.asc needs `fromTimestamp`.')
  return 'startedAt'
}

const FIELDS = ['core', 'io', 'scores', 'observations', 'metrics']
export const fieldsOf = (query: URLSearchParams): ReadonlySet<string> => {
  const asked = texts(query, 'fields')
  return new Set(asked.length > 0 ? asked : FIELDS)
}
