import { AppError } from '@signalbox/schema'
import type { Events } from '../store/ports.ts'

export type RefusedRow = { table: string; line: string; reason: string }

/**
 * Inserts lines under a token. A block that the store refuses for what is in it is halved, each half under a token of
 * its own, until only the offending rows are left over. The halves are the same each time, so a batch can be repeated.
 * Throws `unavailable` when it is the store that fails, not the rows.
 */
export async function insertRows(events: Events, block: { table: string; lines: readonly string[]; token: string }): Promise<RefusedRow[]> {
  const { table, lines, token } = block
  if (lines.length === 0) return []
  try {
    await events.insert(table, lines, token)
    return []
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (!isAboutTheRows(error)) throw new AppError('unavailable', `The event store cannot insert now: ${reason}`, { cause: error })
    if (lines.length === 1) return [{ table, line: lines[0] ?? '', reason }]
    const half = Math.ceil(lines.length / 2)
    const first = await insertRows(events, { table, lines: lines.slice(0, half), token: `${token}/0` })
    return [...first, ...(await insertRows(events, { table, lines: lines.slice(half), token: `${token}/1` }))]
  }
}

/** ClickHouse's codes for data that cannot be read or stored, ErrorCodes.cpp. */
const ROW_ERRORS = new Set([
  '6', '9', '10', '16', '23', '24', '25', '26', '27', '32', '33', '34', '38', '41', '43', '53', '69', '70', '72', '117', '130', '131', '190', '252', '321', '349', '407', '429', '439', '441', '467', '549', '636', '691', '1000', '1001',
])

function isAboutTheRows(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code
  return code !== undefined && ROW_ERRORS.has(String(code))
}
