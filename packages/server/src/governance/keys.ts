import { AppError, allows, type Caller, type CreatedKey, type Key, type Permission, type SnapshotKey } from '@signalbox/schema'
import { newId, newSecret, sha256 } from '../lib/ids.ts'
import type { Sql } from '../store/ports.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

export type KeysDeps = {
  sql: Sql
  now: () => Date
  /** Called after keys appeared or ended, so that every edge gets a new snapshot. */
  changed: () => unknown
}
type NewKey = { name: string; scopes: Permission[]; expiresAt?: string | undefined }
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
      const rows = await sql.query<KeyRow>(
        `SELECT ${COLUMNS} FROM keys WHERE project_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2::timestamptz, $3::text))
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
    async create(caller: Pick<Caller, 'projectId' | 'permissions'>, { name, scopes, expiresAt }: NewKey): Promise<CreatedKey> {
      const beyond = scopes.filter((scope) => !allows(caller.permissions, scope))
      if (beyond.length > 0) throw new AppError('permission-denied', `You cannot give what you don't have: ${beyond.join(', ')}.`)
      const expires = expiresAt === undefined ? null : new Date(expiresAt)
      if (expires && expires <= now()) throw new AppError('invalid-request', 'The time in `expiresAt` is over already.')
      const pair = { publicKey: `pk-sb-${newSecret()}`, secretKey: `sk-sb-${newSecret()}` }
      const [row] = await sql.query<KeyRow>(
        `INSERT INTO keys (id, project_id, name, public_key, secret_sha256, secret_hint, scopes, source, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'api', $8, $9) RETURNING ${COLUMNS}`,
        [
          newId('key'),
          caller.projectId,
          name,
          pair.publicKey,
          sha256(pair.secretKey),
          hintOf(pair.secretKey),
          JSON.stringify([...new Set(scopes)]),
          now(),
          expires,
        ],
      )
      if (!row) throw new AppError('internal', 'The key was not stored.')
      await changed()
      return { ...toKey(row), secretKey: pair.secretKey }
    },

    /** Ends a key for good. Once more is no error. */
    async revoke(projectId: string, id: string): Promise<Key> {
      const [row] = await sql.query<KeyRow>(
        `UPDATE keys SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND project_id = $2 RETURNING ${COLUMNS}`,
        [id, projectId, now()],
      )
      if (!row) throw new AppError('not-found', `There is no key ${id} in the project ${projectId}.`)
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
      return { projectId: row.project_id, permissions: row.scopes, keyId: row.id }
    },

    /** Notes the last use of keys, by id. */
    touch,

    /** All keys of all projects that can be used now. */
    async snapshotKeys(): Promise<SnapshotKey[]> {
      const rows = await sql.query<KeyRow & { project_id: string; secret_sha256: string }>(
        `SELECT ${COLUMNS}, project_id, secret_sha256 FROM keys
         WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1) ORDER BY id`,
        [now()],
      )
      return rows.map((row) => ({
        id: row.id,
        projectId: row.project_id,
        publicKey: row.public_key,
        secretSha256: row.secret_sha256,
        scopes: row.scopes,
        expiresAt: row.expires_at?.getTime() ?? null,
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

type KeyRow = {
  id: string
  name: string
  public_key: string
  secret_hint: string
  scopes: Permission[]
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
}
const COLUMNS = 'id, name, public_key, secret_hint, scopes, created_at, expires_at, last_used_at, revoked_at'
const TOUCH = `UPDATE keys SET last_used_at = used.at FROM unnest($1::text[], $2::timestamptz[]) AS used (id, at)
  WHERE keys.id = used.id AND (keys.last_used_at IS NULL OR used.at >= keys.last_used_at + make_interval(secs => $3::double precision))`

const toKey = (row: KeyRow): Key => ({
  id: row.id,
  name: row.name,
  publicKey: row.public_key,
  secretHint: row.secret_hint,
  scopes: row.scopes,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
})
