import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Deletion, type NewDeletion, PayloadRow, ScoreRow, type SpanPatch, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { newSpanId, newTraceId } from '../../lib/ids.ts'
import { openFolder } from '../../store/blobs/folder.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Blobs, Events, Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { createTraceQueries } from '../queries/trace-queries.ts'
import { UNHIDDEN } from './deleted-rows.ts'
import { readDeletions, toDeletion } from './deletion-rows.ts'
import { createDeletions, type Deletions, forget } from './deletions.ts'
import { deletionHandlers } from './handlers.ts'

let folder: string
let sql: Sql
let events: Events
let blobs: Blobs
let deletions: Deletions
const warnings: unknown[] = []
const PATIENCE = { timeout: 60_000, interval: 100 }

const open = () =>
  createDeletions({ sql, events, blobs, quiesce: (work) => work(), warn: (details, what) => void warnings.push({ ...details, what }) })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deletions-'))
  sql = await openPglite('memory')
  events = await openEvents({ folder: join(folder, 'events') })
  blobs = await openFolder(join(folder, 'blobs'))
  await migrate(sql)
  await migrateEvents(events)
  // So that the files of replaced parts go within seconds instead of eight minutes.
  for (const table of ['spans', 'payloads', 'scores', 'patches', 'span_versions'])
    await events.command(
      `ALTER TABLE ${table} MODIFY SETTING old_parts_lifetime = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0`,
    )
  deletions = open()
  await deletions.start()
})
afterAll(async () => {
  await deletions.stop()
  await events[Symbol.asyncDispose]()
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

type Given = {
  projectId?: string
  traceId?: string
  userId?: string
  sessionId?: string
  text?: string
  receivedAt?: number
  startedAt?: number
}
const now = () => Date.now() * 1000

function span({
  projectId = 'shop',
  traceId = newTraceId(),
  userId = '',
  sessionId = '',
  text = 'hello',
  receivedAt = now() - 60_000_000,
  startedAt,
}: Given) {
  const spanId = newSpanId()
  const row = SpanRow.parse({
    projectId,
    traceId,
    spanId,
    kind: 'llm',
    name: text,
    source: 'otlp',
    status: 'ok',
    startedAt: startedAt ?? receivedAt - 1_000_000,
    durationMs: 100,
    model: 'm',
    usageInput: 10,
    usageOutput: 5,
    usageSource: 'provider',
    cost: 1000,
    userId,
    sessionId,
    receivedAt,
    inputPreview: text,
  })
  return {
    span: row,
    payload: PayloadRow.parse({ projectId, traceId, spanId, startedAt: row.startedAt, input: text, output: text, attributes: '' }),
  }
}

/** A trace as SDKs send one: only its root says whose it is. */
function trace(given: Given) {
  const traceId = given.traceId ?? newTraceId()
  const [root, child] = [span({ ...given, traceId }), span({ ...given, traceId, userId: '', sessionId: '' })]
  root.span.entry = 1
  return [root, child]
}

let inserts = 0
async function write(rows: ReturnType<typeof span>[]) {
  const token = `test-${inserts++}`
  await events.insert(
    'payloads',
    rows.map(({ payload }) => JSON.stringify(payload)),
    `${token}-p`,
  )
  await events.insert(
    'spans',
    rows.map((row) => JSON.stringify(row.span)),
    `${token}-s`,
  )
}

const score = (given: Partial<ScoreRow>) =>
  ScoreRow.parse({
    projectId: 'shop',
    id: newSpanId(),
    traceId: '',
    spanId: '',
    name: 'n',
    type: 'numeric',
    value: 1,
    source: 'api',
    at: now(),
    receivedAt: now() - 60_000_000,
    ...given,
  })

const patch = (given: Partial<SpanPatch>): SpanPatch => ({
  projectId: 'shop',
  traceId: newTraceId(),
  spanId: newSpanId(),
  at: now(),
  id: newSpanId(),
  source: 'langfuse',
  keyId: 'k',
  receivedAt: now() - 60_000_000,
  ofTrace: false,
  fields: {},
  ...given,
})

/** Rows of every table that do not belong to these traces, and a sum of all that is in them. */
async function checksums(others: readonly string[]): Promise<unknown> {
  const sums: unknown[] = []
  for (const table of ['spans', 'payloads', 'scores'])
    sums.push(
      await events.query(
        `SELECT '${table}' AS t, count() AS rows, sum(cityHash64(*)) AS sum FROM ${table} WHERE traceId NOT IN {others:Array(String)} ${UNHIDDEN}`,
        { others },
      ),
    )
  return sums
}
const rolledUp = async (projectId = 'shop') => {
  const read = (table: string) =>
    events.query(
      `SELECT sum(spans) AS spans, sum(inputTokens) AS input, sum(outputTokens) AS output, sum(cost) AS cost, sum(priced) AS priced, round(sum(generationMs)) AS ms FROM ${table} WHERE projectId = {projectId:String}`,
      { projectId },
    )
  return { minutes: await read('spans_1m'), hours: await read('spans_1h') }
}

const receipt = async (id: string): Promise<Deletion> => {
  const [row] = await readDeletions(sql, 'id = $1', [id])
  if (!row) throw new Error('no such deletion')
  return toDeletion(row)
}
const until = (id: string, status: Deletion['status'], patience = PATIENCE) =>
  vi.waitFor(async () => {
    const found = await receipt(id)
    expect(found, JSON.stringify(warnings)).toMatchObject({ status })
    return found
  }, patience)

test('a user is gone from every read when the request is answered, off every table after the job, and nothing else is touched', async () => {
  const others = Array.from({ length: 40 }, (_, index) => trace({ userId: `user-${index}`, sessionId: `s-${index}` })).flat()
  const before = await (async () => {
    await write(others)
    await write(trace({ projectId: 'other', userId: 'alice' }))
    return { sums: await checksums([]), rollups: await rolledUp(), other: await rolledUp('other') }
  })()
  const mine = Array.from({ length: 5 }, () => trace({ userId: 'alice', sessionId: 'alices', text: 'my secret' })).flat()
  const traceIds = mine.map((row) => row.span.traceId)
  await write(mine)
  await events.insert(
    'scores',
    [JSON.stringify(score({ traceId: traceIds[0] as string, comment: 'said by alice' })), JSON.stringify(score({ sessionId: 'alices' }))],
    'scores',
  )
  await events.insert('scores', [JSON.stringify(score({ sessionId: 's-1' }))], 'others-scores')
  const kept = await checksums([...traceIds, ''])

  const request = await deletions.request('shop', { subject: 'user', value: 'alice' }, 'acc_1')
  expect(request).toMatchObject({ status: 'hidden', spans: 10, traces: 5, requestedBy: 'acc_1', subject: 'user', value: 'alice' })
  const queries = createTraceQueries({ events })
  const input = { limit: 100 } as never
  expect((await queries.list('shop', input)).traces.filter(({ userId }) => userId === 'alice')).toEqual([])
  expect((await queries.spans('shop', { limit: 500, filter: [{ field: 'name', op: 'eq', value: 'my secret' }] } as never)).spans).toEqual(
    [],
  )
  await expect(queries.get('shop', traceIds[0] as string)).rejects.toThrow('no trace')
  expect(await events.query(`SELECT * FROM payloads WHERE input LIKE '%secret%'`)).toEqual([])
  expect(await events.query(`SELECT * FROM scores WHERE comment != ''`)).toEqual([])
  expect(await rolledUp()).toEqual(before.rollups)

  const done = await until(request.id, 'removed')
  expect(Object.fromEntries(done.removed.map(({ where, rows }) => [where, rows]))).toEqual({ payloads: 10, scores: 2, spans: 10 })
  expect(done.removed.find(({ where }) => where === 'payloads')?.bytes).toBe(10 * 2 * 'my secret'.length)
  for (const table of ['spans', 'payloads', 'scores', 'patches', 'span_versions'])
    expect(await events.query(`SELECT * FROM ${table} WHERE traceId IN {traceIds:Array(String)} ${UNHIDDEN}`, { traceIds }), table).toEqual(
      [],
    )
  expect(await checksums([''])).toEqual(kept)
  expect(await events.query('SELECT sessionId FROM scores')).toEqual([{ sessionId: 's-1' }])
  expect(before.sums).toEqual([((await checksums([])) as unknown[])[0], ((await checksums([])) as unknown[])[1], expect.anything()])
  expect(await rolledUp('other')).toEqual(before.other)
  expect((await queries.list('other', input)).traces).toHaveLength(1)

  const erased = await until(request.id, 'erased', { timeout: 240_000, interval: 500 })
  expect(erased.erasedAt).not.toBeNull()
  expect(
    await events.query(
      `SELECT name FROM system.parts WHERE NOT active AND table IN ('spans', 'payloads', 'scores') AND remove_time <= toDateTime({at:UInt32})`,
      { at: Math.floor(Date.parse(done.removedAt ?? '') / 1000) },
    ),
  ).toEqual([])
}, 320_000)

test('what an edge had before the request is dropped as it comes, with the rest of its trace; what it got later is kept', async () => {
  const early = trace({ userId: 'bob', text: 'bobs first' })
  await write(early.slice(0, 1))
  // A child of a trace whose root is still on its way: nothing tells yet that it is bob's.
  const [root, child] = trace({ userId: 'bob', text: 'bobs second' }) as [ReturnType<typeof span>, ReturnType<typeof span>]
  await write([child])
  const { id } = await deletions.request('shop', { subject: 'user', value: 'bob' }, '')
  const arrived = {
    rows: [
      root,
      early[1] as ReturnType<typeof span>,
      span({ userId: 'carol' }),
      ...trace({ userId: 'bob', receivedAt: now() + 1_000_000, text: 'new life' }),
    ],
    patches: [patch({ traceId: root.span.traceId }), patch({ fields: { userId: 'bob' } }), patch({})],
    scores: [score({ traceId: root.span.traceId }), score({ traceId: newTraceId() })],
  }
  const kept = await deletions.withoutDeleted(arrived)
  expect(kept.rows.map((row) => row.span.name)).toEqual(['hello', 'new life', 'new life'])
  expect(kept.patches).toEqual([arrived.patches[2]])
  expect(kept.scores).toEqual([arrived.scores[1]])
  await write(kept.rows)
  // The child that was there is found through its root.
  await vi.waitFor(async () => expect(await events.query(`SELECT 1 FROM spans WHERE name = 'bobs second'`)).toEqual([]), PATIENCE)
  const done = await until(id, 'removed')
  expect(done.late).toBe(5)
  expect(done.removed).toContainEqual(expect.objectContaining({ where: 'spans', rows: 2 }))
  expect(await events.query(`SELECT count() AS n FROM spans WHERE name = 'new life'`)).toEqual([{ n: 2 }])
  // Later ones of the same trace that an edge held back are known by their trace.
  expect((await deletions.withoutDeleted({ rows: [span({ traceId: root.span.traceId })], patches: [], scores: [] })).rows).toEqual([])
})

test('a trace, a session and a time', async () => {
  const [one] = trace({ sessionId: 'talk' })
  const two = trace({ sessionId: 'talk' })
  const at = now() - 86_400_000_000
  const old = [span({ startedAt: at }), span({ startedAt: at + 999_999 }), span({ startedAt: at + 1_000_000 })]
  await write([one as ReturnType<typeof span>, ...two, ...old])
  const traceId = two[0]?.span.traceId as string
  expect(await deletions.requestTrace('shop', traceId, '')).toMatchObject({ spans: 2, traces: 1, subject: 'trace' })
  await expect(deletions.requestTrace('shop', traceId, '')).rejects.toThrow('no trace')
  await expect(deletions.requestTrace('other', old[0]?.span.traceId as string, '')).rejects.toThrow('no trace')
  expect(await deletions.request('shop', { subject: 'session', value: 'talk' }, '')).toMatchObject({ spans: 1 })
  const timed = await deletions.request('shop', { subject: 'time', fromUs: at, toUs: at + 1_000_000 }, '')
  expect(timed).toMatchObject({ spans: 2 })
  await until(timed.id, 'removed')
  expect(await events.query(`SELECT 1 FROM spans WHERE traceId = {traceId:String}`, { traceId: old[2]?.span.traceId })).toHaveLength(1)
})

test('of a key what came in with it, also late, and not what another key sent into the same trace', async () => {
  const [one, other] = trace({ text: 'keyed' }) as [ReturnType<typeof span>, ReturnType<typeof span>]
  one.span.keyId = 'key_demo'
  other.span.keyId = 'key_app'
  await write([one, other])
  const { id, spans } = await deletions.request('shop', { subject: 'key', value: 'key_demo' }, '')
  expect(spans).toBe(1)
  const late = span({ traceId: one.span.traceId })
  late.span.keyId = 'key_demo'
  const own = span({ traceId: one.span.traceId })
  own.span.keyId = 'key_app'
  expect((await deletions.withoutDeleted({ rows: [late, own], patches: [], scores: [] })).rows).toEqual([own])
  await until(id, 'removed')
  expect(await events.query(`SELECT keyId FROM spans WHERE name = 'keyed'`)).toEqual([{ keyId: 'key_app' }])
})

test('a core that died on the way goes on, and shows nothing meanwhile', async () => {
  const mine = trace({ userId: 'dora', text: 'doras' })
  await write(mine)
  await deletions.stop()
  const dead = createDeletions({ sql, events, blobs, quiesce: () => Promise.reject(new Error('killed')), warn: () => {} })
  await expect(dead.request('shop', { subject: 'user', value: 'dora' }, '')).rejects.toThrow('killed')
  await dead.stop()
  await events.hide({})
  expect(await events.query(`SELECT 1 FROM spans WHERE userId = 'dora'`)).toHaveLength(1)
  deletions = open()
  await deletions.start()
  const [row] = await readDeletions(sql, `value = 'dora'`)
  const done = await until(row?.id ?? '', 'removed')
  expect(done.removed).toContainEqual(expect.objectContaining({ where: 'spans', rows: 2 }))
  expect(await events.query(`SELECT 1 FROM spans WHERE userId = 'dora'`)).toEqual([])
})

test('words of SQL in a name are a name', async () => {
  const name = `x' OR 1=1 --{id:String}\\`
  const before = await checksums([])
  await write(trace({ userId: name }))
  const { id, spans } = await deletions.request('shop', { subject: 'user', value: name }, '')
  expect(spans).toBe(2)
  await until(id, 'removed')
  expect(await checksums([])).toEqual(before)
})

test('files go with the last trace that uses them, and so do refused rows and payloads that name it', async () => {
  const [mine, others] = [trace({ userId: 'erin' }), trace({})]
  const [mineId, othersId] = [mine[0]?.span.traceId as string, others[0]?.span.traceId as string]
  await write([...mine, ...others])
  for (const [id, traces] of [
    ['only', [mineId]],
    ['shared', [mineId, othersId]],
  ] as const) {
    await blobs.put(`media/shop/${id}`, Buffer.from('a picture'))
    await sql.query(
      `insert into media (project_id, id, sha256, content_type, content_length, created_at) values ('shop', $1, '', 'image/png', 9, now() - interval '1 hour')`,
      [id],
    )
    for (const traceId of traces)
      await sql.query(`insert into media_uses (project_id, media_id, trace_id, span_id, field) values ('shop', $1, $2, '', 'input')`, [
        id,
        traceId,
      ])
  }
  const letter = (id: string, traceId: string) =>
    sql.query(
      `insert into dead_letters (id, project_id, batch_id, target, reason, row) values ($1, 'shop', '', 'spans', '', $2::text::jsonb)`,
      [id, JSON.stringify({ traceId })],
    )
  await letter('dead_mine', mineId)
  await letter('dead_other', othersId)
  const sample = (id: string, body: string) =>
    sql.query(`insert into ingest_samples values ($1, 'shop', now() - interval '1 hour', 'k', 's', 'e', 'r', 'm', $2, 1, false)`, [
      id,
      body,
    ])
  await sample('bad_mine', '{"user":"erin"}')
  await sample('bad_other', '{"user":"frank"}')
  const { id } = await deletions.request('shop', { subject: 'user', value: 'erin' }, '')
  const done = await until(id, 'removed')
  expect(done.removed).toEqual(
    expect.arrayContaining([
      { where: 'blobs', rows: 1, bytes: 9 },
      { where: 'dead_letters', rows: 1, bytes: null },
      { where: 'ingest_samples', rows: 1, bytes: null },
    ]),
  )
  expect(await blobs.get('media/shop/only')).toBeUndefined()
  expect(await blobs.get('media/shop/shared')).toBeDefined()
  expect(await sql.query('select id from dead_letters union all select id from ingest_samples order by id')).toEqual([
    { id: 'bad_other' },
    { id: 'dead_other' },
  ])
})

test('after a week a receipt names nobody, but still tells whether it was a given one', async () => {
  await write(trace({ userId: 'grace' }))
  const { id } = await deletions.request('shop', { subject: 'user', value: 'grace' }, '')
  await until(id, 'removed')
  await forget(sql, events)
  expect((await receipt(id)).value).toBe('grace')
  // Not waited for: the engine removes old files when it has time.
  await sql.query(`update deletions set status = 'erased' where id = $1`, [id])
  await forget(sql, events, Date.now() + 8 * 86_400_000)
  expect((await receipt(id)).value).toBe(`sha256:${createHash('sha256').update('grace').digest('hex')}`)
  await vi.waitFor(
    async () => expect(await events.query('SELECT 1 FROM deleted_spans WHERE deletionId = {id:String}', { id })).toEqual([]),
    PATIENCE,
  )
  await forget(sql, events, Date.now() + 8 * 86_400_000)
  expect((await receipt(id)).value).toHaveLength('sha256:'.length + 64)
})

test('many requests at once are removed together, and each has its own receipt', async () => {
  const users = Array.from({ length: 8 }, (_, index) => `crowd-${index}`)
  await write(users.flatMap((userId) => trace({ userId })))
  const requested = await Promise.all(users.map((value) => deletions.request('shop', { subject: 'user', value }, '')))
  expect(await events.query(`SELECT 1 FROM spans WHERE startsWith(userId, 'crowd-')`)).toEqual([])
  for (const { id } of requested) {
    const done = await until(id, 'removed')
    expect(done.removed).toContainEqual({ where: 'spans', rows: 2, bytes: null })
  }
})

test('what a deletion would find is counted before anything is deleted', async () => {
  const projectId = 'previewed'
  await write([...trace({ projectId, userId: 'u', sessionId: 's' }), ...trace({ projectId, userId: 'u' }), ...trace({ projectId })])
  const ask = deletionHandlers({ deletions, sql, events })
  const context = { caller: { projectId, permissions: ['*'] }, ip: '', sessionToken: undefined, setSession: () => {} }
  const preview = (wanted: NewDeletion) => ask['deletions.preview'](wanted, context)
  expect(await preview({ userId: 'u' })).toEqual({ traces: 2, spans: 4, firstAt: expect.any(String), lastAt: expect.any(String) })
  expect(await preview({ sessionId: 's' })).toMatchObject({ traces: 1, spans: 2 })
  expect(await preview({ userId: 'nobody' })).toEqual({ traces: 0, spans: 0, firstAt: null, lastAt: null })
  expect(await preview({ from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' })).toMatchObject({ traces: 3, spans: 6 })
  const before = await preview({ userId: 'u' })
  const { traces, spans } = await deletions.request(projectId, { subject: 'user', value: 'u' }, 'me')
  expect({ traces, spans }).toMatchObject({ traces: before.traces, spans: before.spans })
  expect(await preview({ userId: 'u' })).toMatchObject({ traces: 0 })
})
