import { AppError } from '@signalbox/schema'

/** A place in a conversation: the turn that was shown last. */
export type TurnPlace = { first: number; traceId: string }

export const writeTurnCursor = ({ first, traceId }: TurnPlace): string => Buffer.from(`${first}.${traceId}`).toString('base64url')

export function readTurnCursor(cursor: string): TurnPlace {
  const match = /^(-?\d{1,16})\.([0-9a-f]{32})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match)
    throw new AppError('invalid-request', 'The cursor is not one of ours.', { hint: 'Send `nextCursor` as it was answered, or none.' })
  return { first: Number(match[1]), traceId: match[2] ?? '' }
}
