import { type Span, SpanStatusCode } from '@opentelemetry/api'

/** Longer values are cut: a server takes some megabytes in one request. */
const MOST_CHARACTERS = 1_000_000

/** A value as the text of an attribute; what JSON cannot hold is said in words rather than thrown. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, MOST_CHARACTERS)
  const seen: object[] = []
  try {
    const text = JSON.stringify(value, function (this: unknown, _key, inner: unknown) {
      if (typeof inner === 'bigint') return String(inner)
      if (typeof inner === 'function') return `[function ${inner.name || 'anonymous'}]`
      if (inner instanceof Error) return { name: inner.name, message: inner.message }
      if (inner instanceof Map) return Object.fromEntries(inner)
      if (inner instanceof Set) return [...inner]
      if (ArrayBuffer.isView(inner)) return `[${inner.byteLength} bytes]`
      if (typeof inner === 'object' && inner !== null) {
        // The holders of this value, outermost first: one of them again is a circle.
        while (seen.length > 0 && seen.at(-1) !== this) seen.pop()
        if (seen.includes(inner)) return '[circular]'
        seen.push(inner)
      }
      return inner
    })
    return (text ?? '').slice(0, MOST_CHARACTERS)
  } catch (error) {
    return `[not recorded: ${error instanceof Error ? error.message : 'unknown'}]`
  }
}

/** Ends a span as one that failed. The error itself goes on to whoever called. */
export function fail(span: Span, error: unknown): void {
  const known = error instanceof Error ? error : new Error(String(error))
  const name = known.constructor.name === 'Object' ? known.name : known.constructor.name
  span.setAttribute('error.type', name)
  span.recordException({ name, message: known.message, ...(known.stack && { stack: known.stack }) })
  span.setStatus({ code: SpanStatusCode.ERROR, message: known.message })
  span.end()
}
