import { z } from 'zod'

/** Names with folders by `/`, as prompts have them. */
export const DatasetName = z
  .string()
  .min(1, { error: 'at least one character' })
  .max(255, { error: 'at most 255 characters' })
  .regex(/^[^\s/\p{Cc}][^\p{Cc}]*(?<![\s/])$/u, { error: 'no control characters, and no space or / at either end' })
  .refine((name) => !name.includes('//'), { error: 'no empty folder: two / follow each other' })
  .meta({ title: 'Name', description: 'Folders by /: support/golden' })

/**
 * What an item is for. `train` and `validation` may be looked at while something is made better; `test` says how good it is; `holdout` is
 * sealed: who makes things better cannot read it.
 */
export const DatasetSplit = z.enum(['train', 'validation', 'test', 'holdout'])
export type DatasetSplit = z.infer<typeof DatasetSplit>

export const DatasetItemId = z.string().min(1).max(200)
export const DatasetTag = z.string().trim().min(1).max(100)

/** What an item was made from. */
export const DatasetSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('trace'), traceId: z.string().max(800), spanId: z.string().max(64) }),
  z.strictObject({ kind: z.literal('import'), format: z.string().max(60) }),
  z.strictObject({ kind: z.literal('synthetic'), model: z.string().max(300), from: z.array(DatasetItemId).max(20).default([]) }),
])
export type DatasetSource = z.infer<typeof DatasetSource>

/** What is asked, what should come back, and what is known about it. The hash of an item is that of exactly this. */
export const DatasetItemContent = z.strictObject({
  input: z.json().meta({ description: 'A text, messages, or the variables of a prompt.' }),
  expected: z.json().optional().meta({ description: 'What should come back; absent where nobody has said it.' }),
  context: z
    .union([z.string(), z.array(z.string()).max(500)])
    .optional()
    .meta({ description: 'The sources an answer may rely on.' }),
  metadata: z.record(z.string(), z.json()).default({}),
  tags: z.array(DatasetTag).max(50).default([]).meta({ description: 'Rows with `critical` must pass a gate, each of them.' }),
  split: DatasetSplit.optional(),
})
export type DatasetItemContent = z.output<typeof DatasetItemContent>

/** An item of a version. */
export const DatasetItem = z.object({
  id: DatasetItemId,
  hash: z.string().meta({ description: 'SHA-256 of the content as canonical JSON, hex.' }),
  since: z.int().meta({ description: 'The version in which it became what it is.' }),
  split: DatasetSplit.nullable(),
  tags: z.array(z.string()),
  sealed: z.boolean().meta({ description: 'Of the holdout, and not opened: then its content is null.' }),
  content: DatasetItemContent.nullable(),
  source: DatasetSource.nullable(),
})
export type DatasetItem = z.output<typeof DatasetItem>
