import { type Account, AppError, type Session } from '@signalbox/schema'
import type { Context, HandlersOf } from '../lib/handlers.ts'
import type { createKeys } from './keys.ts'
import { type createProjects, unknownProject } from './projects.ts'
import { type createSessions, csrfTokenOf, type LoggedIn, SESSION_SECONDS } from './sessions.ts'

export type AccessRooms = {
  keys: ReturnType<typeof createKeys>
  projects: ReturnType<typeof createProjects>
  sessions: ReturnType<typeof createSessions>
  version: string
  changed: () => unknown
}

/** The API of sessions, projects and keys. */
export function accessHandlers({ keys, projects, sessions, version, changed }: AccessRooms): HandlersOf<'session' | 'projects' | 'keys'> {
  const sessionOf = async (account: Account, token: string): Promise<Session> => ({
    account,
    csrfToken: csrfTokenOf(token),
    projects: await projects.list(),
    version,
  })
  const begin = (context: Context, { account, token }: LoggedIn): Promise<Session> => {
    context.setSession(token, SESSION_SECONDS)
    return sessionOf(account, token)
  }

  return {
    'session.get': async (_, context) => {
      const token = tokenOf(context)
      const account = await sessions.accountOf(token)
      if (!account) throw over()
      // The cookie lives as long as the session, which was just renewed.
      context.setSession(token, SESSION_SECONDS)
      return await sessionOf(account, token)
    },
    'session.login': async ({ email, password }, context) => begin(context, await sessions.login({ ip: context.ip, email, password })),
    'session.redeem': async ({ token }, context) => begin(context, await sessions.redeem({ ip: context.ip, token })),
    'session.logout': async (_, context) => {
      if (context.sessionToken) await sessions.logout(context.sessionToken)
      context.setSession(null)
      return { ok: true }
    },
    'session.credentials': (input, context) => sessions.setCredentials(tokenOf(context), { ...input, ip: context.ip }),

    'projects.list': async (_, { caller }) => {
      if (caller.userId) return { projects: await projects.list() }
      const own = await projects.find(caller.projectId)
      return { projects: own ? [own] : [] }
    },
    'projects.create': async (input) => {
      const project = await projects.create(input)
      await changed()
      return project
    },
    'projects.update': async ({ id, name }, { caller }) => {
      // To a key there are no projects but its own.
      if (!caller.userId && id !== caller.projectId) throw unknownProject(id)
      return projects.rename({ id, name })
    },

    'keys.list': (page, { caller }) => keys.list(caller.projectId, page),
    'keys.create': (input, { caller }) => keys.create(caller, input),
    'keys.revoke': ({ id }, { caller }) => keys.revoke(caller.projectId, id),
  }
}

const over = () => new AppError('unauthenticated', 'The session is over.', { hint: 'Log in again.' })

function tokenOf(context: Context): string {
  if (!context.sessionToken) throw over()
  return context.sessionToken
}
