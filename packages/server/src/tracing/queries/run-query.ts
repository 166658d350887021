import { AppError, type Bucket, type Measure, type Query, type QueryRow, type SpanMeasure, scoreMeasureOf, toUsd } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { condition, microTime, scope } from './conditions.ts'
import { fieldSql } from './fields.ts'
import { type BaseName, baseSql, MEASURES, OF_SPANS_ONLY, ROLLUP_COLUMNS, ROLLUP_FIELDS, type Source } from './measures.ts'
import { once } from './once.ts'
import { type Parameters, parameters } from './parameters.ts'
import { areOfSessions, scoreMeasures, scoresOf } from './score-measures.ts'
import { toIso, toMicros } from './time.ts'

export type QueryOptions = {
  /** Read the spans themselves even where the rollup could answer: for tests and benches that compare the two. */
  source?: 'spans'
  /** Of the dimensions and `bucket`, which ones go together, in place of all of them at once. Read once, grouped several times. */
  sets?: readonly (readonly string[])[]
}

/**
 * Measures by dimensions and time buckets, ordered by bucket and then by the first measure, largest first.
 *
 * Calls, errors, durations and first tokens are those of model calls (`kind` llm or embedding), unless `kind` or `entry` is
 * filtered or `kind` is a dimension: then of every span that matches. Tokens and cost are of every leaf span that matches.
 * Groups in which there is nothing to measure are left out.
 * Percentiles are t-digest estimates. `traces` is exact up to some ten thousand and an estimate within 1 % above.
 */
export async function runQuery(events: Events, projectId: string, query: Query, options: QueryOptions = {}): Promise<QueryRow[]> {
  const bound = parameters()
  const readsSpans =
    (options.source ?? sourceOf(query)) === 'spans' ||
    query.measures.some((name) => scoreMeasureOf(name)) ||
    piecesOf(query).some(({ table }) => table === 'spans')
  const final = readsSpans ? await once(events, projectId, query) : ''
  const sessions = await areOfSessions(events, projectId, scoreMeasures(query.measures).scores)
  const rows = await events.query<Record<string, number | string | null>>(
    compile(projectId, query, { ...options, bound, final, sessions }),
    bound.values,
  )
  return rows.map((row) => toQueryRow(row, query))
}

/**
 * Several groupings of the same calls, for the price of reading them once: for each set of dimensions (`bucket` is one) its rows, as
 * `runQuery` answers them. Scores are not among the measures.
 */
export async function runQuerySets(
  events: Events,
  projectId: string,
  query: Query,
  sets: readonly (readonly string[])[],
): Promise<QueryRow[][]> {
  const bound = parameters()
  const readsSpans = sourceOf(query) === 'spans' || piecesOf(query).some(({ table }) => table === 'spans')
  const final = readsSpans ? await once(events, projectId, query) : ''
  const rows = await events.query<Record<string, number | string | null>>(compile(projectId, query, { sets, bound, final }), bound.values)
  const all = [...(query.bucket ? ['bucket'] : []), ...query.dimensions]
  return sets.map((set) => {
    // The engine tells the set of a row by a bit for each dimension that is not in it.
    const bits = all.reduce((mask, name) => mask * 2 + (set.includes(name) ? 0 : 1), 0)
    return rows
      .filter((row) => Number(row.sets) === bits)
      .map((row) => {
        const whole = toQueryRow(row, query)
        return Object.fromEntries(Object.entries(whole).filter(([name]) => !all.includes(name) || set.includes(name)))
      })
  })
}

export const SECONDS: Record<Bucket, number> = {
  minute: 60,
  '5m': 300,
  '15m': 900,
  hour: 3600,
  '6h': 21_600,
  day: 86_400,
  week: 604_800,
}
/** Weeks begin on Monday, and 1970 did so on the 5th of January. */
const FIRST_MONDAY = 345_600
const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

function compile(
  projectId: string,
  query: Query,
  { source: wanted, sets, bound, final, sessions = false }: QueryOptions & Bound & { sessions?: boolean },
): string {
  const { measures, dimensions, filters, bucket } = query
  bound.project(projectId)
  const columns = dimensions.map((name) => groupable(name, bound))
  const ofSpans = spanMeasures(query)
  const ofScores = scoreMeasures(measures)
  const present = [...new Set(ofSpans.flatMap((name) => MEASURES[name].present))]
  const needs = [...new Set([...ofSpans.flatMap((name) => MEASURES[name].needs), ...present])]
  const anyKind = dimensions.includes('kind') || filters.some(({ field }) => field === 'kind' || field === 'entry')
  const called = anyKind ? 'true' : `kind IN ('llm', 'embedding')`
  const onlyCalls = !anyKind && present.every((name) => name === 'calls')
  const matched = filters.map((filter) => condition(filter, bound))
  const where = [...matched, ...(onlyCalls ? [called] : [])]
  const source = wanted ?? sourceOf(query)
  const names = [...(bucket ? ['bucket'] : []), ...columns.map((_, index) => `d${index}`)]
  const grouped = (at: string) => [
    ...(bucket ? [`${bucketSql(at, bucket)} AS bucket`] : []),
    ...columns.map((sql, index) => `${sql} AS d${index}`),
  ]
  const nameOf = (name: string) => (name === 'bucket' ? name : `d${dimensions.indexOf(name)}`)
  const keys = sets ? `GROUPING SETS (${sets.map((set) => `(${set.map(nameOf).join(', ')})`).join(', ')})` : names.join(', ')
  const groupBy = names.length > 0 ? `GROUP BY ${keys}` : ''
  const which = sets ? [`grouping(${names.join(', ')}) AS sets`] : []
  const parts: string[] = []
  if (ofSpans.length > 0) {
    const from =
      source === 'spans' ? spansOf(projectId, query, { where, bound, final }) : rolledUp(projectId, query, { where, needs, bound, final })
    const bases = needs
      .filter((name) => !OF_SPANS_ONLY.has(name) || source === 'spans')
      .map((name) => `${baseSql(name, source, called)} AS ${name}`)
    parts.push(`(
  SELECT ${[...grouped(source === 'spans' ? 'startedAt' : 'minute'), ...which, ...bases].join(', ')}
  FROM ${from}
  ${groupBy}
)`)
  }
  if (ofScores.scores.length > 0)
    parts.push(
      scoresOf(ofScores, {
        bound,
        names,
        groups: grouped('startedAt'),
        where: [...scope(projectId, query, bound), ENDED, ...matched],
        final,
        sessions,
      }),
    )
  const measured = measures.map((name, index) => `${ofScores.sql.get(name) ?? MEASURES[name as SpanMeasure].sql} AS m${index}`)
  return `
SELECT ${[...names, ...(sets ? ['sets'] : []), ...measured].join(', ')}
FROM ${parts.join(names.length > 0 ? ' AS ofSpans\nFULL JOIN ' : ' AS ofSpans\nCROSS JOIN ')}${parts.length > 1 ? ` AS ofScores ${names.length > 0 ? `USING (${names.join(', ')})` : ''}` : ''}
${names.length > 0 ? `WHERE ${[...present, ...ofScores.present].map((name) => `${name} > 0`).join(' OR ')}` : ''}
ORDER BY ${[...(bucket ? ['bucket'] : []), 'm0 DESC', ...columns.map((_, index) => `d${index}`)].join(', ')}
LIMIT ${bound.bind('UInt32', query.limit)}
SETTINGS prefer_column_name_to_alias = 1`
}

const spanMeasures = ({ measures }: Query): SpanMeasure[] => measures.filter((name): name is SpanMeasure => !scoreMeasureOf(name))

function groupable(name: string, bound: Parameters): string {
  const { sql, group } = fieldSql(name, bound)
  if (!group) throw new AppError('invalid-request', `Results cannot be grouped by ${name}.`, { hint: 'Filter by it instead.' })
  return sql
}

/** Where the bucket of a time begins, in seconds since 1970. */
export function bucketSql(at: string, bucket: Bucket): string {
  const seconds = SECONDS[bucket]
  const offset = bucket === 'week' ? FIRST_MONDAY : 0
  return `intDiv(toUnixTimestamp(${at}) - ${offset}, ${seconds}) * ${seconds} + ${offset}`
}

/** The rollup knows some columns and whole minutes; two minutes or less are not worth its edges. */
function fitsRollup(query: Query): boolean {
  const { dimensions, filters, from, to } = query
  if (spanMeasures(query).some((name) => MEASURES[name].needs.some((base) => OF_SPANS_ONLY.has(base)))) return false
  if (![...dimensions, ...filters.map(({ field }) => field)].every((name) => ROLLUP_FIELDS.has(name))) return false
  return from === undefined || to === undefined || toMicros(to) - toMicros(from) > 2 * MINUTE
}

const sourceOf = (query: Query): Source => (fitsRollup(query) ? 'rollup' : 'spans')

/** `final` stands behind the spans where some of them came in parts. */
type Bound = { bound: Parameters; final: string }
type Where = Bound & { where: string[] }

/** What is still running is counted when it ends, as in the rollups. */
const ENDED = `status != 'running'`

const spansOf = (projectId: string, query: Query, { where, bound, final }: Where): string =>
  `spans AS s${final} WHERE ${[...scope(projectId, query, bound), ENDED, ...where].join(' AND ')}`

/** A piece of the window and the table that knows it best; null is no border. */
type Piece = { table: 'spans_1h' | 'spans_1m' | 'spans'; from: number | null; to: number | null }

/** Whole hours from the hours (where no bucket is finer), whole minutes beside them from the minutes, and what is left from the spans. */
function piecesOf({ from, to, bucket }: Query): Piece[] {
  const edges = { from: from === undefined ? null : toMicros(from), to: to === undefined ? null : toMicros(to) }
  const coarse = bucket === undefined || SECONDS[bucket] >= SECONDS.hour
  const [hours, ...besideHours] = coarse ? inner(edges, HOUR) : [null, edges]
  const pieces: Piece[] = hours ? [{ table: 'spans_1h', ...hours }] : []
  for (const edge of besideHours) {
    const [minutes, ...besideMinutes] = inner(edge, MINUTE)
    if (minutes) pieces.push({ table: 'spans_1m', ...minutes })
    pieces.push(...besideMinutes.map((rest) => ({ table: 'spans' as const, ...rest })))
  }
  return pieces
}

type Range = Omit<Piece, 'table'>

/** The part of a range that is whole steps (null where there is none), and what lies before and behind it. */
function inner({ from, to }: Range, step: number): [Range | null, ...Range[]] {
  const first = from === null ? null : Math.ceil(from / step) * step
  const last = to === null ? null : Math.floor(to / step) * step
  if (first !== null && last !== null && first >= last) return [null, { from, to }]
  const before = from !== null && first !== null && first > from ? [{ from, to: first }] : []
  const behind = to !== null && last !== null && last < to ? [{ from: last, to }] : []
  return [{ from: first, to: last }, ...before, ...behind]
}

function rolledUp(projectId: string, query: Query, { where, needs, bound, final }: Where & { needs: BaseName[] }): string {
  const fields = [...ROLLUP_FIELDS].join(', ')
  const columns = [...new Set(['spans', ...needs.filter((name) => name in ROLLUP_COLUMNS)])]
  const project = `projectId = ${bound.project(projectId)}`
  const second = (micros: number) => `toDateTime(${bound.bind('UInt32', micros / SECOND)}, 'UTC')`
  const parts = piecesOf(query).map(({ table, from, to }) => {
    const at = table === 'spans' ? (micros: number) => microTime(micros, bound) : second
    const time = table === 'spans' ? 'startedAt' : 'minute'
    const within = [
      project,
      ...(from === null ? [] : [`${time} >= ${at(from)}`]),
      ...(to === null ? [] : [`${time} < ${at(to)}`]),
      ...(table === 'spans' ? [ENDED] : []),
      ...where,
    ].join(' AND ')
    if (table !== 'spans') return `SELECT minute, ${fields}, ${columns.join(', ')} FROM ${table} WHERE ${within}`
    const made = columns.map((name) => `${ROLLUP_COLUMNS[name]} AS ${name}`).join(', ')
    return `SELECT toStartOfMinute(toDateTime(startedAt, 'UTC')) AS minute, ${fields}, ${made} FROM spans AS s${final} WHERE ${within} GROUP BY minute, ${fields}`
  })
  return `(\n  ${parts.join('\n  UNION ALL\n  ')}\n)`
}

function toQueryRow(row: Record<string, number | string | null>, { bucket, dimensions, measures }: Query): QueryRow {
  return {
    ...(bucket && { bucket: toIso(Number(row.bucket) * 1_000_000) }),
    ...Object.fromEntries(dimensions.map((name, index) => [name, name === 'stream' ? row[`d${index}`] === 1 : (row[`d${index}`] ?? null)])),
    ...Object.fromEntries(measures.map((name, index) => [name, toMeasure(name, row[`m${index}`] ?? null)])),
  }
}

const toMeasure = (name: Measure, value: number | string | null): number | string | null =>
  (name === 'costUsd' || name === 'savedUsd') && value !== null ? toUsd(Number(value)) : value
