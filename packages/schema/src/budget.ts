import { z } from 'zod'

/** Whose use is counted. Each of them separately, unless `id` names one. */
export const BudgetScope = z.enum(['organisation', 'project', 'team', 'user', 'key', 'end-user'])
export type BudgetScope = z.infer<typeof BudgetScope>
export const BudgetMeasure = z.enum(['money', 'requests', 'tokens', 'concurrent'])
export type BudgetMeasure = z.infer<typeof BudgetMeasure>
export const BudgetPeriod = z.enum(['minute', 'day', 'month'])
export type BudgetPeriod = z.infer<typeof BudgetPeriod>

export const BudgetName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,59}$/i, { error: 'letters, digits, - and _, at most 60' })

/**
 * What may be used in a time: money, requests, tokens, or calls at once. A minute is any 60 seconds, counted in steps of one; a day and a
 * month are those of UTC. `concurrent` has no period.
 */
export const Budget = z
  .strictObject({
    name: BudgetName,
    scope: BudgetScope.meta({ description: 'Whose use is counted: each key, each user, … separately.' }),
    id: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'Only this one: a key by its name or id, a team or user likewise, an end user as the app calls them.' }),
    model: z
      .string()
      .min(1)
      .max(300)
      .optional()
      .meta({ description: 'Only calls of this alias or provider/model; a prefix may end in *.' }),
    measure: BudgetMeasure.default('money'),
    amount: z
      .number()
      .nonnegative()
      .max(1e12)
      .meta({ description: 'In the currency of the project, or a number of requests, tokens, or calls at once.' }),
    per: BudgetPeriod.optional().meta({ description: 'month where it is absent; concurrent has none.' }),
    warnAt: z.number().gt(0).max(1).default(0.8).meta({ description: 'From this part of the amount on, answers and the page warn.' }),
    action: z.enum(['block', 'warn']).default('block').meta({ description: 'warn: nothing is refused.' }),
  })
  .refine(({ measure, per }) => measure !== 'concurrent' || per === undefined, { error: 'concurrent has no `per`', path: ['per'] })
  .refine(({ measure, per }) => measure !== 'money' || per !== 'minute', { error: 'money is counted per day or month', path: ['per'] })
  .refine(({ measure, amount }) => measure === 'money' || Number.isInteger(amount), { error: 'must be a whole number', path: ['amount'] })
export type Budget = z.output<typeof Budget>

/** What money is shown in, and what amounts of budgets are in. All is stored in US dollars. */
export const Currency = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'three capital letters, such as EUR' })
    .default('USD'),
  perUsd: z.number().positive().default(1).meta({ description: 'How much of it one US dollar is.' }),
})
export type Currency = z.output<typeof Currency>

/** A budget of the whole organisation as it counts in every project: with the project that declares it, and that one's currency. */
export const SharedBudget = z.object({ projectId: z.string(), currency: Currency, budget: Budget })
export type SharedBudget = z.infer<typeof SharedBudget>

/**
 * What a budget counts, as a name: the same for as long as it counts the same, whatever its amount. Fields that change what is
 * counted make another name, and so another count.
 */
export const budgetIdentity = (projectId: string, { name, scope, measure, per, model }: Budget): string =>
  [projectId, name, scope, measure, measure === 'concurrent' ? '' : (per ?? 'month'), model ?? ''].join('/')
