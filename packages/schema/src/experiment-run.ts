import { z } from 'zod'
import { DatasetItemId, DatasetName, DatasetSplit, DatasetTag } from './dataset.ts'
import { Evidence } from './evaluator.ts'
import { EvalLimits, EvaluatorUse, Gate, HttpTask, InlinePrompt, VariantName } from './experiment.ts'
import { PromptLabelName, PromptName, PromptVersionNumber } from './prompt.ts'

export const ExperimentId = z.string().regex(/^exp_[\w-]{1,60}$/, { error: 'is no id of an experiment: exp_…' })

/** `function`: rows come from whoever runs the task, through the API. `import`: from a run that is over. */
export const ExperimentSource = z.enum(['server', 'function', 'import'])
export type ExperimentSource = z.infer<typeof ExperimentSource>

/** `paused`: its budget is used up, or a provider is not there; it goes on where it is told to. `stopped`: somebody did. */
export const ExperimentState = z.enum(['queued', 'running', 'paused', 'stopped', 'failed', 'done'])
export type ExperimentState = z.infer<typeof ExperimentState>

const Parameters = z.record(z.string(), z.json()).meta({ description: 'Such as temperature or max_tokens, sent as they are.' })

/** A version of a stored prompt. A label becomes the version that it points to when the experiment is made. */
const StoredPromptUse = z.strictObject({
  name: PromptName,
  version: PromptVersionNumber.optional(),
  label: PromptLabelName.optional().meta({ description: '`production` where neither is said.' }),
})

export const ExperimentVariant = z.strictObject({
  id: VariantName.meta({ description: 'What tables and reports call it.' }),
  prompt: z
    .union([InlinePrompt, StoredPromptUse])
    .optional()
    .meta({ description: 'Text or messages with {{field}}, or { name, version }. Absent: the input of the item is sent as it is.' }),
  model: z.string().min(1).max(300).optional().meta({ description: 'An alias or PROVIDER/MODEL. Absent: the one that the prompt names.' }),
  parameters: Parameters.default({}),
})
export type ExperimentVariant = z.output<typeof ExperimentVariant>

const DatasetUse = z.strictObject({
  name: DatasetName,
  version: z.int().min(1).optional().meta({ description: 'The newest when it is made; it stays with that one.' }),
  split: DatasetSplit.optional().meta({ description: 'Absent: all but the holdout.' }),
  tags: z.array(DatasetTag).min(1).max(50).optional().meta({ description: 'Items that have all of them.' }),
  ids: z.array(DatasetItemId).min(1).max(5000).optional(),
  first: z.int().min(1).optional().meta({ description: 'No more than so many.' }),
})

/** One side of a comparison. */
export const ExperimentSide = z.strictObject({
  experimentId: ExperimentId,
  variant: VariantName.optional().meta({ description: 'May be left out where there is one.' }),
})
export type ExperimentSide = z.output<typeof ExperimentSide>

const text = (most: number) => z.string().max(most).default('')

/** What an experiment is. It never changes once it is made. */
export const NewExperiment = z.strictObject({
  name: VariantName.default('experiment').meta({ description: 'Runs of one name are one line of a trend, and share a baseline.' }),
  description: text(2000),
  dataset: DatasetUse,
  task: z
    .union([z.strictObject({ http: HttpTask }), z.strictObject({ function: z.literal(true) })])
    .optional()
    .meta({ description: 'What is asked in place of a model: an HTTP endpoint, or a function of yours whose rows are sent here.' }),
  variants: z.array(ExperimentVariant).min(1).max(100).optional().meta({ description: 'Or prompts × models × parameters.' }),
  prompts: z.record(VariantName, z.union([InlinePrompt, StoredPromptUse])).optional(),
  models: z.array(z.string().min(1).max(300)).min(1).max(50).optional(),
  parameters: z.record(VariantName, Parameters).optional().meta({ description: 'Sets of parameters by name.' }),
  repeats: z.int().min(1).max(100).default(1),
  seed: z.int().min(0).default(1),
  epoch: text(100).meta({ description: 'Another one makes everything cached out of date.' }),
  cache: z.enum(['on', 'read', 'write', 'only', 'off']).default('on'),
  evaluators: z
    .array(z.union([z.string().min(1).max(200), EvaluatorUse]))
    .max(50)
    .default([])
    .meta({ description: 'Ids of built-in evaluators or names of stored ones. None: only scores that are sent with rows.' }),
  judge: z.strictObject({ model: z.string().min(1).max(300), parameters: Parameters.default({}) }).optional(),
  limits: EvalLimits.prefault({}),
  gate: Gate.optional(),
  baseline: ExperimentSide.optional().meta({ description: 'What it is held against; by default what is pinned for its name.' }),
  metadata: z.record(z.string(), z.json()).default({}).meta({ description: 'Such as the commit or the branch. Kept, and shown.' }),
})
export type NewExperiment = z.output<typeof NewExperiment>

const Named = z.object({ count: z.int(), ids: z.array(z.string()) })
const Interval = z.object({ low: z.number(), high: z.number(), method: z.string() })

export const ExperimentMetric = z.object({
  metric: z.string().meta({ description: '`pass` is whether a row passed as a whole.' }),
  variant: z.string(),
  scored: z.int(),
  errors: z.int(),
  na: z.int(),
  missing: z.int(),
  mean: z.number().nullable(),
  ci: Interval.nullable().meta({ description: '95 %.' }),
  binary: z.boolean(),
  higherIsBetter: z.boolean(),
})
export type ExperimentMetric = z.output<typeof ExperimentMetric>

const ExperimentCalls = z.object({
  variant: z.string(),
  calls: z.int(),
  failed: z.int(),
  missing: z.int(),
  costUsd: z.number().nullable(),
  costPerPassUsd: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
})

export const ExperimentComparison = z.object({
  metric: z.string(),
  variant: z.string(),
  baseline: z.string(),
  n: z.int().meta({ description: 'Items that both sides have a score of.' }),
  unpaired: z.int(),
  baselineMean: z.number(),
  candidateMean: z.number(),
  difference: z.number().meta({ description: 'Candidate less baseline.' }),
  ci: Interval.meta({ description: 'Of the difference, paired, 95 %.' }),
  pValue: z.number(),
  adjustedP: z.number().meta({ description: 'Holm, over all that is compared at once.' }),
  test: z.enum(['mcnemar', 'permutation', 't']),
  counts: z.object({ bothPass: z.int(), onlyBaseline: z.int(), onlyCandidate: z.int(), bothFail: z.int() }).optional(),
  detectable: z.number().meta({ description: 'The smallest difference that so many rows show in four runs of five.' }),
  verdict: z.enum(['better', 'worse', 'no difference shown', 'not enough data']),
  higherIsBetter: z.boolean(),
  worse: Named,
  improved: Named,
  flaky: Named.meta({ description: 'Items whose repeats disagree: neither worse nor better.' }),
})
export type ExperimentComparison = z.output<typeof ExperimentComparison>

const outcome = z.enum(['pass', 'fail', 'inconclusive', 'errors'])
export const ExperimentGate = z.object({
  outcome,
  exitCode: z.int().meta({ description: '0 pass, 10 fail, 11 inconclusive, 12 errors.' }),
  findings: z.array(z.object({ name: z.string(), outcome, message: z.string() })),
})
export type ExperimentGate = z.output<typeof ExperimentGate>

/** What a run shows, worked out from its rows. */
export const ExperimentReport = z.object({
  name: z.string(),
  run: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  signalbox: z.string(),
  dataset: z.object({ rows: z.int(), hash: z.string() }),
  variants: z.array(z.string()),
  repeats: z.int(),
  seed: z.int(),
  stopped: z.string().nullable(),
  rows: z.object({
    total: z.int(),
    reached: z.int(),
    failed: z.int(),
    errors: z.int(),
    cached: z.int(),
    damaged: z.int(),
  }),
  metrics: z.array(ExperimentMetric),
  calls: z.array(ExperimentCalls),
  comparisons: z.array(ExperimentComparison),
  gate: ExperimentGate,
  costUsd: z.number().nullable().meta({ description: 'Of tasks and judges together; null where a price is not known.' }),
  judgeCostUsd: z.number(),
  tokens: z.object({ input: z.int(), output: z.int() }),
  derived: z
    .array(z.object({ name: z.string(), variant: z.string(), value: z.number().nullable() }))
    .default([])
    .meta({ description: 'Formulas over metrics, of files that have some.' }),
})
export type ExperimentReport = z.output<typeof ExperimentReport>

export const ExperimentProgress = z.object({
  total: z.int(),
  done: z.int(),
  failed: z.int().meta({ description: 'Calls without an answer.' }),
  cached: z.int(),
  taskCostUsd: z.number().nullable().meta({ description: 'null where a price is not known.' }),
  judgeCostUsd: z.number(),
  etaSeconds: z.int().nullable().meta({ description: 'While it runs, by how fast it went so far.' }),
})
export type ExperimentProgress = z.output<typeof ExperimentProgress>

/** An experiment in a list. */
export const ExperimentSummary = z.object({
  id: ExperimentId,
  name: z.string(),
  source: ExperimentSource,
  state: ExperimentState,
  why: z.string().nullable().meta({ description: 'Why it is paused, stopped or failed.' }),
  dataset: z.object({ name: z.string(), version: z.int().nullable().meta({ description: 'null where it was a file.' }), rows: z.int() }),
  prompts: z.array(z.object({ name: z.string(), version: z.int() })),
  variants: z.array(z.string()),
  repeats: z.int(),
  progress: ExperimentProgress,
  metrics: z.array(ExperimentMetric).meta({ description: 'As soon as it is over: also of what is only partly done.' }),
  gate: outcome.nullable().meta({ description: 'null until it is over.' }),
  pinned: z.array(z.object({ name: z.string(), variant: z.string() })).meta({ description: 'Baselines that it is.' }),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
})
export type ExperimentSummary = z.output<typeof ExperimentSummary>

export const ExperimentScore = z.object({
  key: z.string(),
  metric: z.string(),
  status: z.enum(['scored', 'na', 'error']),
  score: z.number().optional(),
  pass: z.boolean().optional(),
  weight: z.number().optional(),
  reason: z.string().optional(),
  evidence: z.array(Evidence).optional(),
  costUsd: z.number().nullable().optional(),
})
export type ExperimentScore = z.output<typeof ExperimentScore>

/** What came of one item, for one variant and repeat. */
export const ExperimentAnswer = z.object({
  variant: z.string(),
  repeat: z.int(),
  state: z.enum(['answered', 'scored', 'failed']).meta({ description: 'answered: its scores are still to come.' }),
  output: z.unknown().optional(),
  error: z.string().nullable(),
  pass: z.boolean().nullable(),
  score: z.number().nullable(),
  scores: z.array(ExperimentScore),
  latencyMs: z.number().nullable(),
  costUsd: z.number().nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  cached: z.boolean(),
  traceId: z.string().nullable(),
})
export type ExperimentAnswer = z.output<typeof ExperimentAnswer>

export const ExperimentRow = z.object({
  index: z.int().meta({ description: 'Its place in the dataset, from 0.' }),
  itemId: z.string(),
  sealed: z.boolean().meta({ description: 'Of the holdout: what it says and what was answered is not shown.' }),
  input: z.unknown().optional(),
  expected: z.unknown().optional(),
  context: z.unknown().optional(),
  tags: z.array(z.string()),
  split: z.string().nullable(),
  flaky: z.boolean().meta({ description: 'Repeats of one variant disagree on whether it passes, or in the chosen metric.' }),
  change: z.enum(['worse', 'better', 'same']).nullable().meta({ description: 'Against the chosen baseline; null where there is none.' }),
  answers: z.array(ExperimentAnswer).meta({ description: 'By variant, then by repeat.' }),
  baseline: z.array(ExperimentAnswer).meta({ description: 'Of the other experiment, where one is chosen.' }),
})
export type ExperimentRow = z.output<typeof ExperimentRow>
