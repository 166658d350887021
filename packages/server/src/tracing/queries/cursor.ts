import { AppError } from '@signalbox/schema'

/** A place in the list of traces: the entry span that was shown last. */
export type Place = { startedAtMicros: number; traceId: string; spanId: string }

export const writeCursor = ({ startedAtMicros, traceId, spanId }: Place): string =>
  Buffer.from(`${startedAtMicros}.${traceId}.${spanId}`).toString('base64url')

export function readCursor(cursor: string): Place {
  const match = /^(-?\d{1,16})\.([0-9a-f]{32})\.([0-9a-f]{16,32})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match)
    throw new AppError('invalid-request', 'The cursor is not one of ours.', { hint: 'Send `nextCursor` as it was answered, or none.' })
  return { startedAtMicros: Number(match[1]), traceId: match[2] ?? '', spanId: match[3] ?? '' }
}
