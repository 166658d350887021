import type { Snapshot, SnapshotKey, SnapshotProject } from '@signalbox/schema'
import type { LoadedConfig } from '../config/load.ts'

type Access = { projectIds(): Promise<string[]>; snapshotKeys(): Promise<SnapshotKey[]> }

/** What edges need, from the file, the environment and the database. */
export async function buildSnapshot({
  version,
  config,
  access,
}: {
  version: number
  config: LoadedConfig
  access: Access
}): Promise<Snapshot> {
  const projects: Record<string, SnapshotProject> = {}
  for (const id of await access.projectIds()) {
    const { providers, models, prices, capture } = config.projects[id] ?? config.base
    projects[id] = { id, providers, models, prices, capture }
  }
  return { version, projects, keys: await access.snapshotKeys(), limits: config.limits }
}
