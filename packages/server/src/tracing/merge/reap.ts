import { sha256 } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { storeMerged } from './apply-patches.ts'
import type { MergeRooms } from './merge-spans.ts'
import { loggedSince, repeatChanges } from './version-store.ts'
import { keyOf } from './versions.ts'

/** A running span that was not spoken of for so long will not end any more; if it does, it is taken at its word. */
export const SILENT = 15 * 60_000_000
/** A span is silent a quarter of an hour after its last version was noted: what is older than this a look before has found. */
const LOOK_BACK = 3600_000_000
/** The first look of a process: it may have been away for days. */
const FIRST_LOOK_BACK = 7 * 24 * LOOK_BACK
const DAY = 24 * LOOK_BACK
const MOST = 5000
const TOKEN = 'silent:'

type SpanOf = { projectId: string; traceId: string; spanId: string }
type Silent = SpanOf & { receivedAt: number }

/** Looks for spans that run on and on. The first look of a process goes back for days, and finishes what one before it began. */
export function createReaper(rooms: MergeRooms): { reap(now: number): Promise<number> } {
  let isSure = false

  async function reap(now: number): Promise<number> {
    const since = now - (isSure ? LOOK_BACK : FIRST_LOOK_BACK)
    const begun = isSure ? [] : await finishBegun(rooms.events, now - DAY)
    isSure = false
    const silent = await silentSpans(rooms.events, { since, before: now - SILENT })
    for (const [projectId, spans] of Map.groupBy([...begun, ...silent], (span) => span.projectId)) {
      const token = `${TOKEN}${sha256(JSON.stringify(spans))}`
      await storeMerged(rooms, { projectId, spans, token, now, silentSince: now - SILENT })
    }
    isSure = silent.length < MOST
    return silent.length
  }

  return { reap }
}

/** A look that was stopped has noted what it changes, and nothing else may be there yet: the sums follow here, the rows in this look. */
async function finishBegun(events: Events, since: number): Promise<SpanOf[]> {
  const logged = await loggedSince(events, { token: TOKEN, since })
  for (const [token, rows] of logged) await repeatChanges(events, token, rows)
  const spans = [...logged.values()].flat().map(({ projectId, traceId, spanId }) => ({ projectId, traceId, spanId }))
  return [...new Map(spans.map((span) => [keyOf(span), span])).values()]
}

/** Those whose last version runs, and of which that version is all that there is since `before`. */
function silentSpans(events: Events, { since, before }: { since: number; before: number }): Promise<Silent[]> {
  return events.query<Silent>(
    `SELECT projectId, traceId, spanId, toUnixTimestamp64Micro(max(v.receivedAt)) AS receivedAt FROM span_versions AS v
     WHERE v.loggedAt >= fromUnixTimestamp64Micro({since:Int64}) AND status = 'running'
     GROUP BY projectId, traceId, spanId
     HAVING sum(sign) > 0 AND max(v.receivedAt) < fromUnixTimestamp64Micro({before:Int64})
     ORDER BY projectId, traceId, spanId LIMIT ${MOST}`,
    { since, before },
  )
}
