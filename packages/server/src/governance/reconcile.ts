import { setTimeout as sleep } from 'node:timers/promises'
import { type Difference, REFUSALS, type Reconciliation, toUsd } from '@signalbox/schema'
import { shortName } from '../lib/short-name.ts'
import type { Events, Sql } from '../store/ports.ts'

/** A batch is in the events store a moment before it is in the ledger. */
const TRIES = 3
const WAIT_MS = 700
const MOST = 200

export type ReconcileRooms = { sql: Sql; events: Events; now(): Date }
type Sums = { day: string; key: string; provider: string; model: string; calls: number; tokens: number; cost: number }

/** Compares what is owed with what was recorded, by day, key and model, and keeps what it found. Days of UTC, both included. */
export async function reconcile(
  rooms: ReconcileRooms,
  { projectId, from, to }: { projectId: string; from: string; to: string },
): Promise<Reconciliation> {
  let found = await compare(rooms, { projectId, from, to })
  for (let tries = 1; found.differences.length > 0 && tries < TRIES; tries++) {
    await sleep(WAIT_MS)
    found = await compare(rooms, { projectId, from, to })
  }
  const result: Reconciliation = {
    from,
    to,
    checkedAt: rooms.now().toISOString(),
    ok: found.differences.length === 0 && found.unpriced.length === 0,
    ...found,
  }
  await rooms.sql.query(
    `insert into reconciliations (project_id, checked_at, result) values ($1, $2, $3)
     on conflict (project_id) do update set checked_at = excluded.checked_at, result = excluded.result`,
    [projectId, result.checkedAt, JSON.stringify(result)],
  )
  return result
}

const DAYS = 2
const DAY = 86_400_000

/** Looks at the last two days of every project; what does not add up is logged, and stays to be asked for. */
export async function reconcileAll({
  sql,
  events,
  projectIds,
  log,
}: {
  sql: Sql
  events: Events
  projectIds(): Promise<string[]>
  log: { warn(details: object, what: string): void }
}): Promise<void> {
  const now = () => new Date()
  const [from = '', to = ''] = [DAYS - 1, 0].map((ago) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10))
  for (const projectId of await projectIds()) {
    const { ok, differences, unpriced } = await reconcile({ sql, events, now }, { projectId, from, to })
    if (!ok) log.warn({ projectId, differences: differences.length, unpriced: unpriced.length }, WHAT)
  }
}
const WHAT = 'ledger and spans do not add up, or calls have no price: see GET /api/v1/reconciliation'

/** What the last comparison of each project found that is not right, in words; for the doctor. */
export async function reconciliationProblems(sql: Pick<Sql, 'query'>): Promise<string[]> {
  const rows = await sql.query<{ project_id: string; result: Reconciliation }>(
    'select project_id, result from reconciliations order by project_id',
  )
  return rows.flatMap(({ project_id: project, result: { differences, unpriced, checkedAt } }) => {
    const what = [
      ...(differences.length > 0 ? [`${differences.length} sums of the ledger are not those of the spans`] : []),
      ...(unpriced.length > 0
        ? [`calls of ${unpriced.map(({ provider, model }) => `${provider}/${model}`).join(', ')} have no price`]
        : []),
    ]
    return what.length > 0 ? [`${project}: ${what.join(', and ')} (${checkedAt})`] : []
  })
}

type Compared = Pick<Reconciliation, 'differences' | 'unpriced' | 'calls' | 'costUsd' | 'repricedUsd'>

async function compare(
  { sql, events }: ReconcileRooms,
  { projectId, from, to }: { projectId: string; from: string; to: string },
): Promise<Compared> {
  const [ledger, spans, unpriced, repriced] = await Promise.all([
    sql.query<Sums>(
      `select to_char(day, 'YYYY-MM-DD') as day, key_id as key, provider, model, sum(calls)::float8 as calls,
         sum(input_tokens + output_tokens)::float8 as tokens, sum(cost_nano_usd)::float8 as cost
       from ledger where project_id = $1 and day between $2::date and $3::date group by 1, 2, 3, 4`,
      [projectId, from, to],
    ),
    events.query<Sums>(`${SPANS} GROUP BY day, key, provider, model`, { projectId, from, to }),
    events.query<{ day: string; provider: string; model: string; calls: number; tokens: number }>(
      `SELECT toString(toDate(startedAt, 'UTC')) AS day, provider, model, count() AS calls,
         sum(toUInt64(inputTokens) + outputTokens) AS tokens FROM spans FINAL
       WHERE ${OURS} AND cost IS NULL AND inputTokens + outputTokens > 0 GROUP BY day, provider, model ORDER BY calls DESC LIMIT ${MOST}`,
      { projectId, from, to },
    ),
    repricedSince({ sql, events }, { projectId, from, to }),
  ])
  const owed = new Map(ledger.map((row) => [nameOf(row), row]))
  const recorded = new Map(spans.map((row) => [nameOf(row), row]))
  const differences: Difference[] = []
  for (const [name, row] of new Map([...owed, ...recorded])) {
    const [a, b] = [owed.get(name), asBooked(recorded.get(name), repriced.get(name))]
    if (a?.calls === b?.calls && a?.tokens === b?.tokens && a?.cost === b?.cost) continue
    const { day, key, provider, model } = row
    if (differences.length < MOST) differences.push({ day, key, provider, model, ledger: sums(a), spans: sums(b) })
  }
  const cost = ledger.reduce((all, row) => all + row.cost, 0)
  const repricedUsd = toUsd([...repriced.values()].reduce((all, change) => all + change, 0)) ?? '0'
  return { repricedUsd, differences, unpriced, calls: ledger.reduce((all, row) => all + row.calls, 0), costUsd: toUsd(cost) ?? '0' }
}

/** What was booked stays booked when spans are priced again: by how much their cost is another one now, by day, key and model. */
async function repricedSince(
  { sql, events }: Pick<ReconcileRooms, 'sql' | 'events'>,
  { projectId, from, to }: { projectId: string; from: string; to: string },
): Promise<Map<string, number>> {
  const known = await sql.query(`select 1 from repricings where project_id = $1 and not dry_run limit 1`, [projectId])
  if (known.length === 0) return new Map()
  const rows = await events.query<Omit<Sums, 'calls' | 'tokens'>>(
    `SELECT toString(toDate(startedAt, 'UTC')) AS day, keyId AS key, provider, model, sum(sign * ifNull(v.cost, 0)) AS cost FROM span_versions AS v
     WHERE projectId = {projectId:String} AND source = 'gateway' AND startsWith(token, 'reprice:') AND ${IN_DAYS}
     GROUP BY day, key, provider, model`,
    { projectId, from, to },
  )
  const changes = new Map<string, number>()
  for (const row of rows) changes.set(nameOf(row), (changes.get(nameOf(row)) ?? 0) + row.cost)
  return changes
}

const asBooked = (row: Sums | undefined, repriced = 0): Sums | undefined => row && { ...row, cost: row.cost - repriced }

const IN_DAYS = `startedAt >= toDateTime64({from:String}, 6, 'UTC') AND startedAt < toDateTime64({to:String}, 6, 'UTC') + INTERVAL 1 DAY`
/** The tries of a call are spans of their own and no calls; those that used nothing are not in the ledger, and neither is a call that was refused. */
const OURS = `projectId = {projectId:String} AND source = 'gateway' AND NOT (operation = 'attempt' AND usageSource = 'none')
  AND errorType NOT IN (${REFUSALS.map((type) => `'${type}'`).join(', ')})
  AND ${IN_DAYS}`
const SPANS = `SELECT toString(toDate(startedAt, 'UTC')) AS day, keyId AS key, provider, model, countIf(operation != 'attempt') AS calls,
  sum(toUInt64(inputTokens) + outputTokens) AS tokens, sum(coalesce(cost, 0)) AS cost FROM spans FINAL WHERE ${OURS}`

/** The ledger has long names cut. */
const nameOf = ({ day, key, provider, model }: Pick<Sums, 'day' | 'key' | 'provider' | 'model'>): string =>
  JSON.stringify([day, key, shortName(provider), shortName(model)])
const sums = (row: Sums | undefined) => ({ calls: row?.calls ?? 0, tokens: row?.tokens ?? 0, costUsd: toUsd(row?.cost ?? 0) ?? '0' })
