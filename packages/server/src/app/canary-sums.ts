import { type CanaryBeat, isTooMany } from '../gateway/routing/canary-stops.ts'
import type { Sql } from '../store/ports.ts'

/** Canaries change seldom; those that nobody has told of for longest are forgotten first. */
const MOST_KNOWN = 10_000

type Part = {
  calls: number
  errors: number /** What earlier processes of the edge had counted. */
  before: { calls: number; errors: number }
}
type Known = { limit: number; stopped: boolean; edges: Map<string, Part> }

export type CanarySums = Awaited<ReturnType<typeof createCanarySums>>
type Rooms = { sql: Sql; warn(details: object, what: string): void }

/**
 * Adds up what edges tell of the new arms of canaries, in their heartbeats, and says which of them have to stop everywhere. The counts are in
 * memory: after a restart of the core the edges tell them again. What is stopped is written down, so that it stays so when all start again.
 */
export async function createCanarySums({ sql, warn }: Rooms) {
  const known = new Map<string, Known>()
  for (const { id } of await sql.query<{ id: string }>('select id from canary_stops order by stopped_at desc limit $1', [MOST_KNOWN]))
    known.set(id, { limit: 0, stopped: true, edges: new Map() })
  const keep = (ids: string[]) =>
    sql
      .query('insert into canary_stops (id) select unnest($1::text[]) on conflict do nothing', [ids])
      .catch((error: unknown) => warn({ err: error }, 'stopped canaries could not be written down; they are stopped until all start again'))

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

  const stoppedOf = () => [...known].flatMap(([id, { stopped }]) => (stopped ? [id] : []))

  return {
    /** Takes what an edge tells, and gives the ids of all canaries that are stopped. */
    hear(edgeId: string, beats: readonly CanaryBeat[] = []): string[] {
      const before = new Set(stoppedOf())
      for (const beat of beats) take(edgeId, beat)
      const fresh = stoppedOf().filter((id) => !before.has(id))
      if (fresh.length > 0) void keep(fresh)
      for (const id of known.keys()) {
        if (known.size <= MOST_KNOWN) break
        known.delete(id)
      }
      return stoppedOf()
    },
  }
}
