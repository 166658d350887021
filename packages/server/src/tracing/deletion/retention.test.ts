import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PayloadRow, ScoreRow, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import { newSpanId, newTraceId } from '../../lib/ids.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events, Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { applyRetention, type Kept } from './retention.ts'
import { createRetention } from './retention-keeper.ts'

let folder: string
let sql: Sql
let events: Events
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retention-'))
  sql = await openPglite('memory')
  events = await openEvents({ folder: join(folder, 'events') })
  await migrate(sql)
  await migrateEvents(events)
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const DAY = 86_400_000
/** A Wednesday, so that the borders of most numbers of days are within a week. */
const NOW = Date.UTC(2026, 10, 18, 15, 30)
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const run = (...projects: Kept[]) => applyRetention(projects, { events, quiesce: (work) => work(), wait, now: NOW })

let inserts = 0
/** One span with its payload for each of these ages in days. */
async function write(projectId: string, ages: readonly number[]): Promise<void> {
  const token = `r${inserts++}`
  const rows = ages.map((age) => {
    const startedAt = (NOW - age * DAY) * 1000
    const ids = { projectId, traceId: newTraceId(), spanId: newSpanId() }
    return {
      span: SpanRow.parse({
        ...ids,
        kind: 'llm',
        name: `${age}`,
        source: 'otlp',
        status: 'ok',
        startedAt,
        durationMs: 1,
        receivedAt: startedAt,
        inputPreview: 'hello',
      }),
      payload: PayloadRow.parse({ ...ids, startedAt, input: 'hello', output: '', attributes: '' }),
      score: ScoreRow.parse({
        ...ids,
        id: newSpanId(),
        name: 'n',
        type: 'numeric',
        value: 1,
        source: 'api',
        at: startedAt,
        receivedAt: startedAt,
      }),
    }
  })
  await events.insert(
    'payloads',
    rows.map(({ payload }) => JSON.stringify(payload)),
    `${token}p`,
  )
  await events.insert(
    'spans',
    rows.map(({ span }) => JSON.stringify(span)),
    `${token}s`,
  )
  await events.insert(
    'scores',
    rows.map(({ score }) => JSON.stringify(score)),
    `${token}c`,
  )
}
const agesIn = async (table: string, projectId: string, more = '') => {
  const time = table === 'scores' ? 'at' : table.startsWith('spans_') ? 'minute' : 'startedAt'
  const rows = await events.query<{ age: number }>(
    `SELECT round((${NOW} - toUnixTimestamp64Milli(toDateTime64(${time}, 3))) / ${DAY}) AS age FROM ${table} WHERE projectId = {projectId:String} ${more} ORDER BY age`,
    { projectId },
  )
  return rows.map(({ age }) => age)
}

test('payloads go before spans, by days, and other projects keep what is theirs', async () => {
  const ages = [1, 9, 10, 11, 40, 41, 200]
  await write('short', ages)
  await write('long', ages)
  const expired = await run(
    { projectId: 'short', payloadDays: 10, metadataDays: 40 },
    { projectId: 'long', payloadDays: null, metadataDays: null },
  )
  expect(expired.length).toBeGreaterThan(0)
  // The border is the beginning of a day, so what is ten and a half days old has gone and what began ten days ago is there.
  expect(await agesIn('payloads', 'short')).toEqual([1, 9, 10])
  expect(await agesIn('spans', 'short')).toEqual([1, 9, 10, 11, 40])
  expect(await agesIn('scores', 'short')).toEqual([1, 9, 10, 11, 40])
  expect(await agesIn('spans_1m', 'short')).toEqual([1, 9, 10, 11, 40])
  expect(await agesIn('spans_1h', 'short')).toEqual([1, 9, 10, 11, 40])
  expect(await agesIn('spans', 'short', `AND inputPreview != ''`)).toEqual([1, 9, 10])
  for (const table of ['payloads', 'spans', 'scores', 'spans_1m']) expect(await agesIn(table, 'long'), table).toEqual(ages)
  expect(await agesIn('spans', 'long', `AND inputPreview != ''`)).toEqual(ages)
  expect(await run({ projectId: 'short', payloadDays: 10, metadataDays: 40 })).toEqual([])
})

test('a week in which all has expired is dropped as a whole', async () => {
  const expired = await run(
    { projectId: 'short', payloadDays: null, metadataDays: 30 },
    { projectId: 'long', payloadDays: null, metadataDays: 100 },
  )
  expect(expired).toContainEqual({ where: 'spans', rows: 1, dropped: true })
  expect(expired).toContainEqual({ where: 'payloads', rows: 1, dropped: true })
  expect(await agesIn('spans', 'short')).toEqual([1, 9, 10, 11])
  expect(await agesIn('spans', 'long')).toEqual([1, 9, 10, 11, 40, 41])
})

test('the file says it, else the project, else nobody', async () => {
  const file = { payloadDays: 7, metadataDays: 14 }
  const retention = createRetention({
    sql,
    events,
    projectIds: async () => ['filed', 'set', 'unset'],
    declared: (id) => (id === 'filed' ? file : undefined),
    quiesce: (work) => work(),
    log: { info() {}, warn() {} },
  })
  const { handlers } = retention
  const as = (projectId: string) => ({ caller: { projectId, permissions: ['*'], userId: 'acc_1' } }) as unknown as Context
  expect(await handlers['retention.get']({}, as('filed'))).toMatchObject({ ...file, from: 'file' })
  await expect(handlers['retention.set'](file, as('filed'))).rejects.toThrow('signalbox.yaml says')
  expect(await handlers['retention.get']({}, as('set'))).toMatchObject({ payloadDays: null, metadataDays: null, from: 'default' })
  await handlers['retention.set']({ payloadDays: 3, metadataDays: null }, as('set'))
  expect(await handlers['retention.get']({}, as('set'))).toMatchObject({
    payloadDays: 3,
    metadataDays: null,
    from: 'project',
    nextRunAt: expect.any(String),
  })
  expect(await handlers['retention.get']({}, as('unset'))).toMatchObject({ from: 'default' })
  const today = (NOW - Date.now()) / DAY
  await write('set', [today + 1, today + 5])
  await retention.run()
  expect(await agesIn('spans', 'set')).toHaveLength(2)
  expect(await agesIn('payloads', 'set')).toHaveLength(1)
  retention.stop()
})
