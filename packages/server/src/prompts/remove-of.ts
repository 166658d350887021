import { AppError, type Caller } from '@signalbox/schema'
import type { Sql } from '../store/ports.ts'
import { removePrompt } from './remove.ts'
import type { Write } from './writing.ts'

/** Deletes the prompts that somebody made, where nobody else saved a version of them and nothing else includes them. */
export async function removePromptsOf({ sql, write }: { sql: Sql; write: Write }, caller: Caller, by: string): Promise<void> {
  const rows = await sql.query<{ name: string }>(
    `SELECT name FROM prompts p WHERE project_id = $1 AND created_by = $2
       AND NOT EXISTS (SELECT 1 FROM prompt_versions v WHERE v.prompt_id = p.id AND v.created_by <> $2)`,
    [caller.projectId, by],
  )
  for (const { name } of rows)
    await write(caller, (writing) => removePrompt(writing, name)).catch((error: unknown) => {
      // In use by a prompt of somebody else, or gone already.
      if (!(error instanceof AppError && ['conflict', 'not-found'].includes(error.code))) throw error
    })
}
