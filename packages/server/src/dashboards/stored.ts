import { AppError, Dashboard } from '@signalbox/schema'
import { newId } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'

/** Versions of one dashboard that are kept. */
export const KEPT_VERSIONS = 50
/** More than anybody finds their way in, and than a list should hold. */
const MOST_DASHBOARDS = 500

type Row = {
  id: string
  owner: string
  shared: boolean
  version: number
  value: { name?: unknown }
  created_at: Date
  updated_at: Date
  email: string | null
}
/** One row. `problem`: what is stored is not what this version of the program understands; then it has no panels. */
export type Stored = {
  id: string
  owner: string
  shared: boolean
  version: number
  dashboard: Dashboard
  problem: string | null
  createdAt: Date
  updatedAt: Date
  savedBy: string | null
}
export type StoredVersion = { version: number; dashboard: Dashboard; problem: string | null; savedAt: Date; savedBy: string | null }
type Seen = { projectId: string; owner: string }

const EMAIL = (column: string) => `(select email from accounts where accounts.id = ${column}) as email`
const SELECT = `select id, owner, shared, version, value, created_at, updated_at, ${EMAIL('updated_by')} from dashboards`

/** Dashboards in the database. Nobody reads one that is neither shared nor theirs: it is answered as if it were not there. */
export function createStoredDashboards({ sql, now = () => new Date() }: { sql: Sql; now?: () => Date }) {
  async function find(session: SqlSession, { projectId, owner }: Seen, id: string, lock = ''): Promise<Stored> {
    const [row] = await session.query<Row>(`${SELECT} where project_id = $1 and id = $2 and (shared or owner = $3) ${lock}`, [
      projectId,
      id,
      owner,
    ])
    if (!row) throw new AppError('not-found', `There is no dashboard "${id}".`, { hint: 'List them with GET /api/v1/dashboards.' })
    return opened(row)
  }
  const keep = (session: SqlSession, id: string, { version, value, by }: { version: number; value: string; by: string }) =>
    session.query(
      'insert into dashboard_versions (dashboard_id, version, value, saved_at, saved_by) values ($1, $2, $3::text::jsonb, $4, $5)',
      [id, version, value, now(), by],
    )

  return {
    async list({ projectId, owner }: Seen): Promise<Stored[]> {
      const rows = await sql.query<Row>(
        `${SELECT} where project_id = $1 and (shared or owner = $2) order by lower(value ->> 'name'), created_at limit ${MOST_DASHBOARDS}`,
        [projectId, owner],
      )
      return rows.map(opened)
    },
    /** What everybody in the project sees, as `config.get` shows it. */
    async shared(projectId: string): Promise<{ name: string; value: Dashboard }[]> {
      const rows = await sql.query<Row>(`${SELECT} where project_id = $1 and shared order by lower(value ->> 'name'), created_at`, [
        projectId,
      ])
      return rows.map(opened).map(({ dashboard }) => ({ name: dashboard.name, value: dashboard }))
    },
    get: (seen: Seen, id: string): Promise<Stored> => find(sql, seen, id),

    async create({ projectId, owner }: Seen, dashboard: Dashboard, shared: boolean): Promise<Stored> {
      const id = newId('dash')
      const value = JSON.stringify(dashboard)
      await sql.transaction(async (session) => {
        const [{ count } = { count: 0 }] = await session.query<{ count: number }>(
          'select count(*)::int as count from dashboards where project_id = $1',
          [projectId],
        )
        if (count >= MOST_DASHBOARDS)
          throw new AppError('conflict', `The project has ${MOST_DASHBOARDS} dashboards already.`, {
            hint: 'Delete one that nobody needs.',
          })
        const [row] = await session.query(
          `insert into dashboards (id, project_id, owner, shared, version, value, created_at, updated_at, updated_by)
           values ($1, $2, $3, $4, 1, $5::text::jsonb, $6, $6, $3) on conflict do nothing returning id`,
          [id, projectId, owner, shared, value, now()],
        )
        if (!row) throw taken(dashboard.name)
        await keep(session, id, { version: 1, value, by: owner })
      })
      return await find(sql, { projectId, owner }, id)
    },

    /** `change` gets what is stored now and says what it becomes; it may throw, and then nothing changes. */
    async change(seen: Seen, id: string, change: (now: Stored) => { dashboard?: Dashboard; shared?: boolean }): Promise<Stored> {
      await sql.transaction(async (session) => {
        const before = await find(session, seen, id, 'for update')
        const { dashboard, shared = before.shared } = change(before)
        if (!dashboard) {
          await session.query('update dashboards set shared = $3 where project_id = $1 and id = $2', [seen.projectId, id, shared])
          return
        }
        const others = await session.query(
          `select 1 from dashboards where project_id = $1 and owner = $2 and lower(value ->> 'name') = lower($3) and id <> $4`,
          [seen.projectId, before.owner, dashboard.name, id],
        )
        if (others.length > 0) throw taken(dashboard.name)
        const value = JSON.stringify(dashboard)
        const version = before.version + 1
        await session.query(
          `update dashboards set value = $3::text::jsonb, shared = $4, version = $5, updated_at = $6, updated_by = $7
           where project_id = $1 and id = $2`,
          [seen.projectId, id, value, shared, version, now(), seen.owner],
        )
        await keep(session, id, { version, value, by: seen.owner })
        await session.query('delete from dashboard_versions where dashboard_id = $1 and version <= $2', [id, version - KEPT_VERSIONS])
      })
      return await find(sql, seen, id)
    },

    async remove({ projectId }: Seen, id: string): Promise<void> {
      await sql.query('delete from dashboards where project_id = $1 and id = $2', [projectId, id])
    },

    /** Takes away what somebody made, also where others changed it since. */
    async removeOf({ projectId, owner }: Seen): Promise<void> {
      await sql.query('delete from dashboards where project_id = $1 and owner = $2', [projectId, owner])
    },

    /** Newest first. */
    async versions(seen: Seen, id: string): Promise<StoredVersion[]> {
      await find(sql, seen, id)
      const rows = await sql.query<{ version: number; value: { name?: unknown }; saved_at: Date; email: string | null }>(
        `select version, value, saved_at, ${EMAIL('saved_by')} from dashboard_versions where dashboard_id = $1 order by version desc`,
        [id],
      )
      return rows.map(({ version, value, saved_at, email }) => ({
        version,
        ...understood(value),
        savedAt: new Date(saved_at),
        savedBy: email,
      }))
    },
  }
}
export type StoredDashboards = ReturnType<typeof createStoredDashboards>

const taken = (name: string) =>
  new AppError('conflict', `There is a dashboard "${name}" of the same owner already.`, {
    hint: 'Choose another name, or change the one that exists.',
  })

const opened = ({ id, owner, shared, version, value, created_at, updated_at, email }: Row): Stored => ({
  id,
  owner,
  shared,
  version,
  ...understood(value),
  createdAt: new Date(created_at),
  updatedAt: new Date(updated_at),
  savedBy: email,
})

function understood(value: { name?: unknown }): { dashboard: Dashboard; problem: string | null } {
  const parsed = Dashboard.safeParse(value)
  if (parsed.success) return { dashboard: parsed.data, problem: null }
  const [issue] = parsed.error.issues
  const name = typeof value.name === 'string' && value.name.trim() ? value.name.slice(0, 100) : 'unnamed'
  return {
    dashboard: { name, description: '', filters: [], variables: [], panels: [] },
    problem: `What is stored is not understood: ${issue?.path.join('.')} ${issue?.message}`,
  }
}
