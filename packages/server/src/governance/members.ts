import { AppError, type Caller, highestRole, type Member, type OrganisationRole, type Role } from '@signalbox/schema'
import type { Sql, SqlSession } from '../store/ports.ts'
import { createLogins } from './logins.ts'
import { assertAbove, assertMayGive } from './roles.ts'

export type MembersDeps = {
  sql: Sql
  now: () => Date
  /** Called after keys ended, so that every edge gets a new snapshot. */
  changed: () => unknown
}

/** Who is in a project, and what they may do there. What changes holds from the next request on. */
export function createMembers({ sql, now, changed }: MembersDeps) {
  /** Somebody whom the caller may change. Throws `not-found`, `conflict` for an owner of the organisation, `permission-denied`. */
  const changeable = async (session: SqlSession, caller: Caller, id: string): Promise<Member> => {
    const [member] = await read(session, { projectId: caller.projectId, id, at: now() })
    if (!member) throw new AppError('not-found', `The project ${caller.projectId} has no member ${id}.`)
    if (member.organisationRole === 'owner' && caller.organisationRole !== 'owner') assertNotOwner(member)
    assertAbove(caller, member)
    return member
  }
  /** Takes somebody out, with their open invitations. Throws `conflict` for who is there through a team or owns the organisation. */
  const takeOut = async (session: SqlSession, member: Member, { projectId, withKeys }: TakingOut): Promise<number> => {
    assertNotOwner(member)
    if (member.teams.length > 0) {
      const names = member.teams.map(({ name }) => name).join(', ')
      throw new AppError('conflict', `${member.email ?? member.id} is in the project through ${names}.`, {
        hint: 'Take them out of the team, or the role in this project from the team.',
      })
    }
    await session.query('DELETE FROM memberships WHERE project_id = $1 AND account_id = $2', [projectId, member.id])
    await session.query(
      'UPDATE invitations SET revoked_at = $3 WHERE project_id = $1 AND account_id = $2 AND used_at IS NULL AND revoked_at IS NULL',
      [projectId, member.id, now()],
    )
    return withKeys ? await revokeKeysOf(session, { id: member.id, projectId, at: now() }) : 0
  }
  return {
    /** In the order in which their accounts were made. */
    list: (projectId: string): Promise<Member[]> => read(sql, { projectId, at: now() }),

    async change(caller: Caller, { id, role }: { id: string; role: Role }): Promise<Member> {
      assertMayGive(caller, role)
      return await sql.transaction(async (session) => {
        assertNotOwner(await changeable(session, caller, id))
        await session.query(
          `INSERT INTO memberships (project_id, account_id, role, created_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (project_id, account_id) DO UPDATE SET role = excluded.role`,
          [caller.projectId, id, role, now()],
        )
        return await changeable(session, caller, id)
      })
    },

    /** Their open invitations end with them; their keys only if `withKeys`, for a service may hang on them. */
    async remove(caller: Caller, { id, withKeys }: { id: string; withKeys: boolean }): Promise<{ revokedKeys: number }> {
      const { projectId } = caller
      const revokedKeys = await sql.transaction(async (session) =>
        takeOut(session, await changeable(session, caller, id), { projectId, withKeys }),
      )
      if (revokedKeys > 0) await changed()
      return { revokedKeys }
    },

    /** The caller leaves by themselves. Throws `conflict` for the last owner that the project has of its own. */
    async leave({ projectId, userId }: Caller, { withKeys }: { withKeys: boolean }): Promise<{ revokedKeys: number }> {
      if (userId === undefined)
        throw new AppError('permission-denied', 'A key cannot leave a project.', { hint: 'Log in and leave on the page Settings.' })
      const revokedKeys = await sql.transaction(async (session) => {
        // Two owners who leave at once must not both go.
        await session.query(`SELECT 1 FROM memberships WHERE project_id = $1 AND role = 'owner' ORDER BY account_id FOR UPDATE`, [
          projectId,
        ])
        const all = await read(session, { projectId, at: now() })
        const member = all.find(({ id }) => id === userId)
        if (!member) throw new AppError('not-found', `You are not in the project ${projectId}.`)
        const isOther = ({ id, role, organisationRole }: Member) => id !== userId && role === 'owner' && organisationRole === 'member'
        if (member.organisationRole === 'member' && member.role === 'owner' && !all.some(isOther))
          throw new AppError('conflict', 'You are the last owner of this project.', { hint: 'Make somebody else an owner first.' })
        return await takeOut(session, member, { projectId, withKeys })
      })
      if (revokedKeys > 0) await changed()
      return { revokedKeys }
    },

    /** Ends all log-ins of a member, in all projects: there is only one kind. */
    async endLogins(caller: Caller, id: string): Promise<{ ended: number }> {
      await changeable(sql, caller, id)
      return await createLogins({ sql, now }).endAll(id)
    },
  }
}

type TakingOut = { projectId: string; withKeys: boolean }

type KeysOf = { id: string; projectId?: string; at: Date }
/** Revokes the keys that an account made, in one project or in all. Returns how many. */
export async function revokeKeysOf(sql: SqlSession, { id, projectId, at }: KeysOf): Promise<number> {
  const rows = await sql.query(
    `UPDATE keys SET revoked_at = $3 WHERE account_id = $1 AND ($2::text IS NULL OR project_id = $2) AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > $3) RETURNING id`,
    [id, projectId ?? null, at],
  )
  return rows.length
}

function assertNotOwner({ email, organisationRole }: Member): void {
  if (organisationRole === 'owner')
    throw new AppError('conflict', `${email ?? 'This account'} owns the organisation and may do everything in every project.`, {
      hint: 'An owner of the organisation can make them a member first.',
    })
}

type Which = { projectId: string; id?: string; at: Date }
async function read(sql: SqlSession, { projectId, id, at }: Which): Promise<Member[]> {
  const rows = await sql.query<Row>(
    `SELECT a.id, a.email, a.role AS organisation_role, m.role AS own_role, m.created_at AS joined_at,
       (SELECT max(s.last_used_at) FROM sessions s WHERE s.account_id = a.id AND s.expires_at > $3) AS last_seen_at,
       (SELECT count(*)::int FROM sessions s WHERE s.account_id = a.id AND s.expires_at > $3) AS logins,
       (SELECT count(*)::int FROM keys k WHERE k.account_id = a.id AND k.project_id = $1 AND k.revoked_at IS NULL
         AND (k.expires_at IS NULL OR k.expires_at > $3)) AS keys,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'role', r.role) ORDER BY t.name), '[]'::jsonb)
         FROM team_members tm JOIN teams t ON t.id = tm.team_id JOIN team_roles r ON r.team_id = t.id
         WHERE tm.account_id = a.id AND r.project_id = $1) AS teams
     FROM accounts a LEFT JOIN memberships m ON m.account_id = a.id AND m.project_id = $1
     WHERE $2::text IS NULL OR a.id = $2 ORDER BY a.created_at, a.id`,
    [projectId, id ?? null, at],
  )
  return rows.flatMap(toMember)
}

type Row = {
  id: string
  email: string | null
  organisation_role: OrganisationRole
  own_role: Role | null
  joined_at: Date | null
  last_seen_at: Date | null
  logins: number
  keys: number
  teams: Member['teams']
}

/** Nobody for an account that is not in the project. */
function toMember(row: Row): Member[] {
  const roles = [...(row.own_role ? [row.own_role] : []), ...row.teams.map(({ role }) => role)]
  const role = row.organisation_role === 'owner' ? 'owner' : highestRole(roles)
  if (!role) return []
  return [
    {
      id: row.id,
      email: row.email,
      role,
      ownRole: row.own_role,
      organisationRole: row.organisation_role,
      teams: row.teams,
      joinedAt: row.joined_at?.toISOString() ?? null,
      lastSeenAt: row.last_seen_at?.toISOString() ?? null,
      logins: row.logins,
      keys: row.keys,
    },
  ]
}
