import { checkJsonSpan, isObject, type JsonObject, readJson } from './check-json.ts'
import type {
  Attribute,
  AttributeValue,
  DecodedEvent,
  DecodedLink,
  DecodedResource,
  DecodedSpan,
  DecodedTime,
  DecodedTraces,
} from './decoded.ts'

/** OTLP/JSON → plain objects, the same that protobuf gives. Spans that `checkOtlp` rejects are left out. Throws where it gives an error. */
export function decodeJson(body: Uint8Array): DecodedTraces {
  const request = readJson(body)
  if ('error' in request) throw new Error(request.error)
  const resources = new Map<JsonObject, DecodedResource>()
  for (const { resourceSpans, scopeSpans, spans } of request.scopes) {
    let resource = resources.get(resourceSpans)
    if (!resource) {
      resource = { schemaUrl: text(resourceSpans.schemaUrl), attributes: attributes(object(resourceSpans.resource).attributes), scopes: [] }
      resources.set(resourceSpans, resource)
    }
    const scope = object(scopeSpans.scope ?? scopeSpans.instrumentationLibrary)
    resource.scopes.push({
      name: text(scope.name),
      version: text(scope.version),
      schemaUrl: text(scopeSpans.schemaUrl),
      attributes: attributes(scope.attributes),
      spans: spans.flatMap((span) => (checkJsonSpan(span).problem === '' ? [decodeSpan(span as JsonObject)] : [])),
    })
  }
  return { resources: [...resources.values()] }
}

function decodeSpan(span: JsonObject): DecodedSpan {
  const status = object(span.status)
  return {
    traceId: text(span.traceId).toLowerCase(),
    spanId: text(span.spanId).toLowerCase(),
    parentSpanId: text(span.parentSpanId).toLowerCase(),
    traceState: text(span.traceState),
    flags: integer(span.flags),
    name: text(span.name),
    kind: enumeration(span.kind, SPAN_KINDS),
    start: time(span.startTimeUnixNano),
    end: time(span.endTimeUnixNano),
    attributes: attributes(span.attributes),
    events: objects(span.events).map(decodeEvent),
    links: objects(span.links).map(decodeLink),
    statusCode: enumeration(status.code, STATUS_CODES),
    statusMessage: text(status.message),
    droppedAttributes: integer(span.droppedAttributesCount),
    droppedEvents: integer(span.droppedEventsCount),
    droppedLinks: integer(span.droppedLinksCount),
  }
}

const decodeEvent = (event: JsonObject): DecodedEvent => ({
  name: text(event.name),
  time: time(event.timeUnixNano),
  attributes: attributes(event.attributes),
  droppedAttributes: integer(event.droppedAttributesCount),
})

const decodeLink = (link: JsonObject): DecodedLink => ({
  traceId: text(link.traceId).toLowerCase(),
  spanId: text(link.spanId).toLowerCase(),
  traceState: text(link.traceState),
  flags: integer(link.flags),
  attributes: attributes(link.attributes),
  droppedAttributes: integer(link.droppedAttributesCount),
})

// Numbers are the rule in OTLP/JSON; the names are what other protobuf libraries write.
const SPAN_KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((name) => `SPAN_KIND_${name}`)
const STATUS_CODES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR']

const enumeration = (value: unknown, names: string[]): number =>
  typeof value === 'string' ? Math.max(0, names.indexOf(value)) : integer(value)
const object = (value: unknown): JsonObject => (isObject(value) ? value : {})
const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
/** Halves of surrogate pairs can stand in JSON but in no encoding that a store reads. */
const text = (value: unknown): string => (typeof value === 'string' ? value.toWellFormed() : '')

function integer(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : 0
}

/** Nanoseconds as decimal text, or as a number where the exporter was careless: then to what precision it has. */
function time(value: unknown): DecodedTime {
  if (typeof value === 'string') {
    const us = Number(value.slice(0, -3))
    return us <= Number.MAX_SAFE_INTEGER ? { us, ns: Number(value.slice(-3)) } : { us: Number.MAX_SAFE_INTEGER, ns: 0 }
  }
  if (typeof value !== 'number') return { us: 0, ns: 0 }
  return { us: Math.min(Math.floor(value / 1000), Number.MAX_SAFE_INTEGER), ns: Math.floor(value) % 1000 }
}

export function attributes(value: unknown): Attribute[] {
  return objects(value).map((attribute) => ({ key: text(attribute.key), value: decodeValue(attribute.value) }))
}

function decodeValue(value: unknown): AttributeValue {
  if (!isObject(value)) return null
  if (typeof value.stringValue === 'string') return value.stringValue.toWellFormed()
  if (typeof value.boolValue === 'boolean') return value.boolValue
  if (value.intValue !== undefined) return int64(value.intValue)
  if (value.doubleValue !== undefined) return double(value.doubleValue)
  if (isObject(value.arrayValue)) return Array.isArray(value.arrayValue.values) ? value.arrayValue.values.map(decodeValue) : []
  if (isObject(value.kvlistValue)) {
    const record: Record<string, AttributeValue> = Object.create(null)
    for (const { key, value: inner } of attributes(value.kvlistValue.values)) record[key] = inner
    return record
  }
  return typeof value.bytesValue === 'string' ? value.bytesValue : null
}

/** Text of digits or a number; beyond 2⁵³ the text stays, because it is exact. */
function int64(value: unknown): AttributeValue {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return null
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** JSON has no NaN and no infinity; the protocol writes them as text. */
function double(value: unknown): AttributeValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value
  const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  return Number.isNaN(number) ? null : number
}
