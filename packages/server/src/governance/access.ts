import type { Caller, SnapshotKey } from '@signalbox/schema'
import type { KeyValue, Sql } from '../store/ports.ts'
import { type BootstrapEnvironment, type ConfiguredProjects, ensureBootstrap, ensureConfigured } from './bootstrap.ts'
import { accessHandlers } from './handlers.ts'
import { createKeys } from './keys.ts'
import { createLoginLink, needsFirstLogin } from './login-links.ts'
import { createProjects, DEFAULT_PROJECT } from './projects.ts'
import { createSessions, csrfTokenOf } from './sessions.ts'

export type AccessDeps = {
  sql: Sql
  keyValue: KeyValue
  version: string
  /** Called after keys or projects changed; the core then pushes a new snapshot to every edge. */
  changed: () => unknown
  now?: () => Date
}

/** Who may come in, as one thing for the composition root: projects, keys, accounts and what a start has to prepare. */
export function createAccess({ sql, keyValue, version, changed, now = () => new Date() }: AccessDeps) {
  const projects = createProjects({ sql, now })
  const keys = createKeys({ sql, now, changed })
  const sessions = createSessions({ sql, keyValue, now })
  return {
    handlers: accessHandlers({ keys, projects, sessions, version, changed }),
    csrfTokenOf,
    callerOfKey: (secret: string): Promise<Caller | undefined> => keys.authenticate(secret),
    accountOfSession: (token: string) => sessions.accountOf(token),
    projectIds: () => projects.ids(),
    projectExists: async (id: string): Promise<boolean> => (await projects.find(id)) !== undefined,
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
        { name: 'First key', scopes: ['gateway:call', 'traces:write', 'traces:read', 'scores:write', 'providers:read'] },
      )
      return key.secretKey
    },
    /** A one-time login token while nobody has a password; undefined afterwards. */
    firstLoginToken: async (): Promise<string | undefined> => ((await needsFirstLogin(sql)) ? createLoginLink(sql, now()) : undefined),
    /** A one-time login token for somebody who forgot the password. */
    createLoginLink: (): Promise<string> => createLoginLink(sql, now()),
  }
}
