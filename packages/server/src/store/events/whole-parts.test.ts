import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type WholeParts, wholeParts } from './whole-parts.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-parts-'))
let client: ClickHouseClient
let parts: WholeParts
const mended: string[] = []

beforeAll(async () => {
  const { createChdbConnection } = await import('chdb/connection')
  client = createClient({ connection: createChdbConnection({ path: folder }) as never })
  const settings = 'SETTINGS non_replicated_deduplication_window = 100'
  for (const query of [
    `CREATE TABLE rows (id UInt64) ENGINE = ReplacingMergeTree ORDER BY id ${settings}`,
    `CREATE TABLE sums (rest UInt64, n SimpleAggregateFunction(sum, UInt64)) ENGINE = AggregatingMergeTree ORDER BY rest ${settings}`,
    'CREATE MATERIALIZED VIEW sums_view TO sums AS SELECT id % 10 AS rest, count() AS n FROM rows GROUP BY rest',
    `CREATE TABLE totals (n SimpleAggregateFunction(sum, UInt64)) ENGINE = AggregatingMergeTree ORDER BY tuple() ${settings}`,
    'CREATE MATERIALIZED VIEW totals_view TO totals AS SELECT sum(s.n) AS n FROM sums AS s',
    // A merge may have read a part that a test spoils a moment later.
    'SYSTEM STOP MERGES',
    'SET output_format_json_quote_64bit_integers = 0, deduplicate_blocks_in_dependent_materialized_views = 1',
  ])
    await client.command({ query })
  parts = await wholeParts(client, (what) => mended.push(what))
})
afterAll(async () => {
  await client.close()
  rmSync(folder, { recursive: true, force: true })
})

const fill = async (block: number): Promise<void> => {
  await client.command({
    query: `INSERT INTO rows SELECT number + ${block * 1000} FROM numbers(100) SETTINGS insert_deduplication_token = 'block-${block}'`,
  })
}
const one = async <T>(query: string) => (await (await client.query({ query, format: 'JSONEachRow' })).json<T>())[0]
const counted = async () => ({
  rows: (await one<{ n: number }>('SELECT uniqExact(id) AS n FROM rows'))?.n,
  sums: (await one<{ n: number }>('SELECT sum(n) AS n FROM sums'))?.n,
  totals: (await one<{ n: number }>('SELECT sum(n) AS n FROM totals'))?.n,
})
/** What a full disk leaves behind: the engine thinks that it wrote the file. */
async function spoil(table: string, file: string) {
  const part = await one<{ path: string }>(
    `SELECT path FROM system.parts WHERE active AND table = '${table}' ORDER BY modification_time DESC, max_block_number DESC, level DESC LIMIT 1`,
  )
  expect(readdirSync(part?.path ?? '')).toContain(file)
  truncateSync(join(part?.path ?? '', file))
}
const spoiled = (block: number, table: string, file: string) =>
  parts.insert(async () => {
    await fill(block)
    await spoil(table, file)
  })

test('an insert whose file did not reach the disk fails, and its block goes in when it comes again', async () => {
  await parts.insert(() => fill(1))
  await expect(spoiled(2, 'rows', 'data.bin')).rejects.toMatchObject({ code: 'unavailable' })
  expect(await counted()).toEqual({ rows: 100, sums: 200, totals: 200 })
  await parts.insert(() => fill(2))
  expect(await counted()).toEqual({ rows: 200, sums: 200, totals: 200 })
  expect(mended).toHaveLength(1)
})

test('so does one of which only a table behind a view, or a file that is not data, is not whole', async () => {
  await expect(spoiled(3, 'sums', 'data.bin')).rejects.toMatchObject({ code: 'unavailable' })
  await parts.insert(() => fill(3))
  expect(await counted()).toEqual({ rows: 300, sums: 300, totals: 300 })
  await expect(spoiled(4, 'rows', 'checksums.txt')).rejects.toMatchObject({ code: 'unavailable' })
  await parts.insert(() => fill(4))
  expect(await counted()).toEqual({ rows: 400, sums: 400, totals: 400 })
})

test('so does one of which only a table behind two views is not whole', async () => {
  await expect(spoiled(10, 'totals', 'data.bin')).rejects.toMatchObject({ code: 'unavailable' })
  expect(await counted()).toEqual({ rows: 500, sums: 500, totals: 400 })
  await parts.insert(() => fill(10))
  expect(await counted()).toEqual({ rows: 500, sums: 500, totals: 500 })
})

test('every insert under way fails when a part is found that is not whole, because nobody knows whose it was', async () => {
  const both = [
    spoiled(5, 'rows', 'data.bin'),
    parts.insert(async () => {
      await fill(6)
      await new Promise((done) => setTimeout(done, 100))
    }),
  ]
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  for (const block of [5, 6]) await parts.insert(() => fill(block))
  expect(await counted()).toEqual({ rows: 700, sums: 700, totals: 700 })
})

test('a merged part that did not reach the disk gives way to those it was made of', async () => {
  await client.command({ query: 'SYSTEM START MERGES' })
  for (const table of ['rows', 'sums', 'totals']) {
    await client.command({ query: `OPTIMIZE TABLE ${table} FINAL` })
    await spoil(table, 'data.bin')
    await expect(counted()).rejects.toThrow()
    await Promise.all([parts.sweep(), parts.insert(() => fill(7))].map((running) => running.catch(() => {})))
    await parts.insert(() => fill(7))
    expect(await counted()).toEqual({ rows: 800, sums: 800, totals: 800 })
  }
})

test('what is whole is left alone', async () => {
  const before = mended.length
  await parts.insert(() => fill(8))
  await client.command({ query: 'OPTIMIZE TABLE rows FINAL' })
  await parts.sweep()
  expect(mended).toHaveLength(before)
  expect(await counted()).toEqual({ rows: 900, sums: 900, totals: 900 })
})
