import { z } from 'zod'
import { DatasetItemContent, DatasetItemId, DatasetName, DatasetSplit, DatasetTag } from './dataset.ts'
import { DatasetChange } from './datasets-api.ts'
import { EvaluatorUsage } from './evaluator.ts'
import { Filter } from './query.ts'
import { ok, type Route, route } from './route.ts'

const RuleId = z.string().min(1).max(100)

/** Calls that become items by themselves, a share of those that a filter finds. */
const NewDatasetRule = z.strictObject({
  filter: z.array(Filter).max(50).default([]).meta({ description: 'Of calls, as in the list of spans. Empty: every call.' }),
  rate: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .meta({ description: 'Which share of them: 0.05 is one of twenty. The same call is always in or out.' }),
  mostPerDay: z.int().min(1).max(10_000).default(100).meta({ description: 'No more than so many items in a day (UTC).' }),
  expected: z.enum(['output', 'none']).default('none').meta({
    description: 'output: what was answered is what should come back: only where somebody looks at it.',
  }),
  split: DatasetSplit.optional(),
  tags: z.array(DatasetTag).max(50).default([]),
  enabled: z.boolean().default(true),
})
export const DatasetRule = NewDatasetRule.extend({
  id: RuleId,
  added: z.int().meta({ description: 'Items that it made.' }),
  skipped: z.int().meta({ description: 'Calls that said nearly the same as an item that was there.' }),
  missing: z.int().meta({ description: 'Calls that were recorded without content.' }),
  lookedAt: z.iso.datetime().meta({ description: 'Calls that began before have been looked at.' }),
  problem: z.string().nullable().meta({ description: 'Why it could not do its work the last time.' }),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
})
export type DatasetRule = z.output<typeof DatasetRule>

/** The rows of the API table about filling datasets without a file: by rules, and by a model. */
export const datasetFillingApi = {
  'datasetRules.list': route({
    method: 'GET',
    path: '/api/v1/datasets/{name}/rules',
    summary: 'The rules by which calls become items of a dataset',
    access: 'datasets:read',
    input: z.object({ name: DatasetName }),
    output: z.object({ rules: z.array(DatasetRule) }),
  }),
  'datasetRules.create': route({
    method: 'POST',
    path: '/api/v1/datasets/{name}/rules',
    summary: 'Let calls become items of a dataset from now on',
    access: 'datasets:write',
    input: NewDatasetRule.extend({ name: DatasetName }),
    output: DatasetRule,
  }),
  'datasetRules.change': route({
    method: 'PATCH',
    path: '/api/v1/datasets/{name}/rules/{id}',
    summary: 'Change a rule, or let it rest',
    access: 'datasets:write',
    input: z.strictObject({
      name: DatasetName,
      id: RuleId,
      filter: z.array(Filter).max(50).optional(),
      rate: z.number().gt(0).max(1).optional(),
      mostPerDay: z.int().min(1).max(10_000).optional(),
      expected: z.enum(['output', 'none']).optional(),
      tags: z.array(DatasetTag).max(50).optional(),
      enabled: z.boolean().optional(),
    }),
    output: DatasetRule,
  }),
  'datasetRules.remove': route({
    method: 'DELETE',
    path: '/api/v1/datasets/{name}/rules/{id}',
    summary: 'Remove a rule; the items that it made stay',
    access: 'datasets:write',
    input: z.object({ name: DatasetName, id: RuleId }),
    output: ok,
  }),
  'datasetSynthesis.run': route({
    method: 'POST',
    path: '/api/v1/datasets/{name}/synthesis',
    summary: 'Let a model write items after the pattern of some that are there',
    access: 'datasets:write',
    input: z.strictObject({
      name: DatasetName,
      model: z
        .string()
        .min(1)
        .max(300)
        .meta({ description: 'An alias or PROVIDER/MODEL. It is asked through the gateway, and needs `gateway:call`.' }),
      count: z.int().min(1).max(50).default(10),
      from: z.array(DatasetItemId).max(20).default([]).meta({
        description: 'Items to go by. Without any: up to 8 that are there, none of them sealed.',
      }),
      instruction: z.string().max(4000).default('').meta({ description: 'What is wanted, such as "questions of angry customers".' }),
      split: DatasetSplit.optional(),
      tags: z.array(DatasetTag).max(50).default([]),
      dryRun: z.boolean().default(false).meta({ description: 'Show what the model wrote, and keep nothing. It is paid for all the same.' }),
    }),
    output: DatasetChange.extend({
      items: z
        .array(DatasetItemContent)
        .meta({ description: 'What the model wrote; each keeps as its source which model, and after which items.' }),
      usage: EvaluatorUsage,
    }),
  }),
} as const satisfies Record<string, Route>
