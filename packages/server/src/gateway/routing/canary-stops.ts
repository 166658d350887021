import type { Split, Variant } from '@signalbox/schema'
import type { TryResult } from './router.ts'
import { CANARY_ARMS } from './splits.ts'

/** From so many calls on, their part of errors says something. */
const FEWEST_CALLS = 20
/** Splits change their configuration seldom; those of long ago are forgotten. */
const MOST_KNOWN = 10_000

type Counted = { calls: number; errors: number; stopped: boolean }

/**
 * Counts how the new arms of canaries do at this process, and stops one whose part of errors is too high. It stays stopped until its
 * configuration changes or the process starts again. Requests that were wrong and clients that hung up are nobody's error.
 */
export type CanaryStops = {
  isStopped(projectId: string, split: Split): boolean
  count(call: { projectId: string; split: Split; variant: Variant }, result: TryResult): void
}

export function createCanaryStops(): CanaryStops {
  const known = new Map<string, Counted>()
  const idsOf = new WeakMap<Split, string>()
  const idOf = (projectId: string, split: Split): string => {
    const id = idsOf.get(split) ?? `${projectId}\n${JSON.stringify(split)}`
    idsOf.set(split, id)
    return id
  }
  return {
    isStopped: (projectId, split) => known.get(idOf(projectId, split))?.stopped ?? false,
    count({ projectId, split, variant }, { failure }) {
      if (split.kind !== 'canary' || split.stopAtErrorRate === undefined || variant.arm !== CANARY_ARMS.new) return
      if (failure === 'aborted' || failure?.class === 'bad-request') return
      const id = idOf(projectId, split)
      const counted = known.get(id) ?? { calls: 0, errors: 0, stopped: false }
      if (!known.has(id) && known.size >= MOST_KNOWN) known.clear()
      known.set(id, counted)
      counted.calls++
      if (failure) counted.errors++
      if (counted.calls >= FEWEST_CALLS && counted.errors > counted.calls * split.stopAtErrorRate) counted.stopped = true
    },
  }
}
