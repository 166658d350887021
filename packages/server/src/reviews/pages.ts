import { AppError } from '@signalbox/schema'

/** Where the next page begins, where there is one: opaque to clients. */
export function next<T>(rows: readonly T[], limit: number, place: (row: T) => [string, string]): { nextCursor?: string } {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return last === undefined ? {} : { nextCursor: Buffer.from(JSON.stringify(place(last))).toString('base64url') }
}

/** Where a page begins: two texts, of which the first is a time or a number. */
export function placeOf(cursor: string | undefined): [string | undefined, string | undefined] {
  if (cursor === undefined) return [undefined, undefined]
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    const [first, second] = Array.isArray(place) ? place : []
    if (typeof first === 'string' && typeof second === 'string' && !second.includes('\0') && /^[\d:.TZ-]{1,40}$/.test(first)) {
      if (/^\d+$/.test(first) || !Number.isNaN(Date.parse(first))) return [first, second]
    }
  } catch {
    // Told below.
  }
  throw new AppError('invalid-request', 'The cursor is not one that this list gave out.', { hint: 'Start again without `cursor`.' })
}
