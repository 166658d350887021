import { AppError, type Filter, type Score, type Span } from '@signalbox/schema'
import type { ForeignAnswer, ForeignRequest } from '../../lib/foreign.ts'
import type { Events, Sql } from '../../store/ports.ts'
import type { TraceQueries } from '../../tracing/queries/trace-queries.ts'
import { listScores } from '../../tracing/scores/list-scores.ts'
import { findSpan } from '../find-span.ts'
import { readPayloads } from '../langfuse/read-payloads.ts'
import { spanIdOfUuid } from '../uuids.ts'
import { readFilterText } from './filter-text.ts'
import { kindsOfRunType } from './run-types.ts'
import { listSessions, sessionIds } from './sessions.ts'
import { type RunParts, toRun, toSelectedRun } from './to-run.ts'

export type RunRooms = { sql: Sql; events: Events; queries: TraceQueries }

/** `GET /runs/ID` and `GET /api/v2/runs/ID?selects=…` */
export async function getRun(
  rooms: RunRooms,
  { caller: { projectId }, params, query }: ForeignRequest,
  isNew: boolean,
): Promise<ForeignAnswer> {
  const spanId = hexOf(params.runId, 'run')
  const span = await findSpan(rooms.queries, projectId, spanId)
  if (!span)
    throw new AppError('not-found', `There is no run "${params.runId}" here.`, {
      hint: 'A run is readable about a second after it was acknowledged.',
    })
  const [parts] = await withParts(rooms, projectId, [span])
  return { body: isNew ? toSelectedRun(parts as RunParts, query.getAll('selects')) : toRun(parts as RunParts) }
}

/** `POST /runs/query` */
export async function queryRuns(rooms: RunRooms, { caller: { projectId }, json }: ForeignRequest): Promise<ForeignAnswer> {
  const sent = await json()
  const asked = readAsked({
    ...sent,
    ...(sent.execution_order === 1 && { is_root: true }),
    sessions: sent.session,
    trace_id: sent.trace,
    ids: sent.id,
    min_start_time: sent.start_time,
    max_start_time: sent.end_time,
    reference_examples: sent.reference_example,
    has_error: sent.error,
  })
  const { found, nextCursor } = await read(rooms, projectId, asked)
  return { body: { runs: found.map(toRun), cursors: { next: nextCursor ?? null } } }
}

/** `POST /api/v2/runs/query` */
export async function queryRunsV2(rooms: RunRooms, { caller: { projectId }, json }: ForeignRequest): Promise<ForeignAnswer> {
  const sent = await json()
  const { found, nextCursor } = await read(
    rooms,
    projectId,
    readAsked({ ...sent, sessions: sent.project_ids, limit: sent.page_size ?? sent.limit }),
  )
  const selects = textsOf(sent.selects, 'selects') ?? []
  return { body: { items: found.map((parts) => toSelectedRun(parts, selects)), next_cursor: nextCursor ?? '' } }
}

type Asked = {
  filter: Filter[]
  sessions: string[] | undefined
  from?: string
  to?: string
  search?: string
  limit: number
  cursor?: string
}

/** What of a question would change its answer and is not known here is refused. */
const UNKNOWN = ['trace_filter', 'tree_filter', 'ai_search', 'search_filter', 'data_source_type', 'skip_pagination']

function readAsked(sent: Record<string, unknown>): Asked {
  for (const name of UNKNOWN)
    if (sent[name] !== undefined && sent[name] !== null) throw new AppError('invalid-request', `\`${name}\` is not known here.`)
  if (sent.order === 'asc') throw new AppError('invalid-request', '`order` can only be "desc": runs come newest first.')
  const filter: Filter[] = typeof sent.filter === 'string' && sent.filter !== '' ? readFilterText(sent.filter) : []
  const add = (field: string, op: Filter['op'], value: Filter['value']) => filter.push({ field, op, value } as Filter)
  if (sent.trace_id) add('traceId', 'eq', hexOf(sent.trace_id, 'trace'))
  if (sent.parent_run) add('parentId', 'eq', hexOf(sent.parent_run, 'parent_run'))
  const ids = textsOf(sent.ids, 'id')
  if (ids)
    add(
      'spanId',
      'in',
      ids.map((id) => hexOf(id, 'id')),
    )
  if (typeof sent.run_type === 'string') add('kind', 'in', kindsOfRunType(sent.run_type))
  if (typeof sent.is_root === 'boolean') add('parentId', sent.is_root ? 'eq' : 'ne', '')
  if (typeof sent.has_error === 'boolean') add('status', sent.has_error ? 'eq' : 'ne', 'error')
  const examples = textsOf(sent.reference_examples, 'reference_example')
  if (examples) add('metadata.reference_example_id', 'in', examples)
  const limit = sent.limit === undefined || sent.limit === null ? 100 : Number(sent.limit)
  if (!Number.isInteger(limit) || limit < 1) throw new AppError('invalid-request', '`limit` must be a whole number from 1.')
  return {
    filter,
    sessions: textsOf(sent.sessions, 'session'),
    limit: Math.min(limit, MOST_PER_PAGE),
    ...(sent.min_start_time ? { from: timeOf(sent.min_start_time) } : {}),
    ...(sent.max_start_time ? { to: timeOf(sent.max_start_time) } : {}),
    ...(typeof sent.query === 'string' && sent.query !== '' && { search: sent.query.slice(0, 200) }),
    ...(typeof sent.cursor === 'string' && sent.cursor !== '' && { cursor: sent.cursor }),
  }
}

const MOST_PER_PAGE = 100

async function read(
  rooms: RunRooms,
  projectId: string,
  { sessions, filter, ...asked }: Asked,
): Promise<{ found: RunParts[]; nextCursor?: string | undefined }> {
  if (sessions) {
    const named = await listSessions(rooms, projectId, { ids: sessions, limit: 1000, offset: 0 })
    if (named.length === 0) return { found: [] }
    filter.push({ field: 'metadata.project', op: 'in', value: named.map(({ name }) => name) } as Filter)
  }
  const { spans, nextCursor } = await rooms.queries.spans(projectId, { ...asked, filter })
  return { found: await withParts(rooms, projectId, spans), nextCursor }
}

async function withParts(rooms: RunRooms, projectId: string, spans: readonly Span[]): Promise<RunParts[]> {
  const nameOf = ({ metadata }: Span) => metadata.project ?? 'default'
  const [payloadOf, idOf, scores] = await Promise.all([
    readPayloads(rooms.events, projectId, spans),
    sessionIds(rooms, projectId, spans.map(nameOf)),
    scoresOf(rooms.events, projectId, spans),
  ])
  return spans.map((span) => ({ span, payload: payloadOf(span), sessionId: idOf(nameOf(span)), scores: scores(span) }))
}

/** A score without a span is of the root. */
async function scoresOf(events: Events, projectId: string, spans: readonly Span[]): Promise<(span: Span) => Score[]> {
  const found: Score[] = []
  for (const traceId of new Set(spans.map((span) => span.traceId)))
    found.push(...(await listScores(events, projectId, { traceId, limit: 500 })).scores)
  return ({ traceId, spanId, parentId }) =>
    found.filter((score) => score.traceId === traceId && (score.spanId === spanId || (score.spanId === null && parentId === null)))
}

export function hexOf(id: unknown, what: string): string {
  const hex = typeof id === 'string' ? spanIdOfUuid(id) : undefined
  if (!hex) throw new AppError('invalid-request', `The ${what} must be a UUID.`)
  return hex
}

function textsOf(value: unknown, name: string): string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.length === 0 ? undefined : value
  if (typeof value === 'string') return [value]
  throw new AppError('invalid-request', `\`${name}\` must be a list of texts.`)
}

function timeOf(value: unknown): string {
  const at = new Date(typeof value === 'string' || typeof value === 'number' ? value : Number.NaN)
  if (Number.isNaN(at.getTime())) throw new AppError('invalid-request', 'A start time must be an ISO 8601 time.')
  return at.toISOString()
}
