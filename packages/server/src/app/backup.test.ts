import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { paths, readEnvironment } from '../environment.ts'
import { openFolder } from '../store/blobs/folder.ts'
import { migrateEvents } from '../store/events/migrate.ts'
import { openEvents } from '../store/events/open.ts'
import { memoryKeyValue } from '../store/key-value/memory.ts'
import type { Stores } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { exportBackup } from './backup.ts'
import { readDataVersion } from './data-version.ts'
import { closeStores } from './open-stores.ts'
import { importBackup, inspectBackup } from './restore.ts'

vi.setConfig({ testTimeout: 120_000 })

const environmentIn = (data = mkdtempSync(join(tmpdir(), 'backup-'))) => readEnvironment({ SIGNALBOX_DATA: data })
type Place = { environment: ReturnType<typeof readEnvironment>; stores: Stores }

async function inStores<T>(environment: Place['environment'], work: (place: Place) => Promise<T>): Promise<T> {
  const where = paths(environment.data)
  const stores: Stores = {
    sql: await openPglite('memory'),
    events: await openEvents({ folder: where.events }),
    keyValue: memoryKeyValue(),
    blobs: await openFolder(where.blobs),
  }
  try {
    return await work({ environment, stores })
  } finally {
    await closeStores(stores)
  }
}

/** What no table of ours has today, and a backup must carry all the same. */
const NUMBERED = `create table numbered (id bigint generated always as identity primary key, parent bigint references numbered,
  bytes bytea, twice bigint generated always as (id * 2) stored)`
const DAY = 86_400_000_000
const SPANS = 90
/** Rows with what breaks a careless copy: large integers, quotes, line ends, text beyond ASCII, nulls, several weeks, equal rollups. */
async function fillStores({ stores: { sql, events, blobs }, environment }: Place) {
  await migrate(sql)
  await migrateEvents(events)
  const now = Date.UTC(2026, 10, 18) * 1000
  const span = (i: number) => ({
    projectId: 'default',
    traceId: String(i).padStart(32, '0'),
    spanId: String(i).padStart(16, '0'),
    startedAt: now - (i % 3) * 10 * DAY,
    receivedAt: now,
    name: `Ünï "quoted"\n${i}`,
    usageRole: 'leaf',
    usageInput: i,
    cost: i === 7 ? '9007199254740993' : i % 2 ? null : i,
    durationMs: 12.5,
    metadata: { a: '{"b": "c\\\\"}' },
  })
  for (let at = 0; at < SPANS; at += 30) {
    const spans = Array.from({ length: 30 }, (_, i) => span(at + i))
    await events.insert(
      'spans',
      spans.map((row) => JSON.stringify(row)),
      `spans-${at}`,
    )
    const payloads = spans.map(({ projectId, traceId, spanId, startedAt }) => ({
      projectId,
      traceId,
      spanId,
      startedAt,
      input: 'x'.repeat(500),
      output: '€',
      attributes: '{}',
    }))
    await events.insert(
      'payloads',
      payloads.map((row) => JSON.stringify(row)),
      `payloads-${at}`,
    )
  }
  await sql.query(
    `insert into dead_letters (id, project_id, batch_id, target, reason, row) values ('d1', 'default', 'b', 'spans', 'it''s "bad"', '{"n": 12345678901234567890, "t": "ü\\n"}')`,
  )
  await sql.query(
    `insert into ledger (project_id, day, key_id, provider, model, cost_nano_usd) values ('default', '2026-11-18', 'k', 'p', 'm', 9007199254740993)`,
  )
  await sql.exec(NUMBERED)
  await sql.query(`insert into numbered (bytes) values ('\\x00ff5c'), (null)`)
  const { journal, masterKey } = paths(environment.data)
  mkdirSync(journal, { recursive: true })
  writeFileSync(join(journal, 'cursor.json'), '{"edgeId":"edge_1"}')
  writeFileSync(join(journal, '0000000003.log'), Buffer.from([1, 2, 3, 0, 255]))
  writeFileSync(join(journal, 'reserve'), 'x')
  await blobs.put('ab/cd/picture', Buffer.alloc(100_000, 7))
  writeFileSync(masterKey, 'the master key')
}

/** Everything a reader can see, with what a merge may do to rows taken out. */
async function content({ sql, events }: Stores) {
  return {
    spans: await events.query('SELECT * REPLACE (toString(cost) AS cost) FROM spans FINAL ORDER BY traceId'),
    payloads: await events.query(
      'SELECT cityHash64(groupArray(tuple(*))) AS hash, count() AS rows FROM (SELECT * FROM payloads FINAL ORDER BY traceId)',
    ),
    rollups: await events.query(
      'SELECT minute, sum(spans) AS spans, sum(cost) AS cost, quantilesTDigestMerge(0.5, 0.95, 0.99)(duration) AS duration FROM spans_1m GROUP BY minute ORDER BY minute',
    ),
    hours: await events.query('SELECT minute, sum(spans) AS spans FROM spans_1h GROUP BY minute ORDER BY minute'),
    letters: await sql.query('select *, row::text as text from dead_letters'),
    ledger: await sql.query('select *, cost_nano_usd::text as cost from ledger'),
  }
}

async function exported(place: Place, options: { withMasterKey?: boolean } = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of exportBackup({ ...place, ...options })) chunks.push(chunk)
  return Buffer.concat(chunks)
}
async function* chunksOf(file: Buffer) {
  for (let at = 0; at < file.length; at += 10_000) yield file.subarray(at, at + 10_000)
}

it('restores elsewhere exactly what was there when it began, while writing goes on', async () => {
  const source = environmentIn()
  const { file, before } = await inStores(source, async (place) => {
    await fillStores(place)
    const before = await content(place.stores)
    const chunks: Uint8Array[] = []
    for await (const chunk of exportBackup({ ...place, withMasterKey: true })) {
      // After the moment that the backup holds.
      if (chunks.length === 0) {
        await place.stores.events.insert(
          'spans',
          [JSON.stringify({ projectId: 'default', traceId: 'late', spanId: 'late', startedAt: 1e15, receivedAt: 1e15 })],
          'late',
        )
        await place.stores.sql.query(`delete from ledger`)
        writeFileSync(join(paths(source.data).journal, '0000000003.log'), 'late', { flag: 'a' })
      }
      chunks.push(chunk)
    }
    const tables = await place.stores.events.query<{ name: string }>('SELECT name FROM system.tables WHERE database = currentDatabase()')
    expect(tables.filter(({ name }) => name.startsWith('backup_'))).toEqual([])
    expect(readdirSync(source.data).filter((name) => name.startsWith('backup-'))).toEqual([])
    return { file: Buffer.concat(chunks), before }
  })
  expect(before.spans).toHaveLength(SPANS)

  const target = environmentIn()
  await inStores(target, async (place) => {
    await place.stores.sql.exec(NUMBERED)
    const result = await importBackup({ ...place, source: chunksOf(file) })
    expect(result).toMatchObject({ events: { spans: SPANS, payloads: SPANS }, journalFiles: 2, blobs: 1 })
    expect(await content(place.stores)).toEqual(before)
    expect(await place.stores.blobs.get('ab/cd/picture')).toEqual(Buffer.alloc(100_000, 7))
    const [next] = await place.stores.sql.query<{ id: number }>(
      "insert into numbered (parent) values (1) returning id::int, encode(bytes, 'hex')",
    )
    expect(next?.id).toBe(3)
    expect(await place.stores.sql.query(`select encode(bytes, 'hex') as bytes, twice::int from numbered order by id`)).toMatchObject([
      { bytes: '00ff5c', twice: 2 },
      { bytes: null, twice: 4 },
      { twice: 6 },
    ])
  })
  const { journal, masterKey } = paths(target.data)
  expect(readFileSync(join(journal, '0000000003.log'))).toEqual(Buffer.from([1, 2, 3, 0, 255]))
  expect(readdirSync(journal).sort()).toEqual(['0000000003.log', 'cursor.json'])
  expect(readFileSync(masterKey, 'utf8')).toBe('the master key')
  expect(readDataVersion(target.data)).toBeDefined()
})

it('leaves the master key out unless it is asked for, and refuses what it cannot restore', async () => {
  const source = environmentIn()
  const file = await inStores(source, async (place) => {
    await fillStores(place)
    return await exported(place)
  })
  expect(file.includes('the master key')).toBe(false)
  expect(await inspectBackup(chunksOf(file))).toMatchObject({ manifest: { masterKey: false, blobs: 'included' }, events: { spans: SPANS } })
  const inJournal = file.indexOf('edge/journal/0000000003.log') + 514
  for (const end of [inJournal, ...[0.01, 0.2, 0.5, 0.8, 0.99].map((part) => Math.floor(file.length * part))]) {
    await expect(inspectBackup(chunksOf(file.subarray(0, end)))).rejects.toThrow(/cannot be read|not complete/)
  }
  await inStores(environmentIn(), async (place) => {
    await place.stores.sql.exec(NUMBERED)
    await expect(importBackup({ ...place, source: chunksOf(file.subarray(0, inJournal)) })).rejects.toThrow('cannot be read')
  })
  await expect(inspectBackup(chunksOf(withoutOnePage(file)))).rejects.toThrow(/not complete \(.*(spans|payloads).*: \d+ of \d+ rows/)
  await expect(inspectBackup(chunksOf(Buffer.from('hello')))).rejects.toThrow(/no backup|cannot be read/)
  await expect(inspectBackup(chunksOf(Buffer.alloc(1024)))).rejects.toThrow('no backup')
  const newer = Buffer.from(file.toString('latin1').replace('"dataVersion": 1', '"dataVersion": 9'), 'latin1')
  await expect(inspectBackup(chunksOf(newer))).rejects.toThrow('data version 9')

  await inStores(source, async (place) => {
    await migrate(place.stores.sql)
    await expect(importBackup({ ...place, source: chunksOf(file) })).rejects.toThrow(
      'into empty stores only, but the table payloads has rows',
    )
  })
})

it('makes one backup at a time, and ends it when the reader stops', async () => {
  await inStores(environmentIn(), async (place) => {
    await fillStores(place)
    for await (const _ of exportBackup(place)) {
      await expect(exported(place)).rejects.toThrow('being made already')
      break
    }
    expect((await exported(place)).length).toBeGreaterThan(1000)
  })
})

/** A tar in which one page of events is missing: its header and body are cut out. */
function withoutOnePage(file: Buffer): Buffer {
  for (let at = 0; at + 512 <= file.length; ) {
    const size = Number.parseInt(file.toString('latin1', at + 124, at + 135), 8) || 0
    const next = at + 512 + Math.ceil(size / 512) * 512
    if (file.toString('latin1', at, at + 7) === 'events/') return Buffer.concat([file.subarray(0, at), file.subarray(next)])
    at = next
  }
  throw new Error('no page')
}
