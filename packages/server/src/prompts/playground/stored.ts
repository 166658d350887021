import { AppError, PlaygroundState, type SavedPlayground } from '@signalbox/schema'
import { sha256 } from '../../lib/ids.ts'
import type { Sql } from '../../store/ports.ts'

/** Per project. Beyond them, those go whose link nobody has followed for longest. */
export const MOST_PLAYGROUNDS = 1000

type Row = { id: string; state: string; created_at: Date; email: string | null }
const EMAIL = '(SELECT email FROM accounts WHERE accounts.id = created_by) AS email'

/** Playgrounds that are too large for a link of their own. The id follows from the content, so nobody fills the table by saving twice. */
export function createStoredPlaygrounds({ sql, now = () => new Date() }: { sql: Sql; now?: () => Date }) {
  return {
    async save({ projectId, owner }: { projectId: string; owner: string }, state: PlaygroundState): Promise<SavedPlayground> {
      const text = JSON.stringify(state)
      const id = `pg_${sha256(text).slice(0, 24)}`
      const [row] = await sql.query<Row>(
        `INSERT INTO playgrounds (project_id, id, state, created_by, created_at, opened_at) VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (project_id, id) DO UPDATE SET opened_at = excluded.opened_at
         RETURNING id, state, created_at, ${EMAIL}`,
        [projectId, id, text, owner, now()],
      )
      await sql.query(
        `DELETE FROM playgrounds WHERE project_id = $1 AND id IN
           (SELECT id FROM playgrounds WHERE project_id = $1 ORDER BY opened_at DESC, id OFFSET ${MOST_PLAYGROUNDS})`,
        [projectId],
      )
      return shown(row as Row)
    },

    async open(projectId: string, id: string): Promise<SavedPlayground> {
      const [row] = await sql.query<Row>(
        `UPDATE playgrounds SET opened_at = $3 WHERE project_id = $1 AND id = $2 RETURNING id, state, created_at, ${EMAIL}`,
        [projectId, id, now()],
      )
      if (!row)
        throw new AppError('not-found', `There is no playground "${id}" in this project.`, {
          hint: `The ${MOST_PLAYGROUNDS} whose links were followed last are kept. Ask who sent the link to share it again.`,
        })
      return shown(row)
    },
  }
}

function shown({ id, state, created_at, email }: Row): SavedPlayground {
  const parsed = PlaygroundState.safeParse(JSON.parse(state))
  if (!parsed.success)
    throw new AppError('conflict', `The playground "${id}" was saved by another version, and is not understood: ${parsed.error.message}`, {
      hint: 'Ask who sent the link to share it again.',
    })
  return { id, state: parsed.data, createdAt: new Date(created_at).toISOString(), savedBy: email }
}
