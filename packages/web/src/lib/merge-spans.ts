import type { SpanOutline } from '@signalbox/schema'

/** The spans of a trace with what changed put in; those that did not change stay the same objects. */
export function mergeSpans(known: readonly SpanOutline[], changed: readonly SpanOutline[]): SpanOutline[] {
  const newer = new Map(changed.map((span) => [span.spanId, span]))
  const merged = known.map((span) => {
    const found = newer.get(span.spanId)
    newer.delete(span.spanId)
    return found ?? span
  })
  return [...merged, ...newer.values()]
}
