import { z } from 'zod'
import { USAGE_BUCKETS } from './usage.ts'

export const FilterOp = z.enum(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'contains', 'exists'])
export type FilterOp = z.infer<typeof FilterOp>

export type FieldType = 'string' | 'strings' | 'number' | 'boolean' | 'time'

/** Where the steps of a histogram of durations begin, in milliseconds. */
export const DURATION_BUCKETS = [0, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000] as const

/**
 * Every field of a span, with its type: what can be filtered and grouped by. One list for API, UI and SQL. Beside it stand `metadata.KEY`,
 * `costParts.BUCKET` (in USD) and `score.NAME` (of the span, or of its trace).
 * `answeredBy` says how a good answer of the gateway came: `cache`, `first-try`, or `another-try` (a retry, another key or
 * another target, after one that failed); it is empty for what has no answer or did not go through the gateway.
 * `outcome` is the status, except that what a kept answer answered well is `cached`, and what the gateway refused itself is `refused`.
 * `durationBucket` is the greatest of `DURATION_BUCKETS` that is not above the duration.
 */
export const FIELDS = {
  name: { type: 'string', title: 'Name', group: true },
  kind: { type: 'string', title: 'Kind', group: true },
  status: { type: 'string', title: 'Status', group: true },
  source: { type: 'string', title: 'Source', group: true },
  errorType: { type: 'string', title: 'Error type', group: true },
  model: { type: 'string', title: 'Model', group: true },
  requestModel: { type: 'string', title: 'Requested model', group: true },
  provider: { type: 'string', title: 'Provider', group: true },
  operation: { type: 'string', title: 'Operation', group: true },
  environment: { type: 'string', title: 'Environment', group: true },
  service: { type: 'string', title: 'Service', group: true },
  release: { type: 'string', title: 'Release', group: true },
  userId: { type: 'string', title: 'User', group: true },
  sessionId: { type: 'string', title: 'Session', group: true },
  keyId: { type: 'string', title: 'Key', group: true },
  finishReason: { type: 'string', title: 'Finish reason', group: true },
  promptName: { type: 'string', title: 'Prompt', group: true },
  promptVersion: { type: 'string', title: 'Prompt version', group: true },
  promptHash: { type: 'string', title: 'Prompt hash', group: true },
  tags: { type: 'strings', title: 'Tags', group: false },
  traceId: { type: 'string', title: 'Trace', group: false },
  spanId: { type: 'string', title: 'Span', group: false },
  durationMs: { type: 'number', title: 'Duration (ms)', group: false },
  firstTokenMs: { type: 'number', title: 'First token (ms)', group: false },
  inputTokens: { type: 'number', title: 'Input tokens', group: false },
  outputTokens: { type: 'number', title: 'Output tokens', group: false },
  totalTokens: { type: 'number', title: 'Total tokens', group: false },
  usageInput: { type: 'number', title: 'Tokens: uncached text input', group: false },
  usageCacheRead: { type: 'number', title: 'Tokens: read from cache', group: false },
  usageCacheWrite: { type: 'number', title: 'Tokens: written to cache', group: false },
  usageCacheWrite1h: { type: 'number', title: 'Tokens: written to 1 h cache', group: false },
  usageInputAudio: { type: 'number', title: 'Tokens: audio input', group: false },
  usageInputImage: { type: 'number', title: 'Tokens: image input', group: false },
  usageOutput: { type: 'number', title: 'Tokens: text output', group: false },
  usageReasoning: { type: 'number', title: 'Tokens: reasoning', group: false },
  usageOutputAudio: { type: 'number', title: 'Tokens: audio output', group: false },
  usageSource: { type: 'string', title: 'Usage told by', group: true },
  usageRole: { type: 'string', title: 'Usage role', group: true },
  cost: { type: 'number', title: 'Cost (USD)', group: false },
  priceVersion: { type: 'string', title: 'Price version', group: true },
  stream: { type: 'boolean', title: 'Streamed', group: true },
  cache: { type: 'string', title: 'Cache', group: true },
  savedUsd: { type: 'number', title: 'Saved (USD)', group: false },
  savedMs: { type: 'number', title: 'Saved (ms)', group: false },
  similarity: { type: 'number', title: 'Similarity', group: false },
  attempts: { type: 'number', title: 'Tries', group: true },
  answeredBy: { type: 'string', title: 'Answered by', group: true },
  outcome: { type: 'string', title: 'Outcome', group: true },
  durationBucket: { type: 'number', title: 'Duration, from (ms)', group: true },
  entry: { type: 'boolean', title: 'First span of its trace', group: false },
  parentId: { type: 'string', title: 'Parent span', group: false },
  externalId: { type: 'string', title: 'Trace id of the client', group: false },
  statusMessage: { type: 'string', title: 'Message of the status', group: true },
  scope: { type: 'string', title: 'Instrumentation scope', group: true },
  mapperVersion: { type: 'number', title: 'Version of the mapping', group: true },
  inputPreview: { type: 'string', title: 'Begin of the input', group: false },
  outputPreview: { type: 'string', title: 'Begin of the output', group: false },
  inputBytes: { type: 'number', title: 'Input (bytes)', group: false },
  outputBytes: { type: 'number', title: 'Output (bytes)', group: false },
  startedAt: { type: 'time', title: 'Start', group: false },
  receivedAt: { type: 'time', title: 'Received', group: false },
} as const satisfies Record<string, { type: FieldType; title: string; group: boolean }>
export type FieldName = keyof typeof FIELDS
export const FIELD_NAMES = Object.keys(FIELDS) as [FieldName, ...FieldName[]]

/** What a name of a field begins with that is followed by one of many. No control characters: they are never meant. */
const DYNAMIC = new RegExp(`^(metadata|score)\\.[^\\p{Cc}]{1,200}$|^costParts\\.(${USAGE_BUCKETS.join('|')})$`, 'u')
const isField = (name: string) => Object.hasOwn(FIELDS, name) || DYNAMIC.test(name)
export const FilterField = z
  .string()
  .refine(isField, { error: `must be one of ${FIELD_NAMES.join(', ')}, metadata.KEY, score.NAME or costParts.BUCKET` })

/** Where `search` looks: at names, ids and how inputs and outputs begin, or for words anywhere in the inputs and outputs. */
export const SearchIn = z.enum(['preview', 'content'])
export type SearchIn = z.infer<typeof SearchIn>

/** The parameters of a search; beside each other in every list that has one. */
export const searching = {
  search: z.string().max(200).optional().meta({
    description: 'With `in=preview` found in name, previews, user, session or id; with `in=content` whole words of inputs and outputs.',
  }),
  in: SearchIn.optional().meta({
    description:
      '`preview` where absent. `content` finds all words in any order, and text in "quotes" as it stands, in the first 8 KB of each.',
  }),
}

const Scalar = z.union([z.string().max(2000), z.number(), z.boolean()])
export const Filter = z
  .strictObject({
    field: FilterField,
    op: FilterOp,
    value: z.union([Scalar, z.array(Scalar).max(500)]).optional(),
  })
  .refine((filter) => filter.op === 'exists' || filter.value !== undefined, { error: 'needs a value' })
  .refine((filter) => (filter.op === 'in') === Array.isArray(filter.value), { error: '`in` takes a list, every other op one value' })
export type Filter = z.infer<typeof Filter>

/** A measure of the spans themselves. */
export const SpanMeasure = z
  .enum([
    'calls',
    'errors',
    'errorRate',
    'traces',
    'inputTokens',
    'outputTokens',
    'totalTokens',
    'costUsd',
    'unpriced',
    'durationP50',
    'durationP95',
    'durationP99',
    'firstTokenP50',
    'firstTokenP95',
    'firstTokenP99',
    'tokensPerSecond',
    'cacheHits',
    'cacheSemanticHits',
    'cacheMisses',
    'cacheHitRate',
    'savedUsd',
    'savedSeconds',
  ])
  .meta({
    description:
      '`calls`, `errors`, durations and first tokens are of matching spans that are model calls (kind llm or embedding); of all that ' +
      'match where `kind` or `entry` is filtered or `kind` is a dimension. Tokens and cost are of all matching leaf spans. ' +
      '`errors` are error and interrupted. What is still running is counted when it has ended. `errorRate` is 0 to 1. `unpriced` are leaf spans with tokens but no known price. ' +
      '`tokensPerSecond` is output tokens by the time after the first token. Percentiles are t-digest estimates. ' +
      '`cacheHits` are calls that a kept answer answered, `cacheSemanticHits` those of them that asked something close; `cacheHitRate` is their ' +
      'part of the calls that asked the cache. `savedUsd` and `savedSeconds` are what the kept answers had cost and taken.',
  })
export type SpanMeasure = z.infer<typeof SpanMeasure>

export const SCORE_MEASURES = ['scoreAvg', 'scoreCount', 'scoreTrue', 'scoreFalse'] as const
const ScoreMeasure = z
  .templateLiteral([z.enum(SCORE_MEASURES), '.', z.string()])
  .refine((name) => /^\w+\.[^\p{Cc}]{1,200}$/u.test(name), { error: 'needs the name of a score behind the dot, of at most 200 characters' })
  .meta({
    description:
      '`scoreAvg.NAME` is the mean of the scores of that name (of true and false: the share of true), `scoreCount.NAME` how many there are, ' +
      '`scoreTrue.NAME` and `scoreFalse.NAME` how many say true and false. They are of the spans that match, of the traces that these ' +
      'are in and of the sessions of those; a score counts once in each group, in the first bucket that its spans are in.',
  })

export const Measure = z.union([SpanMeasure, ScoreMeasure], {
  error: `must be one of ${SpanMeasure.options.join(', ')}, or ${SCORE_MEASURES.map((name) => `${name}.NAME`).join(', ')} with the name of a score`,
})
export type Measure = z.infer<typeof Measure>

/** Which measure of which score a measure is; undefined for those of spans. */
export function scoreMeasureOf(measure: Measure): { measure: (typeof SCORE_MEASURES)[number]; score: string } | undefined {
  const dot = measure.indexOf('.')
  if (dot < 0) return undefined
  return { measure: measure.slice(0, dot) as (typeof SCORE_MEASURES)[number], score: measure.slice(dot + 1) }
}

export const Bucket = z.enum(['minute', '5m', '15m', 'hour', '6h', 'day', 'week'])
export type Bucket = z.infer<typeof Bucket>

/** Measures × dimensions × time buckets, as data: one compiler turns it into SQL. */
export const Query = z.strictObject({
  measures: z.array(Measure).min(1).max(20),
  dimensions: z.array(FilterField).max(4).default([]),
  filters: z.array(Filter).max(50).default([]),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  bucket: Bucket.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
})
export type Query = z.output<typeof Query>
/** `bucket` (ISO time, when asked), one column per dimension, one per measure; `costUsd` is a decimal string or null. */
export const QueryRow = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
export type QueryRow = z.infer<typeof QueryRow>
