import { fromUsd, noUsage, type SpanKind, type SpanRow, type SpanWithPayload, type Usage, type UsageSource } from '@signalbox/schema'
import { normaliseUsage, type UsageFlag } from '../../../pricing/normalise-usage.ts'
import type { Pricing } from '../../../pricing/price.ts'
import { referToTexts } from '../../repeated-text.ts'
import { addMetadata, type Collected, collectFields, KIND_SLOTS, SLOT, TOOL_SLOT } from './collect-fields.ts'
import type { AttributeValue, DecodedEvent, DecodedSpan, DecodedTime } from './decoded.ts'
import { AGGREGATES, FIRST_TOKEN_EVENTS, type Field, KINDS, MAPPER_VERSION, RESOURCE_FIELDS } from './mapping.ts'
import { messagesOf } from './messages.ts'
import { previewText } from './preview-text.ts'

/** Whose spans they are, and when the edge had them: microseconds since 1970. */
export type MapContext = { projectId: string; keyId: string; receivedAt: number; price: Pricing['price'] }
/** What the spans of one scope share, worked out once. */
export type Surroundings = { resource: Collected; resourceJson: string; scopeName: string; scopeJson: string }

/** One span of OpenTelemetry as a row and its payload; every attribute stays in the payload as it was sent. */
export function mapSpan(span: DecodedSpan, around: Surroundings, context: MapContext): SpanWithPayload {
  const found = collectFields(span.attributes)
  const text = (field: Field) =>
    short(found.values[SLOT[field]] ?? (FROM_RESOURCE.has(field) ? around.resource.values[SLOT[field]] : undefined))
  const kind = kindOf(found)
  const parentId = isParent(span.parentSpanId) ? span.parentSpanId : ''
  const startedAt = span.start.us || span.end.us || context.receivedAt
  const firstTokenMs = firstTokenOf(span, found)
  const requestModel = text('requestModel')
  const model = text('responseModel') || requestModel
  const provider = text('provider')
  // What is left of an event without its content, such as a role, is no input.
  const { input, output } = span.contentBytes ? { input: '', output: '' } : messagesOf(found, span.events)
  const { usage, usageSource, flag } = usageOf(found)
  const usageRole = AGGREGATES.has(kind) ? 'aggregate' : 'leaf'
  const priced = costOf({
    found,
    provider,
    model,
    requestModel,
    usage,
    known: usageSource !== 'none' && usageRole === 'leaf',
    at: startedAt / 1000,
    context,
  })
  const failed = span.statusCode === ERROR
  const exception = failed ? span.events.find(({ name }) => name === 'exception') : undefined
  const identity = { projectId: context.projectId, traceId: span.traceId, spanId: span.spanId, startedAt }
  const row: SpanRow = {
    ...identity,
    parentId,
    externalId: '',
    entry: parentId === '' || (span.flags & PARENT_IS_REMOTE) === PARENT_IS_REMOTE ? 1 : 0,
    kind,
    name: text('toolName') || cut(span.name) || text('operation') || 'unnamed',
    source: 'otlp',
    status: failed ? 'error' : 'ok',
    errorType: text('errorType') || short(attributeOf(exception, 'exception.type')),
    statusMessage: cut(span.statusMessage || short(attributeOf(exception, 'exception.message'))),
    durationMs: durationOf(span),
    firstTokenMs,
    environment: text('environment'),
    service: text('service'),
    release: text('release'),
    userId: text('user'),
    sessionId: text('session'),
    tags: tagsOf(found.values[SLOT.tags]),
    metadata: metadataOf(found),
    provider,
    model,
    requestModel,
    operation: text('operation'),
    stream: firstTokenMs !== null || isTrue(found.values[SLOT.stream]) ? 1 : 0,
    finishReason: finishOf(found.values[SLOT.finishReasons]),
    keyId: context.keyId,
    attempts: 0,
    usageInput: usage.input,
    usageCacheRead: usage.cacheRead,
    usageCacheWrite: usage.cacheWrite,
    usageCacheWrite1h: usage.cacheWrite1h,
    usageInputAudio: usage.inputAudio,
    usageInputImage: usage.inputImage,
    usageOutput: usage.output,
    usageReasoning: usage.reasoning,
    usageOutputAudio: usage.outputAudio,
    usageSource,
    usageRole,
    cost: priced.cost,
    costParts: priced.parts,
    priceVersion: priced.version,
    cache: '',
    savedCost: null,
    savedMs: null,
    similarity: null,
    inputPreview: previewText(input, 'input'),
    outputPreview: previewText(output, 'output'),
    inputBytes: span.contentBytes?.input ?? Buffer.byteLength(input),
    outputBytes: span.contentBytes?.output ?? Buffer.byteLength(output),
    scope: cut(around.scopeName),
    mapperVersion: MAPPER_VERSION,
    receivedAt: context.receivedAt,
  }
  return {
    span: row,
    payload: { ...identity, input, output, attributes: referToTexts(rawOf(span, found, around, flag), { input, output }) },
  }
}

const ERROR = 2
/** Both bits of the span flags: it is known whether the parent is remote, and it is. */
const PARENT_IS_REMOTE = 0x300
const LONGEST = 2000
const FROM_RESOURCE: ReadonlySet<Field> = new Set(RESOURCE_FIELDS)

const cut = (text: string): string => (text.length > LONGEST ? text.slice(0, LONGEST).toWellFormed() : text)
/** An attribute as the text of a column; '' where it is not there. */
const short = (value: AttributeValue | undefined): string =>
  value === undefined || value === null
    ? ''
    : cut(typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value))
const isParent = (id: string): boolean => id.length === 16 && id !== '0000000000000000' && /^[0-9a-f]{16}$/.test(id)
const isTrue = (value: AttributeValue | undefined): boolean => value === true || value === 'true'
const attributeOf = (event: DecodedEvent | undefined, key: string): AttributeValue | undefined =>
  event?.attributes.find((attribute) => attribute.key === key)?.value

function numberOf(value: AttributeValue | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined
}

function kindOf({ values }: Collected): SpanKind {
  for (let i = 0; i < KIND_SLOTS.length; i++) {
    const value = values[KIND_SLOTS[i] as number]
    if (typeof value !== 'string') continue
    const { kinds } = KINDS[i] as (typeof KINDS)[number]
    const name = value.toLowerCase()
    if (Object.hasOwn(kinds, name)) return kinds[name] as SpanKind
  }
  if (values[TOOL_SLOT] !== undefined) return 'tool'
  return values[SLOT.requestModel] !== undefined || values[SLOT.responseModel] !== undefined ? 'llm' : 'span'
}

/** Differences are taken before nanoseconds and microseconds are put together: nothing is rounded away. */
const millisecondsBetween = (from: DecodedTime, to: DecodedTime): number => Math.max(0, (to.us - from.us) * 1000 + (to.ns - from.ns)) / 1e6
const durationOf = ({ start, end }: DecodedSpan): number => (start.us === 0 || end.us === 0 ? 0 : millisecondsBetween(start, end))

function firstTokenOf(span: DecodedSpan, { values }: Collected): number | null {
  const seconds = numberOf(values[SLOT.firstChunkSeconds])
  if (seconds !== undefined) return seconds * 1000
  const milliseconds = numberOf(values[SLOT.firstChunkMs])
  if (milliseconds !== undefined) return milliseconds
  const event = span.events.find(({ name }) => FIRST_TOKEN_EVENTS.has(name))
  return event && event.time.us >= span.start.us ? millisecondsBetween(span.start, event.time) : null
}

function usageOf({ usage, usageConvention }: Collected): { usage: Usage; usageSource: UsageSource; flag: UsageFlag } {
  const normalised = usage && normaliseUsage(usage, usageConvention)
  return normalised ? { ...normalised, usageSource: 'provider' } : { usage: noUsage(), usageSource: 'none', flag: 'ok' }
}

type Costing = {
  found: Collected
  provider: string
  model: string
  requestModel: string
  usage: Usage
  known: boolean
  at: number
  context: MapContext
}

/** A cost that the span brings along goes before ours; spans that repeat what others used have none of ours. */
function costOf({ found, provider, model, requestModel, usage, known, at, context }: Costing): ReturnType<MapContext['price']> {
  const provided = numberOf(found.values[SLOT.cost])
  if (provided !== undefined) return { cost: fromUsd(provided), parts: {}, version: 'provided' }
  if (!known) return { cost: null, parts: {}, version: '' }
  const served = context.price({ provider, model, usage, at })
  // The name that was asked for may be in the price list where the exact one that answered is not.
  return served.cost === null && requestModel !== '' && requestModel !== model
    ? context.price({ provider, model: requestModel, usage, at })
    : served
}

const MOST_TAGS = 64

function tagsOf(value: AttributeValue | undefined): string[] {
  if (value === undefined) return []
  const parsed = typeof value === 'string' ? (parsedJson(value) ?? value.split(',')) : value
  return (Array.isArray(parsed) ? parsed : [parsed])
    .map((tag) => short(tag as AttributeValue).trim())
    .filter((tag) => tag !== '')
    .slice(0, MOST_TAGS)
}

/** OpenInference puts all metadata into one JSON object. */
function metadataOf({ values, metadata }: Collected): Record<string, string> {
  const whole = values[SLOT.metadata]
  const object = typeof whole === 'string' ? parsedJson(whole) : whole
  if (typeof object === 'object' && object !== null && !Array.isArray(object)) {
    for (const [key, value] of Object.entries(object)) addMetadata(metadata, key, value as AttributeValue)
  }
  return metadata
}

function parsedJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function finishOf(value: AttributeValue | undefined): string {
  const parsed = typeof value === 'string' ? (parsedJson(value) ?? value) : value
  return Array.isArray(parsed) ? cut([...new Set(parsed.map((reason) => short(reason as AttributeValue)))].join(',')) : short(value)
}

/** Everything that was sent, as JSON: what no column holds today can be read, and mapped again, tomorrow. */
function rawOf(span: DecodedSpan, found: Collected, around: Surroundings, flag: UsageFlag): string {
  let json = `{"attributes":{${found.json}},"resource":${around.resourceJson},"scope":${around.scopeJson},"span":${spanJson(span)}`
  if (span.events.length > 0) json += `,"events":[${span.events.map(eventJson).join(',')}]`
  if (span.links.length > 0) json += `,"links":[${span.links.map(linkJson).join(',')}]`
  return `${json}${flag === 'ok' ? '' : `,"usageFlag":"${flag}"`}}`
}

const KIND_NAMES = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const nanos = ({ us, ns }: DecodedTime): string => (us === 0 ? String(ns) : `${us}${String(ns).padStart(3, '0')}`)
const member = (key: string, value: string | number): string => (value === '' || value === 0 ? '' : `,"${key}":${JSON.stringify(value)}`)
const attributesJson = (attributes: DecodedEvent['attributes']): string => collectFields(attributes).json

const spanJson = (span: DecodedSpan): string =>
  `{"kind":"${KIND_NAMES[span.kind] ?? span.kind}","startTimeUnixNano":"${nanos(span.start)}","endTimeUnixNano":"${nanos(span.end)}"${member('name', span.name)}${member('parentSpanId', span.parentSpanId)}${member('traceState', span.traceState)}${member('flags', span.flags)}${member('statusCode', span.statusCode)}${member('statusMessage', span.statusMessage)}${member('droppedAttributesCount', span.droppedAttributes)}${member('droppedEventsCount', span.droppedEvents)}${member('droppedLinksCount', span.droppedLinks)}}`

const eventJson = (event: DecodedEvent): string =>
  `{"name":${JSON.stringify(event.name)},"timeUnixNano":"${nanos(event.time)}","attributes":{${attributesJson(event.attributes)}}${member('droppedAttributesCount', event.droppedAttributes)}}`

const linkJson = (link: DecodedSpan['links'][number]): string =>
  `{"traceId":"${link.traceId}","spanId":"${link.spanId}","attributes":{${attributesJson(link.attributes)}}${member('traceState', link.traceState)}${member('flags', link.flags)}${member('droppedAttributesCount', link.droppedAttributes)}}`
