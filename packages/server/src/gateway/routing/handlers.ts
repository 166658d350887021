import type { SnapshotProject } from '@signalbox/schema'
import type { Handlers } from '../../lib/handlers.ts'
import type { Pricing } from '../../pricing/price.ts'
import type { Events } from '../../store/ports.ts'
import { dryRun } from './dry-run.ts'
import { pastCalls } from './past-calls.ts'
import { simulateRoute, withEntry } from './simulate.ts'

export type RoutingRooms = {
  events: Events
  /** The project as its edges have it, but for what only they need. */
  projectOf(projectId: string): Promise<SnapshotProject>
  pricingOf(projectId: string): Pricing
}

const WEEK_MS = 604_800_000

/** Where calls would go. Nothing is called, and nothing is changed. */
export const routingHandlers = ({ events, projectOf, pricingOf }: RoutingRooms): Pick<Handlers, 'models.simulate' | 'models.dryRun'> => ({
  'models.simulate': async (call, { caller: { projectId } }) =>
    simulateRoute(await projectOf(projectId), call, { pricing: pricingOf(projectId) }),
  'models.dryRun': async ({ model, entry, from, to, limit }, { caller: { projectId } }) => {
    const until = to ?? new Date().toISOString()
    const since = from ?? new Date(Date.parse(until) - WEEK_MS).toISOString()
    const [project, past] = await Promise.all([
      projectOf(projectId),
      pastCalls(events, { projectId, model, from: since, to: until, limit }),
    ])
    return dryRun(withEntry(project, model, entry), model, { ...past, pricing: pricingOf(projectId) })
  },
})
