import type { Deletion } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { type DataTable, type Named, quoted, rowsOf, tablesOfTraces, UNHIDDEN } from './deleted-rows.ts'
import type { DeletionRow } from './deletion-rows.ts'

type Removed = Deletion['removed'][number]
export type Pace = (ms: number) => Promise<void>

/** How often the engine is asked whether it is through. */
const POLL_MS = 250

/** How much there is of each table that a deletion names: written into its receipt as it is hidden, before anything is removed. */
export async function countNamed(events: Events, named: Named): Promise<Removed[]> {
  const found: Removed[] = []
  for (const table of await tablesOfTraces(events)) {
    const counted = await countRows(events, table, rowsOf(table, [named]))
    if (counted.rows > 0) found.push({ where: table.name, ...counted })
  }
  return found
}

/**
 * Takes what deletions name off every table, many deletions in one pass: a pass writes each part anew that holds one of the rows,
 * and no other. Safe to begin again. Returns what was found beyond the traces: scores of sessions of which nothing is left.
 */
export async function removeRows(events: Events, deletions: readonly DeletionRow[], wait: Pace): Promise<{ id: string; rows: number }[]> {
  const named = deletions.map(({ id, requested_us }) => ({ id, requestedUs: Number(requested_us) }))
  for (const table of await tablesOfTraces(events))
    await removeWhere(events, table, { where: rowsOf(table, named), mark: quoted(named[0]?.id ?? '') }, wait)
  return await removeSessionScores(events, deletions, wait)
}

const CONTENT = ['input', 'output', 'attributes', 'fields', 'comment', 'text']

async function countRows(events: Events, { name, columns }: DataTable, where: string): Promise<{ rows: number; bytes: number | null }> {
  const content = CONTENT.filter((column) => columns.has(column))
  const bytes = content.length > 0 ? `sum(${content.map((column) => `length(${column})`).join(' + ')})` : 'NULL'
  const [found] = await events.query<{ rows: number; bytes: number | null }>(
    `SELECT count() AS rows, ${bytes} AS bytes FROM ${name} WHERE ${where} ${UNHIDDEN}`,
  )
  return { rows: found?.rows ?? 0, bytes: found?.bytes ?? null }
}

type Work = { where: string; mark: string; values?: Record<string, unknown> }

/** `mark` stands in the condition: by it the engine's note of this work is found. Returns when it is done, however long it takes. */
export async function removeWhere(events: Events, { name }: { name: string }, { where, mark, values }: Work, wait: Pace): Promise<void> {
  const [found] = await events.query<{ rows: number }>(`SELECT count() AS rows FROM ${name} WHERE ${where} ${UNHIDDEN}`, values)
  if (!found || found.rows === 0) return
  await events.command(`ALTER TABLE ${name} DELETE WHERE ${where} SETTINGS mutations_sync = 0`, values)
  await untilDone(events, name, mark, wait)
}

export async function untilDone(events: Events, table: string, mark: string, wait: Pace): Promise<void> {
  for (;;) {
    const [open] = await events.query<{ open: number; problem: string }>(
      `SELECT count() AS open, max(latest_fail_reason) AS problem FROM system.mutations
WHERE database = currentDatabase() AND table = {table:String} AND NOT is_done AND position(command, {mark:String}) > 0`,
      { table, mark },
    )
    if (!open || open.open === 0) return
    if (open.problem) throw new Error(`the store could not rewrite ${table}: ${open.problem.slice(0, 500)}`)
    await wait(POLL_MS)
  }
}

/** Scores of a session as a whole go when none of its spans is left. Runs after the spans are gone. */
async function removeSessionScores(events: Events, deletions: readonly DeletionRow[], wait: Pace): Promise<{ id: string; rows: number }[]> {
  const removed: { id: string; rows: number }[] = []
  for (const { id, requested_us } of deletions) {
    const where = `traceId = '' AND sessionId != '' AND receivedAt < fromUnixTimestamp64Micro(${Math.round(Number(requested_us))})
AND (projectId, sessionId) IN (SELECT projectId, sessionId FROM deleted_spans WHERE deletionId = ${quoted(id)})
AND (projectId, sessionId) NOT IN (SELECT projectId, sessionId FROM spans)`
    const { rows } = await countRows(events, { name: 'scores', columns: new Set() }, where)
    if (rows === 0) continue
    await removeWhere(events, { name: 'scores' }, { where, mark: quoted(id) }, wait)
    removed.push({ id, rows })
  }
  return removed
}

/** Whether files with what was removed are still on the disk: the engine keeps them for minutes, in case it was interrupted. */
export async function oldFilesLeft(events: Events, removedAt: Date): Promise<boolean> {
  const tables = (await tablesOfTraces(events)).map(({ name }) => name)
  const [left] = await events.query<{ parts: number }>(
    `SELECT count() AS parts FROM system.parts WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND NOT active AND remove_time <= toDateTime({at:UInt32})`,
    { tables, at: Math.ceil(removedAt.getTime() / 1000) },
  )
  return (left?.parts ?? 0) > 0
}
