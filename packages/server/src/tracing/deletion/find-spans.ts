import type { DeletionPreview } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { toIso } from '../queries/time.ts'

/** What is to be deleted, as it is stored. Times in microseconds since 1970. */
export type Subject = { subject: 'trace' | 'user' | 'session' | 'key'; value: string } | { subject: 'time'; fromUs: number; toUs: number }
/** More of the traces of which a late part told that they are a deleted user's: `deleted_spans` has that part as number 0. */
type OfLate = { subject: 'late' }

/** `open`: deletions under way, whose spans are not another's as well. */
type Request = { id: string; projectId: string; requestedUs: number; part: number; open: readonly string[] }

/**
 * Writes down which spans a deletion names. A user or a session is more than the spans that carry its name: it is every trace
 * with one that does, since children seldom repeat it. Of a key it is each span that came in with it, of a time each that began in it.
 */
export async function findSpans(events: Events, request: Request, what: Subject | OfLate): Promise<void> {
  const { id, projectId, requestedUs, part, open } = request
  const { where, values } = whereOf(what)
  await events.command(
    `INSERT INTO deleted_spans
SELECT projectId, {deletion:String}, {part:UInt16}, traceId, spanId, any(sessionId), fromUnixTimestamp64Micro({requested:Int64})
FROM spans
WHERE projectId = {project:String} AND receivedAt < fromUnixTimestamp64Micro({requested:Int64}) AND ${where}
  AND (projectId, traceId, spanId) NOT IN (SELECT projectId, traceId, spanId FROM deleted_spans WHERE part > 0 AND deletionId IN {open:Array(String)})
GROUP BY projectId, traceId, spanId`,
    { deletion: id, project: projectId, requested: requestedUs, part, open: [id, ...open], ...values },
  )
}

function whereOf(what: Subject | OfLate): { where: string; values: Record<string, unknown> } {
  switch (what.subject) {
    case 'trace':
      return { where: 'traceId = {value:String}', values: { value: what.value } }
    case 'user':
    case 'session': {
      const column = what.subject === 'user' ? 'userId' : 'sessionId'
      return {
        where: `traceId IN (SELECT traceId FROM spans WHERE projectId = {project:String} AND ${column} = {value:String})`,
        values: { value: what.value },
      }
    }
    case 'key':
      return { where: 'keyId = {value:String}', values: { value: what.value } }
    case 'time':
      return {
        where: 'startedAt >= fromUnixTimestamp64Micro({from:Int64}) AND startedAt < fromUnixTimestamp64Micro({to:Int64})',
        values: { from: what.fromUs, to: what.toUs },
      }
    case 'late':
      return {
        where: 'traceId IN (SELECT traceId FROM deleted_spans WHERE deletionId = {deletion:String} AND part = 0)',
        values: {},
      }
  }
}

/** How much a deletion would find now: the same condition, and nothing is written down. */
export async function previewSpans(events: Events, projectId: string, what: Subject): Promise<DeletionPreview> {
  const { where, values } = whereOf(what)
  const [found] = await events.query<{ traces: number; spans: number; first: number; last: number }>(
    `SELECT uniqExact(traceId) AS traces, uniqExact(traceId, spanId) AS spans, min(toUnixTimestamp64Micro(startedAt)) AS first,
       max(toUnixTimestamp64Micro(startedAt)) AS last FROM spans WHERE projectId = {project:String} AND ${where}`,
    { project: projectId, ...values },
  )
  if (!found || found.spans === 0) return { traces: 0, spans: 0, firstAt: null, lastAt: null }
  return { traces: found.traces, spans: found.spans, firstAt: toIso(found.first), lastAt: toIso(found.last) }
}

/** How many were found, in all parts together. */
export async function countFound(events: Events, deletionId: string): Promise<{ spans: number; traces: number }> {
  const [found] = await events.query<{ spans: number; traces: number }>(
    'SELECT uniqExact(traceId, spanId) AS spans, uniqExact(traceId) AS traces FROM deleted_spans WHERE deletionId = {id:String} AND part > 0',
    { id: deletionId },
  )
  return found ?? { spans: 0, traces: 0 }
}
