import { AppError } from '@signalbox/schema'
import type { Sql, SqlSession } from '../store/ports.ts'
import { periodStart } from './admission-meters.ts'
import { arrivedOf } from './arrived.ts'
import { usedBySubject } from './budgets-used.ts'
import type { LeaseAnswer, LeaseReport, Loan } from './lease-words.ts'
import { lend, type OtherHolding } from './lend.ts'

/** An edge that said nothing for so long takes no share of limits of a minute. */
const LIVE_MS = 10_000
/** After its leases have ended, an edge's journal has so long to arrive before others get what it held. */
const ARRIVAL_MS = 10_000
/** A call that was under way when its edge fell silent counts as what was set aside, until the edge is back, or for so long. */
const UNDER_WAY_MS = 86_400_000
const FORGET_MS = 40 * 86_400_000
/** Any number that nobody else takes: "leas" in ASCII. */
const LOCK = 0x6c656173

/** `now`: milliseconds since 1970; the clock of the database where it is absent. */
type Clock = { now?: number }
type Edge = {
  edge_id: string
  seq: number
  said_at: number
  lapses_at: number
  holds_all: boolean
  segment: number
  place: number
}

/**
 * Takes an edge's report and answers with what it may spend. One at a time for all cores, since it is a transaction under a lock:
 * what all edges together may spend never passes what is left.
 */
export function answerLeases(sql: Sql, report: LeaseReport, clock: Clock = {}): Promise<LeaseAnswer> {
  return sql.transaction(async (session) => {
    await session.query('select pg_advisory_xact_lock($1)', [LOCK])
    const now = clock.now ?? (await timeOf(session))
    const all = await edgesOf(session)
    const me = all.find(({ edge_id }) => edge_id === report.edgeId)
    if (me && me.seq >= report.seq) throw new AppError('conflict', 'A later report of this edge was here before.')
    const others = all.filter(({ edge_id, lapses_at }) => edge_id !== report.edgeId && lapses_at > now)
    const isSole = others.length === 0
    const holdsAll = isSole && !report.leaves && (report.holdsAll || report.wantsAll)
    const since = await waitingSince(session, report.edgeId)
    await note(session, report, { now, holdsAll })
    const answer: LeaseAnswer = {
      edges: others.filter(({ said_at }) => said_at > now - LIVE_MS).length + (report.leaves ? 0 : 1),
      isSole,
      holdsAll,
      othersAt: await lastBatchOf(
        session,
        all.map(({ edge_id }) => edge_id).filter((id) => id !== report.edgeId),
      ),
      budgets: [],
    }
    await release(session, all, { edgeId: report.edgeId, now })
    const rows: Row[] = []
    for (const budget of report.budgets) {
      const edges = Math.max(answer.edges, others.length + 1)
      const isTaken = others.some(({ holds_all }) => holds_all)
      const loans = await loansOf(session, budget, { report, isTaken, edges, since, now, rows })
      if (!report.leaves) answer.budgets.push({ identity: budget.identity, loans })
    }
    await save(session, rows)
    return answer
  })
}

type Asked = LeaseReport['budgets'][number]
type Row = Record<'identity' | 'subject' | 'edge_id', string> &
  Record<'period' | 'pending' | 'reserved' | 'held' | 'granted' | 'needs', number> & { needs_since: string | null }
type Round = {
  report: LeaseReport
  /** Another edge may spend all that is left. */
  isTaken: boolean
  edges: number
  since: ReadonlyMap<string, number>
  now: number
  rows: Row[]
}

async function loansOf(sql: SqlSession, asked: Asked, { report, isTaken, edges, since, now, rows }: Round): Promise<Loan[]> {
  const { identity, projectId, budget, limit, period, holdings } = asked
  const { per = 'month' } = budget
  if (per === 'minute' || budget.measure === 'concurrent' || holdings.length === 0) return []
  const { edgeId } = report
  const subjects = holdings.map(({ subject }) => storable(subject))
  const [from, to] = [dayOf(periodStart(per, period)), dayOf(periodStart(per, period + 1) - 1)]
  const known = await usedBySubject(sql, { projectId, budget, ids: subjects, from, to, limit: subjects.length })
  const settledOf = new Map(known.map(({ subject, used }) => [subject, used]))
  const lent = Map.groupBy(await heldByOthers(sql, { identity, period, subjects, edgeId }), ({ subject }) => subject)
  return holdings.map((mine) => {
    const { subject: name, wants: _wants, demand: _demand, ...said } = mine
    const subject = storable(name)
    const needsSince = mine.needs > 0 ? (since.get(keyOf(identity, period, subject)) ?? now) : null
    const settled = settledOf.get(subject) ?? 0
    const { used, free } = lend({
      edgeId,
      limit,
      edges,
      settled,
      mine: { ...mine, needsSince },
      others: lent.get(subject) ?? [],
      isTaken,
    })
    const needs_since = needsSince === null ? null : new Date(needsSince).toISOString()
    if (!report.leaves) rows.push({ identity, period, subject, edge_id: edgeId, ...said, granted: free, needs_since })
    else if (said.pending + said.reserved > 0)
      rows.push({ identity, period, subject, edge_id: edgeId, ...said, held: 0, granted: 0, needs: 0, needs_since: null })
    return { subject: name, used, settled, free }
  })
}

async function timeOf(sql: SqlSession): Promise<number> {
  const [row] = await sql.query<{ now: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now')
  return row?.now ?? Date.now()
}

const MS = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`

const edgesOf = (sql: SqlSession): Promise<Edge[]> =>
  sql.query<Edge>(
    `select edge_id, seq::float8 as seq, ${MS('said_at')} as said_at, ${MS('lapses_at')} as lapses_at, holds_all,
       segment::float8 as segment, place::float8 as place from lease_edges`,
  )

/** Since when calls of this edge wait. */
async function waitingSince(sql: SqlSession, edgeId: string): Promise<Map<string, number>> {
  const rows = await sql.query<{ identity: string; period: number; subject: string; since: number }>(
    `select identity, period, subject, ${MS('needs_since')} as since from budget_leases where edge_id = $1 and needs_since is not null`,
    [edgeId],
  )
  return new Map(rows.map(({ identity, period, subject, since }) => [keyOf(identity, period, subject), since]))
}

/** The edge as it is now, without what it held. */
async function note(sql: SqlSession, report: LeaseReport, { now, holdsAll }: { now: number; holdsAll: boolean }): Promise<void> {
  const { edgeId, seq, leaves, lastsMs, position } = report
  const lapsesAt = leaves ? now : now + lastsMs + ARRIVAL_MS
  await sql.query(
    `insert into lease_edges (edge_id, seq, said_at, lapses_at, holds_all, segment, place) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (edge_id) do update set seq = excluded.seq, said_at = excluded.said_at, lapses_at = excluded.lapses_at,
       holds_all = excluded.holds_all, segment = excluded.segment, place = excluded.place`,
    // What is taken back is only known to be given up when the next report says so.
    [
      edgeId,
      seq,
      new Date(leaves ? 0 : now).toISOString(),
      new Date(lapsesAt).toISOString(),
      !leaves && (holdsAll || report.holdsAll),
      position.segment,
      position.offset,
    ],
  )
  await sql.query('delete from budget_leases where edge_id = $1', [edgeId])
  await sql.query('delete from lease_edges where lapses_at < $1::timestamptz', [new Date(now - FORGET_MS).toISOString()])
}

/** What silent edges held may be spent by others. What they used stays, until it is in the ledger for sure. */
async function release(sql: SqlSession, edges: readonly Edge[], { edgeId, now }: { edgeId: string; now: number }): Promise<void> {
  const silent = edges.filter(({ edge_id, lapses_at }) => edge_id !== edgeId && lapses_at <= now)
  if (silent.length === 0) return
  const ids = silent.map(({ edge_id }) => edge_id)
  await sql.query(
    'update budget_leases set held = 0, granted = 0, needs = 0, needs_since = null where edge_id = any($1::text[]) and held + granted + needs > 0',
    [ids],
  )
  const owing = await sql.query<{ edge_id: string }>(
    'select distinct edge_id from budget_leases where edge_id = any($1::text[]) and pending > 0',
    [ids],
  )
  for (const { edge_id, segment, place } of silent) {
    if (!owing.some((one) => one.edge_id === edge_id)) continue
    const arrived = await arrivedOf(sql, edge_id)
    if (arrived && (arrived.segment > segment || (arrived.segment === segment && arrived.offset >= place)))
      await sql.query('update budget_leases set pending = 0 where edge_id = $1', [edge_id])
  }
  const long = silent.filter(({ lapses_at }) => lapses_at <= now - UNDER_WAY_MS).map(({ edge_id }) => edge_id)
  if (long.length > 0) await sql.query('update budget_leases set reserved = 0 where edge_id = any($1::text[]) and reserved > 0', [long])
  await sql.query('delete from budget_leases where edge_id = any($1::text[]) and pending = 0 and reserved = 0', [ids])
}

/** What other edges used, as far as the ledger may not know of it, and set aside for calls under way, as they said last. */
export function owedByOthers(
  sql: SqlSession,
  { edgeId, identity, period }: { edgeId: string; identity: string; period: number },
): Promise<{ subject: string; amount: number }[]> {
  return sql.query(
    `select subject, sum(pending + reserved) as amount from budget_leases
     where identity = $1 and period = $2 and edge_id <> $3 and pending + reserved > 0 group by 1`,
    [identity, period, edgeId],
  )
}

async function lastBatchOf(sql: SqlSession, edgeIds: readonly string[]): Promise<string | null> {
  if (edgeIds.length === 0) return null
  const [row] = await sql.query<{ last: string | null }>(
    `select max(last.at)::text as last from unnest($1::text[]) as edge (id),
     lateral (select applied_at as at from applied_batches where edge_id = edge.id order by applied_at desc limit 1) as last`,
    [edgeIds],
  )
  return row?.last ?? null
}

type Held = { identity: string; period: number; subjects: readonly string[]; edgeId: string }

async function heldByOthers(sql: SqlSession, asked: Held): Promise<(OtherHolding & { subject: string })[]> {
  return await sql.query(
    `select subject, edge_id as "edgeId", pending, reserved, held, granted, needs, ${MS('needs_since')} as "needsSince" from budget_leases
     where identity = $1 and period = $2 and subject = any($3::text[]) and edge_id <> $4`,
    [asked.identity, asked.period, asked.subjects, asked.edgeId],
  )
}

async function save(sql: SqlSession, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  const columns = 'identity, period, subject, edge_id, pending, reserved, held, granted, needs, needs_since'
  await sql.query(
    `insert into budget_leases (${columns}) select ${columns} from json_to_recordset($1::text::json) as lease (identity text, period integer,
       subject text, edge_id text, pending float8, reserved float8, held float8, granted float8, needs float8, needs_since timestamptz)
     on conflict (identity, period, subject, edge_id) do nothing`,
    [JSON.stringify(rows)],
  )
}

/** As the ledger has it: a database takes neither zeros nor half characters. */
const storable = (subject: string): string => subject.replaceAll('\0', '\ufffd').toWellFormed()
const keyOf = (identity: string, period: number, subject: string): string => `${identity}\n${period}\n${subject}`
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
