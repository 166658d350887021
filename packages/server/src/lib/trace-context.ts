const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/

/** The ids of a `traceparent` header, https://www.w3.org/TR/trace-context/; undefined when it is missing or not valid. */
export function parseTraceparent(header: string | undefined): { traceId: string; spanId: string } | undefined {
  const match = header ? TRACEPARENT.exec(header.trim().toLowerCase()) : null
  const [, traceId, spanId] = match ?? []
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId) || header?.startsWith('ff')) return undefined
  return { traceId, spanId }
}
