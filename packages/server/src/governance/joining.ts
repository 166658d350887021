import { type Account, AppError, type Caller, highestRole, mayGive, type Output, PERMISSIONS_OF, type Role } from '@signalbox/schema'
import { sha256 } from '../lib/ids.ts'
import type { KeyValue, Sql, SqlSession } from '../store/ports.ts'
import { createLoginLimit } from './login-limit.ts'
import { type From, openLogin } from './logins.ts'
import { hashPassword } from './passwords.ts'
import { roleIn } from './roles.ts'
import { insertAccount, type LoggedIn, normaliseEmail, toAccount } from './sessions.ts'
import { mayFill } from './team-rules.ts'

export type JoiningDeps = {
  sql: Sql
  keyValue: KeyValue
  now: () => Date
  callerOfKeyId: (session: SqlSession, id: string) => Promise<Caller | undefined>
}
type Accept = { token: string; email: string; password: string; from: From }

/** The other end of an invitation: what it says, and coming in by it, as somebody new or as an account that there is. */
export function createJoining({ sql, keyValue, now, callerOfKeyId }: JoiningDeps) {
  const limit = createLoginLimit({ keyValue, now })

  /** The invitation of a token, locked. Throws `unauthenticated` when it is unknown, over, or who invited could not do so any more. */
  const open = async (session: SqlSession, token: string): Promise<Row> => {
    const [row] = await session.query<Row>(`${SELECT} FOR UPDATE OF i`, [sha256(token), now()])
    const inviter = row && (await inviterOf(session, row))
    const holds =
      row && inviter && mayGive(inviter.permissions, row.role) && (!row.team_id || (await mayFill(session, inviter, row.team_id)))
    if (holds) return row
    throw new AppError('unauthenticated', 'This invitation was used or taken back, or it is older than seven days.', {
      hint: 'Ask for a new one.',
    })
  }

  /** Who invited, with what they may do now. */
  const inviterOf = async (session: SqlSession, row: Row): Promise<Caller | undefined> => {
    if (row.key_id !== null) return await callerOfKeyId(session, row.key_id)
    if (row.account_id === null || row.account_role === null) return undefined
    const role = await roleIn(session, { id: row.account_id, role: row.account_role }, row.project_id)
    if (!role) return undefined
    return { projectId: row.project_id, permissions: PERMISSIONS_OF[role], userId: row.account_id, organisationRole: row.account_role }
  }

  /** Uses an invitation up: the account gets its role, unless it has a higher one, and comes into its team. */
  const use = async (session: SqlSession, row: Row, account: Account): Promise<void> => {
    if (row.email !== null && row.email !== account.email)
      throw new AppError('permission-denied', `This invitation is for ${row.email}.`, { hint: 'Use it with an account of that e-mail.' })
    const [before] = await session.query<{ role: Role }>('SELECT role FROM memberships WHERE project_id = $1 AND account_id = $2', [
      row.project_id,
      account.id,
    ])
    await session.query(
      `INSERT INTO memberships (project_id, account_id, role, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (project_id, account_id) DO UPDATE SET role = excluded.role`,
      [row.project_id, account.id, highestRole(before ? [before.role, row.role] : [row.role]), now()],
    )
    if (row.team_id !== null)
      await session.query('INSERT INTO team_members (team_id, account_id, added_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        row.team_id,
        account.id,
        now(),
      ])
    await session.query('UPDATE invitations SET used_at = $2, used_by = $3 WHERE id = $1', [row.id, now(), account.id])
  }

  return {
    /** What the link leads to. */
    async show({ token, ip }: { token: string; ip: string }): Promise<Output<'invitations.show'>> {
      await limit.attempt({ ip })
      const row = await sql.transaction((session) => open(session, token))
      return {
        project: { id: row.project_id, name: row.project_name },
        role: row.role,
        email: row.email,
        team: row.team_name,
        invitedBy: row.invited_by,
        expiresAt: row.expires_at.toISOString(),
      }
    },

    /** Makes an account and logs it in. Throws `conflict` when there is one with this e-mail. */
    async accept({ token, email, password, from }: Accept): Promise<LoggedIn> {
      await limit.attempt({ ip: from.ip })
      // Looked at before the password is hashed, which is work.
      await sql.transaction((session) => open(session, token))
      const passwordHash = await hashPassword(password)
      return await sql.transaction(async (session) => {
        const row = await open(session, token)
        const made = await insertAccount(session, {
          email: normaliseEmail(email),
          passwordHash,
          role: 'member',
          source: 'invitation',
          at: now(),
        })
        const account = toAccount(made)
        await use(session, row, account)
        return { account, token: await openLogin(session, { accountId: account.id, byLink: false, from, at: now() }) }
      })
    },

    /** Brings an account that is logged in into the project. */
    join: ({ token, account }: { token: string; account: Account }): Promise<void> =>
      sql.transaction(async (session) => use(session, await open(session, token), account)),
  }
}

type Row = {
  id: string
  project_id: string
  project_name: string
  role: Role
  email: string | null
  team_id: string | null
  team_name: string | null
  account_id: string | null
  account_role: Account['role'] | null
  invited_by: string | null
  key_id: string | null
  expires_at: Date
}
const SELECT = `SELECT i.id, i.project_id, p.name AS project_name, i.role, i.email, i.team_id, t.name AS team_name, i.account_id,
    a.role AS account_role, a.email AS invited_by, i.key_id, i.expires_at
  FROM invitations i JOIN projects p ON p.id = i.project_id LEFT JOIN teams t ON t.id = i.team_id LEFT JOIN accounts a ON a.id = i.account_id
  WHERE i.token_sha256 = $1 AND i.expires_at > $2 AND i.used_at IS NULL AND i.revoked_at IS NULL`
