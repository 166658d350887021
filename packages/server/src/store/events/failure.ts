import { AppError } from '@signalbox/schema'

/**
 * What the engine says about itself, not about the rows or the query: trying again may help.
 * Names and numbers: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const TRANSIENT = new Map<number, string>([
  [3, 'unexpected end of the connection'],
  [60, 'the table is missing'],
  [75, 'cannot write to disk'],
  [76, 'cannot open a file'],
  [81, 'the database is missing'],
  [159, 'it took too long'],
  [160, 'it would take too long'],
  [164, 'the connection is read-only'],
  [202, 'too many queries at once'],
  [209, 'socket timeout'],
  [210, 'network error'],
  [225, 'no keeper'],
  [236, 'aborted'],
  [241, 'not enough memory'],
  [242, 'the table is read-only'],
  [243, 'not enough disk space'],
  [285, 'too few live replicas'],
  [319, 'the outcome is unknown'],
  [394, 'cancelled'],
  [497, 'access denied'],
  [516, 'authentication failed'],
  [999, 'keeper error'],
])
const TOO_MANY_PARTS = 252

/**
 * An error of a write. When the rows are to blame it is the engine's own, with its number in `code` and the first bad line
 * (1-based, where the engine says so) in `row`; nothing of the block was stored. Else `unavailable`: the same block may go in later.
 */
export function writeFailure(error: unknown): Error {
  const { code, message } = read(error)
  const reason = code === null ? 'no answer' : TRANSIENT.get(code)
  if (reason !== undefined || (code === TOO_MANY_PARTS && !message.includes('partitions')))
    return new AppError('unavailable', `The events store did not take the rows: ${reason ?? 'too many parts'}. ${short(message)}`, {
      cause: error,
    })
  const row = /at row (\d+)/.exec(message)?.[1]
  return Object.assign(error instanceof Error ? error : new Error(message), { row: row === undefined ? null : Number(row) })
}

/** An error of a read: `unavailable` with what to change when it was too heavy or the engine is away, else the plain fault it is. */
export function readFailure(error: unknown): Error {
  const { code, message } = read(error)
  const reason = code === null ? 'no answer' : TRANSIENT.get(code)
  if (reason === undefined) return error instanceof Error ? error : new Error(message)
  const heavy = code === 159 || code === 160 || code === 241
  return new AppError('unavailable', `The events store could not answer: ${reason}.`, {
    cause: error,
    ...(heavy && { hint: 'Ask for a shorter time window or fewer groups.' }),
  })
}

function read(error: unknown): { code: number | null; message: string } {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN
  return { code: Number.isInteger(code) ? code : null, message }
}

const short = (message: string): string => message.replace(/\s+/g, ' ').slice(0, 300)
