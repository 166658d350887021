import { type CanaryBeat, isTooMany } from '../gateway/routing/canary-stops.ts'

/** Canaries change seldom; those that nobody has told of for longest are forgotten first. */
const MOST_KNOWN = 10_000

type Part = {
  calls: number
  errors: number /** What earlier processes of the edge had counted. */
  before: { calls: number; errors: number }
}
type Known = { limit: number; stopped: boolean; edges: Map<string, Part> }

/**
 * Adds up what edges tell of the new arms of canaries, in their heartbeats, and says which of them have to stop everywhere. In memory: after a
 * restart of the core the edges tell again what they counted, and what is stopped.
 */
export function createCanarySums() {
  const known = new Map<string, Known>()

  function take(edgeId: string, { id, calls, errors, limit, stopped }: CanaryBeat): void {
    const canary = known.get(id) ?? { limit, stopped: false, edges: new Map<string, Part>() }
    known.delete(id)
    known.set(id, canary)
    if (calls > 0) canary.limit = limit
    const part = canary.edges.get(edgeId) ?? { calls: 0, errors: 0, before: { calls: 0, errors: 0 } }
    // It counts from the beginning again: it was started anew.
    if (calls < part.calls) part.before = { calls: part.before.calls + part.calls, errors: part.before.errors + part.errors }
    canary.edges.set(edgeId, { ...part, calls, errors })
    const sum = { calls: 0, errors: 0, limit: canary.limit }
    for (const one of canary.edges.values()) {
      sum.calls += one.calls + one.before.calls
      sum.errors += one.errors + one.before.errors
    }
    canary.stopped ||= stopped || isTooMany(sum)
  }

  return {
    /** Takes what an edge tells, and gives the ids of all canaries that are stopped. */
    hear(edgeId: string, beats: readonly CanaryBeat[] = []): string[] {
      for (const beat of beats) take(edgeId, beat)
      for (const id of known.keys()) {
        if (known.size <= MOST_KNOWN) break
        known.delete(id)
      }
      return [...known].flatMap(([id, { stopped }]) => (stopped ? [id] : []))
    },
  }
}
