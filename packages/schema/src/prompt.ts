import { z } from 'zod'

/** Names with folders by `/`. What a reference (`name@label`, `{{> name@label}}`, `name|label` of Langfuse) needs for itself is refused. */
export const PromptName = z
  .string()
  .min(1, { error: 'at least one character' })
  .max(255, { error: 'at most 255 characters' })
  .regex(/^[^\s/|@{}\p{Cc}][^|@{}\p{Cc}]*(?<![\s/])$/u, {
    error: 'no | @ { } or control characters, and no space or / at either end',
  })
  .refine((name) => !name.includes('//'), { error: 'no empty folder: two / follow each other' })
  .refine((name) => !['new', 'metrics', 'prompt-detail'].includes(name), { error: 'is a reserved name' })
  .meta({ title: 'Name', description: 'Folders by /: support/refund' })

/** Text that a database takes: all but NUL. */
export const plainText = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\0]*$/, { error: 'holds a NUL character' })

/** The label that always points to the newest version. */
export const LATEST = 'latest'
/** What is meant where neither a label nor a version is said. */
export const DEFAULT_LABEL = 'production'
/** A label as it is read: `latest` too. Digits alone would be a version. */
export const PromptLabelName = z
  .string()
  .regex(/^(?!\d+$)[a-z0-9_\-.]{1,36}$/, { error: 'a-z, 0-9, _ - and ., at most 36, and not digits alone' })
  .meta({ title: 'Label' })
/** A label that can be moved. */
export const MovableLabel = PromptLabelName.refine((label) => label !== LATEST, {
  error: 'is reserved: it always points to the newest version',
})
export const PromptVersionNumber = z.int().min(1).max(1_000_000_000)

export const PromptType = z.enum(['text', 'chat'])
export type PromptType = z.infer<typeof PromptType>
/** `fstring` is for what was imported; none of them can run code. */
export const PromptEngine = z.enum(['mustache', 'liquid', 'jinja', 'fstring'])
export type PromptEngine = z.infer<typeof PromptEngine>

const Json = z.record(z.string(), z.json())
const template = z.string().max(500_000)
/** A part of a message: text, or a picture by URL or data URL. Both are templates. */
const Part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: template }),
  z.strictObject({ type: z.literal('image'), url: template }),
])
const toolCall = z.strictObject({ id: z.string().max(200), name: z.string().max(200), arguments: template })
const Said = z.strictObject({
  type: z.literal('message').optional(),
  role: z.string().min(1).max(64).meta({ description: 'system, developer, user, assistant, tool; others as a foreign client sent them.' }),
  content: z.union([template, z.array(Part).max(100)]),
  name: z.string().max(200).optional(),
  toolCallId: z.string().max(200).optional(),
  toolCalls: z.array(toolCall).max(100).optional(),
})
const Placeholder = z.strictObject({
  type: z.literal('placeholder'),
  name: z.string().min(1).max(200).meta({ description: 'The variable that holds the list of messages which stand here.' }),
  optional: z.boolean().optional().meta({ description: 'Without the variable there is simply nothing here.' }),
})
/** One message of a chat prompt, or the place where the caller's messages go. */
export const PromptMessage = z.union([Placeholder, Said])
export type PromptMessage = z.infer<typeof PromptMessage>

const texts = {
  text: template.optional().meta({ description: 'Of a text prompt.' }),
  messages: z.array(PromptMessage).max(500).optional().meta({ description: 'Of a chat prompt.' }),
}
const parameters = Json.meta({ description: 'temperature, maxTokens, topP, stop, seed, reasoningEffort, …' })

/** Text that is used in place of the usual one where the target is of this vendor or model family. */
export const PromptVariant = z.strictObject({
  name: z.string().min(1).max(60),
  provider: z.string().max(60).optional().meta({ description: 'The kind of a provider: openai, anthropic, google, …' }),
  model: z.string().max(300).optional().meta({ description: 'A model, or the beginning of its name with * behind: claude-*' }),
  ...texts,
  parameters: parameters.optional(),
})
export type PromptVariant = z.infer<typeof PromptVariant>

/** A row of a dataset as an example: texts as they are, no templates. */
const PickedExample = z.strictObject({ input: z.string(), output: z.string() })
export type PickedExample = z.output<typeof PickedExample>

/** Few-shot examples: as they stand here, or picked from a dataset when the prompt is rendered. */
export const PromptExamples = z.union([
  z
    .array(z.strictObject({ input: template, output: template }))
    .max(200)
    .meta({ description: 'Each becomes a user message and an assistant message in front of the last user message.' }),
  z.strictObject({
    dataset: z.string().min(1).max(255),
    select: z.enum(['first', 'random', 'similar']).default('similar').meta({
      description:
        'first: in the order of the dataset. random: in an order that has nothing to do with it, and is always the same. similar: whose input has most in common with what is asked.',
    }),
    k: z.int().min(1).max(100).default(3),
    tag: z.string().min(1).max(100).optional().meta({ description: 'Only rows with this tag.' }),
    split: z.enum(['train', 'validation', 'test']).optional().meta({ description: 'Only rows of this split. The holdout is never shown.' }),
    maxTokens: z.int().min(1).max(1_000_000).optional().meta({ description: 'Of all examples together, as four characters each.' }),
    picked: z
      .array(PickedExample)
      .optional()
      .meta({ description: 'What the dataset gives now: there where a version is read, and no part of what is saved.' }),
  }),
])

export type PromptExamples = z.output<typeof PromptExamples>

/** What a version is: immutable, and known by the hash of exactly this. */
export const PromptContent = z
  .strictObject({
    type: PromptType,
    engine: PromptEngine.default('mustache'),
    ...texts,
    input: z
      .strictObject({ schema: Json })
      .optional()
      .meta({ description: 'JSON schema of the variables: an object with properties and required.' }),
    examples: PromptExamples.optional(),
    variants: z.array(PromptVariant).max(50).optional(),
    model: z
      .strictObject({
        route: z.string().min(1).max(300).optional().meta({ description: 'An alias or provider/model.' }),
        parameters: parameters.optional(),
      })
      .optional(),
    tools: z
      .array(
        z.strictObject({ name: z.string().min(1).max(200), description: z.string().max(20_000).optional(), parameters: Json.optional() }),
      )
      .max(200)
      .optional(),
    toolChoice: z.string().max(200).optional().meta({ description: 'auto, none, required, or the name of a tool.' }),
    output: z.strictObject({ name: z.string().max(64).optional(), schema: Json, strict: z.boolean().default(true) }).optional(),
    tests: z
      .strictObject({
        dataset: z.string().max(255),
        evaluators: z.array(z.string().max(200)).max(50).default([]),
        gate: z.record(z.string().max(200), z.string().max(200)).default({}),
      })
      .optional(),
    config: z.json().optional().meta({ description: 'What a Langfuse client keeps with a prompt: kept and given back as it is.' }),
    manifest: Json.optional().meta({ description: 'What a LangSmith client pushed: data, never loaded.' }),
  })
  .superRefine((content, context) => {
    const needed = content.type === 'text' ? 'text' : 'messages'
    const other = content.type === 'text' ? 'messages' : 'text'
    for (const [path, one] of [[[], content] as const, ...(content.variants ?? []).map((one, at) => [['variants', at], one] as const)]) {
      if (one[other] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [...path, other],
          message: `does not belong to a ${content.type} prompt: use \`${needed}\``,
        })
      if (one[needed] === undefined)
        context.addIssue({ code: 'custom', path: [...path, needed], message: `is missing: this is a ${content.type} prompt` })
    }
  })
export type PromptContent = z.output<typeof PromptContent>
export type PromptContentInput = z.input<typeof PromptContent>

/** Where a label points: to one version, or to several by weight, where a session always gets the same one. */
export const PromptShare = z.strictObject({ version: PromptVersionNumber, weight: z.number().gt(0).max(1_000_000) })
export const PromptTarget = z.union([
  z.strictObject({ version: PromptVersionNumber }),
  z.strictObject({
    split: z
      .array(PromptShare)
      .min(2, { error: 'at least two versions' })
      .max(20)
      .refine((shares) => new Set(shares.map(({ version }) => version)).size === shares.length, { error: 'names a version twice' }),
  }),
])
export type PromptTarget = z.infer<typeof PromptTarget>

/** Who may move a label of this name, in all prompts of a project. */
export const LabelProtection = z.object({
  label: PromptLabelName,
  needs: z.enum(['role', 'approval']).meta({
    description:
      'role: `prompts:protect`, or a key with `prompt:promote:<label>`. approval: a second person, whoever asks and whatever they may.',
  }),
})
export type LabelProtection = z.infer<typeof LabelProtection>

export const PromptLabel = z.object({
  label: PromptLabelName,
  kind: z.enum(['plain', 'protected', 'split']).meta({ description: 'A split that is protected is `split` with `needs`.' }),
  needs: LabelProtection.shape.needs.nullable(),
  version: PromptVersionNumber.nullable().meta({ description: 'null where it is a split.' }),
  split: z.array(PromptShare).nullable(),
  revision: z.int().min(0).meta({ description: 'Goes up by one with every move: send it back as `expectedRevision`. 0 for `latest`.' }),
  movedAt: z.iso.datetime(),
  movedBy: z.string().nullable().meta({ description: 'The e-mail of the account, or the name of the key.' }),
  why: z.string(),
})
export type PromptLabel = z.output<typeof PromptLabel>

export const PromptEventKind = z.enum([
  'created',
  'version',
  'label-set',
  'label-removed',
  'rolled-back',
  'requested',
  'commented',
  'rejected',
  'withdrawn',
  'described',
  'archived',
  'unarchived',
  'version-deleted',
  'deleted',
  'protected',
  'unprotected',
])
export type PromptEventKind = z.infer<typeof PromptEventKind>

/** Something that was done to a prompt. Never changed, and kept when the prompt is deleted. */
export const PromptEvent = z.object({
  id: z.string(),
  prompt: z.string().meta({ description: 'Its name; empty where it concerns a label of all prompts.' }),
  kind: PromptEventKind,
  at: z.iso.datetime(),
  by: z.string().nullable().meta({ description: 'The e-mail of the account, or the name of the key.' }),
  label: z.string().nullable(),
  version: z.int().nullable().meta({ description: 'Of the version that was made or deleted.' }),
  from: PromptTarget.nullable(),
  to: PromptTarget.nullable(),
  why: z.string(),
  approvedBy: z.string().nullable(),
  approvalId: z.string().nullable(),
})
export type PromptEvent = z.output<typeof PromptEvent>

export const PromptApproval = z.object({
  id: z.string(),
  prompt: z.string(),
  label: PromptLabelName,
  from: PromptTarget.nullable().meta({ description: 'Where the label pointed when it was asked for.' }),
  to: PromptTarget,
  why: z.string(),
  status: z.enum(['open', 'approved', 'rejected', 'withdrawn', 'outdated']).meta({
    description: 'outdated: the label was moved, or what it should point to was deleted, before anybody decided.',
  }),
  requestedAt: z.iso.datetime(),
  requestedBy: z.string().nullable(),
  own: z.boolean().meta({ description: 'Asked for by who reads this: somebody else decides.' }),
  decidedAt: z.iso.datetime().nullable(),
  decidedBy: z.string().nullable(),
  comments: z.array(z.object({ at: z.iso.datetime(), by: z.string().nullable(), text: z.string() })),
})
export type PromptApproval = z.output<typeof PromptApproval>

/**
 * A prompt as edges know it: every label, and the versions that labels point to, with their fragments filled in: the core does that, and
 * sends the prompt again when a fragment's label moves.
 */
export const SnapshotPrompt = z.object({
  labels: z.record(z.string(), PromptTarget).meta({ description: '`latest` too.' }),
  versions: z.record(z.string(), z.object({ hash: z.string(), content: z.custom<PromptContent>() })),
})
export type SnapshotPrompt = z.output<typeof SnapshotPrompt>
