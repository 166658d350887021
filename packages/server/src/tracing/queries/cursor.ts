import { AppError, type TraceSort } from '@signalbox/schema'

/** A place in the list of traces: the entry span that was shown last. */
export type Place = { startedAtMicros: number; traceId: string; spanId: string }

export const writeCursor = ({ startedAtMicros, traceId, spanId }: Place): string =>
  Buffer.from(`${startedAtMicros}.${traceId}.${spanId}`).toString('base64url')

export function readCursor(cursor: string): Place {
  const match = /^(-?\d{1,16})\.([0-9a-f]{32})\.([0-9a-f]{16,32})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match) throw notOurs()
  return { startedAtMicros: Number(match[1]), traceId: match[2] ?? '', spanId: match[3] ?? '' }
}

/** A place in a list by something else: the trace that was shown last, and what it was sorted by. */
export type SortedPlace = { value: number; traceId: string }

export const writeSortedCursor = (sort: TraceSort, { value, traceId }: SortedPlace): string =>
  Buffer.from(`${sort}.${value}.${traceId}`).toString('base64url')

export function readSortedCursor(sort: TraceSort, cursor: string): SortedPlace {
  const match = /^(-?[a-zA-Z]+)\.(-?\d{1,16})\.([0-9a-f]{32})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match || match[1] !== sort) throw notOurs()
  return { value: Number(match[2]), traceId: match[3] ?? '' }
}

const notOurs = () =>
  new AppError('invalid-request', 'The cursor is not one of ours, or belongs to a list in another order.', {
    hint: 'Send `nextCursor` as it was answered, with the same `sort`, or none.',
  })
