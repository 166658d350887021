import { AppError, api, type Filter, type Trace } from '@signalbox/schema'
import type { ForeignAnswer, ForeignRequest } from '../../lib/foreign.ts'
import { condition, scope } from '../../tracing/queries/conditions.ts'
import { parameters } from '../../tracing/queries/parameters.ts'
import { toIso } from '../../tracing/queries/time.ts'
import { paged, pageOf, refuseUnknown } from './paging.ts'
import { describe, environmentFilter, type ReadRooms, windowOf } from './traces.ts'

type Row = { id: string; createdAt: number; environment: string }
const MOST_TRACES = 1000

/** `GET /api/public/sessions`: what traces name as theirs, the newest first. */
export async function listSessions({ events }: ReadRooms, { caller, query }: ForeignRequest): Promise<ForeignAnswer> {
  refuseUnknown(query, ['page', 'limit', 'fromTimestamp', 'toTimestamp', 'environment'])
  const { projectId } = caller
  const page = pageOf(query)
  const bound = parameters()
  const where = [
    ...scope(projectId, windowOf(query), bound),
    `sessionId != ''`,
    ...environmentFilter(query).map((filter) => condition(filter, bound)),
  ].join(' AND ')
  const rows = await events.query<Row>(
    `SELECT sessionId AS id, toUnixTimestamp64Micro(min(startedAt)) AS createdAt, any(environment) AS environment
FROM spans WHERE ${where} GROUP BY sessionId ORDER BY createdAt DESC, id LIMIT ${page.limit} OFFSET ${(page.page - 1) * page.limit}`,
    bound.values,
  )
  const [total] = await events.query<{ count: number }>(`SELECT uniqExact(sessionId) AS count FROM spans WHERE ${where}`, bound.values)
  return {
    body: paged(
      page,
      rows.map((row) => toSession(row, projectId)),
      total?.count ?? 0,
    ),
  }
}

/** `GET /api/public/sessions/{id}`: with its traces, the newest first. */
export async function getSession(rooms: ReadRooms, { caller, params }: ForeignRequest): Promise<ForeignAnswer> {
  const { projectId } = caller
  const id = params.sessionId ?? ''
  const filter: Filter[] = [{ field: 'sessionId', op: 'eq', value: id }]
  const traces: Trace[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await rooms.queries.list(projectId, api['traces.list'].input.parse({ filter, limit: 500, ...(cursor && { cursor }) }))
    traces.push(...page.traces)
    cursor = page.nextCursor
    if (cursor === undefined) break
    if (traces.length >= MOST_TRACES)
      throw new AppError('payload-too-large', `This session has more than ${MOST_TRACES} traces: too many for one answer.`, {
        hint: 'Read GET /api/public/traces?sessionId=…, page by page.',
      })
  }
  const first = traces.at(-1)
  if (!first) throw new AppError('not-found', `There is no session ${JSON.stringify(id.slice(0, 100))} in this project.`)
  const shown = await describe(rooms, { projectId, traces, fields: new Set(['core', 'io']) })
  const createdAt = first.startedAt
  return { body: { id, createdAt, projectId, environment: first.environment ?? 'default', traces: shown.map(asPlainTrace) } }
}

const toSession = ({ id, createdAt, environment }: Row, projectId: string) => ({
  id,
  createdAt: toIso(createdAt),
  projectId,
  environment: environment || 'default',
})

const asPlainTrace = ({ observations: _observations, scores: _scores, ...trace }: Record<string, unknown>) => trace
