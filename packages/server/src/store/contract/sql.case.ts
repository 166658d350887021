import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sql } from '../ports.ts'
import { migrate } from '../sql/migrate.ts'

export type SqlBackend = {
  open: () => Promise<Sql>
  /** A second connection to the same, as another process would have. The same one where there can be only one. */
  openAgain?: () => Promise<Sql>
}

/** What rooms may rely on from any SQL driver: values, parameters, errors, transactions, migrations. */
export function sqlContract({ open, openAgain }: SqlBackend): void {
  let sql: Sql
  let other: Sql
  const schema = `s${randomUUID().replaceAll('-', '')}`
  const table = `${schema}.things`

  beforeAll(async () => {
    sql = await open()
    other = openAgain ? await openAgain() : sql
    await sql.exec(`CREATE SCHEMA ${schema}; CREATE TABLE ${table} (id integer PRIMARY KEY, body jsonb, at timestamptz, count bigint)`)
  })
  afterAll(async () => {
    await sql?.exec(`DROP SCHEMA ${schema} CASCADE`)
    if (other !== sql) await other?.[Symbol.asyncDispose]()
    await sql?.[Symbol.asyncDispose]()
  })

  describe('values', () => {
    test.each([
      ['integer', '1::int', 1],
      ['bigint as a number', '9007199254740991::bigint', Number.MAX_SAFE_INTEGER],
      ['negative bigint', '(-5)::bigint', -5],
      ['count(*)', '(SELECT count(*) FROM generate_series(1, 3))', 3],
      ['sum of bigint, cast', '(SELECT sum(n)::bigint FROM generate_series(1, 3) AS n)', 6],
      ['numeric as text', '1.50::numeric', '1.50'],
      ['double', '0.1::double precision', 0.1],
      ['boolean', 'true', true],
      ['text', `'it''s'`, "it's"],
      ['jsonb', `'{"a":[1,null,"x"]}'::jsonb`, { a: [1, null, 'x'] }],
      ['json text', `'"plain"'::jsonb`, 'plain'],
      ['timestamptz', `'2026-01-01T01:00:00.123+01:00'::timestamptz`, new Date('2026-01-01T00:00:00.123Z')],
      ['bytea', `'\\x00ff10'::bytea`, Buffer.from([0, 255, 16])],
      ['text array', `ARRAY['a','b,"c']`, ['a', 'b,"c']],
      ['bigint array', 'ARRAY[1,2]::bigint[]', [1, 2]],
      ['null', 'NULL', null],
    ])('reads %s', async (_, expression, value) => {
      expect(await sql.query(`SELECT ${expression} AS value`)).toEqual([{ value }])
    })

    test.each([
      ['text', "it's; DROP"],
      ['integer', 7],
      ['bigint', 1_234_567_890_123],
      ['boolean', false],
      ['timestamptz', new Date('2026-05-06T07:08:09.123Z')],
      ['bytea', Buffer.from([1, 0, 200])],
      ['text[]', ['a', 'b', 'quote " and , comma']],
      ['bigint[]', [1, 2, 3]],
      ['text', null],
    ])('takes and returns %s', async (type, value) => {
      expect(await sql.query(`SELECT $1::${type} AS value`, [value])).toEqual([{ value }])
    })
    test('takes undefined as null', async () => {
      expect(await sql.query('SELECT $1::text AS value', [undefined])).toEqual([{ value: null }])
    })
    test('takes jsonb as an object and as JSON text', async () => {
      const rows = await sql.query('SELECT $1::jsonb AS a, $2::jsonb AS b', [{ x: [1] }, JSON.stringify({ y: 'é' })])
      expect(rows).toEqual([{ a: { x: [1] }, b: { y: 'é' } }])
    })
    test('compares a column with any of an array', async () => {
      expect(await sql.query('SELECT n FROM generate_series(1, 5) AS n WHERE n = ANY($1::int[]) ORDER BY n', [[2, 4]])).toEqual([
        { n: 2 },
        { n: 4 },
      ])
    })
  })

  test('returns what a statement returns', async () => {
    const insert = `INSERT INTO ${table} (id, count) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET count = excluded.count RETURNING id, count`
    expect(await sql.query(insert, [1, 10])).toEqual([{ id: 1, count: 10 }])
    expect(await sql.query(insert, [1, 20])).toEqual([{ id: 1, count: 20 }])
    expect(await sql.query(`UPDATE ${table} SET count = 0 WHERE id = -1`)).toEqual([])
  })
  test.each([
    ['a duplicate', '23505', `INSERT INTO ${table} (id) VALUES (2), (2)`],
    ['a syntax error', '42601', 'SELEKT 1'],
    ['an unknown table', '42P01', `SELECT * FROM ${table}_not_there`],
  ])('reports %s with the code %s', async (_, code, text) => {
    await expect(sql.query(text)).rejects.toMatchObject({ code })
    expect(await sql.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  describe('transactions', () => {
    const ids = async (session: Pick<Sql, 'query'>, from: number) =>
      (await session.query<{ id: number }>(`SELECT id FROM ${table} WHERE id BETWEEN $1 AND $1 + 9 ORDER BY id`, [from])).map(
        (row) => row.id,
      )

    test('commit what was done and return what the work returned', async () => {
      const result = await sql.transaction(async (session) => {
        await session.query(`INSERT INTO ${table} (id) VALUES (100)`)
        await session.exec(`INSERT INTO ${table} (id) VALUES (101); INSERT INTO ${table} (id) VALUES (102)`)
        return [Promise.resolve('kept'), 'as', 'it', 'is'].slice(1)
      })
      expect(result).toEqual(['as', 'it', 'is'])
      expect(await ids(sql, 100)).toEqual([100, 101, 102])
    })
    test('leave nothing when the work throws', async () => {
      const work = sql.transaction(async (session) => {
        await session.query(`INSERT INTO ${table} (id) VALUES (110)`)
        throw new Error('no')
      })
      await expect(work).rejects.toThrow('no')
      expect(await ids(sql, 110)).toEqual([])
    })
    test('never commit in silence after a statement failed', async () => {
      const work = sql.transaction(async (session) => {
        await session.query(`INSERT INTO ${table} (id) VALUES (120)`)
        await session.query(`INSERT INTO ${table} (id) VALUES (120)`).catch(() => {})
      })
      await expect(work).rejects.toThrow()
      expect(await ids(sql, 120)).toEqual([])
    })
    test('run side by side without mixing', async () => {
      const add = (id: number) =>
        sql.transaction(async (session) => {
          await session.query(`INSERT INTO ${table} (id) VALUES ($1)`, [id])
          if (id % 2) throw new Error('odd')
        })
      const results = await Promise.allSettled([130, 131, 132, 133, 134, 135].map(add))
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected'])
      expect(await ids(other, 130)).toEqual([130, 132, 134])
    })
    test('lose no update when two connections add', async () => {
      await sql.query(`INSERT INTO ${table} (id, count) VALUES (140, 0)`)
      const add = (session: Sql) => session.query(`UPDATE ${table} SET count = count + 1 WHERE id = 140`)
      await Promise.all(Array.from({ length: 40 }, (_, at) => add(at % 2 ? sql : other)))
      expect(await sql.query(`SELECT count FROM ${table} WHERE id = 140`)).toEqual([{ count: 40 }])
    })
  })

  describe('migrations', () => {
    const folders: string[] = []
    const folderOf = async (files: Record<string, string>) => {
      const folder = await mkdtemp(join(tmpdir(), 'signalbox-migrations-'))
      folders.push(folder)
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
      return folder
    }
    const files = {
      '0001_first.sql': 'CREATE TABLE first (id integer PRIMARY KEY);\nINSERT INTO first VALUES (1);\n',
      '0002_second.sql': 'ALTER TABLE first ADD COLUMN name text;\nINSERT INTO first VALUES (2);\n',
    }
    /** A fresh schema on a connection, so that each test starts with an empty database. */
    const fresh = async (session: Sql, name: string): Promise<Sql> => {
      await session.exec(`CREATE SCHEMA IF NOT EXISTS ${name}`)
      const inside = (work: Parameters<Sql['transaction']>[0]) =>
        session.transaction(async (transaction) => {
          await transaction.exec(`SET LOCAL search_path TO ${name}`)
          return await work(transaction)
        })
      return {
        ...session,
        query: <T>(text: string, params?: readonly unknown[]) => inside((s) => s.query<T>(text, params)) as Promise<T[]>,
        transaction: <T>(work: (s: Parameters<Parameters<Sql['transaction']>[0]>[0]) => Promise<T>) => inside(work) as Promise<T>,
      }
    }
    const names: string[] = []
    const newName = () => {
      const name = `m${randomUUID().replaceAll('-', '')}`
      names.push(name)
      return name
    }
    afterAll(async () => {
      for (const name of names) await sql.exec(`DROP SCHEMA IF EXISTS ${name} CASCADE`)
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
    })

    test('apply in order, and nothing the second time', async () => {
      const database = await fresh(sql, newName())
      const folder = await folderOf(files)
      expect(await migrate(database, folder)).toEqual(['0001_first', '0002_second'])
      expect(await migrate(database, folder)).toEqual([])
      expect(await database.query('SELECT id, name FROM first ORDER BY id')).toEqual([
        { id: 1, name: null },
        { id: 2, name: null },
      ])
    })
    test('apply once when several start at the same time', async () => {
      const name = newName()
      const folder = await folderOf(files)
      const databases = await Promise.all([sql, other, sql, other].map((session) => fresh(session, name).catch(() => fresh(session, name))))
      const applied = await Promise.all(databases.map((database) => migrate(database, folder)))
      expect(applied.flat().sort()).toEqual(['0001_first', '0002_second'])
      const rows = await databases[0]?.query('SELECT version FROM schema_migrations ORDER BY version')
      expect(rows).toEqual([{ version: 1 }, { version: 2 }])
    })
    test('keep nothing of one that fails, and what was before it', async () => {
      const database = await fresh(sql, newName())
      const broken = await folderOf({ ...files, '0003_broken.sql': 'CREATE TABLE half (id integer);\nSELEKT 1;\n' })
      await expect(migrate(database, broken)).rejects.toThrow('0003_broken failed')
      expect(await database.query(`SELECT version FROM schema_migrations ORDER BY version`)).toEqual([{ version: 1 }, { version: 2 }])
      await expect(database.query('SELECT * FROM half')).rejects.toMatchObject({ code: '42P01' })
    })
    test('refuse a database that a newer program wrote', async () => {
      const database = await fresh(sql, newName())
      await migrate(database, await folderOf(files))
      const older = await folderOf({ '0001_first.sql': files['0001_first.sql'] })
      await expect(migrate(database, older)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('newer Signalbox: it has the migration 0002_second'),
      })
    })
    test('refuse one that was changed after it ran', async () => {
      const database = await fresh(sql, newName())
      await migrate(database, await folderOf(files))
      const changed = await folderOf({ ...files, '0001_first.sql': 'CREATE TABLE other (id integer);', '0003_third.sql': 'SELECT 1;' })
      await expect(migrate(database, changed)).rejects.toThrow('0001_first was changed')
      expect(await database.query('SELECT max(version) AS last FROM schema_migrations')).toEqual([{ last: 2 }])
    })
    test.each([
      ['two with one number', { '0001_a.sql': '', '0001_b.sql': '' }, 'Two migrations have the number 1'],
      ['a name without a number', { 'first.sql': '' }, 'not named like'],
    ])('refuse %s', async (_, wrong, message) => {
      await expect(migrate(sql, await folderOf(wrong))).rejects.toThrow(message)
    })
  })
}
