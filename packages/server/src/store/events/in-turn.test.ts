import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Events } from '../ports.ts'
import { openEvents } from './open.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-turns-'))
let events: Events

beforeAll(async () => {
  events = await openEvents({ folder: join(folder, 'store') })
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Fails when some blocks of its answer are written. */
const FAILS = `SELECT number, 'of somebody else' AS secret, throwIf(number = 400000) AS x FROM numbers(1000000)`
const decoded = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

test('what a failed read had answered so far is not answered to the next one', async () => {
  const reads = Array.from({ length: 30 }, (_, at) =>
    at % 3 === 0
      ? events.query(FAILS).then(
          () => 'went well',
          () => 'failed',
        )
      : events.query(`SELECT ${at} AS n`),
  )
  for (const [at, answer] of (await Promise.all(reads)).entries()) expect(answer).toEqual(at % 3 === 0 ? 'failed' : [{ n: at }])
})

test('nor aside', async () => {
  for (const purpose of ['sql', 'export'] as const) {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        at % 2 === 0
          ? events.aside(purpose, FAILS, { format: 'JSONEachRow' }).then(decoded, () => 'failed')
          : events.aside(purpose, `SELECT ${at} AS n`, { format: 'JSONEachRow' }).then(decoded),
      ),
    )
    expect(answers).toEqual(['failed', '{"n":1}\n', 'failed', '{"n":3}\n', 'failed', '{"n":5}\n'])
  }
})

test('reads aside change nothing', async () => {
  for (const purpose of ['sql', 'export'] as const)
    await expect(events.aside(purpose, 'SELECT 1 SETTINGS max_threads = 8', { format: 'CSV' })).rejects.toThrow()
  await expect(events.aside('sql', 'CREATE TABLE x (a Int8) ENGINE = Memory', { format: 'CSV' })).rejects.toThrow()
  expect(await events.query(`SELECT count() AS n FROM system.tables WHERE name = 'x' AND database = currentDatabase()`)).toEqual([{ n: 0 }])
})

test('a Parquet file is written a row group at a time, and again', async () => {
  const path = join(folder, `it's.parquet`)
  for (let round = 0; round < 2; round++) {
    await events.asideToFile(path, 'SELECT number AS n, {text:String} AS text FROM numbers(120000)', { text: `it's` })
    expect(readFileSync(path).subarray(0, 4).toString()).toBe('PAR1')
    expect(statSync(path).size).toBeGreaterThan(10_000)
  }
  const escaped = path.replaceAll("'", "\\'")
  expect(await events.query(`SELECT count() AS rows, any(text) AS text FROM file('${escaped}', 'Parquet')`)).toEqual([
    { rows: 120000, text: `it's` },
  ])
  const [{ groups } = { groups: 0 }] = await events.query<{ groups: number }>(
    `SELECT num_row_groups AS groups FROM file('${escaped}', 'ParquetMetadata')`,
  )
  expect(groups).toBeGreaterThan(1)
})
