import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, FRAME, noUsage, Query, ScoreRow, type SpanPatch } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events, Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { type ApplyRooms, applyBatch } from '../apply-batch.ts'
import type { BatchFrame } from '../decode-batch.ts'
import { runQuery } from '../queries/run-query.ts'
import { createTraceQueries } from '../queries/trace-queries.ts'
import { createRoles, type Roles } from '../roles/settle-roles.ts'
import { createReaper, SILENT } from './reap.ts'
import { AGENT, CALL, NOW, OPEN, ORPHAN, OTHER_TRACE, ROOT, recorded, TRACE } from './recorded.case.ts'

let folder: string
let sql: Sql
let events: Events
let roles: Roles
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'merge-'))
  sql = await openPglite('memory')
  events = await openEvents({ folder: join(folder, 'events') })
  await migrate(sql)
  await migrateEvents(events)
  roles = createRoles({ events, price: rooms().price })
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const rooms = (change: Partial<ApplyRooms> = {}): ApplyRooms => ({
  sql,
  events,
  estimate: async () => noUsage(),
  price: () => ({ cost: 77, parts: { input: 77 }, version: 'own' }),
  decodeIngest: (_, body) => ({ rows: [], patches: JSON.parse(body.toString()) as SpanPatch[], scores: [] }),
  markEntries: () => {},
  roles,
  onApplied: () => {},
  ...change,
})

/** A body with these messages; two of the same messages are two bodies, as of two requests. */
const body = (patches: readonly SpanPatch[]): BatchFrame => ({
  kind: FRAME.ingest,
  id: newId('frame'),
  header: JSON.stringify({ projectId: patches[0]?.projectId ?? '' }),
  body: Buffer.from(JSON.stringify(patches) + ' '.repeat(Math.floor(Math.random() * 1e4))),
})
const send = (patches: readonly SpanPatch[], { id = newId('b'), ...change }: Partial<ApplyRooms> & { id?: string } = {}) =>
  applyBatch({ id, edgeId: 'e', frames: patches.length > 0 ? [body(patches)] : [] }, rooms(change))

const MEASURES = ['calls', 'errors', 'inputTokens', 'outputTokens', 'costUsd', 'unpriced', 'tokensPerSecond'] as const

/** All that a user sees of what was sent: both traces, each span, and the sums by every column of the rollups. */
async function seen(projectId: string) {
  const queries = createTraceQueries({ events })
  const traces = await Promise.all([TRACE, OTHER_TRACE].map((traceId) => queries.get(projectId, traceId)))
  const spans = await Promise.all(traces.flatMap(({ spans }) => spans).map((span) => queries.span(projectId, span)))
  const ask = (measures: readonly string[], more: object = {}, options = {}) =>
    runQuery(events, projectId, Query.parse({ measures, ...more }), options)
  const grouped = { dimensions: ['kind', 'status', 'model', 'environment'], bucket: 'minute' }
  return {
    traces,
    spans,
    list: (await queries.list(projectId, { limit: 10 })).traces,
    entries: await entries(projectId),
    sums: await ask(MEASURES),
    hours: await ask(MEASURES, { ...grouped, bucket: 'hour' }),
    minutes: await ask(MEASURES, grouped),
    fromSpans: await ask(MEASURES, grouped, { source: 'spans' }),
  }
}
const entries = async (projectId: string) =>
  (
    await events.query<{ spanId: string }>(
      `SELECT spanId FROM (SELECT spanId, entry FROM spans WHERE projectId = {projectId:String} ORDER BY receivedAt DESC LIMIT 1 BY spanId) WHERE entry = 1 ORDER BY spanId`,
      { projectId },
    )
  ).map(({ spanId }) => spanId)

/** mulberry32: the same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
function shuffled<T>(list: readonly T[], next: () => number): T[] {
  return list
    .map((one) => ({ one, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one)
}

// Dozens of small batches each: many times slower where the machine does other things as well.
describe('what was said of two traces', () => {
  let expected: Awaited<ReturnType<typeof seen>>
  beforeAll(async () => {
    await send(recorded('at-once'))
    expected = await seen('at-once')
  })

  test('is one trace as it should be', () => {
    const [trace] = expected.traces
    expect(trace?.trace).toMatchObject({
      name: 'support',
      externalId: 'Trace 1',
      status: 'ok',
      durationMs: 12_000,
      spanCount: 6,
      errorCount: 1,
      inputTokens: 107,
      outputTokens: 20,
      userId: 'ada',
      sessionId: 's-1',
      environment: 'production',
    })
    expect(expected.spans.find(({ spanId }) => spanId === CALL)).toMatchObject({
      userId: 'own-user',
      tags: ['b'],
      metadata: { plan: 'gold', tries: '1' },
      attributes: { temperature: 0.5 },
    })
    expect(expected.entries).toEqual([ROOT, OPEN])
    // Two views of one generation, an embedding and the call of the other trace; the one that runs is none yet.
    expect(expected.sums).toMatchObject([{ calls: 4, errors: 0, inputTokens: 107, outputTokens: 20, costUsd: '0.000000477' }])
    expect(expected.list.map(({ name }) => name)).toEqual(['open', 'support'])
  })

  test('counts in the rollups as it does in the spans', () => {
    expect(expected.minutes).toEqual(expected.fromSpans)
  })

  test.each(Array.from({ length: 4 }, (_, seed) => seed + 1))('is the same in another order, in pieces and twice: %i', async (seed) => {
    const next = numbers(seed)
    const projectId = `order-${seed}`
    const patches = recorded(projectId)
    const all = shuffled([...patches, ...patches.filter(() => next() < 0.3)], next)
    while (all.length > 0) await send(all.splice(0, 1 + Math.floor(next() * 7)))
    expect(await seen(projectId)).toEqual(expected)
  })

  test('is the same from the last word to the first, each in a batch of its own', async () => {
    for (const patch of recorded('backwards').toReversed()) await send([patch])
    expect(await seen('backwards')).toEqual(expected)
  })

  test('is the same wherever a try stops, and what comes in between', async () => {
    const projectId = 'stopped'
    const patches = recorded(projectId)
    const parts = [patches.slice(9), patches.slice(4, 9), patches.slice(0, 4)]
    for (const [index, part] of parts.entries()) {
      const frames = [body(part)]
      const go = (change: Partial<ApplyRooms> = {}) => applyBatch({ id: `stopped-${index}`, edgeId: 'e', frames }, rooms(change))
      for (let writes = 0; writes < 4; writes++) {
        await expect(go({ events: stopping(events, writes) })).rejects.toThrow('killed here')
        // Another edge speaks of the same spans before this one tries again.
        if (index < 2 && writes === 2) await send(patches.slice(3, 6))
      }
      await expect(
        go({ sql: { ...sql, query: sql.query.bind(sql), transaction: () => Promise.reject(new Error('killed here')) } as Sql }),
      ).rejects.toThrow('killed here')
      await go()
      expect(await go()).toMatchObject({ repeated: true })
    }
    expect(await seen(projectId)).toEqual(expected)
  })

  test('is the same where the sums of a block were lost after its changes were noted', async () => {
    const projectId = 'half'
    const patches = recorded(projectId)
    await send(patches.slice(0, 3))
    const frames = [body(patches.slice(3))]
    const go = (change: Partial<ApplyRooms> = {}) => applyBatch({ id: 'half-1', edgeId: 'e', frames }, rooms(change))
    const rolledUp = () => events.query('SELECT sum(spans) AS n FROM spans_1m WHERE projectId = {projectId:String}', { projectId })
    for (const table of ['spans_1m', 'spans_1h']) await events.command(`SYSTEM STOP MERGES ${table}`)
    try {
      const before = await rolledUp()
      await expect(go({ events: stopping(events, 2) })).rejects.toThrow('killed here')
      // As if the process had died in between: the engine writes the block, then what its views make of it.
      for (const table of ['spans_1m', 'spans_1h']) {
        const [part] = await events.query<{ name: string }>(
          `SELECT name FROM system.parts WHERE active AND database = currentDatabase() AND table = '${table}' ORDER BY max_block_number DESC LIMIT 1`,
        )
        await events.command(`ALTER TABLE ${table} DROP PART '${part?.name}'`)
      }
      expect(await rolledUp()).toEqual(before)
    } finally {
      for (const table of ['spans_1m', 'spans_1h']) await events.command(`SYSTEM START MERGES ${table}`)
    }
    await send(patches.slice(0, 1))
    await go()
    expect(await seen(projectId)).toEqual(expected)
  })

  test('is another project’s in nothing', async () => {
    const traces = await createTraceQueries({ events }).list('nobody', { limit: 10 })
    expect(traces.traces).toEqual([])
    await send(recorded('neighbour').slice(0, 1))
    expect(await seen('at-once')).toEqual(expected)
  })
})

/** Fails before the write with this number, as a process that is killed there. */
function stopping(store: Events, after: number): Events {
  let writes = 0
  const counted = <T>(work: () => Promise<T>): Promise<T> =>
    writes++ < after ? work() : Promise.reject(new AppError('unavailable', 'killed here'))
  return {
    ...store,
    query: store.query.bind(store),
    command: (...given) => counted(() => store.command(...given)),
    insert: (...given) => counted(() => store.insert(...given)),
    [Symbol.asyncDispose]: async () => {},
  }
}

test('an earlier start moves a span: the old row is gone', async () => {
  const [, begun] = recorded('moved').filter(({ spanId }) => spanId === ORPHAN)
  const week = 8 * 86_400_000_000
  const patch = { ...(begun as SpanPatch), fields: { ...begun?.fields, kind: 'llm' as const, input: 'late' } }
  await send([patch])
  await send([{ ...patch, id: 'earlier', fields: { startedAt: NOW - week, input: 'early' } }])
  const rows = await events.query<{ n: number; first: number }>(
    `SELECT count() AS n, toUnixTimestamp64Micro(min(startedAt)) AS first FROM spans WHERE projectId = 'moved'`,
  )
  expect(rows).toEqual([{ n: 1, first: NOW - week }])
  const [payloads] = await events.query<{ n: number }>(`SELECT count() AS n FROM payloads WHERE projectId = 'moved'`)
  expect(payloads?.n).toBe(1)
  expect(await runQuery(events, 'moved', Query.parse({ measures: ['calls'], bucket: 'hour' }))).toEqual([
    { bucket: new Date((NOW - week) / 1000).toISOString(), calls: 1 },
  ])
})

test('a span that was told of again is read as the last message left it, and a list shows it once', async () => {
  const patches = recorded('again').filter(({ spanId }) => spanId === AGENT)
  for (const patch of patches) await send([patch])
  const queries = createTraceQueries({ events })
  expect((await queries.spans('again', { limit: 10 })).spans).toMatchObject([{ status: 'ok', durationMs: 10_000 }])
  expect((await queries.values('again', { field: 'name', limit: 10 })).values).toEqual([{ value: 'agent', count: 1 }])
  const running = [{ field: 'status', op: 'eq' as const, value: 'running' }]
  expect((await queries.spans('again', { limit: 10, filter: running })).spans).toEqual([])
  expect((await queries.list('again', { limit: 10, filter: running })).traces).toEqual([])
  const from = '2026-11-20T00:00:00Z'
  expect((await queries.list('again', { limit: 10, sort: '-durationMs', from, filter: running })).traces).toEqual([])
  expect(await runQuery(events, 'again', Query.parse({ measures: ['traces'], filters: running }))).toEqual([{ traces: 0 }])
  expect(await queries.spanCount('again')).toBe(1)
  const [written] = await events.query<{ n: number }>(`SELECT count() AS n FROM spans WHERE projectId = 'again'`)
  expect(written?.n).toBeGreaterThan(0)
})

describe('a span that nothing is heard of', () => {
  const HOUR = 3600_000_000
  const RECEIVED = NOW + 60_000_000
  const runs = (projectId: string) => recorded(projectId).filter(({ spanId }) => spanId === OPEN)
  const reaper = (store: Events = events) => createReaper({ events: store, price: rooms().price })
  const statusOf = async (projectId: string) => {
    const { spans } = await createTraceQueries({ events }).get(projectId, OTHER_TRACE)
    const sums = await runQuery(events, projectId, Query.parse({ measures: ['calls'], dimensions: ['status'] }))
    return { statuses: spans.map(({ status }) => status), sums }
  }

  test('is incomplete after a quarter of an hour, and counts; a later word revives it', async () => {
    await send(runs('silent'))
    const { reap } = reaper()
    await reap(RECEIVED + SILENT - 1_000_000)
    expect(await statusOf('silent')).toEqual({ statuses: ['running'], sums: [] })
    await reap(RECEIVED + HOUR)
    const incomplete = { statuses: ['incomplete'], sums: [{ status: 'incomplete', calls: 1 }] }
    expect(await statusOf('silent')).toEqual(incomplete)
    await reap(RECEIVED + HOUR)
    expect(await statusOf('silent')).toEqual(incomplete)
    await send([{ ...(runs('silent')[0] as SpanPatch), id: 'end', at: NOW + 2 * HOUR, fields: { endedAt: NOW + 2 * HOUR } }])
    expect(await statusOf('silent')).toEqual({ statuses: ['ok'], sums: [{ status: 'ok', calls: 1 }] })
    expect(await reap(RECEIVED + HOUR)).toBe(0)
  })

  test('counts once wherever the look for it stops', async () => {
    await send(runs('stopped-look'))
    for (let writes = 0; writes < 3; writes++)
      await expect(reaper(stopping(events, writes)).reap(RECEIVED + HOUR)).rejects.toThrow('killed here')
    await reaper().reap(RECEIVED + HOUR)
    expect(await statusOf('stopped-look')).toEqual({ statuses: ['incomplete'], sums: [{ status: 'incomplete', calls: 1 }] })
  })
})

test('a message that cannot be kept is a dead letter, alone, and scores go in beside', async () => {
  const [root, agent, call] = recorded('refused') as [SpanPatch, SpanPatch, SpanPatch]
  const score = {
    projectId: 'refused',
    id: 'score-1',
    traceId: TRACE,
    spanId: '',
    name: 'helpful',
    type: 'numeric',
    value: 1,
    source: 'api',
    at: NOW,
    receivedAt: NOW,
  }
  const broken = { ...agent, at: 'yesterday' } as unknown as SpanPatch
  const frames = [body([root, broken, call])]
  const go = () =>
    applyBatch(
      { id: 'refused-1', edgeId: 'e', frames },
      rooms({
        decodeIngest: (_, sent) => ({ rows: [], patches: JSON.parse(sent.toString()) as SpanPatch[], scores: [ScoreRow.parse(score)] }),
      }),
    )
  expect(await go()).toMatchObject({ refused: 1 })
  const letters = await sql.query<{ target: string }>(`select target from dead_letters where project_id = 'refused'`)
  expect(letters).toEqual([{ target: 'patches' }])
  const { spans } = await createTraceQueries({ events }).get('refused', TRACE)
  expect(spans.map(({ spanId }) => spanId).sort()).toEqual([ROOT, CALL])
  const scores = await events.query(`SELECT id, name, value FROM scores WHERE projectId = 'refused'`)
  expect(scores).toEqual([{ id: 'score-1', name: 'helpful', value: 1 }])
})
