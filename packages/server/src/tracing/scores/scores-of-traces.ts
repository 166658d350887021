import type { TraceScore } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { parameters } from '../queries/parameters.ts'

/** A list shows a few; the page of the trace shows all. */
const MOST_NAMES = 20
const MOST_TEXT = 200

/** What was said of each of these traces, as a whole or of their spans, summed up by name. Traces without a score are absent. */
export async function scoresOfTraces(events: Events, projectId: string, traceIds: readonly string[]): Promise<Map<string, TraceScore[]>> {
  if (traceIds.length === 0) return new Map()
  const { bind, values } = parameters()
  type Row = Omit<TraceScore, 'text'> & { traceId: string; text: string }
  const rows = await events.query<Row>(
    `SELECT traceId, name, argMax(type, (at, id)) AS type, count() AS count, round(avg(value), 6) AS mean,
  substringUTF8(argMaxIf(text, (at, id), text != ''), 1, ${MOST_TEXT}) AS text
FROM scores FINAL
WHERE projectId = ${bind('String', projectId)} AND traceId IN ${bind('Array(String)', [...traceIds])}
GROUP BY traceId, name
ORDER BY traceId, name
LIMIT ${MOST_NAMES} BY traceId
SETTINGS prefer_column_name_to_alias = 1`,
    values,
  )
  const found = new Map<string, TraceScore[]>()
  for (const { traceId, ...row } of rows) {
    const score = { ...row, text: row.text || null }
    const of = found.get(traceId)
    if (of) of.push(score)
    else found.set(traceId, [score])
  }
  return found
}
