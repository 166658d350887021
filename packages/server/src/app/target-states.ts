import type { NotClosed } from '../gateway/routing/breaker.ts'
import type { Handlers } from '../lib/handlers.ts'

/** A heartbeat has room for so many; how many more there are is told. */
const MOST_BREAKERS = 500

export type BreakerBeat = NotClosed & { projectId: string; provider: string; model: string }
/** What an edge says of its breakers: those that are not closed, and how many more there are of a project. */
export type BreakersBeat = { breakers: BreakerBeat[]; moreBreakers: Record<string, number> }

/** As many as there is room for, those that stay open longest first. */
export function breakersBeat(all: readonly BreakerBeat[]): BreakersBeat {
  const sorted = [...all].sort((a, b) => b.forMs - a.forMs)
  const moreBreakers: Record<string, number> = {}
  for (const { projectId } of sorted.slice(MOST_BREAKERS)) moreBreakers[projectId] = (moreBreakers[projectId] ?? 0) + 1
  return { breakers: sorted.slice(0, MOST_BREAKERS), moreBreakers }
}

type Beat = Partial<BreakersBeat> & { edgeId: string; at: number }

/** `GET /api/v1/models/health`: times are of the clock here, from when the heartbeat came, so that those of edges may differ. */
export const targetStateHandlers = ({ beats }: { beats(): readonly Beat[] }): Pick<Handlers, 'models.health'> => ({
  'models.health': async (_input, { caller: { projectId } }) => ({
    edges: beats().map(({ edgeId, at, moreBreakers = {} }) => ({
      id: edgeId,
      at: new Date(at).toISOString(),
      more: moreBreakers[projectId] ?? 0,
    })),
    breakers: beats().flatMap(({ edgeId, at, breakers = [] }) =>
      breakers
        .filter((breaker) => breaker.projectId === projectId)
        .map(({ provider, model, state, forMs, reason }) => ({
          edge: edgeId,
          provider,
          model,
          state,
          until: state === 'open' ? new Date(at + forMs).toISOString() : null,
          reason,
        })),
    ),
  }),
})
