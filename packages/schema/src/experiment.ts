import { z } from 'zod'
import { PriceEntry, ProviderEntry } from './config.ts'
import { ProviderName } from './provider.ts'

/** Of variants, evaluators and experiments. */
export const VariantName = z.string().regex(/^[\w][\w ./@:+-]{0,99}$/, { error: 'write letters, digits and . / @ : + - _, at most 100' })
const name = VariantName

const ChatMessage = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.unknown().optional(),
})

/** What is sent to a model: a text with `{{field}}` in it, messages, or a file of either. */
const inline = [z.string().min(1), z.array(ChatMessage).min(1)] as const
export const InlinePrompt = z.union(inline)
const PromptContent = z
  .union([
    ...inline,
    z.strictObject({ file: z.string().min(1).meta({ description: 'Text, or a JSON or YAML list of messages; relative to this file.' }) }),
  ])
  .meta({ description: 'Text with {{field}}, a list of messages, or { file: … }.' })
export type PromptContent = z.output<typeof PromptContent>

const Parameters = z.record(z.string(), z.unknown()).meta({ description: 'Such as temperature or max_tokens, sent as they are.' })

const EvalVariant = z.strictObject({
  id: name.meta({ description: 'What reports call it.' }),
  prompt: PromptContent.optional().meta({ description: 'Absent: the input of the row is sent as it is.' }),
  model: z.string().min(1).optional().meta({ description: 'PROVIDER/MODEL, or an alias where `gateway` is set.' }),
  parameters: Parameters.default({}),
})
export type EvalVariant = z.output<typeof EvalVariant>

const DatasetFilter = z.strictObject({
  tags: z.array(z.string()).min(1).optional().meta({ description: 'Rows that have all of them.' }),
  split: z.string().optional(),
  ids: z.array(z.string()).min(1).optional(),
  first: z.int().min(1).optional().meta({ description: 'No more than so many.' }),
})
export type DatasetFilter = z.output<typeof DatasetFilter>

const DatasetRow = z.record(z.string(), z.unknown())
const Dataset = z
  .union([
    z.string().min(1),
    z.array(DatasetRow).min(1),
    z.strictObject({
      file: z.string().min(1),
      format: z.enum(['jsonl', 'csv', 'json']).optional().meta({ description: 'By default what the name of the file ends in.' }),
      filter: DatasetFilter.optional(),
    }),
  ])
  .meta({ description: 'A file of rows (.jsonl, .csv, .json), relative to this one, or the rows themselves.' })

export const EvaluatorUse = z.strictObject({
  id: z.string().min(1).meta({ description: 'An evaluator of `signalbox score --list`.' }),
  name: name.optional().meta({ description: 'What reports call it; the id by default.' }),
  params: z.record(z.string(), z.unknown()).default({}).meta({ description: 'Text in them may hold {{field}} of the row.' }),
  weight: z.number().min(0).default(1).meta({ description: '0: shown, and never a reason for a row to fail.' }),
  threshold: z.number().optional().meta({ description: 'A row passes from this score on, where the evaluator itself gives no verdict.' }),
})
export type EvaluatorUse = z.output<typeof EvaluatorUse>

export const HttpTask = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH']).default('POST'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional().meta({ description: 'Text in it may hold {{field}}; absent: the row as JSON.' }),
  output: z
    .string()
    .optional()
    .meta({ description: 'Where the answer stands in the JSON that comes back, such as data.items[0].text; absent: all of it.' }),
})
export type HttpTask = z.output<typeof HttpTask>

export const EvalLimits = z.strictObject({
  concurrency: z
    .int()
    .min(1)
    .max(1000)
    .default(16)
    .meta({ description: 'Calls at once to one provider, at most. It goes down by itself.' }),
  attempts: z.int().min(1).max(10).default(3).meta({ description: 'Of a call that is refused for load, or fails on the way.' }),
  timeoutSeconds: z.number().positive().max(3600).default(120).meta({ description: 'Of one call.' }),
  deadlineMinutes: z.number().positive().optional().meta({ description: 'Of the run. What is not done then is left out of the report.' }),
  costUsd: z.number().positive().optional().meta({ description: 'Stops before more is spent, and reports what is there.' }),
})
export type EvalLimits = z.output<typeof EvalLimits>

const GateRule = z.strictObject({
  metric: z.string().min(1).meta({ description: 'An evaluator by its name; `pass` is whether a row passed as a whole.' }),
  rule: z.enum(['noninferior', 'better', 'min']).default('noninferior'),
  margin: z.number().min(0).optional().meta({
    description: 'noninferior: by how much it may be worse. 0.02 by default; 2 % of the mean of the baseline where scores go beyond 1.',
  }),
  value: z.number().optional().meta({ description: 'min: the least mean.' }),
  bound: z
    .enum(['mean', 'lower'])
    .default('mean')
    .meta({ description: 'min: what must reach the value, the mean itself or the lower end of its interval.' }),
  variant: z.string().optional().meta({ description: 'Absent: every variant but the baseline.' }),
})
export type GateRule = z.output<typeof GateRule>

export const Gate = z.strictObject({
  vs: z.string().optional().meta({
    description: 'What it is held against: a variant by its id, or a pinned file. By default the pinned baseline, where there is one.',
  }),
  rules: z.array(GateRule).default([]).meta({ description: 'All must hold. None: every metric may not be worse than the baseline.' }),
  alpha: z.number().gt(0).lt(0.5).default(0.05),
  minN: z.int().min(1).default(1).meta({ description: 'With fewer scored rows a rule is inconclusive.' }),
  maxErrorRate: z.number().min(0).max(1).default(0.02).meta({ description: 'Of rows whose call or whose evaluator failed.' }),
  critical: z.string().default('critical').meta({ description: 'Rows with this tag must pass, each of them.' }),
  inconclusive: z
    .enum(['report', 'warn', 'fail', 'rerun'])
    .default('report')
    .meta({ description: 'report: exit code 11. warn: 0. fail: 10. rerun: with more repeats first, then 11.' }),
  maxRepeats: z.int().min(2).max(50).default(5).meta({ description: 'How far `rerun` goes.' }),
  budget: z
    .strictObject({
      costUsd: z.number().positive().optional().meta({ description: 'Of all calls of a variant.' }),
      p95Ms: z.number().positive().optional().meta({ description: 'Of the time that its calls took.' }),
    })
    .prefault({}),
})
export type Gate = z.output<typeof Gate>

/** `signalbox.eval.yaml`. */
export const EvalFile = z.strictObject({
  version: z.literal(1).default(1),
  name: name.default('eval'),
  description: z.string().optional(),
  dataset: Dataset,
  providers: z
    .record(ProviderName, ProviderEntry)
    .default({})
    .meta({ description: 'As in signalbox.yaml; those of the environment are there without.' }),
  prices: z.array(PriceEntry).default([]),
  gateway: z
    .strictObject({
      baseUrl: z.url({ protocol: /^https?$/ }).meta({ description: 'Of an OpenAI dialect, such as http://127.0.0.1:7500/v1.' }),
      apiKey: z.string().optional(),
      headers: z.record(z.string(), z.string()).default({}),
    })
    .optional()
    .meta({ description: 'Calls go here instead of to the providers themselves.' }),
  variants: z.array(EvalVariant).min(1).optional().meta({ description: 'What is compared. Or prompts × models × parameters.' }),
  prompts: z.record(name, PromptContent).optional(),
  models: z.array(z.string().min(1)).min(1).optional(),
  parameters: z.record(name, Parameters).optional().meta({ description: 'Sets of parameters by name.' }),
  task: z.strictObject({ http: HttpTask }).optional().meta({ description: 'What is asked in place of a model.' }),
  repeats: z.int().min(1).max(100).default(1),
  seed: z.int().min(0).default(1).meta({ description: 'Of the order of the rows and of all that is drawn.' }),
  epoch: z.string().default('').meta({ description: 'Another one makes everything cached out of date.' }),
  evaluators: z.array(z.union([z.string().min(1), EvaluatorUse])).min(1),
  judge: z.strictObject({ model: z.string().min(1), parameters: Parameters.default({}) }).optional(),
  limits: EvalLimits.prefault({}),
  gate: Gate.optional(),
})
export type EvalFile = z.output<typeof EvalFile>
