import { AppError } from '@signalbox/schema'
import type { Events } from '../store/ports.ts'

export type RefusedRow = { table: string; line: string; reason: string }

/**
 * Inserts lines under a token. A block that the store refuses for what is in it is halved, each half under a token of
 * its own, until only the offending rows are left over. The halves are the same each time, so a batch can be repeated.
 * Throws the `AppError` of the store when it is the store that fails, not the rows.
 */
export async function insertRows(events: Events, block: { table: string; lines: readonly string[]; token: string }): Promise<RefusedRow[]> {
  const { table, lines, token } = block
  if (lines.length === 0) return []
  try {
    await events.insert(table, lines, token)
    return []
  } catch (error) {
    // The store says itself when the rows are not to blame; then the whole batch comes again.
    if (error instanceof AppError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    if (lines.length === 1) return [{ table, line: lines[0] ?? '', reason }]
    const half = Math.ceil(lines.length / 2)
    const first = await insertRows(events, { table, lines: lines.slice(0, half), token: `${token}/0` })
    return [...first, ...(await insertRows(events, { table, lines: lines.slice(half), token: `${token}/1` }))]
  }
}
