import { AppError, type Currency, toUsd, type UsageGroup, type UsageQuery, type UsageRow } from '@signalbox/schema'
import type { Sql } from '../store/ports.ts'

const DAY = 86_400_000
const DEFAULT_DAYS = 30
/** More groups than this are no report. */
const MOST_ROWS = 100_000

const COLUMNS: Record<UsageGroup, string> = {
  day: `to_char(day, 'YYYY-MM-DD')`,
  model: 'model',
  provider: 'provider',
  key: 'key_id',
  user: 'end_user',
  team: 'team_id',
  account: 'account_id',
}

export type UsageReport = { from: string; to: string; currency: Currency; rows: UsageRow[]; total: UsageRow }
type Row = Partial<Record<UsageGroup, string>> & { key_name?: string | null } & Sums
type Sums = { calls: number; errors: number; input_tokens: number; output_tokens: number; cost: number; unpriced: number }

/** What was used and what it cost, from the ledger, in groups. Days are those of UTC, both included. */
export async function usageReport(
  { sql, now }: { sql: Sql; now(): Date },
  { projectId, currency, query }: { projectId: string; currency: Currency; query: Omit<UsageQuery, 'format'> },
): Promise<UsageReport> {
  const days = daysOf(query, now())
  const groups = [...new Set(query.groupBy)]
  const columns = groups.map((group) => `${COLUMNS[group]} as "${group}"`)
  const named = groups.includes('key') ? ', max((select name from keys where keys.id = ledger.key_id)) as key_name' : ''
  const rows = await sql.query<Row>(
    `select ${columns.join(', ')}${named}, sum(calls)::float8 as calls, sum(errors)::float8 as errors,
       sum(input_tokens)::float8 as input_tokens, sum(output_tokens)::float8 as output_tokens,
       sum(cost_nano_usd)::float8 as cost, sum(unpriced_calls)::float8 as unpriced
     from ledger where project_id = $1 and day between $2::date and $3::date
     group by ${groups.map((_, index) => index + 1).join(', ')} order by ${groups.map((_, index) => index + 1).join(', ')} limit ${MOST_ROWS + 1}`,
    [projectId, days.from, days.to],
  )
  if (rows.length > MOST_ROWS)
    throw new AppError('invalid-request', `That is more than ${MOST_ROWS} rows.`, { hint: 'Ask for fewer days or coarser groups.' })
  const total = rows.reduce<Sums>((all, row) => {
    for (const name of SUMS) all[name] += row[name]
    return all
  }, zero())
  return { ...days, currency, rows: rows.map((row) => shown(row, groups, currency)), total: shown(total, [], currency) }
}

/** A report as a table, with a line of names first, in the manner of RFC 4180. */
export function toCsv({ rows, currency }: UsageReport, groups: readonly UsageGroup[]): string {
  const names = [...new Set(groups)].flatMap((group) => (group === 'key' ? ['key', 'keyName'] : [group]))
  const columns = [...names, 'calls', 'errors', 'inputTokens', 'outputTokens', 'costUsd', 'cost', 'currency', 'unpricedCalls']
  const lines = rows.map((row) => columns.map((name) => cell(name === 'currency' ? currency.code : row[name as keyof UsageRow])))
  return `${[columns, ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`
}

/** A spreadsheet takes text that begins like a formula for one: an apostrophe before it makes it text. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(9).replace(/0+$/, '')
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The days that are asked for; a `to` at midnight ends before that day. */
export function daysOf({ from, to }: { from?: string | undefined; to?: string | undefined }, now: Date): { from: string; to: string } {
  const end = to === undefined ? now.getTime() : to.length > 10 ? Date.parse(to) - 1 : Date.parse(to)
  const begin = from === undefined ? end - (DEFAULT_DAYS - 1) * DAY : Date.parse(from)
  if (begin > end) throw new AppError('invalid-request', '`from` is after `to`.', { data: { param: 'from' } })
  return { from: dayOf(begin), to: dayOf(end) }
}

const SUMS = ['calls', 'errors', 'input_tokens', 'output_tokens', 'cost', 'unpriced'] as const
const zero = (): Sums => ({ calls: 0, errors: 0, input_tokens: 0, output_tokens: 0, cost: 0, unpriced: 0 })

function shown(row: Row, groups: readonly UsageGroup[], { perUsd }: Currency): UsageRow {
  return {
    ...Object.fromEntries(groups.map((group) => [group, row[group] ?? ''])),
    ...(groups.includes('key') && { keyName: row.key_name ?? null }),
    calls: row.calls,
    errors: row.errors,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costUsd: toUsd(row.cost) ?? '0',
    cost: Number(((row.cost / 1e9) * perUsd).toFixed(9)),
    unpricedCalls: row.unpriced,
  }
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
