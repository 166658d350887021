import {
  AppError,
  allows,
  type Caller,
  type CreatedKey,
  DEFAULT_SCOPES,
  type Key,
  type NewKey,
  PERMISSIONS_OF,
  type Role,
  type Scope,
  type SnapshotKey,
} from '@signalbox/schema'
import { newId, newSecret, sha256 } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { assertMayGive, GRANTS } from './roles.ts'
import { assertMayUseTeam } from './team-rules.ts'

export type KeysDeps = {
  sql: Sql
  now: () => Date
  /** Called after keys appeared or ended, so that every edge gets a new snapshot. */
  changed: () => unknown
}
type Page = { limit: number; cursor?: string | undefined }

/** Last use is kept to within this time: finer would be a write per call. */
const USE_EVERY_SECONDS = 10

/** Key pairs: made, listed, revoked, recognised. A project sees only its own. */
export function createKeys({ sql, now, changed }: KeysDeps) {
  const touch = async (used: ReadonlyMap<string, Date>): Promise<void> => {
    if (used.size === 0) return
    await sql.query(TOUCH, [[...used.keys()], [...used.values()].map((at) => at.toISOString()), USE_EVERY_SECONDS])
  }
  return {
    /** Newest first. */
    async list(projectId: string, { limit, cursor }: Page): Promise<{ keys: Key[]; nextCursor?: string }> {
      const [at, id] = cursor === undefined ? [null, null] : decodeCursor(cursor)
      const rows = await sql.query<ShownRow>(
        `SELECT ${SHOWN} FROM keys WHERE project_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2::timestamptz, $3::text))
         ORDER BY created_at DESC, id DESC LIMIT $4`,
        [projectId, at, id, limit + 1],
      )
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return {
        keys: rows.slice(0, limit).map(toKey),
        ...(last && { nextCursor: encodeCursor(last.created_at, last.id) }),
      }
    },

    /** The answer holds the secret, which is nowhere else. Nobody gives rights away that they don't have. */
    async create(caller: Caller, { name, role, scopes: chosen, teamId, expiresAt }: NewKey): Promise<CreatedKey> {
      if (role) assertMayGive(caller, role)
      const scopes = role ? [] : [...new Set(chosen ?? DEFAULT_SCOPES)]
      const beyond = scopes.filter((scope) => !allows(caller.permissions, scope))
      if (beyond.length > 0) throw new AppError('permission-denied', `You cannot give what you don't have: ${beyond.join(', ')}.`)
      const expires = expiresAt === undefined ? null : new Date(expiresAt)
      if (expires && expires <= now()) throw new AppError('invalid-request', 'The time in `expiresAt` is over already.')
      if (teamId !== undefined) await assertMayUseTeam(sql, caller, teamId)
      const pair = { publicKey: `pk-sb-${newSecret()}`, secretKey: `sk-sb-${newSecret()}` }
      const [row] = await sql.query<ShownRow>(
        `INSERT INTO keys (id, project_id, name, public_key, secret_sha256, secret_hint, role, scopes, account_id, team_id, source, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'api', $11, $12) RETURNING ${SHOWN}`,
        [
          newId('key'),
          caller.projectId,
          name,
          pair.publicKey,
          sha256(pair.secretKey),
          hintOf(pair.secretKey),
          role ?? null,
          JSON.stringify(scopes),
          ownerOf(caller) ?? null,
          teamId ?? null,
          now(),
          expires,
        ],
      )
      if (!row) throw new AppError('internal', 'The key was not stored.')
      await changed()
      return { ...toKey(row), secretKey: pair.secretKey }
    },

    /** Ends a key for good. Once more is no error. A key of somebody else needs `keys:write`. */
    async revoke(caller: Caller, id: string): Promise<Key> {
      const [found] = await sql.query<{ account_id: string | null }>('SELECT account_id FROM keys WHERE id = $1 AND project_id = $2', [
        id,
        caller.projectId,
      ])
      if (!found) throw new AppError('not-found', `There is no key ${id} in the project ${caller.projectId}.`)
      if (!allows(caller.permissions, 'keys:write') && (found.account_id === null || found.account_id !== ownerOf(caller)))
        throw new AppError('permission-denied', 'This key belongs to somebody else: to revoke it you need `keys:write`.', {
          hint: 'Ask the one who made it, or an admin of the project.',
        })
      const [row] = await sql.query<ShownRow>(
        `UPDATE keys SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND project_id = $2 RETURNING ${SHOWN}`,
        [id, caller.projectId, now()],
      )
      if (!row) throw new AppError('not-found', `There is no key ${id} in the project ${caller.projectId}.`)
      await changed()
      return toKey(row)
    },

    /** Who a secret belongs to; undefined when it is unknown or revoked. Throws `key-expired`. */
    async authenticate(secret: string): Promise<Caller | undefined> {
      // The hash, not the secret, is looked up: how long it takes tells nothing about any secret.
      const [row] = await sql.query<KeyRow & { project_id: string }>(
        `SELECT ${COLUMNS}, project_id FROM keys WHERE secret_sha256 = $1 AND revoked_at IS NULL`,
        [sha256(secret)],
      )
      if (!row) return undefined
      if (row.expires_at && row.expires_at <= now())
        throw new AppError('key-expired', `This key expired at ${row.expires_at.toISOString()}.`)
      if (!row.last_used_at || now().getTime() - row.last_used_at.getTime() >= USE_EVERY_SECONDS * 1000)
        await touch(new Map([[row.id, now()]]))
      return toCaller(row)
    },

    /** What a key may do now; undefined when it is over. */
    async callerOf(session: SqlSession, id: string): Promise<Caller | undefined> {
      const [row] = await session.query<KeyRow & { project_id: string }>(
        `SELECT ${COLUMNS}, project_id FROM keys WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`,
        [id, now()],
      )
      return row && toCaller(row)
    },

    /** Notes the last use of keys, by id. */
    touch,

    /** All keys of all projects that can be used now. */
    async snapshotKeys(): Promise<SnapshotKey[]> {
      // As one text: with many thousands of them, that takes a fifth of the time of as many rows.
      const [found] = await sql.query<{ keys: string | null }>(
        `SELECT json_agg(json_build_array(id, name, project_id, public_key, secret_sha256, role, scopes,
           floor(extract(epoch FROM expires_at) * 1000)::bigint, account_id, team_id) ORDER BY id)::text AS keys
         FROM keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)`,
        [now()],
      )
      const keys = JSON.parse(found?.keys ?? '[]') as SnapshotRow[]
      return keys.map(([id, name, projectId, publicKey, secretSha256, role, scopes, expiresAt, accountId, teamId]) => ({
        id,
        name,
        projectId,
        publicKey,
        secretSha256,
        scopes: [...permissionsOf({ role, scopes })],
        expiresAt,
        ...(accountId !== null && { accountId }),
        ...(teamId !== null && { teamId }),
      }))
    },

    /** Whether anybody ever made a key, of whatever kind and state. */
    async any(): Promise<boolean> {
      return (await sql.query('SELECT 1 FROM keys LIMIT 1')).length > 0
    },
  }
}

/** What of a secret may be shown. */
export const hintOf = (secret: string): string => secret.slice(-4)

/** Whom the keys that a caller makes belong to: the account, also by way of one of its keys. */
const ownerOf = (caller: Caller): string | undefined => caller.userId ?? caller.ownerId

/** A role is looked up anew each time, so that a key follows what the role may do. */
const permissionsOf = ({ role, scopes }: Pick<KeyRow, 'role' | 'scopes'>): readonly Scope[] => (role ? PERMISSIONS_OF[role] : scopes)

type KeyRow = {
  id: string
  name: string
  public_key: string
  secret_hint: string
  role: Role | null
  scopes: Scope[]
  account_id: string | null
  team_id: string | null
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
}
type SnapshotRow = [
  id: string,
  name: string,
  projectId: string,
  publicKey: string,
  secretSha256: string,
  role: Role | null,
  scopes: Scope[],
  expiresAt: number | null,
  accountId: string | null,
  teamId: string | null,
]
type ShownRow = KeyRow & { owner_email: string | null; owner_is_member: boolean; team_name: string | null }
const COLUMNS = 'id, name, public_key, secret_hint, role, scopes, account_id, team_id, created_at, expires_at, last_used_at, revoked_at'
const SHOWN = `${COLUMNS},
  (SELECT email FROM accounts a WHERE a.id = keys.account_id) AS owner_email,
  (EXISTS (SELECT 1 FROM accounts a WHERE a.id = keys.account_id AND a.role = 'owner')
    OR EXISTS (SELECT 1 FROM (${GRANTS}) g WHERE g.account_id = keys.account_id AND g.project_id = keys.project_id)) AS owner_is_member,
  (SELECT t.name FROM teams t WHERE t.id = keys.team_id) AS team_name`
const TOUCH = `UPDATE keys SET last_used_at = used.at FROM unnest($1::text[], $2::timestamptz[]) AS used (id, at)
  WHERE keys.id = used.id AND (keys.last_used_at IS NULL OR used.at >= keys.last_used_at + make_interval(secs => $3::double precision))`

const toCaller = (row: KeyRow & { project_id: string }): Caller => ({
  projectId: row.project_id,
  permissions: permissionsOf(row),
  keyId: row.id,
  ...(row.account_id !== null && { ownerId: row.account_id }),
})

const toKey = (row: ShownRow): Key => ({
  id: row.id,
  name: row.name,
  publicKey: row.public_key,
  secretHint: row.secret_hint,
  role: row.role,
  scopes: [...permissionsOf(row)],
  owner: row.account_id === null ? null : { id: row.account_id, email: row.owner_email, member: row.owner_is_member },
  team: row.team_id === null ? null : { id: row.team_id, name: row.team_name ?? row.team_id },
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
})
