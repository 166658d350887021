import { createHmac } from 'node:crypto'
import { type Account, AppError } from '@signalbox/schema'
import { newId, newSecret, sha256 } from '../lib/ids.ts'
import type { KeyValue, Sql, SqlSession } from '../store/ports.ts'
import { createLoginLimit } from './login-limit.ts'
import { useLoginLink } from './login-links.ts'
import { checkPassword, hashPassword } from './passwords.ts'

export const SESSION_SECONDS = 30 * 86_400
/** How much of its life a session must have lost before it is renewed: at most one write a day. */
const RENEW_AFTER_MS = 86_400_000

type Deps = { sql: Sql; keyValue: KeyValue; now: () => Date }
type Credentials = { email: string; password: string }
/** `token` is what the cookie holds. */
export type LoggedIn = { account: Account; token: string }

/** What a form must send back to prove that it came from our own page. It follows from the session token, which no page can read. */
export const csrfTokenOf = (sessionToken: string): string => createHmac('sha256', sessionToken).update('csrf').digest('base64url')

/** E-mails are compared in lower case. */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase()

/** Accounts and their sessions: 30 days after the last use. */
export function createSessions({ sql, keyValue, now }: Deps) {
  const limit = createLoginLimit({ keyValue, now })

  const find = async (token: string): Promise<(AccountRow & { by_link: boolean }) | undefined> => {
    const [row] = await sql.query<AccountRow & { by_link: boolean; expires_at: Date }>(
      `SELECT a.id, a.email, a.role, a.password_hash, s.by_link, s.expires_at
       FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.token_sha256 = $1 AND s.expires_at > $2`,
      [sha256(token), now()],
    )
    if (row && row.expires_at.getTime() - now().getTime() < SESSION_SECONDS * 1000 - RENEW_AFTER_MS)
      await sql.query('UPDATE sessions SET expires_at = $2 WHERE token_sha256 = $1', [sha256(token), expiryFrom(now())])
    return row
  }

  return {
    /** The account of a session; undefined when there is none or it is over. Using it keeps it alive. */
    async accountOf(token: string): Promise<Account | undefined> {
      const row = await find(token)
      return row && toAccount(row)
    },

    /** Throws `unauthenticated`, the same for a wrong password and an unknown e-mail, or `rate-limited`. */
    async login({ ip, email: typed, password }: Credentials & { ip: string }): Promise<LoggedIn> {
      const email = normaliseEmail(typed)
      await limit.attempt({ ip, email })
      const [row] = await sql.query<AccountRow>(`SELECT ${COLUMNS} FROM accounts WHERE email = $1`, [email])
      if (!(await checkPassword(password, row?.password_hash)) || !row) {
        throw new AppError('unauthenticated', 'The e-mail or the password is wrong.', {
          hint: 'Check both, or make a one-time login link on the machine that Signalbox runs on.',
        })
      }
      await limit.succeeded(email)
      return { account: toAccount(row), token: await open(sql, { accountId: row.id, byLink: false, at: now() }) }
    },

    /** Logs in with a one-time token, as the first owner, who is made if there is none. */
    async redeem({ ip, token }: { ip: string; token: string }): Promise<LoggedIn> {
      await limit.attempt({ ip })
      return await sql.transaction(async (session) => {
        if (!(await useLoginLink(session, token, now()))) {
          throw new AppError('unauthenticated', 'This login link was used already, or it is older than a day.', {
            hint: 'Log in with e-mail and password. Without them, start Signalbox again: it prints a new link while there is no password.',
          })
        }
        const owner =
          (await firstOwner(session)) ?? (await insertAccount(session, { email: null, passwordHash: null, source: 'link', at: now() }))
        return { account: toAccount(owner), token: await open(session, { accountId: owner.id, byLink: true, at: now() }) }
      })
    },

    async logout(token: string): Promise<void> {
      await sql.query('DELETE FROM sessions WHERE token_sha256 = $1', [sha256(token)])
    },

    /**
     * Sets e-mail and password and ends all other sessions. Needs the current password where there is one, except in
     * the session of a login link, which is how somebody who forgot it comes back.
     */
    async setCredentials(
      token: string,
      { ip, email: typed, password, currentPassword }: Credentials & { ip: string; currentPassword?: string | undefined },
    ): Promise<Account> {
      const row = await find(token)
      if (!row) throw new AppError('unauthenticated', 'The session is over.', { hint: 'Log in again.' })
      if (row.password_hash !== null && !row.by_link) {
        await limit.attempt({ ip, email: row.email ?? row.id })
        if (!(await checkPassword(currentPassword ?? '', row.password_hash)))
          throw new AppError('permission-denied', 'The current password is wrong.', { hint: 'Send it as `currentPassword`.' })
        await limit.succeeded(row.email ?? row.id)
      }
      const email = normaliseEmail(typed)
      const passwordHash = await hashPassword(password)
      return await sql.transaction(async (session) => {
        const taken = await session.query('SELECT 1 FROM accounts WHERE email = $1 AND id <> $2', [email, row.id])
        if (taken.length > 0) throw new AppError('conflict', `Another account has the e-mail ${email}.`)
        await session.query('UPDATE accounts SET email = $2, password_hash = $3 WHERE id = $1', [row.id, email, passwordHash])
        await session.query('DELETE FROM sessions WHERE account_id = $1 AND token_sha256 <> $2', [row.id, sha256(token)])
        await session.query('UPDATE sessions SET by_link = false WHERE token_sha256 = $1', [sha256(token)])
        await session.query('DELETE FROM login_links WHERE used_at IS NULL')
        return toAccount({ ...row, email, password_hash: passwordHash })
      })
    },
  }
}

/** Makes the owner whom the environment names; a changed e-mail or password changes that owner and ends their sessions. */
export async function ensureOwner(sql: Sql, { email: typed, password, at }: Credentials & { at: Date }): Promise<void> {
  const email = normaliseEmail(typed)
  const [row] = await sql.query<AccountRow>(
    `SELECT ${COLUMNS} FROM accounts WHERE email = $1 OR source = 'environment' ORDER BY email = $1 DESC NULLS LAST LIMIT 1`,
    [email],
  )
  if (row?.email === email && row.password_hash !== null && (await checkPassword(password, row.password_hash))) return
  const passwordHash = await hashPassword(password)
  if (!row) {
    await insertAccount(sql, { email, passwordHash, source: 'environment', at })
    return
  }
  await sql.transaction(async (session) => {
    await session.query(`UPDATE accounts SET email = $2, password_hash = $3, source = 'environment' WHERE id = $1`, [
      row.id,
      email,
      passwordHash,
    ])
    await session.query('DELETE FROM sessions WHERE account_id = $1', [row.id])
  })
}

type AccountRow = { id: string; email: string | null; role: 'owner'; password_hash: string | null }
const COLUMNS = 'id, email, role, password_hash'
const expiryFrom = (at: Date): Date => new Date(at.getTime() + SESSION_SECONDS * 1000)
const toAccount = ({ id, email, role, password_hash }: AccountRow): Account => ({ id, email, role, hasPassword: password_hash !== null })

const firstOwner = async (sql: SqlSession): Promise<AccountRow | undefined> =>
  (await sql.query<AccountRow>(`SELECT ${COLUMNS} FROM accounts WHERE role = 'owner' ORDER BY created_at, id LIMIT 1`))[0]

type NewAccount = { email: string | null; passwordHash: string | null; source: 'environment' | 'link'; at: Date }
async function insertAccount(sql: SqlSession, { email, passwordHash, source, at }: NewAccount): Promise<AccountRow> {
  const account = { id: newId('account'), email, role: 'owner' as const, password_hash: passwordHash }
  await sql.query(
    `INSERT INTO accounts (id, email, role, password_hash, source, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING`,
    [account.id, email, account.role, passwordHash, source, at],
  )
  return account
}

async function open(sql: SqlSession, { accountId, byLink, at }: { accountId: string; byLink: boolean; at: Date }): Promise<string> {
  const token = newSecret()
  await sql.query('DELETE FROM sessions WHERE expires_at <= $1', [at])
  await sql.query('INSERT INTO sessions (token_sha256, account_id, by_link, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)', [
    sha256(token),
    accountId,
    byLink,
    at,
    expiryFrom(at),
  ])
  return token
}
