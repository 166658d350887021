import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema'
import type { ForeignAnswer, ForeignRequest } from '../../lib/foreign.ts'
import { newSpanId } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { parameters } from '../../tracing/queries/parameters.ts'
import { toIso } from '../../tracing/queries/time.ts'
import { scoresWhere } from '../../tracing/scores/list-scores.ts'
import type { StoredScore } from '../../tracing/scores/score-row.ts'
import { wellFormedJson } from '../../tracing/storable.ts'
import { spanIdOfUuid, uuidOf } from '../uuids.ts'
import { hexOf } from './runs.ts'

/** `GET /feedback?run=…&key=…&source=…` */
export async function listFeedback(events: Events, { caller: { projectId }, query }: ForeignRequest): Promise<ForeignAnswer> {
  const { bind, values } = parameters()
  const where = [`projectId = ${bind('String', projectId)}`]
  const runs = query.getAll('run').map((id) => hexOf(id, 'run'))
  if (runs.length > 0) {
    const ids = bind('Array(String)', runs)
    where.push(`(spanId IN ${ids} OR (spanId = '' AND traceId IN ${ids}))`)
  }
  if (query.has('key')) where.push(`name IN ${bind('Array(String)', query.getAll('key'))}`)
  const sources = query.getAll('source').flatMap((source) => SOURCES[source] ?? [])
  if (query.has('source')) where.push(`source IN ${bind('Array(String)', sources)}`)
  const limit = numberOf(query, 'limit', 100, 500)
  const rows = await events.query<StoredScore>(
    `${scoresWhere(where)} LIMIT ${limit} OFFSET ${numberOf(query, 'offset', 0, 100_000)}`,
    values,
  )
  return { body: rows.map(toFeedback) }
}

/** `GET /feedback/ID` */
export const getFeedback = async (events: Events, { caller, params }: ForeignRequest): Promise<ForeignAnswer> => ({
  body: toFeedback(await find(events, caller.projectId, params.feedbackId)),
})

/** `PATCH /feedback/ID`: only the fields that are sent are changed. */
export async function changeFeedback(events: Events, { caller, params, json }: ForeignRequest): Promise<ForeignAnswer> {
  const { score, value, comment, correction } = await json()
  const { atMicros, receivedAtMicros, ...row } = await find(events, caller.projectId, params.feedbackId)
  const isNumber = typeof score === 'number' || typeof score === 'boolean'
  if (score !== undefined && score !== null && !(isNumber && Number.isFinite(Number(score))))
    throw new AppError('invalid-request', '`score` must be a number or a boolean.')
  const changed = {
    ...row,
    ...(isNumber && { value: Number(score), type: typeof score === 'boolean' ? 'boolean' : 'numeric' }),
    ...(value !== undefined && { text: typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value) }),
    ...(comment !== undefined && { comment: typeof comment === 'string' ? comment.slice(0, 100_000) : '' }),
    ...(correction !== undefined && { metadata: { ...row.metadata, correction: JSON.stringify(correction) } }),
    at: atMicros,
    receivedAt: Math.max(Date.now() * 1000, receivedAtMicros + 1),
  }
  await events.insert('scores', [wellFormedJson(JSON.stringify(changed))], `feedback:${newSpanId()}`)
  return { body: toFeedback({ ...changed, atMicros, receivedAtMicros } as StoredScore) }
}

/** `DELETE /feedback/ID` */
export async function deleteFeedback(events: Events, { caller: { projectId }, params }: ForeignRequest): Promise<ForeignAnswer> {
  const { id } = await find(events, projectId, params.feedbackId)
  await events.command('DELETE FROM scores WHERE projectId = {project:String} AND id = {id:String}', { project: projectId, id })
  return { body: {} }
}

const SOURCES: Record<string, string[]> = { api: ['api'], model: ['eval'], app: ['feedback', 'annotation'] }
const PATIENCE_MS = 3000

/** A client changes what it has just sent, which may still be on its way from the edge. */
async function find(events: Events, projectId: string, id: string | undefined): Promise<StoredScore> {
  const { bind, values } = parameters()
  const sql = `${scoresWhere([`projectId = ${bind('String', projectId)}`, `id = ${bind('String', id ?? '')}`])} LIMIT 1`
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    const [row] = await events.query<StoredScore>(sql, values)
    if (row) return row
    if (Date.now() > deadline) throw new AppError('not-found', `There is no feedback "${id}".`)
  }
}

function numberOf(query: URLSearchParams, name: string, fallback: number, most: number): number {
  const sent = query.get(name)
  if (sent === null) return fallback
  if (!/^\d{1,6}$/.test(sent)) throw new AppError('invalid-request', `\`${name}\` must be a whole number.`)
  return Math.min(Number(sent), most)
}

const toFeedback = (row: StoredScore): Record<string, unknown> => {
  const runId = row.spanId || row.traceId
  return {
    id: row.id,
    run_id: runId && spanIdOfUuid(runId) ? uuidOf(runId) : null,
    trace_id: row.traceId ? uuidOf(row.traceId) : null,
    session_id: row.runId || null,
    key: row.name,
    score: row.type === 'boolean' ? row.value === 1 : row.value,
    value: row.text || null,
    comment: row.comment || null,
    correction: row.metadata.correction ?? null,
    feedback_source: { type: row.source === 'eval' ? 'model' : row.source === 'api' ? 'api' : 'app', metadata: {} },
    created_at: toIso(row.atMicros),
    modified_at: toIso(row.receivedAtMicros),
  }
}
