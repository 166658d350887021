import type { Events } from '../../store/ports.ts'

/** A table that holds something of spans, and by which of its columns that is known. */
export type DataTable = { name: string; columns: ReadonlySet<string> }

const PAIRS = 'deleted_spans'

/**
 * Every table with rows that belong to a trace. Asked of the store, not listed here: a table that a later version adds is then
 * deleted from as well. Spans come last, since others are found through them.
 */
export async function tablesOfTraces(events: Pick<Events, 'query'>): Promise<DataTable[]> {
  const rows = await events.query<{ table: string; columns: string[] }>(
    `SELECT table, groupArray(name) AS columns FROM system.columns
WHERE database = currentDatabase() AND table != '${PAIRS}'
  AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')
GROUP BY table HAVING has(columns, 'projectId') AND has(columns, 'traceId') ORDER BY table = 'spans', table`,
  )
  return rows.map(({ table, columns }) => ({ name: table, columns: new Set(columns) }))
}

/** What names a deletion, or of one what was found at a time, in a condition: our own ids, and nothing that a client sent. */
export type Named = { id: string; requestedUs: number; part?: number }

/** A condition for the rows of a table that deletions name. What an edge got after the request stays. */
export function rowsOf({ columns }: DataTable, deletions: readonly Named[]): string {
  const ids = deletions.map(({ id }) => quoted(id)).join(', ')
  const [one] = deletions
  const ofPart = one?.part === undefined ? '' : ` AND part = ${Math.round(one.part)}`
  const before = Math.max(...deletions.map(({ requestedUs }) => requestedUs))
  const named = (what: string) => `(${what}) IN (SELECT ${what} FROM ${PAIRS} WHERE deletionId IN (${ids})${ofPart})`
  const bySpan = columns.has('spanId')
    ? // What is said of a trace as a whole goes with it.
      `(${named('projectId, traceId, spanId')} OR (spanId = '' AND traceId != '' AND ${named('projectId, traceId')}))`
    : named('projectId, traceId')
  return columns.has('receivedAt') ? `${bySpan} AND receivedAt < fromUnixTimestamp64Micro(${Math.round(before)})` : bySpan
}

/** What reads go by while deletions are under way. */
export const hiding = (tables: readonly DataTable[], deletions: readonly Named[]): Record<string, string> =>
  deletions.length === 0 ? {} : Object.fromEntries(tables.map((table) => [table.name, `NOT (${rowsOf(table, deletions)})`]))

/** Behind a read that must see what others do not: how much there is to remove, and whether it is gone. */
export const UNHIDDEN = 'SETTINGS additional_table_filters = {}'

export function quoted(id: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw new Error(`"${id}" is no id of ours`)
  return `'${id}'`
}
