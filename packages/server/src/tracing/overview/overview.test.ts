import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Query, type QueryRow, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { runQuery } from '../queries/run-query.ts'
import { createTraceQueries } from '../queries/trace-queries.ts'
import { overviewHandlers } from './handlers.ts'
import { type Figures, weigh } from './movers.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-overview-'))
const END = Date.UTC(2026, 10, 20, 12, 34, 56)
const HOUR = 3_600_000
const period = { from: new Date(END - 6 * HOUR).toISOString(), to: new Date(END).toISOString() }
let events: Events
let handlers: ReturnType<typeof overviewHandlers>
const shop = { caller: { projectId: 'shop', permissions: ['traces:read'] } } as unknown as Context

let made = 0
const span = (minutesAgo: number, given: Partial<SpanRow> = {}): SpanRow => {
  made++
  return SpanRow.parse({
    projectId: 'shop',
    traceId: made.toString(16).padStart(32, '0'),
    spanId: made.toString(16).padStart(16, '0'),
    entry: 1,
    kind: 'llm',
    name: 'chat',
    source: 'gateway',
    status: 'ok',
    provider: 'simulator',
    model: 'echo',
    requestModel: 'support',
    keyId: 'key_web',
    attempts: 1,
    startedAt: (END - minutesAgo * 60_000) * 1000,
    durationMs: 120,
    usageInput: 10,
    usageOutput: 5,
    cost: 2_000_000,
    receivedAt: END * 1000,
    ...given,
  })
}
const many = (count: number, minutesAgo: number, given: Partial<SpanRow> = {}) =>
  Array.from({ length: count }, (_, at) => span(minutesAgo + at / 10, given))

beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
  handlers = overviewHandlers({ events })
  const rows = [
    ...many(60, 30),
    ...many(40, 90, { model: 'script', durationMs: 3000, userId: 'user-7', status: 'error', errorType: 'timeout' }),
    ...many(5, 95, { cache: 'hit', savedCost: 7_000_000, durationMs: 8 }),
    ...many(3, 200, {
      status: 'error',
      errorType: 'budget-exceeded',
      durationMs: 0,
      cost: null,
      usageInput: 0,
      usageOutput: 0,
      attempts: 0,
    }),
    ...many(2, 210, { status: 'interrupted' }),
    // A tool is no call.
    ...many(9, 40, { kind: 'tool', cost: null, usageInput: 0, usageOutput: 0 }),
    // The period before.
    ...many(50, 6 * 60 + 30),
    ...many(40, 6 * 60 + 90, { model: 'script', durationMs: 900 }),
    ...many(4, 40, { projectId: 'other' }),
    ...many(3, 50, { environment: 'staging' }),
  ]
  await events.insert(
    'spans',
    rows.map((row) => JSON.stringify(row)),
    'spans',
  )
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

describe('the overview', () => {
  const read = (more: object = {}) => handlers['overview.get']({ ...period, bucket: '15m', ...more }, shop)
  const sum = (rows: QueryRow[], name = 'calls') => rows.reduce((all, row) => all + Number(row[name]), 0)

  test('counts the calls of the period and of the one before', async () => {
    const { current, before } = await read()
    expect(current).toMatchObject({ calls: 113, errors: 45, savedUsd: '0.035', cacheHits: 5 })
    expect(before).toMatchObject({ calls: 90, errors: 0 })
  })

  test('groups them as the same questions asked alone would', async () => {
    const { timeline, byModel, byKey } = await read()
    const filters = [{ field: 'kind', op: 'in' as const, value: ['llm', 'embedding'] }]
    const measures = ['calls', 'errors', 'durationP95', 'costUsd', 'inputTokens'] as const
    const alone = (more: object) => runQuery(events, 'shop', Query.parse({ measures, filters, ...period, ...more }))
    expect(timeline).toMatchObject(await alone({ bucket: '15m' }))
    expect(timeline.every((row) => !('model' in row))).toBe(true)
    expect(byModel).toMatchObject(await alone({ dimensions: ['model', 'provider'] }))
    expect(byKey).toMatchObject(await alone({ dimensions: ['keyId'] }))
  })

  test('tells what became of each call; every count leads to exactly its spans', async () => {
    const { outcomes, current } = await read()
    expect(sum(outcomes)).toBe(current.calls)
    const byOutcome = Object.groupBy(outcomes, ({ outcome }) => String(outcome))
    expect(Object.fromEntries(Object.entries(byOutcome).map(([name, rows]) => [name, sum(rows ?? [])]))).toEqual({
      ok: 63,
      error: 40,
      cached: 5,
      refused: 3,
      interrupted: 2,
    })
    const queries = createTraceQueries({ events })
    const listed = async (...filter: object[]) => {
      const calls = { field: 'kind', op: 'in' as const, value: ['llm', 'embedding'] }
      return (await queries.spans('shop', { ...period, filter: [calls, ...(filter as [])], limit: 500 })).spans.length
    }
    for (const [outcome, rows] of Object.entries(byOutcome))
      expect(await listed({ field: 'outcome', op: 'eq', value: outcome }), outcome).toBe(sum(rows ?? []))
    const slow = outcomes.filter(({ durationBucket }) => durationBucket === 2000)
    expect(sum(slow)).toBe(40)
    expect(await listed({ field: 'durationMs', op: 'gte', value: 2000 }, { field: 'durationMs', op: 'lt', value: 5000 })).toBe(40)
  })

  test('is of one environment where one is asked for, and of nothing where nothing was', async () => {
    expect((await read({ environment: 'staging' })).current).toMatchObject({ calls: 3 })
    expect(await read({ environment: 'nowhere' })).toMatchObject({
      current: { calls: 0, errors: 0 },
      timeline: [],
      outcomes: [],
      byModel: [],
    })
  })

  test('refuses a period that is none, and buckets that are too small', async () => {
    await expect(read({ to: period.from })).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(read({ from: '2026-01-01T00:00:00Z', bucket: 'minute' })).rejects.toMatchObject({ code: 'invalid-request' })
  })
})

describe('top movers', () => {
  test('name what changed most, heaviest first', async () => {
    const { movers, compared } = await handlers['overview.movers']({ ...period, limit: 50 }, shop)
    expect(compared).toBe(true)
    const of = (dimension: string, value: string, metric: string) =>
      movers.find((one) => one.dimension === dimension && one.value === value && one.metric === metric)
    expect(of('model', 'script', 'errors')).toMatchObject({ now: 1, before: 0, better: false, calls: 40, callsBefore: 40 })
    expect(of('errorType', 'timeout', 'errors')).toMatchObject({ now: 40, before: 0, better: false })
    expect(of('model', 'script', 'latency')).toMatchObject({ better: false, callsBefore: 40 })
    // All calls were made with one key, and user-7 made the same calls as the model.
    expect(movers.filter(({ dimension }) => dimension === 'keyId' || dimension === 'requestModel')).toEqual([])
    // Three refusals are few, and echo is as it was but for what came to it.
    expect(movers.filter(({ value }) => value === 'budget-exceeded')).toEqual([])
    expect(of('model', 'echo', 'errors')).toBeUndefined()
  })
  test('need a period to compare with', async () => {
    const early = { from: '2026-10-01T00:00:00Z', to: '2026-10-02T00:00:00Z', limit: 8 }
    expect(await handlers['overview.movers'](early, shop)).toMatchObject({ movers: [], compared: false })
  })

  const figures = (given: Partial<Figures>): Figures => ({ calls: 1000, errors: 0, cost: 10, latency: 100, ...given })
  const whole = { now: figures({ calls: 2000 }), before: figures({ calls: 2000 }) }
  const metrics = (now: Partial<Figures>, before: Partial<Figures> = {}) =>
    weigh({ dimension: 'model', value: 'm' }, { now: figures(now), before: figures(before) }, whole).map(({ metric }) => metric)

  test.each<[string, Partial<Figures>, Partial<Figures>, string[]]>([
    ['as it was', {}, {}, []],
    ['a cost that doubled', { cost: 20 }, {}, ['cost']],
    ['a cost that is not known', { cost: null }, {}, []],
    ['errors that came', { errors: 60 }, { errors: 5 }, ['errors']],
    ['errors that may be chance', { calls: 30, errors: 6 }, { calls: 30, errors: 3 }, []],
    ['few calls', { calls: 19, errors: 19, latency: 9000 }, { calls: 19 }, []],
    ['twice as slow', { latency: 400 }, {}, ['latency']],
    ['a little slower', { latency: 110 }, {}, []],
  ])('%s', (_, now, before, expected) => expect(metrics(now, before)).toEqual(expected))
})
