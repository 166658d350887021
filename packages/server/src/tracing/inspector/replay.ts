import { AppError, type Caller, type Replay } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import type { Sql } from '../../store/ports.ts'
import type { BatchFrame } from '../decode-batch.ts'
import type { Again, Rejection } from './ingested.ts'

/** What an endpoint makes of a request, without anything being stored yet. */
export type Offered = { status: number; answer: string; accepted: number; rejected: readonly Rejection[]; frames: BatchFrame[] }

export type ReplayRooms = {
  sql: Sql
  /** Hands a request to its endpoint, as if the key had sent it now. */
  offer(request: Again, sender: { caller: Caller; keyId: string }): Promise<Offered>
  /** Takes in what an endpoint has written down; the same id again does nothing. */
  take(batch: { id: string; frames: BatchFrame[] }): Promise<{ refused: number; traceIds: string[] }>
}

type Row = {
  id: string
  key_id: string
  method: string | null
  path: string | null
  content_type: string | null
  replayed_at: Date | null
  base64: string | null
}

const MOST_ANSWER = 4000
const MOST_TRACES = 10

/** Sends what was refused again: with the settings and the program of today, and, where somebody has mended it, as they did. */
export function replayHandlers({ sql, offer, take }: ReplayRooms): Pick<HandlersOf<'ingest'>, 'ingest.payload' | 'ingest.replay'> {
  async function find(id: string, projectId: string) {
    const [row] = await sql.query<Row>(
      `select id, key_id, method, path, content_type, replayed_at, encode(raw, 'base64') as base64 from ingest_samples where id = $1 and project_id = $2`,
      [id, projectId],
    )
    if (!row)
      throw new AppError('not-found', `There is no rejected payload ${id} in this project.`, {
        hint: 'Only the last hundred of a project are kept, for eight days.',
      })
    const { method, path, base64 } = row
    if (base64 === null || method === null || path === null)
      throw new AppError('conflict', 'This payload is not kept whole, so it cannot be sent again.', {
        hint: 'It was larger than 256 KB, the project keeps no content, or nothing of it could be read. Send it from where it came.',
      })
    return { row, request: { method, path, contentType: row.content_type ?? '', body: Buffer.from(base64, 'base64') } }
  }

  return {
    'ingest.payload': async ({ id }, { caller }) => {
      const { request } = await find(id, caller.projectId)
      const { body, ...rest } = request
      return { id, ...rest, text: textOf(body), base64: body.toString('base64') }
    },
    'ingest.replay': async ({ id, body, contentType }, { caller }): Promise<Replay> => {
      const { row, request } = await find(id, caller.projectId)
      if (row.replayed_at !== null)
        throw new AppError('conflict', `This payload was sent again already, at ${row.replayed_at.toISOString()}.`, {
          hint: 'What it holds is stored; a second time it would count twice.',
        })
      const sent = { ...request, ...(body !== undefined && { body }), ...(contentType !== undefined && { contentType }) }
      const { status, answer, accepted, rejected, frames } = await offer(sent, { caller, keyId: row.key_id })
      const taken = frames.length > 0 ? await take({ id: `replay:${id}`, frames }) : { refused: 0, traceIds: [] }
      if (frames.length > 0) await sql.query('update ingest_samples set replayed_at = now() where id = $1', [id])
      return {
        stored: accepted > 0 && rejected.length === 0 && taken.refused === 0,
        accepted,
        rejected: rejected.map(({ reason, count = 1 }) => ({ reason, items: count })),
        status,
        answer: answer.slice(0, MOST_ANSWER),
        refused: taken.refused,
        traceIds: taken.traceIds.slice(0, MOST_TRACES),
      }
    },
  }
}

function textOf(body: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what has them is no text.
    return /[\0-\x08\x0e-\x1f]/.test(text) ? null : text
  } catch {
    return null
  }
}
