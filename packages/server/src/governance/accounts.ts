import { AppError, highestRole, type OrganisationAccount, type OrganisationRole, type Role } from '@signalbox/schema'
import type { Sql, SqlSession } from '../store/ports.ts'
import { type MembersDeps, revokeKeysOf } from './members.ts'
import { GRANTS } from './roles.ts'

/** Everybody in the organisation, as its owners see them. There is always one owner. */
export function createAccounts({ sql, now, changed }: MembersDeps) {
  const find = async (session: SqlSession, id: string): Promise<OrganisationAccount> => {
    const [account] = await read(session, { id, at: now() })
    if (!account) throw unknown(id)
    return account
  }
  return {
    /** In the order in which they came. */
    list: (): Promise<OrganisationAccount[]> => read(sql, { at: now() }),

    change: ({ id, role }: { id: string; role: OrganisationRole }): Promise<OrganisationAccount> =>
      sql.transaction(async (session) => {
        if (role === 'member') await assertOtherOwner(session, id)
        await session.query('UPDATE accounts SET role = $2 WHERE id = $1', [id, role])
        return await find(session, id)
      }),

    /** Their keys stay and are shown as nobody's, unless `withKeys`. */
    async remove({ id, withKeys }: { id: string; withKeys: boolean }): Promise<{ revokedKeys: number }> {
      const revokedKeys = await sql.transaction(async (session) => {
        await assertOtherOwner(session, id)
        const revoked = withKeys ? await revokeKeysOf(session, { id, at: now() }) : 0
        const removed = await session.query('DELETE FROM accounts WHERE id = $1 RETURNING id', [id])
        if (removed.length === 0) throw unknown(id)
        return revoked
      })
      await changed()
      return { revokedKeys }
    },
  }
}

const unknown = (id: string) => new AppError('not-found', `There is no account ${id}.`)

/** Locks the owners, so that two of them cannot put each other down at once. Throws `conflict` for the last one. */
async function assertOtherOwner(sql: SqlSession, id: string): Promise<void> {
  const owners = await sql.query<{ id: string }>(`SELECT id FROM accounts WHERE role = 'owner' ORDER BY id FOR UPDATE`)
  if (owners.some((owner) => owner.id === id) && owners.length === 1)
    throw new AppError('conflict', 'This is the last owner of the organisation.', { hint: 'Make somebody else an owner first.' })
}

type Row = {
  id: string
  email: string | null
  role: OrganisationRole
  created_at: Date
  last_seen_at: Date | null
  keys: number
  grants: { project: string; role: Role }[]
}
async function read(sql: Sql | SqlSession, { id, at }: { id?: string; at: Date }): Promise<OrganisationAccount[]> {
  const rows = await sql.query<Row>(
    `SELECT a.id, a.email, a.role, a.created_at,
       (SELECT max(s.last_used_at) FROM sessions s WHERE s.account_id = a.id AND s.expires_at > $2) AS last_seen_at,
       (SELECT count(*)::int FROM keys k WHERE k.account_id = a.id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)) AS keys,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('project', g.project_id, 'role', g.role)), '[]'::jsonb)
         FROM (${GRANTS}) g WHERE g.account_id = a.id) AS grants
     FROM accounts a WHERE $1::text IS NULL OR a.id = $1 ORDER BY a.created_at, a.id`,
    [id ?? null, at],
  )
  return rows.map(toAccount)
}

const toAccount = ({ grants, created_at, last_seen_at, ...row }: Row): OrganisationAccount => ({
  ...row,
  createdAt: created_at.toISOString(),
  lastSeenAt: last_seen_at?.toISOString() ?? null,
  projects: [...new Set(grants.map(({ project }) => project))].sort().flatMap((project) => {
    const role = highestRole(grants.filter((grant) => grant.project === project).map((grant) => grant.role))
    return role ? [{ id: project, role }] : []
  }),
})
