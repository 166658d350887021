import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Budget } from '@signalbox/schema'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createStoredEntries } from '../config/stored-entries.ts'
import { migrateEvents } from '../store/events/migrate.ts'
import { openEvents } from '../store/events/open.ts'
import type { Events, Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { createBudgets } from './budgets.ts'
import { knownUse } from './budgets-known.ts'
import { budgetUse, type EdgeUse, idsOf } from './budgets-usage.ts'
import { reconcile, reconciliationProblems } from './reconcile.ts'
import { daysOf, toCsv, usageReport } from './usage-report.ts'

const NOW = new Date('2026-11-21T12:00:00Z')
const INR = { code: 'INR', perUsd: 88 }
const budget = (more: Partial<Budget> & Pick<Budget, 'name'>): Budget => ({
  scope: 'end-user',
  measure: 'money',
  amount: 72,
  per: 'day',
  warnAt: 0.8,
  action: 'block',
  ...more,
})

let sql: Sql
let events: Events
const folder = mkdtempSync(join(tmpdir(), 'budgets-'))
beforeAll(async () => {
  sql = await openPglite('memory')
  events = await openEvents({ folder: join(folder, 'events') })
  await migrateEvents(events)
  await migrate(sql)
  await sql.query(
    `insert into projects (id, name, created_at) values ('default', 'd', now()), ('other', 'o', now()) on conflict do nothing`,
  )
})
afterAll(async () => {
  await sql?.[Symbol.asyncDispose]()
  await events?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => sql.exec('delete from ledger; delete from project_entries; delete from applied_batches; delete from reconciliations'))

type Row = {
  project?: string
  day?: string
  key?: string
  model?: string
  asked?: string
  user?: string
  calls?: number
  tokens?: number
  cost?: number
  unpriced?: number
}
const owe = ({ project = 'default', day = '2026-11-21', key = 'key_1', model = 'm', asked = 'bot', user = '', ...sums }: Row) =>
  sql.query(
    `insert into ledger (project_id, day, key_id, provider, model, request_model, end_user, calls, input_tokens, cost_nano_usd, unpriced_calls)
     values ($1, $2::date, $3, 'p', $4, $5, $6, $7, $8, $9, $10)`,
    [project, day, key, model, asked, user, sums.calls ?? 1, sums.tokens ?? 0, sums.cost ?? 0, sums.unpriced ?? 0],
  )

describe('budgets of projects', () => {
  const declared: Record<string, Budget[]> = {}
  let changes = 0
  const budgets = () =>
    createBudgets({
      stored: createStoredEntries('budget', { sql, changed: () => void changes++, now: () => NOW }),
      declared: (id) => ({ budgets: declared[id] ?? [], currency: id === 'other' ? { code: 'USD', perUsd: 1 } : INR }),
      idsOf: (projectId, one) => idsOf(sql, projectId, one),
    })
  beforeEach(() => {
    changes = 0
    declared.default = [budget({ name: 'filed' })]
    delete declared.other
  })

  test('those of the file win, and each change makes a new snapshot', async () => {
    const { create, change, remove, list, ofAll } = budgets()
    await create('default', budget({ name: 'added', id: 'asha', model: 'bot' }))
    expect(await change({ projectId: 'default', name: 'added' }, { amount: 5, id: null })).toEqual({
      ...budget({ name: 'added', amount: 5, model: 'bot' }),
      from: 'project',
      hidden: false,
    })
    declared.default = [budget({ name: 'filed' }), budget({ name: 'added', amount: 1 })]
    expect((await list('default')).map(({ name, from, hidden }) => [name, from, hidden])).toEqual([
      ['filed', 'file', false],
      ['added', 'file', false],
      ['added', 'project', true],
    ])
    expect((await ofAll(['default'])).default?.budgets.map(({ name, amount }) => [name, amount])).toEqual([
      ['filed', 72],
      ['added', 1],
    ])
    await expect(remove({ projectId: 'default', name: 'added' })).rejects.toMatchObject({ code: 'conflict' })
    declared.default = []
    await remove({ projectId: 'default', name: 'added' })
    expect([changes, await list('default')]).toEqual([3, []])
  })

  test('those of the organisation count in every project, in the currency of the one that declares them', async () => {
    declared.default = [budget({ name: 'all', scope: 'organisation' }), budget({ name: 'own' })]
    const { default: one, other } = await budgets().ofAll(['default', 'other'])
    const sharedBudgets = [{ projectId: 'default', currency: INR, budget: budget({ name: 'all', scope: 'organisation' }) }]
    expect(one).toEqual({ budgets: [budget({ name: 'own' })], sharedBudgets })
    expect(other).toEqual({ budgets: [], sharedBudgets })
  })

  test.each([
    ['money per minute', { per: 'minute' as const }],
    ['half a request', { measure: 'requests' as const, amount: 0.5 }],
    ['calls at once per day', { measure: 'concurrent' as const }],
  ])('%s is no budget', async (_, change) => {
    const { create, change: changeOne } = budgets()
    await create('default', budget({ name: 'added' }))
    await expect(changeOne({ projectId: 'default', name: 'added' }, change)).rejects.toMatchObject({ code: 'invalid-request' })
  })
})

describe('use', () => {
  const useOf = (one: Budget, edges: EdgeUse[] = [], limit = 2) =>
    budgetUse(
      { sql, now: () => NOW, edges: () => edges },
      { projectId: 'default', budget: { ...one, from: 'file', hidden: false }, currency: INR, limit },
    )

  test('those that used most come first, with what is under way, and where it leads', async () => {
    for (const day of ['2026-11-19', '2026-11-20']) await owe({ day, user: 'asha', cost: 500_000_000 })
    await owe({ user: 'asha', cost: 400_000_000, unpriced: 1 })
    await owe({ user: 'bela', cost: 900_000_000 })
    await owe({ user: 'chan', cost: 1 })
    await owe({ user: 'asha', asked: 'else', cost: 1_000_000_000 })
    await owe({ user: '', cost: 1_000_000_000 })
    await owe({ project: 'other', user: 'asha', cost: 1_000_000_000 })
    const identity = 'default/bot/end-user/money/day/bot'
    const use = await useOf(budget({ name: 'bot', model: 'bot' }), [{ identity, subject: 'asha', taken: 500_000_000, used: 400_000_000 }])
    expect(use).toMatchObject({ periodStart: '2026-11-21T00:00:00.000Z', periodEnd: '2026-11-22T00:00:00.000Z', moreSubjects: true })
    const [bela, asha] = use.subjects
    expect(bela).toMatchObject({ subject: 'bela', used: 79.2, percent: 110, state: 'blocked', reserved: 0 })
    // 1.4 billion in two and a half days, and half a day is left.
    expect(asha).toMatchObject({ used: 35.2, reserved: 8.8, state: 'ok', unpricedCalls: 1, forecast: 35.2 + (1.4 * 88) / 5 })
    expect(use.days).toEqual([{ day: '2026-11-21', used: 114.400000088 }])
  })

  test.each([
    // Of 88 rupees, which are a dollar: ten calls used 9 cents each on average, so the next one fits into what is left, or does not.
    [{ calls: 10, cost: 900_000_000 }, 0, 'warned'],
    [{ calls: 10, cost: 950_000_000 }, 0, 'used-up'],
    [{ calls: 10, cost: 900_000_000 }, 20_000_000, 'used-up'],
    [{ calls: 1, cost: 600_000_000 }, 0, 'ok'],
    [{ calls: 10, cost: 1_000_000_000 }, 0, 'blocked'],
  ])('after %j with %i set aside the state is %s', async (used, reserved, state) => {
    await owe({ user: 'asha', ...used })
    const pot = budget({ name: 'pot', amount: 88 })
    const edges = [{ identity: 'default/pot/end-user/money/day/', subject: 'asha', taken: reserved, used: 0 }]
    expect((await useOf(pot, edges)).subjects).toMatchObject([{ subject: 'asha', state }])
    expect((await useOf({ ...pot, action: 'warn' }, edges)).subjects).toMatchObject([{ state: state === 'ok' ? 'ok' : 'warned' }])
  })

  test('a month by day, over a prefix of models; requests and tokens are whole', async () => {
    await owe({ day: '2026-10-31', asked: 'openai/gpt-4o', calls: 100 })
    await owe({ day: '2026-11-01', asked: 'openai/gpt-4o', calls: 3, tokens: 30 })
    await owe({ day: '2026-11-20', asked: 'openai/gpt-4o-mini', calls: 4, tokens: 40 })
    await owe({ asked: 'claude/x', calls: 50, tokens: 50 })
    const month = { scope: 'key', model: 'openai/gpt-4o*', per: 'month', amount: 100 } as const
    expect((await useOf(budget({ name: 'r', measure: 'requests', ...month }))).days).toEqual([
      { day: '2026-11-01', used: 3 },
      { day: '2026-11-20', used: 4 },
    ])
    expect((await useOf(budget({ name: 't', measure: 'tokens', ...month }))).subjects[0]).toMatchObject({ subject: 'key_1', used: 70 })
  })

  test('what is counted in minutes only edges know', async () => {
    const edges = ['a', 'b', 'a'].map((subject) => ({ identity: 'default/rate/key/requests/minute/', subject, taken: 5, used: 5 }))
    const use = await useOf(budget({ name: 'rate', scope: 'key', measure: 'requests', per: 'minute', amount: 10 }), edges)
    expect(use.subjects.map(({ subject, used, state }) => [subject, used, state])).toEqual([
      ['a', 10, 'blocked'],
      ['b', 5, 'ok'],
    ])
  })
})

test('an edge is told what the ledger knows, and of which part of its journal that is', async () => {
  await owe({ user: 'asha', cost: 5 })
  await owe({ user: 'asha', model: 'n', cost: 7 })
  const asked = { edgeId: 'edge_1', budgets: [{ identity: 'x', projectId: 'default', budget: budget({ name: 'bot' }) }] }
  const day = Math.floor(NOW.getTime() / 86_400_000)
  expect(await knownUse(sql, asked, NOW)).toEqual({ position: null, budgets: [{ identity: 'x', period: day, used: [['asha', 12]] }] })
  // What is nobody's is a shadow's.
  await owe({ key: '', asked: 'p/small', model: 's', cost: 3 })
  await owe({ key: 'key_1', asked: 'p/small', model: 's', cost: 500 })
  await owe({ key: '', asked: 'p/large', model: 'l', cost: 9000 })
  const shadow = budget({ name: 'shadow', scope: 'project', model: 'p/small' })
  const ofNobody = { edgeId: 'edge_1', budgets: [{ identity: 'y', projectId: 'default', budget: shadow, ofNobody: true }] }
  expect((await knownUse(sql, ofNobody, NOW)).budgets).toEqual([{ identity: 'y', period: day, used: [['default', 3]] }])
  for (const [index, id] of ['edge_1-3-0-90', 'edge_1-4-0-77', 'edge_2-9-0-1'].entries())
    await sql.query(
      `insert into applied_batches (batch_id, edge_id, records, spans, applied_at) values ($1, $2, 1, 1, now() + $3 * interval '1 s')`,
      [id, id.slice(0, 6), index],
    )
  expect((await knownUse(sql, asked, NOW)).position).toEqual({ segment: 4, offset: 77 })
})

describe('a usage report', () => {
  test('has groups, totals, and cells that no spreadsheet runs', async () => {
    await owe({ day: '2026-11-20', user: '=1+1', cost: 1_500_000_000, tokens: 10, calls: 2 })
    await owe({ user: 'a,"b"', cost: 1, calls: 1, unpriced: 1 })
    const groupBy = ['day', 'user'] as const
    const query = { from: '2026-11-20', to: '2026-11-21', groupBy: [...groupBy] }
    const report = await usageReport({ sql, now: () => NOW }, { projectId: 'default', currency: INR, query })
    expect(report.total).toMatchObject({ calls: 3, inputTokens: 10, costUsd: '1.500000001', cost: 132.000000088, unpricedCalls: 1 })
    expect(toCsv(report, groupBy)).toBe(
      'day,user,calls,errors,inputTokens,outputTokens,costUsd,cost,currency,unpricedCalls\r\n' +
        `2026-11-20,'=1+1,2,0,10,0,1.5,132,INR,0\r\n` +
        '2026-11-21,"a,""b""",1,0,0,0,0.000000001,0.000000088,INR,1\r\n',
    )
  })
  test.each([
    [{}, '2026-10-23', '2026-11-21'],
    [{ from: '2026-11-01', to: '2026-11-05' }, '2026-11-01', '2026-11-05'],
    [{ from: '2026-11-01T00:00:00Z', to: '2026-11-05T00:00:00Z' }, '2026-11-01', '2026-11-04'],
  ])('of %o is from %s to %s', (asked, from, to) => {
    expect(daysOf(asked, NOW)).toEqual({ from, to })
  })
  test('that ends before it begins is refused', () => {
    expect(() => daysOf({ from: '2026-11-05', to: '2026-11-01' }, NOW)).toThrow('`from` is after `to`')
  })
})

test('what does not add up is found, kept and said', async () => {
  await owe({ calls: 2, tokens: 10, cost: 100 })
  await owe({ model: 'same', calls: 1, tokens: 5, cost: 50 })
  const at = NOW.getTime() * 1000
  const span = (n: number, more: object) =>
    JSON.stringify({
      projectId: 'default',
      traceId: 't',
      spanId: String(n),
      startedAt: at + n,
      source: 'gateway',
      keyId: 'key_1',
      provider: 'p',
      ...more,
    })
  const rows = [
    span(1, { model: 'm', usageInput: 4, cost: 60 }),
    span(2, { model: 'm', usageInput: 6, cost: 39 }),
    span(3, { model: 'same', usageOutput: 5, cost: 50 }),
    span(4, { model: 'free', usageInput: 30, cost: null }),
    span(5, { model: 'else', usageInput: 30, cost: 5, source: 'otlp' }),
  ]
  await events.insert('spans', rows, 'reconcile')
  await owe({ model: 'free', calls: 1, tokens: 30, unpriced: 1 })
  const free = [{ day: '2026-11-21', provider: 'p', model: 'free', calls: 1, tokens: 30 }]
  const days = { projectId: 'default', from: '2026-11-21', to: '2026-11-21' }
  expect(await reconcile({ sql, events, now: () => NOW }, days)).toMatchObject({
    ok: false,
    calls: 4,
    differences: [
      { model: 'm', ledger: { calls: 2, tokens: 10, costUsd: '0.0000001' }, spans: { calls: 2, tokens: 10, costUsd: '0.000000099' } },
    ],
    unpriced: free,
  })
  expect(await reconciliationProblems(sql)).toEqual([
    'default: 1 sums of the ledger are not those of the spans, and calls of p/free have no price (2026-11-21T12:00:00.000Z)',
  ])
})
