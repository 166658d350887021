import { newSecret, sha256 } from '../lib/ids.ts'
import type { SqlSession } from '../store/ports.ts'

const VALID_HOURS = 24

/** Makes a token that logs in once within 24 hours, as the owner. Only its hash is stored. */
export async function createLoginLink(sql: SqlSession, now: Date = new Date()): Promise<string> {
  const token = newSecret()
  await sql.query('DELETE FROM login_links WHERE expires_at <= $1', [now])
  await sql.query('INSERT INTO login_links (token_sha256, created_at, expires_at) VALUES ($1, $2, $3)', [
    sha256(token),
    now,
    new Date(now.getTime() + VALID_HOURS * 3_600_000),
  ])
  return token
}

/** Uses a token up; false when it is unknown, used or too old. */
export async function useLoginLink(sql: SqlSession, token: string, now: Date): Promise<boolean> {
  const rows = await sql.query(
    'UPDATE login_links SET used_at = $2 WHERE token_sha256 = $1 AND used_at IS NULL AND expires_at > $2 RETURNING token_sha256',
    [sha256(token), now],
  )
  return rows.length > 0
}

/** Whether no owner can log in yet: there is none with a password. */
export async function needsFirstLogin(sql: SqlSession): Promise<boolean> {
  return (await sql.query(`SELECT 1 FROM accounts WHERE role = 'owner' AND password_hash IS NOT NULL LIMIT 1`)).length === 0
}

/** An account that has a new password needs no link any more. */
export async function endResetLinks(sql: SqlSession, accountId: string): Promise<void> {
  await sql.query('DELETE FROM reset_links WHERE account_id = $1 AND used_at IS NULL', [accountId])
}
