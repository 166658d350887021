import { AppError } from '@signalbox/schema'
import { z } from 'zod'

/** What Langfuse's clients send as `query`: JSON with a view, what to group by, what to measure, and what to look at. */
const AGGREGATIONS = ['sum', 'avg', 'count', 'max', 'min', 'p50', 'p75', 'p90', 'p95', 'p99', 'histogram', 'uniq'] as const
export type Aggregation = (typeof AGGREGATIONS)[number]
const GRANULARITIES = ['auto', 'minute', 'hour', 'day', 'week', 'month'] as const

const text = { column: z.string(), value: z.string() }
const texts = { column: z.string(), value: z.array(z.string()).min(1).max(500) }
const number = { column: z.string(), value: z.number() }
const like = z.enum(['=', 'contains', 'does not contain', 'starts with', 'ends with'])
const order = z.enum(['=', '>', '<', '>=', '<='])
const Filter = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('datetime'),
    column: z.string(),
    operator: z.enum(['>', '<', '>=', '<=']),
    value: z.iso.datetime({ offset: true }),
  }),
  z.object({ type: z.literal('string'), operator: like, ...text }),
  z.object({ type: z.literal('stringOptions'), operator: z.enum(['any of', 'none of']), ...texts }),
  z.object({ type: z.literal('arrayOptions'), operator: z.enum(['any of', 'none of', 'all of']), ...texts }),
  z.object({ type: z.literal('number'), operator: order, ...number }),
  z.object({ type: z.literal('stringObject'), operator: like, key: z.string().max(200), ...text }),
  z.object({ type: z.literal('numberObject'), operator: order, key: z.string().max(200), ...number }),
  z.object({ type: z.literal('boolean'), column: z.string(), operator: z.enum(['=', '<>']), value: z.boolean() }),
  z.object({ type: z.literal('null'), column: z.string(), operator: z.enum(['is null', 'is not null']) }),
])
export type MetricsFilter = z.output<typeof Filter>

const Time = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with its zone, such as 2026-01-31T12:00:00Z' })
const MetricsQuery = z
  .object({
    view: z.string(),
    dimensions: z
      .array(z.object({ field: z.string() }))
      .max(10)
      .nullish(),
    metrics: z
      .array(z.object({ measure: z.string(), aggregation: z.enum(AGGREGATIONS) }))
      .min(1, { error: 'must name at least one' })
      .max(20),
    filters: z.array(Filter).max(50).nullish(),
    timeDimension: z.object({ granularity: z.enum(GRANULARITIES) }).nullish(),
    fromTimestamp: Time,
    toTimestamp: Time,
    orderBy: z
      .array(z.object({ field: z.string(), direction: z.enum(['asc', 'desc']) }))
      .max(10)
      .nullish(),
    config: z.object({ bins: z.int().min(1).max(100).optional(), row_limit: z.int().min(1).max(1000).optional() }).nullish(),
  })
  .refine(({ fromTimestamp, toTimestamp }) => Date.parse(fromTimestamp) < Date.parse(toTimestamp), {
    error: 'must be before toTimestamp',
    path: ['fromTimestamp'],
  })
export type MetricsQuery = z.output<typeof MetricsQuery>

/** Throws what is wrong with it, in words for who sent it. */
export function readMetricsQuery(sent: string | null): MetricsQuery {
  if (!sent)
    throw new AppError('invalid-request', 'The parameter `query` is missing.', {
      hint: 'It is JSON with `view`, `metrics`, `fromTimestamp` and `toTimestamp`.',
    })
  let value: unknown
  try {
    value = JSON.parse(sent)
  } catch (cause) {
    throw new AppError('invalid-request', 'The parameter `query` is not JSON.', { cause })
  }
  const read = MetricsQuery.safeParse(value)
  if (read.success) return read.data
  const said = read.error.issues.map(({ path, message }) => `${path.join('.') || 'query'}: ${message}`)
  throw new AppError('invalid-request', `The query is not one of metrics: ${said.slice(0, 5).join('; ')}.`)
}
