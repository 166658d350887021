import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, type CallEnd, type CallStart, FRAME, noUsage, Query, type SpanWithPayload } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reconcile } from '../governance/reconcile.ts'
import { newId, newSpanId, newTraceId } from '../lib/ids.ts'
import { migrateEvents } from '../store/events/migrate.ts'
import { openEvents } from '../store/events/open.ts'
import type { Events, Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { type ApplyRooms, applyBatch } from './apply-batch.ts'
import { type BatchFrame, decodeBatch } from './decode-batch.ts'
import { groupsOf } from './groups-of.ts'
import { runQuery } from './queries/run-query.ts'
import { createTraceQueries } from './queries/trace-queries.ts'

let folder: string
let sql: Sql
let events: Events
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'apply-'))
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

type RecordedUse = Partial<CallEnd>
const NOW = Date.UTC(2026, 10, 20, 12) * 1000
const request = (text: string) => Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] }))
const answer = Buffer.from(JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'Good day' }, finish_reason: 'stop' }] }))

function call(
  projectId: string,
  change: { start?: Partial<CallStart>; end?: Partial<CallEnd>; body?: Buffer } = {},
): [BatchFrame, BatchFrame] {
  const id = newSpanId()
  const start: CallStart = {
    v: 1,
    projectId,
    keyId: 'key_1',
    traceId: newTraceId(),
    spanId: id,
    parentId: '',
    kind: 'llm',
    operation: 'chat',
    startedAt: NOW,
    requestModel: 'm',
    provider: 'openai',
    model: 'm',
    stream: false,
    sessionId: 's',
    userId: 'u',
    environment: '',
    tags: ['a'],
    metadata: { k: 'v' },
    requestBytes: 60,
    ...change.start,
  }
  const end: CallEnd = {
    v: 1,
    status: 'ok',
    errorType: '',
    statusMessage: '',
    httpStatus: 200,
    endedAt: NOW + 250_000,
    firstTokenMs: null,
    provider: 'openai',
    model: 'm-1',
    finishReason: 'stop',
    usage: { ...noUsage(), input: 10, output: 5 },
    usageSource: 'provider',
    cost: 1000,
    costParts: { input: 600, output: 400 },
    priceVersion: 'test',
    attempts: [{ provider: 'openai', model: 'm', status: 200, ms: 250, startedAt: 0 }],
    responseBytes: answer.length,
    sse: false,
    truncated: false,
    ...change.end,
  }
  return [
    { kind: FRAME.start, id, header: JSON.stringify(start), body: request('Hello') },
    { kind: FRAME.end, id, header: JSON.stringify(end), body: change.body ?? answer },
  ]
}

const whole = (rows: SpanWithPayload[]) => ({ rows, patches: [], scores: [] })
const rooms = (change: Partial<ApplyRooms> = {}): ApplyRooms => ({
  sql,
  events,
  estimate: async () => ({ ...noUsage(), input: 3, output: 2 }),
  price: () => ({ cost: 77, parts: { input: 77 }, version: 'own' }),
  decodeIngest: () => whole([]),
  markEntries: () => {},
  onApplied: () => {},
  ...change,
})
const apply = (id: string, frames: BatchFrame[], change?: Partial<ApplyRooms>) => applyBatch({ id, edgeId: 'e', frames }, rooms(change))

/** Everything that a batch must change exactly once. */
async function totals(projectId: string) {
  const [spans] = await events.query<{ n: number; cost: number }>(
    'select count() as n, sum(cost) as cost from spans where projectId = {projectId:String}',
    { projectId },
  )
  const [payloads] = await events.query<{ n: number }>('select count() as n from payloads where projectId = {projectId:String}', {
    projectId,
  })
  const [rollup] = await events.query<{ n: number; cost: number }>(
    'select sum(spans) as n, sum(cost) as cost from spans_1m where projectId = {projectId:String}',
    { projectId },
  )
  const [ledger] = await sql.query<{ calls: number; cost: number }>(
    'select coalesce(sum(calls), 0)::int as calls, coalesce(sum(cost_nano_usd), 0)::bigint as cost from ledger where project_id = $1',
    [projectId],
  )
  return { spans: [spans?.n, spans?.cost], payloads: payloads?.n, rollup: [rollup?.n, rollup?.cost], ledger: [ledger?.calls, ledger?.cost] }
}
const once = (n: number) => ({ spans: [n, n * 1000], payloads: n, rollup: [n, n * 1000], ledger: [n, n * 1000] })

test('a call becomes a row with its payload', async () => {
  await apply(newId('b'), call('one'))
  const [row] = await events.query<Record<string, unknown>>(`select * from spans where projectId = 'one'`)
  expect(row).toMatchObject({
    status: 'ok',
    provider: 'openai',
    model: 'm-1',
    requestModel: 'm',
    durationMs: 250,
    usageInput: 10,
    usageOutput: 5,
    cost: 1000,
    inputPreview: 'Hello',
    outputPreview: 'Good day',
    tags: ['a'],
    entry: 1,
  })
  const [payload] = await events.query<{ input: string; output: string }>(`select input, output from payloads where projectId = 'one'`)
  expect(payload).toEqual({ input: request('Hello').toString(), output: answer.toString() })
})

test('the same batch again changes nothing', async () => {
  const frames = [...call('again'), ...call('again')]
  await apply('again-1', frames)
  expect(await apply('again-1', frames)).toMatchObject({ repeated: true })
  expect(await totals('again')).toEqual(once(2))
})

test('a batch that stopped before its id was written finds its rows there, also after other batches', async () => {
  const frames = [...call('half'), ...call('half')]
  const broken: Sql = {
    ...sql,
    engine: '',
    query: sql.query.bind(sql),
    exec: sql.exec.bind(sql),
    transaction: () => Promise.reject(new Error('killed here')),
    [Symbol.asyncDispose]: async () => {},
  }
  await expect(apply('half-1', frames, { sql: broken })).rejects.toThrow('killed here')
  for (let n = 0; n < 50; n++) await apply(newId('b'), call('others'))
  await apply('half-1', frames)
  expect(await totals('half')).toEqual(once(2))
})

test('a large batch goes in by groups, exactly once, also when it stopped half-way', async () => {
  const stored: SpanWithPayload[] = []
  const note = (rows: readonly SpanWithPayload['span'][]) =>
    void stored.push(
      ...rows.map((span) => ({
        span,
        payload: {
          projectId: 'large',
          traceId: span.traceId,
          spanId: span.spanId,
          startedAt: span.startedAt,
          input: '',
          output: '',
          attributes: '',
        },
      })),
    )
  await apply(newId('b'), call('large'), { onApplied: note })
  const [template] = stored
  if (!template) throw new Error('no row')
  const bodies = [1, 2, 3, 4].map(
    (n): BatchFrame => ({
      kind: FRAME.ingest,
      id: newSpanId(),
      header: JSON.stringify({ projectId: 'large' }),
      body: Buffer.alloc(12 << 20, n),
    }),
  )
  const [start, end] = call('large')
  const decodeIngest = (_: unknown, body: Buffer) =>
    whole(
      Array.from({ length: 600 }, (_, index): SpanWithPayload => {
        const spanId = `${body[0]}${String(index).padStart(15, '0')}`
        return { span: { ...template.span, spanId, cost: 1000, source: 'otlp' }, payload: { ...template.payload, spanId } }
      }),
    )
  const frames = [start, ...bodies, end]
  expect(groupsOf(frames).length).toBeGreaterThan(2)
  const broken: Sql = {
    ...sql,
    engine: '',
    query: sql.query.bind(sql),
    exec: sql.exec.bind(sql),
    transaction: () => Promise.reject(new Error('killed here')),
    [Symbol.asyncDispose]: async () => {},
  }
  await expect(apply('large-1', frames, { decodeIngest, sql: broken })).rejects.toThrow('killed here')
  expect(await apply('large-1', frames, { decodeIngest })).toMatchObject({ spans: 2401, refused: 0 })
  expect(await totals('large')).toEqual({ spans: [2402, 2_402_000], payloads: 2402, rollup: [2402, 2_402_000], ledger: [2, 2000] })
})

test('a batch that fails is not over before its last insert is, so that no second try runs beside it', async () => {
  const stored: SpanWithPayload[] = []
  await apply(newId('b'), call('beside'), {
    onApplied: (rows) =>
      stored.push(
        ...rows.map((span) => ({
          span,
          payload: {
            projectId: 'beside',
            traceId: span.traceId,
            spanId: span.spanId,
            startedAt: span.startedAt,
            input: '',
            output: '',
            attributes: '',
          },
        })),
      ),
  })
  const [template] = stored
  if (!template) throw new Error('no row')
  const decodeIngest = () => whole(Array.from({ length: 600 }, () => template))
  const body = (n: number): BatchFrame => ({
    kind: FRAME.ingest,
    id: newSpanId(),
    header: JSON.stringify({ projectId: 'beside' }),
    body: Buffer.alloc(17 << 20, n),
  })
  let running = 0
  const slow = (fails: (table: string) => boolean): Events => ({
    ...events,
    engine: '',
    query: events.query.bind(events),
    command: events.command.bind(events),
    [Symbol.asyncDispose]: async () => {},
    async insert(table) {
      if (fails(table)) throw new AppError('unavailable', 'not now')
      running++
      await new Promise((resolve) => setTimeout(resolve, 100))
      running--
    },
  })
  await expect(apply('beside-1', [body(1)], { decodeIngest, events: slow((table) => table === 'payloads') })).rejects.toThrow('not now')
  expect(running).toBe(0)
  let questions = 0
  const failing: Sql = {
    ...sql,
    engine: '',
    exec: sql.exec.bind(sql),
    transaction: sql.transaction.bind(sql),
    [Symbol.asyncDispose]: async () => {},
    query: (text, params) => (++questions > 2 ? Promise.reject(new Error('sql is gone')) : sql.query(text, params)),
  }
  await expect(apply('beside-2', [body(2), body(3)], { decodeIngest, sql: failing, events: slow(() => false) })).rejects.toThrow(
    'sql is gone',
  )
  expect(running).toBe(0)
})

test('what tries used that told nothing is estimated, and the ledger has what the spans have', async () => {
  const failed = { provider: 'openai', status: 200, ms: 5, startedAt: 0, failure: 'transport' as const }
  const none = { usage: noUsage(), usageSource: 'none' as const, cost: null }
  const projectId = newId('project')
  const own: RecordedUse = { ...none, status: 'error', errorType: 'connection', attempts: [{ ...failed, model: 'last', cameBytes: 40 }] }
  const frames = [
    ...call(projectId, {
      end: {
        attempts: [
          { ...failed, model: 'a', cameBytes: 400 },
          { ...failed, model: 'b' },
        ],
      },
    }),
    // The last try is the call's, whether something came or nothing.
    ...call(projectId, { end: own, body: Buffer.alloc(0) }),
    // Its client left before another try began.
    ...call(projectId, {
      end: { ...none, usageSource: 'estimated', cost: 0, status: 'aborted', attempts: [{ ...failed, model: 'c', cameBytes: 0 }] },
      body: Buffer.alloc(0),
    }),
    // The provider refused: nothing was used.
    ...call(projectId, {
      end: { ...none, status: 'error', attempts: [{ ...failed, status: 500, model: 'd', failure: 'server' }] },
      body: Buffer.alloc(0),
    }),
  ]
  await apply(newId('b'), frames)
  const rows = await events.query<object>(
    `select operation, model, usageSource, inputTokens, outputTokens, cost from spans
     where projectId = {projectId:String} and usageSource = 'estimated' and inputTokens > 0 order by operation, outputTokens desc`,
    { projectId },
  )
  const estimated = { usageSource: 'estimated', inputTokens: 3, cost: 77 }
  expect(rows).toEqual([
    { ...estimated, operation: 'attempt', model: 'a', outputTokens: 100 },
    { ...estimated, operation: 'attempt', model: 'c', outputTokens: 0 },
    { ...estimated, operation: 'chat', model: 'm-1', outputTokens: 10 },
  ])
  const day = '2026-11-20'
  await sql.query(`insert into projects (id, name, created_at) values ($1, $1, now())`, [projectId])
  const { ok, differences, costUsd } = await reconcile({ sql, events, now: () => new Date() }, { projectId, from: day, to: day })
  expect({ ok, differences, costUsd }).toEqual({ ok: true, differences: [], costUsd: '0.000001231' })
})

test('a call that was refused is a span that owes nothing: the ledger has no such call, and neither has the error rate', async () => {
  const projectId = newId('project')
  await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [projectId])
  const none = { usage: noUsage(), usageSource: 'none' as const, cost: null, attempts: [] }
  const refused: RecordedUse = { ...none, status: 'error', errorType: 'budget-exceeded', provider: '', model: '', endedAt: NOW + 1 }
  const frames = [
    ...call(projectId),
    ...call(projectId, { end: { ...none, status: 'error', errorType: 'rate_limit' } }),
    ...call(projectId, { start: { provider: '', model: '' }, end: { ...refused, alike: 7 }, body: Buffer.alloc(0) }),
    ...call(projectId, { start: { provider: '', model: '' }, end: refused, body: Buffer.alloc(0) }),
  ]
  await apply(newId('b'), frames)
  const day = '2026-11-20'
  expect(await reconcile({ sql, events, now: () => new Date() }, { projectId, from: day, to: day })).toMatchObject({ ok: true, calls: 2 })
  const measures = ['calls', 'errors', 'errorRate', 'durationP50'] as const
  const window = { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' }
  const ask = (filters: Query['filters']) =>
    Promise.all(
      [{}, { source: 'spans' as const }].map((options) =>
        runQuery(events, projectId, Query.parse({ measures: [...measures], dimensions: [], filters, ...window }), options),
      ),
    )
  const all = [{ calls: 4, errors: 3, errorRate: 0.5, durationP50: 250 }]
  expect(await ask([])).toEqual([all, all])
  const only = [{ calls: 2, errors: 2, errorRate: null, durationP50: null }]
  expect(await ask([{ field: 'errorType', op: 'eq', value: 'budget-exceeded' }])).toEqual([only, only])
})

test('of a provider that told its input at the beginning, the output is what was said until it broke off', async () => {
  const projectId = newId('project')
  const usage = { ...noUsage(), input: 10, output: 1 }
  await apply(newId('b'), call(projectId, { end: { status: 'aborted', finishReason: '', usage } }))
  const [row] = await events.query<object>(
    `select inputTokens, outputTokens, usageSource, cost from spans where projectId = {projectId:String}`,
    {
      projectId,
    },
  )
  expect(row).toEqual({ inputTokens: 10, outputTokens: 2, usageSource: 'estimated', cost: 77 })
})

test('an input that was cut is marked as cut', async () => {
  const cut = async (requestBytes: number) => {
    const projectId = `cut-${requestBytes}`
    await apply(newId('b'), call(projectId, { start: { requestBytes } }))
    const [payload] = await events.query<{ attributes: string }>('select attributes from payloads where projectId = {projectId:String}', {
      projectId,
    })
    return (JSON.parse(payload?.attributes ?? '') as { truncated: boolean }).truncated
  }
  expect([await cut(request('Hello').length), await cut(1_000_000)]).toEqual([false, true])
})

test('a row that the store refuses goes to the dead letters, alone', async () => {
  const frames = [...call('bad'), ...call('bad', { end: { firstTokenMs: 'soon' as never } }), ...call('bad')]
  expect(await apply('bad-1', frames)).toMatchObject({ refused: 1, spans: 3 })
  const [spans] = await events.query<{ n: number }>(`select count() as n from spans where projectId = 'bad'`)
  expect(spans?.n).toBe(2)
  const letters = await sql.query<{ target: string; reason: string }>(`select target, reason from dead_letters where project_id = 'bad'`)
  expect(letters).toMatchObject([{ target: 'spans', reason: expect.stringMatching(/soon|parse/i) }])
})

test.each([
  ['half a character', '\ud800'],
  ['a zero', 'a\0b'],
])('%s in the name of a model does not hold up the batch', async (_, model) => {
  const projectId = newId('project')
  const frames = [...call(projectId, { end: { model } }), ...call(projectId, { end: { model: '\ud801' } }), ...call(projectId)]
  expect(await apply(newId('b'), frames)).toMatchObject({ spans: 3, refused: 0 })
  expect(await totals(projectId)).toEqual(once(3))
})

test('tokens name the frames of a group', async () => {
  const tokens: string[] = []
  const noting: Events = {
    ...events,
    engine: '',
    insert: (table, lines, token) => {
      tokens.push(token)
      return events.insert(table, lines, token)
    },
    [Symbol.asyncDispose]: async () => {},
  }
  const large = { requestBytes: 17 << 20 }
  const [start, end] = call('tokens')
  await apply('tokens-1', [start, { ...end, body: Buffer.alloc(17 << 20, '1') }, ...call('tokens', { start: large })], { events: noting })
  expect(tokens).toEqual(['0-2:payloads:0', '0-2:spans:0', '2-4:payloads:0', '2-4:spans:0'].map((token) => `tokens-1:${token}`))
})

test('a record that is no record is refused, alone', async () => {
  const frames = [
    { kind: FRAME.ingest, id: newSpanId(), header: JSON.stringify({ projectId: 'odd' }), body: Buffer.from('x') },
    ...call('odd'),
  ]
  const decodeIngest = () => {
    throw new Error('not OTLP')
  }
  expect(await apply('odd-1', frames, { decodeIngest })).toMatchObject({ refused: 1 })
  expect(await totals('odd')).toEqual(once(1))
})

test('a body that a client sends again after a lost answer counts once, in its project', async () => {
  const stored: SpanWithPayload[] = []
  await apply(newId('b'), call('resent'), {
    onApplied: (rows) =>
      stored.push(
        ...rows.map((span) => ({
          span,
          payload: {
            projectId: 'resent',
            traceId: span.traceId,
            spanId: span.spanId,
            startedAt: span.startedAt,
            input: '',
            output: '',
            attributes: '',
          },
        })),
      ),
  })
  const body = (projectId: string): BatchFrame => ({
    kind: FRAME.ingest,
    id: newSpanId(),
    header: JSON.stringify({ projectId, receivedAt: Math.random() }),
    body: Buffer.from('the same bytes'),
  })
  const decodeIngest = (header: { projectId: string }) =>
    whole(
      stored.map(({ span, payload }) => ({ span: { ...span, projectId: header.projectId, spanId: newSpanId(), source: 'otlp' }, payload })),
    )
  await apply(newId('b'), [body('resent'), body('resent')], { decodeIngest })
  await apply(newId('b'), [body('resent'), body('other')], { decodeIngest })
  const counts = await events.query<{ projectId: string; n: number }>(
    `select projectId, count() as n from spans where source = 'otlp' and projectId in ('resent', 'other') group by projectId order by projectId`,
  )
  expect(counts).toEqual([
    { projectId: 'other', n: 1 },
    { projectId: 'resent', n: 1 },
  ])
})

test('a call whose provider counted nothing is estimated and priced, and marked so', async () => {
  await apply(
    newId('b'),
    call('estimated', { end: { usage: noUsage(), usageSource: 'none', cost: null, costParts: {}, status: 'aborted' } }),
  )
  const [row] = await events.query<Record<string, unknown>>(`select * from spans where projectId = 'estimated'`)
  expect(row).toMatchObject({ usageSource: 'estimated', usageInput: 3, usageOutput: 2, cost: 77, priceVersion: 'own', status: 'aborted' })
})

test('a streamed answer is stored as the whole answer that it tells', async () => {
  const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`
  const tool = (delta: object) =>
    event({ id: 'c', choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...delta }] }, finish_reason: null }] })
  const sse =
    event({ id: 'c', choices: [{ index: 0, delta: { role: 'assistant', content: 'Let me ' } }] }) +
    event({ id: 'c', choices: [{ index: 0, delta: { content: 'look' } }] }) +
    tool({ id: 't1', type: 'function', function: { name: 'find', arguments: '{"a"' } }) +
    tool({ function: { arguments: ':1}' } }) +
    event({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }) +
    'data: [DONE]\n\n'
  await apply(newId('b'), call('stream', { end: { sse: true }, body: Buffer.from(sse) }))
  const [payload] = await events.query<{ output: string }>(`select output from payloads where projectId = 'stream'`)
  expect(JSON.parse(payload?.output ?? '').choices).toEqual([
    {
      index: 0,
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: 'Let me look',
        tool_calls: [{ index: 0, id: 't1', type: 'function', function: { name: 'find', arguments: '{"a":1}' } }],
      },
    },
  ])
})

test('spans of many years are stored at their times, and impossible times are moved but kept as sent', async () => {
  const rows: SpanWithPayload[] = []
  await apply(newId('b'), call('old'), {
    onApplied: (stored) =>
      rows.push(
        ...stored.map((span) => ({
          span,
          payload: { projectId: '', traceId: '', spanId: '', startedAt: 0, input: '', output: '', attributes: '' },
        })),
      ),
  })
  const template = rows[0]?.span
  if (!template) throw new Error('no row')
  const at = (startedAt: number): SpanWithPayload => {
    const spanId = newSpanId()
    return {
      span: { ...template, spanId, startedAt },
      payload: { projectId: 'old', traceId: template.traceId, spanId, startedAt, input: '', output: '', attributes: '{"a":1}' },
    }
  }
  const spread = [...Array.from({ length: 120 }, (_, week) => at(NOW - week * 7 * 86_400_000_000)), at(0), at(NOW * 4)]
  const frame = { kind: FRAME.ingest, id: newSpanId(), header: JSON.stringify({ projectId: 'old' }), body: Buffer.alloc(0) }
  expect(await apply(newId('b'), [frame], { decodeIngest: () => whole(spread) })).toMatchObject({ refused: 0 })
  const [count] = await events.query<{ n: number; first: number }>(
    `select count() as n, toYear(min(startedAt)) as first from spans where projectId = 'old'`,
  )
  expect(count).toEqual({ n: 123, first: 2016 })
  const moved = await events.query<{ attributes: string }>(
    `select attributes from payloads where projectId = 'old' and attributes like '%startedAtAsSent%' order by attributes`,
  )
  expect(moved.map(({ attributes }) => JSON.parse(attributes))).toMatchObject([
    { a: 1, startedAtAsSent: '1970-01-01T00:00:00.000Z' },
    { a: 1 },
  ])
})

test('the tries of a call are children of it: they cost what they cost and count as no call, however often they come', async () => {
  const route = { alias: 'm', strategy: 'fallback', reason: 'in its order', steps: [] }
  const frames = call('tries', {
    start: { variant: { split: 's1', arm: 'b', propensity: 0.5 } },
    end: {
      provider: 'azure',
      route,
      attempts: [
        { provider: 'openai', model: 'm', status: 429, ms: 40, startedAt: NOW + 1000, failure: 'rate', error: 'slow down', key: 1 },
        {
          provider: 'claude',
          model: 'c',
          status: 200,
          ms: 60,
          startedAt: NOW + 50_000,
          failure: 'timeout',
          error: 'too late',
          usage: { ...noUsage(), input: 7 },
          cost: 70,
        },
        { provider: 'azure', model: 'm', status: 200, ms: 141, startedAt: NOW + 110_000, reason: 'timeout at claude/c' },
      ],
    },
  })
  const batch = newId('b')
  await apply(batch, frames)
  const read = () =>
    events.query<Record<string, unknown>>(
      `select name, kind, operation, status, errorType, statusMessage, durationMs, parentId, spanId, cost, inputTokens, attempts, metadata, entry
       from spans where projectId = 'tries' order by startedAt, kind`,
    )
  const rows = await read()
  const [parent] = rows
  expect(rows).toMatchObject([
    { kind: 'llm', attempts: 3, cost: 1000, metadata: { split: 's1', variant: 'b' }, entry: 1 },
    { name: 'openai/m · 429 rate', kind: 'span', operation: 'attempt', status: 'error', errorType: 'rate', cost: null, inputTokens: 0 },
    { name: 'claude/c · 200 timeout', status: 'error', statusMessage: 'too late', cost: 70, inputTokens: 7, durationMs: 60 },
    // It ends no later than its call.
    { name: 'azure/m · 200', status: 'ok', durationMs: 140, cost: null, entry: 0 },
  ])
  expect(rows.slice(1).every(({ parentId }) => parentId === parent?.spanId)).toBe(true)
  const ledger = () =>
    sql.query(`select provider, calls::int, errors::int, input_tokens::int, cost_nano_usd::int, unpriced_calls::int
      from ledger where project_id = 'tries' order by provider`)
  const owed = [
    { provider: 'azure', calls: 1, errors: 0, input_tokens: 10, cost_nano_usd: 1000, unpriced_calls: 0 },
    { provider: 'claude', calls: 0, errors: 0, input_tokens: 7, cost_nano_usd: 70, unpriced_calls: 0 },
  ]
  expect(await ledger()).toEqual(owed)
  const [query] = await createTraceQueries({ events })
    .query('tries', {
      measures: ['calls', 'errors', 'costUsd', 'inputTokens', 'durationP50'],
      dimensions: [],
      filters: [],
      limit: 10,
    })
    .then(({ rows: found }) => found)
  expect(query).toEqual({ calls: 1, errors: 0, costUsd: '0.00000107', inputTokens: 17, durationP50: 250 })
  await sql.query(`insert into projects (id, name, created_at) values ('tries', 'tries', now())`)
  const days = { projectId: 'tries', from: '2026-11-20', to: '2026-11-20' }
  const compared = await reconcile({ sql, events, now: () => new Date() }, days)
  expect(compared).toMatchObject({ ok: true, differences: [], calls: 1, costUsd: '0.00000107' })
  // The same batch again makes nothing new, and decoding it again the same rows.
  await apply(batch, frames)
  expect([(await read()).length, await ledger()]).toEqual([4, owed])
  const again = await decodeBatch(frames, rooms())
  expect(again.rows.map(({ span }) => span.spanId)).toEqual(rows.map(({ spanId }) => spanId))
  const [{ payload } = expect.unreachable()] = again.rows
  expect(JSON.parse(payload.attributes)).toMatchObject({ route, variant: { arm: 'b' } })
})

test('what the last target used is estimated for it, not for the first', async () => {
  const asked: unknown[] = []
  const frames = call('estimated-last', {
    end: {
      status: 'aborted',
      usageSource: 'none',
      usage: noUsage(),
      cost: null,
      attempts: [
        { provider: 'openai', model: 'm', status: 500, ms: 1, startedAt: NOW, failure: 'server' },
        { provider: 'azure', model: 'other', status: 499, ms: 1, startedAt: NOW },
      ],
    },
  })
  await apply(newId('b'), frames, {
    price: ({ provider, model }) => {
      asked.push([provider, model])
      return { cost: 77, parts: {}, version: 'own' }
    },
  })
  expect(asked).toEqual([['azure', 'other']])
})

test('names of any length that clients choose stop no batch, and stay apart', async () => {
  const long = (last: string) => `${'ü'.repeat(2000)}${last}`
  const frames = ['a', 'b', 'a'].flatMap((last) =>
    call('long', { start: { userId: long(last), requestModel: long('m') }, end: { model: long('n'), provider: long('p') } }),
  )
  await sql.query(`insert into projects (id, name, created_at) values ('long', 'long', now())`)
  await apply(newId('batch'), frames)
  const rows = await sql.query<{ calls: number }>(`select calls::int from ledger where project_id = 'long' order by calls`)
  expect(rows).toEqual([{ calls: 1 }, { calls: 2 }])
  expect(
    (await reconcile({ sql, events, now: () => new Date(NOW / 1000) }, { projectId: 'long', from: '2026-11-20', to: '2026-11-20' }))
      .differences,
  ).toEqual([])
})
