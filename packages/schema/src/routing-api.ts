import { z } from 'zod'
import { type Route, route, window } from './route.ts'
import { Modality, ModelEntry, RouteDecision, RouteStep } from './routing.ts'
import { SpanId, TraceId } from './span.ts'

const Usd = z.string().nullable().meta({ description: 'Decimal US dollars; null where no price is known.' })
const name = z.string().min(1).max(300).meta({ description: 'An alias or provider/model.' })
const entry = ModelEntry.optional().meta({ description: 'The alias as it would be; as it is where this is absent.' })
const TargetName = z.object({ provider: z.string(), model: z.string() })

/** Why a request counts as easy or hard. */
export const ComplexityScore = z.object({
  score: z.number().meta({ description: '0 to 1, the sum of the points.' }),
  parts: z.array(z.object({ name: z.string(), points: z.number(), because: z.string() })),
})
export type ComplexityScore = z.infer<typeof ComplexityScore>

/** A call that is not made: what it would be like. */
export const SimulatedCall = z.strictObject({
  model: name,
  text: z.string().max(500_000).optional().meta({ description: 'What a user says, in place of a whole body.' }),
  body: z.record(z.string(), z.unknown()).optional().meta({ description: 'A request in any dialect; its model does not count.' }),
  headers: z
    .record(z.string().max(200), z.string().max(8000))
    .optional()
    .meta({ description: 'Such as x-signalbox-user, x-signalbox-region.' }),
  key: z.string().max(200).optional().meta({ description: 'The key that would call, by its id or name.' }),
  team: z.string().max(200).optional(),
  budgetLeft: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'The part of its budget that the caller has left; all of it where it is absent.' }),
  at: z.iso.datetime().optional().meta({ description: 'When; now where it is absent.' }),
  entry,
})
export type SimulatedCall = z.output<typeof SimulatedCall>

export const SimulatedRoute = z.object({
  decision: RouteDecision,
  variant: z.object({ split: z.string(), arm: z.string(), propensity: z.number() }).nullable(),
  facts: z.object({
    inputTokens: z.int(),
    maxTokens: z.int().nullable(),
    tools: z.int(),
    modalities: z.array(Modality),
    stream: z.boolean(),
    region: z.string().nullable(),
    complexity: ComplexityScore,
  }),
  targets: z.array(RouteStep.extend({ estimatedCostUsd: Usd })),
  unknown: z.string().meta({ description: 'What was not known here, and may decide otherwise at an edge.' }),
})
export type SimulatedRoute = z.infer<typeof SimulatedRoute>

const DryRunRow = z.object({
  spanId: SpanId,
  traceId: TraceId,
  startedAt: z.iso.datetime(),
  preview: z.string(),
  score: z.number(),
  before: TargetName,
  after: TargetName.nullable().meta({ description: 'null where no target could have taken the call.' }),
  reason: z.string(),
  costUsd: Usd,
  estimatedCostUsd: Usd,
})
const DryRunSum = TargetName.extend({ callsBefore: z.int(), callsAfter: z.int(), costUsd: Usd, estimatedCostUsd: Usd })
export const DryRun = z.object({
  calls: z.int().meta({ description: 'Calls that were looked at, the newest ones.' }),
  more: z.boolean().meta({ description: 'There were more than `limit`.' }),
  unread: z.int().meta({ description: 'Calls that are left out: their request was not kept, or is too long.' }),
  changed: z.int().meta({ description: 'Calls that would have gone elsewhere.' }),
  costUsd: Usd.meta({ description: 'Of the calls whose cost is known before and after.' }),
  estimatedCostUsd: Usd,
  unpriced: z.int().meta({ description: 'Calls whose cost is not known before or after.' }),
  targets: z.array(DryRunSum),
  rows: z.array(DryRunRow),
})
export type DryRun = z.infer<typeof DryRun>

/** The rows of the API table that say where calls would go. They call nobody. */
export const routingApi = {
  'models.simulate': route({
    method: 'POST',
    path: '/api/v1/models/simulate',
    summary: 'Where would this request go, and why?',
    access: 'models:read',
    input: SimulatedCall,
    output: SimulatedRoute,
  }),
  'models.dryRun': route({
    method: 'POST',
    path: '/api/v1/models/dry-run',
    summary: 'Where would the calls of the last days have gone, and what would they have cost?',
    access: 'traces:read',
    input: z.strictObject({
      model: name,
      entry,
      ...window,
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    output: DryRun,
  }),
} as const satisfies Record<string, Route>
