import { z } from 'zod'
import { Bucket, QueryRow } from './query.ts'
import { none, type Route, route } from './route.ts'

const Rows = z.array(QueryRow)
const during = {
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  environment: z.string().max(200).optional(),
}

/** What one thing did in a period and in the one before: a model, a route, a key, a user, a kind of error. */
export const Mover = z.object({
  dimension: z.enum(['model', 'requestModel', 'keyId', 'userId', 'errorType']).meta({ description: 'A field of spans.' }),
  value: z.string(),
  metric: z.enum(['cost', 'errors', 'latency']),
  now: z.number().nullable().meta({ description: 'cost: USD. errors: a share, of an error type: how many. latency: p95 in milliseconds.' }),
  before: z.number().nullable(),
  calls: z.int(),
  callsBefore: z.int(),
  errors: z.int(),
  better: z.boolean(),
})
export type Mover = z.output<typeof Mover>

export const HealthState = z.enum(['ok', 'warning', 'error', 'unknown'])
export type HealthState = z.infer<typeof HealthState>

/** One thing that can be well or not, in a word, with why. */
export const HealthPart = z.object({
  id: z.enum(['gateway', 'providers', 'ingest', 'rejected', 'journal', 'disk', 'budgets']),
  state: HealthState,
  word: z.string(),
  why: z.string(),
})
export type HealthPart = z.output<typeof HealthPart>

/** The rows of the API table behind the first page. */
export const overviewApi = {
  'overview.get': route({
    method: 'GET',
    path: '/api/v1/overview',
    summary: 'How the calls of a period did, beside the period before: all that the first page draws, in one answer',
    access: 'traces:read',
    input: z.strictObject({ ...during, bucket: Bucket }),
    output: z.object({
      current: QueryRow,
      before: QueryRow,
      timeline: Rows.meta({ description: 'By bucket.' }),
      outcomes: Rows.meta({ description: 'Calls by bucket, outcome and durationBucket.' }),
      helped: Rows.meta({ description: 'By answeredBy and stream.' }),
      byModel: Rows,
      byKey: Rows,
    }),
  }),
  'overview.movers': route({
    method: 'GET',
    path: '/api/v1/overview/movers',
    summary: 'What changed most against the period before',
    access: 'traces:read',
    input: z.strictObject({ ...during, limit: z.coerce.number().int().min(1).max(50).default(8) }),
    output: z.object({
      movers: z.array(Mover),
      compared: z.boolean().meta({ description: 'false: there was nothing in the period before to compare with.' }),
      fewest: z
        .object({ calls: z.int(), errors: z.int() })
        .meta({ description: 'What has fewer of them is not compared: it may be chance.' }),
    }),
  }),
  'overview.health': route({
    method: 'GET',
    path: '/api/v1/overview/health',
    summary: 'Is all well? Gateway, providers, ingestion, journal, disk and budgets, each in a word',
    access: 'traces:read',
    input: none,
    output: z.object({ parts: z.array(HealthPart) }),
  }),
} as const satisfies Record<string, Route>
