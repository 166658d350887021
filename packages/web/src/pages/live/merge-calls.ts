import type { Span } from '@signalbox/schema'

/** More lines than anybody scrolls back to. */
const MOST = 5_000

/** When a call ended, in milliseconds since 1970. */
export const endOf = ({ startedAt, durationMs }: Pick<Span, 'startedAt' | 'durationMs'>): number => Date.parse(startedAt) + durationMs

/** Known calls and those that were read now, each once and as it was read last, the one that ended last on top. */
export function mergeCalls(known: readonly Span[], read: readonly Span[]): Span[] {
  const fresh = new Set(read.map(idOf))
  return [...read, ...known.filter((span) => !fresh.has(idOf(span)))].sort((a, b) => endOf(b) - endOf(a)).slice(0, MOST)
}

export const idOf = ({ traceId, spanId }: Span) => `${traceId}/${spanId}`
