import { z } from 'zod'
import { ScoreType } from './score-type.ts'
import { SpanId, TraceId } from './span.ts'

/** Who judged: an app by API, a person, a model or an evaluator. */
export const ScoreSource = z.enum(['api', 'annotation', 'eval', 'feedback'])
export type ScoreSource = z.infer<typeof ScoreSource>

const ScoreName = z.string().min(1, { error: 'at least one character' }).max(200)
const MAX_TEXT = 100_000

const column = (type: string) => ({ column: type })

/** One judgement, as stored. `meta.column` is the ClickHouse type, as with `SpanRow`. The same `id` again replaces what was said. */
export const ScoreRow = z.object({
  projectId: z.string().meta(column('LowCardinality(String)')),
  id: z.string().min(1).max(800).meta(column('String')),
  /** '' where the score is of a session or of an experiment. */
  traceId: z.union([TraceId, z.literal('')]).meta(column('String')),
  /** '' where the score is of the trace. */
  spanId: z.union([SpanId, z.literal('')]).meta(column('String')),
  sessionId: z.string().max(800).default('').meta(column('String')),
  /** Of an experiment that is scored as a whole. */
  runId: z.string().max(800).default('').meta(column('String')),
  name: ScoreName.meta(column('LowCardinality(String)')),
  type: ScoreType.meta(column('LowCardinality(String)')),
  /** Of numeric and boolean (0 or 1) scores. */
  value: z.number().nullable().meta(column('Nullable(Float64)')),
  /** Of categorical and text scores. */
  text: z.string().max(MAX_TEXT).default('').meta(column('String')),
  comment: z.string().max(MAX_TEXT).default('').meta(column('String')),
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

const Ref = z.string().min(1).max(800)
const VALUES: Record<ScoreType, { is: (value: unknown) => boolean; wanted: string }> = {
  numeric: { is: (value) => typeof value === 'number', wanted: 'a number' },
  boolean: { is: (value) => typeof value === 'boolean' || value === 0 || value === 1, wanted: 'true or false (or 1 or 0)' },
  categorical: { is: (value) => typeof value === 'string', wanted: 'a text' },
  text: { is: (value) => typeof value === 'string', wanted: 'a text' },
}

/** What type a value is of, where nobody says so. */
export const scoreTypeOf = (value: number | string | boolean): ScoreType =>
  typeof value === 'number' ? 'numeric' : typeof value === 'boolean' ? 'boolean' : 'categorical'

/** A judgement as an app sends it. */
export const NewScore = z
  .strictObject({
    id: Ref.optional().meta({ description: 'Sent again with the same id, it replaces what was said. Made here where it is left out.' }),
    traceId: Ref.optional().meta({ description: 'The 32 hex digits, or the id as the client wrote it.' }),
    spanId: Ref.optional().meta({ description: 'Of this span of the trace; without it the score is of the trace.' }),
    sessionId: Ref.optional().meta({ description: 'Of a session, in place of a trace.' }),
    name: ScoreName,
    value: z.union([z.number(), z.string().max(MAX_TEXT), z.boolean()]),
    type: ScoreType.optional().meta({
      description: 'Where it is left out: numeric for a number, boolean for true and false, categorical for a text.',
    }),
    comment: z.string().max(MAX_TEXT).optional(),
    source: ScoreSource.optional().meta({
      description: '`api` by default, `annotation` for an account, always `feedback` for a public key.',
    }),
    environment: z.string().max(200).optional(),
    metadata: z.record(z.string().max(200), z.string().max(10_000)).optional(),
    at: z.iso.datetime({ offset: true }).optional().meta({ description: 'When it was judged; now, where it is left out.' }),
  })
  .refine(({ traceId, sessionId }) => traceId !== undefined || sessionId !== undefined, {
    error: 'is missing: say what the score is of, with `traceId` or `sessionId`',
    path: ['traceId'],
  })
  .refine(({ traceId, spanId }) => spanId === undefined || traceId !== undefined, {
    error: 'needs the `traceId` of its span',
    path: ['spanId'],
  })
  .superRefine(({ value, type = scoreTypeOf(value) }, context) => {
    const { is, wanted } = VALUES[type]
    if (!is(value)) context.addIssue({ code: 'custom', path: ['value'], message: `of a ${type} score must be ${wanted}` })
  })
export type NewScore = z.output<typeof NewScore>

/** A score as the API answers it. */
export const Score = z.object({
  id: z.string(),
  traceId: z.string().nullable(),
  spanId: z.string().nullable().meta({ description: 'null where the score is of the trace.' }),
  sessionId: z.string().nullable(),
  runId: z.string().nullable().meta({ description: 'Of an experiment that is scored as a whole.' }),
  name: z.string(),
  type: ScoreType,
  value: z
    .union([z.number(), z.string(), z.boolean()])
    .nullable()
    .meta({ description: 'A number, true or false, or a text: as `type` says.' }),
  comment: z.string().nullable(),
  source: ScoreSource,
  authorId: z.string().nullable().meta({ description: 'The account or the key that said so.' }),
  environment: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  at: z.iso.datetime(),
})
export type Score = z.infer<typeof Score>
