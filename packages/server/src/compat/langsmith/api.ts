import { AppError } from '@signalbox/schema'
import type { ForeignApi, ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import { langsmithError } from '../../tracing/ingest/langsmith/error.ts'
import { changeFeedback, deleteFeedback, getFeedback, listFeedback } from './feedback.ts'
import { type PromptRooms, promptRoutes } from './prompts.ts'
import { getRun, queryRuns, queryRunsV2, type RunRooms } from './runs.ts'
import { changeSession, createSession, getSession, listSessions, tenantOf, toTracerSession } from './sessions.ts'

/** What LangSmith's clients ask for beside ingest, which the edge takes: projects, runs, feedback and prompts. Datasets are not here yet. */
export function langsmithApi(rooms: RunRooms & PromptRooms): ForeignApi {
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
      write('POST', '/sessions', async ({ caller: { projectId }, query, json }) => ({
        body: toTracerSession(
          projectId,
          await createSession(rooms, projectId, { upsert: query.get('upsert') === 'true', sent: await json() }),
        ),
      })),
      write('PATCH', '/sessions/:sessionId', async ({ caller: { projectId }, params, json }) => ({
        body: toTracerSession(projectId, await changeSession(rooms, projectId, params.sessionId ?? '', await json())),
      })),
      read('GET', '/settings', ({ caller: { projectId } }) => ({
        body: { id: tenantOf(projectId), display_name: projectId, created_at: new Date(0).toISOString(), tenant_handle: null },
      })),
      ...promptRoutes(rooms),
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
