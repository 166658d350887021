import {
  noUsage,
  type PatchFields,
  type SpanRow,
  type SpanStatus,
  type SpanWithPayload,
  USAGE_BUCKETS,
  type Usage,
} from '@signalbox/schema'
import type { Price, PricedCall } from '../../pricing/price.ts'
import { usageColumns } from '../call-to-span.ts'
import { clampTimes } from '../clamp-times.ts'
import { AGGREGATES } from '../ingest/otlp/kinds.ts'
import { previewText } from '../ingest/otlp/preview-text.ts'
import { promptColumns } from '../prompt-columns.ts'
import { referToTexts } from '../repeated-text.ts'
import type { Folded } from './fold.ts'

/** What a span has from the messages about its trace as a whole, and what those do to its version. */
export type OfTrace = { fields: PatchFields; lastReceivedAt: number; messages: number }

export type ToRow = {
  span: Folded
  trace: OfTrace | undefined
  price(call: PricedCall): Price
  /** Microseconds since 1970: a running span that nothing was heard of since then will not end any more. Absent: it runs on. */
  silentSince?: number | undefined
}

/** A folded span as a row and its payload. `entry` is decided where the other spans of its trace are known. */
export function toRow({ span, trace, price, silentSince }: ToRow): SpanWithPayload {
  const fields = span.ofTrace ? span.fields : inherited(span.fields, trace?.fields)
  const status = statusOf(span, silentSince)
  const kind = fields.kind ?? 'span'
  const usage = storableUsage(fields.usage)
  const usageSource = fields.usage ? (fields.usageSource ?? 'provider') : 'none'
  const usageRole = AGGREGATES.has(kind) ? 'aggregate' : 'leaf'
  const requestModel = cut(fields.requestModel || fields.model)
  const model = cut(fields.model || fields.requestModel)
  const provider = cut(fields.provider)
  const priced = costOf({
    fields,
    provider,
    model,
    requestModel,
    usage,
    isPriced: usageSource !== 'none' && usageRole === 'leaf',
    price,
    span,
  })
  const input = fields.input ?? ''
  const output = fields.output ?? ''
  const firstTokenMs = elapsed(span.startedAt, fields.firstTokenAt)
  const identity = { projectId: span.projectId, traceId: span.traceId, spanId: span.spanId, startedAt: span.startedAt }
  const parentId = fields.parentId ?? ''
  const row: SpanRow = {
    ...identity,
    parentId,
    externalId: cut(fields.externalId),
    entry: 0,
    kind,
    name: cut(fields.name) || cut(fields.operation) || 'unnamed',
    source: span.source,
    status,
    errorType: cut(fields.errorType),
    statusMessage: cut(fields.statusMessage),
    durationMs: elapsed(span.startedAt, endOf(span, status)) ?? 0,
    firstTokenMs,
    environment: cut(fields.environment),
    service: cut(fields.service),
    release: cut(fields.release),
    userId: cut(fields.userId),
    sessionId: cut(fields.sessionId),
    tags: (fields.tags ?? []).slice(0, MOST_TAGS).map(cut),
    metadata: { ...fields.metadata },
    provider,
    model,
    requestModel,
    operation: cut(fields.operation),
    stream: fields.stream || firstTokenMs !== null ? 1 : 0,
    finishReason: cut(fields.finishReason),
    keyId: span.keyId,
    attempts: 0,
    ...usageColumns(usage),
    usageSource,
    usageRole,
    cost: priced.cost,
    costParts: priced.parts,
    priceVersion: priced.version,
    cache: '',
    savedCost: null,
    savedMs: null,
    similarity: null,
    ...promptColumns(fields.metadata),
    inputPreview: previewText(input, 'input'),
    outputPreview: previewText(output, 'output'),
    inputBytes: Buffer.byteLength(input),
    outputBytes: Buffer.byteLength(output),
    scope: cut(fields.scope),
    mapperVersion: FOLD_VERSION,
    receivedAt: span.firstReceivedAt,
    versioned: 1,
  }
  const attributes = fields.attributes ? referToTexts(JSON.stringify(fields.attributes), { input, output }) : ''
  const whole: SpanWithPayload = { span: row, payload: { ...identity, input, output, attributes } }
  // The first time it was heard of is the same whatever comes later, and so is what its start is held against.
  clampTimes([whole])
  row.receivedAt = versionOf(span, trace, status)
  return whole
}

const FOLD_VERSION = 1
const LONGEST = 2000
const MOST_TAGS = 64
const MOST_TOKENS = 0xffff_ffff

const cut = (text: string | undefined): string =>
  text === undefined ? '' : text.length > LONGEST ? text.slice(0, LONGEST).toWellFormed() : text

/** What holds for the whole trace, where the span itself says nothing. */
function inherited(own: PatchFields, trace: PatchFields | undefined): PatchFields {
  if (!trace) return own
  const { userId, sessionId, environment, release, tags, metadata } = trace
  return {
    ...own,
    ...(!own.userId && userId && { userId }),
    ...(!own.sessionId && sessionId && { sessionId }),
    ...(!own.environment && environment && { environment }),
    ...(!own.release && release && { release }),
    ...(!own.tags?.length && tags && { tags }),
    ...(metadata && { metadata: { ...metadata, ...own.metadata } }),
  }
}

/** Of what a trace says, that which its spans inherit, as text: when it changes, they do. */
export const inheritable = ({ userId, sessionId, environment, release, tags, metadata }: PatchFields): string =>
  JSON.stringify([userId, sessionId, environment, release, tags, metadata])

function statusOf({ failed, fields, endedAt, lastReceivedAt }: Folded, silentSince: number | undefined): SpanStatus {
  if (failed) return 'error'
  if (endedAt === undefined) return silentSince !== undefined && lastReceivedAt < silentSince ? 'incomplete' : 'running'
  return fields.status === undefined || fields.status === 'running' || fields.status === 'incomplete' ? 'ok' : fields.status
}

/** One that broke off has lasted at least until its client last spoke of it. */
const endOf = ({ endedAt, lastAt }: Folded, status: SpanStatus): number | undefined =>
  endedAt ?? (status === 'running' ? undefined : lastAt)

const elapsed = (from: number, to: number | undefined): number | null =>
  to === undefined || !Number.isFinite(to) || to < from ? null : (to - from) / 1000

/**
 * When a row of it counts as received: readers take the last of a span. Each message more makes it later, whichever came first,
 * and the word that a silent one is incomplete stands between that and the next message.
 */
function versionOf(span: Folded, trace: OfTrace | undefined, status: SpanStatus): number {
  const others = span.ofTrace ? undefined : trace
  const messages = span.messages + (others?.messages ?? 0)
  return Math.max(span.lastReceivedAt, others?.lastReceivedAt ?? 0) + 2 * messages + (status === 'incomplete' ? 1 : 0)
}

function storableUsage(usage: Usage | undefined): Usage {
  const counted = noUsage()
  for (const bucket of USAGE_BUCKETS) {
    const tokens = usage?.[bucket]
    if (typeof tokens === 'number' && tokens > 0) counted[bucket] = Math.min(Math.round(tokens), MOST_TOKENS)
  }
  return counted
}

type Costing = {
  fields: PatchFields
  provider: string
  model: string
  requestModel: string
  usage: Usage
  isPriced: boolean
  price: ToRow['price']
  span: Folded
}

/** What the client says that it cost, where that is something; else by its tokens. */
function costOf({ fields, provider, model, requestModel, usage, isPriced, price, span }: Costing): Price {
  const parts = Object.fromEntries(Object.entries(fields.costParts ?? {}).filter(([, nano]) => Number.isSafeInteger(nano)))
  const said = fields.cost || Object.values(parts).reduce((sum, nano) => sum + nano, 0)
  if (Number.isFinite(said) && said !== 0 && Number.isSafeInteger(Math.round(said)))
    return { cost: Math.round(said), parts, version: 'provided' }
  if (!isPriced) return { cost: null, parts: {}, version: '' }
  const at = span.startedAt / 1000
  const answered = price({ provider, model, usage, at })
  // The name that was asked for may be in the price list where the exact one that answered is not.
  return answered.cost === null && requestModel !== model ? price({ provider, model: requestModel, usage, at }) : answered
}
