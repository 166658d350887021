import { AppError } from '@signalbox/schema'
import { newId, sha256 } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'
import { hintOf } from './keys.ts'

export type DeclaredKey = { projectId: string; name: string; publicKey: string; secretKey: string; scopes: readonly string[] }
type Declaration = { source: 'environment' | 'file'; keys: readonly DeclaredKey[]; at: Date }

/**
 * Makes the stored keys of one source what the source says: new pairs are added, changed ones changed, and those that it
 * names no more are revoked. Says whether anything changed. Throws `conflict` when a pair belongs to something else.
 */
export function declareKeys(sql: Sql, { source, keys, at }: Declaration): Promise<boolean> {
  return sql.transaction(async (session) => {
    // Several cores may start at once.
    await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const ended = await session.query(
      `UPDATE keys SET revoked_at = $1 WHERE source = $2 AND revoked_at IS NULL AND NOT public_key = ANY($3::text[]) RETURNING id`,
      [at, source, keys.map((key) => key.publicKey)],
    )
    let changed = ended.length > 0
    for (const key of keys) changed = (await declare(session, key, { source, at })) || changed
    return changed
  })
}

/** Any number that nobody else takes: "keys" in ASCII. */
const LOCK = 0x6b657973
type Row = { id: string; source: string; public_key: string }

async function declare(session: SqlSession, key: DeclaredKey, { source, at }: Omit<Declaration, 'keys'>): Promise<boolean> {
  const secret = sha256(key.secretKey)
  const others = await session.query<Row>(
    'SELECT id, source, public_key FROM keys WHERE (public_key = $1 OR secret_sha256 = $2) AND NOT (public_key = $1 AND source = $3)',
    [key.publicKey, secret, source],
  )
  for (const other of others) {
    // An earlier pair of the same source that shares the secret has been revoked above, and makes room.
    if (other.source === source && other.public_key !== key.publicKey && (await makeRoom(session, other.id))) continue
    const where = source === 'file' ? 'signalbox.yaml' : 'SIGNALBOX_BOOTSTRAP_PUBLIC_KEY and SIGNALBOX_BOOTSTRAP_SECRET_KEY'
    throw new AppError('conflict', `The pair ${key.publicKey} of ${where} uses a key that exists already as ${other.public_key}.`, {
      hint: 'Give each pair keys of its own.',
    })
  }
  const rows = await session.query(UPSERT, [
    newId('key'),
    key.projectId,
    key.name,
    key.publicKey,
    secret,
    hintOf(key.secretKey),
    JSON.stringify(key.scopes),
    source,
    at,
  ])
  return rows.length > 0
}

/** The hash of a revoked key is of no more use; it stays on the list. */
async function makeRoom(session: SqlSession, id: string): Promise<boolean> {
  const rows = await session.query(
    `UPDATE keys SET secret_sha256 = 'revoked:' || id WHERE id = $1 AND revoked_at IS NOT NULL RETURNING id`,
    [id],
  )
  return rows.length > 0
}

const UPSERT = `INSERT INTO keys (id, project_id, name, public_key, secret_sha256, secret_hint, scopes, source, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (public_key) DO UPDATE SET project_id = excluded.project_id, name = excluded.name, secret_sha256 = excluded.secret_sha256,
    secret_hint = excluded.secret_hint, scopes = excluded.scopes, revoked_at = NULL
  WHERE (keys.project_id, keys.name, keys.secret_sha256, keys.scopes) IS DISTINCT FROM
    (excluded.project_id, excluded.name, excluded.secret_sha256, excluded.scopes) OR keys.revoked_at IS NOT NULL
  RETURNING id`
