import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Caller, NewScore, type NewSpanRow, SpanRow } from '@signalbox/schema'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mountForeign } from '../../http/foreign.ts'
import { spanIdOf, traceIdOf } from '../../lib/ids.ts'
import { createLog } from '../../lib/log.ts'
import { openFolder } from '../../store/blobs/folder.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Blobs, Events, Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { rootSpanOf } from '../../tracing/ingest/langfuse/ids.ts'
import { createTraceQueries } from '../../tracing/queries/trace-queries.ts'
import { toScoreRow } from '../../tracing/scores/score-row.ts'
import { langfuseApi } from './api.ts'
import { mediaIdOf } from './media.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-langfuse-'))
const NOW = Date.UTC(2026, 10, 20, 12) * 1000
let sql: Sql
let events: Events
let blobs: Blobs
let app: Hono

beforeAll(async () => {
  sql = await openPglite('memory')
  events = await openEvents({ folder: join(folder, 'events') })
  blobs = await openFolder(join(folder, 'blobs'))
  await migrate(sql)
  await migrateEvents(events)
  const callers: Record<string, Caller> = {
    'sk-sb-shop': { projectId: 'shop', permissions: ['*'] },
    'sk-sb-other': { projectId: 'other', permissions: ['*'] },
    'sk-sb-quiet': { projectId: 'quiet', permissions: ['*'] },
    'sk-sb-blind': { projectId: 'shop', permissions: ['traces:write'] },
  }
  const api = langfuseApi({
    sql,
    events,
    blobs,
    queries: createTraceQueries({ events }),
    version: '1.2.3',
    publicUrl: 'http://localhost',
    linkSecret: 'secret',
    maxMediaBytes: () => 1000,
    keepsContent: (projectId) => projectId !== 'quiet',
    projectName: async () => 'The shop',
  })
  const rooms = {
    log: createLog('core', 'silent'),
    callerOfKey: async (secret: string) => callers[secret],
    accountOfSession: async () => undefined,
    csrfTokenOf: () => '',
    roleIn: async () => undefined,
  }
  app = new Hono().route('/', mountForeign(api, rooms))
  await fill('shop')
  await fill('other')
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const TRACES = Array.from({ length: 5 }, (_, index) => `00000000-0000-4000-8000-00000000000${index}`)
const written = (trace: string, name: string) => trace.replace('-8000-', `-8${name.repeat(3)}-`)

/** Five traces as the older protocol leaves them, each with a generation below a span, and one of OpenTelemetry. */
async function fill(projectId: string): Promise<void> {
  const spans: SpanRow[] = []
  const payloads: object[] = []
  const add = (row: Partial<NewSpanRow> & Pick<NewSpanRow, 'traceId' | 'spanId'>, payload: object = {}) => {
    const span = SpanRow.parse({
      projectId,
      kind: 'span',
      name: 'n',
      source: 'langfuse',
      status: 'ok',
      startedAt: NOW,
      durationMs: 100,
      receivedAt: NOW,
      ...row,
    })
    spans.push(span)
    payloads.push({ projectId, traceId: span.traceId, spanId: span.spanId, startedAt: span.startedAt, ...payload })
  }
  for (const [index, trace] of TRACES.entries()) {
    const traceId = traceIdOf(projectId, trace)
    const startedAt = NOW - index * 1_000_000
    const root = rootSpanOf(traceId)
    const [outer, inner] = [written(trace, 'a'), written(trace, 'b')]
    const common = { traceId, externalId: trace, startedAt, userId: `user-${index % 2}`, sessionId: `session-${index % 2}` }
    add(
      {
        ...common,
        spanId: root,
        entry: 1,
        name: `trace ${index}`,
        tags: ['t', `t${index}`],
        metadata: { plan: 'pro', deep: '{"a":1}' },
        release: 'r1',
      },
      { input: '{"question":1}', output: 'plain', attributes: JSON.stringify({ id: trace, version: 'v7', public: true }) },
    )
    add(
      { ...common, spanId: spanIdOf(projectId, outer), parentId: root, name: 'outer', kind: 'chain' },
      { attributes: JSON.stringify({ id: outer, traceId: trace }) },
    )
    add(
      {
        ...common,
        spanId: spanIdOf(projectId, inner),
        parentId: spanIdOf(projectId, outer),
        name: 'answer',
        kind: 'llm',
        model: 'gpt-4o',
        status: index === 0 ? 'error' : 'ok',
        statusMessage: index === 0 ? 'no' : '',
        firstTokenMs: 25,
        usageInput: 10,
        usageCacheRead: 90,
        usageOutput: 5,
        cost: 3_000_000,
        costParts: { input: 1_000_000, output: 2_000_000 },
      },
      {
        input: '[{"role":"user","content":"hi"}]',
        attributes: JSON.stringify({
          id: inner,
          traceId: trace,
          parentObservationId: outer,
          modelParameters: { temperature: 0 },
          promptName: 'p',
          promptVersion: 2,
        }),
      },
    )
  }
  add({ traceId: 'f'.repeat(32), spanId: 'e'.repeat(16), entry: 1, source: 'otlp', name: 'otel root', startedAt: NOW - 60_000_000 })
  await events.insert(
    'payloads',
    payloads.map((row) => JSON.stringify(row)),
    `payloads-${projectId}`,
  )
  await events.insert(
    'spans',
    spans.map((row) => JSON.stringify(row)),
    `spans-${projectId}`,
  )
  const scores = [
    { id: 's-1', traceId: TRACES[0], name: 'quality', value: 0.5 },
    { id: 's-2', traceId: TRACES[0], spanId: written(TRACES[0] ?? '', 'b'), name: 'ok', value: true },
    { id: 's-3', sessionId: 'session-1', name: 'mood', value: 'good', metadata: { configId: 'c' } },
  ].map((given) => toScoreRow(NewScore.parse(given), { projectId, authorId: 'key_1', receivedAt: NOW, source: 'api' }))
  await events.insert(
    'scores',
    scores.map((row) => JSON.stringify(row)),
    `scores-${projectId}`,
  )
}

type Answer = Record<string, unknown> & { data: Record<string, unknown>[]; meta: object }

async function ask(path: string, { method = 'GET', key = 'sk-sb-shop', body }: { method?: string; key?: string; body?: unknown } = {}) {
  const authorization = `Basic ${Buffer.from(`pk-sb-x:${key}`).toString('base64')}`
  const response = await app.request(`/api/public${path}`, {
    method,
    headers: { authorization },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    answer: (text ? JSON.parse(text) : undefined) as Answer,
  }
}

describe('traces', () => {
  test('are listed page by page, the newest first, under the ids that their client wrote', async () => {
    const first = await ask('/traces?limit=4')
    expect(first.answer.meta).toEqual({ page: 1, limit: 4, totalItems: 6, totalPages: 2 })
    expect(first.answer.data.map(({ id }) => id)).toEqual(TRACES.slice(0, 4))
    const second = await ask('/traces?limit=4&page=2')
    expect(second.answer.data.map(({ id }) => id)).toEqual([TRACES[4], 'f'.repeat(32)])
    expect(first.answer.data[0]).toMatchObject({
      name: 'trace 0',
      input: { question: 1 },
      output: 'plain',
      metadata: { plan: 'pro', deep: { a: 1 } },
      tags: ['t', 't0'],
      userId: 'user-0',
      sessionId: 'session-0',
      release: 'r1',
      version: 'v7',
      public: true,
      environment: 'default',
      latency: 0.1,
      totalCost: 0.003,
      observations: expect.arrayContaining([written(TRACES[0] ?? '', 'a'), written(TRACES[0] ?? '', 'b')]),
      scores: ['s-1', 's-2'],
    })
    expect(first.answer.data[0]?.observations).toHaveLength(2)
  })

  test.each([
    ['userId=user-1', [1, 3]],
    ['sessionId=session-0', [0, 2, 4]],
    ['name=trace 3', [3]],
    ['tags=t&tags=t2', [2]],
    ['tags=t,t2', [2]],
    ['environment=default&release=r1', [0, 1, 2, 3, 4]],
    ['environment=production', []],
    [`fromTimestamp=2026-11-20T11:59:58Z&orderBy=timestamp.asc`, [2, 1, 0]],
    [`fromTimestamp=2026-11-20T11:59:58Z&toTimestamp=2026-11-20T12:00:00Z`, [1, 2]],
  ])('narrowed by %s', async (query, expected) => {
    const { answer } = await ask(`/traces?${query}&fields=core`)
    expect(answer.data.map(({ id }) => TRACES.indexOf(String(id)))).toEqual(expected)
    expect(answer.meta).toMatchObject({ totalItems: expected.length })
  })

  test('one comes with its observations and scores', async () => {
    const { answer } = await ask(`/traces/${TRACES[0]}`)
    const [a, b] = [written(TRACES[0] ?? '', 'a'), written(TRACES[0] ?? '', 'b')]
    expect(answer).toMatchObject({ id: TRACES[0], name: 'trace 0', htmlPath: expect.stringContaining('/traces/0000') })
    const observations = (answer.observations as Record<string, unknown>[]).toSorted((x, y) => (String(x.id) < String(y.id) ? -1 : 1))
    expect(observations).toMatchObject([
      { id: a, traceId: TRACES[0], parentObservationId: null, type: 'CHAIN', level: 'DEFAULT' },
      {
        id: b,
        parentObservationId: a,
        type: 'GENERATION',
        model: 'gpt-4o',
        modelParameters: { temperature: 0 },
        input: [{ role: 'user', content: 'hi' }],
        usage: { input: 100, output: 5, total: 105, unit: 'TOKENS' },
        usageDetails: { input: 10, cacheRead: 90, output: 5, total: 105 },
        costDetails: { input: 0.001, output: 0.002, total: 0.003 },
        level: 'ERROR',
        statusMessage: 'no',
        promptName: 'p',
        promptVersion: 2,
        completionStartTime: '2026-11-20T12:00:00.025Z',
        endTime: '2026-11-20T12:00:00.100Z',
        timeToFirstToken: 0.025,
      },
    ])
    expect(answer.scores).toMatchObject([{ id: 's-2' }, { id: 's-1' }])
  })

  test('one that is not there is Langfuse’s own error', async () => {
    expect(await ask(`/traces/${randomUUID()}`)).toMatchObject({
      status: 404,
      answer: { error: 'LangfuseNotFoundError', message: expect.any(String) },
    })
  })
})

describe('observations', () => {
  test('are all spans but those that stand for a trace', async () => {
    const all = await ask('/observations?limit=100')
    expect(all.answer.meta).toMatchObject({ totalItems: 11, totalPages: 1 })
    expect(all.answer.data).toHaveLength(11)
    const second = await ask('/observations?limit=4&page=3')
    expect(second.answer.data.map(({ id }) => id)).toEqual(all.answer.data.slice(8).map(({ id }) => id))
  })
  test.each([
    ['type=GENERATION', 5],
    ['type=CHAIN&name=outer', 5],
    [`traceId=${TRACES[1]}`, 2],
    [`parentObservationId=${written(TRACES[1] ?? '', 'a')}`, 1],
    ['level=ERROR', 1],
    ['userId=user-1', 4],
    ['fromStartTime=2026-11-20T12:00:00Z', 2],
  ])('narrowed by %s', async (query, count) => {
    const { answer } = await ask(`/observations?${query}`)
    expect([answer.data.length, answer.meta]).toEqual([count, expect.objectContaining({ totalItems: count })])
  })
  test('one by the id that its client wrote', async () => {
    const id = written(TRACES[2] ?? '', 'b')
    expect((await ask(`/observations/${id}`)).answer).toMatchObject({ id, traceId: TRACES[2], name: 'answer' })
    expect((await ask(`/observations/${'e'.repeat(16)}`)).answer).toMatchObject({ name: 'otel root', traceId: 'f'.repeat(32) })
    expect((await ask('/observations/none')).status).toBe(404)
  })
})

test('sessions, and one with its traces', async () => {
  const { answer } = await ask('/sessions')
  expect(answer.meta).toMatchObject({ totalItems: 2 })
  expect(answer.data).toMatchObject([
    { id: 'session-1', createdAt: '2026-11-20T11:59:57.000Z', projectId: 'shop' },
    { id: 'session-0', createdAt: '2026-11-20T11:59:56.000Z' },
  ])
  const one = await ask('/sessions/session-1')
  expect((one.answer.traces as { id: string }[]).map(({ id }) => id)).toEqual([TRACES[1], TRACES[3]])
  expect((await ask('/sessions/none')).status).toBe(404)
})

describe('scores', () => {
  test.each(['/scores', '/v2/scores'])('%s, by the ids that their clients wrote', async (path) => {
    const { answer } = await ask(path)
    expect(answer.meta).toMatchObject({ totalItems: 3 })
    expect(answer.data).toMatchObject([
      { id: 's-3', sessionId: 'session-1', traceId: null, dataType: 'CATEGORICAL', stringValue: 'good', configId: 'c' },
      { id: 's-2', traceId: TRACES[0], observationId: written(TRACES[0] ?? '', 'b'), dataType: 'BOOLEAN', value: 1, stringValue: 'True' },
      { id: 's-1', traceId: TRACES[0], observationId: null, dataType: 'NUMERIC', value: 0.5, source: 'API' },
    ])
    expect((await ask(`${path}?traceId=${TRACES[0]}&dataType=NUMERIC`)).answer.data.map(({ id }) => id)).toEqual(['s-1'])
    expect((await ask(`${path}/s-3`)).answer).toMatchObject({ id: 's-3' })
    expect((await ask(`${path}/s-9`)).status).toBe(404)
  })
})

describe('what cannot be answered says so', () => {
  test.each([
    ['/traces?limit=101', 400],
    ['/traces?page=0', 400],
    ['/traces?page=101&limit=100', 400],
    ['/traces?version=1', 400],
    ['/traces?orderBy=name.asc', 400],
    ['/traces?fromTimestamp=yesterday', 400],
    ['/observations?type=SPAM', 400],
    ['/scores?source=ME', 400],
    ['/v2/prompts/greeting?label=production', 404],
    ['/v2/datasets/mine', 404],
    ['/dataset-items?datasetName=mine', 404],
    ['/nothing', 404],
  ])('%s is %i', async (path, status) => {
    const answered = await ask(path)
    expect(answered).toMatchObject({
      status,
      answer: { error: status === 404 ? 'LangfuseNotFoundError' : 'InvalidRequestError', message: expect.any(String) },
    })
  })
  test('without a key, or with one that may not read', async () => {
    expect(await ask('/traces', { key: 'sk-sb-none' })).toMatchObject({ status: 401, answer: { error: 'UnauthorizedError' } })
    expect(await ask('/traces', { key: 'sk-sb-blind' })).toMatchObject({ status: 403, answer: { error: 'ForbiddenError' } })
  })
})

test('health needs no key; the project is the one of the key', async () => {
  expect(await (await app.request('/api/public/health')).json()).toEqual({ status: 'OK', version: '1.2.3' })
  expect((await ask('/projects')).answer.data).toMatchObject([{ id: 'shop', name: 'The shop', organization: { id: expect.any(String) } }])
})

describe('media', () => {
  const bytes = Buffer.from('not really a picture')
  const sha256Hash = createHash('sha256').update(bytes).digest('base64')
  const mediaId = mediaIdOf(sha256Hash)
  const announce = (more: object = {}, key?: string) =>
    ask('/media', {
      method: 'POST',
      body: {
        traceId: TRACES[0],
        observationId: 'o',
        contentType: 'image/png',
        contentLength: bytes.length,
        sha256Hash,
        field: 'input',
        ...more,
      },
      ...(key && { key }),
    })
  const pathOf = (url: unknown) => String(url).replace('http://localhost', '')

  test('is announced, uploaded without a key, told of, and downloaded', async () => {
    const announced = await announce()
    expect(announced).toMatchObject({
      status: 201,
      answer: { mediaId, uploadUrl: expect.stringContaining(`/media/${mediaId}/content?pass=`) },
    })
    expect((await ask(`/media/${mediaId}`)).status).toBe(404)
    const put = (body: Buffer) => app.request(pathOf(announced.answer.uploadUrl), { method: 'PUT', body: new Uint8Array(body) })
    expect((await put(Buffer.from('something else here!'))).status).toBe(400)
    expect((await put(Buffer.concat([bytes, bytes]))).status).toBe(413)
    expect((await put(bytes)).status).toBe(200)
    const told = { uploadedAt: new Date(NOW / 1000).toISOString(), uploadHttpStatus: 200, uploadHttpError: null, uploadTimeMs: 5 }
    expect((await ask(`/media/${mediaId}`, { method: 'PATCH', body: told })).status).toBe(200)
    const { answer } = await ask(`/media/${mediaId}`)
    expect(answer).toMatchObject({ mediaId, contentType: 'image/png', contentLength: bytes.length, uploadedAt: expect.any(String) })
    const download = await app.request(pathOf(answer.url))
    expect(Buffer.from(await download.arrayBuffer())).toEqual(bytes)
    expect(download.headers.get('content-type')).toBe('image/png')
    expect(download.headers.get('content-security-policy')).toContain('sandbox')
    expect((await announce({ field: 'output' })).answer).toEqual({ mediaId, uploadUrl: null })
    expect(await sql.query('select field from media_uses where project_id = $1 order by field', ['shop'])).toEqual([
      { field: 'input' },
      { field: 'output' },
    ])
  })

  test('of another project is another one', async () => {
    expect((await ask(`/media/${mediaId}`, { key: 'sk-sb-other' })).status).toBe(404)
    expect((await announce({}, 'sk-sb-other')).answer.uploadUrl).not.toBeNull()
  })

  test('of a project that keeps no content is not taken', async () => {
    expect((await announce({}, 'sk-sb-quiet')).answer).toEqual({ mediaId, uploadUrl: null })
    expect(await sql.query('select id from media where project_id = $1', ['quiet'])).toEqual([])
  })

  test('a link is for one file and one purpose, and cannot be made up', async () => {
    const { answer } = await ask(`/media/${mediaId}`)
    const link = pathOf(answer.url)
    for (const wrong of [
      link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      link.replace(mediaId, 'a'.repeat(22)),
      link.replace(/pass=.*/, 'pass=x.y'),
      link.replace(/\?.*/, ''),
    ])
      expect((await app.request(wrong)).status).toBe(403)
    expect((await app.request(link, { method: 'PUT', body: new Uint8Array(bytes) })).status).toBe(403)
  })

  test('that a browser could run is saved, not shown', async () => {
    const page = Buffer.from('<script>alert(1)</script>')
    const hash = createHash('sha256').update(page).digest('base64')
    const { answer } = await announce({ contentType: 'text/html', contentLength: page.length, sha256Hash: hash })
    await app.request(pathOf(answer.uploadUrl), { method: 'PUT', body: new Uint8Array(page) })
    const shown = await app.request(pathOf((await ask(`/media/${mediaIdOf(hash)}`)).answer.url))
    expect(shown.headers.get('content-type')).toBe('application/octet-stream')
    expect(shown.headers.get('content-disposition')).toContain('attachment')
  })

  test.each([
    [{ contentLength: 1001 }, 413],
    [{ contentLength: 0 }, 400],
    [{ sha256Hash: 'abc' }, 400],
    [{ contentType: 'image/png\r\nx: y' }, 400],
    [{ field: 'everything' }, 400],
    [{ traceId: undefined }, 400],
  ])('that is announced wrongly (%j) is refused', async (more, status) => {
    expect((await announce(more)).status).toBe(status)
  })
})
