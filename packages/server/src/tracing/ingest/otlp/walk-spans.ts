import { BYTES, type Reader, readVarint, skip } from './wire.ts'
import { isMessage, RESOURCE, SCOPE } from './wire-messages.ts'

/** What a walk over an export request meets, each with the reader at its start and the place where it ends. */
export type SpanVisitor = {
  resource?(reader: Reader, end: number): void
  /** Called before the parts of each `ResourceSpans` and `ScopeSpans`. */
  resourceSpans?(): void
  scopeSpans?(): void
  scope?(reader: Reader, end: number): void
  resourceSchema?(reader: Reader, end: number): void
  scopeSchema?(reader: Reader, end: number): void
  span(reader: Reader, end: number): void
}

const OLD_LIBRARY_SPANS = 1000

/**
 * Walks `ExportTraceServiceRequest` → `ResourceSpans` → `ScopeSpans` → spans. Returns false where the frame around the
 * spans is broken: then nothing in it can be trusted. What is inside a span is the visitor's business.
 */
export function walkSpans(reader: Reader, end: number, visitor: SpanVisitor): boolean {
  return eachField(reader, end, (field, stop) => {
    if (field !== 1) return true
    visitor.resourceSpans?.()
    return eachField(reader, stop, (inner, innerStop) => {
      if (inner === 1) return visit(reader, innerStop, RESOURCE, visitor.resource)
      if (inner === 3) visitor.resourceSchema?.(reader, innerStop)
      if (inner !== 2 && inner !== OLD_LIBRARY_SPANS) return true
      visitor.scopeSpans?.()
      return eachField(reader, innerStop, (part, partStop) => {
        if (part === 1) return visit(reader, partStop, SCOPE, visitor.scope)
        if (part === 2) visitor.span(reader, partStop)
        if (part === 3) visitor.scopeSchema?.(reader, partStop)
        return true
      })
    })
  })
}

function visit(reader: Reader, end: number, message: typeof RESOURCE, use: SpanVisitor['resource']): boolean {
  const start = reader.at
  if (!isMessage(reader, end, message)) return false
  reader.at = start
  use?.(reader, end)
  return true
}

/** Calls `use` for each length-delimited field up to `end`, and goes on behind it. The other fields of these messages are unknown ones. */
function eachField(reader: Reader, end: number, use: (field: number, end: number) => boolean): boolean {
  while (reader.at < end) {
    const tag = readVarint(reader, end)
    if (tag < 8 || tag > 0xffffffff) return false
    if ((tag & 7) !== BYTES) {
      // Fields 1 to 3 of all three messages are length-delimited.
      if (tag >>> 3 <= 3 || !skip(reader, tag & 7, end)) return false
      continue
    }
    const length = readVarint(reader, end)
    const stop = reader.at + length
    if (length < 0 || stop > end || !use(tag >>> 3, stop)) return false
    reader.at = stop
  }
  return reader.at === end
}
