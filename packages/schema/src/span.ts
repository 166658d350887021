import { z } from 'zod'
import { TraceScore } from './score-type.ts'
import { Usage, UsageSource } from './usage.ts'

export const SpanKind = z.enum([
  'llm',
  'embedding',
  'tool',
  'retriever',
  'reranker',
  'agent',
  'workflow',
  'chain',
  'guardrail',
  'evaluator',
  'span',
])
export type SpanKind = z.infer<typeof SpanKind>

/**
 * `interrupted`: the process that made the call died before it ended. `running`: it was told to have begun, and not yet to have
 * ended. `incomplete`: nothing was heard of a running one for a quarter of an hour.
 */
export const SpanStatus = z.enum(['ok', 'error', 'interrupted', 'aborted', 'running', 'incomplete'])
export type SpanStatus = z.infer<typeof SpanStatus>

export const SpanSource = z.enum(['gateway', 'otlp', 'langfuse', 'langsmith', 'opik'])
export type SpanSource = z.infer<typeof SpanSource>

/** W3C: 32 hex digits for a trace; 16 for a span, or 32 where a foreign id was a UUID. */
export const TraceId = z.string().regex(/^[0-9a-f]{32}$/)
export const SpanId = z.string().regex(/^([0-9a-f]{16}|[0-9a-f]{32})$/)

const column = (type: string) => ({ column: type })
const text = z.string().default('')
const low = () => text.meta(column('LowCardinality(String)'))
const tokens = () => z.int().nonnegative().default(0).meta(column('UInt32'))

/**
 * One wide, immutable row: a step of a trace, as stored. Payloads are in `PayloadRow`, so lists stay narrow.
 * `meta.column` is the ClickHouse type; the table, the insert and the field list of filters follow from this object.
 * An absent string is `''`, so that no column needs a null map; absent numbers that mean "unknown" are `null`.
 */
export const SpanRow = z.object({
  projectId: z.string().meta(column('LowCardinality(String)')),
  traceId: TraceId.meta(column('String')),
  spanId: SpanId.meta(column('String')),
  parentId: text.meta(column('String')),
  externalId: text.meta({ ...column('String'), description: 'The id of the trace as its client wrote it, where it is not a W3C id.' }),
  entry: z
    .int()
    .min(0)
    .max(1)
    .default(0)
    .meta({
      ...column('UInt8'),
      description: '1 where a trace enters the store: its root, or its first known span while the root is missing.',
    }),
  kind: SpanKind.meta(column('LowCardinality(String)')),
  name: z.string().meta(column('LowCardinality(String)')),
  source: SpanSource.meta(column('LowCardinality(String)')),
  status: SpanStatus.meta(column('LowCardinality(String)')),
  errorType: low(),
  statusMessage: text.meta(column('String')),
  startedAt: z.int().meta({ ...column('DateTime64(6)'), description: 'Microseconds since 1970.' }),
  durationMs: z.number().nonnegative().meta(column('Float64')),
  firstTokenMs: z.number().nonnegative().nullable().default(null).meta(column('Nullable(Float64)')),
  environment: low(),
  service: low(),
  release: low(),
  userId: text.meta(column('String')),
  sessionId: text.meta(column('String')),
  tags: z.array(z.string()).default([]).meta(column('Array(String)')),
  metadata: z.record(z.string(), z.string()).default({}).meta(column('Map(LowCardinality(String), String)')),
  provider: low(),
  model: low().meta({ description: 'The model that answered.' }),
  requestModel: low().meta({ description: 'The model that was asked for.' }),
  operation: low().meta({ description: 'chat, embeddings, execute_tool, … (OpenTelemetry GenAI names).' }),
  stream: z.int().min(0).max(1).default(0).meta(column('UInt8')),
  finishReason: low(),
  keyId: low(),
  attempts: z.int().nonnegative().default(0).meta(column('UInt8')),
  usageInput: tokens(),
  usageCacheRead: tokens(),
  usageCacheWrite: tokens(),
  usageCacheWrite1h: tokens(),
  usageInputAudio: tokens(),
  usageInputImage: tokens(),
  usageOutput: tokens(),
  usageReasoning: tokens(),
  usageOutputAudio: tokens(),
  usageSource: UsageSource.default('none').meta(column('LowCardinality(String)')),
  usageRole: z
    .enum(['leaf', 'aggregate'])
    .default('leaf')
    .meta({ ...column('LowCardinality(String)'), description: 'aggregate: repeats what its children used, so sums leave it out.' }),
  cost: z
    .int()
    .nullable()
    .default(null)
    .meta({ ...column('Nullable(Int64)'), description: 'Nano-USD; null is unknown.' }),
  costParts: z
    .record(z.string(), z.int())
    .default({})
    .meta({ ...column('Map(LowCardinality(String), Int64)'), description: 'Nano-USD by usage bucket.' }),
  priceVersion: low(),
  cache: low().meta({ description: 'hit, semantic or miss; empty where no cache was asked.' }),
  savedCost: z
    .int()
    .nullable()
    .default(null)
    .meta({ ...column('Nullable(Int64)'), description: 'Nano-USD that a kept answer had cost; null is unknown, or that none was given.' }),
  savedMs: z.number().nonnegative().nullable().default(null).meta(column('Nullable(Float64)')),
  similarity: z
    .number()
    .nullable()
    .default(null)
    .meta({ ...column('Nullable(Float64)'), description: 'Cosine of the question and the kept one, where two were compared.' }),
  inputPreview: text.meta(column('String')),
  outputPreview: text.meta(column('String')),
  inputBytes: z.int().nonnegative().default(0).meta(column('UInt32')),
  outputBytes: z.int().nonnegative().default(0).meta(column('UInt32')),
  scope: low().meta({ description: 'The instrumentation scope of an OpenTelemetry span.' }),
  mapperVersion: z.int().nonnegative().default(0).meta(column('UInt16')),
  receivedAt: z.int().meta({ ...column('DateTime64(6)'), description: 'Microseconds since 1970: when the edge had it.' }),
  versioned: z
    .int()
    .min(0)
    .max(1)
    .default(0)
    .meta({
      ...column('UInt8'),
      description: '1 where the row may be followed by a later one of the same span: its sums are kept by version.',
    }),
  promptName: low().meta({ description: 'The prompt that it was rendered from; empty where it was none.' }),
  promptVersion: low().meta({ description: 'Its version: a number, or what a foreign client calls it.' }),
  promptHash: low().meta({ description: 'SHA-256 of the content of the version, hex.' }),
})
export type SpanRow = z.output<typeof SpanRow>
/** What a writer must give; the rest has defaults. */
export type NewSpanRow = z.input<typeof SpanRow>

/** What a span read, wrote and carried, kept beside the narrow row and read one at a time. Strings are stored as sent. */
export const PayloadRow = z.object({
  projectId: z.string().meta(column('LowCardinality(String)')),
  traceId: TraceId.meta(column('String')),
  spanId: SpanId.meta(column('String')),
  startedAt: z.int().meta(column('DateTime64(6)')),
  input: text.meta(column('String')),
  output: text.meta(column('String')),
  attributes: text.meta({
    ...column('String'),
    description: 'JSON: raw attributes, resource, scope, events, links; for our own calls the attempts and headers.',
  }),
})
export type PayloadRow = z.output<typeof PayloadRow>

/** A span and its payload, as a decoder makes them. */
export type SpanWithPayload = {
  span: SpanRow
  payload: PayloadRow
  /** Of a call of ours: whose key it was made with, for the ledger. */
  owner?: { accountId?: string | undefined; teamId?: string | undefined }
  /** What the provider called its answer, where that is known: two spans of one answer are one call. */
  responseId?: string
}

/** `usageInput` ↔ `input`: the name of a usage bucket as a column. */
export const usageColumn = <B extends keyof Usage>(bucket: B) =>
  `usage${bucket[0]?.toUpperCase()}${bucket.slice(1)}` as `usage${Capitalize<B>}`

const Time = z.iso.datetime()
const Usd = z.string().nullable().meta({ description: 'Decimal US dollars; null where the price is unknown.' })

/** A span as the API answers it. */
export const Span = z.object({
  spanId: SpanId,
  traceId: TraceId,
  parentId: z.string().nullable(),
  kind: SpanKind,
  name: z.string(),
  source: SpanSource,
  status: SpanStatus,
  errorType: z.string().nullable(),
  statusMessage: z.string().nullable(),
  startedAt: Time,
  durationMs: z.number(),
  firstTokenMs: z.number().nullable(),
  environment: z.string().nullable(),
  service: z.string().nullable(),
  release: z.string().nullable(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  requestModel: z.string().nullable(),
  operation: z.string().nullable(),
  stream: z.boolean(),
  finishReason: z.string().nullable(),
  keyId: z.string().nullable(),
  attempts: z.int(),
  usage: Usage,
  usageSource: UsageSource,
  usageRole: z.enum(['leaf', 'aggregate']),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: Usd,
  costParts: z.record(z.string(), z.string()).meta({ description: 'Decimal US dollars by usage bucket.' }),
  priceVersion: z.string().nullable(),
  cache: z.string().nullable().meta({ description: 'hit, semantic or miss; null where no cache was asked.' }),
  savedUsd: Usd.meta({ description: 'What the kept answer had cost.' }),
  savedMs: z.number().nullable(),
  similarity: z.number().nullable(),
  promptName: z.string().nullable().meta({ description: 'The prompt that it was rendered from.' }),
  promptVersion: z.string().nullable(),
  promptHash: z.string().nullable(),
  inputPreview: z.string(),
  outputPreview: z.string(),
  inputBytes: z.int(),
  outputBytes: z.int(),
  scope: z.string().nullable(),
})
export type Span = z.infer<typeof Span>

/** One span with what it read and wrote. `input` and `output` are JSON where they were JSON, else text. */
export const SpanDetail = Span.extend({ input: z.json().nullable(), output: z.json().nullable(), attributes: z.json().nullable() })
export type SpanDetail = z.infer<typeof SpanDetail>

/** What a list of traces can be sorted by; `-` is largest, newest or most first. */
export const TraceSort = z.enum([
  '-startedAt',
  'startedAt',
  '-durationMs',
  'durationMs',
  '-costUsd',
  'costUsd',
  '-inputTokens',
  'inputTokens',
  '-outputTokens',
  'outputTokens',
  '-totalTokens',
  'totalTokens',
])
export type TraceSort = z.infer<typeof TraceSort>

export const Trace = z.object({
  traceId: TraceId,
  externalId: z.string().nullable(),
  name: z.string(),
  startedAt: Time,
  durationMs: z.number(),
  status: SpanStatus,
  spanCount: z.int(),
  errorCount: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: Usd,
  unpricedCount: z
    .int()
    .meta({ description: 'Spans with tokens but no known price: `costUsd` leaves them out, so it is a lower bound when this is not 0.' }),
  firstTokenMs: z.number().nullable(),
  models: z.array(z.string()),
  sessionId: z.string().nullable(),
  userId: z.string().nullable(),
  environment: z.string().nullable(),
  tags: z.array(z.string()),
  inputPreview: z.string(),
  outputPreview: z.string(),
  scores: z
    .array(TraceScore)
    .max(20)
    .optional()
    .meta({ description: 'What was said of it and its spans, by name; absent where nothing was.' }),
})
export type Trace = z.infer<typeof Trace>
