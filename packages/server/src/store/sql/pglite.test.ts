import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { DurableFolder } from './durable-folder.ts'
import { tidy } from './keep-tidy.ts'
import { type EmbeddedSql, openPglite } from './pglite.ts'

const root = await mkdtemp(join(tmpdir(), 'signalbox-pglite-'))
afterAll(() => rm(root, { recursive: true, force: true }))
const folder = join(root, 'sql')

const real = { fdatasyncSync: fs.fdatasyncSync, fsyncSync: fs.fsyncSync }
/** Counts what goes to the disk while `work` runs. */
async function syncsOf(work: () => Promise<void>): Promise<number> {
  let syncs = 0
  const counted = (sync: (fd: number) => void) => (fd: number) => {
    syncs += 1
    sync(fd)
  }
  Object.assign(fs, { fdatasyncSync: counted(real.fdatasyncSync), fsyncSync: counted(real.fsyncSync) })
  syncBuiltinESMExports()
  try {
    await work()
  } finally {
    Object.assign(fs, real)
    syncBuiltinESMExports()
  }
  return syncs
}

describe('pglite in a folder', () => {
  test('makes a new database without leaving anything beside it', async () => {
    await using sql = await openPglite(folder)
    expect(await sql.query('SHOW fsync')).toEqual([{ fsync: 'on' }])
    expect(await sql.query('SHOW shared_buffers')).toEqual([{ shared_buffers: '16MB' }])
    expect(await readdir(root)).toEqual(['sql'])
  })

  test('syncs once for every commit, and not for reads', async () => {
    await using sql = await openPglite(folder)
    await sql.exec('CREATE TABLE counted (id integer PRIMARY KEY)')
    const commits = 50
    const writes = await syncsOf(async () => {
      for (let id = 0; id < commits; id++) await sql.query('INSERT INTO counted VALUES ($1)', [id])
    })
    expect(writes).toBeGreaterThanOrEqual(commits)
    const one = await syncsOf(() =>
      sql.transaction(async (session) => {
        for (let id = 0; id < commits; id++) await session.query('INSERT INTO counted VALUES ($1)', [1000 + id])
      }),
    )
    expect(one).toBeGreaterThanOrEqual(1)
    expect(one).toBeLessThan(commits)
    expect(await syncsOf(async () => void (await sql.query('SELECT * FROM counted')))).toBe(0)
    expect(await syncsOf(() => sql.checkpoint())).toBeGreaterThan(1)
  })

  // What the test above would see if a switch or the file operation got lost.
  test.each([
    ['with -F', { fs: new DurableFolder(folder), startParams: PGlite.defaultStartParams }],
    ['on plain NODEFS', { dataDir: folder, startParams: PGlite.defaultStartParams.filter((parameter) => parameter !== '-F') }],
  ])('would not sync %s', async (_, options) => {
    const db = await PGlite.create({ ...options, postgresqlconf: ['wal_sync_method=fsync'] })
    const syncs = await syncsOf(async () => {
      for (let id = 0; id < 10; id++) await db.query('INSERT INTO counted VALUES ($1)', [2000 + id])
      await db.query('DELETE FROM counted WHERE id >= 2000')
    })
    await db.close()
    expect(syncs).toBe(0)
  })

  test('has every row that was committed before kill -9', async () => {
    const program = `
      const { openPglite } = await import(${JSON.stringify(new URL('pglite.ts', import.meta.url).href)})
      const sql = await openPglite(process.argv[1])
      await sql.exec('CREATE TABLE IF NOT EXISTS survivors (id bigint PRIMARY KEY, filling text)')
      const [last] = await sql.query('SELECT coalesce(max(id), 0) AS id FROM survivors')
      for (let id = last.id + 1; ; id++) {
        await sql.query('INSERT INTO survivors VALUES ($1, $2)', [id, 'x'.repeat(500)])
        require('node:fs').writeSync(1, id + '\\n')
      }`
    let told = 0
    for (const rows of [40, 150]) {
      const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', `${REQUIRE}${program}`, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let seen = 0
      for await (const line of createInterface({ input: child.stdout })) {
        told = Number(line)
        if (++seen === rows) child.kill('SIGKILL')
      }
      expect(seen).toBeGreaterThanOrEqual(rows)
      await using sql = await openPglite(folder)
      const [found] = await sql.query<{ rows: number; last: number }>('SELECT count(*) AS rows, max(id) AS last FROM survivors')
      expect(found?.last).toBeGreaterThanOrEqual(told)
      expect(found?.rows).toBe(found?.last)
    }
  })

  describe('on a full disk', () => {
    const diskFull = async (work: () => Promise<void>) => {
      const { writeSync } = fs
      fs.writeSync = (() => {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
      }) as typeof fs.writeSync
      try {
        await work()
      } finally {
        fs.writeSync = writeSync
      }
    }
    const full = { code: 'disk-full' }

    test.each([
      ['a statement', (sql: EmbeddedSql) => sql.query('INSERT INTO room VALUES (2)')],
      ['a transaction', (sql: EmbeddedSql) => sql.transaction((session) => session.query('INSERT INTO room VALUES (2)'))],
      [
        'a table that grows',
        (sql: EmbeddedSql) =>
          sql.transaction((session) => session.exec(`CREATE TABLE large AS SELECT repeat('x', 1000) AS x FROM generate_series(1, 30000)`)),
      ],
      [
        'a transaction that does not look at its errors',
        (sql: EmbeddedSql) =>
          sql.transaction(async (session) => {
            await session.exec('INSERT INTO room VALUES (2); COMMIT').catch(() => {})
            for (let at = 0; at < 3; at++) await session.query('SELECT 1').catch(() => {})
          }),
      ],
    ])('%s fails in words, nobody hangs, and it goes on when there is room', async (_, work) => {
      await using sql = await openPglite(folder)
      await sql.exec('DROP TABLE IF EXISTS room; CREATE TABLE room (id integer PRIMARY KEY); INSERT INTO room VALUES (1)')
      await diskFull(async () => {
        const waiting = [work(sql), sql.query('SELECT 1'), sql.query('INSERT INTO room VALUES (3)')]
        await expect(waiting[0]).rejects.toMatchObject(full)
        await Promise.allSettled(waiting)
        await expect(sql.query('INSERT INTO room VALUES (4)')).rejects.toMatchObject(full)
      })
      await vi.waitFor(() => sql.query('INSERT INTO room VALUES (5)'), 60_000)
      expect(await sql.query('SELECT id FROM room ORDER BY id')).toEqual([{ id: 1 }, { id: 5 }])
    })
  })

  test('refuses a folder that holds something else', async () => {
    const other = join(root, 'other')
    fs.mkdirSync(other)
    await writeFile(join(other, 'letter.txt'), 'mine')
    await expect(openPglite(other)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('holds files, but no database'),
    })
    expect(await readdir(other)).toEqual(['letter.txt'])
  })

  test('says in words what is wrong with a broken database', async () => {
    const broken = join(root, 'broken')
    execFileSync('cp', ['-r', folder, broken])
    fs.writeFileSync(join(broken, 'global', 'pg_control'), Buffer.alloc(8192))
    await expect(openPglite(broken)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(broken) })
  })
})

const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire('/');`

describe('keeping tidy', () => {
  test('checkpoints when the log has grown and vacuums what is mostly dead', async () => {
    await using sql = await openPglite(folder)
    expect(await tidy(sql)).toEqual({ checkpoint: false, vacuumed: [] })
    await sql.exec('CREATE TABLE busy (id integer PRIMARY KEY, filling text)')
    await sql.exec(`INSERT INTO busy SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) AS n`)
    for (let round = 0; round < 3; round++) await sql.exec(`UPDATE busy SET filling = filling || 'y' WHERE id % 2 = 0`)
    await sql.exec('SELECT pg_stat_force_next_flush()')
    expect(await tidy(sql)).toEqual({ checkpoint: true, vacuumed: ['public.busy'] })
    expect(await tidy(sql)).toEqual({ checkpoint: false, vacuumed: [] })
  })
})
