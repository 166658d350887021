import type { TraceScore } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { parameters } from '../queries/parameters.ts'

/** A list shows a few; the page of the trace shows all. */
const MOST_NAMES = 20
const MOST_TEXT = 200
/** Of all traces of a page together. */
const MOST_SCORES = 20_000

/** What was said of each of these traces, as a whole or of their spans, summed up by name. Traces without a score are absent. */
export const scoresOfTraces = (events: Events, projectId: string, traceIds: readonly string[]): Promise<Map<string, TraceScore[]>> =>
  scoresBy(events, projectId, { column: 'traceId', ids: traceIds, only: 'true' })

/** What was said of each of these sessions themselves, not of a trace of theirs. */
export const scoresOfSessions = (events: Events, projectId: string, sessionIds: readonly string[]): Promise<Map<string, TraceScore[]>> =>
  scoresBy(events, projectId, { column: 'sessionId', ids: sessionIds, only: `traceId = ''` })

type Subjects = { column: 'traceId' | 'sessionId'; ids: readonly string[]; only: string }

async function scoresBy(events: Events, projectId: string, { column, ids: subjects, only }: Subjects): Promise<Map<string, TraceScore[]>> {
  if (subjects.length === 0) return new Map()
  const { bind, values } = parameters()
  const project = bind('String', projectId)
  const among = `${column} IN ${bind('Array(String)', [...subjects])} AND ${only}`
  // Two steps: the index over traces or sessions finds the ids, and the key finds what was said last under each. With FINAL by trace, or the first
  // as a part of the second, the engine reads several times as much.
  const ids = await events.query<{ id: string }>(
    `SELECT id FROM scores WHERE projectId = ${project} AND ${among} LIMIT ${MOST_SCORES}`,
    values,
  )
  if (ids.length === 0) return new Map()
  const named = bind(
    'Array(String)',
    ids.map(({ id }) => id),
  )
  type Row = Omit<TraceScore, 'text'> & { subject: string; text: string }
  const found = await events.query<Row>(
    `SELECT ${column} AS subject, name, argMax(type, (at, id)) AS type, count() AS count, round(avg(value), 6) AS mean,
  substringUTF8(argMaxIf(text, (at, id), text != ''), 1, ${MOST_TEXT}) AS text
FROM scores FINAL
WHERE projectId = ${project} AND id IN ${named} AND ${among}
GROUP BY subject, name
ORDER BY subject, name
LIMIT ${MOST_NAMES} BY subject
SETTINGS prefer_column_name_to_alias = 1`,
    values,
  )
  const scores = new Map<string, TraceScore[]>()
  for (const { subject, ...row } of found) {
    const score = { ...row, text: row.text || null }
    const of = scores.get(subject)
    if (of) of.push(score)
    else scores.set(subject, [score])
  }
  return scores
}
