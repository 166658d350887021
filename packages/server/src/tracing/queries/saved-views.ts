import { AppError, allows, type Caller, type View, ViewState } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import { newId } from '../../lib/ids.ts'
import type { Sql } from '../../store/ports.ts'

type Row = {
  id: string
  owner: string
  name: string
  shared: boolean
  state: unknown
  created_at: Date
  updated_at: Date
  email: string | null
}

/** More than anybody finds their way in, and than a list should hold. */
const MOST_VIEWS = 500

const COLUMNS = `saved_views.id, owner, name, shared, state, saved_views.created_at, updated_at,
  (select email from accounts where accounts.id = saved_views.owner) as email`

/**
 * Lists of traces under a name. Everybody sees what is shared and what is their own; whose it is may change it, and who may change the
 * project may change what is shared. What somebody may not see is answered as if it were not there.
 */
export function viewHandlers({ sql, now = () => new Date() }: { sql: Sql; now?: () => Date }): HandlersOf<'views'> {
  async function find(caller: Caller, id: string): Promise<Row> {
    const [row] = await sql.query<Row>(`select ${COLUMNS} from saved_views where project_id = $1 and id = $2 and (shared or owner = $3)`, [
      caller.projectId,
      id,
      ownerOf(caller),
    ])
    if (!row) throw new AppError('not-found', `There is no saved view "${id}".`, { hint: 'List them with GET /api/v1/views.' })
    return row
  }
  async function findToChange(caller: Caller, id: string): Promise<Row> {
    const row = await find(caller, id)
    if (!mayChange(row, caller))
      throw new AppError('permission-denied', `The view "${row.name}" was saved by somebody else.`, { hint: 'Save a view of your own.' })
    return row
  }
  const taken = (name: string) =>
    new AppError('conflict', `You have a view "${name}" already.`, { hint: 'Choose another name, or change the one that exists.' })

  return {
    'views.list': async (_, { caller }) => {
      const rows = await sql.query<Row>(
        `select ${COLUMNS} from saved_views where project_id = $1 and (shared or owner = $2) order by lower(name), created_at limit ${MOST_VIEWS}`,
        [caller.projectId, ownerOf(caller)],
      )
      return { views: rows.map((row) => shown(row, caller)) }
    },
    'views.create': async ({ name, shared, state }, { caller }) => {
      const [{ count } = { count: 0 }] = await sql.query<{ count: number }>(
        'select count(*)::int as count from saved_views where project_id = $1',
        [caller.projectId],
      )
      if (count >= MOST_VIEWS)
        throw new AppError('conflict', `The project has ${MOST_VIEWS} saved views already.`, { hint: 'Delete one that nobody needs.' })
      const [row] = await sql.query<{ id: string }>(
        `insert into saved_views (id, project_id, owner, name, shared, state, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $7) on conflict do nothing returning id`,
        [newId('view'), caller.projectId, ownerOf(caller), name, shared, JSON.stringify(state), now()],
      )
      if (!row) throw taken(name)
      return shown(await find(caller, row.id), caller)
    },
    'views.change': async ({ id, name, shared, state }, { caller }) => {
      const row = await findToChange(caller, id)
      const next = { name: name ?? row.name, shared: shared ?? row.shared, state: state ?? row.state }
      const others = await sql.query(
        'select 1 from saved_views where project_id = $1 and owner = $2 and lower(name) = lower($3) and id <> $4',
        [caller.projectId, row.owner, next.name, id],
      )
      if (others.length > 0) throw taken(next.name)
      await sql.query(
        'update saved_views set name = $3, shared = $4, state = $5::text::jsonb, updated_at = $6 where project_id = $1 and id = $2',
        [caller.projectId, id, next.name, next.shared, JSON.stringify(next.state), now()],
      )
      return shown({ ...row, ...next, updated_at: now() }, caller)
    },
    'views.remove': async ({ id }, { caller }) => {
      await findToChange(caller, id)
      await sql.query('delete from saved_views where project_id = $1 and id = $2', [caller.projectId, id])
      return { ok: true }
    },
  }
}

/** An account keeps its views whatever it comes with; a key has its own. */
const ownerOf = ({ userId, keyId }: Caller): string => userId ?? keyId ?? ''

const mayChange = (row: Row, caller: Caller): boolean =>
  row.owner === ownerOf(caller) || (row.shared && allows(caller.permissions, 'projects:write'))

const shown = (row: Row, caller: Caller): View => ({
  id: row.id,
  name: row.name,
  shared: row.shared,
  own: row.owner === ownerOf(caller),
  mayChange: mayChange(row, caller),
  savedBy: row.email,
  // A field that a later program no longer knows must not keep the list from being shown.
  state: ViewState.safeParse(row.state).data ?? { filters: [] },
  createdAt: new Date(row.created_at).toISOString(),
  updatedAt: new Date(row.updated_at).toISOString(),
})
