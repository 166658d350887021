import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClickHouseFront, startClickHouseFront } from '../../../../../tests/servers/clickhouse-front.ts'
import { eventsContract } from '../contract/events.case.ts'
import type { Events } from '../ports.ts'
import { migrateEvents } from './migrate.ts'
import { openEvents } from './open.ts'
import { replicatedDdl } from './replicated-ddl.ts'

const folders = Array.from({ length: 3 }, () => mkdtempSync(join(tmpdir(), 'signalbox-events-')))
const [embedded = '', served = '', parsed = ''] = folders
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

let store: Events | undefined
eventsContract('chDB in a folder', {
  async open() {
    store = await openEvents({ folder: embedded })
    return store
  },
  async close() {
    await store?.[Symbol.asyncDispose]()
  },
  async insertThenKill(block) {
    await store?.[Symbol.asyncDispose]()
    const script = `
      const { openEvents } = await import(${JSON.stringify(new URL('./open.ts', import.meta.url).href)})
      const { table, lines, token } = JSON.parse(process.argv[2])
      const events = await openEvents({ folder: process.argv[1] })
      await events.insert(table, lines, token)
      process.kill(process.pid, 'SIGKILL')`
    const args = ['--conditions=source', '--input-type=module', '-e', script, embedded, JSON.stringify(block)]
    const [, signal] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')
    expect(signal).toBe('SIGKILL')
    return this.open()
  },
})

let front: ClickHouseFront | undefined
eventsContract('a server over HTTP', {
  async open() {
    front = await startClickHouseFront(served)
    store = await openEvents({ url: front.url })
    return store
  },
  async close() {
    await store?.[Symbol.asyncDispose]()
    await front?.stop()
  },
  async insertThenKill({ table, lines, token }) {
    await store?.insert(table, lines, token)
    await front?.kill()
    await store?.[Symbol.asyncDispose]()
    return this.open()
  },
})

describe('ClickHouse that is not there or has no room', () => {
  test('a read and a write say that the store is unavailable', async () => {
    await using events = await openEvents({ url: 'http://127.0.0.1:9' })
    await expect(events.query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' })
    await expect(events.insert('spans', ['{}'], 'x')).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('one engine for one folder', () => {
  test('a second folder in the same process is refused in words, and the first goes on', async () => {
    await using events = await openEvents({ folder: parsed })
    await expect(openEvents({ folder: embedded })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(embedded) })
    expect(await events.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe('the tables of a cluster', () => {
  let events: Events
  beforeAll(async () => {
    events = await openEvents({ folder: parsed })
    await migrateEvents(events)
  })
  afterAll(() => events[Symbol.asyncDispose]())

  test('every statement is understood by the engine', async () => {
    const statements = replicatedDdl(`it's`)
    for (const statement of statements) {
      const tree = await events.query<{ explain: string }>(`EXPLAIN AST ${statement}`)
      expect(tree.length).toBeGreaterThan(2)
    }
    await expect(events.query(`EXPLAIN AST CREATE TABLE spans ON CLUSTER (broken`)).rejects.toThrow()
  })

  test('every table is replicated, on every node, with its window', () => {
    for (const statement of replicatedDdl('main')) {
      expect(statement).toMatch(/^(CREATE (TABLE|MATERIALIZED VIEW) IF NOT EXISTS|ALTER TABLE|DROP TABLE IF EXISTS) \w+ ON CLUSTER 'main'/)
      if (statement.startsWith('CREATE TABLE'))
        expect(statement).toMatch(/ENGINE = Replicated\w*MergeTree\('\/clickhouse.*[^_]replicated_deduplication_window = \d+/s)
    }
    expect(replicatedDdl('main')).toContainEqual(expect.stringContaining(`'{replica}', receivedAt)`))
  })
})
