import type { ModelEntry, Split } from '@signalbox/schema'
import type { LoadedConfig, LoadedProject } from './load.ts'
import { isBuiltIn } from './models.ts'
import type { StoredEntries, StoredEntry } from './stored-entries.ts'

export type ProjectRoutes = {
  /** What can be asked for. Those of the file win over those that were added under the same name. */
  models: Record<string, ModelEntry>
  splits: Split[]
  /** What was added: also what is hidden by the file, or not understood. */
  storedModels: readonly StoredEntry<'model'>[]
  storedSplits: readonly StoredEntry<'split'>[]
}
type Rooms = {
  config(): LoadedConfig
  models: Pick<StoredEntries<'model'>, 'of' | 'all'>
  splits: Pick<StoredEntries<'split'>, 'of' | 'all'>
}

/** The aliases and splits of projects, from wherever they come. */
export function createProjectRoutes({ config, models, splits }: Rooms) {
  const merge = (
    projectId: string,
    storedModels: readonly StoredEntry<'model'>[] = [],
    storedSplits: readonly StoredEntry<'split'>[] = [],
  ): ProjectRoutes => {
    const declared = config().projects[projectId] ?? config().base
    const added = storedModels.flatMap(({ name, value }) => (value ? [[name, value] as const] : []))
    const names = new Set(declared.splits.map(({ name }) => name))
    const addedSplits = storedSplits.flatMap(({ value }) => (value && !names.has(value.name) ? [value] : []))
    return {
      models: { ...Object.fromEntries(added), ...declared.models },
      splits: [...declared.splits, ...addedSplits],
      storedModels,
      storedSplits,
    }
  }
  return {
    async of(projectId: string): Promise<ProjectRoutes> {
      const [added, divided] = await Promise.all([models.of(projectId), splits.of(projectId)])
      return merge(projectId, added, divided)
    },
    /** Of many projects with one query for each kind. */
    async ofAll(projectIds: readonly string[]): Promise<Record<string, ProjectRoutes>> {
      const [added, divided] = await Promise.all([models.all(), splits.all()])
      const [byProject, splitsByProject] = [Map.groupBy(added, projectOf), Map.groupBy(divided, projectOf)]
      return Object.fromEntries(projectIds.map((id) => [id, merge(id, byProject.get(id), splitsByProject.get(id))]))
    },
  }
}

/** Where an alias stands that cannot be changed here; undefined where the name is free or was added. */
export const modelOwner = ({ models }: LoadedProject, name: string): 'file' | 'built-in' | undefined =>
  !Object.hasOwn(models, name) ? undefined : isBuiltIn(name) ? 'built-in' : 'file'

export const splitOwner = ({ splits }: LoadedProject, name: string): 'file' | undefined =>
  splits.some((split) => split.name === name) ? 'file' : undefined

const projectOf = ({ projectId }: { projectId: string }): string => projectId
