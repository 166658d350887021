import { z } from 'zod'

export const SplitName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,59}$/i, { error: 'letters, digits, - and _, at most 60' })

const arm = { name: z.string().min(1).max(60), model: z.string().min(1).max(300).meta({ description: 'An alias or provider/model.' }) }
const common = {
  name: SplitName,
  model: z.string().min(1).max(300).meta({ description: 'The alias whose calls are split.' }),
  active: z.boolean().default(true),
}

/** The calls of an alias, divided: by weight between arms, mirrored, or moved over in steps. */
export const Split = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('weights'),
    by: z.enum(['user', 'session', 'request']).default('user').meta({ description: 'Whose calls stay in one arm.' }),
    arms: z
      .array(z.strictObject({ ...arm, weight: z.number().nonnegative().max(1_000_000) }))
      .min(1)
      .max(20),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('shadow'),
    to: arm.model,
    sample: z.number().gt(0).max(1).default(1),
    budgetUsdPerDay: z.number().nonnegative().optional().meta({ description: 'No more mirrored calls on a day that cost this much.' }),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('canary'),
    to: arm.model,
    by: z.enum(['user', 'session', 'request']).default('user'),
    startsAt: z.iso.datetime().meta({ description: 'When the first step begins.' }),
    steps: z
      .array(z.strictObject({ percent: z.number().min(0).max(100), minutes: z.int().positive().optional() }))
      .min(1)
      .max(20)
      .meta({ description: 'The last one has no minutes: it stays.' }),
    stopAtErrorRate: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .meta({ description: 'From 20 calls on, a higher part of errors sends everybody back.' }),
  }),
])
export type Split = z.output<typeof Split>

/** A split as one object with the fields of all kinds, as the API takes and shows it. What belongs to another kind is refused. */
const [weights, shadow, canary] = Split.options
const flat = {
  model: common.model,
  active: z.boolean().optional(),
  by: z.enum(['user', 'session', 'request']).optional().meta({ description: 'weights, canary: whose calls stay in one arm.' }),
  arms: weights.shape.arms.optional().meta({ description: 'weights: between what the calls are divided.' }),
  to: arm.model.optional().meta({ description: 'shadow, canary: an alias or provider/model.' }),
  sample: z.number().gt(0).max(1).optional().meta({ description: 'shadow: the part of the calls that is mirrored.' }),
  budgetUsdPerDay: shadow.shape.budgetUsdPerDay,
  startsAt: canary.shape.startsAt.optional(),
  steps: canary.shape.steps.optional(),
  stopAtErrorRate: canary.shape.stopAtErrorRate,
}
const SplitKind = z.enum(['weights', 'shadow', 'canary'])
export const NewSplit = z.strictObject({ name: SplitName, kind: SplitKind, ...flat })
export type NewSplit = z.output<typeof NewSplit>
/** What is left out stays as it is, `null` takes away. The kind stays. */
export const SplitChange = z.strictObject({
  model: flat.model.optional(),
  active: flat.active,
  by: flat.by.nullable(),
  arms: flat.arms,
  to: flat.to,
  sample: flat.sample.nullable(),
  budgetUsdPerDay: flat.budgetUsdPerDay.nullable(),
  startsAt: flat.startsAt,
  steps: flat.steps,
  stopAtErrorRate: flat.stopAtErrorRate.nullable(),
})
export type SplitChange = z.output<typeof SplitChange>
/** A split as the API shows it. */
export const ShownSplit = z.object({
  name: z.string(),
  kind: SplitKind,
  ...flat,
  active: z.boolean(),
  from: z.enum(['file', 'project']).meta({ description: 'Only those of the project can be changed here.' }),
  hidden: z.boolean().meta({ description: 'signalbox.yaml has a split of this name, which is used instead.' }),
  problem: z.string().nullable().meta({ description: 'Why it is not used at all; null when it is.' }),
  warnings: z.array(z.string()).meta({ description: 'What of it has no effect or cannot work.' }),
})
export type ShownSplit = z.infer<typeof ShownSplit>

/** Which arm a call was put in, and how likely that was. */
export type Variant = { split: string; arm: string; propensity: number }
