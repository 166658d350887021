import type { Deletion } from '@signalbox/schema'
import type { Blobs, Events, Sql } from '../../store/ports.ts'
import { removeUnusedMedia } from './unused-media.ts'

type Stores = { sql: Sql; events: Events; blobs: Blobs }
type Of = { id: string; projectId: string; value: string; requestedUs: number }
type Removed = Deletion['removed']

/** What is kept of deleted traces outside of the events store: refused rows, refused payloads, files, review items. Runs when their spans are gone. */
export const removeElsewhere = async (stores: Stores, of: Of): Promise<Removed> => [
  ...(await removeLetters(stores, of)),
  ...(await removeSamples(stores, of)),
  ...(await removeMedia(stores, of)),
  ...(await removeReviewed(stores, of)),
]

/** Of these traces those that the deletion names. */
async function named(events: Events, id: string, traceIds: readonly string[]): Promise<Set<string>> {
  if (traceIds.length === 0) return new Set()
  const found = await events.query<{ traceId: string }>(
    'SELECT DISTINCT traceId FROM deleted_spans WHERE deletionId = {id:String} AND traceId IN {traces:Array(String)}',
    { id, traces: traceIds },
  )
  return new Set(found.map(({ traceId }) => traceId))
}

async function removeLetters({ sql, events }: Stores, { id, projectId }: Of): Promise<Removed> {
  const letters = await sql.query<{ id: string; trace: string }>(
    `select id, row->>'traceId' as trace from dead_letters where project_id = $1 and row->>'traceId' is not null`,
    [projectId],
  )
  const traces = await named(events, id, [...new Set(letters.map(({ trace }) => trace))])
  const gone = letters.filter(({ trace }) => traces.has(trace)).map((letter) => letter.id)
  if (gone.length === 0) return []
  await sql.query('delete from dead_letters where id = any($1::text[])', [gone])
  return [{ where: 'dead_letters', rows: gone.length, bytes: null }]
}

/** What was refused belongs to no trace: it goes where the id that was asked for stands in it. */
async function removeSamples({ sql }: Stores, { projectId, value, requestedUs }: Of): Promise<Removed> {
  if (value === '') return []
  const gone = await sql.query<{ id: string }>(
    `delete from ingest_samples where project_id = $1 and at < $3 
       and (position($2::text in coalesce(body, '') || message) > 0 or position(convert_to($2::text, 'UTF8') in coalesce(raw, ''::bytea)) > 0) returning id`,
    [projectId, value, new Date(requestedUs / 1000)],
  )
  return gone.length === 0 ? [] : [{ where: 'ingest_samples', rows: gone.length, bytes: null }]
}

/** What was asked of people about a call goes with it, and what they said: corrections and marked places hold its words. */
async function removeReviewed({ sql, events }: Stores, { id, projectId }: Of): Promise<Removed> {
  const items = await sql.query<{ trace_id: string }>(
    'select distinct trace_id from review_items where project_id = $1 and trace_id is not null',
    [projectId],
  )
  const traces = await named(
    events,
    id,
    items.map(({ trace_id }) => trace_id),
  )
  if (traces.size === 0) return []
  const gone = await sql.query('delete from review_items where project_id = $1 and trace_id = any($2::text[]) returning 1', [
    projectId,
    [...traces],
  ])
  return [{ where: 'review_items', rows: gone.length, bytes: null }]
}

/** A file goes with the last trace that uses it. */
async function removeMedia({ sql, events, blobs }: Stores, { id, projectId }: Of): Promise<Removed> {
  await settleAttached({ sql, events, blobs }, id, projectId)
  const uses = await sql.query<{ trace_id: string }>('select distinct trace_id from media_uses where project_id = $1', [projectId])
  const traces = await named(
    events,
    id,
    uses.map(({ trace_id }) => trace_id),
  )
  if (traces.size === 0) return []
  const left = await events.query<{ traceId: string }>(
    'SELECT DISTINCT traceId FROM spans WHERE projectId = {project:String} AND traceId IN {traces:Array(String)}',
    { project: projectId, traces: [...traces] },
  )
  for (const { traceId } of left) traces.delete(traceId)
  const dropped = await sql.query<{ media_id: string }>(
    'delete from media_uses where project_id = $1 and trace_id = any($2::text[]) returning media_id',
    [projectId, [...traces]],
  )
  const { files, bytes } = await removeUnusedMedia(
    { sql, blobs },
    projectId,
    dropped.map(({ media_id }) => media_id),
  )
  return files === 0 ? [] : [{ where: 'blobs', rows: files, bytes }]
}

/** A file that was attached to a span by the span's id alone is of that span's trace. */
async function settleAttached({ sql, events }: Stores, id: string, projectId: string): Promise<void> {
  const open = await sql.query<{ span_id: string }>(
    `select distinct span_id from media_uses where project_id = $1 and trace_id = '' and span_id != ''`,
    [projectId],
  )
  if (open.length === 0) return
  const found = await events.query<{ traceId: string; spanId: string }>(
    `SELECT DISTINCT traceId, spanId FROM spans WHERE projectId = {project:String} AND spanId IN {spans:Array(String)}
UNION DISTINCT SELECT DISTINCT traceId, spanId FROM deleted_spans WHERE deletionId = {id:String} AND spanId IN {spans:Array(String)}`,
    { id, project: projectId, spans: open.map(({ span_id }) => span_id) },
  )
  for (const { traceId, spanId } of found)
    await sql.query(`update media_uses set trace_id = $3 where project_id = $1 and span_id = $2 and trace_id = ''`, [
      projectId,
      spanId,
      traceId,
    ])
}
