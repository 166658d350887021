import { createHmac } from 'node:crypto'
import { type Account, AppError, type OrganisationRole } from '@signalbox/schema'
import { newId, sha256 } from '../lib/ids.ts'
import type { KeyValue, Sql, SqlSession } from '../store/ports.ts'
import { createLoginLimit } from './login-limit.ts'
import { endResetLinks, useLoginLink } from './login-links.ts'
import { type From, openLogin, useLogin } from './logins.ts'
import { checkPassword, hashPassword } from './passwords.ts'

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
    const [row] = await sql.query<AccountRow & { by_link: boolean; last_used_at: Date }>(
      `SELECT a.id, a.email, a.role, a.password_hash, s.by_link, s.last_used_at
       FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.token_sha256 = $1 AND s.expires_at > $2`,
      [sha256(token), now()],
    )
    if (row) await useLogin(sql, { token, lastUsedAt: row.last_used_at, at: now() })
    return row
  }

  return {
    /** The account of a session; undefined when there is none or it is over. Using it keeps it alive. */
    async accountOf(token: string): Promise<Account | undefined> {
      const row = await find(token)
      return row && toAccount(row)
    },

    /** Throws `unauthenticated`, the same for a wrong password and an unknown e-mail, or `rate-limited`. */
    async login({ from, email: typed, password }: Credentials & { from: From }): Promise<LoggedIn> {
      const email = normaliseEmail(typed)
      await limit.attempt({ ip: from.ip, email })
      const [row] = await sql.query<AccountRow>(`SELECT ${ACCOUNT} FROM accounts WHERE email = $1`, [email])
      if (!(await checkPassword(password, row?.password_hash)) || !row) {
        throw new AppError('unauthenticated', 'The e-mail or the password is wrong.', {
          hint: 'Check both, or make a one-time login link on the machine that Signalbox runs on.',
        })
      }
      await limit.succeeded(email)
      return { account: toAccount(row), token: await openLogin(sql, { accountId: row.id, byLink: false, from, at: now() }) }
    },

    /** Logs in with a one-time token, as the first owner, who is made if there is none. */
    async redeem({ from, token }: { from: From; token: string }): Promise<LoggedIn> {
      await limit.attempt({ ip: from.ip })
      return await sql.transaction(async (session) => {
        if (!(await useLoginLink(session, token, now()))) {
          throw new AppError('unauthenticated', 'This login link was used already, or it is older than a day.', {
            hint: 'Log in with e-mail and password. Without them, start Signalbox again: it prints a new link while there is no password.',
          })
        }
        const owner =
          (await firstOwner(session)) ??
          (await insertAccount(session, { email: null, passwordHash: null, role: 'owner', source: 'link', at: now() }))
        return { account: toAccount(owner), token: await openLogin(session, { accountId: owner.id, byLink: true, from, at: now() }) }
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
        await endResetLinks(session, row.id)
        // The links log in as an owner: once an owner has a password, there is no need for them.
        if (row.role === 'owner') await session.query('DELETE FROM login_links WHERE used_at IS NULL')
        return toAccount({ ...row, email, password_hash: passwordHash })
      })
    },
  }
}

/** Makes the owner whom the environment names; a changed e-mail or password changes that owner and ends their sessions. */
export async function ensureOwner(sql: Sql, { email: typed, password, at }: Credentials & { at: Date }): Promise<void> {
  const email = normaliseEmail(typed)
  const [row] = await sql.query<AccountRow>(
    `SELECT ${ACCOUNT} FROM accounts WHERE email = $1 OR source = 'environment' ORDER BY email = $1 DESC NULLS LAST LIMIT 1`,
    [email],
  )
  if (row?.role === 'owner' && row.email === email && row.password_hash !== null && (await checkPassword(password, row.password_hash)))
    return
  const passwordHash = await hashPassword(password)
  if (!row) {
    await insertAccount(sql, { email, passwordHash, role: 'owner', source: 'environment', at }).catch((error: unknown) => {
      // Several cores may start at once: another one was quicker.
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    })
    return
  }
  await sql.transaction(async (session) => {
    await session.query(`UPDATE accounts SET email = $2, password_hash = $3, role = 'owner', source = 'environment' WHERE id = $1`, [
      row.id,
      email,
      passwordHash,
    ])
    await session.query('DELETE FROM sessions WHERE account_id = $1', [row.id])
  })
}

export type AccountRow = { id: string; email: string | null; role: OrganisationRole; password_hash: string | null }
/** The columns of an `AccountRow`. */
export const ACCOUNT = 'id, email, role, password_hash'
export const toAccount = ({ id, email, role, password_hash }: AccountRow): Account => ({
  id,
  email,
  role,
  hasPassword: password_hash !== null,
})

const firstOwner = async (sql: SqlSession): Promise<AccountRow | undefined> =>
  (await sql.query<AccountRow>(`SELECT ${ACCOUNT} FROM accounts WHERE role = 'owner' ORDER BY created_at, id LIMIT 1`))[0]

type NewAccount = Omit<AccountRow, 'id' | 'password_hash'> & {
  passwordHash: string | null
  source: 'environment' | 'link' | 'invitation'
  at: Date
}
/** Throws `conflict` when there is an account with this e-mail. */
export async function insertAccount(sql: SqlSession, { email, passwordHash, role, source, at }: NewAccount): Promise<AccountRow> {
  const [row] = await sql.query<AccountRow>(
    `INSERT INTO accounts (id, email, role, password_hash, source, created_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (email) DO NOTHING RETURNING ${ACCOUNT}`,
    [newId('account'), email, role, passwordHash, source, at],
  )
  if (!row) throw new AppError('conflict', `There is an account with the e-mail ${email} already.`, { hint: 'Log in with it.' })
  return row
}
