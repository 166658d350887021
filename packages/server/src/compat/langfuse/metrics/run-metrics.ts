import { AppError } from '@signalbox/schema'
import type { Events } from '../../../store/ports.ts'
import { once } from '../../../tracing/queries/once.ts'
import { parameters } from '../../../tracing/queries/parameters.ts'
import { bucketsOf, type Granularity, granularityOf, TIME_SQL } from './buckets.ts'
import { filterSql } from './filters.ts'
import type { Aggregation, MetricsQuery } from './query.ts'
import { type Dimension, earlier, type Measure, type View } from './view.ts'

export type MetricsRow = Record<string, unknown>
type Column = { name: string; sql: string }
const TIME = 'time_dimension'
const DEFAULT_BINS = 10

/**
 * A query of Langfuse's as one over our store. A row has one member per dimension, and `AGGREGATION_MEASURE` per metric; by time and without
 * an order of its own, times at which there was nothing are rows too.
 */
export async function runMetrics(
  events: Events,
  projectId: string,
  { view, query, limit }: { view: View; query: MetricsQuery; limit: number },
): Promise<MetricsRow[]> {
  const from = new Date(query.fromTimestamp).toISOString()
  const to = new Date(query.toTimestamp).toISOString()
  const window = { projectId, from, to }
  const bound = parameters()
  const dimensions = (query.dimensions ?? []).map(({ field }) => ({ name: field, ...dimensionOf(view, field) }))
  const metrics = query.metrics.map(({ measure, aggregation }) => metricOf(view, { measure, aggregation, bins: query.config?.bins }))
  const filters = query.filters ?? []
  const filtered = filters.map(({ column }) => (Object.hasOwn(view.dimensions, column) ? view.dimensions[column] : undefined))
  const joins = new Set([...dimensions, ...metrics, ...filtered].flatMap((one) => one?.join ?? []))
  const final = await once(events, projectId, joins.size > 0 ? { from: earlier(from, 30), to: earlier(to, -1) } : { from, to })
  const rows = view.rows(window, bound, final)
  const granularity = query.timeDimension && granularityOf(query.timeDimension.granularity, from, to)
  const groups: Column[] = [...(granularity ? [{ name: TIME, sql: TIME_SQL[granularity](view.time) }] : []), ...dimensions]
  const where = [...rows.where, ...filters.map((filter) => filterSql(filter, { view, bound, projectId }))]
  const columns = [...groups, ...metrics]
  const sql = `
SELECT ${columns.map(({ sql: expression }, index) => `${expression} AS c${index}`).join(', ')}
FROM ${rows.from}
${[...joins].map((join) => view.joins[join]?.(window, bound, final)).join('\n')}
${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
${groups.length > 0 ? `GROUP BY ${groups.map((_, index) => `c${index}`).join(', ')}` : ''}
${groups.length > 0 ? `ORDER BY ${orderOf(query, columns, groups.length)}` : ''}
LIMIT ${bound.bind('UInt32', limit)}
SETTINGS prefer_column_name_to_alias = 1`
  const found = await events.query<Record<string, unknown>>(sql, bound.values)
  const data = found.map((row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, index < groups.length ? groupValue(row[`c${index}`]) : row[`c${index}`]])),
  )
  return granularity && !query.orderBy?.length ? filled(data, { granularity, from, to, limit, groups, metrics }) : data
}

/** What is not said is null, as Langfuse has it. */
const groupValue = (value: unknown): unknown => (value === '' || value === undefined ? null : value)

function dimensionOf(view: View, field: string): Dimension {
  const dimension = Object.hasOwn(view.dimensions, field) ? view.dimensions[field] : undefined
  if (dimension && !dimension.filterOnly) return dimension
  const known = Object.keys(view.dimensions).filter((name) => !view.dimensions[name]?.filterOnly)
  throw new AppError('invalid-request', `Invalid dimension ${JSON.stringify(field.slice(0, 100))}.`, {
    hint: dimension ? 'It can only be filtered by.' : `This view has ${known.join(', ')}.`,
  })
}

type Metric = Column & Pick<Measure, 'join'> & { aggregation: Aggregation }
type Asked = { measure: string; aggregation: Aggregation; bins: number | undefined }

function metricOf(view: View, { measure, aggregation, bins = DEFAULT_BINS }: Asked): Metric {
  const known = Object.hasOwn(view.measures, measure) ? view.measures[measure] : undefined
  if (!known)
    throw new AppError('invalid-request', `Invalid measure ${JSON.stringify(measure.slice(0, 100))}.`, {
      hint: `This view has ${Object.keys(view.measures).join(', ')}.`,
    })
  if (known.distinct && aggregation !== 'count' && aggregation !== 'uniq')
    throw new AppError('invalid-request', `${measure} is counted: its aggregation is count or uniq, not ${aggregation}.`)
  const per = known.per ? ` / ${known.per}` : ''
  const sql = known.distinct ? `uniqExact(${known.sql})` : AGGREGATE[aggregation](known.sql, { per, bins })
  return { name: `${aggregation}_${measure}`, sql, aggregation, ...(known.join && { join: known.join }) }
}

type Scale = { per: string; bins: number }
const plain =
  (name: string) =>
  (sql: string, { per }: Scale) =>
    `${name}(${sql})${per}`
const quantile =
  (level: number) =>
  (sql: string, { per }: Scale): string =>
    `quantileTDigest(${level})(${sql})${per}`
/** Sums of nothing are 0; of other things there is none. */
const AGGREGATE: Record<Aggregation, (sql: string, scale: Scale) => string> = {
  sum: (sql, { per }) => `ifNull(sum(${sql}), 0)${per}`,
  avg: plain('avg'),
  count: (sql) => `count(${sql})`,
  max: plain('max'),
  min: plain('min'),
  p50: quantile(0.5),
  p75: quantile(0.75),
  p90: quantile(0.9),
  p95: quantile(0.95),
  p99: quantile(0.99),
  histogram: (sql, { per, bins }) => `histogramIf(${bins})(toFloat64(ifNull(${sql}, 0))${per}, isNotNull(${sql}))`,
  uniq: (sql) => `uniqExact(${sql})`,
}

/** By time, else by the first metric with the largest first, unless the query says otherwise; what is equal by its names, so that it stays. */
function orderOf({ orderBy }: MetricsQuery, columns: readonly Column[], groups: number): string {
  const asked = (orderBy ?? []).map(({ field, direction }) => {
    const index = columns.findIndex(({ name }) => name === field)
    if (index < 0)
      throw new AppError('invalid-request', `Invalid orderBy field ${JSON.stringify(field.slice(0, 100))}.`, {
        hint: `The rows have ${columns.map(({ name }) => name).join(', ')}.`,
      })
    return `c${index} ${direction === 'desc' ? 'DESC' : 'ASC'} NULLS LAST`
  })
  const usual = columns[0]?.name === TIME ? [] : [`c${groups} DESC NULLS LAST`]
  return [...(asked.length > 0 ? asked : usual), ...columns.slice(0, groups).map((_, index) => `c${index}`)].join(', ')
}

type Filling = {
  granularity: Granularity
  from: string
  to: string
  limit: number
  groups: readonly Column[]
  metrics: readonly Metric[]
}

function filled(data: MetricsRow[], { granularity, from, to, limit, groups, metrics }: Filling): MetricsRow[] {
  const byTime = Map.groupBy(data, (row) => String(row[TIME]))
  const rows: MetricsRow[] = []
  for (const time of bucketsOf(granularity, from, to)) {
    const nothing = {
      ...Object.fromEntries(groups.map(({ name }) => [name, null])),
      [TIME]: time,
      ...Object.fromEntries(metrics.map(({ name, aggregation }) => [name, COUNTS.has(aggregation) ? 0 : null])),
    }
    rows.push(...(byTime.get(time) ?? [nothing]))
    if (rows.length >= limit) break
  }
  return rows.slice(0, limit)
}
const COUNTS: ReadonlySet<Aggregation> = new Set(['sum', 'count', 'uniq'])
