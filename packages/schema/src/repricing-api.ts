import { z } from 'zod'
import { cursor, limit, nextCursor, type Route, route } from './route.ts'

/** Which spans are to be priced again. */
export const NewRepricing = z
  .strictObject({
    from: z.iso.datetime().meta({ description: 'Spans that began at or after this time.' }),
    to: z.iso.datetime().meta({ description: 'And before this one.' }),
    models: z
      .array(z.string().min(1).max(300))
      .min(1, { error: 'name at least one model, or leave `models` out for all' })
      .max(100)
      .optional()
      .meta({ description: 'Only these: `gpt-4o`, `openai/gpt-4o` or, for all that begin so, `gpt-4o*`. All, where it is absent.' }),
    dryRun: z.boolean().default(false).meta({ description: 'Works everything out and says what would change. Writes nothing.' }),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { error: '`from` must be before `to`', path: ['from'] })
export type NewRepricing = z.output<typeof NewRepricing>

/** queued: another one of the installation is under way. failed: `problem` says why; what it wrote until then stays. */
export const RepricingStatus = z.enum(['queued', 'running', 'done', 'cancelled', 'failed'])
export type RepricingStatus = z.infer<typeof RepricingStatus>

const Usd = z.string().meta({ description: 'Decimal US dollars.' })

/** What becomes of the spans of one model. */
export const RepricedModel = z.object({
  provider: z.string(),
  model: z.string(),
  spans: z.int().meta({ description: 'Looked at.' }),
  changed: z.int().meta({ description: 'Whose cost is another one by the prices of today.' }),
  priced: z.int().meta({ description: 'Of those, the ones that had no cost before.' }),
  unknown: z.int().meta({ description: 'For which no price is known today: they stay as they are.' }),
  beforeUsd: Usd.meta({ description: 'Of the changed spans, before.' }),
  afterUsd: Usd.meta({ description: 'Of the changed spans, afterwards.' }),
})
export type RepricedModel = z.infer<typeof RepricedModel>

/** A job that works the cost of stored spans out again, by the prices of today. */
export const Repricing = z.object({
  id: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  models: z.array(z.string()).nullable(),
  dryRun: z.boolean(),
  status: RepricingStatus,
  requestedAt: z.iso.datetime(),
  requestedBy: z.string().meta({ description: 'The account or the key.' }),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  total: z.int().nullable().meta({ description: 'Spans to look at; null until they are counted.' }),
  done: z.int().meta({ description: 'Spans that were looked at.' }),
  changed: z.int(),
  provided: z.int().nullable().meta({ description: 'Spans of that time whose sender said what they cost. That stands.' }),
  beforeUsd: Usd.meta({ description: 'Of the changed spans, before.' }),
  afterUsd: Usd.meta({ description: 'Of the changed spans, afterwards.' }),
  ledgerUsd: Usd.meta({
    description: 'How much of the change is of calls of the gateway. The ledger keeps what was booked: it differs from the spans by this.',
  }),
  byModel: z.array(RepricedModel).meta({ description: 'Largest change of money first.' }),
  problem: z.string().nullable(),
})
export type Repricing = z.infer<typeof Repricing>

const Id = z.object({ id: z.string().min(1).max(100) })

/** The rows of the API table about pricing stored spans again. */
export const repricingApi = {
  'repricings.create': route({
    method: 'POST',
    path: '/api/v1/repricings',
    summary: 'Work the cost of stored spans out again, by the prices of today; or say what that would change',
    access: 'projects:write',
    input: NewRepricing,
    output: Repricing,
  }),
  'repricings.list': route({
    method: 'GET',
    path: '/api/v1/repricings',
    summary: 'Jobs that priced stored spans again, newest first',
    access: 'traces:read',
    input: z.object({ limit, cursor }),
    output: z.object({ repricings: z.array(Repricing), nextCursor }),
  }),
  'repricings.get': route({
    method: 'GET',
    path: '/api/v1/repricings/{id}',
    summary: 'How far such a job is, and what changed by model',
    access: 'traces:read',
    input: Id,
    output: Repricing,
  }),
  'repricings.cancel': route({
    method: 'POST',
    path: '/api/v1/repricings/{id}/cancel',
    summary: 'Stop such a job. What was priced again until then stays',
    access: 'projects:write',
    input: Id,
    output: Repricing,
  }),
} as const satisfies Record<string, Route>
