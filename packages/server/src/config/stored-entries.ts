import { AppError, Budget, ModelEntry, Split } from '@signalbox/schema'
import type { z } from 'zod'
import type { Sql, SqlSession } from '../store/ports.ts'

const SCHEMAS = { model: ModelEntry, split: Split, budget: Budget } as const
export type EntryKind = keyof typeof SCHEMAS
type Values = { [K in EntryKind]: z.output<(typeof SCHEMAS)[K]> }

/** One row. `problem` instead of a value: what is stored is not what this version of the program understands. */
export type StoredEntry<K extends EntryKind> = { projectId: string; name: string } & (
  | { value: Values[K]; problem: null }
  | { value: undefined; problem: string }
)
type Named = { projectId: string; name: string }
export type StoredEntriesDeps = {
  sql: Sql
  /** Called after a change, so that every edge gets a new snapshot. */
  changed(): unknown
  now?: () => Date
}

/** Aliases, splits or budgets that were added to projects through the API: kept in the database, checked by the schema on the way in and out. */
export function createStoredEntries<K extends EntryKind>(kind: K, { sql, changed, now = () => new Date() }: StoredEntriesDeps) {
  const opened = ({ project_id: projectId, name, value }: Row): StoredEntry<K> => {
    const parsed = SCHEMAS[kind].safeParse(kind === 'model' ? value : { ...value, name })
    return parsed.success
      ? { projectId, name, value: parsed.data as Values[K], problem: null }
      : { projectId, name, value: undefined, problem: `what is stored is not understood (${parsed.error.issues[0]?.message})` }
  }
  const find = async (session: SqlSession, { projectId, name }: Named): Promise<StoredEntry<K> | undefined> => {
    const [row] = await session.query<Row>(`${SELECT} WHERE kind = $1 AND project_id = $2 AND name = $3 FOR UPDATE`, [
      kind,
      projectId,
      name,
    ])
    return row && opened(row)
  }

  return {
    /** Of one project, by name. */
    async of(projectId: string): Promise<StoredEntry<K>[]> {
      return (await sql.query<Row>(`${SELECT} WHERE kind = $1 AND project_id = $2 ORDER BY name`, [kind, projectId])).map(opened)
    },

    async all(): Promise<StoredEntry<K>[]> {
      return (await sql.query<Row>(`${SELECT} WHERE kind = $1 ORDER BY project_id, name`, [kind])).map(opened)
    },

    /** Throws `conflict` when there is one of this name. */
    async create({ projectId, name }: Named, value: Values[K]): Promise<void> {
      const rows = await sql.query(
        `INSERT INTO project_entries (project_id, kind, name, value, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING RETURNING name`,
        [projectId, kind, name, JSON.stringify(value), now()],
      )
      if (rows.length === 0) throw new AppError('conflict', `There is ${WORDS[kind]} ${name} in this project already.`)
      await changed()
    },

    /** `change` gets what is stored, undefined where it is not understood, and returns what is kept; it may throw. */
    async change({ projectId, name }: Named, change: (before: Values[K] | undefined) => Values[K] | Promise<Values[K]>): Promise<void> {
      await sql.transaction(async (session) => {
        const found = await find(session, { projectId, name })
        if (!found) throw missing(kind, name)
        await session.query('UPDATE project_entries SET value = $4, updated_at = $5 WHERE project_id = $1 AND kind = $2 AND name = $3', [
          projectId,
          kind,
          name,
          JSON.stringify(await change(found.value)),
          now(),
        ])
      })
      await changed()
    },

    async remove({ projectId, name }: Named): Promise<void> {
      const rows = await sql.query('DELETE FROM project_entries WHERE project_id = $1 AND kind = $2 AND name = $3 RETURNING name', [
        projectId,
        kind,
        name,
      ])
      if (rows.length === 0) throw missing(kind, name)
      await changed()
    },
  }
}
export type StoredEntries<K extends EntryKind> = ReturnType<typeof createStoredEntries<K>>

type Row = { project_id: string; name: string; value: object }
const SELECT = 'SELECT project_id, name, value FROM project_entries'
const WORDS: Record<EntryKind, string> = { model: 'an alias', split: 'a split', budget: 'a budget' }

const missing = (kind: EntryKind, name: string) =>
  new AppError('not-found', `No ${WORDS[kind].split(' ')[1]} ${name} was added to this project.`, {
    hint: 'Those of signalbox.yaml are changed there.',
  })
