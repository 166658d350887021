import { AppError } from '@signalbox/schema'

/** A place in a list that is ordered by time and id, newest first. Opaque to clients. */
export const encodeCursor = (at: Date, id: string): string => Buffer.from(`${at.toISOString()} ${id}`).toString('base64url')

export function decodeCursor(cursor: string): [at: string, id: string] {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString())
  const [, at, id] = found ?? []
  if (!at || !id || Number.isNaN(Date.parse(at)))
    throw new AppError('invalid-request', 'The cursor is not one that this list gave out.', { hint: 'Start again without `cursor`.' })
  return [at, id]
}
