import type { ScoreRow, SpanKind, SpanRow, SpanWithPayload } from '@signalbox/schema'
import { promptColumns } from '../../prompt-columns.ts'
import { referToTexts } from '../../repeated-text.ts'
import { addMetadata, type Collected, collectFields, SLOT } from './collect-fields.ts'
import type { AttributeValue, DecodedEvent, DecodedSpan, DecodedTime } from './decoded.ts'
import { kindOf } from './kind-of.ts'
import { AGGREGATES } from './kinds.ts'
import type { MapContext, Surroundings } from './map-context.ts'
import { FIRST_TOKEN_EVENTS, type Field, MAPPER_VERSION, METADATA_SESSION, METADATA_USER, RESOURCE_FIELDS } from './mapping.ts'
import { messagesOf } from './messages.ts'
import { costOf, usageOf } from './money-of.ts'
import { previewText } from './preview-text.ts'
import { rawOf } from './raw-of.ts'
import { responseIdOf } from './response-id.ts'
import { addScores } from './scores-of.ts'
import { cut, isTrue, numberOf, parsedJson, short } from './values.ts'

/** One span of OpenTelemetry as a row and its payload; every attribute stays in the payload as it was sent. */
export function mapSpan(span: DecodedSpan, around: Surroundings, context: MapContext, scores: ScoreRow[]): SpanWithPayload {
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
  const { input, output } = span.contentBytes ? { input: '', output: '' } : messagesOf(found, span.events, kind)
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
  const level = text('level').toUpperCase()
  const failed = span.statusCode === ERROR || level === 'ERROR'
  const metadata = metadataOf(found, around, context, level)
  const exception = failed ? span.events.find(({ name }) => name === 'exception') : undefined
  const identity = { projectId: context.projectId, traceId: span.traceId, spanId: span.spanId, startedAt }
  const entry = parentId === '' || (span.flags & PARENT_IS_REMOTE) === PARENT_IS_REMOTE || isTrue(found.values[SLOT.appRoot])
  const row: SpanRow = {
    ...identity,
    parentId,
    externalId: '',
    entry: entry ? 1 : 0,
    kind,
    name: nameOf(span, kind, entry, text),
    source: 'otlp',
    status: failed ? 'error' : 'ok',
    errorType: text('errorType') || short(attributeOf(exception, 'exception.type')),
    statusMessage: cut(span.statusMessage || text('statusMessage') || short(attributeOf(exception, 'exception.message'))),
    durationMs: durationOf(span),
    firstTokenMs,
    environment: text('environment'),
    service: text('service'),
    release: text('release'),
    userId: text('user') || firstOf(metadata, METADATA_USER),
    sessionId: text('session') || firstOf(metadata, METADATA_SESSION),
    tags: tagsOf(found.values[SLOT.tags]),
    metadata,
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
    ...promptColumns(metadata),
    inputPreview: previewText(input, 'input'),
    outputPreview: previewText(output, 'output'),
    inputBytes: span.contentBytes?.input ?? Buffer.byteLength(input),
    outputBytes: span.contentBytes?.output ?? Buffer.byteLength(output),
    scope: cut(around.scopeName),
    mapperVersion: MAPPER_VERSION,
    receivedAt: context.receivedAt,
    versioned: 0,
  }
  addScores(scores, span, found, row)
  const responseId = responseIdOf(found, span)
  return {
    ...(responseId !== '' && { responseId }),
    span: row,
    payload: { ...identity, input, output, attributes: referToTexts(rawOf(span, found, around, flag), { input, output }) },
  }
}

const ERROR = 2
/** Both bits of the span flags: it is known whether the parent is remote, and it is. */
const PARENT_IS_REMOTE = 0x300
const FROM_RESOURCE: ReadonlySet<Field> = new Set(RESOURCE_FIELDS)

const isParent = (id: string): boolean => id.length === 16 && id !== '0000000000000000' && /^[0-9a-f]{16}$/.test(id)
const attributeOf = (event: DecodedEvent | undefined, key: string): AttributeValue | undefined =>
  event?.attributes.find((attribute) => attribute.key === key)?.value

/** Differences are taken before nanoseconds and microseconds are put together: nothing is rounded away. */
const millisecondsBetween = (from: DecodedTime, to: DecodedTime): number => Math.max(0, (to.us - from.us) * 1000 + (to.ns - from.ns)) / 1e6
const durationOf = ({ start, end }: DecodedSpan): number => (start.us === 0 || end.us === 0 ? 0 : millisecondsBetween(start, end))

function firstTokenOf(span: DecodedSpan, { values }: Collected): number | null {
  const at = Date.parse(short(values[SLOT.completionStart]).replaceAll('"', ''))
  if (!Number.isNaN(at) && span.start.us > 0 && at * 1000 >= span.start.us) return millisecondsBetween(span.start, { us: at * 1000, ns: 0 })
  const seconds = numberOf(values[SLOT.firstChunkSeconds])
  if (seconds !== undefined) return seconds * 1000
  const milliseconds = numberOf(values[SLOT.firstChunkMs])
  if (milliseconds !== undefined) return milliseconds
  const event = span.events.find(({ name }) => FIRST_TOKEN_EVENTS.has(name))
  return event && event.time.us >= span.start.us ? millisecondsBetween(span.start, event.time) : null
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

/** The user's own, then what has no column and is worth a filter. */
function metadataOf({ metadata, named }: Collected, around: Surroundings, context: MapContext, level: string): Record<string, string> {
  for (const [name, { value }] of Object.entries(named ?? {})) if (metadata[name] === undefined) addMetadata(metadata, name, value)
  if (level !== '' && level !== 'DEFAULT' && level !== 'ERROR' && metadata.level === undefined) addMetadata(metadata, 'level', level)
  const project = around.project || context.clientProject
  if (project && metadata.project === undefined) addMetadata(metadata, 'project', project)
  return metadata
}

const firstOf = (metadata: Readonly<Record<string, string>>, names: readonly string[]): string => {
  for (const name of names) if (metadata[name]) return metadata[name]
  return ''
}

/** A tool by its own name, a step of a library as its users call it, else the span's name, which stays among the attributes. */
function nameOf(span: DecodedSpan, kind: SpanKind, entry: boolean, text: (field: Field) => string): string {
  const called = (kind === 'tool' && text('toolName')) || text('name') || (entry && text('traceName'))
  if (called) return called
  const functionId = text('functionId')
  if (functionId !== '' && text('operation').startsWith('ai.')) return cut(`${functionId}:${text('operation')}`)
  return text('entityName') || cut(span.name) || text('operation') || 'unnamed'
}

function finishOf(value: AttributeValue | undefined): string {
  const parsed = typeof value === 'string' ? (parsedJson(value) ?? value) : value
  return Array.isArray(parsed) ? cut([...new Set(parsed.map((reason) => short(reason as AttributeValue)))].join(',')) : short(value)
}
