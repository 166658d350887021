import { AppError, allows, type Caller, mayGive, type Role } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import { permissionsIn } from './roles.ts'

/**
 * Whether the caller may say who is in a team. Who comes into it gets the roles that it has everywhere, so the caller must
 * be able to give each of them, in its project.
 */
export async function mayFill(sql: SqlSession, caller: Caller, teamId: string): Promise<boolean> {
  if (caller.organisationRole === 'owner') return true
  const roles = await sql.query<{ project_id: string; role: Role }>('SELECT project_id, role FROM team_roles WHERE team_id = $1', [teamId])
  for (const { project_id, role } of roles) {
    const granted = await permissionsIn(sql, caller, project_id)
    if (!allows(granted, 'teams:write') || !mayGive(granted, role)) return false
  }
  return true
}

/** Throws `not-found`, or `permission-denied` when the team may do more than the caller, here or in another project. */
export async function assertMayFill(sql: SqlSession, caller: Caller, teamId: string): Promise<void> {
  await assertTeam(sql, teamId)
  if (!(await mayFill(sql, caller, teamId)))
    throw new AppError('permission-denied', 'This team has roles that you cannot give, here or in another project.', {
      hint: 'Ask an owner of the organisation.',
    })
}

/** Who makes a key for a team is in it, or may write all keys. Throws `not-found` or `permission-denied`. */
export async function assertMayUseTeam(sql: SqlSession, caller: Caller, teamId: string): Promise<void> {
  await assertTeam(sql, teamId)
  if (allows(caller.permissions, 'keys:write')) return
  const account = caller.userId ?? caller.ownerId ?? ''
  const rows = await sql.query('SELECT 1 FROM team_members WHERE team_id = $1 AND account_id = $2', [teamId, account])
  if (rows.length === 0) throw new AppError('permission-denied', 'You are not in this team: to make a key for it you need `keys:write`.')
}

async function assertTeam(sql: SqlSession, teamId: string): Promise<void> {
  if ((await sql.query('SELECT 1 FROM teams WHERE id = $1', [teamId])).length === 0)
    throw new AppError('not-found', `There is no team ${teamId}.`)
}
