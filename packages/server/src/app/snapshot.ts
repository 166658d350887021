import type { Snapshot, SnapshotKey, SnapshotProject } from '@signalbox/schema'
import type { LoadedConfig } from '../config/load.ts'
import type { createProjectProviders } from '../config/project-providers.ts'
import type { createProjectRoutes } from '../config/project-routes.ts'
import type { Purges } from '../gateway/cache/purges.ts'
import type { Budgets } from '../governance/budgets.ts'
import { withOrigins } from '../governance/feedback-origins.ts'

type Access = { projectIds(): Promise<string[]>; snapshotKeys(): Promise<SnapshotKey[]> }

/** What edges need, from the file, the environment and the database. */
export async function buildSnapshot({
  version,
  config,
  access,
  providers,
  routes,
  purges,
  budgets,
  prompts: promptRoom,
  origins,
}: {
  version: number
  config: LoadedConfig
  access: Access
  providers: Pick<ReturnType<typeof createProjectProviders>, 'ofAll'>
  routes: Pick<ReturnType<typeof createProjectRoutes>, 'ofAll'>
  purges: Pick<Purges, 'all'>
  budgets: Pick<Budgets, 'ofAll'>
  origins: { ofAll(): Promise<Readonly<Record<string, readonly string[]>>> }
  prompts: { ofAll(projectIds: readonly string[]): Promise<Readonly<Record<string, SnapshotProject['prompts']>>> }
}): Promise<Snapshot> {
  const projects: Record<string, SnapshotProject> = {}
  const ids = await access.projectIds()
  const [providersOf, routesOf, keys, given, budgetsOf, promptsOf, originsOf] = await Promise.all([
    providers.ofAll(ids),
    routes.ofAll(ids),
    access.snapshotKeys(),
    purges.all(),
    budgets.ofAll(ids),
    promptRoom.ofAll(ids),
    origins.ofAll(),
  ])
  for (const id of ids) {
    const { prices, capture, currency, feedback: declared } = config.projects[id] ?? config.base
    const feedback = withOrigins(declared, originsOf[id])
    const { models = {}, splits = [] } = routesOf[id] ?? {}
    const cache = given[id]
    const prompts = promptsOf[id]
    projects[id] = {
      id,
      providers: providersOf[id]?.providers ?? {},
      models,
      prices,
      capture,
      currency,
      ...(feedback && { feedback }),
      splits,
      ...(prompts && { prompts }),
      ...(budgetsOf[id] ?? { budgets: [] }),
      ...(cache && { cache }),
    }
  }
  return { version, projects, keys, limits: config.limits, cache: config.cache }
}
