import { randomFillSync } from 'node:crypto'

export type BodySpan = { name: string; parent: number; startMs: number; durationMs: number; attributes: Record<string, string | number> }
/**
 * An OTLP `ExportTraceServiceRequest` as protobuf, with the places of what must differ from request to request.
 * `renew` writes new ids and times into the same bytes, so that sending costs next to nothing.
 */
export type OtlpBody = { bytes: Buffer; spans: number; renew(nowMs: number): { traceIds: string[] } }

type Place = {
  trace: number
  traceAt: number
  spanAt: number
  parentAt: number
  parent: number
  startAt: number
  startMs: number
  durationMs: number
}

/** Traces of spans, one resource, one scope. `parent` is the index of a span in its trace, -1 for the root. `startMs` counts from now. */
export function otlpBody(service: string, traces: readonly (readonly BodySpan[])[]): OtlpBody {
  const places: Place[] = []
  const spans: Buffer[] = []
  let at = 0
  for (const [trace, members] of traces.entries()) {
    for (const span of members) {
      const { bytes, place } = spanBytes(span)
      const framed = field(2, bytes)
      const start = at + framed.length - bytes.length
      const shifted = { traceAt: start + place.traceAt, spanAt: start + place.spanAt, startAt: start + place.startAt }
      places.push({ ...place, ...shifted, parentAt: span.parent < 0 ? -1 : start + place.parentAt, trace })
      spans.push(framed)
      at += framed.length
    }
  }
  const scope = field(1, Buffer.concat([text(1, 'bench'), text(2, '1.0.0')]))
  const scopeSpans = Buffer.concat([scope, ...spans])
  const resource = field(1, attribute(1, 'service.name', service))
  const resourceSpans = Buffer.concat([resource, field(2, scopeSpans)])
  const bytes = field(1, resourceSpans)
  const offset = bytes.length - scopeSpans.length + scope.length
  const firstOf = traces.map((_, trace) => places.findIndex((place) => place.trace === trace))
  return { bytes, spans: places.length, renew }

  function renew(nowMs: number): { traceIds: string[] } {
    const ids = randomFillSync(Buffer.allocUnsafe(traces.length * 16))
    for (const place of places) {
      ids.copy(bytes, offset + place.traceAt, place.trace * 16, place.trace * 16 + 16)
      randomFillSync(bytes, offset + place.spanAt, 8)
      const parent = places[(firstOf[place.trace] ?? 0) + place.parent]
      if (place.parentAt >= 0 && parent) bytes.copy(bytes, offset + place.parentAt, offset + parent.spanAt, offset + parent.spanAt + 8)
      const start = BigInt(Math.round((nowMs + place.startMs) * 1000)) * 1000n
      bytes.writeBigUInt64LE(start, offset + place.startAt)
      bytes.writeBigUInt64LE(start + BigInt(Math.round(place.durationMs * 1000)) * 1000n, offset + place.startAt + 9)
    }
    return { traceIds: traces.map((_, trace) => ids.toString('hex', trace * 16, trace * 16 + 16)) }
  }
}

/** Field numbers as in opentelemetry/proto/trace/v1/trace.proto. */
function spanBytes(span: BodySpan): { bytes: Buffer; place: Omit<Place, 'trace'> } {
  const parts: Buffer[] = []
  let at = 0
  const add = (part: Buffer): number => {
    parts.push(part)
    at += part.length
    return at
  }
  const traceAt = add(field(1, Buffer.alloc(16))) - 16
  const spanAt = add(field(2, Buffer.alloc(8))) - 8
  const parentAt = span.parent < 0 ? -1 : add(field(4, Buffer.alloc(8))) - 8
  add(text(5, span.name))
  add(Buffer.from([0x30, 3]))
  const startAt = add(fixed64(7)) - 8
  add(fixed64(8))
  for (const [key, value] of Object.entries(span.attributes)) add(attribute(9, key, value))
  add(field(15, Buffer.from([0x18, 1])))
  return {
    bytes: Buffer.concat(parts),
    place: { traceAt, spanAt, parentAt, startAt, parent: span.parent, startMs: span.startMs, durationMs: span.durationMs },
  }
}

const attribute = (number: number, key: string, value: string | number): Buffer =>
  field(number, Buffer.concat([text(1, key), field(2, typeof value === 'string' ? text(1, value) : Buffer.from([0x18, ...varint(value)]))]))
const text = (number: number, value: string): Buffer => field(number, Buffer.from(value))
const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes])
const fixed64 = (number: number): Buffer => Buffer.from([(number << 3) | 1, 0, 0, 0, 0, 0, 0, 0, 0])

function varint(value: number): number[] {
  const bytes: number[] = []
  while (value > 127) {
    bytes.push((value & 127) | 128)
    value = Math.floor(value / 128)
  }
  return [...bytes, value]
}
