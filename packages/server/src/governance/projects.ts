import { AppError, type Project, type ProjectChange } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'

export const DEFAULT_PROJECT = 'default'

type Row = { id: string; name: string; created_at: Date; allow_private_providers: boolean; demo: boolean }

/** The projects of this installation, in the order in which they were made. `now` is the clock. */
export function createProjects({ sql, now }: { sql: SqlSession; now: () => Date }) {
  return {
    list: async (): Promise<Project[]> => (await sql.query<Row>(`${SELECT} ORDER BY created_at, id`)).map(toProject),
    ids: async (): Promise<string[]> => (await sql.query<{ id: string }>('SELECT id FROM projects ORDER BY id')).map(({ id }) => id),
    find: async (id: string): Promise<Project | undefined> => (await sql.query<Row>(`${SELECT} WHERE id = $1`, [id])).map(toProject)[0],
    /** Throws `conflict` when there is one of this id. */
    async create({ id, name }: { id: string; name: string }): Promise<Project> {
      const [row] = await insert(sql, { id, name, at: now() })
      if (!row) throw new AppError('conflict', `There is a project ${id} already.`)
      return toProject(row)
    },
    /** What is left out stays. Throws `not-found` when there is none of this id. */
    async change({ id, name, allowPrivateProviders }: ProjectChange & { id: string }): Promise<Project> {
      const [row] = await sql.query<Row>(
        `UPDATE projects SET name = coalesce($2, name), allow_private_providers = coalesce($3, allow_private_providers)
        WHERE id = $1 RETURNING ${COLUMNS}`,
        [id, name ?? null, allowPrivateProviders ?? null],
      )
      if (!row) throw unknownProject(id)
      return toProject(row)
    },
    /** Makes it if it isn't there; says whether it was made. */
    async ensure(id: string, name = id): Promise<boolean> {
      return (await insert(sql, { id, name, at: now() })).length > 0
    },
  }
}

export const unknownProject = (id: string) => new AppError('not-found', `The project ${id} does not exist.`)

const COLUMNS = 'id, name, created_at, allow_private_providers, EXISTS (SELECT 1 FROM demos WHERE demos.project_id = projects.id) AS demo'
const SELECT = `SELECT ${COLUMNS} FROM projects`
const insert = (sql: SqlSession, { id, name, at }: { id: string; name: string; at: Date }) =>
  sql.query<Row>(`INSERT INTO projects (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING ${COLUMNS}`, [
    id,
    name,
    at,
  ])
const toProject = (row: Row): Project => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  allowPrivateProviders: row.allow_private_providers,
  demo: row.demo,
})
