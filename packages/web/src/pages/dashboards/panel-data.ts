import { addsUp, type DashboardPanel, type Filter, type Measure, type PanelQuery, type QueryRow, scoreMeasureOf } from '@signalbox/schema'
import type { Input } from '@signalbox/sdk'
import { bucketAtLeast, bucketFor, bucketStarts } from '../../lib/time-range.ts'
import { isCount, numberOf } from '../../ui/chart/rows.ts'
import type { TimeWindow } from '../../ui/chart/series.ts'

export type Value = QueryRow[string] | undefined
/** The values of one line. `rest`: of all that has no line of its own. */
export type Line = { key: string; measure: Measure; value?: Value; rest?: true; values: (number | null)[] }
export type TimeData = { kind: 'time'; window: TimeWindow; starts: number[]; step: number; lines: Line[]; more: boolean }
export type NumberData = { kind: 'number'; window: TimeWindow; value: number | null; before: number | null; course: (number | null)[] }
export type RowsData = { kind: 'rows'; window: TimeWindow; rows: QueryRow[]; more: boolean }
export type PanelData = TimeData | NumberData | RowsData

/** What holds for every panel of the page: its time and its filters. */
export type Scope = { window: TimeWindow; filters: readonly Filter[] }
export type Run = (query: Input<'query.run'>) => Promise<QueryRow[]>

const MOST_LINES = 8
const MOST_STACKED = 6
const MOST_ROWS = 20
/** What one query may answer with. */
const MOST_ANSWERED = 10_000

/** Asks what a panel shows. */
export async function loadPanel({ kind, query, limit }: DashboardPanel, scope: Scope, run: Run): Promise<PanelData> {
  const asked = query as PanelQuery
  if (kind === 'number') return loadNumber(asked, scope, run)
  if (kind === 'table' || kind === 'top') return loadRows(asked, scope, { most: limit ?? MOST_ROWS, run })
  return asked.dimensions.length === 0
    ? loadLines(asked, scope, run)
    : loadSplit(asked, scope, { most: limit ?? (kind === 'stacked' ? MOST_STACKED : MOST_LINES), run, rest: kind === 'stacked' })
}

const askedOf = ({ measures, dimensions, filters }: PanelQuery, { window, filters: common }: Scope): Input<'query.run'> => ({
  measures,
  dimensions,
  filters: [...common, ...filters],
  from: new Date(window.from).toISOString(),
  to: new Date(window.to).toISOString(),
})

async function loadNumber(query: PanelQuery, scope: Scope, run: Run): Promise<NumberData> {
  const { window } = scope
  const before = { ...scope, window: { from: window.from - (window.to - window.from), to: window.from } }
  const [measure] = query.measures as [Measure]
  const adds = addsUp(measure) && !scoreMeasureOf(measure)
  const [{ lines }, then, now] = await Promise.all([
    loadLines(query, scope, run),
    run(askedOf(query, before)),
    adds ? undefined : run(askedOf(query, scope)),
  ])
  const course = lines[0]?.values ?? []
  const total = (rows: QueryRow[]) => numberOf(rows[0], measure) ?? (isCount(measure) ? 0 : null)
  return { kind: 'number', window, value: now ? total(now) : sumOf(course), before: total(then), course }
}

/** What the parts of a sum are together; unknown where none of them is known. */
const sumOf = (values: readonly (number | null)[]): number | null =>
  values.reduce((sum, value) => (value === null ? sum : (sum ?? 0) + value), null)

async function loadRows(query: PanelQuery, scope: Scope, { most, run }: { most: number; run: Run }): Promise<RowsData> {
  const rows = await run({ ...askedOf(query, scope), limit: most + 1 })
  return { kind: 'rows', window: scope.window, rows: rows.slice(0, most), more: rows.length > most }
}

/** Which buckets a panel has: those that it asks for, unless that were more than can be seen. */
function buckets({ bucket }: PanelQuery, { window }: Scope) {
  const chosen = bucket ? bucketAtLeast(bucket, window) : bucketFor(window)
  return { bucket: chosen.bucket, step: chosen.milliseconds, starts: bucketStarts(window, chosen) }
}

async function loadLines(query: PanelQuery, scope: Scope, run: Run): Promise<TimeData> {
  const { bucket, step, starts } = buckets(query, scope)
  const rows = await run({ ...askedOf(query, scope), bucket, limit: MOST_ANSWERED })
  const lines = query.measures.map((measure) => ({ key: measure, measure, values: columnOf(rows, starts, measure) }))
  return { kind: 'time', window: scope.window, starts, step, lines, more: false }
}

/** By what the lines are chosen: of a rate or a percentile by how many calls it is of, since a few calls make the greatest ones. */
function rankOf(measure: Measure): Measure {
  const ofScore = scoreMeasureOf(measure)
  if (ofScore?.measure === 'scoreAvg') return `scoreCount.${ofScore.score}`
  if (measure === 'tokensPerSecond') return 'outputTokens'
  return addsUp(measure) || measure === 'traces' ? measure : 'calls'
}

/** One line for each of the greatest values of a dimension; the rest as one more where values add up, else only said. */
async function loadSplit(
  query: PanelQuery,
  scope: Scope,
  { most, run, rest }: { most: number; run: Run; rest: boolean },
): Promise<TimeData> {
  const { bucket, step, starts } = buckets(query, scope)
  const [measure] = query.measures as [Measure]
  const [dimension] = query.dimensions as [string]
  const asked = askedOf(query, scope)
  const lineCount = Math.max(1, Math.min(most, Math.floor(MOST_ANSWERED / Math.max(1, starts.length))))
  const greatest = await run({ ...asked, measures: [rankOf(measure)], limit: lineCount + 1 })
  const more = greatest.length > lineCount
  const values = greatest.slice(0, lineCount).map((row) => row[dimension] ?? '')
  const shown = { window: scope.window, starts, step, more, kind: 'time' as const }
  if (values.length === 0) return { ...shown, lines: [] }
  const only: Filter = { field: dimension, op: 'in', value: values }
  const whole = more && rest && addsUp(measure) && !scoreMeasureOf(measure)
  const [rows, sums] = await Promise.all([
    run({ ...asked, filters: [...(asked.filters ?? []), only], bucket, limit: MOST_ANSWERED }),
    whole ? run({ ...asked, dimensions: [], bucket, limit: MOST_ANSWERED }) : [],
  ])
  const byValue = Map.groupBy(rows, (row) => row[dimension] ?? '')
  const lines: Line[] = values.map((value) => ({
    key: `${dimension}=${value}`,
    measure,
    value,
    values: columnOf(byValue.get(value) ?? [], starts, measure),
  }))
  if (whole) {
    const all = columnOf(sums, starts, measure)
    const left = all.map((sum, at) =>
      sum === null ? null : Math.max(0, sum - lines.reduce((known, line) => known + (line.values[at] ?? 0), 0)),
    )
    lines.push({ key: 'rest', measure, rest: true, values: left })
  }
  return { ...shown, lines }
}

/** One value per bucket: of a count no row is 0, of anything else it is unknown. */
function columnOf(rows: readonly QueryRow[], starts: readonly number[], measure: Measure): (number | null)[] {
  const byStart = new Map(rows.map((row) => [Date.parse(String(row.bucket)), row]))
  const missing = isCount(measure) ? 0 : null
  return starts.map((start) => numberOf(byStart.get(start), measure) ?? missing)
}
