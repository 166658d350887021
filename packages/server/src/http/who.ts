import { timingSafeEqual } from 'node:crypto'
import { type Access, AppError, allows, type Caller, type OrganisationRole, PERMISSIONS_OF, type Role } from '@signalbox/schema'
import type { Context as HonoContext } from 'hono'
import { getCookie } from 'hono/cookie'
import { secretOf } from './credentials.ts'

export const SESSION_COOKIE = 'signalbox_session'

export type WhoRooms = {
  /** The caller of a secret key; undefined when it is not known. */
  callerOfKey(secret: string): Promise<Caller | undefined>
  /** The account of a session; undefined when it is over. */
  accountOfSession(token: string): Promise<Person | undefined>
  csrfTokenOf(sessionToken: string): string
  /** What an account is in a project; undefined when it is not in it, or there is none. */
  roleIn(account: Person, projectId: string): Promise<Role | undefined>
}
type Person = { id: string; role: OrganisationRole }

/** Finds out who asks and whether they may. A key speaks for its project; an account for the project that it names, in its role there. */
export async function who(c: HonoContext, access: Access, rooms: WhoRooms): Promise<Caller> {
  if (access === 'public') return { projectId: '', permissions: [] }
  const forAccounts = access === 'session' || access === 'organisation:write'
  const secret = secretOf(Object.fromEntries(c.req.raw.headers), c.req.url)
  if (secret && !forAccounts) {
    const caller = await rooms.callerOfKey(secret)
    if (!caller) throw new AppError('unauthenticated', 'This key is not known, or it was revoked.')
    if (!allows(caller.permissions, access)) throw new AppError('permission-denied', `This key may not do this: it lacks \`${access}\`.`)
    return caller
  }
  const account = await accountOf(c, rooms)
  if (!account)
    throw new AppError('unauthenticated', forAccounts ? 'Log in first: this needs an account, not a key.' : 'Send a key, or log in.')
  const caller = { userId: account.id, organisationRole: account.role }
  if (access === 'session') return { ...caller, projectId: '', permissions: [] }
  if (access === 'organisation:write') {
    if (account.role !== 'owner')
      throw new AppError('permission-denied', 'Only an owner of the organisation may do this: you lack `organisation:write`.', {
        hint: 'Ask an owner of the organisation.',
      })
    return { ...caller, projectId: '', permissions: [] }
  }
  const projectId = c.req.header('x-signalbox-project') ?? c.req.query('project') ?? 'default'
  const role = await rooms.roleIn(account, projectId)
  // The same for a project that there is: its name is nobody's business.
  if (!role) throw new AppError('not-found', `The project ${JSON.stringify(projectId)} does not exist, or you are not in it.`)
  if (!allows(PERMISSIONS_OF[role], access))
    throw new AppError('permission-denied', `As ${role} of this project you may not do this: the role lacks \`${access}\`.`, {
      hint: 'Ask an admin or an owner of the project for a higher role.',
    })
  return { ...caller, projectId, permissions: PERMISSIONS_OF[role] }
}

/** The account that is logged in. What changes something must carry the token of its session. */
async function accountOf(c: HonoContext, rooms: WhoRooms): Promise<Person | undefined> {
  const token = getCookie(c, SESSION_COOKIE)
  const account = token ? await rooms.accountOfSession(token) : undefined
  if (account && token && c.req.method !== 'GET' && !sameText(c.req.header('x-signalbox-csrf') ?? '', rooms.csrfTokenOf(token)))
    throw new AppError('csrf-failed', 'The request does not carry the token of this session (x-signalbox-csrf).')
  return account
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
