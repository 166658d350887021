import { z } from 'zod'
import { SpanId, TraceId } from './span.ts'

export const ScoreType = z.enum(['numeric', 'categorical', 'boolean', 'text'])
export type ScoreType = z.infer<typeof ScoreType>

/** Who judged: an app by API, a person, a model or an evaluator. */
export const ScoreSource = z.enum(['api', 'annotation', 'eval', 'feedback'])
export type ScoreSource = z.infer<typeof ScoreSource>

const column = (type: string) => ({ column: type })

/** One judgement, as stored. `meta.column` is the ClickHouse type, as with `SpanRow`. The same `id` again replaces what was said. */
export const ScoreRow = z.object({
  projectId: z.string().meta(column('LowCardinality(String)')),
  id: z.string().min(1).max(200).meta(column('String')),
  /** '' where the score is of a session or of an experiment. */
  traceId: z.union([TraceId, z.literal('')]).meta(column('String')),
  /** '' where the score is of the trace. */
  spanId: z.union([SpanId, z.literal('')]).meta(column('String')),
  sessionId: z.string().max(800).default('').meta(column('String')),
  /** Of an experiment that is scored as a whole. */
  runId: z.string().max(200).default('').meta(column('String')),
  name: z.string().min(1).max(200).meta(column('LowCardinality(String)')),
  type: ScoreType.meta(column('LowCardinality(String)')),
  /** Of numeric and boolean (0 or 1) scores. */
  value: z.number().nullable().meta(column('Nullable(Float64)')),
  /** Of categorical and text scores. */
  text: z.string().max(100_000).default('').meta(column('String')),
  comment: z.string().max(100_000).default('').meta(column('String')),
  source: ScoreSource.meta(column('LowCardinality(String)')),
  /** The account or the key that said so. */
  authorId: z.string().default('').meta(column('String')),
  environment: z.string().default('').meta(column('LowCardinality(String)')),
  metadata: z.record(z.string(), z.string()).default({}).meta(column('Map(LowCardinality(String), String)')),
  /** Microseconds since 1970: when it was judged, and when the edge had it. */
  at: z.int().meta(column('DateTime64(6)')),
  receivedAt: z.int().meta(column('DateTime64(6)')),
})
export type ScoreRow = z.output<typeof ScoreRow>
