import type { Split, Variant } from '@signalbox/schema'
import { sha256 } from '../../lib/ids.ts'
import type { TryResult } from './router.ts'
import { CANARY_ARMS } from './splits.ts'

/** From so many calls on, their part of errors says something. */
const FEWEST_CALLS = 20
/** Splits change their configuration seldom; those of long ago are forgotten. */
const MOST_KNOWN = 10_000
/** A heartbeat has room for so many: those that had calls last. */
const MOST_TOLD = 1000

/** What one edge knows of the new arm of a canary. `id` is that of its configuration. */
export type CanaryBeat = { id: string; calls: number; errors: number; limit: number; stopped: boolean }

export const isTooMany = ({ calls, errors, limit }: Pick<CanaryBeat, 'calls' | 'errors' | 'limit'>): boolean =>
  calls >= FEWEST_CALLS && errors > calls * limit

/**
 * Counts how the new arms of canaries do at this process, and stops one whose part of errors is too high, here or, as the core says, at all
 * edges together. It stays stopped until its configuration changes. Requests that were wrong and clients that hung up are nobody's error.
 */
export type CanaryStops = {
  isStopped(projectId: string, split: Split): boolean
  count(call: { projectId: string; split: Split; variant: Variant }, result: TryResult): void
  /** For the core, which adds up what its edges tell. */
  told(): CanaryBeat[]
  /** These are stopped, says the core. */
  stop(ids: readonly string[]): void
}

export function createCanaryStops(): CanaryStops {
  const known = new Map<string, CanaryBeat>()
  const idsOf = new WeakMap<Split, string>()
  const idOf = (projectId: string, split: Split): string => {
    const found = idsOf.get(split)
    if (found !== undefined) return found
    const id = sha256(`${projectId}\n${JSON.stringify(split)}`).slice(0, 32)
    idsOf.set(split, id)
    return id
  }
  const set = (one: CanaryBeat): CanaryBeat => {
    if (!known.has(one.id) && known.size >= MOST_KNOWN) known.clear()
    // The one that was counted last stands last.
    known.delete(one.id)
    known.set(one.id, one)
    return one
  }
  return {
    isStopped: (projectId, split) => known.get(idOf(projectId, split))?.stopped ?? false,
    count({ projectId, split, variant }, { failure }) {
      if (split.kind !== 'canary' || split.stopAtErrorRate === undefined || variant.arm !== CANARY_ARMS.new) return
      if (failure === 'aborted' || failure?.class === 'bad-request') return
      const id = idOf(projectId, split)
      const counted = set(known.get(id) ?? { id, calls: 0, errors: 0, limit: 0, stopped: false })
      counted.limit = split.stopAtErrorRate
      counted.calls++
      if (failure) counted.errors++
      if (isTooMany(counted)) counted.stopped = true
    },
    told: () => [...known.values()].slice(-MOST_TOLD),
    stop(ids) {
      for (const id of ids) {
        const counted = known.get(id)
        if (counted) counted.stopped = true
        else set({ id, calls: 0, errors: 0, limit: 0, stopped: true })
      }
    },
  }
}
