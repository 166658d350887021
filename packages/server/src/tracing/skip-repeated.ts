import { createHash } from 'node:crypto'
import { FRAME, type IngestHeader } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import type { BatchFrame } from './decode-batch.ts'

/** The frames that are new, and the hashes to remember when they are in. */
export type NewFrames = { frames: BatchFrame[]; hashes: string[] }

/**
 * Leaves out ingest bodies that were taken in before. A client whose answer was lost sends the same bytes again: as
 * OpenTelemetry's exporters do, who retry the request that they serialised. `before` are hashes of earlier groups of the same batch.
 */
export async function skipRepeated(sql: SqlSession, frames: readonly BatchFrame[], before: readonly string[]): Promise<NewFrames> {
  const hashed = frames.map((frame) => ({ frame, hash: frame.kind === FRAME.ingest ? hashOf(frame) : undefined }))
  const hashes = [...new Set(hashed.flatMap(({ hash }) => hash ?? []))]
  if (hashes.length === 0) return { frames: [...frames], hashes }
  const known = new Set(
    (await sql.query<{ hash: string }>('select hash from ingested_bodies where hash = any($1::text[])', [hashes])).map(({ hash }) => hash),
  )
  const earlier = new Set(before)
  const taken = new Set<string>()
  const kept = hashed.filter(({ hash }) => {
    if (hash === undefined) return true
    if (known.has(hash) || earlier.has(hash) || taken.has(hash)) return false
    taken.add(hash)
    return true
  })
  return { frames: kept.map(({ frame }) => frame), hashes: [...taken] }
}

export async function rememberBodies(sql: SqlSession, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return
  await sql.query('insert into ingested_bodies (hash) select unnest($1::text[]) on conflict do nothing', [hashes])
}

export async function forgetBodies(sql: SqlSession): Promise<void> {
  await sql.query(`delete from ingested_bodies where applied_at < now() - interval '1 hour'`)
}

/** The project is part of it: what one project sent says nothing about another. */
function hashOf({ header, body }: BatchFrame): string {
  return createHash('sha256')
    .update(`${projectOf(header)}\n`)
    .update(body)
    .digest('base64url')
}

function projectOf(header: string): string {
  try {
    return (JSON.parse(header) as IngestHeader).projectId
  } catch {
    return ''
  }
}
