import { AppError } from '@signalbox/schema'
import type { Events, Sql } from '../../store/ports.ts'
import { storableJson, storableText } from '../../tracing/storable.ts'
import { uuidForName } from '../uuids.ts'

/** LangSmith's projects: what its API calls sessions. */
export type Session = { id: string; name: string; details: Record<string, unknown>; start_time: string; end_time: string | null }
type Rooms = { sql: Sql; events: Events }
type Wanted = { name?: string | undefined; nameContains?: string | undefined; ids?: readonly string[]; limit: number; offset: number }

const COLUMNS = `id, name, details, to_char(start_time at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as start_time,
to_char(end_time at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as end_time`

/** Newest first. Projects that only runs have named are known too, from the first time that somebody asks. */
export async function listSessions(rooms: Rooms, projectId: string, wanted: Wanted): Promise<Session[]> {
  const { limit, offset } = wanted
  const [name, nameContains] = [wanted.name, wanted.nameContains].map((text) => (text === undefined ? undefined : storableText(text)))
  const ids = wanted.ids?.map(storableText)
  if (name !== undefined) await learnName(rooms, projectId, name)
  else await learnNames(rooms, projectId)
  const rows = await rooms.sql.query<Session>(
    `select ${COLUMNS} from langsmith_projects
where project_id = $1 and ($2::text is null or name = $2) and ($3::text is null or position(lower($3) in lower(name)) > 0) and ($4::text[] is null or id = any($4))
order by start_time desc, id limit $5 offset $6`,
    [projectId, name ?? null, nameContains ?? null, ids ?? null, limit, offset],
  )
  return rows
}

export async function getSession(rooms: Rooms, projectId: string, asked: string): Promise<Session> {
  const id = storableText(asked)
  const find = async () =>
    (await rooms.sql.query<Session>(`select ${COLUMNS} from langsmith_projects where project_id = $1 and id = $2`, [projectId, id]))[0]
  const known = await find()
  if (known) return known
  await learnNames(rooms, projectId)
  const learnt = await find()
  if (learnt) return learnt
  throw new AppError('not-found', `There is no project "${id}".`, { hint: 'It is there from its first run, or from POST /sessions.' })
}

/** The ids of names, of those too that nobody has asked for yet. */
export async function sessionIds({ sql }: Rooms, projectId: string, names: readonly string[]): Promise<(name: string) => string> {
  if (names.length === 0) return (name) => idOf(projectId, name)
  const rows = await sql.query<{ id: string; name: string }>(
    'select id, name from langsmith_projects where project_id = $1 and name = any($2)',
    [projectId, [...new Set(names)]],
  )
  const known = new Map(rows.map(({ id, name }) => [name, id]))
  return (name) => known.get(name) ?? idOf(projectId, name)
}

type Sent = { name?: unknown; start_time?: unknown; end_time?: unknown } & Record<string, unknown>

export async function createSession(rooms: Rooms, projectId: string, { upsert, sent }: { upsert: boolean; sent: Sent }): Promise<Session> {
  const { name: given, start_time: _, end_time: __, id: ___, ...details } = sent
  const name = typeof given === 'string' ? storableText(given) : ''
  if (name === '' || name.length > 500)
    throw new AppError('invalid-request', '`name` of a project must be a text of at most 500 characters.')
  const rows = await rooms.sql.query<{ id: string }>(
    `insert into langsmith_projects (project_id, id, name, details) values ($1, $2, $3, $4::jsonb)
on conflict do nothing returning id`,
    [projectId, idOf(projectId, name), name, storableJson(JSON.stringify(details))],
  )
  if (!rows[0] && !upsert) throw new AppError('conflict', `There is a project "${name}" already.`)
  const [session] = await listSessions(rooms, projectId, { name, limit: 1, offset: 0 })
  if (!session) throw new AppError('conflict', `The id of "${name}" belongs to a project that has another name by now.`)
  return rows[0] ? session : changeSession(rooms, projectId, session.id, details)
}

/** What is null says nothing. */
export async function changeSession(rooms: Rooms, projectId: string, id: string, sent: Sent): Promise<Session> {
  const { details } = await getSession(rooms, projectId, id)
  const { name, end_time, start_time: _, id: __, ...more } = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null))
  const endedAt = end_time === undefined ? null : timeOf(end_time)
  const extra = { ...(details.extra as object | undefined), ...(more.extra as object | undefined) }
  const changed = await rooms.sql.query(
    `update langsmith_projects set name = coalesce($3, name), details = $4::jsonb, end_time = coalesce($5::timestamptz, end_time)
where project_id = $1 and id = $2
and not exists (select 1 from langsmith_projects as other where other.project_id = $1 and other.name = $3 and other.id != $2)
returning id`,
    [
      projectId,
      id,
      typeof name === 'string' && name !== '' ? storableText(name.slice(0, 500)) : null,
      storableJson(JSON.stringify({ ...details, ...more, extra })),
      endedAt,
    ],
  )
  if (changed.length === 0) throw new AppError('conflict', `There is a project "${String(name)}" already.`)
  return getSession(rooms, projectId, id)
}

function timeOf(sent: unknown): string {
  const at = new Date(typeof sent === 'string' || typeof sent === 'number' ? sent : Number.NaN)
  if (Number.isNaN(at.getTime())) throw new AppError('invalid-request', '`end_time` must be an ISO 8601 time.')
  return at.toISOString()
}

const idOf = (projectId: string, name: string): string => uuidForName('langsmith', projectId, name)

async function learnName({ sql, events }: Rooms, projectId: string, name: string): Promise<void> {
  const known = await sql.query('select 1 from langsmith_projects where project_id = $1 and name = $2', [projectId, name])
  if (known.length > 0) return
  const found = await events.query(
    `SELECT 1 FROM spans WHERE projectId = {project:String} AND metadata['project'] = {name:String} LIMIT 1`,
    { project: projectId, name },
  )
  if (found.length > 0) await remember(sql, projectId, [name])
}

const MOST_NAMES = 1000

async function learnNames({ sql, events }: Rooms, projectId: string): Promise<void> {
  const rows = await events.query<{ name: string }>(
    `SELECT DISTINCT metadata['project'] AS name FROM spans
WHERE projectId = {project:String} AND source = 'langsmith' AND metadata['project'] != '' LIMIT ${MOST_NAMES}`,
    { project: projectId },
  )
  await remember(
    sql,
    projectId,
    rows.map(({ name }) => name),
  )
}

async function remember(sql: Sql, projectId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await sql.query(
    `insert into langsmith_projects (project_id, id, name) select $1, id, name from unnest($2::text[], $3::text[]) as known (id, name)
on conflict do nothing`,
    [projectId, names.map((name) => idOf(projectId, name)), names],
  )
}

/** A project as LangSmith's clients read it. */
export const toTracerSession = (projectId: string, { id, name, details, start_time, end_time }: Session): Record<string, unknown> => ({
  description: null,
  extra: {},
  reference_dataset_id: null,
  ...details,
  id,
  tenant_id: tenantOf(projectId),
  name,
  start_time,
  end_time,
})

/** LangSmith's word for whose it all is. */
export const tenantOf = (projectId: string): string => uuidForName('tenant', projectId)
