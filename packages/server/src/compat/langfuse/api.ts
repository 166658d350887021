import type { ForeignApi, ForeignRoute } from '../../lib/foreign.ts'
import { langfuseError } from '../../tracing/ingest/langfuse/error.ts'
import type { DatasetRooms } from '../datasets/room.ts'
import { datasetRoutes } from './datasets.ts'
import { type MediaRooms, mediaRoutes } from './media.ts'
import { dailyMetrics } from './metrics/daily.ts'
import { newerMetrics, olderMetrics } from './metrics/metrics.ts'
import { listObservationsByCursor, listScoresByCursor } from './newer-lists.ts'
import { getObservation, listObservations } from './observations.ts'
import { type PromptRooms, promptRoutes } from './prompts.ts'
import { getScore, listScores } from './scores.ts'
import { getSession, listSessions } from './sessions.ts'
import { getTrace, listTraces, type ReadRooms } from './traces.ts'

export type LangfuseRooms = ReadRooms &
  MediaRooms &
  PromptRooms &
  DatasetRooms & {
    version: string
    /** The name that people gave a project. */
    projectName(projectId: string): Promise<string>
  }

/** What Langfuse's clients ask for beside ingest, which the edge takes. */
export function langfuseApi(rooms: LangfuseRooms): ForeignApi {
  const read = (path: string, handle: ForeignRoute['handle']): ForeignRoute => ({ method: 'GET', path, access: 'traces:read', handle })
  return {
    prefix: '/api/public',
    shape: langfuseError,
    routes: [
      { method: 'GET', path: '/health', access: 'public', handle: () => ({ body: { status: 'OK', version: rooms.version } }) },
      read('/projects', async ({ caller: { projectId } }) => {
        const name = await rooms.projectName(projectId)
        const organization = { id: 'signalbox', name: 'Signalbox' }
        return { body: { data: [{ id: projectId, name, organization, metadata: {}, retentionDays: null }] } }
      }),
      read('/traces', (request) => listTraces(rooms, request)),
      read('/traces/:traceId', (request) => getTrace(rooms, request)),
      read('/observations', (request) => listObservations(rooms, request)),
      read('/observations/:observationId', (request) => getObservation(rooms, request)),
      read('/v2/observations', (request) => listObservationsByCursor(rooms, request)),
      read('/v3/scores', (request) => listScoresByCursor(rooms, request)),
      read('/metrics', (request) => olderMetrics(rooms, request)),
      read('/metrics/daily', (request) => dailyMetrics(rooms, request)),
      read('/v2/metrics', (request) => newerMetrics(rooms, request)),
      read('/sessions', (request) => listSessions(rooms, request)),
      read('/sessions/:sessionId', (request) => getSession(rooms, request)),
      ...['/scores', '/v2/scores'].flatMap((path) => [
        read(path, (request) => listScores(rooms, request)),
        read(`${path}/:scoreId`, (request) => getScore(rooms, request)),
      ]),
      ...mediaRoutes(rooms),
      ...promptRoutes(rooms),
      ...datasetRoutes({ sql: rooms.sql, handlers: rooms.handlers }),
    ],
  }
}
