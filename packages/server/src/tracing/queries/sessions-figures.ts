import { type GroupFigures, toUsd } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { microTime, scope } from './conditions.ts'
import { once } from './once.ts'
import { type Parameters, parameters } from './parameters.ts'
import { type Final, type Named, namedTraces, naming, type Of } from './sessions-named.ts'
import type { Asked, GroupColumn } from './sessions-order.ts'
import { toIso } from './time.ts'
import { MOST_MODELS } from './trace-of-spans.ts'

/** What a session or a user is known by, over its traces. */
export type Group = GroupFigures & {
  id: string
  startedAt: string
  lastAt: string
  durationMs: number
  userIds: string[]
  sessions: number
  firstInput: string
  lastOutput: string
}

type StoredGroup = Omit<Group, 'startedAt' | 'lastAt' | 'costUsd' | 'feedback' | 'firstInput' | 'lastOutput'> & {
  firstTrace: string
  lastTrace: string
  startedMicros: number
  lastMicros: number
  cost: number | null
}

export const LEAF = `usageRole = 'leaf'`
export const FAILED = `status IN ('error', 'interrupted')`
/** A try of the gateway that was followed by another is no error of whoever waited for the answer. */
export const FAILED_STEP = `${FAILED} AND operation != 'attempt'`
export const CALLED = `kind IN ('llm', 'embedding') AND status != 'running'`

/** What the traces of some sessions or users add up to, by id. One that has no trace in the time, or none that matches, is absent. */
export async function figuresOf(
  events: Events,
  projectId: string,
  { column, ids, ...asked }: Asked & { column: GroupColumn; ids: readonly string[] },
): Promise<Map<string, Group>> {
  if (ids.length === 0) return new Map()
  const final = await once(events, projectId, asked)
  const of: Of = { projectId, column, ids, ...asked }
  const named = await namedTraces(events, of, final)
  const bound = parameters()
  const rows = await events.query<StoredGroup>(groupsSql(of, { final, bound, named }), bound.values)
  const [thumbs, ends] = await Promise.all([
    thumbsOf(events, of, final),
    column === 'sessionId' ? endsOf(events, of, rows, final) : NO_ENDS,
  ])
  return new Map(
    rows.map((row) => [
      row.id,
      toGroup(row, { thumbs: thumbs.get(row.id), began: ends.get(row.firstTrace)?.began, ended: ends.get(row.lastTrace)?.ended }),
    ]),
  )
}

/** A trace that names two sessions belongs to both, as it is found by both. */
function groupsSql(
  { projectId, column, ids, ...asked }: Of,
  { final, bound, named }: { final: Final; bound: Parameters; named: Named },
): string {
  return `
SELECT
  id,
  min(first) AS startedMicros,
  max(last) AS lastMicros,
  greatest(0, round((max(end) - min(first)) / 1000, 3)) AS durationMs,
  count() AS traces,
  sum(calls) AS calls,
  sum(failed) AS errors,
  sum(inputs) AS inputTokens,
  sum(outputs) AS outputTokens,
  sum(nano) AS cost,
  sum(unpriced) AS unpricedCount,
  arraySlice(arraySort(groupUniqArrayArray(models)), 1, ${MOST_MODELS}) AS models,
  arraySlice(arraySort(groupUniqArrayArray(environments)), 1, ${MOST_MODELS}) AS environments,
  arraySlice(arraySort(groupUniqArrayArray(users)), 1, ${MOST_MODELS}) AS userIds,
  uniqExactArray(talks) AS sessions,
  argMin(traceId, first) AS firstTrace,
  argMax(traceId, first) AS lastTrace
FROM
(
  SELECT
    traceId,
    maxMapIf(map(${column}, micros), ${column} != '') AS named,
    min(micros) AS first,
    max(micros + durationMs * 1000) AS end,
    countIf(${CALLED}) AS calls,
    max(${FAILED_STEP}) AS failed,
    sumIf(inputTokens, ${LEAF}) AS inputs,
    sumIf(outputTokens, ${LEAF}) AS outputs,
    sumIf(cost, ${LEAF}) AS nano,
    countIf(${LEAF} AND isNull(cost) AND inputTokens + outputTokens > 0) AS unpriced,
    groupUniqArrayIf(model, model != '') AS models,
    groupUniqArrayIf(environment, environment != '') AS environments,
    groupUniqArrayIf(userId, userId != '') AS users,
    groupUniqArrayIf(sessionId, sessionId != '') AS talks
  FROM (
    SELECT *, inputTokens, outputTokens, toUnixTimestamp64Micro(startedAt) AS micros FROM spans${final}
    WHERE ${scope(projectId, asked, bound).join(' AND ')} AND ${named(bound)}
  )
  GROUP BY traceId
)
ARRAY JOIN mapKeys(named) AS id, mapValues(named) AS last
WHERE id IN ${bound.bind('Array(String)', ids)}
GROUP BY id
SETTINGS prefer_column_name_to_alias = 1`
}

/** Above 0, and in words. What is neither a number nor one of them is no thumb. */
const UP = `value > 0 OR lower(text) IN ('up', 'thumbs_up', 'positive', 'good')`
const DOWN = `value <= 0 OR lower(text) IN ('down', 'thumbs_down', 'negative', 'bad')`

type Thumbs = { id: string; up: number; down: number }
/** How thumbs stand that somebody gave traces or spans of them; for a session also those for the session itself. */
async function thumbsOf(events: Events, of: Of, final: Final): Promise<Map<string, Thumbs>> {
  const bound = parameters()
  const { projectId, column, ids } = of
  const where = naming(of, final, bound)
  const thumbs = `SELECT traceId, sessionId, ifNull(${UP}, false) AS good, ifNull(${DOWN}, false) AS bad FROM scores FINAL WHERE projectId = ${bound.project(projectId)} AND name = 'thumbs'`
  const ofSessions =
    column === 'sessionId'
      ? `UNION ALL SELECT sessionId AS id, countIf(good) AS up, countIf(bad) AS down FROM (${thumbs}) WHERE traceId = '' AND sessionId IN ${bound.bind('Array(String)', ids)} GROUP BY id`
      : ''
  const rows = await events.query<Thumbs>(
    `SELECT id, sum(up) AS up, sum(down) AS down FROM (
  SELECT named.id AS id, sum(given.up) AS up, sum(given.down) AS down
  FROM (SELECT DISTINCT traceId, ${column} AS id FROM spans${final} WHERE ${where.join(' AND ')}) AS named
  INNER JOIN (SELECT traceId, countIf(good) AS up, countIf(bad) AS down FROM (${thumbs}) WHERE traceId != '' GROUP BY traceId) AS given
  ON named.traceId = given.traceId
  GROUP BY id
  ${ofSessions}
) GROUP BY id`,
    bound.values,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

type TraceEnds = { traceId: string; began: string; ended: string }
const NO_ENDS: ReadonlyMap<string, TraceEnds> = new Map()

/** How the first and the last trace of each begin and end: texts are most of what a span takes, so they are read of these alone. */
async function endsOf(
  events: Events,
  { projectId, ...asked }: Of,
  rows: readonly StoredGroup[],
  final: Final,
): Promise<ReadonlyMap<string, TraceEnds>> {
  const bound = parameters()
  const traceIds = [...new Set(rows.flatMap(({ firstTrace, lastTrace }) => [firstTrace, lastTrace]))]
  const since = rows.reduce((least, row) => Math.min(least, row.startedMicros), Number.MAX_SAFE_INTEGER)
  const where = [
    ...scope(projectId, asked, bound),
    `startedAt >= ${microTime(since, bound)}`,
    `traceId IN ${bound.bind('Array(String)', traceIds)}`,
  ]
  const ends = await events.query<TraceEnds>(
    `SELECT traceId,
  argMinIf(inputPreview, (parentId != '', entry = 0, startedAt, spanId), inputPreview != '') AS began,
  argMinIf(outputPreview, (parentId != '', entry = 0, -(toUnixTimestamp64Micro(startedAt) + durationMs * 1000)), outputPreview != '') AS ended
FROM spans${final} WHERE ${where.join(' AND ')} GROUP BY traceId`,
    bound.values,
  )
  return new Map(ends.map((row) => [row.traceId, row]))
}

type Beside = { thumbs: Thumbs | undefined; began: string | undefined; ended: string | undefined }
function toGroup(
  { startedMicros, lastMicros, cost, firstTrace: _, lastTrace: __, ...row }: StoredGroup,
  { thumbs, began, ended }: Beside,
): Group {
  return {
    ...row,
    startedAt: toIso(startedMicros),
    lastAt: toIso(lastMicros),
    costUsd: toUsd(cost),
    firstInput: began ?? '',
    lastOutput: ended ?? '',
    feedback: { up: thumbs?.up ?? 0, down: thumbs?.down ?? 0 },
  }
}
