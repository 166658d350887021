import type { Output } from '@signalbox/sdk'
import { useQuery } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'

export type BreakerState = Output<'models.health'>['breakers'][number]
/** What the breakers of a target do at each edge: of those that are closed it is told only how many edges there are. */
export type TargetStates = {
  edges: number
  /** So many that are not closed were not told: what is not known to be open may be one of them. */
  more: number
  notClosedOf(target: { provider: string; model: string }): BreakerState[]
}

/** Which targets edges leave alone now. undefined where no edge has said anything. */
export function useTargetStates(project: string): TargetStates | undefined {
  const { data } = useQuery({
    queryKey: [...keys.spans(project), 'target-states'],
    queryFn: ({ signal }) => clientFor(project).models.health({}, { signal }),
    refetchInterval: 5000,
  })
  if (!data || data.edges.length === 0) return undefined
  return {
    edges: data.edges.length,
    more: data.edges.reduce((sum, { more }) => sum + more, 0),
    notClosedOf: ({ provider, model }) => data.breakers.filter((one) => one.provider === provider && one.model === model),
  }
}
