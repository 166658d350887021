import { AppError, AUTOMATIC, allows, type Caller, type Marker, type MarkerKind, type NewMarker } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import { newId } from '../../lib/ids.ts'
import type { Sql, SqlSession } from '../../store/ports.ts'

type Row = {
  id: string
  kind: MarkerKind
  title: string
  at: Date
  url: string | null
  environment: string | null
  origin: Marker['from']
  details: string[]
  by: string | null
}
/** What the program itself found worth a marker. */
export type Noted = {
  kind: MarkerKind
  title: string
  origin: 'change' | 'file'
  details: readonly string[]
  at?: Date
  by?: Pick<Caller, 'userId' | 'keyId'>
}

const COLUMNS = `markers.id, kind, title, at, url, environment, origin, details,
  coalesce((select email from accounts where accounts.id = markers.account_id),
           (select name from keys where keys.id = markers.key_id and keys.project_id = markers.project_id)) as by`
const MOST_TITLE = 200

/** What happened when, in one place for every chart. Of the caller's project only. */
export function createMarkers({ sql, now = () => new Date() }: { sql: Sql; now?: () => Date }) {
  async function find({ projectId, permissions }: Caller, id: string): Promise<Marker> {
    const [row] = await sql.query<Row>(`select ${COLUMNS} from markers where project_id = $1 and id = $2 and removed_at is null`, [
      projectId,
      id,
    ])
    if (!row) throw new AppError('not-found', `There is no marker "${id}".`, { hint: 'List them with GET /api/v1/markers.' })
    return shown(row, permissions)
  }

  async function create(marker: NewMarker, caller: Caller): Promise<Marker> {
    const id = marker.id ?? newId('mark')
    await sql.query(
      `insert into markers (project_id, id, kind, title, at, url, environment, origin, account_id, key_id, details, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'api', $8, $9, '[]', $10)
       on conflict (project_id, id) do update set kind = excluded.kind, title = excluded.title, at = excluded.at, url = excluded.url,
         environment = excluded.environment, account_id = excluded.account_id, key_id = excluded.key_id, removed_at = null`,
      [
        caller.projectId,
        id,
        marker.kind,
        marker.title,
        marker.at ?? now(),
        marker.url ?? null,
        marker.environment ?? null,
        caller.userId ?? null,
        caller.keyId ?? null,
        now(),
      ],
    )
    return find(caller, id)
  }

  const handlers: HandlersOf<'markers'> = {
    'markers.create': (marker, { caller }) => create(marker, caller),
    'markers.list': async ({ from, to, environment, limit }, { caller: { projectId, permissions } }) => {
      const rows = await sql.query<Row>(
        `select ${COLUMNS} from markers where project_id = $1 and removed_at is null
           and ($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at < $3)
           and ($4::text is null or environment is null or environment = $4)
         order by at desc, markers.id limit $5`,
        [projectId, from ?? null, to ?? null, environment ?? null, limit + 1],
      )
      return { markers: rows.slice(0, limit).map((row) => shown(row, permissions)), more: rows.length > limit }
    },
    'markers.remove': async ({ id }, { caller: { projectId } }) => {
      const rows = await sql.query(
        'update markers set removed_at = $3 where project_id = $1 and id = $2 and removed_at is null returning id',
        [projectId, id, now()],
      )
      if (rows.length === 0) throw new AppError('not-found', `There is no marker "${id}".`, { hint: 'List them with GET /api/v1/markers.' })
      return { ok: true }
    },
  }

  return {
    handlers,
    /** Takes away for good what came in with a key, and the marks of these releases that were made since: nobody is to miss them. */
    async forget(
      projectId: string,
      { keyId, releases, since }: { keyId: string; releases: readonly string[]; since: Date },
    ): Promise<void> {
      await sql.query(
        `delete from markers where project_id = $1
           and (key_id = $2 or (origin = 'release' and title = any($3::text[]) and created_at >= $4))`,
        [projectId, keyId, releases.map((release) => `Release ${release}`), since],
      )
    },
    /** Keeps what the program noticed; in a transaction of the caller where one is given. */
    async note(
      projectId: string,
      { kind, title, origin, details, at, by }: Noted,
      session: Pick<SqlSession, 'query'> = sql,
    ): Promise<void> {
      await session.query(
        `insert into markers (project_id, id, kind, title, at, origin, account_id, key_id, details, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10)`,
        [
          projectId,
          `${AUTOMATIC}${newId('mark')}`,
          kind,
          title.length > MOST_TITLE ? `${title.slice(0, MOST_TITLE - 1)}…` : title,
          at ?? now(),
          origin,
          by?.userId ?? null,
          by?.keyId ?? null,
          JSON.stringify(details),
          now(),
        ],
      )
    },
  }
}
export type Markers = ReturnType<typeof createMarkers>

const shown = ({ id, kind, title, at, url, environment, origin, details, by }: Row, permissions: readonly string[]): Marker => ({
  id,
  kind,
  title,
  at: new Date(at).toISOString(),
  url,
  environment,
  from: origin,
  by,
  details: allows(permissions, 'config:read') ? details : [],
})
