import { AppError, type Caller, type Role, type Team } from '@signalbox/schema'
import { newId } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'
import { assertMayGive, roleIn } from './roles.ts'
import { assertMayFill, mayFill } from './team-rules.ts'

export type TeamsDeps = {
  sql: Sql
  now: () => Date
  /** Called after a team that keys belong to is gone. */
  changed: () => unknown
}

/** The teams of the organisation. Each may have a role in each project, which all of its people then have. */
export function createTeams({ sql, now, changed }: TeamsDeps) {
  const find = async (session: SqlSession, caller: Caller, id: string): Promise<Team> => {
    const [team] = await read(session, { caller, id, at: now() })
    if (!team) throw new AppError('not-found', `There is no team ${id}.`)
    return team
  }
  return {
    /** By name. */
    list: (caller: Caller): Promise<Team[]> => read(sql, { caller, at: now() }),

    /** Throws `conflict` when there is one of this name, in whatever case. */
    async create(caller: Caller, name: string): Promise<Team> {
      const [row] = await sql.query<{ id: string }>(
        'INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id',
        [newId('team'), name, now()],
      )
      if (!row) throw nameTaken(name)
      return await find(sql, caller, row.id)
    },

    rename: (caller: Caller, { id, name }: { id: string; name: string }): Promise<Team> =>
      sql.transaction(async (session) => {
        await assertMayFill(session, caller, id)
        const taken = await session.query('SELECT 1 FROM teams WHERE lower(name) = lower($1) AND id <> $2', [name, id])
        if (taken.length > 0) throw nameTaken(name)
        await session.query('UPDATE teams SET name = $2 WHERE id = $1', [id, name])
        return await find(session, caller, id)
      }),

    /** Its keys go on without a team. */
    async delete(caller: Caller, id: string): Promise<void> {
      await assertMayFill(sql, caller, id)
      await sql.query('DELETE FROM teams WHERE id = $1', [id])
      await changed()
    },

    /** Anybody in the project; an owner of the organisation takes in anybody. Once more is no error. */
    addMember: (caller: Caller, { id, accountId }: { id: string; accountId: string }): Promise<Team> =>
      sql.transaction(async (session) => {
        await assertMayFill(session, caller, id)
        const [account] = await session.query<{ id: string; role: 'owner' | 'member' }>('SELECT id, role FROM accounts WHERE id = $1', [
          accountId,
        ])
        if (!account || (caller.organisationRole !== 'owner' && !(await roleIn(session, account, caller.projectId))))
          throw new AppError('not-found', `The project ${caller.projectId} has no member ${accountId}.`, {
            hint: 'Invite them to the project first.',
          })
        await session.query('INSERT INTO team_members (team_id, account_id, added_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
          id,
          accountId,
          now(),
        ])
        return await find(session, caller, id)
      }),

    async removeMember(caller: Caller, { id, accountId }: { id: string; accountId: string }): Promise<Team> {
      await assertMayFill(sql, caller, id)
      await sql.query('DELETE FROM team_members WHERE team_id = $1 AND account_id = $2', [id, accountId])
      return await find(sql, caller, id)
    },

    /** In the caller's project. `null` takes the role away. Nobody changes a role above their own. */
    setRole: (caller: Caller, { id, role }: { id: string; role: Role | null }): Promise<Team> =>
      sql.transaction(async (session) => {
        const before = await find(session, caller, id)
        for (const one of [before.role, role]) if (one) assertMayGive(caller, one)
        if (role === null) await session.query('DELETE FROM team_roles WHERE project_id = $1 AND team_id = $2', [caller.projectId, id])
        else
          await session.query(
            `INSERT INTO team_roles (project_id, team_id, role) VALUES ($1, $2, $3)
             ON CONFLICT (project_id, team_id) DO UPDATE SET role = excluded.role`,
            [caller.projectId, id, role],
          )
        return await find(session, caller, id)
      }),
  }
}

const nameTaken = (name: string) => new AppError('conflict', `There is a team ${name} already.`)

type Row = { id: string; name: string; created_at: Date; role: Role | null; members: NonNullable<Team['members']>; keys: number }
type Which = { caller: Caller; id?: string; at: Date }
async function read(sql: SqlSession, { caller, id, at }: Which): Promise<Team[]> {
  const rows = await sql.query<Row>(
    `SELECT t.id, t.name, t.created_at, r.role,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'email', a.email) ORDER BY a.email), '[]'::jsonb)
         FROM team_members m JOIN accounts a ON a.id = m.account_id WHERE m.team_id = t.id) AS members,
       (SELECT count(*)::int FROM keys k WHERE k.team_id = t.id AND k.project_id = $1 AND k.revoked_at IS NULL
         AND (k.expires_at IS NULL OR k.expires_at > $3)) AS keys
     FROM teams t LEFT JOIN team_roles r ON r.team_id = t.id AND r.project_id = $1
     WHERE $2::text IS NULL OR t.id = $2 ORDER BY lower(t.name)`,
    [caller.projectId, id ?? null, at],
  )
  return await Promise.all(rows.map(async (row) => toTeam(row, caller, await mayFill(sql, caller, row.id))))
}

/** Whoever may say who is in a team sees it, and so do its people and the project in which it has a role. */
function toTeam({ created_at, members, ...row }: Row, caller: Caller, changeable: boolean): Team {
  const shown = changeable || row.role !== null || members.some(({ id }) => id === caller.userId)
  return { ...row, createdAt: created_at.toISOString(), memberCount: members.length, members: shown ? members : null, changeable }
}
