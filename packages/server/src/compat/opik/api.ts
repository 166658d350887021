import { AppError, type Span } from '@signalbox/schema'
import type { ForeignApi, ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import type { Events } from '../../store/ports.ts'
import { opikError } from '../../tracing/ingest/opik/error.ts'
import type { TraceQueries } from '../../tracing/queries/trace-queries.ts'
import { listScores } from '../../tracing/scores/list-scores.ts'
import { findSpan } from '../find-span.ts'
import { readPayloads } from '../langfuse/read-payloads.ts'
import { spanIdOfUuid, uuidForName, uuidOf } from '../uuids.ts'
import { type AttachmentRooms, attachmentRoutes } from './attachments.ts'

export type OpikRooms = AttachmentRooms & { events: Events; queries: TraceQueries; version: string }

/** What Opik's clients ask for beside ingest, which the edge takes: whether it is alive, projects, a trace or a span by its id, and attachments. */
export function opikApi(rooms: OpikRooms): ForeignApi {
  const read = (method: 'GET' | 'POST', path: string, handle: ForeignRoute['handle']): ForeignRoute => ({
    method,
    path,
    access: 'traces:read',
    handle,
  })
  return {
    prefix: '/opik/api',
    shape: opikError,
    routes: [
      { method: 'GET', path: '/is-alive/ping', access: 'public', handle: () => ({ body: { message: 'Healthy Server', healthy: true } }) },
      { method: 'GET', path: '/is-alive/ver', access: 'public', handle: () => ({ body: { version: rooms.version } }) },
      read('POST', '/v1/private/projects/retrieve', async ({ caller: { projectId }, json }) => {
        const { name } = await json()
        if (typeof name !== 'string' || name === '') throw new AppError('invalid-request', '`name` of a project is missing.')
        return { body: projectOf(projectId, name) }
      }),
      read('GET', '/v1/private/projects', ({ caller: { projectId }, query }) => {
        const name = query.get('name')
        const content = name ? [projectOf(projectId, name)] : []
        return { body: { page: 1, size: content.length, total: content.length, content } }
      }),
      // A project of theirs is a word on traces here: it is there once a trace names it.
      { method: 'POST', path: '/v1/private/projects', access: 'traces:write', handle: () => ({ status: 201 }) },
      read('GET', '/v1/private/traces/:id', (request) => getOne(rooms, request, 'trace')),
      read('GET', '/v1/private/spans/:id', (request) => getOne(rooms, request, 'span')),
      ...attachmentRoutes(rooms),
    ],
  }
}

const projectOf = (projectId: string, name: string) => ({ id: uuidForName('opik', projectId, name), name, visibility: 'private' })

async function getOne({ events, queries }: OpikRooms, { caller: { projectId }, params }: ForeignRequest, what: 'trace' | 'span') {
  const id = spanIdOfUuid(params.id ?? '')
  if (!id) throw new AppError('invalid-request', 'The id must be a UUID.')
  const span = await findSpan(queries, projectId, id)
  if (!span || (what === 'trace' && span.spanId !== span.traceId))
    throw new AppError('not-found', `There is no ${what} "${params.id}" here.`)
  const payload = (await readPayloads(events, projectId, [span]))(span)
  const { scores } = await listScores(events, projectId, { traceId: span.traceId, limit: 500 })
  const own = scores.filter(({ spanId }) => (what === 'trace' ? spanId === null : spanId === span.spanId))
  const feedback_scores = own.map(({ name, value, comment, at }) => ({ name, value, reason: comment, source: 'sdk', created_at: at }))
  const common = {
    id: uuidOf(span.spanId),
    project_id: projectOf(projectId, span.metadata.project ?? 'Default Project').id,
    name: span.name,
    start_time: span.startedAt,
    end_time: span.status === 'running' ? null : new Date(Date.parse(span.startedAt) + span.durationMs).toISOString(),
    input: payload.input,
    output: payload.output,
    metadata: payload.attributes.metadata ?? span.metadata,
    tags: span.tags,
    usage: usageOf(span),
    total_estimated_cost: span.costUsd === null ? null : Number(span.costUsd),
    duration: span.durationMs,
    error_info: payload.attributes.error_info ?? null,
    feedback_scores,
  }
  if (what === 'trace') return { body: { ...common, thread_id: span.sessionId } }
  const isBelowTrace = span.parentId === span.traceId
  return {
    body: {
      ...common,
      trace_id: uuidOf(span.traceId),
      parent_span_id: span.parentId && !isBelowTrace ? uuidOf(span.parentId) : null,
      type: payload.attributes.type ?? 'general',
      model: span.model,
      provider: span.provider,
    },
  }
}

const usageOf = ({ inputTokens, outputTokens }: Span) => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
})
