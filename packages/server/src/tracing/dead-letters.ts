import { AppError } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { Events, Sql } from '../store/ports.ts'

type Row = { id: string; project_id: string; batch_id: string; target: string; reason: string; row: unknown; created_at: Date }

/** What goes in again as it is. */
const ROWS: ReadonlySet<string> = new Set(['spans', 'payloads', 'scores'])

/** Rows that the store refused: to be looked at, tried again, or given up. */
export function deadLetterHandlers({ sql, events }: { sql: Sql; events: Events }): HandlersOf<'deadLetters'> {
  async function find(id: string, projectId: string): Promise<Row> {
    const [row] = await sql.query<Row>('select * from dead_letters where id = $1 and project_id = $2', [id, projectId])
    if (!row) throw new AppError('not-found', `The dead letter ${id} does not exist.`)
    return row
  }

  return {
    'deadLetters.list': async ({ limit, cursor }, { caller }) => {
      const before = cursor ? new Date(Number(cursor)) : new Date(Date.now() + 60_000)
      if (Number.isNaN(before.getTime())) throw new AppError('invalid-request', 'The cursor is not one of ours.')
      const rows = await sql.query<Row>(
        'select * from dead_letters where project_id = $1 and created_at < $2 order by created_at desc, id limit $3',
        [caller.projectId, before, limit],
      )
      const last = rows.length === limit ? rows.at(-1) : undefined
      return {
        deadLetters: rows.map((row) => ({
          id: row.id,
          projectId: row.project_id,
          batchId: row.batch_id,
          table: row.target,
          reason: row.reason,
          row: row.row as never,
          createdAt: row.created_at.toISOString(),
        })),
        ...(last && { nextCursor: String(last.created_at.getTime()) }),
      }
    },
    'deadLetters.replay': async ({ id }, { caller }) => {
      const letter = await find(id, caller.projectId)
      if (letter.target === 'patches')
        return { stored: false, reason: 'It is a part of a span, and counts only with the others: send it again.' }
      if (!ROWS.has(letter.target)) return { stored: false, reason: 'It never was a row: the journal record itself could not be read.' }
      try {
        await events.insert(letter.target, [JSON.stringify(letter.row)], `replay:${id}`)
      } catch (error) {
        return { stored: false, reason: error instanceof Error ? error.message : String(error) }
      }
      await sql.query('delete from dead_letters where id = $1', [id])
      return { stored: true, reason: null }
    },
    'deadLetters.discard': async ({ id }, { caller }) => {
      await find(id, caller.projectId)
      await sql.query('delete from dead_letters where id = $1', [id])
      return { ok: true as const }
    },
  }
}
