import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ScoreRow, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrateEvents } from '../../../store/events/migrate.ts'
import { openEvents } from '../../../store/events/open.ts'
import type { Events } from '../../../store/ports.ts'
import { rewrite } from './rewrite.ts'
import { assertKnownTables, MOST_SQL_ROWS, runSql, sqlTables } from './run-sql.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-sql-'))
const NOW = Date.UTC(2026, 10, 20, 12) * 1000
const SECRET = 'topsecret'
let events: Events

beforeAll(async () => {
  events = await openEvents({ folder: join(folder, 'store') })
  await migrateEvents(events)
  const write = async (projectId: string, count: number, name: string) => {
    const ids = (at: number) => ({ projectId, traceId: `${name.charCodeAt(0)}${at}`.padStart(32, '0'), spanId: `${at}`.padStart(16, '0') })
    const spans = Array.from({ length: count }, (_, at) =>
      SpanRow.parse({
        ...ids(at),
        entry: 1,
        kind: 'llm',
        name: `${name}${at}`,
        source: 'otlp',
        status: at % 5 === 0 ? 'error' : 'ok',
        model: at % 2 === 0 ? 'gpt-4o' : 'claude',
        startedAt: NOW - at * 1_000_000,
        durationMs: at,
        usageOutput: at,
        cost: at * 1_000_000,
        userId: name,
        tags: [name, 'all'],
        metadata: { tier: name },
        receivedAt: NOW,
      }),
    )
    await events.insert(
      'spans',
      spans.map((row) => JSON.stringify(row)),
      `s-${name}`,
    )
    await events.insert(
      'payloads',
      spans.map(({ startedAt }, at) => JSON.stringify({ ...ids(at), startedAt, input: `ask ${name}`, output: `say ${name}` })),
      `p-${name}`,
    )
    const score = ScoreRow.parse({
      id: `score-${name}`,
      ...ids(1),
      name: 'helpful',
      type: 'numeric',
      value: 1,
      source: 'api',
      at: NOW,
      receivedAt: NOW,
    })
    await events.insert('scores', [JSON.stringify(score)], `c-${name}`)
  }
  await write('shop', 20, 'mine')
  await write('other', 30, SECRET)
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const rows = async (sql: string): Promise<unknown[][]> => (await runSql(events, 'shop', sql)).rows

describe('answers', () => {
  test.each<[string, string, unknown[][]]>([
    ['a count', 'SELECT count() FROM spans', [[20]]],
    ['a small word, a comment and a semicolon', '/* how many */ select COUNT(*) from spans -- all\n;', [[20]]],
    [
      'groups',
      `SELECT model, count() AS n FROM spans WHERE status = 'ok' GROUP BY model HAVING n > 1 ORDER BY n DESC, model LIMIT 5`,
      [
        ['claude', 8],
        ['gpt-4o', 8],
      ],
    ],
    ['money in USD', "SELECT round(sum(cost), 6), max(costParts['input']) FROM spans", [[0.19, 0]]],
    [
      'metadata and tags',
      `SELECT count() FROM spans WHERE metadata['tier'] = 'mine' AND has(tags, 'all') AND 'mine' IN ('a', 'mine')`,
      [[20]],
    ],
    [
      'a join with aliases',
      `SELECT count() FROM spans AS s INNER JOIN payloads p ON s.spanId = p.spanId AND s.traceId = p.traceId WHERE p.input LIKE 'ask%'`,
      [[20]],
    ],
    [
      'names of tables before columns',
      'SELECT count(spans.name) FROM spans LEFT JOIN scores USING (traceId, spanId) WHERE scores.value = 1',
      [[1]],
    ],
    ['several tables with commas', 'SELECT count() FROM spans a, scores AS b WHERE a.spanId = b.spanId', [[1]]],
    ['a query in IN', `SELECT count() FROM spans WHERE spanId IN (SELECT spanId FROM scores WHERE name = 'helpful')`, [[1]]],
    [
      'a query that WITH names',
      `WITH slow AS (SELECT * FROM spans WHERE durationMs > 10), 3 AS three SELECT count(), any(three), min(slow.durationMs) FROM slow`,
      [[9, 3, 11]],
    ],
    ['a query named like a table of the store', `WITH spans_1m AS (SELECT 7 AS x) SELECT x FROM spans_1m`, [[7]]],
    ['a query in FROM, and UNION', `SELECT n FROM ((SELECT 1 AS n) UNION ALL (SELECT count() AS n FROM spans)) ORDER BY n`, [[1], [20]]],
    [
      'windows',
      'SELECT name FROM (SELECT name, row_number() OVER (PARTITION BY model ORDER BY durationMs DESC) AS nth FROM spans) WHERE nth = 1 ORDER BY name',
      [['mine18'], ['mine19']],
    ],
    [
      'arrays joined',
      `SELECT tag, count() FROM spans ARRAY JOIN tags AS tag GROUP BY tag ORDER BY tag`,
      [
        ['all', 20],
        ['mine', 20],
      ],
    ],
    [
      'lambdas, casts and intervals',
      `SELECT arrayMap(x -> x + 1, [1, 2]), CAST('5' AS UInt8), '1.5'::Float64, toDate(min(startedAt)) >= toDate('2026-11-01') - INTERVAL 1 DAY FROM spans`,
      [[[2, 3], 5, 1.5, 1]],
    ],
    ['CASE', `SELECT CASE WHEN count() > 5 THEN 'many' ELSE 'few' END FROM spans`, [['many']]],
    [
      'quantiles',
      'SELECT round(quantile(0.5)(durationMs)), quantileIf(0.5)(durationMs, durationMs > 100) IS NULL OR true FROM spans',
      [[10, true]],
    ],
    [
      'times by the hour',
      `SELECT toStartOfHour(startedAt) AS hour, count() FROM spans GROUP BY hour ORDER BY hour LIMIT 1`,
      [['2026-11-20 11:00:00', 19]],
    ],
    ['a filter that is pushed down', `SELECT count() FROM spans WHERE startedAt > toDateTime64('2026-11-20 11:59:55', 6)`, [[5]]],
    [
      'what only looks like SQL in text',
      `SELECT count() FROM spans WHERE name != '; DROP TABLE spans -- FROM system.tables' AND name != 'it''s \\' FROM x'`,
      [[20]],
    ],
  ])('%s', async (_, sql, expected) => expect(await rows(sql)).toEqual(expected))

  test('with the names and types of columns, at most 10,000 rows', async () => {
    expect(await runSql(events, 'shop', `SELECT 1 AS a, 'x' AS b`)).toMatchObject({
      columns: [
        { name: 'a', type: 'UInt8' },
        { name: 'b', type: 'String' },
      ],
      rows: [[1, 'x']],
      truncated: false,
    })
    const many = await runSql(events, 'shop', 'SELECT arrayJoin(range(20000)) AS n')
    expect(many.rows).toHaveLength(MOST_SQL_ROWS)
    expect(many.truncated).toBe(true)
  })

  test('a span that was sent again counts once', async () => {
    const again = SpanRow.parse({
      projectId: 'twice',
      traceId: 'e'.repeat(32),
      spanId: 'e'.repeat(16),
      kind: 'llm',
      name: 'x',
      source: 'otlp',
      status: 'ok',
      startedAt: NOW,
      durationMs: 1,
      receivedAt: NOW,
    })
    await events.insert('spans', [JSON.stringify(again)], 'one')
    await events.insert('spans', [JSON.stringify({ ...again, name: 'y', receivedAt: NOW + 1 })], 'two')
    expect((await runSql(events, 'twice', 'SELECT name FROM spans')).rows).toEqual([['y']])
  })

  test('which tables and columns there are', async () => {
    const tables = await sqlTables(events, 'shop')
    expect(tables.map(({ name }) => name)).toEqual(['spans', 'payloads', 'scores'])
    const names = tables[0]?.columns.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['traceId', 'cost', 'answeredBy', 'metadata', 'usageCacheRead']))
    expect(names).not.toContain('projectId')
  })
})

/** Each would read more than the project, change something, or learn about the machine. */
const ATTACKS: string[] = [
  // Other tables, by every way that a table can be named.
  'SELECT * FROM system.tables',
  'SELECT * FROM default.spans',
  'SELECT * FROM event_migrations',
  'SELECT * FROM spans_1m',
  'SELECT * FROM `default`.`spans`',
  'SELECT * FROM "default"."spans"',
  'SELECT * FROM `default.spans`',
  'SELECT * FROM spans, event_migrations',
  'SELECT * FROM spans AS a, default.spans AS b',
  'SELECT * FROM spans JOIN event_migrations ON 1 = 1',
  'SELECT * FROM spans CROSS JOIN system.one',
  'SELECT * FROM (system.tables)',
  'SELECT * FROM ((default.spans))',
  'SELECT * FROM (spans_1m)',
  'SELECT 1 WHERE 1 IN spans_1m',
  'SELECT 1 WHERE 1 IN (spans_1m)',
  'SELECT 1 WHERE 1 IN ((spans_1m))',
  `SELECT 1 WHERE ('a', 'b') IN (spans_1m)`,
  'SELECT in(1, spans_1m)',
  'SELECT 1 WHERE 1 NOT IN (event_migrations)',
  'SELECT 1 WHERE 1 GLOBAL IN event_migrations',
  'SELECT notIn(1, event_migrations)',
  'SELECT nullIn(1, event_migrations)',
  'SELECT 1 IN (identity(event_migrations))',
  'SELECT EXISTS(spans_1m)',
  'SELECT EXISTS (SELECT * FROM spans_1m)',
  'SELECT (SELECT count() FROM spans_1m)',
  'SELECT count() FROM spans WHERE traceId IN (SELECT traceId FROM default.spans)',
  'SELECT 1 UNION ALL SELECT count() FROM default.spans',
  'SELECT 1 UNION ALL (SELECT count() FROM spans_1m)',
  'SELECT 1 EXCEPT SELECT count() FROM spans_1m',
  'FROM default.spans SELECT *',
  'SELECT * FROM (FROM default.spans SELECT *)',
  'FROM spans SELECT *',
  // Names that hide where the tables end.
  'SELECT * FROM spans AS where, event_migrations',
  'SELECT * FROM spans where, event_migrations',
  'SELECT * FROM spans AS limit, event_migrations',
  'SELECT * FROM spans select, event_migrations',
  'SELECT * FROM spans AS a JOIN scores select ON 1 = 1, event_migrations',
  'SELECT * FROM spans offset, event_migrations',
  'SELECT * FROM spans AS a ARRAY JOIN tags, event_migrations',
  'SELECT * FROM spans `array` JOIN event_migrations ON 1',
  'SELECT * FROM spans AS a ARRAY JOIN tags AS t JOIN event_migrations ON 1 = 1',
  'SELECT * FROM spans a JOIN scores b USING traceId, event_migrations',
  'SELECT * FROM spans group, event_migrations',
  // Names of WITH outside of where they hold, and over those of tables.
  'SELECT * FROM (WITH spans_1m AS (SELECT 1) SELECT * FROM spans_1m) AS a, spans_1m',
  'SELECT * FROM (WITH event_migrations AS (SELECT 1) SELECT * FROM event_migrations) AS a CROSS JOIN event_migrations',
  'WITH spans AS (SELECT * FROM default.spans) SELECT * FROM spans',
  'WITH `spans` AS (SELECT 1) SELECT * FROM spans',
  'WITH RECURSIVE x AS (SELECT * FROM spans_1m) SELECT * FROM x',
  `WITH x AS (SELECT * FROM merge('default', 'spans')) SELECT * FROM x`,
  // Functions that read, run, wait or tell.
  `SELECT * FROM file('/etc/passwd', 'LineAsString', 'x String')`,
  `SELECT file('/etc/passwd')`,
  `SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString', 'x String')`,
  `SELECT * FROM s3('http://127.0.0.1:1/x')`,
  `SELECT * FROM remote('127.0.0.1', default.spans)`,
  `SELECT * FROM cluster('default', default.spans)`,
  `SELECT * FROM merge('default', '.*')`,
  `SELECT * FROM executable('id', 'TabSeparated', 'x String')`,
  `SELECT * FROM view(SELECT * FROM default.spans)`,
  `SELECT * FROM loop(default.spans)`,
  `SELECT * FROM numbers(10)`,
  `SELECT * FROM values('x Int8', 1)`,
  `SELECT * FROM mysql('a:1', 'b', 'c', 'd', 'e')`,
  `SELECT * FROM sqlite('/etc/passwd', 'x')`,
  `SELECT * FROM input('x String')`,
  `SELECT * FROM generateRandom('x Int8')`,
  `SELECT * FROM mergeTreeIndex('default', 'spans')`,
  `SELECT joinGet('default.spans', 'name', 1)`,
  `SELECT dictGet('default.spans', 'name', 1)`,
  'SELECT sleep(3)',
  'SELECT sleepEachRow(1) FROM spans',
  'SELECT hostName(), version(), currentUser(), currentDatabase()',
  `SELECT getSetting('max_memory_usage')`,
  `SELECT getServerSetting('x')`,
  `SELECT getMacro('x')`,
  `SELECT hasColumnInTable('default', 'spans', 'projectId')`,
  `SELECT addressToSymbol(1)`,
  `SELECT buildId(), uptime(), filesystemAvailable()`,
  'SELECT `hostName`()',
  'SELECT "file"(\'/etc/passwd\')',
  'SELECT * APPLY(hostName) FROM spans',
  `SELECT arrayReduce('sum', [1])`,
  `SELECT initializeAggregation('sum', 1)`,
  `SELECT evalMLMethod(1)`,
  `SELECT COLUMNS('projectId') FROM spans`,
  // Clauses and statements that are not a SELECT.
  'SELECT 1 SETTINGS max_execution_time = 1000',
  'SELECT * FROM (SELECT 1 SETTINGS readonly = 0)',
  'SELECT 1 FORMAT CSV',
  `SELECT 1 INTO OUTFILE '/tmp/signalbox-outfile'`,
  'SELECT 1; DROP TABLE spans',
  'SELECT 1; SELECT * FROM system.tables',
  'DROP TABLE spans',
  `INSERT INTO spans SELECT * FROM spans`,
  'ALTER TABLE spans DELETE WHERE 1',
  'TRUNCATE TABLE spans',
  'CREATE TABLE x (a Int8) ENGINE = Memory',
  'SET readonly = 0',
  'SHOW TABLES',
  'DESCRIBE spans',
  'EXPLAIN SELECT 1',
  'EXISTS TABLE spans',
  'KILL QUERY WHERE 1',
  'USE system',
  'SYSTEM SHUTDOWN',
  'GRANT ALL ON *.* TO default',
  `BACKUP TABLE spans TO File('/tmp/x')`,
  'ATTACH DATABASE x',
  '(DROP TABLE spans)',
  // The engine's other quotes, parameters and comments.
  `SELECT $$a$$`,
  'SELECT {p0:String}',
  'SELECT * FROM {p0:Identifier}',
  'SELECT ? FROM spans',
  'SELECT \u2018x\u2019',
  'SELECT 1 # FROM spans',
  `SELECT 'open`,
  'SELECT `a\\`` FROM spans',
  'SELECT /* FROM default.spans',
  'SELECT 1) UNION ALL SELECT name FROM (SELECT * FROM default.spans',
  'SELECT 1 ) , ( SELECT 2',
  'SELECT projectId FROM spans',
  'SELECT _part FROM spans',
  'SELECT spans.projectId FROM spans',
  'SELECT @@version',
  '\u0000SELECT 1',
  'SELECT',
  `${'('.repeat(100)}SELECT 1${')'.repeat(100)}`,
]

describe('refuses, and says why', () => {
  test.each(ATTACKS)('%s', async (sql) => {
    const answer = await runSql(events, 'shop', sql).then(
      (found) => ({ found, error: undefined }),
      (error: unknown) => ({ found: undefined, error }),
    )
    expect(answer.found).toBeUndefined()
    expect(answer.error).toMatchObject({ code: 'invalid-request', message: expect.stringMatching(/\w/) })
  })

  test('and everything is as it was', async () => {
    expect(await rows('SELECT count() FROM spans')).toEqual([[20]])
    expect((await runSql(events, 'other', 'SELECT count() FROM spans')).rows).toEqual([[30]])
    expect(await events.query('SELECT count() AS n FROM spans')).toEqual([{ n: 52 }])
    expect(readdirSync(tmpdir())).not.toContain('signalbox-outfile')
  })
})

test('whatever is put together out of its words, nothing of another project is answered', async () => {
  const words =
    `SELECT FROM WHERE JOIN , , ( ) ( ) AS AS IN UNION ALL WITH ARRAY spans payloads scores event_migrations spans_1m default.spans system.tables x y * name userId 1 = ON USING LIMIT GROUP BY ORDER a.b`.split(
      ' ',
    )
  let seed = 7
  const below = (n: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * n)
  }
  let ran = 0
  for (let round = 0; round < 4000; round++) {
    const middle = Array.from({ length: 1 + below(9) }, () => words[below(words.length)]).join(' ')
    const sql = `SELECT * FROM spans ${middle}`
    try {
      // Only what our own gate lets pass reaches the engine.
      rewrite(sql, 'shop')
    } catch {
      continue
    }
    const answer = await runSql(events, 'shop', sql).catch((error: unknown) => {
      expect(error, sql).toMatchObject({ code: 'invalid-request' })
      // The second gate found what the first let pass: that would be a hole in it.
      expect((error as Error).message, sql).not.toMatch(/would read/)
      return undefined
    })
    if (!answer) continue
    ran++
    expect(JSON.stringify(answer.rows), sql).not.toContain(SECRET)
  }
  expect(ran).toBeGreaterThan(10)
})

test('each token that is no word of SQL reaches the engine as a name in backticks', () => {
  const { text } = rewrite('SELECT settings, format, "my name" FROM spans final ORDER BY into', 'shop')
  for (const name of ['settings', 'format', 'my name', 'final', 'into']) expect(text).toContain(`\`${name}\``)
})

test('what the engine understood is looked at as well', () => {
  const tree = ['QUERY id: 0', '  JOIN TREE', '    TABLE id: 3, alias: __table1, table_name: default.spans']
  expect(() => assertKnownTables(tree)).not.toThrow()
  expect(() => assertKnownTables([...tree, '    TABLE id: 4, table_name: default.event_migrations'])).toThrow(/event_migrations/)
  expect(() => assertKnownTables([...tree, '    TABLE id: 4, table_name: system.spans, final: 1'])).toThrow(/system.spans/)
  expect(() => assertKnownTables([...tree, '    TABLE_FUNCTION id: 4, table_function_name: file'])).toThrow(/table function/)
})

describe('limits', () => {
  test.each([
    ['memory', 'SELECT groupArray(n) FROM (SELECT arrayJoin(range(300000000)) AS n)'],
    ['a large value', `SELECT repeat('a', 2000000000)`],
    ['an answer', `SELECT repeat('a', 100000) FROM (SELECT arrayJoin(range(9000)))`],
  ])('of %s', async (_, sql) => {
    await expect(runSql(events, 'shop', sql)).rejects.toMatchObject({ code: 'invalid-request', hint: expect.any(String) })
  })

  test('of how many wait', async () => {
    const slow = `SELECT sum(cityHash64(a, b)) FROM (SELECT arrayJoin(range(2000)) AS a) AS x CROSS JOIN (SELECT arrayJoin(range(2000)) AS b) AS y`
    const results = await Promise.allSettled(Array.from({ length: 14 }, () => runSql(events, 'shop', slow)))
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason)
    expect(refused.length).toBeGreaterThan(0)
    for (const error of refused) expect(error).toMatchObject({ code: 'rate-limited' })
    expect(await rows('SELECT 1')).toEqual([[1]])
  })

  test('and the limits of one query are not left to those of others', async () => {
    await rows('SELECT 1')
    const [row] = await events.query<{ readonly: string; threads: string }>(
      `SELECT getSetting('readonly') AS readonly, getSetting('max_threads') AS threads`,
    )
    expect(row).toEqual({ readonly: 0, threads: 2 })
  })
})

test('rows that are hidden are not to be seen with SQL either', async () => {
  await rows('SELECT 1')
  await events.hide({ spans: `userId != 'mine' OR durationMs < 5`, payloads: `input != 'ask mine'` })
  expect(await rows('SELECT count() FROM spans')).toEqual([[5]])
  expect(await rows('SELECT count() FROM payloads')).toEqual([[0]])
  await events.hide({})
  expect(await rows('SELECT count() FROM spans')).toEqual([[20]])
})
