import { FeedbackSettings } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'

export type FeedbackOriginRooms = {
  sql: Sql
  /** What signalbox.yaml says of a project. */
  declared(projectId: string): FeedbackSettings | undefined
  /** Of the whole server: SIGNALBOX_ALLOWED_ORIGINS and its own address. */
  server: ReadonlySet<string>
  changed(): Promise<void>
}

/** Whose pages may send feedback with a public key: the file says so, and the project's people do. */
export function createFeedbackOrigins({ sql, declared, server, changed }: FeedbackOriginRooms) {
  const handlers: HandlersOf<'origins'> = {
    'origins.get': async (_input, { caller }) => ({
      origins: (await ofAll(caller.projectId))[caller.projectId] ?? [],
      declared: declared(caller.projectId)?.origins ?? [],
      server: [...server],
    }),
    'origins.set': async ({ origins }, { caller }) => {
      const wanted = [...new Set(origins)].sort()
      await sql.transaction(async (tx) => {
        await tx.query('delete from feedback_origins where project_id = $1 and not (origin = any($2::text[]))', [caller.projectId, wanted])
        await tx.query(
          `insert into feedback_origins (project_id, origin, added_by) select $1, unnest($2::text[]), $3 on conflict do nothing`,
          [caller.projectId, wanted, caller.userId ?? caller.keyId ?? ''],
        )
      })
      await changed()
      return { origins: wanted }
    },
  }

  /** By project; of one where it is named. */
  async function ofAll(projectId?: string): Promise<Record<string, string[]>> {
    const rows = await sql.query<{ project_id: string; origin: string }>(
      'select project_id, origin from feedback_origins where $1::text is null or project_id = $1 order by project_id, origin',
      [projectId ?? null],
    )
    const found: Record<string, string[]> = {}
    for (const { project_id, origin } of rows) {
      const known = found[project_id]
      if (known) known.push(origin)
      else found[project_id] = [origin]
    }
    return found
  }

  return { handlers, ofAll: () => ofAll() }
}

/** The settings of a project with the origins that its people named. */
export function withOrigins(settings: FeedbackSettings | undefined, stored: readonly string[] = []): FeedbackSettings | undefined {
  if (stored.length === 0) return settings
  const { origins, ...rest } = settings ?? FeedbackSettings.parse({})
  return { ...rest, origins: [...new Set([...origins, ...stored])] }
}
