import type { Deletion } from '@signalbox/schema'
import type { Blobs, Events, Sql } from '../../store/ports.ts'

type Stores = { sql: Sql; events: Events; blobs: Blobs }
type Of = { id: string; projectId: string; value: string; requestedUs: number }
type Removed = Deletion['removed']

/** What is kept of deleted traces outside of the events store: refused rows, refused payloads, files. Runs when their spans are gone. */
export const removeElsewhere = async (stores: Stores, of: Of): Promise<Removed> => [
  ...(await removeLetters(stores, of)),
  ...(await removeSamples(stores, of)),
  ...(await removeMedia(stores, of)),
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

/** A file goes with the last trace that uses it. */
async function removeMedia({ sql, events, blobs }: Stores, { id, projectId }: Of): Promise<Removed> {
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
  const unused = await sql.query<{ id: string; content_length: number }>(
    `select id, content_length from media where project_id = $1 and id = any($2::text[])
       and not exists (select 1 from media_uses where media_uses.project_id = media.project_id and media_id = media.id)`,
    [projectId, [...new Set(dropped.map(({ media_id }) => media_id))]],
  )
  for (const file of unused) {
    await blobs.delete(`media/${projectId}/${file.id}`)
    await sql.query('delete from media where project_id = $1 and id = $2', [projectId, file.id])
  }
  const bytes = unused.reduce((sum, { content_length }) => sum + Number(content_length), 0)
  return unused.length === 0 ? [] : [{ where: 'blobs', rows: unused.length, bytes }]
}
