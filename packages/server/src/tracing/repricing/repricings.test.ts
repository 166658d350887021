import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PayloadRow, type Repricing, SpanRow } from '@signalbox/schema'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { reconcile } from '../../governance/reconcile.ts'
import { newId, newSpanId, newTraceId } from '../../lib/ids.ts'
import { createPricing } from '../../pricing/price.ts'
import { openFolder } from '../../store/blobs/folder.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Blobs, Events, Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { createDeletions } from '../deletion/deletions.ts'
import { insertSpans } from '../insert-spans.ts'
import { addToLedger } from '../ledger.ts'
import { runQuery } from '../queries/run-query.ts'
import { createRepricings, type RepricingRooms } from './repricings.ts'

let folder: string
let sql: Sql
let events: Events
let blobs: Blobs
const PATIENCE = { timeout: 60_000, interval: 50 }
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'repricing-'))
  sql = await openPglite('memory')
  events = await openEvents({ folder: join(folder, 'events') })
  blobs = await openFolder(join(folder, 'blobs'))
  await migrate(sql)
  await migrateEvents(events)
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const HOUR = 3_600_000_000
const NOW = Math.floor(Date.now() / 3_600_000) * HOUR - 2 * HOUR
/** Of today: `old` costs three times as much as it did, `new` has a price now, `gone` has none any more. */
const PRICES = createPricing([
  { model: 'old', input: 3, output: 6 },
  { model: 'new', input: 1, output: 2, image: 0.04 },
])

type Shape = Partial<SpanRow> & { units?: object; target?: string }
function span(projectId: string, { units, target, ...shape }: Shape) {
  const row = SpanRow.parse({
    projectId,
    traceId: newTraceId(),
    spanId: newSpanId(),
    entry: 1,
    kind: 'llm',
    name: 'call',
    source: 'otlp',
    status: 'ok',
    startedAt: NOW,
    durationMs: 100,
    provider: 'p',
    usageSource: 'provider',
    receivedAt: NOW + 1_000_000,
    ...shape,
  })
  const { traceId, spanId, startedAt } = row
  const attributes = JSON.stringify({ ...(units && { units }), ...(target && { target: { provider: 'p', model: target } }) })
  return { span: row, payload: PayloadRow.parse({ projectId, traceId, spanId, startedAt, input: 'in', output: 'out', attributes }) }
}

const newProject = async (): Promise<string> => {
  const id = newId('p').replace('_', '-').slice(0, 30)
  await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  return id
}
const write = (rows: ReturnType<typeof span>[]) => insertSpans(events, { rows, token: newId('t') })

const open = (more: Partial<RepricingRooms> = {}) =>
  createRepricings({
    sql,
    events,
    price: ({ projectId: _, ...call }) => PRICES.price(call),
    pricedAs: async () => (name) => name,
    quiesce: (work) => work(),
    warn: () => {},
    alone: true,
    ...more,
  })

const ALL = { from: new Date(NOW / 1000 - 3_600_000).toISOString(), to: new Date(NOW / 1000 + 3_600_000).toISOString() }

async function finished(jobs: ReturnType<typeof open>, projectId: string, id: string): Promise<Repricing> {
  await vi.waitFor(async () => expect((await jobs.get(projectId, id)).status).toMatch(/done|cancelled|failed/), PATIENCE)
  return await jobs.get(projectId, id)
}

async function reprice(projectId: string, more: { dryRun?: boolean; models?: string[] } = {}, rooms: Partial<RepricingRooms> = {}) {
  const jobs = open(rooms)
  const { id } = await jobs.create(projectId, { ...ALL, dryRun: false, ...more }, 'me')
  const job = await finished(jobs, projectId, id)
  await jobs.stop()
  return job
}

const costsOf = (projectId: string) =>
  events.query<{ name: string; cost: number | null; priceVersion: string; parts: Record<string, number> }>(
    'SELECT name, cost, priceVersion, costParts AS parts FROM spans FINAL WHERE projectId = {projectId:String} ORDER BY name',
    { projectId },
  )

/** The same sums from the rollups and from the spans, hour by hour and by model. */
async function sums(projectId: string) {
  const measured = (source?: 'spans') =>
    runQuery(
      events,
      projectId,
      {
        measures: ['costUsd', 'calls', 'unpriced', 'inputTokens', 'outputTokens'],
        dimensions: ['model'],
        filters: [],
        ...ALL,
        bucket: 'hour',
        limit: 1000,
      },
      source ? { source } : {},
    )
  const [rollups, spans] = [await measured(), await measured('spans')]
  expect(rollups).toEqual(spans)
  return spans
}

const SHAPES: Record<string, Shape> = {
  'a dearer model': {
    model: 'old',
    usageInput: 10,
    usageOutput: 5,
    cost: 20_000,
    costParts: { input: 10_000, output: 10_000 },
    priceVersion: 'v1',
  },
  'a model of a new price': { model: 'new', usageInput: 10, usageOutput: 5 },
  'by the name that was asked for': { model: 'new-0613', requestModel: 'new', usageInput: 10 },
  'one whose price is gone': { model: 'gone', usageInput: 10, cost: 5, priceVersion: 'v1' },
  'told by its sender': { model: 'old', usageInput: 10, cost: 1, priceVersion: 'provided' },
  'one that repeats others': { model: 'old', usageInput: 10, usageRole: 'aggregate', kind: 'agent' },
  'a kept answer': { source: 'gateway', model: 'old', usageInput: 10, cost: 0, cache: 'hit' },
  'the same price': { model: 'old', usageInput: 10, cost: 30_000, costParts: { input: 30_000 }, priceVersion: 'v1' },
  'a call by its target': { source: 'gateway', model: 'old-2024', target: 'old', usageInput: 10, cost: 10, priceVersion: 'v1' },
  'a picture': { source: 'gateway', operation: 'image_generation', model: 'new', usageSource: 'none', units: { image: 2 } },
  'a call without tokens': { source: 'gateway', model: 'new', usageSource: 'none', cost: 0 },
  'a try': { source: 'gateway', kind: 'span', operation: 'attempt', model: 'old', usageInput: 10, cost: 10_000, priceVersion: 'v1' },
}
const ofEach = (projectId: string) => Object.entries(SHAPES).map(([name, shape]) => span(projectId, { name, ...shape }))

test('each kind of span gets the cost of today, or keeps what stands', async () => {
  const projectId = await newProject()
  await write(ofEach(projectId))
  const before = await costsOf(projectId)
  const dry = await reprice(projectId, { dryRun: true })
  expect(await costsOf(projectId)).toEqual(before)
  const job = await reprice(projectId)
  const costs = Object.fromEntries((await costsOf(projectId)).map(({ name, cost }) => [name, cost]))
  expect(costs).toEqual({
    'a dearer model': 60_000,
    'a model of a new price': 20_000,
    'by the name that was asked for': 10_000,
    'one whose price is gone': 5,
    'told by its sender': 1,
    'one that repeats others': null,
    'a kept answer': 0,
    'the same price': 30_000,
    'a call by its target': 30_000,
    'a picture': 80_000_000,
    'a call without tokens': 0,
    'a try': 30_000,
  })
  expect((await costsOf(projectId)).find(({ name }) => name === 'a dearer model')).toMatchObject({
    parts: { input: 30_000, output: 30_000 },
    priceVersion: expect.stringMatching(/^file:/),
  })
  expect(job).toMatchObject({
    status: 'done',
    total: 8,
    done: 8,
    changed: 6,
    provided: 1,
    beforeUsd: '0.00003001',
    afterUsd: '0.08015',
    ledgerUsd: '0.08004999',
  })
  expect(job.byModel.find(({ model }) => model === 'gone')).toMatchObject({ spans: 1, changed: 0, unknown: 1 })
  expect(job.byModel.find(({ model }) => model === 'old')).toMatchObject({
    spans: 3,
    changed: 2,
    priced: 0,
    beforeUsd: '0.00003',
    afterUsd: '0.00009',
  })
  const { id, dryRun, requestedAt, startedAt, endedAt, ...same } = job
  expect(dry).toMatchObject(same)
  await sums(projectId)
  // Once more, there is nothing to do.
  expect(await reprice(projectId)).toMatchObject({ status: 'done', changed: 0, beforeUsd: '0', afterUsd: '0' })
})

test.each([
  [['old'], ['a dearer model', 'a try']],
  [['p/new'], ['a model of a new price', 'a picture', 'by the name that was asked for']],
  [['new-*'], ['by the name that was asked for']],
])('only the models %j', async (models, expected) => {
  const projectId = await newProject()
  await write(ofEach(projectId))
  const before = new Map((await costsOf(projectId)).map(({ name, cost }) => [name, cost]))
  await reprice(projectId, { models })
  expect((await costsOf(projectId)).filter(({ name, cost }) => before.get(name) !== cost).map(({ name }) => name)).toEqual(
    models[0] === 'p/new' ? expected.slice(0, 2) : expected,
  )
})

const arbitrarySpans = fc.array(
  fc.record({
    minute: fc.integer({ min: 0, max: 119 }),
    model: fc.constantFrom('old', 'new', 'gone'),
    input: fc.integer({ min: 0, max: 500 }),
    output: fc.integer({ min: 0, max: 500 }),
    cost: fc.option(fc.integer({ min: 0, max: 10_000 })),
    provided: fc.boolean(),
    source: fc.constantFrom('otlp' as const, 'gateway' as const),
  }),
  { minLength: 1, maxLength: 60 },
)

test('however a job is divided, the same comes of it, and the sums are those of the spans', async () => {
  await fc.assert(
    fc.asyncProperty(arbitrarySpans, fc.constantFrom(1, 2, 7), async (shapes, pieceSize) => {
      const results = []
      for (const size of [pieceSize, 1000]) {
        const projectId = await newProject()
        const rows = shapes.map(({ minute, model, input, output, cost, provided, source }, index) =>
          span(projectId, {
            name: String(index).padStart(3, '0'),
            // Some at the very same moment.
            startedAt: NOW - HOUR + minute * 60_000_000,
            ...{ model, usageInput: input, usageOutput: output, cost, source },
            priceVersion: cost !== null && provided ? 'provided' : '',
          }),
        )
        await write(rows)
        const { id: _, requestedAt: _r, startedAt: _s, endedAt: _e, ...job } = await reprice(projectId, {}, { pieceSize: size })
        results.push({ job, costs: await costsOf(projectId), sums: await sums(projectId) })
      }
      expect(results[0]).toEqual(results[1])
    }),
    { numRuns: 6 },
  )
}, 300_000)

/** Fails at one step of its work, as a process that is killed there: before it or, where `late`, after it and before anybody knows. */
function killedAt(step: number, late: boolean) {
  let steps = 0
  const killed = async <T>(work: () => Promise<T>): Promise<T> => {
    const now = steps++
    if (now === step && late) await work()
    if (now >= step) throw new Error('killed here')
    return await work()
  }
  return {
    steps: () => steps,
    events: {
      ...events,
      query: events.query.bind(events),
      insert: (...args: Parameters<Events['insert']>) => killed(() => events.insert(...args)),
    } as Events,
    sql: {
      engine: sql.engine,
      exec: sql.exec.bind(sql),
      transaction: sql.transaction.bind(sql),
      query: (text: string, params?: readonly unknown[]) =>
        text.includes('piece + 1') ? killed(() => sql.query(text, params)) : sql.query(text, params),
    } as Sql,
  }
}

test.each([false, true])(
  'a job whose process dies at any step is gone on with, and every span is corrected once (late: %s)',
  async (late) => {
    const shapes = Array.from(
      { length: 5 },
      (_, index): Shape => ({ model: index % 2 ? 'old' : 'new', usageInput: 10 + index, cost: index % 2 ? 100 : null, source: 'gateway' }),
    )
    const run = async (step: number) => {
      const projectId = await newProject()
      await write(shapes.map((shape, index) => span(projectId, { ...shape, name: String(index), startedAt: NOW + index })))
      const dying = killedAt(step, late)
      const first = open({ ...dying, pieceSize: 2 })
      const { id } = await first.create(projectId, { ...ALL, dryRun: false }, 'me')
      const ended = async () =>
        (await sql.query<{ problem: string | null; status: string }>('select problem, status from repricings where id = $1', [id]))[0]
      await vi.waitFor(async () => {
        const row = await ended()
        expect(row?.problem ?? row?.status).toMatch(/killed here|done/)
      }, PATIENCE)
      await first.stop()
      const second = open({ pieceSize: 2 })
      second.start()
      const { id: _, requestedAt: _r, startedAt: _s, endedAt: _e, done: _d, byModel, ...job } = await finished(second, projectId, id)
      await second.stop()
      return {
        steps: dying.steps(),
        job,
        changed: byModel.map(({ model, changed, beforeUsd, afterUsd }) => ({ model, changed, beforeUsd, afterUsd })),
        costs: await costsOf(projectId),
        sums: await sums(projectId),
      }
    }
    const { steps, ...whole } = await run(Number.POSITIVE_INFINITY)
    expect(steps).toBeGreaterThan(8)
    expect(whole.job).toMatchObject({ status: 'done', changed: 5 })
    for (let step = 0; step < steps; step++) expect({ step, ...(await run(step)) }).toMatchObject({ step, ...whole })
  },
  300_000,
)

test('the ledger keeps what was booked, and its comparison with the spans finds nothing wrong', async () => {
  const projectId = await newProject()
  const rows = ofEach(projectId)
  await write(rows)
  await addToLedger(
    sql,
    rows.map((row) => row.span),
  )
  const day = (us: number) => new Date(us / 1000).toISOString().slice(0, 10)
  const compare = () => reconcile({ sql, events, now: () => new Date() }, { projectId, from: day(NOW - HOUR), to: day(NOW + HOUR) })
  const before = await compare()
  expect(before).toMatchObject({ differences: [], repricedUsd: '0' })
  const { ledgerUsd } = await reprice(projectId)
  expect(await compare()).toMatchObject({ differences: [], costUsd: before.costUsd, repricedUsd: ledgerUsd })
  // What is wrong is still found.
  await events.insert('spans', [JSON.stringify({ ...rows[8]?.span, spanId: newSpanId(), cost: 7 })], newId('t'))
  expect(await compare()).toMatchObject({ differences: [expect.objectContaining({ model: 'old-2024' })] })
})

test('what was priced again is deleted with all that it added to the sums', async () => {
  const projectId = await newProject()
  await write([span(projectId, { model: 'new', usageInput: 10, userId: 'u' }), span(projectId, { model: 'new', usageInput: 30 })])
  await reprice(projectId)
  const deletions = createDeletions({ sql, events, blobs, quiesce: (work) => work(), warn: () => {} })
  await deletions.start()
  await deletions.request(projectId, { subject: 'user', value: 'u' }, 'me')
  expect(await sums(projectId)).toMatchObject([{ costUsd: '0.00003', calls: 1, inputTokens: 30 }])
  await deletions.stop()
})

test('a job that cannot be done says why, and does not stand in the way of the next one', async () => {
  const projectId = await newProject()
  await write([span(projectId, { model: 'new', usageInput: 10 })])
  const broken = { ...events, query: events.query.bind(events), insert: () => Promise.reject(new Error('no such column')) } as Events
  const jobs = open({ events: broken, retryMs: 10 })
  const { id } = await jobs.create(projectId, { ...ALL, dryRun: false }, 'me')
  expect(await finished(jobs, projectId, id)).toMatchObject({
    status: 'failed',
    problem: expect.stringContaining('no such column'),
    changed: 0,
  })
  await jobs.stop()
  expect(await reprice(projectId)).toMatchObject({ status: 'done', changed: 1 })
})

test('a job can be stopped, and a second one must wait for the first', async () => {
  const projectId = await newProject()
  await write(Array.from({ length: 5 }, (_, index) => span(projectId, { model: 'new', usageInput: 10, startedAt: NOW + index })))
  const gate = Promise.withResolvers<void>()
  let pieces = 0
  const jobs = open({
    pieceSize: 1,
    quiesce: async (work) => {
      if (pieces++ === 2) await gate.promise
      return await work()
    },
  })
  const { id } = await jobs.create(projectId, { ...ALL, dryRun: false }, 'me')
  await vi.waitFor(() => expect(pieces).toBe(3), PATIENCE)
  await expect(jobs.create(projectId, { ...ALL, dryRun: false }, 'me')).rejects.toMatchObject({ code: 'conflict' })
  expect(await jobs.cancel(projectId, id)).toMatchObject({ status: 'cancelled' })
  gate.resolve()
  await vi.waitFor(async () => expect((await jobs.get(projectId, id)).changed).toBe(3), PATIENCE)
  await jobs.stop()
  expect((await costsOf(projectId)).filter(({ cost }) => cost !== null)).toHaveLength(3)
  await sums(projectId)
  await expect(jobs.get('another', id)).rejects.toMatchObject({ code: 'not-found' })
  await expect(
    open().create(projectId, { from: '2090-01-01T00:00:00Z', to: '2091-01-01T00:00:00Z', dryRun: false }, 'me'),
  ).rejects.toMatchObject({
    code: 'invalid-request',
  })
})
