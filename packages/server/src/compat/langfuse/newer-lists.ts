import { AppError, api, type Score, type Span } from '@signalbox/schema'
import type { ForeignAnswer, ForeignRequest } from '../../lib/foreign.ts'
import type { Events } from '../../store/ports.ts'
import { listScores } from '../../tracing/scores/list-scores.ts'
import { filtersOf } from './observations.ts'
import { refuseUnknown, text, texts, time, wholeNumber } from './paging.ts'
import { readPayloads, writtenTraceIds } from './read-payloads.ts'
import { askedOf, type WrittenIds, writtenIds } from './scores.ts'
import { isTraceSpan, toLangfuseScore, toObservation } from './shapes.ts'
import type { ReadRooms } from './traces.ts'

/** Which fields an observation of the newer list has, by the groups that are asked for. Core is always there. */
const GROUPS: Record<string, readonly string[]> = {
  core: ['id', 'traceId', 'startTime', 'endTime', 'projectId', 'parentObservationId', 'type'],
  basic: ['name', 'level', 'statusMessage', 'version', 'environment', 'userId', 'sessionId'],
  time: ['completionStartTime', 'createdAt', 'updatedAt'],
  io: ['input', 'output'],
  metadata: ['metadata'],
  model: ['model', 'modelParameters', 'modelId', 'inputPrice', 'outputPrice', 'totalPrice'],
  usage: ['usageDetails', 'costDetails', 'totalCost'],
  prompt: ['promptId', 'promptName', 'promptVersion'],
  metrics: ['latency', 'timeToFirstToken'],
  trace_context: ['tags', 'release'],
}
const KNOWN_OBSERVATIONS = [
  ...['fields', 'expandMetadata', 'limit', 'cursor', 'parseIoAsJson', 'name', 'userId', 'sessionId', 'type', 'traceId', 'level'],
  ...['parentObservationId', 'environment', 'fromStartTime', 'toStartTime'],
]

/** `GET /api/public/v2/observations`: newest first, by cursor, with the groups of fields that are asked for. */
export async function listObservationsByCursor({ events, queries }: ReadRooms, { caller, query }: ForeignRequest): Promise<ForeignAnswer> {
  refuseUnknown(query, KNOWN_OBSERVATIONS)
  const { projectId } = caller
  const limit = limitOf(query, 1000)
  const groups = new Set(['core', ...(query.has('fields') ? texts(query, 'fields') : ['basic'])])
  const unknown = [...groups].filter((group) => !Object.hasOwn(GROUPS, group))
  if (unknown.length > 0)
    throw new AppError('invalid-request', `There are no fields ${unknown.join(', ')}: there are ${Object.keys(GROUPS).join(', ')}.`)
  const from = time(query, 'fromStartTime')
  const to = time(query, 'toStartTime')
  const asked = { filter: filtersOf(query, projectId), ...(from && { from }), ...(to && { to }) }
  const spans: Span[] = []
  let cursor = text(query, 'cursor')
  do {
    const page = { ...asked, limit: Math.min(500, limit - spans.length), ...(cursor && { cursor }) }
    const found = await queries.spans(projectId, api['spans.list'].input.parse(page))
    spans.push(...found.spans.filter((span) => !isTraceSpan(span)))
    cursor = found.nextCursor
  } while (cursor !== undefined && spans.length < limit)
  const payloadOf = await readPayloads(events, projectId, spans)
  const written = await writtenTraceIds(
    events,
    projectId,
    spans.map(({ traceId }) => traceId),
  )
  const fields = [...groups].flatMap((group) => GROUPS[group] ?? [])
  const data = spans.map((span) => {
    const payload = payloadOf(span)
    const { userId, sessionId, tags, release } = span
    const whole: Record<string, unknown> = {
      ...toObservation(span, payload, { traceId: written(span.traceId) }),
      projectId,
      userId,
      sessionId,
      tags,
      release,
      totalCost: span.costUsd === null ? null : Number(span.costUsd),
      input: rawText(payload.input),
      output: rawText(payload.output),
    }
    return Object.fromEntries(fields.map((field) => [field, whole[field] ?? null]))
  })
  return { body: { data, meta: { ...(cursor && { cursor }) } } }
}

const rawText = (value: unknown): string | null => (value === null ? null : typeof value === 'string' ? value : JSON.stringify(value))

const KNOWN_SCORES = [
  ...['limit', 'cursor', 'fields', 'id', 'name', 'source', 'dataType', 'environment', 'traceId', 'sessionId', 'observationId'],
  ...['experimentId', 'fromTimestamp', 'toTimestamp'],
]

/** `GET /api/public/v3/scores`: newest first, by cursor; a value is a number, true or false, or a text. */
export async function listScoresByCursor({ events }: { events: Events }, { caller, query }: ForeignRequest): Promise<ForeignAnswer> {
  refuseUnknown(query, KNOWN_SCORES)
  const { projectId } = caller
  const limit = limitOf(query, 100)
  const cursor = text(query, 'cursor')
  const { scores, nextCursor } = await listScores(events, projectId, { ...askedOf(query), limit, cursor })
  const writtenOf = await writtenIds(events, projectId, scores)
  const fields = new Set(texts(query, 'fields'))
  const data = scores.map((score) => toNewerScore(score, writtenOf(score), { projectId, fields }))
  return { body: { data, meta: { limit, ...(nextCursor && { cursor: nextCursor }) } } }
}

function toNewerScore(score: Score, written: WrittenIds, { projectId, fields }: { projectId: string; fields: ReadonlySet<string> }) {
  const all = toLangfuseScore(score, written)
  const pick = (...names: string[]) => Object.fromEntries(names.map((name) => [name, all[name]]))
  return {
    ...pick('id', 'name', 'source', 'dataType', 'timestamp', 'environment', 'createdAt', 'updatedAt'),
    projectId,
    value: score.value,
    ...(fields.has('details') && pick('comment', 'configId', 'metadata')),
    ...(fields.has('annotation') && pick('authorUserId', 'queueId')),
    ...(fields.has('subject') && { subject: subjectOf(score, written) }),
  }
}

function subjectOf({ sessionId, runId }: Score, { traceId, observationId }: WrittenIds): object {
  if (observationId) return { kind: 'observation', id: observationId, traceId }
  if (traceId) return { kind: 'trace', id: traceId }
  return runId ? { kind: 'experiment', id: runId } : { kind: 'session', id: sessionId }
}

function limitOf(query: URLSearchParams, most: number): number {
  const limit = wholeNumber(query, 'limit', 50)
  if (limit > most) throw new AppError('invalid-request', `\`limit\` is at most ${most}.`)
  return limit
}
