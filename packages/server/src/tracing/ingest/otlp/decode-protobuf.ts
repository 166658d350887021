import { checkSpan } from './check-span.ts'
import type {
  Attribute,
  AttributeValue,
  DecodedEvent,
  DecodedLink,
  DecodedResource,
  DecodedScope,
  DecodedSpan,
  DecodedTraces,
} from './decoded.ts'
import { walkSpans } from './walk-spans.ts'
import { type Reader, readerOf, readInt64, readTime, readVarint, skip } from './wire.ts'

/**
 * `ExportTraceServiceRequest` in protobuf → plain objects. Spans that `checkOtlp` rejects are left out. Throws where it
 * gives an error. By hand: all checks and conversions included, it takes about what protobufjs takes alone (`bench/micro/otlp.ts`).
 */
export function decodeProtobuf(body: Uint8Array): DecodedTraces {
  const resources: DecodedResource[] = []
  let resource: DecodedResource = newResource()
  let scope: DecodedScope = newScope()
  const reader = readerOf(body)
  const whole = walkSpans(reader, body.length, {
    resourceSpans() {
      resource = newResource()
      resources.push(resource)
    },
    scopeSpans() {
      scope = newScope()
      resource.scopes.push(scope)
    },
    resource(at, end) {
      resource.attributes = [...resource.attributes, ...resourceAttributes(at, end)]
    },
    scope: (at, end) => void Object.assign(scope, decodeScope(at, end)),
    resourceSchema(at, end) {
      resource.schemaUrl = text(at, end)
    },
    scopeSchema(at, end) {
      scope.schemaUrl = text(at, end)
    },
    span(at, end) {
      const start = at.at
      if (checkSpan(at, end).problem !== '') return
      at.at = start
      scope.spans.push(decodeSpan(at, end))
    },
  })
  if (!whole) throw new Error('The body is not a complete OTLP protobuf message.')
  return { resources }
}

const newResource = (): DecodedResource => ({ schemaUrl: '', attributes: [], scopes: [] })
const newScope = (): DecodedScope => ({ name: '', version: '', schemaUrl: '', attributes: [], spans: [] })

/** What a `Resource` says of itself. */
export function resourceAttributes(reader: Reader, end: number): Attribute[] {
  const attributes: Attribute[] = []
  eachField(reader, end, (field, stop) => {
    if (field === 1) attributes.push(decodeAttribute(reader, stop))
  })
  return attributes
}

/** An `InstrumentationScope`. */
export function decodeScope(reader: Reader, end: number): Pick<DecodedScope, 'name' | 'version' | 'attributes'> {
  const scope = { name: '', version: '', attributes: [] as Attribute[] }
  eachField(reader, end, (field, stop) => {
    if (field === 1) scope.name = text(reader, stop)
    else if (field === 2) scope.version = text(reader, stop)
    else if (field === 3) scope.attributes.push(decodeAttribute(reader, stop))
  })
  return scope
}

// From here on the bytes are known to be well-formed: `checkSpan` and `isMessage` have walked them.

/** Calls `use` with each field: with its end where it is length-delimited, else with the end of the message. */
function eachField(reader: Reader, end: number, use: (field: number, end: number) => void): void {
  while (reader.at < end) {
    const tag = readVarint(reader, end)
    if ((tag & 7) === 2) {
      const length = readVarint(reader, end)
      const stop = reader.at + length
      use(tag >>> 3, stop)
      reader.at = stop
    } else {
      const start = reader.at
      use(tag >>> 3, end)
      reader.at = start
      skip(reader, tag & 7, end)
    }
  }
}

function decodeSpan(reader: Reader, end: number): DecodedSpan {
  const span: DecodedSpan = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: '',
    kind: 0,
    start: NO_TIME,
    end: NO_TIME,
    attributes: [],
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
  }
  while (reader.at < end) {
    const tag = readVarint(reader, end)
    const field = tag >>> 3
    const length = (tag & 7) === 2 ? readVarint(reader, end) : -1
    const stop = reader.at + length
    const decode = SPAN_FIELDS[field]
    if (decode) decode(span, reader, stop)
    else if (length < 0) skip(reader, tag & 7, end)
    if (length >= 0) reader.at = stop
  }
  return span
}

const NO_TIME = { us: 0, ns: 0 }
type Decode<T> = (into: T, reader: Reader, end: number) => void
/** By field number of `Span`. */
const SPAN_FIELDS: (Decode<DecodedSpan> | undefined)[] = [
  undefined,
  (span, reader, end) => {
    span.traceId = hex(reader, end)
  },
  (span, reader, end) => {
    span.spanId = hex(reader, end)
  },
  (span, reader, end) => {
    span.traceState = text(reader, end)
  },
  (span, reader, end) => {
    span.parentSpanId = hex(reader, end)
  },
  (span, reader, end) => {
    span.name = text(reader, end)
  },
  (span, reader) => {
    span.kind = count(reader)
  },
  (span, reader) => {
    span.start = readTime(reader)
  },
  (span, reader) => {
    span.end = readTime(reader)
  },
  (span, reader, end) => void span.attributes.push(decodeAttribute(reader, end)),
  (span, reader) => {
    span.droppedAttributes = count(reader)
  },
  (span, reader, end) => void span.events.push(decodeEvent(reader, end)),
  (span, reader) => {
    span.droppedEvents = count(reader)
  },
  (span, reader, end) => void span.links.push(decodeLink(reader, end)),
  (span, reader) => {
    span.droppedLinks = count(reader)
  },
  (span, reader, end) =>
    eachField(reader, end, (field, stop) => {
      if (field === 2) span.statusMessage = text(reader, stop)
      else if (field === 3) span.statusCode = count(reader)
    }),
  (span, reader) => {
    span.flags = reader.bytes.readUInt32LE(reader.at)
    reader.at += 4
  },
]

function decodeEvent(reader: Reader, end: number): DecodedEvent {
  const event: DecodedEvent = { name: '', time: NO_TIME, attributes: [], droppedAttributes: 0 }
  eachField(reader, end, (field, stop) => {
    if (field === 1) event.time = readTime(reader)
    else if (field === 2) event.name = text(reader, stop)
    else if (field === 3) event.attributes.push(decodeAttribute(reader, stop))
    else if (field === 4) event.droppedAttributes = count(reader)
  })
  return event
}

function decodeLink(reader: Reader, end: number): DecodedLink {
  const link: DecodedLink = { traceId: '', spanId: '', traceState: '', flags: 0, attributes: [], droppedAttributes: 0 }
  eachField(reader, end, (field, stop) => {
    if (field === 1) link.traceId = hex(reader, stop)
    else if (field === 2) link.spanId = hex(reader, stop)
    else if (field === 3) link.traceState = text(reader, stop)
    else if (field === 4) link.attributes.push(decodeAttribute(reader, stop))
    else if (field === 5) link.droppedAttributes = count(reader)
    else if (field === 6) link.flags = reader.bytes.readUInt32LE(reader.at)
  })
  return link
}

function decodeAttribute(reader: Reader, end: number): Attribute {
  const attribute: Attribute = { key: '', value: null }
  while (reader.at < end) {
    const tag = readVarint(reader, end)
    if (tag === 0x0a || tag === 0x12) {
      const length = readVarint(reader, end)
      const stop = reader.at + length
      if (tag === 0x0a) attribute.key = name(reader.bytes, reader.at, stop)
      else attribute.value = decodeValue(reader, stop)
      reader.at = stop
    } else skip(reader, tag & 7, end)
  }
  return attribute
}

/** By field number of `AnyValue`. */
const VALUES: (((reader: Reader, end: number) => AttributeValue) | undefined)[] = [
  undefined,
  (reader, end) => text(reader, end),
  (reader) => readVarint(reader, reader.bytes.length) !== 0,
  (reader) => readInt64(reader, reader.bytes.length),
  (reader) => {
    const value = reader.bytes.readDoubleLE(reader.at)
    reader.at += 8
    // JSON, where this ends up, has no NaN and no infinity.
    return Number.isFinite(value) ? value : String(value)
  },
  (reader, end) => {
    const list: AttributeValue[] = []
    eachField(reader, end, (field, stop) => {
      if (field === 1) list.push(decodeValue(reader, stop))
    })
    return list
  },
  (reader, end) => {
    const record: Record<string, AttributeValue> = Object.create(null)
    eachField(reader, end, (field, stop) => {
      if (field !== 1) return
      const { key, value } = decodeAttribute(reader, stop)
      record[key] = value
    })
    return record
  },
  (reader, end) => reader.bytes.toString('base64', reader.at, end),
]

function decodeValue(reader: Reader, end: number): AttributeValue {
  let value: AttributeValue = null
  while (reader.at < end) {
    const tag = readVarint(reader, end)
    const length = (tag & 7) === 2 ? readVarint(reader, end) : -1
    const stop = reader.at + length
    const decode = VALUES[tag >>> 3]
    if (decode) value = decode(reader, stop)
    else if (length < 0) skip(reader, tag & 7, end)
    if (length >= 0) reader.at = stop
  }
  return value
}

const hex = (reader: Reader, end: number): string => reader.bytes.toString('hex', reader.at, end)
const text = (reader: Reader, end: number): string => (reader.at === end ? '' : reader.bytes.toString('utf8', reader.at, end))

/** A small unsigned number; 0 where it is absurd. */
function count(reader: Reader): number {
  const value = readVarint(reader, reader.bytes.length)
  return value <= 0xffffffff ? value : 0
}

const NAMES = 2048
const LONGEST_NAME = 64
const names: (string | undefined)[] = new Array(NAMES)

/** The key of an attribute. Few different ones come, many times: each is decoded once and then found by its bytes. */
function name(bytes: Buffer, start: number, end: number): string {
  const length = end - start
  if (length > LONGEST_NAME) return bytes.toString('utf8', start, end)
  let hash = length
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
  const slot = hash & (NAMES - 1)
  const known = names[slot]
  if (known !== undefined && known.length === length && isSame(known, bytes, start)) return known
  const decoded = bytes.toString('utf8', start, end)
  names[slot] = decoded
  return decoded
}

function isSame(known: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < known.length; i++) {
    const byte = bytes[start + i] as number
    // Beyond ASCII one character is several bytes: never the same by this comparison.
    if (byte !== known.charCodeAt(i) || byte > 127) return false
  }
  return true
}
