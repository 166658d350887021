import { timingSafeEqual } from 'node:crypto'
import { type Access, AppError, allows, type Caller } from '@signalbox/schema'
import type { Context as HonoContext } from 'hono'
import { getCookie } from 'hono/cookie'
import { secretOf } from './credentials.ts'

export const SESSION_COOKIE = 'signalbox_session'

export type WhoRooms = {
  /** The caller of a secret key; undefined when it is not known. */
  callerOfKey(secret: string): Promise<Caller | undefined>
  /** The account of a session; undefined when it is over. */
  accountOfSession(token: string): Promise<{ id: string } | undefined>
  csrfTokenOf(sessionToken: string): string
  projectExists(projectId: string): Promise<boolean>
}

/** Finds out who asks and whether they may. A key speaks for its project; an account for the project that it names. */
export async function who(c: HonoContext, access: Access, rooms: WhoRooms): Promise<Caller> {
  if (access === 'public') return { projectId: '', permissions: [] }
  const sessionToken = getCookie(c, SESSION_COOKIE)
  const secret = secretOf(Object.fromEntries(c.req.raw.headers), c.req.url)
  if (secret && access !== 'session') {
    const caller = await rooms.callerOfKey(secret)
    if (!caller) throw new AppError('unauthenticated', 'This key is not known, or it was revoked.')
    if (!allows(caller.permissions, access)) throw new AppError('permission-denied', `This key may not do this: it lacks \`${access}\`.`)
    return caller
  }
  const account = sessionToken ? await rooms.accountOfSession(sessionToken) : undefined
  if (!account || !sessionToken)
    throw new AppError(
      'unauthenticated',
      access === 'session' ? 'Log in first: this needs an account, not a key.' : 'Send a key, or log in.',
    )
  if (c.req.method !== 'GET' && !sameText(c.req.header('x-signalbox-csrf') ?? '', rooms.csrfTokenOf(sessionToken))) {
    throw new AppError('csrf-failed', 'The request does not carry the token of this session (x-signalbox-csrf).')
  }
  const projectId = c.req.header('x-signalbox-project') ?? c.req.query('project') ?? 'default'
  if (access !== 'session' && !(await rooms.projectExists(projectId)))
    throw new AppError('not-found', `The project ${JSON.stringify(projectId)} does not exist.`)
  return { projectId, permissions: ['*'], userId: account.id }
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
