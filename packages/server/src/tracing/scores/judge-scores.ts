import type { ScoreSource } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { microTime } from '../queries/conditions.ts'
import { parameters } from '../queries/parameters.ts'
import { toMicros } from '../queries/time.ts'

const MOST_SCORES = 50_000

export type JudgeScore = { traceId: string; spanId: string; name: string; value: number | null; source: ScoreSource; atMs: number }

/** The numbers and yes/nos that were said of these traces and their spans, in order of time. */
export async function numbersOfTraces(
  events: Events,
  projectId: string,
  { traceIds, name }: { traceIds: readonly string[]; name?: string | undefined },
): Promise<JudgeScore[]> {
  if (traceIds.length === 0) return []
  const { bind, values } = parameters()
  const project = bind('String', projectId)
  const among = `traceId IN ${bind('Array(String)', [...traceIds])}`
  const named = name === undefined ? '' : ` AND name = ${bind('String', name)}`
  // As with the scores of a list: the index over traces finds the ids, the key what was said last under each.
  const ids = await events.query<{ id: string }>(
    `SELECT id FROM scores WHERE projectId = ${project} AND ${among}${named} LIMIT ${MOST_SCORES}`,
    values,
  )
  if (ids.length === 0) return []
  const known = bind(
    'Array(String)',
    ids.map(({ id }) => id),
  )
  return events.query<JudgeScore>(
    `SELECT traceId, spanId, name, value, source, toUnixTimestamp64Milli(at) AS atMs FROM scores FINAL
WHERE projectId = ${project} AND id IN ${known} AND ${among} AND value IS NOT NULL
ORDER BY at, id SETTINGS prefer_column_name_to_alias = 1`,
    values,
  )
}

type Apart = { judge: string; threshold: number; without: readonly string[]; from?: string | undefined; to?: string | undefined }
/** What a judge said of all traces but these, summed up. */
export async function judgedApart(events: Events, projectId: string, { judge, threshold, without, from, to }: Apart) {
  const bound = parameters()
  const { bind, values } = bound
  const where = [
    `projectId = ${bind('String', projectId)}`,
    `name = ${bind('String', judge)}`,
    `source IN ('eval', 'api')`,
    'value IS NOT NULL',
    `traceId != ''`,
    `traceId NOT IN ${bind('Array(String)', [...without])}`,
  ]
  if (from !== undefined) where.push(`at >= ${microTime(toMicros(from), bound)}`)
  if (to !== undefined) where.push(`at < ${microTime(toMicros(to), bound)}`)
  const [row] = await events.query<{ n: number; passed: number; mean: number | null; variance: number | null }>(
    `SELECT count() AS n, countIf(value >= ${bind('Float64', threshold)}) AS passed, avg(value) AS mean, varSamp(value) AS variance
FROM scores FINAL WHERE ${where.join(' AND ')}`,
    values,
  )
  const finite = (value: number | null | undefined) => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
  return { n: row?.n ?? 0, passed: row?.passed ?? 0, mean: finite(row?.mean), variance: finite(row?.variance) }
}
