import { type Budget, type BudgetUse, budgetIdentity, type Currency, type ShownBudget, type SubjectUse } from '@signalbox/schema'
import type { Sql } from '../store/ports.ts'
import { periodAt, periodStart } from './admission-meters.ts'
import { type Asked, usedByDay, usedBySubject, usedSince } from './budgets-used.ts'

const DAY = 86_400_000
/** A forecast goes by the last so many days. */
const LOOK_BACK_DAYS = 7

/** What edges say of their meters: what is set aside, and what is counted in minutes and at once. */
export type EdgeUse = { identity: string; subject: string; taken: number; used: number }
export type UsageRooms = {
  sql: Sql
  now(): Date
  /** Of all edges, as they said last. */
  edges(): readonly EdgeUse[]
}

/** What of a budget is used, by whom, day by day, and where that leads. */
export async function budgetUse(
  { sql, now, edges }: UsageRooms,
  { projectId, budget, currency, limit }: { projectId: string; budget: ShownBudget; currency: Currency; limit: number },
): Promise<BudgetUse> {
  const at = now().getTime()
  const { measure, per = 'month' } = budget
  const identity = budgetIdentity(projectId, budget)
  const said = edges().filter((use) => use.identity === identity)
  if (measure === 'concurrent' || per === 'minute') return ofTheMoment(budget, said, limit)

  const period = periodAt(per, at)
  const [start, end] = [periodStart(per, period), periodStart(per, period + 1)]
  const ids = await idsOf(sql, projectId, budget)
  const asked: Asked = { projectId, budget, ids, from: dayOf(start), to: dayOf(end - 1), limit: limit + 1 }
  const [top, days] = await Promise.all([usedBySubject(sql, asked), usedByDay(sql, asked)])
  const subjects = top.slice(0, limit)
  const names = subjects.map(({ subject }) => subject)
  const lookBack = Math.floor(at / DAY) * DAY - (LOOK_BACK_DAYS - 1) * DAY
  const [recent, nameOf] = await Promise.all([
    usedSince(sql, { ...asked, from: dayOf(lookBack), to: dayOf(at) }, names),
    namesOf(sql, budget, names),
  ])
  const firstUse = await firstDay(sql, projectId, lookBack)
  const unit = measure === 'money' ? currency.perUsd / 1e9 : 1
  return {
    ...budget,
    periodStart: new Date(start).toISOString(),
    periodEnd: new Date(end).toISOString(),
    used: amountOf(sum(days.map(({ used }) => used)), unit),
    subjects: subjects.map(({ subject, used, unpriced, calls }) => {
      const reserved = sum(said.filter((use) => use.subject === subject).map((use) => use.taken - use.used))
      const perMs = (recent.get(subject) ?? 0) / Math.max(at - Math.max(lookBack, firstUse), DAY / 24)
      return {
        subject,
        name: nameOf.get(subject) ?? null,
        unpricedCalls: unpriced,
        ...stateOf(budget, {
          used: amountOf(used, unit),
          reserved: amountOf(reserved, unit),
          perCall: calls > 0 ? (used * unit) / calls : 0,
        }),
        forecast: amountOf(used + perMs * (end - at), unit),
      }
    }),
    moreSubjects: top.length > limit,
    days: days.map(({ day, used }) => ({ day, used: amountOf(used, unit) })),
  }
}

/** What is counted in minutes, or at once, only edges know. */
function ofTheMoment(budget: ShownBudget, said: readonly EdgeUse[], limit: number): BudgetUse {
  const bySubject = new Map<string, number>()
  for (const { subject, taken } of said) bySubject.set(subject, (bySubject.get(subject) ?? 0) + taken)
  const top = [...bySubject].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return {
    ...budget,
    periodStart: null,
    periodEnd: null,
    used: sum([...bySubject.values()]),
    subjects: top.slice(0, limit).map(([subject, used]) => ({
      subject,
      name: null,
      unpricedCalls: 0,
      ...stateOf(budget, { used, reserved: 0, perCall: 1 }),
      forecast: null,
    })),
    moreSubjects: top.length > limit,
    days: [],
  }
}

/** `perCall`: what one call used on average. Where that is more than what is left, the next call like those before is refused. */
function stateOf(
  { amount, warnAt, action }: Budget,
  { used, reserved, perCall }: { used: number; reserved: number; perCall: number },
): Pick<SubjectUse, 'used' | 'reserved' | 'percent' | 'state'> {
  const isWarned = used >= amount * warnAt
  const isStopped = action === 'block' && (used >= amount || (isWarned && used + reserved + perCall > amount))
  const state = isStopped ? (used >= amount ? 'blocked' : 'used-up') : isWarned ? 'warned' : 'ok'
  return { used, reserved, percent: amount === 0 ? null : Math.round((used / amount) * 1000) / 10, state }
}

/** Whom a budget names: the ids of keys, accounts and teams of this name, and the name itself, which may be an id. undefined: everybody. */
export async function idsOf(sql: Pick<Sql, 'query'>, projectId: string, { scope, id }: Budget): Promise<string[] | undefined> {
  if (id === undefined) return undefined
  type Row = { id: string }
  const rows =
    scope === 'key'
      ? await sql.query<Row>('select id from keys where project_id = $1 and name = $2', [projectId, id])
      : scope === 'user'
        ? await sql.query<Row>('select id from accounts where lower(email) = lower($1)', [id])
        : scope === 'team' && (await hasTeams(sql))
          ? await sql.query<Row>('select id from teams where lower(name) = lower($1)', [id])
          : []
  return [id, ...rows.map((row) => row.id)]
}

async function hasTeams(sql: Pick<Sql, 'query'>): Promise<boolean> {
  const [row] = await sql.query<{ found: string | null }>(`select to_regclass('teams')::text as found`)
  return row?.found !== null && row !== undefined
}

async function namesOf(sql: Sql, { scope }: Budget, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows =
    scope === 'key'
      ? await sql.query<{ id: string; name: string }>('select id, name from keys where id = any($1::text[])', [ids])
      : scope === 'user'
        ? await sql.query<{ id: string; name: string }>(
            'select id, email as name from accounts where id = any($1::text[]) and email is not null',
            [ids],
          )
        : scope === 'team' && (await hasTeams(sql))
          ? await sql.query<{ id: string; name: string }>('select id, name from teams where id = any($1::text[])', [ids])
          : []
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** A project that began yesterday has no seven days to go by. */
async function firstDay(sql: Sql, projectId: string, from: number): Promise<number> {
  const [row] = await sql.query<{ first: string | null }>(
    `select to_char(min(day), 'YYYY-MM-DD') as first from ledger where project_id = $1 and day >= $2::date`,
    [projectId, dayOf(from)],
  )
  return row?.first ? Date.parse(row.first) : from
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
/** Money with as many digits as a nano-dollar has; counts as they are. */
const amountOf = (amount: number, unit: number): number => (unit === 1 ? Math.round(amount) : Number((amount * unit).toFixed(9)))
