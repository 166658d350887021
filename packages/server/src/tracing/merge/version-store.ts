import type { Events } from '../../store/ports.ts'
import { insertRows, type RefusedRow } from '../insert-rows.ts'
import { wellFormedJson } from '../storable.ts'
import { type Change, keyOf, VERSION_COLUMNS, type Version } from './versions.ts'

/** Spans of one project, by the traces they are in. */
export type SpansOf = { projectId: string; traceIds: readonly string[]; spanIds: readonly string[] }

/** The columns of a version, of a log that is called `v`. Times come back as the numbers that they went in as. */
export const VERSIONS = VERSION_COLUMNS.map((name) =>
  name === 'startedAt' || name === 'receivedAt' ? `toUnixTimestamp64Micro(v.${name}) AS ${name}` : name,
).join(', ')
const OF_TRACES = 'projectId = {projectId:String} AND traceId IN {traceIds:Array(String)}'

/** What counts now of each of these spans: as a rule one version, none where it is new. */
export async function countedVersions(events: Events, { projectId, traceIds, spanIds }: SpansOf): Promise<Map<string, Version[]>> {
  const counted = new Map<string, Version[]>()
  const rows = await events.query<Version>(
    `SELECT ${VERSIONS} FROM span_versions AS v
     WHERE ${OF_TRACES} AND spanId IN {spanIds:Array(String)}
     GROUP BY ALL HAVING sum(sign) > 0`,
    { projectId, traceIds, spanIds },
  )
  for (const row of rows) counted.set(keyOf(row), [...(counted.get(keyOf(row)) ?? []), row])
  return counted
}

type Other = Pick<Version, 'traceId' | 'spanId' | 'root' | 'entry' | 'startedAt'>

/** Of each trace, beside the spans named, those that matter to where it is shown: a root, those it is shown at, and the earliest. */
export function otherStandings(events: Events, { projectId, traceIds, spanIds }: SpansOf): Promise<Other[]> {
  return events.query<Other>(
    `SELECT * FROM (
       SELECT traceId, spanId, root, entry, toUnixTimestamp64Micro(v.startedAt) AS startedAt FROM span_versions AS v
       WHERE ${OF_TRACES} AND spanId NOT IN {spanIds:Array(String)}
       GROUP BY ALL HAVING sum(sign) > 0
     )
     ORDER BY startedAt, spanId
     LIMIT ${MOST_ENTRIES} BY traceId, root, entry`,
    { projectId, traceIds, spanIds },
  )
}

/** There is one that is no root, as a rule; more only where two cores wrote at once. */
const MOST_ENTRIES = 3

type Logged = Record<string, unknown> & {
  token: string
  sign: number
  projectId: string
  traceId: string
  spanId: string
  startedAt: number
}

/** Changes that an earlier try wrote under this token or one that begins with it, and may not have brought to the rollups. */
export async function loggedChanges(
  events: Events,
  { projectId, traceIds, token }: { projectId: string; traceIds: readonly string[]; token: string },
): Promise<Map<string, Logged[]>> {
  const rows = await events.query<Logged>(`${LOGGED} WHERE ${OF_TRACES} AND startsWith(token, {token:String})`, {
    projectId,
    traceIds,
    token,
  })
  return Map.groupBy(rows, (row) => row.token)
}

/** The same, of whichever spans, since a moment. */
export async function loggedSince(events: Events, { token, since }: { token: string; since: number }): Promise<Map<string, Logged[]>> {
  const rows = await events.query<Logged>(
    `${LOGGED} WHERE v.loggedAt >= fromUnixTimestamp64Micro({since:Int64}) AND startsWith(token, {token:String})`,
    { token, since },
  )
  return Map.groupBy(rows, (row) => row.token)
}

const LOGGED = `SELECT ${VERSIONS}, token, sign, fresh, toUnixTimestamp64Micro(v.loggedAt) AS loggedAt FROM span_versions AS v`

/** Rows of the log go in as one block, so that either all of them are known to be under way or none is. */
export const writeChanges = (
  events: Events,
  changes: readonly Change[],
  { token, loggedAt }: { token: string; loggedAt: number },
): Promise<RefusedRow[]> =>
  insertRows(events, {
    table: 'span_versions',
    lines: changes.map((change) => wellFormedJson(JSON.stringify({ ...change, token, loggedAt }))),
    token,
  })

/** Sends a block that was logged once more: what has it already leaves it out. */
export async function repeatChanges(events: Events, token: string, rows: readonly Logged[]): Promise<void> {
  await insertRows(events, { table: 'span_versions', lines: rows.map((row) => wellFormedJson(JSON.stringify(row))), token })
}
