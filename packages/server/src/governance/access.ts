import type { Caller, CreatedKey, Key, NewKey, Role, SnapshotKey } from '@signalbox/schema'
import type { KeyValue, Sql } from '../store/ports.ts'
import { createAccounts } from './accounts.ts'
import { type BootstrapEnvironment, type ConfiguredProjects, ensureBootstrap, ensureConfigured } from './bootstrap.ts'
import { accessHandlers } from './handlers.ts'
import { createInvitations } from './invitations.ts'
import { createJoining } from './joining.ts'
import { createKeys } from './keys.ts'
import { createLoginLink, needsFirstLogin } from './login-links.ts'
import { createLogins } from './logins.ts'
import { memberHandlers } from './member-handlers.ts'
import { createMembers } from './members.ts'
import { createProjects, DEFAULT_PROJECT } from './projects.ts'
import { createResetLinks } from './reset-links.ts'
import { type Person, projectsOf, roleIn } from './roles.ts'
import { createSessions, csrfTokenOf } from './sessions.ts'
import { createTeams } from './teams.ts'

export type AccessDeps = {
  sql: Sql
  keyValue: KeyValue
  version: string
  /** What people type into their browser, without a slash at the end: for the links of invitations. */
  publicUrl: string
  /** Called after keys or projects changed; the core then pushes a new snapshot to every edge. */
  changed: () => unknown
  now?: () => Date
}

/** Who may come in, as one thing for the composition root: projects, keys, accounts, members, teams and what a start has to prepare. */
export function createAccess({ sql, keyValue, version, publicUrl, changed, now = () => new Date() }: AccessDeps) {
  const projects = createProjects({ sql, now })
  const keys = createKeys({ sql, now, changed })
  const sessions = createSessions({ sql, keyValue, now })
  const logins = createLogins({ sql, now })
  const joining = createJoining({ sql, keyValue, now, callerOfKeyId: keys.callerOf })
  const resetLinks = createResetLinks({ sql, keyValue, now, publicUrl })
  return {
    handlers: {
      ...accessHandlers({
        keys,
        projects,
        sessions,
        logins,
        joining,
        resetLinks,
        projectsOf: (account) => projectsOf(sql, account),
        version,
        changed,
      }),
      ...memberHandlers({
        members: createMembers({ sql, now, changed }),
        teams: createTeams({ sql, now, changed }),
        invitations: createInvitations({ sql, now, publicUrl }),
        accounts: createAccounts({ sql, now, changed }),
        resetLinks,
      }),
    },
    csrfTokenOf,
    createKey: (caller: Caller, key: NewKey): Promise<CreatedKey> => keys.create(caller, key),
    revokeKey: (caller: Caller, id: string): Promise<Key> => keys.revoke(caller, id),
    callerOfKey: (secret: string): Promise<Caller | undefined> => keys.authenticate(secret),
    accountOfSession: (token: string) => sessions.accountOf(token),
    projectIds: () => projects.ids(),
    /** What people call a project; its id where it has no name. */
    projectName: async (id: string): Promise<string> => (await projects.find(id))?.name ?? id,
    /** What an account is in a project; undefined when it is not in it, or there is none. Asked anew for each request. */
    roleIn: (account: Person, projectId: string): Promise<Role | undefined> => roleIn(sql, account, projectId),
    snapshotKeys: (): Promise<SnapshotKey[]> => keys.snapshotKeys(),
    touchKeys: (used: ReadonlyMap<string, Date>): Promise<void> => keys.touch(used),
    ensureBootstrap: (environment: BootstrapEnvironment): Promise<void> => ensureBootstrap(sql, environment, now()),
    /** Does not call `changed`: the one who read the file knows best what else is new. */
    ensureConfigured: (config: ConfiguredProjects): Promise<boolean> => ensureConfigured(sql, config, now()),
    /** The secret of a first key, for the example that a first start prints; undefined when there was ever a key. */
    async firstKey(): Promise<string | undefined> {
      if (await keys.any()) return undefined
      const key = await keys.create(
        { projectId: DEFAULT_PROJECT, permissions: ['*'] },
        { name: 'First key', scopes: ['gateway:call', 'traces:write', 'traces:read', 'scores:write', 'providers:read', 'prompts:read'] },
      )
      return key.secretKey
    },
    /** A one-time login token while nobody has a password; undefined afterwards. */
    firstLoginToken: async (): Promise<string | undefined> => ((await needsFirstLogin(sql)) ? createLoginLink(sql, now()) : undefined),
    /** A one-time login token for somebody who forgot the password. */
    createLoginLink: (): Promise<string> => createLoginLink(sql, now()),
  }
}
