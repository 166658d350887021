import { z } from 'zod'
import { Budget, BudgetMeasure, BudgetName, BudgetPeriod, BudgetScope, Currency } from './budget.ts'
import { none, ok, type Route, route } from './route.ts'

export const BudgetFrom = z.enum(['file', 'project']).meta({ description: 'Only those of the project can be changed here.' })
/** A budget as the API shows it. */
export const ShownBudget = z.object({
  ...Budget.shape,
  from: BudgetFrom,
  hidden: z.boolean().meta({ description: 'signalbox.yaml has a budget of this name, which is used instead.' }),
})
export type ShownBudget = z.output<typeof ShownBudget>

/** What is left out stays; `null` takes away what may be absent. */
export const BudgetChange = z.strictObject({
  scope: BudgetScope.optional(),
  id: z.string().min(1).max(200).nullable().optional(),
  model: z.string().min(1).max(300).nullable().optional(),
  measure: BudgetMeasure.optional(),
  amount: z.number().nonnegative().max(1e12).optional(),
  per: BudgetPeriod.nullable().optional(),
  warnAt: z.number().gt(0).max(1).optional(),
  action: z.enum(['block', 'warn']).optional(),
})
export type BudgetChange = z.output<typeof BudgetChange>

const amount = 'In the unit of the budget: the currency of the project, requests or tokens.'
export const SubjectUse = z.object({
  subject: z.string().meta({ description: 'Id of the key, team or account; the end user as the app calls them; the project.' }),
  name: z.string().nullable().meta({ description: 'Of a key, a team or an account, where it has one.' }),
  used: z.number().meta({ description: amount }),
  reserved: z.number().meta({ description: 'Set aside for calls under way, as edges said last.' }),
  percent: z.number().nullable().meta({ description: 'Of the amount; null where that is 0.' }),
  forecast: z
    .number()
    .nullable()
    .meta({ description: 'At the end of the period, if it goes on like the last seven days. null: of a minute.' }),
  unpricedCalls: z.int().meta({ description: 'Calls whose price is not known, which money does not count.' }),
  state: z.enum(['ok', 'warned', 'used-up', 'blocked']).meta({
    description:
      'warned: from `warnAt` on. used-up: what is left is less than its calls used on average, so the next one like them is refused. blocked: nothing is left.',
  }),
})
export type SubjectUse = z.output<typeof SubjectUse>
export const BudgetUse = z.object({
  ...ShownBudget.shape,
  periodStart: z.iso.datetime().nullable(),
  periodEnd: z.iso.datetime().nullable(),
  used: z.number().meta({ description: 'Of all subjects together.' }),
  subjects: z.array(SubjectUse).meta({ description: 'Those that used most first.' }),
  moreSubjects: z.boolean(),
  days: z.array(z.object({ day: z.iso.date(), used: z.number() })).meta({ description: 'Of the period so far, all subjects together.' }),
})
export type BudgetUse = z.output<typeof BudgetUse>

export const UsageGroup = z.enum(['day', 'model', 'provider', 'key', 'user', 'team', 'account'])
export type UsageGroup = z.infer<typeof UsageGroup>
export const UsageRow = z.object({
  day: z.iso.date().optional(),
  model: z.string().optional(),
  provider: z.string().optional(),
  key: z.string().optional(),
  keyName: z.string().nullable().optional(),
  user: z.string().optional(),
  team: z.string().optional(),
  account: z.string().optional(),
  calls: z.int(),
  errors: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.string(),
  cost: z.number().meta({ description: 'In the currency of the project.' }),
  unpricedCalls: z.int().meta({ description: 'Calls whose price is not known: not in the cost.' }),
})
export type UsageRow = z.output<typeof UsageRow>

/** A day, or a time in it. */
const day = z.union([z.iso.date(), z.iso.datetime()])
const groups = z
  .preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
    z.array(UsageGroup).min(1).max(UsageGroup.options.length),
  )
  .default(['day', 'model']) as unknown as z.ZodType<UsageGroup[], string | undefined>

export const UsageQuery = z.strictObject({
  from: day.optional().meta({ description: 'The first day, of UTC; 30 days ago where it is absent.' }),
  to: day.optional().meta({ description: 'The last day that is counted; a time of 0:00 ends before that day. Today where it is absent.' }),
  groupBy: groups.meta({ description: `Any of ${UsageGroup.options.join(', ')}, with commas.` }),
  format: z.enum(['json', 'csv']).default('json'),
})
export type UsageQuery = z.output<typeof UsageQuery>

const Sums = z.object({ calls: z.int(), tokens: z.int(), costUsd: z.string() })
export const Difference = z.object({
  day: z.iso.date(),
  key: z.string(),
  provider: z.string(),
  model: z.string(),
  ledger: Sums,
  spans: Sums,
})
export type Difference = z.output<typeof Difference>
export const Reconciliation = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  checkedAt: z.iso.datetime(),
  ok: z.boolean(),
  calls: z.int(),
  costUsd: z.string(),
  repricedUsd: z.string().meta({
    description:
      'What re-pricing changed in the spans of these days. The ledger keeps what was booked, so this is no difference and left out of the comparison.',
  }),
  differences: z.array(Difference).meta({ description: 'Where the sums of the ledger are not those of the spans.' }),
  unpriced: z
    .array(z.object({ day: z.iso.date(), provider: z.string(), model: z.string(), calls: z.int(), tokens: z.int() }))
    .meta({ description: 'Calls with tokens and no cost: their models need a price.' }),
})
export type Reconciliation = z.output<typeof Reconciliation>

/** The rows of the API table about budgets and what was used. */
export const budgetsApi = {
  'budgets.list': route({
    method: 'GET',
    path: '/api/v1/budgets',
    summary: 'List budgets and limits',
    access: 'budgets:read',
    input: none,
    output: z.object({ budgets: z.array(ShownBudget), currency: Currency }),
  }),
  'budgets.create': route({
    method: 'POST',
    path: '/api/v1/budgets',
    summary: 'Add a budget or a limit to the project',
    access: 'budgets:write',
    input: Budget,
    output: ShownBudget,
  }),
  'budgets.change': route({
    method: 'PATCH',
    path: '/api/v1/budgets/{name}',
    summary: 'Change a budget that was added to the project',
    access: 'budgets:write',
    input: BudgetChange.extend({ name: BudgetName }),
    output: ShownBudget,
  }),
  'budgets.remove': route({
    method: 'DELETE',
    path: '/api/v1/budgets/{name}',
    summary: 'Remove a budget that was added to the project',
    access: 'budgets:write',
    input: z.object({ name: BudgetName }),
    output: ok,
  }),
  'budgets.usage': route({
    method: 'GET',
    path: '/api/v1/budgets/usage',
    summary: 'What of each budget is used, by whom, and where that leads',
    access: 'budgets:read',
    input: z.strictObject({
      name: BudgetName.optional().meta({ description: 'Only this one.' }),
      limit: z.coerce.number().int().min(1).max(500).default(20).meta({ description: 'Subjects of each budget.' }),
    }),
    output: z.object({ currency: Currency, budgets: z.array(BudgetUse) }),
  }),
  'usage.get': route({
    method: 'GET',
    path: '/api/v1/usage',
    summary: 'What was used and what it cost, as JSON or CSV',
    access: 'traces:read',
    input: UsageQuery,
    output: z.union([
      z.object({ from: z.iso.date(), to: z.iso.date(), currency: Currency, rows: z.array(UsageRow), total: UsageRow }),
      z.string().meta({ description: 'CSV' }),
    ]),
  }),
  'reconciliation.get': route({
    method: 'GET',
    path: '/api/v1/reconciliation',
    summary: 'Compare what is owed with what was recorded',
    access: 'traces:read',
    input: z.strictObject({ from: day.optional(), to: day.optional() }),
    output: Reconciliation,
  }),
} as const satisfies Record<string, Route>
