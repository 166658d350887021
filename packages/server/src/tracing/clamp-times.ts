import type { SpanWithPayload } from '@signalbox/schema'

const DAY = 86_400_000_000
const PAST_DAYS = 3653

/**
 * Moves starts outside [received − 10 years, received + 1 day] to that border, since the store is divided by time and
 * a clock that is wrong must not open partitions for years nobody lived in. The time as sent stays in the attributes.
 */
export function clampTimes(rows: readonly SpanWithPayload[]): void {
  for (const { span, payload } of rows) {
    const earliest = span.receivedAt - PAST_DAYS * DAY
    const latest = span.receivedAt + DAY
    const clamped = Math.min(Math.max(span.startedAt, earliest), latest)
    if (clamped === span.startedAt) continue
    const sent = new Date(span.startedAt / 1000)
    payload.attributes = withSentTime(payload.attributes, Number.isNaN(sent.getTime()) ? String(span.startedAt) : sent.toISOString())
    span.startedAt = clamped
    payload.startedAt = clamped
  }
}

function withSentTime(attributes: string, startedAtAsSent: string): string {
  return JSON.stringify({ ...(attributes ? (JSON.parse(attributes) as object) : {}), startedAtAsSent })
}
