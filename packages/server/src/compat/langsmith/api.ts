import { AppError, type Caller } from '@signalbox/schema'
import type { ForeignApi, ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import { langsmithError } from '../../tracing/ingest/langsmith/error.ts'
import { type DatasetRooms, datasetById } from '../datasets/room.ts'
import { endRun, openRun } from '../datasets/runs.ts'
import { datasetRoutes } from './datasets.ts'
import { changeFeedback, deleteFeedback, getFeedback, listFeedback } from './feedback.ts'
import { type PromptRooms, promptRoutes } from './prompts.ts'
import { getRun, queryRuns, queryRunsV2, type RunRooms } from './runs.ts'
import { changeSession, createSession, getSession, listSessions, type Session, tenantOf, toTracerSession } from './sessions.ts'

/** What LangSmith's clients ask for beside ingest, which the edge takes: projects, runs, feedback, prompts and datasets. */
export function langsmithApi(rooms: RunRooms & PromptRooms & DatasetRooms): ForeignApi {
  const { events } = rooms
  const read = (method: 'GET' | 'POST', path: string, handle: ForeignRoute['handle']): ForeignRoute => ({
    method,
    path,
    access: 'traces:read',
    handle,
  })
  const write = (method: 'POST' | 'PATCH', path: string, handle: ForeignRoute['handle']): ForeignRoute => ({
    method,
    path,
    access: 'traces:write',
    handle,
  })
  const session = async ({ caller: { projectId }, params }: ForeignRequest) => ({
    body: toTracerSession(projectId, await getSession(rooms, projectId, params.sessionId ?? '')),
  })
  return {
    prefix: '/langsmith',
    shape: langsmithError,
    routes: [
      read('GET', '/sessions', async ({ caller: { projectId }, query }) => ({
        body: (await listSessions(rooms, projectId, wantedOf(query))).map((one) => toTracerSession(projectId, one)),
      })),
      read('GET', '/sessions/:sessionId', session),
      write('POST', '/sessions', async ({ caller, query, json }) => {
        const sent = await json()
        // Before anything is made: a project that is refused is not there.
        const dataset =
          typeof sent.reference_dataset_id === 'string' ? await datasetById(rooms, caller, sent.reference_dataset_id) : undefined
        const made = await createSession(rooms, caller.projectId, { upsert: query.get('upsert') === 'true', sent })
        if (dataset) await beginRun(rooms, caller, { session: made, sent, dataset: dataset.name })
        return { body: toTracerSession(caller.projectId, made) }
      }),
      write('PATCH', '/sessions/:sessionId', async ({ caller: { projectId }, params, json }) => {
        const changed = await changeSession(rooms, projectId, params.sessionId ?? '', await json())
        if (changed.end_time !== null) await endRun(rooms.sql, projectId, changed.id, changed.end_time)
        return { body: toTracerSession(projectId, changed) }
      }),
      read('GET', '/settings', ({ caller: { projectId } }) => ({
        body: { id: tenantOf(projectId), display_name: projectId, created_at: new Date(0).toISOString(), tenant_handle: null },
      })),
      ...promptRoutes(rooms),
      ...datasetRoutes(rooms),
      read('GET', '/runs/:runId', (request) => getRun(rooms, request, false)),
      read('GET', '/api/v2/runs/:runId', (request) => getRun(rooms, request, true)),
      read('POST', '/runs/query', (request) => queryRuns(rooms, request)),
      read('POST', '/api/v2/runs/query', (request) => queryRunsV2(rooms, request)),
      read('GET', '/feedback', (request) => listFeedback(events, request)),
      read('GET', '/feedback/:feedbackId', (request) => getFeedback(events, request)),
      { method: 'PATCH', path: '/feedback/:feedbackId', access: 'scores:write', handle: (request) => changeFeedback(events, request) },
      { method: 'DELETE', path: '/feedback/:feedbackId', access: 'scores:write', handle: (request) => deleteFeedback(events, request) },
    ],
  }
}

/** A project that names a dataset is an experiment over it. */
async function beginRun(
  rooms: DatasetRooms,
  caller: Caller,
  { session, sent, dataset }: { session: Session; sent: Record<string, unknown>; dataset: string },
): Promise<void> {
  const { metadata } = (sent.extra ?? {}) as { metadata?: unknown }
  await openRun(rooms.sql, {
    ...{ projectId: caller.projectId, id: session.id, system: 'langsmith', dataset, name: session.name },
    details: {
      ...(typeof sent.description === 'string' && { description: sent.description }),
      ...(typeof metadata === 'object' && metadata !== null && { metadata }),
    },
  })
}

function wantedOf(query: URLSearchParams) {
  const number = (name: string, fallback: number, most: number) => {
    const sent = query.get(name)
    if (sent === null) return fallback
    if (!/^\d{1,6}$/.test(sent)) throw new AppError('invalid-request', `\`${name}\` must be a whole number.`)
    return Math.min(Number(sent), most)
  }
  const ids = query.getAll('id')
  return {
    name: query.get('name') ?? undefined,
    nameContains: query.get('name_contains') ?? undefined,
    ...(ids.length > 0 && { ids }),
    limit: number('limit', 100, 100),
    offset: number('offset', 0, 100_000),
  }
}
