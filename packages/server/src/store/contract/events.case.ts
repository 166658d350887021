import { randomBytes } from 'node:crypto'
import { type NewSpanRow, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { columnsOf, TABLES, type TableName } from '../events/columns.ts'
import { eventMigrations, migrateEvents } from '../events/migrate.ts'
import type { Events } from '../ports.ts'

export type EventsBackend = {
  open(): Promise<Events>
  close(): Promise<void>
  /** Inserts in another process, kills it with SIGKILL as soon as the insert has returned, and opens what is left. */
  insertThenKill(block: { table: string; lines: string[]; token: string }): Promise<Events>
}

/** What every implementation of `Events` must do. Each test has a project of its own, so a shared server would do as well. */
export function eventsContract(name: string, backend: EventsBackend): void {
  describe(`Events on ${name}`, () => {
    let events: Events
    beforeAll(async () => {
      events = await backend.open()
      await migrateEvents(events)
    })
    afterAll(() => backend.close())

    test('a span comes back as it was written, in every type of column', async () => {
      const row = SpanRow.parse({
        ...span({ spanId: 'a'.repeat(16) }),
        name: `quote ' backslash \\ newline \n tab \t emoji 🚦 nul \u0000`,
        startedAt: 1_795_176_001_123_456,
        durationMs: 1234.5678,
        firstTokenMs: 0.25,
        tags: ['a', `it's`, ''],
        metadata: { key: 'value', 'with.dot': '"' },
        usageInput: 4_294_967_295,
        cost: 9_007_199_254_740_991,
        costParts: { input: 5, output: -1 },
      })
      await events.insert('spans', [JSON.stringify(row)], unique())
      const [stored] = await events.query<SpanRow & { at: number; received: number }>(
        `SELECT *, toUnixTimestamp64Micro(startedAt) AS at, toUnixTimestamp64Micro(receivedAt) AS received FROM spans WHERE projectId = {project:String}`,
        { project: row.projectId },
      )
      const { at, received, ...rest } = stored ?? { at: 0, received: 0 }
      expect({ ...rest, startedAt: at, receivedAt: received }).toEqual(row)
    })

    test('what a writer leaves out becomes what the schema says', async () => {
      const given = span({})
      await events.insert('spans', [JSON.stringify(given)], unique())
      const [stored] = await events.query<SpanRow>('SELECT * FROM spans WHERE projectId = {project:String}', { project: given.projectId })
      const { startedAt: _, receivedAt: __, ...expected } = SpanRow.parse(given)
      expect(stored).toMatchObject(expected)
    })

    test.each([
      ['String', `' OR 1 = 1 -- \\ \n \t 🚦 {x:String}`],
      ['String', ''],
      ['Int64', -9_007_199_254_740_991],
      ['Float64', 0.1],
      ['Array(String)', [`it's`, 'back\\slash', 'new\nline', '']],
      ['Array(String)', []],
      ['Array(Float64)', [1.5, 2]],
      ['Nullable(String)', null],
    ])('a parameter of type %s is a value and never text of the query: %j', async (type, value) => {
      expect(await events.query(`SELECT {value:${type}} AS value`, { value })).toEqual([{ value }])
    })

    test('five hundred ids fit into one query', async () => {
      const ids = Array.from({ length: 500 }, () => randomBytes(16).toString('hex'))
      expect(await events.query('SELECT length({ids:Array(String)}) AS count', { ids })).toEqual([{ count: 500 }])
    })

    test('64-bit integers come back as numbers', async () => {
      expect(await events.query('SELECT toUInt64(5000000000) AS a, toInt64(-1) AS b, sum(1) AS c')).toEqual([{ a: 5e9, b: -1, c: 1 }])
    })

    test('a setting of one query does not stay behind, and the limits of the connection do', async () => {
      const read = `SELECT getSetting('max_execution_time') AS seconds, getSetting('max_threads') AS threads, getSetting('readonly') AS readonly`
      const before = await events.query<{ seconds: number }>(read)
      await events.query('SELECT 1 SETTINGS max_execution_time = 7, max_threads = 1')
      await events.insert('spans', [JSON.stringify(span({}))], unique())
      expect(await events.query(read)).toEqual(before)
      expect(before[0]?.seconds).toBeGreaterThan(0)
    })

    test('a block with a token goes in once, into spans, payloads and rollup', async () => {
      const { projectId } = span({})
      const spans = Array.from({ length: 100 }, (_, index) => span({ projectId, spanId: index.toString(16).padStart(16, '0') }))
      const payloads = spans.map(({ traceId, spanId, startedAt }) => ({ projectId, traceId, spanId, startedAt, input: 'x' }))
      const send = async (token: string) => {
        await events.insert(
          'spans',
          spans.map((row) => JSON.stringify(row)),
          token,
        )
        await events.insert(
          'payloads',
          payloads.map((row) => JSON.stringify(row)),
          token,
        )
      }
      const token = unique()
      await send(token)
      await send(token)
      for (let other = 0; other < 25; other++) await events.insert('spans', [JSON.stringify(span({}))], unique())
      await send(token)
      await Promise.all([send(token), send(token)])
      expect(await counts(events, projectId)).toEqual({ spans: 100, payloads: 100, rolledUp: 100 })
    })

    test('the same rows under another token are new to the rollup: the token decides, not what is in the block', async () => {
      const row = span({})
      await events.insert('spans', [JSON.stringify(row)], unique())
      await events.insert('spans', [JSON.stringify(row)], unique())
      expect((await counts(events, row.projectId)).rolledUp).toBe(2)
    })

    test('every table and every target of a view remembers more tokens than may pass before a batch is sent again', async () => {
      const tables = await events.query<{ name: string; create_table_query: string }>(
        `SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase() AND name IN ('spans', 'payloads', 'patches', 'span_versions', 'spans_1m', 'spans_1h') ORDER BY name`,
      )
      expect(tables.map(({ name }) => name)).toEqual(['patches', 'payloads', 'span_versions', 'spans', 'spans_1h', 'spans_1m'])
      for (const { create_table_query: text } of tables)
        expect(Number(/deduplication_window = (\d+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(100_000)
    })

    test('tokens are kept per window: with one of 20 blocks, in the table and behind a view, a block is new again after 30', async () => {
      const [source, target, view] = ['source', 'target', 'view'].map((kind) => `window_${kind}_${unique()}`)
      await events.command(
        `CREATE TABLE ${source} (n UInt32) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 20`,
      )
      await events.command(
        `CREATE TABLE ${target} (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 20`,
      )
      await events.command(`CREATE MATERIALIZED VIEW ${view} TO ${target} AS SELECT count() AS n FROM ${source}`)
      const sum = async () => (await events.query(`SELECT (SELECT count() FROM ${source}) AS a, (SELECT sum(n) FROM ${target}) AS b`))[0]
      const others = async (count: number) => {
        for (let index = 0; index < count; index++) await events.insert(source ?? '', ['{"n":7}'], unique())
      }
      await events.insert(source ?? '', ['{"n":1}', '{"n":2}'], 'again')
      await others(10)
      await events.insert(source ?? '', ['{"n":1}', '{"n":2}'], 'again')
      expect(await sum()).toEqual({ a: 12, b: 12 })
      await others(30)
      await events.insert(source ?? '', ['{"n":1}', '{"n":2}'], 'again')
      expect(await sum()).toEqual({ a: 44, b: 44 })
      for (const name of [view, source, target]) await events.command(`DROP TABLE ${name}`)
    })

    test('what is hidden is in no read until it is shown again, and a query may ask for everything', async () => {
      const rows = [span({}), span({})]
      const [first, second] = rows.map(({ spanId }) => spanId)
      const projectId = rows[0]?.projectId
      await events.insert(
        'spans',
        rows.map((row) => JSON.stringify({ ...row, projectId })),
        unique(),
      )
      const found = async (more = '') =>
        (
          await events.query<{ spanId: string }>(
            `SELECT spanId FROM spans WHERE projectId = {projectId:String} ORDER BY spanId = '${second}' ${more}`,
            {
              projectId,
            },
          )
        ).map(({ spanId }) => spanId)
      await events.hide({ spans: `NOT (spanId IN (SELECT '${first}'))`, payloads: `input != 'it''s \\ gone'` })
      expect(await found()).toEqual([second])
      expect(await found('SETTINGS additional_table_filters = {}')).toEqual([first, second])
      expect(await found()).toEqual([second])
      const aside = await events.aside('export', `SELECT spanId FROM spans WHERE spanId = '${first}'`, { format: 'JSONEachRow' })
      expect(Buffer.from(aside).toString()).toBe('')
      await events.hide({})
      expect(await found()).toEqual([first, second])
    })

    test('twenty thousand rows are one block, so one part', async () => {
      const { projectId, startedAt } = span({})
      const input = 'some English text about nothing in particular, '.repeat(40)
      const lines = Array.from({ length: 20_000 }, (_, index) =>
        JSON.stringify({ projectId, traceId: 'b'.repeat(32), spanId: index.toString(16).padStart(16, '0'), startedAt, input }),
      )
      await events.command('SYSTEM STOP MERGES payloads')
      try {
        await events.insert('payloads', lines, unique())
        const rows = await events.query(
          'SELECT count() AS rows, uniqExact(_part) AS parts FROM payloads WHERE projectId = {project:String}',
          {
            project: projectId,
          },
        )
        expect(rows).toEqual([{ rows: 20_000, parts: 1 }])
      } finally {
        await events.command('SYSTEM START MERGES payloads')
      }
    })

    test.each([
      ['a text where a time belongs', { startedAt: 'yesterday' }],
      ['a field that the table does not have', { startedAd: 1 }],
      ['a null where a text belongs', { statusMessage: null }],
      ['a text where a number belongs', { durationMs: 'many' }],
    ])('a bad row (%s) makes the whole block fail, and the error names it', async (_, fault) => {
      const { projectId } = span({})
      const rows = Array.from({ length: 300 }, () => ({ ...span({ projectId }) }))
      const lines = rows.map((row, index) => JSON.stringify(index === 200 ? { ...row, ...fault } : row))
      const token = unique()
      await expect(events.insert('spans', lines, token)).rejects.toMatchObject({ row: 201, code: expect.stringMatching(/^\d+$/) })
      expect(await counts(events, projectId)).toMatchObject({ spans: 0, rolledUp: 0 })
      await events.insert('spans', lines.toSpliced(200, 1), token)
      expect(await counts(events, projectId)).toMatchObject({ spans: 299, rolledUp: 299 })
    })

    test('a table that is missing is the fault of the store, not of the rows', async () => {
      await expect(events.insert('no_such_table', ['{}'], unique())).rejects.toMatchObject({ code: 'unavailable' })
      await expect(events.insert('spans; DROP TABLE spans', ['{}'], unique())).rejects.toMatchObject({ code: 'invalid-request' })
    })

    test('an empty block is nothing', async () => {
      await events.insert('spans', [], unique())
    })

    test('reads and writes at the same time do not disturb each other', async () => {
      const { projectId } = span({})
      await Promise.all(
        Array.from({ length: 12 }, async (_, index) => {
          await events.insert('spans', [JSON.stringify(span({ projectId }))], unique())
          expect(await events.query('SELECT {index:UInt32} AS index', { index })).toEqual([{ index }])
        }),
      )
      expect((await counts(events, projectId)).spans).toBe(12)
    })

    test('migrations are safe again and at the same time', async () => {
      await Promise.all([migrateEvents(events), migrateEvents(events), migrateEvents(events)])
      const applied = await events.query<{ version: number }>('SELECT version FROM event_migrations ORDER BY version')
      expect(applied.map(({ version }) => version)).toEqual(eventMigrations().map(({ version }) => version))
    })

    test('a store of a newer program is refused in words', async () => {
      const older = eventMigrations().slice(0, -1)
      await expect(migrateEvents(events, older)).rejects.toThrow(/newer Signalbox.*version \d+ \(\w+\), this program knows \d+/)
    })

    test.each(Object.keys(TABLES) as TableName[])('%s has every column of the schema, as the schema says', async (table) => {
      const stored = await events.query<{ name: string; type: string; fallback: string; codec: string }>(
        `SELECT name, type, default_expression AS fallback, compression_codec AS codec FROM system.columns
         WHERE database = currentDatabase() AND table = {table:String} AND default_kind != 'MATERIALIZED'`,
        { table },
      )
      // A difference means that the schema changed without a migration: write the next one, ALTER TABLE … ADD COLUMN IF NOT EXISTS.
      const expected = columnsOf(table).map(({ name, type, fallback, codec }) => ({
        name,
        type,
        fallback: fallback === null ? '' : `'${fallback}'`,
        codec: codec === null ? '' : `CODEC(${codec})`,
      }))
      expect(stored).toEqual(expected)
    })

    test('rows survive kill -9 once their insert has returned, in the rollup too, and so does their token', async () => {
      const rows = Array.from({ length: 50 }, () => span({ projectId: unique() }))
      const projectId = rows[0]?.projectId ?? ''
      const block = { table: 'spans', lines: rows.map((row) => JSON.stringify({ ...row, projectId })), token: unique() }
      events = await backend.insertThenKill(block)
      const survived = { spans: 50, payloads: 0, rolledUp: 50 }
      expect(await counts(events, projectId)).toEqual(survived)
      await events.insert(block.table, block.lines, block.token)
      expect(await counts(events, projectId)).toEqual(survived)
    })
  })
}

const unique = (): string => `t${randomBytes(8).toString('hex')}`

function span(given: Partial<NewSpanRow>): NewSpanRow {
  return {
    projectId: unique(),
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    kind: 'llm',
    name: 'chat',
    source: 'otlp',
    status: 'ok',
    startedAt: 1_795_176_000_000_000,
    durationMs: 12,
    receivedAt: 1_795_176_001_000_000,
    ...given,
  }
}

async function counts(events: Events, project: string): Promise<{ spans: number; payloads: number; rolledUp: number }> {
  const [row] = await events.query<{ spans: number; payloads: number; rolledUp: number }>(
    `SELECT (SELECT count() FROM spans WHERE projectId = {project:String}) AS spans,
            (SELECT count() FROM payloads WHERE projectId = {project:String}) AS payloads,
            (SELECT max(sum) FROM (SELECT sum(spans) AS sum FROM spans_1m WHERE projectId = {project:String}
                              UNION ALL SELECT sum(spans) FROM spans_1h WHERE projectId = {project:String})) AS rolledUp`,
    { project },
  )
  return row ?? { spans: -1, payloads: -1, rolledUp: -1 }
}
