import { AppError, type Output } from '@signalbox/schema'
import { newSecret, sha256 } from '../lib/ids.ts'
import type { KeyValue, Sql, SqlSession } from '../store/ports.ts'
import { createLoginLimit } from './login-limit.ts'
import { endResetLinks } from './login-links.ts'
import { type From, openLogin } from './logins.ts'
import { hashPassword } from './passwords.ts'
import { type AccountRow, type LoggedIn, toAccount } from './sessions.ts'

const VALID_HOURS = 24

export type ResetLinksDeps = { sql: Sql; keyValue: KeyValue; now: () => Date; publicUrl: string }

/** Links by which somebody who forgot the password sets a new one: each works once, for 24 hours, and only its hash is stored. */
export function createResetLinks({ sql, keyValue, now, publicUrl }: ResetLinksDeps) {
  const limit = createLoginLimit({ keyValue, now })

  /** The account of a link, both locked. Throws `unauthenticated` when it is unknown, used, replaced or over. */
  const open = async (session: SqlSession, token: string): Promise<Row> => {
    const [row] = await session.query<Row>(
      `SELECT a.id, a.email, a.role, a.password_hash, r.expires_at FROM reset_links r JOIN accounts a ON a.id = r.account_id
       WHERE r.token_sha256 = $1 AND r.expires_at > $2 AND r.used_at IS NULL FOR UPDATE`,
      [sha256(token), now()],
    )
    if (row) return row
    throw new AppError('unauthenticated', 'This link was used or replaced, or it is older than a day.', {
      hint: 'Ask an owner of the organisation for a new one.',
    })
  }

  return {
    /** Takes the place of a link that the account has already. The answer holds the address, which is nowhere else. */
    async make(accountId: string): Promise<Output<'accounts.resetLink'>> {
      const token = newSecret()
      const at = now()
      const expiresAt = new Date(at.getTime() + VALID_HOURS * 3_600_000)
      await sql.transaction(async (session) => {
        const [account] = await session.query<{ email: string | null }>('SELECT email FROM accounts WHERE id = $1 FOR UPDATE', [accountId])
        if (!account) throw new AppError('not-found', `There is no account ${accountId}.`)
        if (account.email === null)
          throw new AppError('conflict', 'This account has no e-mail to log in with.', {
            hint: 'It came in by the link of the first start: set e-mail and password on its page Settings.',
          })
        await endResetLinks(session, accountId)
        await session.query('INSERT INTO reset_links (token_sha256, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)', [
          sha256(token),
          accountId,
          at,
          expiresAt,
        ])
      })
      return { url: `${publicUrl}/join?reset=${token}`, expiresAt: expiresAt.toISOString() }
    },

    /** Whose password a link sets. */
    async show({ token, ip }: { token: string; ip: string }): Promise<Output<'session.showReset'>> {
      await limit.attempt({ ip })
      const { email, expires_at } = await sql.transaction((session) => open(session, token))
      return { email: email ?? '', expiresAt: expires_at.toISOString() }
    },

    /** Sets the password, ends all log-ins of the account and begins a new one. */
    async use({ token, password, from }: { token: string; password: string; from: From }): Promise<LoggedIn> {
      await limit.attempt({ ip: from.ip })
      // Looked at before the password is hashed, which is work.
      await sql.transaction((session) => open(session, token))
      const passwordHash = await hashPassword(password)
      const loggedIn = await sql.transaction(async (session) => {
        const row = await open(session, token)
        await session.query('UPDATE reset_links SET used_at = $2 WHERE token_sha256 = $1', [sha256(token), now()])
        await session.query('UPDATE accounts SET password_hash = $2 WHERE id = $1', [row.id, passwordHash])
        await session.query('DELETE FROM sessions WHERE account_id = $1', [row.id])
        const account = toAccount({ ...row, password_hash: passwordHash })
        return { account, token: await openLogin(session, { accountId: row.id, byLink: false, from, at: now() }) }
      })
      // Whoever tried with wrong ones before may log in with this one.
      if (loggedIn.account.email) await limit.succeeded(loggedIn.account.email)
      return loggedIn
    },
  }
}

type Row = AccountRow & { expires_at: Date }
