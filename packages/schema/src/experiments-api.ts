import { z } from 'zod'
import { DatasetItemId, DatasetName } from './dataset.ts'
import { Gate, VariantName } from './experiment.ts'
import {
  ExperimentComparison,
  ExperimentId,
  ExperimentReport,
  ExperimentRow,
  ExperimentScore,
  ExperimentSide,
  ExperimentState,
  ExperimentSummary,
  NewExperiment,
} from './experiment-run.ts'
import { MovableLabel, PromptName, PromptVersionNumber } from './prompt.ts'
import { cursor, limit, nextCursor, none, ok, type Route, route } from './route.ts'

const id = ExperimentId
const why = z.string().trim().max(500).default('')
const repeat = z.int().min(0).max(99).default(0)

export const ExperimentDetail = ExperimentSummary.extend({
  definition: NewExperiment.nullable().meta({ description: 'As it was made; null of what was imported.' }),
  metadata: z.record(z.string(), z.json()).meta({ description: 'Such as the commit or the branch.' }),
  baseline: ExperimentSide.nullable(),
  report: ExperimentReport.nullable().meta({ description: 'As soon as it is over.' }),
})
export type ExperimentDetail = z.output<typeof ExperimentDetail>

/** A row as whoever ran the task has it. The same (item, variant, repeat) again takes the place of the first. */
const SentRow = z.strictObject({
  itemId: DatasetItemId,
  variant: VariantName.optional().meta({ description: 'May be left out where there is one.' }),
  repeat,
  output: z.json().optional(),
  error: z.string().max(10_000).optional().meta({ description: 'In place of an output: why there is none.' }),
  latencyMs: z.number().min(0).optional(),
  costUsd: z.number().min(0).nullable().optional(),
  inputTokens: z.int().min(0).optional(),
  outputTokens: z.int().min(0).optional(),
  cached: z.boolean().optional(),
  traceId: z.string().max(800).optional(),
  scores: z
    .array(ExperimentScore.extend({ key: z.string().min(1).max(200), metric: z.string().min(1).max(200).optional() }))
    .max(200)
    .default([]),
  pass: z.boolean().nullable().optional().meta({ description: 'By default from its scores: all that say so and have a weight.' }),
})
export type SentExperimentRow = z.output<typeof SentRow>

const ImportedCase = z.strictObject({
  id: DatasetItemId,
  index: z.int().min(0).max(10_000_000),
  input: z.json().optional(),
  expected: z.json().optional(),
  tags: z.array(z.string().max(200)).max(100).default([]),
  cluster: z.string().max(200).optional(),
})

export const BaselineRow = z.object({
  name: z.string(),
  experimentId: id,
  variant: z.string(),
  pinnedAt: z.iso.datetime(),
  pinnedBy: z.string().nullable(),
  why: z.string(),
})
export type BaselineRow = z.output<typeof BaselineRow>

export const PromptGateRow = z.object({ label: z.string(), setAt: z.iso.datetime(), setBy: z.string().nullable() })

/** The rows of the API table about experiments. */
export const experimentsApi = {
  'experiments.list': route({
    method: 'GET',
    path: '/api/v1/experiments',
    summary: 'List experiments, newest first',
    access: 'experiments:read',
    input: z.object({
      search: z.string().max(200).optional().meta({ description: 'In names and descriptions.' }),
      name: VariantName.optional(),
      dataset: DatasetName.optional(),
      prompt: PromptName.optional(),
      state: ExperimentState.optional(),
      limit,
      cursor,
    }),
    output: z.object({ experiments: z.array(ExperimentSummary), nextCursor }),
  }),
  'experiments.create': route({
    method: 'POST',
    path: '/api/v1/experiments',
    summary: 'Make an experiment and begin with it',
    access: 'experiments:write',
    input: NewExperiment,
    output: ExperimentDetail,
  }),
  'experiments.get': route({
    method: 'GET',
    path: '/api/v1/experiments/{id}',
    summary: 'One experiment: what it is, how far it is, what it shows',
    access: 'experiments:read',
    input: z.object({ id }),
    output: ExperimentDetail,
  }),
  'experiments.remove': route({
    method: 'DELETE',
    path: '/api/v1/experiments/{id}',
    summary: 'Delete an experiment with its rows; what was answered stays in its traces',
    access: 'experiments:write',
    input: z.object({ id }),
    output: ok,
  }),
  'experiments.stop': route({
    method: 'POST',
    path: '/api/v1/experiments/{id}/stop',
    summary: 'Begin nothing more: what is under way is finished and kept',
    access: 'experiments:write',
    input: z.strictObject({ id, why }),
    output: ExperimentDetail,
  }),
  'experiments.resume': route({
    method: 'POST',
    path: '/api/v1/experiments/{id}/resume',
    summary: 'Go on with what is not done yet',
    access: 'experiments:write',
    input: z.strictObject({
      id,
      retryErrors: z.boolean().default(false).meta({ description: 'Ask again what failed, too.' }),
      costUsd: z.number().positive().optional().meta({ description: 'A higher budget in place of the one it has.' }),
    }),
    output: ExperimentDetail,
  }),
  'experiments.rows': route({
    method: 'GET',
    path: '/api/v1/experiments/{id}/rows',
    summary: 'Items with what came of them, side by side, in the order of the dataset',
    access: 'experiments:read',
    input: z.object({
      id,
      variant: VariantName.optional().meta({ description: 'Only answers of this one; of a comparison: the candidate.' }),
      metric: z.string().max(200).default('pass').meta({ description: 'What worse, better and flaky go by.' }),
      baseline: id.optional().meta({ description: 'Another experiment that it is held against, by the ids of items.' }),
      baselineVariant: VariantName.optional().meta({ description: 'Without `baseline`: another variant of this experiment.' }),
      show: z.enum(['all', 'worse', 'better', 'changed', 'flaky', 'failed', 'errors']).default('all'),
      search: z.string().max(200).optional().meta({ description: 'In ids, inputs, expected answers and outputs.' }),
      itemId: DatasetItemId.optional(),
      traceId: z.string().max(800).optional(),
      limit,
      cursor,
    }),
    output: z.object({
      rows: z.array(ExperimentRow),
      counts: z
        .object({ all: z.int(), worse: z.int(), better: z.int(), flaky: z.int(), failed: z.int(), errors: z.int() })
        .meta({ description: 'Of all items, whatever is shown.' }),
      nextCursor,
    }),
  }),
  'experiments.send': route({
    method: 'POST',
    path: '/api/v1/experiments/{id}/rows',
    summary: 'Send rows of a function: they are scored here, with what they bring along',
    access: 'experiments:write',
    input: z.strictObject({
      id,
      rows: z.array(SentRow).max(1000).default([]),
      finish: z.boolean().default(false).meta({ description: 'There are no more: work out what they show.' }),
    }),
    output: z.object({ taken: z.int(), state: ExperimentState }),
  }),
  'experiments.import': route({
    method: 'POST',
    path: '/api/v1/experiments/import',
    summary: 'Take in a run that was made without a server, in pieces; the same run again changes nothing',
    access: 'experiments:write',
    input: z.strictObject({
      run: z
        .string()
        .regex(/^[\w-]{8,64}$/, { error: '8 to 64 letters, digits, _ and -' })
        .meta({ description: 'By which it is the same.' }),
      name: VariantName,
      description: z.string().max(2000).default(''),
      startedAt: z.iso.datetime(),
      dataset: z.strictObject({ name: z.string().min(1).max(255), hash: z.string().max(100).default(''), rows: z.int().min(0) }),
      variants: z.array(VariantName).min(1).max(100),
      repeats: z.int().min(1).max(100).default(1),
      seed: z.int().min(0).default(1),
      metrics: z
        .array(
          z.strictObject({ metric: z.string().min(1).max(200), version: z.string().max(100), higherIsBetter: z.boolean().default(true) }),
        )
        .max(200)
        .default([]),
      gate: Gate.optional(),
      metadata: z.record(z.string(), z.json()).default({}),
      items: z.array(ImportedCase).max(2000).default([]),
      rows: z.array(SentRow).max(2000).default([]),
      judgeCostUsd: z.number().min(0).default(0),
      finish: z.boolean().default(false),
    }),
    output: z.object({ id, taken: z.int(), state: ExperimentState, url: z.string() }),
  }),
  'experiments.compare': route({
    method: 'GET',
    path: '/api/v1/experiments/{id}/compare',
    summary: 'Hold a variant against another one, of this experiment or another, on the items that both have',
    access: 'experiments:read',
    input: z.object({
      id,
      variant: VariantName.optional().meta({
        description: 'The candidate. May be left out where there is one, or one beside the baseline.',
      }),
      baseline: id.optional().meta({ description: 'Another experiment; absent: this one.' }),
      baselineVariant: VariantName.optional(),
      metric: z.string().max(200).optional().meta({ description: 'Only this one; all by default.' }),
      alpha: z.coerce.number().gt(0).lt(0.5).default(0.05),
    }),
    output: z.object({
      candidate: z.object({ experimentId: id, variant: z.string() }),
      baseline: z.object({ experimentId: id, variant: z.string() }),
      comparisons: z.array(ExperimentComparison.extend({ words: z.array(z.string()) })),
      differentVersions: z
        .array(z.string())
        .meta({ description: 'Metrics that were worked out by other versions of an evaluator: not compared.' }),
    }),
  }),
  'experiments.trend': route({
    method: 'GET',
    path: '/api/v1/experiment-trend',
    summary: 'A metric over finished experiments, oldest first',
    access: 'experiments:read',
    input: z.object({
      dataset: DatasetName.optional(),
      prompt: PromptName.optional(),
      name: VariantName.optional(),
      metric: z.string().max(200).optional(),
      limit,
    }),
    output: z.object({
      points: z.array(
        z.object({
          experimentId: id,
          name: z.string(),
          at: z.iso.datetime(),
          variant: z.string(),
          metric: z.string(),
          metricVersion: z.string().meta({ description: 'Points of different versions do not belong to one line.' }),
          mean: z.number(),
          low: z.number().nullable(),
          high: z.number().nullable(),
          n: z.int(),
          costUsd: z.number().nullable(),
          prompt: z.object({ name: z.string(), version: z.int() }).nullable(),
          model: z.string().nullable(),
        }),
      ),
    }),
  }),
  'experiments.export': route({
    method: 'GET',
    path: '/api/v1/experiments/{id}/export',
    summary: 'The report of an experiment as a file: JSON, JSON lines, CSV, JUnit, Markdown, HTML',
    access: 'experiments:read',
    input: z.object({ id, format: z.enum(['json', 'jsonl', 'csv', 'junit', 'markdown', 'html']).default('json') }),
    output: z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  }),
  'experiments.pin': route({
    method: 'POST',
    path: '/api/v1/experiments/{id}/pin',
    summary: 'Make a variant of a finished experiment the baseline that later ones are held against',
    access: 'experiments:write',
    input: z.strictObject({
      id,
      variant: VariantName.optional(),
      name: VariantName.optional().meta({ description: 'The name of the experiments that are held against it; its own by default.' }),
      why,
    }),
    output: BaselineRow,
  }),
  'experiments.baselines': route({
    method: 'GET',
    path: '/api/v1/experiment-baselines',
    summary: 'What is pinned, by name',
    access: 'experiments:read',
    input: none.extend({ name: VariantName.optional() }),
    output: z.object({ baselines: z.array(BaselineRow) }),
  }),
  'experiments.unpin': route({
    method: 'DELETE',
    path: '/api/v1/experiment-baselines/{name}',
    summary: 'Take a baseline away; the experiment stays',
    access: 'experiments:write',
    input: z.object({ name: VariantName }),
    output: ok,
  }),
  'experiments.testPrompt': route({
    method: 'POST',
    path: '/api/v1/prompts/{name}/tests',
    summary: 'Run the tests that a version of a prompt brings along: its dataset, its evaluators, its gate',
    access: 'experiments:write',
    input: z.strictObject({
      name: PromptName,
      version: PromptVersionNumber.optional().meta({ description: 'The newest by default.' }),
      against: z.union([MovableLabel, PromptVersionNumber]).default('production').meta({
        description: 'The label or version it is held against. Where a label points nowhere yet, the version is tested by itself.',
      }),
      model: z.string().min(1).max(300).optional().meta({ description: 'In place of the one that the prompt names.' }),
      repeats: z.int().min(1).max(20).default(1),
    }),
    output: ExperimentDetail,
  }),
  'experiments.promptTests': route({
    method: 'GET',
    path: '/api/v1/prompts/{name}/tests',
    summary: 'The tests of the versions of a prompt that were run, newest first',
    access: 'experiments:read',
    input: z.object({ name: PromptName, version: z.coerce.number().pipe(PromptVersionNumber).optional(), limit }),
    output: z.object({
      tests: z.array(z.object({ version: z.int(), against: z.int().nullable(), experiment: ExperimentSummary })),
    }),
  }),
  'experiments.promptGates': route({
    method: 'GET',
    path: '/api/v1/prompt-gates',
    summary: 'Labels that only a version with passed tests may get',
    access: 'prompts:read',
    input: none,
    output: z.object({ gates: z.array(PromptGateRow) }),
  }),
  'experiments.setPromptGate': route({
    method: 'PUT',
    path: '/api/v1/prompt-gates/{label}',
    summary: 'Let a label point only to versions whose tests passed, of prompts that have tests',
    access: 'prompts:protect',
    input: z.strictObject({ label: MovableLabel }),
    output: PromptGateRow,
  }),
  'experiments.removePromptGate': route({
    method: 'DELETE',
    path: '/api/v1/prompt-gates/{label}',
    summary: 'Let a label point to any version again',
    access: 'prompts:protect',
    input: z.object({ label: MovableLabel }),
    output: ok,
  }),
} as const satisfies Record<string, Route>
