import type { TraceScore } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { parameters } from '../queries/parameters.ts'

/** A list shows a few; the page of the trace shows all. */
const MOST_NAMES = 20
const MOST_TEXT = 200
/** Of all traces of a page together. */
const MOST_SCORES = 20_000

/** What was said of each of these traces, as a whole or of their spans, summed up by name. Traces without a score are absent. */
export async function scoresOfTraces(events: Events, projectId: string, traceIds: readonly string[]): Promise<Map<string, TraceScore[]>> {
  if (traceIds.length === 0) return new Map()
  const { bind, values } = parameters()
  const project = bind('String', projectId)
  const traces = bind('Array(String)', [...traceIds])
  // Two steps: the index over traces finds the ids, and the key finds what was said last under each. With FINAL by trace, or the first
  // as a part of the second, the engine reads several times as much.
  const ids = await events.query<{ id: string }>(
    `SELECT id FROM scores WHERE projectId = ${project} AND traceId IN ${traces} LIMIT ${MOST_SCORES}`,
    values,
  )
  if (ids.length === 0) return new Map()
  const named = bind(
    'Array(String)',
    ids.map(({ id }) => id),
  )
  type Row = Omit<TraceScore, 'text'> & { traceId: string; text: string }
  const found = await events.query<Row>(
    `SELECT traceId, name, argMax(type, (at, id)) AS type, count() AS count, round(avg(value), 6) AS mean,
  substringUTF8(argMaxIf(text, (at, id), text != ''), 1, ${MOST_TEXT}) AS text
FROM scores FINAL
WHERE projectId = ${project} AND id IN ${named} AND traceId IN ${traces}
GROUP BY traceId, name
ORDER BY traceId, name
LIMIT ${MOST_NAMES} BY traceId
SETTINGS prefer_column_name_to_alias = 1`,
    values,
  )
  const scores = new Map<string, TraceScore[]>()
  for (const { traceId, ...row } of found) {
    const score = { ...row, text: row.text || null }
    const of = scores.get(traceId)
    if (of) of.push(score)
    else scores.set(traceId, [score])
  }
  return scores
}
