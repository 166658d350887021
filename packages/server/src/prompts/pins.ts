import type { Sql } from '../store/ports.ts'

/** Of a project: what was asked for longest ago goes first. Who asks for it again gets it again. */
const MOST_PINS = 1000

/**
 * Keeps a version among those that edges are given, because a gateway was asked for it by its number. False where there is no such version.
 * Counts as a write to the prompt, so that the next snapshot has it.
 */
export async function pinVersion(
  sql: Sql,
  projectId: string,
  { name, version }: { name: string; version: number },
  most = MOST_PINS,
): Promise<boolean> {
  const [found] = await sql.query<{ id: string }>(
    'select p.id from prompts p join prompt_versions v on v.prompt_id = p.id where p.project_id = $1 and p.name = $2 and v.version = $3',
    [projectId, name, version],
  )
  if (!found) return false
  return await sql.transaction(async (session) => {
    const [row] = await session.query<{ revision: number }>(
      'update prompt_revisions set revision = revision + 1 where project_id = $1 returning revision',
      [projectId],
    )
    // Deleted meanwhile: the row of the project is held now, so this stays true until the end.
    const pinned = await session.query(
      `insert into prompt_pins (prompt_id, version, project_id, asked_at)
       select prompt_id, version, $3, now() from prompt_versions where prompt_id = $1 and version = $2
       on conflict (prompt_id, version) do update set asked_at = excluded.asked_at returning version`,
      [found.id, version, projectId],
    )
    const left = await session.query<{ prompt_id: string }>(
      `delete from prompt_pins n using (select prompt_id, version from prompt_pins where project_id = $1 order by asked_at desc offset $2) as old
       where n.prompt_id = old.prompt_id and n.version = old.version returning n.prompt_id`,
      [projectId, most],
    )
    await session.query('update prompts set revision = $2 where id = any($1::text[])', [
      [found.id, ...left.map(({ prompt_id }) => prompt_id)],
      row?.revision,
    ])
    return pinned.length > 0
  })
}
