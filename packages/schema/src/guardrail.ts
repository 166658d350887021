import { z } from 'zod'

/** Who a text comes from. What nobody vouches for (tools, documents, files) may be judged more strictly than what a user says. */
export const GuardOrigin = z.enum(['system', 'user', 'assistant', 'tool', 'retrieved', 'file'])
export type GuardOrigin = z.infer<typeof GuardOrigin>

/** What becomes of a text. `not_checked` is never a pass: it says that nobody looked, and why. */
export const GuardVerdict = z.enum(['pass', 'not_checked', 'flag', 'redact', 'fallback', 'reask', 'approve', 'block'])
export type GuardVerdict = z.infer<typeof GuardVerdict>

/** What a rule does with what its check found. */
export const GuardAction = z.enum(['flag', 'redact', 'fallback', 'reask', 'approve', 'block'])
export type GuardAction = z.infer<typeof GuardAction>

/** Where on the way of a call a check may stand. */
export const GuardStage = z.enum(['before', 'during', 'stream', 'after', 'tool_call', 'tool_result', 'log'])
export type GuardStage = z.infer<typeof GuardStage>

/** `cpu` looks at the text alone; the others wait for somebody. */
export const GuardCost = z.enum(['cpu', 'model', 'network'])
export type GuardCost = z.infer<typeof GuardCost>

export const GuardFinding = z.object({
  check: z.string(),
  type: z.string().meta({ description: 'What it is: of private data the names of Presidio, such as `EMAIL_ADDRESS`.' }),
  start: z.int().min(0),
  end: z.int().min(0).meta({ description: 'Behind the last one. Both count Unicode code points.' }),
  score: z.number().min(0).max(1).meta({ description: 'How sure the check is.' }),
  reason: z.string(),
})
export type GuardFinding = z.infer<typeof GuardFinding>

/** How a found value is made unreadable. `keep` leaves it: it is told, and not touched. */
export const GuardOperator = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('replace'),
    with: z.string().max(200).optional().meta({ description: 'By default the type in angle brackets, such as `<EMAIL_ADDRESS>`.' }),
  }),
  z.strictObject({
    kind: z.literal('mask'),
    with: z.string().length(1).default('*'),
    keepEnd: z.int().min(0).max(8).default(0).meta({ description: 'So many letters or digits at the end stay readable.' }),
  }),
  z.strictObject({ kind: z.literal('hash') }).meta({ description: 'HMAC-SHA256 with the key of the project; equal values stay equal.' }),
  z.strictObject({ kind: z.literal('encrypt') }).meta({ description: 'AES-256-GCM; who has the key can read it again.' }),
  z
    .strictObject({ kind: z.literal('pseudonym') })
    .meta({ description: 'A stable placeholder that can be put back in the answer to the same principal.' }),
  z.strictObject({ kind: z.literal('keep') }),
])
export type GuardOperator = z.infer<typeof GuardOperator>

export const GuardRule = z.strictObject({
  check: z.string().meta({ description: 'The id of a check; `signalbox guard --list` says which there are.' }),
  params: z.record(z.string(), z.unknown()).default({}),
  when: z
    .strictObject({
      minScore: z.number().min(0).max(1).default(0),
      types: z.array(z.string()).min(1).optional().meta({ description: 'Only findings of these types.' }),
      exceptTypes: z.array(z.string()).optional(),
      origins: z.array(GuardOrigin).min(1).optional().meta({ description: 'Only texts that come from there.' }),
    })
    .default({ minScore: 0 }),
  action: GuardAction,
  operators: z
    .record(z.string(), GuardOperator)
    .optional()
    .meta({ description: 'For `redact`: by type, or `default`. Where nothing is said, the type stands in place of the value.' }),
  onError: z.enum(['open', 'closed']).default('open').meta({
    description: 'What happens when the check fails or is too late: the text goes on and `not_checked` is told, or it is blocked.',
  }),
  budgetMs: z.int().min(1).max(60_000).default(400).meta({ description: 'For how long a check that waits for somebody may take.' }),
})
export type GuardRule = z.infer<typeof GuardRule>

/** Rules under one name. Each change is a new version, and a decision says which one it followed. */
export const GuardPolicy = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
    .meta({ description: 'Small letters, digits, dots and dashes.' }),
  version: z.int().min(1).default(1),
  description: z.string().max(2000).default(''),
  mode: z.enum(['enforce', 'dry_run', 'off']).default('enforce'),
  rules: z.array(GuardRule).max(100),
})
export type GuardPolicy = z.infer<typeof GuardPolicy>

/** A line of `signalbox guard`: the text to look at. */
export const GuardRow = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  text: z.string(),
  origin: GuardOrigin.default('user'),
  context: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description: 'For groundedness: the sources that the text must keep to.' }),
})
export type GuardRow = z.infer<typeof GuardRow>

/** A check as lists show it. */
export const GuardCheckInfo = z.object({
  id: z.string(),
  title: z.string(),
  catches: z.string().meta({ description: 'What it finds, in plain words.' }),
  misses: z.string().meta({ description: 'What it does not find.' }),
  cost: GuardCost,
  stages: z.array(GuardStage),
  action: GuardAction.meta({ description: 'What `signalbox guard --check` does with findings.' }),
  version: z.int(),
  params: z.record(z.string(), z.unknown()).meta({ description: 'The JSON Schema of its parameters.' }),
})
export type GuardCheckInfo = z.infer<typeof GuardCheckInfo>
