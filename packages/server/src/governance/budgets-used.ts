import type { Budget, BudgetScope } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'

/** Where the ledger says whose use it is. */
const COLUMNS: Record<BudgetScope, string> = {
  organisation: `'organisation'`,
  project: 'project_id',
  team: 'team_id',
  user: 'account_id',
  key: 'key_id',
  'end-user': 'end_user',
}
const AMOUNTS = { money: 'cost_nano_usd', requests: 'calls', tokens: 'input_tokens + output_tokens' } as const

export type Asked = {
  projectId: string
  budget: Pick<Budget, 'scope' | 'measure' | 'model'>
  /** Only calls without a key. */
  ofNobody?: boolean | undefined
  /** Only these subjects; all where it is absent. */
  ids?: readonly string[] | undefined
  /** Days of UTC, the last one included. */
  from: string
  to: string
  limit: number
}
/** `used` in nano-USD, requests or tokens. */
export type Use = { subject: string; used: number; unpriced: number; calls: number }

/** What the ledger knows of the use of a budget, by subject, those that used most first. */
export async function usedBySubject(sql: SqlSession, asked: Asked): Promise<Use[]> {
  const { where, params, column, amount } = conditions(asked)
  return await sql.query<Use>(
    `select ${column} as subject, sum(${amount})::float8 as used, sum(unpriced_calls)::float8 as unpriced,
       sum(calls)::float8 as calls
     from ledger where ${where} group by 1 order by 2 desc, 1 limit ${Number(asked.limit)}`,
    params,
  )
}

/** The same by day, of all subjects together, or of `subject` alone. */
export async function usedByDay(sql: SqlSession, asked: Asked): Promise<{ day: string; used: number }[]> {
  const { where, params, amount } = conditions(asked)
  return await sql.query(
    `select to_char(day, 'YYYY-MM-DD') as day, sum(${amount})::float8 as used from ledger where ${where} group by 1 order by 1`,
    params,
  )
}

/** Use of each subject in some days, for a forecast. */
export async function usedSince(sql: SqlSession, asked: Asked, subjects: readonly string[]): Promise<Map<string, number>> {
  const { where, params, column, amount } = conditions(asked)
  const rows = await sql.query<{ subject: string; used: number }>(
    `select ${column} as subject, sum(${amount})::float8 as used from ledger
     where ${where} and ${column} = any($${params.length + 1}::text[]) group by 1`,
    [...params, subjects],
  )
  return new Map(rows.map(({ subject, used }) => [subject, used]))
}

function conditions({ projectId, budget, ofNobody, ids, from, to }: Asked) {
  const column = COLUMNS[budget.scope]
  const params: unknown[] = [from, to]
  const where = ['day between $1::date and $2::date']
  const bind = (value: unknown): string => `$${params.push(value)}`
  if (budget.scope !== 'organisation') where.push(`project_id = ${bind(projectId)}`)
  if (budget.scope !== 'organisation' && budget.scope !== 'project') {
    where.push(`${column} <> ''`)
    if (ids !== undefined) where.push(`${column} = any(${bind(ids)}::text[])`)
  }
  if (ofNobody) where.push(`key_id = ''`)
  const { model } = budget
  if (model?.endsWith('*')) where.push(`starts_with(request_model, ${bind(model.slice(0, -1))})`)
  else if (model !== undefined) where.push(`request_model = ${bind(model)}`)
  return { column, params, where: where.join(' and '), amount: AMOUNTS[budget.measure as keyof typeof AMOUNTS] ?? '0' }
}
