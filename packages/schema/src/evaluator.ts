import { z } from 'zod'

/** What an evaluator works with, for lists and forms. */
export const EvaluatorKind = z.enum(['code', 'text', 'embedding', 'judge', 'pairwise', 'rag', 'trajectory', 'remote'])
export type EvaluatorKind = z.infer<typeof EvaluatorKind>

/** `binary` is 0 or 1, `unit` from 0 to 1, `percent` from 0 to 100, `ordinal` a few steps, `raw` anything. */
export const EvaluatorScale = z.enum(['binary', 'unit', 'percent', 'ordinal', 'raw'])
export type EvaluatorScale = z.infer<typeof EvaluatorScale>

/** What a row must have so that it can be scored. A row without is `na`, never a zero. */
export const EvaluatorNeed = z.enum(['input', 'expected', 'context', 'messages', 'spans', 'latencyMs', 'costUsd'])
export type EvaluatorNeed = z.infer<typeof EvaluatorNeed>

/** One call of a tool, as every dialect's calls are read into. */
export const ToolCall = z.object({
  name: z.string(),
  arguments: z.unknown().meta({ description: 'An object, or the JSON text of one.' }).optional(),
})
export type ToolCall = z.infer<typeof ToolCall>

/** A step of a trace, as far as a trajectory needs it. */
export const EvaluatedSpan = z.looseObject({
  name: z.string(),
  kind: z.string().optional().meta({ description: '`tool`, `llm`, `retriever`, … as in traces.' }),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  status: z.string().optional(),
  startedAt: z.string().optional(),
  durationMs: z.number().optional(),
})
export type EvaluatedSpan = z.infer<typeof EvaluatedSpan>

const Text = z.string()

/** What is judged: one answer, with what was asked, what was hoped for and what was known. */
export const EvaluatorRow = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  output: z.unknown().meta({ description: 'What the application answered: a text, or any JSON.' }),
  expected: z.unknown().optional().meta({ description: 'What it should have answered.' }),
  references: z.array(Text).optional().meta({ description: 'Several answers that would all be right.' }),
  input: z.unknown().optional().meta({ description: 'What was asked: a text, or any JSON.' }),
  context: z
    .union([Text, z.array(Text)])
    .optional()
    .meta({ description: 'The sources that the answer had, best first.' }),
  messages: z
    .array(z.looseObject({ role: z.string() }))
    .optional()
    .meta({ description: 'The conversation, in the shape of OpenAI or Anthropic.' }),
  spans: z.array(EvaluatedSpan).optional().meta({ description: 'The steps of the trace, in their order.' }),
  traceId: z.string().optional().meta({ description: 'The trace that the row comes from.' }),
  vars: z.record(z.string(), z.unknown()).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  latencyMs: z.number().min(0).optional(),
  costUsd: z
    .union([z.number().min(0), z.string().regex(/^\d+(\.\d+)?$/)])
    .optional()
    .meta({ description: 'A number, or a decimal text.' }),
  cached: z.boolean().optional(),
})
export type EvaluatorRow = z.infer<typeof EvaluatorRow>

/** A piece of what was judged and what became of it: a statement, a sentence, a field. */
export const Evidence = z.object({
  text: z.string(),
  verdict: z.string().meta({ description: 'Such as `supported`, `unsupported`, `missing`, `matched`.' }),
  reason: z.string().optional(),
  source: z.string().optional().meta({ description: 'What of the sources says so.' }),
})
export type Evidence = z.infer<typeof Evidence>

/** What calls of models cost that an evaluator made. */
export const EvaluatorUsage = z.object({
  calls: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.number().nullable().meta({ description: 'null where a price is not known.' }),
})
export type EvaluatorUsage = z.infer<typeof EvaluatorUsage>

const Shared = z.object({
  sub: z.record(z.string(), z.unknown()).optional().meta({ description: 'Parts of the score, such as precision and recall.' }),
  signature: z.string().optional().meta({ description: 'How a metric was worked out, so that two numbers can be compared.' }),
  evidence: z.array(Evidence).optional(),
  usage: EvaluatorUsage.optional(),
})

/**
 * What becomes of a row. `na` means that the question does not arise (no expected answer, no sources); `error` that it could not be
 * answered (the judge failed). Neither is a failed row, and neither is ever counted as a number.
 */
export const Outcome = z.discriminatedUnion('status', [
  Shared.extend({ status: z.literal('scored'), score: z.number(), pass: z.boolean().optional(), reason: z.string().optional() }),
  Shared.extend({ status: z.literal('na'), reason: z.string() }),
  Shared.extend({ status: z.literal('error'), reason: z.string() }),
])
export type Outcome = z.infer<typeof Outcome>

/** An evaluator as lists show it. */
export const EvaluatorInfo = z.object({
  id: z.string(),
  title: z.string(),
  kind: EvaluatorKind,
  scale: EvaluatorScale,
  higherIsBetter: z.boolean(),
  needs: z.array(EvaluatorNeed),
  deterministic: z.boolean().meta({ description: 'The same row always gets the same score.' }),
  costed: z.boolean().meta({ description: 'It calls a model or a service.' }),
  params: z.record(z.string(), z.unknown()).meta({ description: 'The JSON Schema of its parameters.' }),
})
export type EvaluatorInfo = z.infer<typeof EvaluatorInfo>

/** What kind of question an evaluator answers, for lists of them. */
export const EvaluatorGroup = z.enum(['checks', 'text', 'tools', 'retrieval', 'judges', 'own'])
export type EvaluatorGroup = z.infer<typeof EvaluatorGroup>

/** An evaluator with what a person has to know to choose it. */
export const EvaluatorEntry = EvaluatorInfo.extend({
  group: EvaluatorGroup,
  description: z.string().meta({ description: 'What its score says.' }),
  notFor: z.string().meta({ description: 'When another one is right.' }),
})
export type EvaluatorEntry = z.infer<typeof EvaluatorEntry>
