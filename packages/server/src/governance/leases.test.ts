import { type Budget, type CallEnd, noUsage, type SnapshotProject } from '@signalbox/schema'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withServer } from '../../../../tests/servers/or-skip.ts'
import { startPostgres } from '../../../../tests/servers/postgres.ts'
import type { JournalPosition, Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { openPostgres } from '../store/sql/postgres.ts'
import { createAdmission, type Reservation } from './admission.ts'
import { PeriodMeter } from './admission-meters.ts'
import { knownUse } from './budgets-known.ts'
import { answerLeases } from './lease-bank.ts'
import { LeaseBook } from './lease-book.ts'
import type { Holding, LeaseAnswer, LeaseReport } from './lease-words.ts'
import { lend } from './lend.ts'

const START = Date.UTC(2026, 10, 21, 12)
const DAY = Math.floor(START / 86_400_000)
/** Nano-USD. */
const LIMIT = 10_000
const LARGEST = 120
const LASTS_MS = 5000
const BUDGET: Budget = {
  name: 'pot',
  scope: 'end-user',
  measure: 'money',
  amount: LIMIT / 1e9,
  per: 'day',
  warnAt: 0.8,
  action: 'block',
}
const PROJECT: SnapshotProject = {
  id: 'default',
  providers: {},
  models: {},
  budgets: [BUDGET],
  currency: { code: 'USD', perUsd: 1 },
  splits: [],
  prices: [],
  capture: { content: true, maxBytes: 1 },
}

let sql: Sql
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
})
afterAll(() => sql?.[Symbol.asyncDispose]())
beforeEach(() => sql.exec('delete from ledger; delete from lease_edges; delete from applied_batches'))

const endOf = (cost: number) =>
  ({
    status: 'ok',
    usage: { ...noUsage(), output: cost },
    usageSource: 'provider',
    cost,
    attempts: [],
    responseBytes: 0,
  }) as unknown as CallEnd
const settledOf = async (): Promise<number> =>
  (await sql.query<{ sum: number }>('select coalesce(sum(cost_nano_usd), 0)::float8 as sum from ledger'))[0]?.sum ?? 0

/** Clocks, and whether the core can be reached. */
type World = { at: number }

/** The disk of an edge: what it counted, and how much of that has arrived. */
type Disk = { edgeId: string; records: { user: string; cost: number }[]; acked: number }

/** An edge as far as counting goes, with everything else made up. */
class Edge {
  readonly world: World
  readonly disk: Disk
  readonly admission = createAdmission({ now: () => this.world.at })
  readonly book: LeaseBook
  readonly underWay: { user: string; most: number; reservation: Reservation; isTold: boolean }[] = []
  /** So much of its use the core has heard of, and when. */
  told = 0
  toldAt = 0
  /** An answer that is on its way. */
  coming: { answer: LeaseAnswer; at: number } | undefined
  isCut = false
  cutAt = 0
  #othersAt: string | null = null

  constructor(world: World, disk: Disk) {
    this.world = world
    this.disk = disk
    const position = (offset: number): JournalPosition => ({ segment: 1, offset })
    const [rule] = this.admission.rulesOf(PROJECT).all
    if (!rule) throw new Error('no rule')
    this.book = new LeaseBook({
      edgeId: () => disk.edgeId,
      lastsMs: LASTS_MS,
      now: () => world.at,
      clock: () => world.at,
      journal: {
        end: () => position(disk.records.length),
        acked: () => position(disk.acked),
        unsettled: () =>
          [...Map.groupBy(disk.records.slice(disk.acked), ({ user }) => user)].map(([subject, records]) => ({
            identity: rule.identity,
            subject,
            amount: records.reduce((sum, { cost }) => sum + cost, 0),
          })),
      },
    })
    this.book.follow([{ identity: rule.identity, projectId: 'default', budget: BUDGET, limit: rule.limit, meters: rule.meters }])
  }

  begin(user: string, most: number): boolean {
    try {
      const reservation = this.admission.admit({
        caller: { projectId: 'default', permissions: [], keyId: 'key_1', project: PROJECT },
        model: 'm',
        endUser: user,
        inputTokens: 0,
        maxOutputTokens: most,
        price: ({ output }) => output,
      })
      this.underWay.push({ user, most, reservation, isTold: false })
      return true
    } catch {
      return false
    }
  }

  finish(index: number, part: number): void {
    const [call] = this.underWay.splice(index, 1)
    if (!call) return
    const cost = Math.floor(call.most * part)
    this.disk.records.push({ user: call.user, cost })
    call.reservation.settle(endOf(cost))
  }

  async ship(count = Number.POSITIVE_INFINITY): Promise<void> {
    const { disk, world } = this
    const records = disk.records.slice(disk.acked, disk.acked + count)
    if (this.isCut || records.length === 0) return
    await sql.query('insert into applied_batches (batch_id, edge_id, records, spans, applied_at) values ($1, $2, 1, 1, $3)', [
      `${disk.edgeId}-1-${disk.acked}-${disk.acked + records.length}`,
      disk.edgeId,
      new Date(world.at).toISOString(),
    ])
    for (const [user, all] of Map.groupBy(records, (one) => one.user))
      await sql.query(
        `insert into ledger (project_id, day, key_id, provider, model, end_user, cost_nano_usd) values ('default', '2026-11-21', 'k', 'p', 'm', $1, $2)
         on conflict (project_id, day, key_id, provider, model, request_model, end_user, account_id, team_id)
         do update set cost_nano_usd = ledger.cost_nano_usd + excluded.cost_nano_usd`,
        [user, all.reduce((sum, { cost }) => sum + cost, 0)],
      )
    disk.acked += records.length
  }

  /** One look of the runner. `fate`: what becomes of the report and of its answer. */
  async look(fate: 'arrives' | 'lost' | 'answer lost' | { late: number } = 'arrives'): Promise<void> {
    const { book, world } = this
    if (this.coming) {
      if (this.coming.at > world.at) return
      book.take(this.coming.answer)
      this.coming = undefined
      await this.#answered()
    }
    const report = book.report()
    if (!report || fate === 'lost' || this.isCut) return
    const answer = await answerLeases(sql, report, { now: world.at })
    this.toldAt = world.at
    if (!report.holdsAll) {
      this.told = this.disk.records.length
      for (const call of this.underWay) call.isTold = true
    }
    if (fate === 'answer lost') return
    if (fate === 'arrives') {
      book.take(answer)
      await this.#answered()
    } else this.coming = { answer, at: world.at + fate.late }
  }

  /** As `AdmissionKeeper` does it: the only one has to know everything. */
  async #answered(): Promise<void> {
    const { book, world, disk, admission } = this
    const isNews = book.othersAt !== this.#othersAt
    this.#othersAt = book.othersAt
    if (!book.isSole || (book.isReady && !isNews)) return
    const [rule] = admission.rulesOf(PROJECT).all
    const asked = [{ identity: rule?.identity ?? '', projectId: 'default', budget: BUDGET }]
    const { budgets } = await knownUse(sql, { edgeId: disk.edgeId, budgets: asked }, new Date(world.at))
    const used = new Map(budgets[0]?.used)
    for (const { user, cost } of disk.records.slice(disk.acked)) used.set(user, (used.get(user) ?? 0) + cost)
    for (const [user, amount] of used) {
      const meter = rule?.meters.of(user, world.at)
      if (meter instanceof PeriodMeter) meter.restore(world.at, DAY, amount)
    }
    book.isReady = true
  }
}

const chance = (seed: number) => {
  let state = seed
  return (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

describe('whatever happens', () => {
  test.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'what is spent stays within the bound, and all of it can be spent (%i)',
    async (seed) => {
      const random = chance(seed * 7919)
      const world: World = { at: START }
      let edges: Edge[] = []
      let made = 0
      /** By users: what nobody could know, and what edges may take before they ask. */
      const users = seed % 3 === 0 ? ['u'] : ['u', 'v']
      const bound = new Map(users.map((user) => [user, 0]))
      const spent = new Map(users.map((user) => [user, 0]))
      const add = (counts: Map<string, number>, user: string, amount: number) => counts.set(user, (counts.get(user) ?? 0) + amount)
      const first = Math.max(LARGEST, LIMIT / 100)
      const enter = (disk: Disk = { edgeId: `edge_${made++}`, records: [], acked: 0 }) => {
        edges.push(new Edge(world, disk))
        for (const user of users) add(bound, user, first)
      }
      const finish = (edge: Edge, index: number) => {
        const call = edge.underWay[index]
        const before = edge.disk.records.length
        edge.finish(index, random(101) / 100)
        const record = edge.disk.records[before]
        if (call && record) add(spent, call.user, record.cost)
      }
      /** What it used after it was heard of last. */
      const unseen = (edge: Edge) => {
        for (const { user, cost } of edge.disk.records.slice(Math.max(edge.told, edge.disk.acked))) add(bound, user, cost)
        for (const { user, most, isTold } of edge.underWay) if (!isTold) add(bound, user, most)
      }
      enter()
      if (seed % 2) enter()
      for (let step = 0; step < 160; step++) {
        world.at += 50 + random(400)
        const what = random(60)
        if (what === 0 && edges.length < 4) enter()
        for (const edge of [...edges]) {
          for (let call = random(7); call > 0; call--) edge.begin(users[random(users.length)] ?? 'u', 1 + random(LARGEST))
          while (edge.underWay.length > random(6)) finish(edge, random(edge.underWay.length))
          if (random(3) > 0) await edge.ship(1 + random(6))
          const fate = random(12)
          await edge.look(fate === 0 ? 'lost' : fate === 1 ? 'answer lost' : fate < 5 ? { late: 50 + random(900) } : 'arrives')
          if (edge.isCut && world.at > edge.cutAt) {
            if (world.at - edge.toldAt > LASTS_MS) unseen(edge)
            edge.isCut = false
          }
          if (!edge.isCut && random(90) === 0) {
            edge.isCut = true
            edge.cutAt = world.at + random(3 * LASTS_MS)
          }
          if (random(120) === 0) {
            unseen(edge)
            edges = edges.filter((one) => one !== edge)
            // Some come back with their disk: what was under way counts as what was set aside.
            if (random(2)) {
              for (const { user, most } of edge.underWay) {
                edge.disk.records.push({ user, cost: most })
                add(spent, user, most)
              }
              enter(edge.disk)
            } else for (const { user, most } of edge.underWay) add(spent, user, most)
          }
        }
        for (const user of users) expect(spent.get(user), `step ${step}, ${user}`).toBeLessThanOrEqual(LIMIT + (bound.get(user) ?? 0))
      }

      // Everybody can be reached again; calls of one edge after the other use what is left.
      if (edges.length === 0) enter()
      for (const edge of edges) edge.isCut = false
      world.at += 2 * LASTS_MS + 10_000
      let refusals = 0
      for (let step = 0; step < 4000 && refusals < 100; step++) {
        world.at += 100
        const edge = edges[step % edges.length] as Edge
        const user = users[Math.floor(step / 7) % users.length] ?? 'u'
        refusals = edge.begin(user, 100) ? 0 : refusals + 1
        while (edge.underWay.length > 0) finish(edge, 0)
        for (const one of edges) {
          if (step % 3 === 0) await one.ship()
          await one.look()
        }
      }
      for (const user of users) {
        const [row] = await sql.query<{ used: number }>(
          `select (select sum(cost_nano_usd) from ledger where end_user = $1)::float8 + (select coalesce(sum(pending + reserved), 0)
             from budget_leases where subject = $1 and not edge_id = any($2::text[])) as used`,
          [user, edges.map(({ disk }) => disk.edgeId)],
        )
        // What those used that are gone for good counts, too.
        expect(row?.used ?? 0, user).toBeGreaterThan(LIMIT - 100)
      }
      expect(await settledOf()).toBeGreaterThan(0)
    },
  )
})

describe('the only edge', () => {
  const only = async (world: World): Promise<Edge> => {
    const edge = new Edge(world, { edgeId: 'edge_a', records: [], acked: 0 })
    for (let look = 0; look < 3; look++) {
      await edge.look()
      world.at += 1000
    }
    expect(edge.book.isExact).toBe(true)
    return edge
  }
  /** As much as it may at once, and then what that was. */
  const spend = (edge: Edge, most: number): number => {
    let sum = 0
    for (; sum + 100 <= most && edge.begin('u', 100); sum += 100) edge.finish(0, 1)
    return sum
  }
  const together = async (world: World, edges: Edge[]): Promise<number> => {
    let sum = 0
    for (let step = 0; step < 100; step++) {
      world.at += 200
      for (const edge of edges) sum += spend(edge, LIMIT)
      for (const edge of edges) await edge.look()
    }
    return sum
  }

  test('spends to the end exactly', async () => {
    expect(spend(await only({ at: START }), 2 * LIMIT)).toBe(LIMIT)
  })

  test('tells what it used when another one comes, before the ledger knows of it', async () => {
    const world = { at: START }
    const first = await only(world)
    const alone = spend(first, 4000)
    const second = new Edge(world, { edgeId: 'edge_b', records: [], acked: 0 })
    const both = await together(world, [first, second])
    expect(alone + both).toBeGreaterThan(LIMIT - 100)
    expect(alone + both).toBeLessThanOrEqual(LIMIT + 100)
  })

  test('that is cut off stops before another one is lent what it held', async () => {
    const world = { at: START }
    const first = await only(world)
    first.isCut = true
    world.at += LASTS_MS - 1100
    await first.look()
    expect(spend(first, 500)).toBe(500)
    world.at += 1100
    await first.look()
    expect(spend(first, 500)).toBe(0)
    world.at += 10_000
    const second = new Edge(world, { edgeId: 'edge_b', records: [], acked: 0 })
    // Nobody knows of what it used without the core.
    expect(await together(world, [first, second])).toBe(LIMIT)
    first.isCut = false
    await first.ship()
    // Back again it makes one call before it has asked.
    expect(await together(world, [first, second])).toBeLessThanOrEqual(100)
  })
})

describe('the core', () => {
  const holding = (more: Partial<Holding> = {}): Holding => ({
    subject: 'u',
    pending: 0,
    reserved: 0,
    held: 0,
    wants: 400,
    demand: 0,
    needs: 0,
    ...more,
  })
  let seq = 0
  const tell = (edgeId: string, holdings: Holding[], more: Partial<LeaseReport> & { now?: number } = {}) => {
    const { now = START, ...report } = more
    return answerLeases(
      sql,
      {
        edgeId,
        seq: ++seq,
        lastsMs: LASTS_MS,
        holdsAll: false,
        wantsAll: false,
        leaves: false,
        position: { segment: 1, offset: 10 },
        budgets: [{ identity: 'default/pot', projectId: 'default', budget: BUDGET, limit: LIMIT, period: DAY, holdings }],
        ...report,
      },
      { now },
    )
  }
  const free = (answer: LeaseAnswer) => answer.budgets[0]?.loans[0]?.free

  test('lends the only edge all that is left, and two of them slices', async () => {
    expect(free(await tell('a', [holding({ pending: 100, reserved: 50 })]))).toBe(LIMIT - 150)
    expect(await tell('b', [holding()])).toMatchObject({ edges: 2, isSole: false })
    // Nothing is left until the first has heard of it, and said so.
    expect(free(await tell('b', [holding()]))).toBe(0)
    expect(free(await tell('a', [holding({ pending: 100, reserved: 50, held: LIMIT - 150 })]))).toBe(400)
    expect(free(await tell('b', [holding()]))).toBe(0)
    expect(free(await tell('a', [holding({ pending: 100, held: 400 })]))).toBe(400)
    expect(free(await tell('b', [holding()]))).toBe(400)
  })

  test('lets the only edge hold everything, and takes it back when another one comes', async () => {
    expect(await tell('a', [], { wantsAll: true })).toMatchObject({ isSole: true, holdsAll: true })
    expect(free(await tell('b', [holding()], { wantsAll: true }))).toBe(0)
    expect(await tell('a', [], { wantsAll: true, holdsAll: true })).toMatchObject({ isSole: false, holdsAll: false })
    expect(free(await tell('b', [holding()]))).toBe(0)
    await tell('a', [holding({ pending: 9000, wants: 0 })])
    expect(free(await tell('b', [holding()]))).toBe(400)
  })

  test('gives on what a silent edge held once its journal could have arrived, and at once what one gives back that leaves', async () => {
    const spread = async (id: string, now: number) => free(await tell(id, [holding({ wants: LIMIT })], { now }))
    await tell('a', [holding()])
    expect(await spread('b', START + LASTS_MS + 9_999)).toBe(0)
    expect(await spread('b', START + LASTS_MS + 10_000)).toBe(LIMIT)
    expect(await spread('c', START + LASTS_MS + 10_000)).toBe(0)
    expect(await tell('b', [], { leaves: true, now: START + LASTS_MS + 10_001 })).toMatchObject({ edges: 1, budgets: [] })
    expect(await spread('c', START + LASTS_MS + 10_001)).toBe(LIMIT)
  })

  test('refuses a report that was overtaken', async () => {
    await tell('a', [])
    await expect(tell('a', [], { seq: seq - 1 })).rejects.toMatchObject({ code: 'conflict' })
  })

  test('takes names that no database takes', async () => {
    expect(free(await tell('a', [holding({ subject: 'a\0\ud800' })]))).toBe(LIMIT)
  })

  test('reports from all sides at once never get more than there is', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(ids.map((id) => tell(id, [])))
    const answers = await Promise.all(ids.map((id) => tell(id, [holding({ wants: 4000 })])))
    const sum = answers.reduce((all, answer) => all + (free(answer) ?? 0), 0)
    expect(sum).toBe(LIMIT)
  })
})

withServer('several cores on one Postgres', await startPostgres(), (url) => {
  test('lend one at a time', async () => {
    const cores = [await openPostgres(url), await openPostgres(url)]
    try {
      await migrate(cores[0] as Sql)
      const ids = Array.from({ length: 12 }, (_, index) => `edge_${index}`)
      const tell = (edgeId: string, seq: number, holdings: Holding[]) =>
        answerLeases(cores[Number(edgeId.slice(5)) % 2] as Sql, {
          edgeId,
          seq,
          lastsMs: LASTS_MS,
          holdsAll: false,
          wantsAll: false,
          leaves: false,
          position: { segment: 1, offset: 10 },
          budgets: [{ identity: 'default/pot', projectId: 'default', budget: BUDGET, limit: LIMIT, period: DAY, holdings }],
        })
      const none = { subject: 'u', pending: 0, reserved: 0, held: 0, wants: 3000, demand: 0, needs: 0 }
      await Promise.all(ids.map((id) => tell(id, 1, [])))
      const answers = await Promise.all(ids.map((id) => tell(id, 2, [none])))
      expect(answers.reduce((sum, { budgets }) => sum + (budgets[0]?.loans[0]?.free ?? 0), 0)).toBe(LIMIT)
      // What was overtaken is refused, by whichever core.
      const seqs = await Promise.allSettled([5, 4, 3].map((seq) => tell('edge_0', seq, [none])))
      expect(seqs.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
      await expect(tell('edge_0', 5, [none])).rejects.toMatchObject({ code: 'conflict' })
    } finally {
      for (const core of cores) await core[Symbol.asyncDispose]()
    }
  })
})

test('who waits for a call comes before who holds more than it needs', () => {
  const mine = { subject: 'u', pending: 0, reserved: 0, held: 50, wants: 400, demand: 0, needs: 0, needsSince: null }
  const other = { edgeId: 'b', pending: 0, reserved: 0, held: 20, granted: 20, needs: 60, needsSince: 1 }
  const asked = { edgeId: 'a', limit: 100, edges: 2, settled: 0, mine, isTaken: false }
  expect(lend({ ...asked, others: [other] }).free).toBe(40)
  // It can never have so much.
  expect(lend({ ...asked, others: [{ ...other, needs: 101 }] }).free).toBe(80)
  // Of two that wait, who came first.
  expect(lend({ ...asked, mine: { ...mine, needs: 80, needsSince: 2 }, others: [other] }).free).toBe(40)
  expect(lend({ ...asked, mine: { ...mine, needs: 80, needsSince: 0 }, others: [other] }).free).toBe(80)
})
