import { AppError, type Login } from '@signalbox/schema'
import { newId, newSecret, sha256 } from '../lib/ids.ts'
import type { SqlSession } from '../store/ports.ts'

export const SESSION_SECONDS = 30 * 86_400
/** The last use is kept to within this time: finer would be a write per request. */
const USE_EVERY_MS = 60_000

/** Where a log-in comes from, as the HTTP layer saw it. */
export type From = { ip: string; userAgent: string | undefined }

type NewLogin = { accountId: string; byLink: boolean; from: From; at: Date }
/** Begins a session and returns its token. Forgets those that are over. */
export async function openLogin(sql: SqlSession, { accountId, byLink, from, at }: NewLogin): Promise<string> {
  const token = newSecret()
  await sql.query('DELETE FROM sessions WHERE expires_at <= $1', [at])
  await sql.query(
    `INSERT INTO sessions (id, token_sha256, account_id, by_link, created_at, last_used_at, expires_at, address, user_agent)
     VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)`,
    [newId('login'), sha256(token), accountId, byLink, at, expiryFrom(at), from.ip, from.userAgent?.slice(0, 500) ?? null],
  )
  return token
}

/** Notes that a session was used, which keeps it alive; at most one write a minute. */
export async function useLogin(sql: SqlSession, { token, lastUsedAt, at }: { token: string; lastUsedAt: Date; at: Date }): Promise<void> {
  if (at.getTime() - lastUsedAt.getTime() < USE_EVERY_MS) return
  await sql.query('UPDATE sessions SET last_used_at = $2, expires_at = $3 WHERE token_sha256 = $1', [sha256(token), at, expiryFrom(at)])
}

/** The log-ins of an account: each one is a session. `token` is the session that asks. */
export function createLogins({ sql, now }: { sql: SqlSession; now: () => Date }) {
  return {
    /** The last used first. */
    async list(accountId: string, token: string): Promise<Login[]> {
      const rows = await sql.query<Row>(
        `SELECT id, created_at, last_used_at, address, user_agent, token_sha256 = $2 AS current FROM sessions
         WHERE account_id = $1 AND expires_at > $3 ORDER BY last_used_at DESC, id`,
        [accountId, sha256(token), now()],
      )
      return rows.map(toLogin)
    },
    /** Throws `not-found` for one that is not of this account. */
    async end(accountId: string, id: string): Promise<void> {
      const ended = await sql.query('DELETE FROM sessions WHERE account_id = $1 AND id = $2 RETURNING id', [accountId, id])
      if (ended.length === 0) throw new AppError('not-found', `You have no log-in ${id}.`)
    },
    async endOthers(accountId: string, token: string): Promise<{ ended: number }> {
      const ended = await sql.query('DELETE FROM sessions WHERE account_id = $1 AND token_sha256 <> $2 RETURNING id', [
        accountId,
        sha256(token),
      ])
      return { ended: ended.length }
    },
    async endAll(accountId: string): Promise<{ ended: number }> {
      const ended = await sql.query('DELETE FROM sessions WHERE account_id = $1 RETURNING id', [accountId])
      return { ended: ended.length }
    },
  }
}

type Row = { id: string; created_at: Date; last_used_at: Date; address: string | null; user_agent: string | null; current: boolean }
const expiryFrom = (at: Date): Date => new Date(at.getTime() + SESSION_SECONDS * 1000)
const toLogin = (row: Row): Login => ({
  id: row.id,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at.toISOString(),
  address: row.address,
  userAgent: row.user_agent,
  current: row.current,
})
