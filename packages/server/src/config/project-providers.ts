import type { SnapshotProvider } from '@signalbox/schema'
import type { LoadedConfig, LoadedProject } from './load.ts'
import type { ReadKey } from './read-key.ts'
import { type StoredProvider, storedToSnapshot } from './stored-provider.ts'
import type { StoredProviders } from './stored-providers.ts'

export type ProjectProviders = {
  /** What can be used, by name. Those of file and environment win over those that were added under the same name. */
  providers: Record<string, SnapshotProvider>
  /** What was added, by name: also what is hidden by another one. */
  stored: Record<string, StoredProvider>
}
type Rooms = {
  config(): LoadedConfig
  stored: Pick<StoredProviders, 'of' | 'all'>
  /** Keys that come from files and commands. */
  keyOf?(projectId: string, name: string): ReadKey | undefined
}

/** The providers of projects, from wherever they come. */
export function createProjectProviders({ config, stored, keyOf }: Rooms) {
  const merge = (projectId: string, added: readonly StoredProvider[]): ProjectProviders => {
    const { providers, keySources } = config().projects[projectId] ?? config().base
    const keyed = Object.keys(keySources).flatMap((name) => {
      const provider = providers[name]
      return provider ? [[name, withKey(provider, keyOf?.(projectId, name))] as const] : []
    })
    const declared = { ...providers, ...Object.fromEntries(keyed) }
    const own = added.map((provider) => [provider.name, storedToSnapshot(provider)] as const)
    return {
      providers: { ...Object.fromEntries(own), ...declared },
      stored: Object.fromEntries(added.map((provider) => [provider.name, provider])),
    }
  }
  return {
    of: async (projectId: string): Promise<ProjectProviders> => merge(projectId, await stored.of(projectId)),
    /** Of many projects with one query. */
    async ofAll(projectIds: readonly string[]): Promise<Record<string, ProjectProviders>> {
      const added = Map.groupBy(await stored.all(), ({ projectId }) => projectId)
      return Object.fromEntries(projectIds.map((id) => [id, merge(id, added.get(id) ?? [])]))
    },
  }
}

function withKey(provider: SnapshotProvider, read: ReadKey = { problem: 'its key was not read yet' }): SnapshotProvider {
  return 'apiKey' in read ? { ...provider, apiKey: read.apiKey } : { ...provider, problem: provider.problem ?? read.problem }
}

/** Why a name cannot be given to an added provider. */
export function nameTaken({ providers }: LoadedProject, name: string): string | undefined {
  const found = Object.hasOwn(providers, name) ? providers[name] : undefined
  return found && TAKEN_BY[found.from]
}

const TAKEN_BY: Partial<Record<SnapshotProvider['from'], string>> = {
  file: 'signalbox.yaml has a provider of this name',
  environment: 'the environment has a provider of this name',
  'built-in': 'it is built in',
}
