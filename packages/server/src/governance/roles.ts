import {
  AppError,
  type Caller,
  highestRole,
  mayGive,
  type OrganisationRole,
  PERMISSIONS_OF,
  type Project,
  type Role,
} from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import { createProjects } from './projects.ts'

/** An account, as far as it matters to what it may do. */
export type Person = { id: string; role: OrganisationRole }

/** What an account is in a project; undefined when it is not in it, or there is no such project. */
export async function roleIn(sql: SqlSession, account: Person, projectId: string): Promise<Role | undefined> {
  if (account.role === 'owner')
    return (await sql.query('SELECT 1 FROM projects WHERE id = $1', [projectId])).length > 0 ? 'owner' : undefined
  const rows = await sql.query<{ role: Role }>(`SELECT role FROM (${GRANTS}) grants WHERE account_id = $1 AND project_id = $2`, [
    account.id,
    projectId,
  ])
  return highestRole(rows.map(({ role }) => role))
}

/** The projects that an account is in, with what it is there, in the order in which they were made. */
export async function projectsOf(sql: SqlSession, account: Person): Promise<(Project & { role: Role })[]> {
  const all = await createProjects({ sql, now: () => new Date() }).list()
  if (account.role === 'owner') return all.map((project) => ({ ...project, role: 'owner' }))
  const rows = await sql.query<{ project_id: string; role: Role }>(
    `SELECT project_id, role FROM (${GRANTS}) grants WHERE account_id = $1`,
    [account.id],
  )
  return all.flatMap((project) => {
    const role = highestRole(rows.filter((row) => row.project_id === project.id).map((row) => row.role))
    return role ? [{ ...project, role }] : []
  })
}

/** What the caller may do in any project: in their own as they came, in others as the account that is logged in. */
export async function permissionsIn(sql: SqlSession, caller: Caller, projectId: string): Promise<readonly string[]> {
  if (projectId === caller.projectId) return caller.permissions
  if (!caller.userId) return []
  const role = await roleIn(sql, { id: caller.userId, role: caller.organisationRole ?? 'member' }, projectId)
  return role ? PERMISSIONS_OF[role] : []
}

/** Throws `permission-denied` for a role that may do more than the caller. */
export function assertMayGive(caller: Caller, role: Role): void {
  if (!mayGive(caller.permissions, role))
    throw new AppError('permission-denied', `You cannot give the role ${role}: it may do more than you.`, {
      hint: 'Choose a lower role, or ask somebody who has this one.',
    })
}

/** Throws `permission-denied` when somebody in the project may do more than the caller. */
export function assertAbove(caller: Caller, who: { email: string | null; role: Role }): void {
  if (!mayGive(caller.permissions, who.role))
    throw new AppError('permission-denied', `${who.email ?? 'This account'} is ${who.role} here and may do more than you.`, {
      hint: 'Ask somebody who has this role.',
    })
}

/** Who has which role where, by themselves or through a team: one row each. */
export const GRANTS = `SELECT account_id, project_id, role FROM memberships
  UNION ALL SELECT m.account_id, r.project_id, r.role FROM team_members m JOIN team_roles r ON r.team_id = m.team_id`
