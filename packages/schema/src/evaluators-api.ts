import { z } from 'zod'
import { DatasetItemId, DatasetName, DatasetSplit, DatasetTag } from './dataset.ts'
import { EvaluatorEntry, EvaluatorRow, EvaluatorUsage, Outcome } from './evaluator.ts'
import { cursor, limit, nextCursor, none, type Route, route } from './route.ts'
import { SpanId } from './span.ts'

const version = z.int().min(1)
const Params = z.record(z.string(), z.json())
/** The id of a built-in evaluator: `GET /api/v1/evaluators` lists them. */
const EvaluatorId = z.string().min(1).max(60)
const description = z.string().max(2000)

/** Names with folders by `/`, as datasets have them. */
export const StoredEvaluatorName = DatasetName.meta({ title: 'Name', description: 'Folders by /: support/tone' })

/** An evaluator with its parameters, kept under a name. Every change makes a version, which never changes again. */
export const StoredEvaluator = z.object({
  name: z.string(),
  description: z.string(),
  evaluator: z.string().meta({ description: 'The id of the built-in evaluator that works.' }),
  params: Params.meta({ description: 'Values of headers are kept sealed, and shown as `•••`.' }),
  version,
  newest: version,
  hash: z.string().meta({
    description:
      'Of code, parameters and prompt: scores of two hashes are never put into one average. Empty where the parameters no longer fit.',
  }),
  problem: z.string().nullable().meta({ description: 'Why it cannot be used as it stands.' }),
  message: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime().meta({ description: 'When this version was made.' }),
  createdBy: z.string().nullable().meta({ description: 'Who made this version.' }),
  archivedAt: z.iso.datetime().nullable(),
})
export type StoredEvaluator = z.output<typeof StoredEvaluator>

export const EvaluatorVersion = StoredEvaluator.pick({ evaluator: true, params: true, version: true, hash: true, message: true }).extend({
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
})
export type EvaluatorVersion = z.output<typeof EvaluatorVersion>

const Model = z.string().min(1).max(300)
/** Rows of a dataset to try an evaluator on. A dataset has questions; where the answers come from is said. */
const FromDataset = z.strictObject({
  name: DatasetName,
  version: version.optional(),
  split: DatasetSplit.optional(),
  tag: DatasetTag.optional(),
  ids: z.array(DatasetItemId).max(50).optional(),
  first: z.int().min(1).max(50).default(10),
  output: z.enum(['expected', 'model']).default('expected').meta({
    description:
      'expected: what should come back is taken for the answer, which a good evaluator accepts. model: a model answers each input.',
  }),
  model: Model.optional().meta({ description: 'An alias or PROVIDER/MODEL, where a model answers.' }),
})
const FromTrace = z.strictObject({
  traceId: z.string().min(1).max(800),
  spanId: SpanId.optional().meta({ description: 'By default the outermost span.' }),
})

const Tried = z.object({
  row: EvaluatorRow.meta({ description: 'What was judged.' }),
  outcome: Outcome,
  ms: z.number(),
})
export type TriedRow = z.output<typeof Tried>
export type TriedEvaluator = z.output<(typeof evaluatorsApi)['evaluators.try']['output']>

/** The rows of the API table about evaluators. */
export const evaluatorsApi = {
  'evaluators.builtin': route({
    method: 'GET',
    path: '/api/v1/evaluators',
    summary: 'All evaluators there are, with the JSON Schema of their parameters',
    access: 'evaluators:read',
    input: none,
    output: z.object({ evaluators: z.array(EvaluatorEntry) }),
  }),
  'evaluators.list': route({
    method: 'GET',
    path: '/api/v1/stored-evaluators',
    summary: 'List the evaluators that the project keeps, by name',
    access: 'evaluators:read',
    input: z.object({
      search: z.string().max(200).optional().meta({ description: 'In names, descriptions and ids.' }),
      archived: z.enum(['true', 'false']).default('false').meta({ description: 'Those that are archived, in place of the others.' }),
      limit,
      cursor,
    }),
    output: z.object({ evaluators: z.array(StoredEvaluator), nextCursor }),
  }),
  'evaluators.get': route({
    method: 'GET',
    path: '/api/v1/stored-evaluators/{name}',
    summary: 'One evaluator of the project',
    access: 'evaluators:read',
    input: z.object({ name: StoredEvaluatorName, version: z.coerce.number().pipe(version).optional() }),
    output: StoredEvaluator,
  }),
  'evaluators.put': route({
    method: 'PUT',
    path: '/api/v1/stored-evaluators/{name}',
    summary: 'Keep an evaluator under a name; where something is different, that is a new version',
    access: 'evaluators:write',
    input: z.strictObject({
      name: StoredEvaluatorName,
      evaluator: EvaluatorId,
      params: Params.default({}),
      description: description.optional(),
      message: z.string().max(500).default('').meta({ description: 'What is different, as in a commit.' }),
      expectedVersion: z.int().min(0).optional().meta({
        description: 'The version that was read, 0 for a new name: with another one it is a conflict.',
      }),
    }),
    output: StoredEvaluator,
  }),
  'evaluators.change': route({
    method: 'PATCH',
    path: '/api/v1/stored-evaluators/{name}',
    summary: 'Describe an evaluator, archive it or take it out of the archive',
    access: 'evaluators:write',
    input: z.strictObject({ name: StoredEvaluatorName, description: description.optional(), archived: z.boolean().optional() }),
    output: StoredEvaluator,
  }),
  'evaluators.versions': route({
    method: 'GET',
    path: '/api/v1/stored-evaluators/{name}/versions',
    summary: 'The versions of an evaluator, newest first',
    access: 'evaluators:read',
    input: z.object({ name: StoredEvaluatorName, limit, cursor }),
    output: z.object({ versions: z.array(EvaluatorVersion), nextCursor }),
  }),
  'evaluators.try': route({
    method: 'POST',
    path: '/api/v1/evaluators/try',
    summary: 'Try an evaluator on rows, on a sample of a dataset or on a trace, and keep nothing',
    access: 'evaluators:write',
    input: z.strictObject({
      evaluator: EvaluatorId.optional().meta({ description: 'The id of a built-in one, with `params`.' }),
      params: Params.default({}),
      stored: StoredEvaluatorName.optional().meta({
        description:
          'One that is kept, in place of `evaluator`. With both, its sealed headers are used where `params` shows them as `•••`.',
      }),
      version: version.optional().meta({ description: 'Of the one that is kept; the newest by default.' }),
      rows: z.array(EvaluatorRow).min(1).max(50).optional(),
      dataset: FromDataset.optional(),
      trace: FromTrace.optional(),
      judge: Model.optional().meta({ description: 'The model that judges: an alias or PROVIDER/MODEL. It needs `gateway:call`.' }),
      embeddings: Model.optional().meta({ description: 'The model of embeddings, for evaluators that compare meanings.' }),
    }),
    output: z.object({
      evaluator: z.string(),
      hash: z.string(),
      results: z.array(Tried),
      scored: z.int(),
      na: z.int(),
      errors: z.int(),
      mean: z.number().nullable().meta({ description: 'Of the rows that were scored; null where none was.' }),
      usage: EvaluatorUsage.nullable().meta({ description: 'What the judge cost; null where no model was asked.' }),
      answers: EvaluatorUsage.nullable().meta({ description: 'What the answers cost, where a model was asked for them.' }),
    }),
  }),
} as const satisfies Record<string, Route>
