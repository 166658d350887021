import { z } from 'zod'
import { DatasetItem, DatasetItemContent, DatasetItemId, DatasetName, DatasetSource, DatasetSplit, DatasetTag } from './dataset.ts'
import { Filter } from './query.ts'
import { cursor, jsonParam, limit, nextCursor, none, ok, type Route, route, window } from './route.ts'
import { SpanId } from './span.ts'

const version = z.int().min(1)
const versionParam = z.coerce.number().pipe(version).optional().meta({ description: 'The newest by default.' })
const description = z.string().max(2000)
const message = z.string().max(500).default('').meta({ description: 'What is different, as in a commit.' })
const expectedVersion = z.int().min(0).optional().meta({
  description: 'The version that was read: with another one it is a conflict that says who changed it.',
})
/** What becomes of an item that says the same as one that is there. */
const duplicates = z.enum(['add', 'skip']).default('add').meta({
  description: 'Of new items whose input says the same, or nearly, as that of one that is there. They are named either way.',
})
const unseal = z.string().trim().min(1).max(500).optional().meta({
  description: 'Why the holdout is opened. Needs `datasets:unseal`, and is kept for everybody to read.',
})

export const DatasetRow = z.object({
  name: z.string(),
  description: z.string(),
  version: z.int().meta({ description: '0 until the first item is there.' }),
  hash: z.string().meta({ description: 'SHA-256 over ids and hashes of its items; empty without items.' }),
  itemCount: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  archivedAt: z.iso.datetime().nullable(),
})
export type DatasetRow = z.output<typeof DatasetRow>

export const DatasetVersion = z.object({
  version,
  hash: z.string(),
  itemCount: z.int(),
  added: z.int(),
  changed: z.int(),
  removed: z.int(),
  message: z.string(),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
})
export type DatasetVersion = z.output<typeof DatasetVersion>

const counted = z.object({ value: z.string(), count: z.int() })
const Duplicate = z.object({
  id: DatasetItemId.meta({ description: 'Of the new item, as it was sent or made.' }),
  of: DatasetItemId.meta({ description: 'Of the item that it resembles, there or sent before it.' }),
  similarity: z.number().meta({ description: 'Of the words of both inputs, from 0 to 1 (Jaccard, shingles of three words).' }),
})
export const DatasetChange = z.object({
  version: z.int().meta({ description: 'The version that holds it now; the one before where nothing was different.' }),
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  removed: z.int(),
  skipped: z.int().meta({ description: 'As duplicates.' }),
  duplicates: z.array(Duplicate).max(200),
})
export type DatasetChange = z.output<typeof DatasetChange>

export const ImportFormat = z.enum(['jsonl', 'json', 'csv', 'parquet', 'openai-evals', 'promptfoo'])
export type ImportFormat = z.infer<typeof ImportFormat>
const Preview = z.object({ id: z.string().nullable(), content: DatasetItemContent })

/** The rows of the API table about datasets. */
export const datasetsApi = {
  'datasets.list': route({
    method: 'GET',
    path: '/api/v1/datasets',
    summary: 'List datasets by name',
    access: 'datasets:read',
    input: z.object({
      search: z.string().max(200).optional().meta({ description: 'In names and descriptions.' }),
      archived: z.enum(['true', 'false']).default('false').meta({ description: 'Those that are archived, in place of the others.' }),
      limit,
      cursor,
    }),
    output: z.object({ datasets: z.array(DatasetRow), nextCursor }),
  }),
  'datasets.get': route({
    method: 'GET',
    path: '/api/v1/datasets/{name}',
    summary: 'One dataset, with how many items each split and tag has',
    access: 'datasets:read',
    input: z.object({ name: DatasetName, version: versionParam }),
    output: z.object({ dataset: DatasetRow, version: z.int(), splits: z.array(counted), tags: z.array(counted) }),
  }),
  'datasets.create': route({
    method: 'POST',
    path: '/api/v1/datasets',
    summary: 'Make an empty dataset',
    access: 'datasets:write',
    input: z.strictObject({ name: DatasetName, description: description.default('').meta({ title: 'Description' }) }),
    output: DatasetRow,
  }),
  'datasets.change': route({
    method: 'PATCH',
    path: '/api/v1/datasets/{name}',
    summary: 'Rename or describe a dataset, archive it or take it out of the archive',
    access: 'datasets:write',
    input: z.strictObject({
      name: DatasetName,
      newName: DatasetName.optional(),
      description: description.optional(),
      archived: z.boolean().optional(),
    }),
    output: DatasetRow,
  }),
  'datasets.remove': route({
    method: 'DELETE',
    path: '/api/v1/datasets/{name}',
    summary: 'Delete a dataset with all its versions',
    access: 'datasets:write',
    input: z.object({ name: DatasetName }),
    output: ok,
  }),
  'datasets.items': route({
    method: 'GET',
    path: '/api/v1/datasets/{name}/items',
    summary: 'The items of a version, in the order in which they were added',
    access: 'datasets:read',
    input: z.object({
      name: DatasetName,
      version: versionParam,
      split: DatasetSplit.optional(),
      tag: DatasetTag.optional(),
      search: z.string().max(200).optional().meta({ description: 'In what items hold. Sealed ones are never found by it.' }),
      unseal,
      limit,
      cursor,
    }),
    output: z.object({ version: z.int(), items: z.array(DatasetItem), nextCursor }),
  }),
  'datasets.write': route({
    method: 'POST',
    path: '/api/v1/datasets/{name}/items',
    summary: 'Add, change and remove items: together one new version',
    maxBytes: 32_000_000,
    access: 'datasets:write',
    input: z.strictObject({
      name: DatasetName,
      items: z
        .array(DatasetItemContent.extend({ id: DatasetItemId.optional(), source: DatasetSource.optional() }))
        .max(5000)
        .default([])
        .meta({ description: 'With the id of one that is there it takes its place. Without an id: one is made of its content.' }),
      remove: z.array(DatasetItemId).max(5000).default([]),
      duplicates,
      message,
      expectedVersion,
    }),
    output: DatasetChange,
  }),
  'datasets.import': route({
    method: 'POST',
    path: '/api/v1/datasets/{name}/import',
    summary: 'Read items out of a file of another tool: JSONL, JSON, CSV, Parquet, samples of OpenAI Evals, tests of promptfoo',
    maxBytes: 32_000_000,
    access: 'datasets:write',
    input: z.strictObject({
      name: DatasetName,
      format: ImportFormat,
      text: z.string().max(20_000_000).meta({ description: 'What is in the file; of Parquet in base64.' }),
      fields: z
        .partialRecord(z.enum(['id', 'input', 'expected', 'context', 'tags', 'split']), z.string().max(200))
        .optional()
        .meta({
          description: 'Which column or field holds what, where it has another name: { "input": "question", "expected": "gold" }.',
        }),
      split: DatasetSplit.optional().meta({ description: 'Of rows that name none.' }),
      tags: z.array(DatasetTag).max(50).default([]).meta({ description: 'Added to those of each row.' }),
      replace: z.boolean().default(false).meta({ description: 'What is there and not in the file is removed.' }),
      create: z.boolean().default(false).meta({ description: 'Make the dataset where there is none of this name.' }),
      dryRun: z.boolean().default(false).meta({ description: 'Say what would happen, and change nothing.' }),
      duplicates,
      message,
      expectedVersion,
    }),
    output: DatasetChange.extend({
      rows: z.int(),
      columns: z.array(z.string()).meta({ description: 'What the first rows have, by the names of the file.' }),
      preview: z.array(Preview).max(10),
    }),
  }),
  'datasets.addSpans': route({
    method: 'POST',
    path: '/api/v1/datasets/{name}/spans',
    summary: 'Make items of calls that were made: of those that are named, or of those that a filter finds',
    access: 'datasets:write',
    input: z.strictObject({
      name: DatasetName,
      spans: z
        .array(z.strictObject({ traceId: z.string().min(1).max(800), spanId: SpanId }))
        .max(500)
        .optional(),
      filter: jsonParam(z.array(Filter).max(50)).optional().meta({ description: 'In place of `spans`, newest first.' }),
      ...window,
      first: z.int().min(1).max(500).default(100).meta({ description: 'No more than so many of what the filter finds.' }),
      expected: z.enum(['output', 'none']).default('none').meta({
        description: 'output: what was answered is what should come back: only where somebody has looked at it.',
      }),
      split: DatasetSplit.optional(),
      tags: z.array(DatasetTag).max(50).default([]),
      duplicates: duplicates.default('skip'),
      dryRun: z.boolean().default(false).meta({ description: 'Say what would be made, and change nothing.' }),
      message,
    }),
    output: DatasetChange.extend({
      preview: z.array(Preview).max(10),
      missing: z
        .array(z.object({ traceId: z.string(), spanId: z.string(), why: z.string() }))
        .meta({ description: 'Spans of which no item can be made: gone, or recorded without content.' }),
    }),
  }),
  'datasets.duplicates': route({
    method: 'GET',
    path: '/api/v1/datasets/{name}/duplicates',
    summary: 'Items of the newest version whose inputs say nearly the same, also across splits',
    access: 'datasets:read',
    input: z.object({ name: DatasetName }),
    output: z.object({
      version: z.int(),
      pairs: z.array(Duplicate).max(1000).meta({ description: 'The most alike first. Of sealed items too, by their ids alone.' }),
    }),
  }),
  'datasets.export': route({
    method: 'GET',
    path: '/api/v1/datasets/{name}/export',
    summary: 'The items of a version as a file: JSONL, CSV or Parquet. It answers that file, and not JSON',
    access: 'datasets:read',
    input: z.object({
      name: DatasetName,
      version: versionParam,
      format: z.enum(['jsonl', 'csv', 'parquet']).default('jsonl'),
      unseal,
    }),
    output: z.string().meta({ description: 'The file.' }),
  }),
  'datasets.versions': route({
    method: 'GET',
    path: '/api/v1/datasets/{name}/versions',
    summary: 'The versions of a dataset, newest first',
    access: 'datasets:read',
    input: z.object({ name: DatasetName, limit, cursor }),
    output: z.object({ versions: z.array(DatasetVersion), nextCursor }),
  }),
  'datasets.diff': route({
    method: 'GET',
    path: '/api/v1/datasets/{name}/diff',
    summary: 'Items that are different between two versions',
    access: 'datasets:read',
    input: z.object({
      name: DatasetName,
      from: z.coerce.number().pipe(z.int().min(0)),
      to: z.coerce.number().pipe(version),
      limit,
      cursor,
    }),
    output: z.object({
      changes: z.array(
        z.object({
          id: DatasetItemId,
          kind: z.enum(['added', 'changed', 'removed']),
          before: DatasetItem.nullable(),
          after: DatasetItem.nullable(),
        }),
      ),
      nextCursor,
    }),
  }),
  'datasets.restore': route({
    method: 'POST',
    path: '/api/v1/datasets/{name}/restore',
    summary: 'Make the items of an earlier version those of a new one',
    access: 'datasets:write',
    input: z.strictObject({ name: DatasetName, version, message, expectedVersion }),
    output: DatasetChange,
  }),
  'datasets.unsealed': route({
    method: 'GET',
    path: '/api/v1/dataset-unsealed',
    summary: 'Who opened a holdout, when and why, newest first',
    access: 'datasets:read',
    input: none.extend({ name: DatasetName.optional(), limit }),
    output: z.object({
      opened: z.array(
        z.object({ name: z.string(), version: z.int(), at: z.iso.datetime(), by: z.string().nullable(), why: z.string(), items: z.int() }),
      ),
    }),
  }),
} as const satisfies Record<string, Route>
