import { AppError, type Parsed, type Score } from '@signalbox/schema'
import type { ForeignAnswer, ForeignRequest } from '../../lib/foreign.ts'
import type { Events } from '../../store/ports.ts'
import { parameters } from '../../tracing/queries/parameters.ts'
import { scoreConditions, scoresWhere } from '../../tracing/scores/list-scores.ts'
import { type StoredScore, toScore } from '../../tracing/scores/score-row.ts'
import { paged, pageOf, refuseUnknown, text, time } from './paging.ts'
import { readPayloads, writtenTraceIds } from './read-payloads.ts'
import { toLangfuseScore } from './shapes.ts'

type Asked = Partial<Omit<Parsed<'scores.list'>, 'limit' | 'cursor'>>

const KNOWN = [
  ...['page', 'limit', 'name', 'source', 'dataType', 'environment', 'fromTimestamp', 'toTimestamp'],
  ...['traceId', 'observationId', 'sessionId', 'datasetRunId', 'fields'],
]
const SOURCES: Record<string, Asked['source']> = { API: 'api', EVAL: 'eval', ANNOTATION: 'annotation' }
const TYPES: Record<string, Asked['type']> = { NUMERIC: 'numeric', BOOLEAN: 'boolean', CATEGORICAL: 'categorical', TEXT: 'text' }

/** `GET /api/public/scores` and `/v2/scores`, newest first. */
export async function listScores({ events }: { events: Events }, { caller, query }: ForeignRequest): Promise<ForeignAnswer> {
  refuseUnknown(query, KNOWN)
  const page = pageOf(query)
  const asked = askedOf(query)
  const bound = parameters()
  const where = scoreConditions(caller.projectId, asked, bound)
  const [total] = await events.query<{ count: number }>(
    `SELECT count() AS count FROM scores FINAL WHERE ${where.join(' AND ')}`,
    bound.values,
  )
  const data = await langfuseScores(events, caller.projectId, asked, { limit: page.limit, offset: (page.page - 1) * page.limit })
  return { body: paged(page, data, total?.count ?? 0) }
}

/** `GET /api/public/scores/{id}`. */
export async function getScore({ events }: { events: Events }, { caller, params }: ForeignRequest): Promise<ForeignAnswer> {
  const [score] = await langfuseScores(events, caller.projectId, { id: params.scoreId ?? '' }, { limit: 1, offset: 0 })
  if (!score) throw new AppError('not-found', 'There is no such score in this project.')
  return { body: score }
}

/** Scores in Langfuse's words, under the ids that its clients wrote. */
export async function langfuseScores(
  events: Events,
  projectId: string,
  asked: Asked,
  { limit, offset }: { limit: number; offset: number },
): Promise<Record<string, unknown>[]> {
  const bound = parameters()
  const where = scoreConditions(projectId, asked, bound)
  const rows = await events.query<StoredScore>(`${scoresWhere(where)} LIMIT ${limit} OFFSET ${offset}`, bound.values)
  const scores = rows.map(toScore)
  const writtenOf = await writtenIds(events, projectId, scores)
  return scores.map((score) => toLangfuseScore(score, writtenOf(score)))
}

export type WrittenIds = { traceId: string | null; observationId: string | null }

/** How clients wrote the ids of what is scored. */
export async function writtenIds(events: Events, projectId: string, scores: readonly Score[]): Promise<(score: Score) => WrittenIds> {
  const traceOf = await writtenTraceIds(
    events,
    projectId,
    scores.flatMap(({ traceId }) => traceId ?? []),
  )
  // Ids of OpenTelemetry are kept as they are written.
  const longOnes = scores.flatMap(({ traceId, spanId }) => (traceId && spanId?.length === 32 ? [{ traceId, spanId }] : []))
  const payloadOf = await readPayloads(events, projectId, longOnes)
  return ({ traceId, spanId }) => {
    const { id } = traceId && spanId ? payloadOf({ traceId, spanId }).attributes : {}
    return { traceId: traceId && traceOf(traceId), observationId: spanId && typeof id === 'string' && id ? id : spanId }
  }
}

export function askedOf(query: URLSearchParams): Asked {
  const source = oneOf(query, 'source', SOURCES)
  const type = oneOf(query, 'dataType', TYPES)
  const from = time(query, 'fromTimestamp')
  const to = time(query, 'toTimestamp')
  const plain = {
    traceId: 'traceId',
    observationId: 'spanId',
    sessionId: 'sessionId',
    datasetRunId: 'runId',
    experimentId: 'runId',
    id: 'id',
    name: 'name',
    environment: 'environment',
  }
  const named = Object.entries(plain).flatMap(([name, ours]) => {
    const value = text(query, name)
    return value ? [[ours, ours === 'environment' && value === 'default' ? '' : value]] : []
  })
  return {
    ...(Object.fromEntries(named) as Asked),
    ...(source && { source }),
    ...(type && { type }),
    ...(from && { from }),
    ...(to && { to }),
  }
}

function oneOf<T>(query: URLSearchParams, name: string, words: Record<string, T>): T | undefined {
  const sent = text(query, name)
  if (sent === undefined) return undefined
  if (!Object.hasOwn(words, sent)) throw new AppError('invalid-request', `\`${name}\` must be one of ${Object.keys(words).join(', ')}.`)
  return words[sent]
}
