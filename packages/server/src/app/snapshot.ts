import type { Snapshot, SnapshotKey, SnapshotProject } from '@signalbox/schema'
import type { LoadedConfig } from '../config/load.ts'
import type { createProjectProviders } from '../config/project-providers.ts'

type Access = { projectIds(): Promise<string[]>; snapshotKeys(): Promise<SnapshotKey[]> }

/** What edges need, from the file, the environment and the database. */
export async function buildSnapshot({
  version,
  config,
  access,
  providers,
}: {
  version: number
  config: LoadedConfig
  access: Access
  providers: Pick<ReturnType<typeof createProjectProviders>, 'ofAll'>
}): Promise<Snapshot> {
  const projects: Record<string, SnapshotProject> = {}
  const ids = await access.projectIds()
  const providersOf = await providers.ofAll(ids)
  for (const id of ids) {
    const { models, prices, capture } = config.projects[id] ?? config.base
    projects[id] = { id, providers: providersOf[id]?.providers ?? {}, models, prices, capture }
  }
  return { version, projects, keys: await access.snapshotKeys(), limits: config.limits }
}
