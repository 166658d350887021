import type { SnapshotProject } from '@signalbox/schema'
import type { LoadedConfig } from '../config/load.ts'
import type { createProjectProviders } from '../config/project-providers.ts'
import type { createProjectRoutes } from '../config/project-routes.ts'

type Rooms = {
  config(): LoadedConfig
  providers: Pick<ReturnType<typeof createProjectProviders>, 'of'>
  routes: Pick<ReturnType<typeof createProjectRoutes>, 'of'>
}

/** What routes of one project depend on, as it is now: for questions that are answered here, without an edge. */
export async function projectOf(id: string, { config, providers, routes }: Rooms): Promise<SnapshotProject> {
  const [{ providers: usable }, { models, splits }] = await Promise.all([providers.of(id), routes.of(id)])
  const { prices, capture, budgets, currency } = config().projects[id] ?? config().base
  return { id, providers: usable, models, splits, prices, capture, budgets, currency }
}
