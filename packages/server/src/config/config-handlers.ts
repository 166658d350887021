import { isDeepStrictEqual } from 'node:util'
import { AppError, type Caller, type ConfigEntry } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { ConfigFileRoom } from './config-file.ts'
import { withoutSecrets } from './describe-file.ts'
import type { LoadedConfig } from './load.ts'
import { isBuiltIn } from './models.ts'
import type { createProjectProviders } from './project-providers.ts'
import type { createProjectRoutes } from './project-routes.ts'
import { keyCountOf } from './stored-provider.ts'

export type ConfigRooms = {
  file: ConfigFileRoom
  providers: Pick<ReturnType<typeof createProjectProviders>, 'of'>
  routes: Pick<ReturnType<typeof createProjectRoutes>, 'of'>
  /** Budgets that were added to projects; without a value where one is not understood. */
  budgets: { added(projectId: string): Promise<readonly { name: string; value?: unknown }[]> }
  /** Dashboards that were added to projects and that everybody there sees. */
  dashboards: { shared(projectId: string): Promise<readonly { name: string; value: unknown }[]> }
  /** Of what edges were given last. */
  snapshotVersion(): number
  /** Whether an account is an owner of the organisation. */
  isOwner(accountId: string): Promise<boolean>
}

/** What is in effect as a whole, and the file that it comes from. */
export function configHandlers({
  file,
  providers,
  routes,
  budgets,
  dashboards,
  snapshotVersion,
  isOwner,
}: ConfigRooms): HandlersOf<'config'> {
  const entriesOf = async (projectId: string): Promise<ConfigEntry[]> => {
    const [{ providers: usable, stored }, { models, storedModels, storedSplits }, storedBudgets, madeDashboards] = await Promise.all([
      providers.of(projectId),
      routes.of(projectId),
      budgets.added(projectId),
      dashboards.shared(projectId),
    ])
    const written = file.described().projects[projectId] ?? []
    const added = (section: string, found: readonly { name: string; value?: unknown }[]) =>
      found.map(({ name, value }) => plain(section, name, { value: value ?? null, hidden: hides(section, name) }))
    const hides = (section: string, name: string) => written.some((entry) => entry.section === section && entry.name === name)
    const others = Object.values(usable).filter(({ from }) => from === 'environment' || from === 'built-in')
    const builtIn = Object.entries(models).filter(([name]) => isBuiltIn(name) && !hides('models', name))
    return [
      ...written,
      ...others.map(({ name, kind, baseUrl, from }) => plain('providers', name, { from, value: { kind, ...(baseUrl && { baseUrl }) } })),
      ...builtIn.map(([name, value]) => plain('models', name, { from: 'built-in', value })),
      ...Object.values(stored).map(({ name, kind, baseUrl, options, headerNames, ...keys }) =>
        plain('providers', name, {
          value: { kind, ...(baseUrl !== null && { baseUrl }), ...options, headerNames, hasKey: keys.hasKey, keyCount: keyCountOf(keys) },
          hidden: usable[name]?.from !== 'project',
        }),
      ),
      ...added('models', storedModels),
      ...added('splits', storedSplits),
      ...added('budgets', storedBudgets),
      ...madeDashboards.map(({ name, value }) => plain('dashboards', name, { value })),
    ]
  }
  /** The file is the whole server's: who replaces it decides for every project. */
  const mayApply = async ({ organisationRole, userId, ownerId, permissions }: Caller): Promise<boolean> => {
    if (userId !== undefined) return organisationRole === 'owner'
    return permissions.includes('*') && (ownerId === undefined || (await isOwner(ownerId)))
  }

  return {
    'config.get': async (_input, { caller: { projectId } }) => ({
      project: projectId,
      version: snapshotVersion(),
      file: { name: file.name, version: file.version(), warnings: file.config().warnings, problem: file.problem() },
      entries: await entriesOf(projectId),
    }),
    'config.apply': async ({ text, expectedVersion }, { caller }) => {
      if (!(await mayApply(caller)))
        throw new AppError('permission-denied', 'The file holds for all projects: only an owner of the organisation may replace it.', {
          hint: 'Use an account that is an owner of the organisation, or a key with all permissions (*) that belongs to one, to the file or to the environment.',
        })
      const applied = await file.apply(text, { expectedVersion, allow: (next) => assertKnownSources(next, file.config()) })
      const hidden = (await entriesOf(caller.projectId)).filter(({ from, hidden }) => from === 'project' && hidden)
      const warnings = hidden.map(
        ({ section, name }) => `${section}.${name} hides the one that was added to the project ${caller.projectId}.`,
      )
      return { version: snapshotVersion(), ...applied, warnings: [...applied.warnings, ...warnings] }
    },
  }
}

const plain = (
  section: string,
  name: string,
  { value, from = 'project', hidden = false }: { value: unknown; from?: ConfigEntry['from']; hidden?: boolean },
): ConfigEntry => ({ section, name, from, hidden, value: withoutSecrets(section, JSON.parse(JSON.stringify(value))) })

/** A key must not be a way to run programs on the server, or to read its files: what is new of these is written there. */
function assertKnownSources(next: LoadedConfig, now: LoadedConfig): void {
  const known = Object.values(now.projects).flatMap(({ keySources }) => Object.values(keySources))
  for (const [projectId, { keySources }] of Object.entries(next.projects)) {
    for (const [name, source] of Object.entries(keySources)) {
      if (known.some((one) => isDeepStrictEqual(one, source))) continue
      const what = 'command' in source ? 'runs a command' : 'reads a file'
      throw new AppError(
        'permission-denied',
        `providers.${name}.apiKey of the project ${projectId} ${what} that the file of the server does not name yet.`,
        {
          hint: 'Write this provider into the file on the server itself; later changes can be applied from elsewhere.',
        },
      )
    }
  }
}
