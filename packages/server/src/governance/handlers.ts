import { type Account, AppError, type Session } from '@signalbox/schema'
import type { Context, HandlersOf } from '../lib/handlers.ts'
import type { createJoining } from './joining.ts'
import type { createKeys } from './keys.ts'
import { type createLogins, type From, SESSION_SECONDS } from './logins.ts'
import { type createProjects, unknownProject } from './projects.ts'
import type { createResetLinks } from './reset-links.ts'
import type { Person } from './roles.ts'
import { type createSessions, csrfTokenOf, type LoggedIn } from './sessions.ts'

export type AccessRooms = {
  keys: ReturnType<typeof createKeys>
  projects: ReturnType<typeof createProjects>
  sessions: ReturnType<typeof createSessions>
  logins: ReturnType<typeof createLogins>
  joining: ReturnType<typeof createJoining>
  resetLinks: ReturnType<typeof createResetLinks>
  projectsOf: (account: Person) => Promise<Session['projects']>
  version: string
  changed: () => unknown
}
/** What of the invitations is for the one who was invited. */
type Joining = Pick<HandlersOf<'invitations'>, 'invitations.show' | 'invitations.accept' | 'invitations.join'>

/** The API of log-ins, projects and keys, and of coming in by an invitation. */
export function accessHandlers(rooms: AccessRooms): HandlersOf<'session' | 'logins' | 'projects' | 'keys'> & Joining {
  const { keys, projects, sessions, logins, joining, resetLinks, projectsOf, version, changed } = rooms
  const sessionOf = async (account: Account, token: string): Promise<Session> => ({
    account,
    csrfToken: csrfTokenOf(token),
    projects: await projectsOf(account),
    version,
  })
  const begin = (context: Context, { account, token }: LoggedIn): Promise<Session> => {
    context.setSession(token, SESSION_SECONDS)
    return sessionOf(account, token)
  }
  const accountOf = async (context: Context): Promise<Account> => {
    const account = await sessions.accountOf(tokenOf(context))
    if (!account) throw over()
    return account
  }

  return {
    'session.get': async (_, context) => {
      const account = await accountOf(context)
      // The cookie lives as long as the session, which was just renewed.
      context.setSession(tokenOf(context), SESSION_SECONDS)
      return await sessionOf(account, tokenOf(context))
    },
    'session.login': async ({ email, password }, context) =>
      begin(context, await sessions.login({ from: fromOf(context), email, password })),
    'session.redeem': async ({ token }, context) => begin(context, await sessions.redeem({ from: fromOf(context), token })),
    'session.logout': async (_, context) => {
      if (context.sessionToken) await sessions.logout(context.sessionToken)
      context.setSession(null)
      return { ok: true }
    },
    'session.credentials': (input, context) => sessions.setCredentials(tokenOf(context), { ...input, ip: context.ip }),

    'session.showReset': ({ token }, { ip }) => resetLinks.show({ token, ip }),
    'session.reset': async (input, context) => begin(context, await resetLinks.use({ ...input, from: fromOf(context) })),

    'logins.list': async (_, context) => ({ logins: await logins.list((await accountOf(context)).id, tokenOf(context)) }),
    'logins.end': async ({ id }, context) => {
      await logins.end((await accountOf(context)).id, id)
      return { ok: true }
    },
    'logins.endOthers': async (_, context) => logins.endOthers((await accountOf(context)).id, tokenOf(context)),

    'invitations.show': ({ token }, { ip }) => joining.show({ token, ip }),
    'invitations.accept': async (input, context) => begin(context, await joining.accept({ ...input, from: fromOf(context) })),
    'invitations.join': async ({ token }, context) => {
      const account = await accountOf(context)
      await joining.join({ token, account })
      return await sessionOf(account, tokenOf(context))
    },

    'projects.list': async (_, { caller }) => {
      if (caller.userId) return { projects: await projectsOf({ id: caller.userId, role: caller.organisationRole ?? 'member' }) }
      const own = await projects.find(caller.projectId)
      return { projects: own ? [own] : [] }
    },
    'projects.create': async (input) => {
      const project = await projects.create(input)
      await changed()
      return project
    },
    'projects.update': async ({ id, ...change }, { caller }) => {
      const isOwner = caller.organisationRole === 'owner'
      // What the caller may do was asked of one project: only that one is there to them.
      if (!isOwner && id !== caller.projectId) throw unknownProject(id)
      const decides = change.allowPrivateProviders !== undefined
      if (decides && !isOwner) throw ownersOnly('allowPrivateProviders')
      const project = await projects.change({ id, ...change })
      if (decides) await changed()
      return project
    },

    'keys.list': (page, { caller }) => keys.list(caller.projectId, page),
    'keys.create': (input, { caller }) => keys.create(caller, input),
    'keys.revoke': ({ id }, { caller }) => keys.revoke(caller, id),
  }
}

const ownersOnly = (param: string) =>
  new AppError('permission-denied', `Only an owner of the organisation may change \`${param}\`, and never a key.`, {
    hint: 'Log in as an owner of the organisation and change it on the page Settings.',
    data: { param },
  })

const fromOf = ({ ip, userAgent }: Context): From => ({ ip, userAgent })

const over = () => new AppError('unauthenticated', 'The session is over.', { hint: 'Log in again.' })

function tokenOf(context: Context): string {
  if (!context.sessionToken) throw over()
  return context.sessionToken
}
