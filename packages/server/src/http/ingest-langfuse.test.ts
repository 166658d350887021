import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AppError, Snapshot } from '@signalbox/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDirectory } from '../governance/directory.ts'
import { sha256 } from '../lib/ids.ts'
import type { Ingested } from '../tracing/inspector/ingested.ts'
import type { IngestRooms } from './ingest.ts'
import { ingestRouteAt } from './ingest-routes.ts'
import { sendError, toAppError } from './send.ts'

type Written = { header: { projectId: string; keyId: string; format: string }; body: string }
const AT = '2026-11-20T12:00:00.000Z'
const keyOf = (name: string, scopes: string[], projectId = 'shop') => ({
  id: `key_${name}`,
  name,
  projectId,
  publicKey: `pk-sb-${name}`,
  secretSha256: sha256(`sk-sb-${name}`),
  scopes,
  expiresAt: null,
})
const project = (id: string, content: boolean) => ({
  id,
  providers: {},
  models: {},
  budgets: [],
  splits: [],
  prices: [],
  capture: { content, maxBytes: 1 << 20 },
})

let server: Server
let url: string
let written: Written[]
let reports: Ingested[]
let full: AppError | undefined
let limit: number

beforeEach(async () => {
  written = []
  reports = []
  full = undefined
  limit = 5000
  const directory = createDirectory(
    Snapshot.parse({
      version: 1,
      projects: { shop: project('shop', true), quiet: project('quiet', false) },
      keys: [keyOf('all', ['*']), keyOf('traces', ['traces:write']), keyOf('quiet', ['*'], 'quiet')],
      limits: { maxBodyBytes: 5000 },
    }),
  )
  const rooms: IngestRooms = {
    directory: () => ({ ...directory, maxBodyBytes: limit }),
    allowedOrigins: new Set(['https://shop.example']),
    ingested: (report) => void reports.push(report),
    journal: {
      append: () => {},
      async appendDurable({ header, body }) {
        if (full) throw full
        written.push({ header: JSON.parse(header), body: Buffer.concat(body).toString() })
        return { segment: 0, offset: 0 }
      },
    },
  }
  server = createServer((request, response) => {
    const route = ingestRouteAt((request.url ?? '/').split('?')[0] ?? '/', request)
    if (!route) return void response.writeHead(418).end('the core')
    new Promise<void>((done) => done(route.handle(rooms, request, response))).catch((thrown: unknown) => {
      request.resume()
      sendError(response, toAppError(thrown), 'req', route.shape)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => new Promise((done) => server.close(done)))

const basic = (name: string) => `Basic ${Buffer.from(`pk-sb-${name}:sk-sb-${name}`).toString('base64')}`
async function send(
  body: unknown,
  { authorization = basic('all'), path = '/api/public/ingestion', headers = {} as Record<string, string> } = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: text,
  })
  return { status: response.status, headers: response.headers, answer: (await response.json()) as Record<string, unknown> }
}
const trace = (id = 'e1') => ({ id, type: 'trace-create', timestamp: AT, body: { id: 't', name: 'support', input: 'secret question' } })
const score = (id = 's1') => ({ id, type: 'score-create', timestamp: AT, body: { name: 'quality', traceId: 't', value: 1 } })

describe('a batch of Langfuse', () => {
  test('that is good is journaled as it came, and each event is answered', async () => {
    const text = JSON.stringify({ batch: [trace(), score()], metadata: { sdk_name: 'langfuse-js' } })
    const { status, answer } = await send(text, { headers: { 'x-langfuse-sdk-name': 'langfuse-js' } })
    expect(status).toBe(207)
    expect(answer).toEqual({
      successes: [
        { id: 'e1', status: 201 },
        { id: 's1', status: 201 },
      ],
      errors: [],
    })
    expect(written).toMatchObject([{ header: { projectId: 'shop', keyId: 'key_all', format: 'langfuse' }, body: text }])
    expect(reports).toMatchObject([
      { accepted: 2, rejected: [], endpoint: 'POST /api/public/ingestion', sdk: expect.stringContaining('langfuse-js') },
    ])
  })

  test('with a bad event among good ones keeps the good ones and says what is wrong with the bad one', async () => {
    const { status, answer } = await send({ batch: [trace(), { id: 'bad', type: 'span-create', timestamp: 'now', body: {} }, 7] })
    expect(status).toBe(207)
    expect(answer.successes).toEqual([{ id: 'e1', status: 201 }])
    expect(answer.errors).toEqual([
      { id: 'bad', status: 400, message: 'Invalid request data', error: expect.stringContaining('ISO 8601') },
      { id: 'unknown', status: 400, message: 'Invalid request data', error: expect.any(String) },
    ])
    expect(written.map(({ body }) => JSON.parse(body))).toEqual([{ batch: [trace()] }])
    expect(reports[0]?.rejected).toHaveLength(2)
  })

  test('that is hostile is refused in words, and what is good beside it is kept', async () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    const withInput = (input: string) => `{"id":"d","type":"trace-create","timestamp":"${AT}","body":{"id":"t","input":${input}}}`
    const { status, answer } = await send(`{"batch":[${withInput(deep(1000))},${JSON.stringify(trace())}]}`)
    expect([status, answer]).toEqual([
      207,
      { successes: [{ id: 'e1', status: 201 }], errors: [expect.objectContaining({ id: 'd', error: expect.stringContaining('nested') })] },
    ])
    expect((await send(`{"batch":[${withInput(deep(400))}]}`)).answer.errors).toEqual([])
    limit = 10_000_000
    expect(await send({ batch: Array.from({ length: 10_001 }, () => 0) })).toMatchObject({
      status: 413,
      answer: { error: 'PayloadTooLargeError' },
    })
    expect((await send({ batch: Array.from({ length: 10_000 }, () => 0) })).answer.errors).toHaveLength(10_000)
    expect(reports.at(-1)?.rejected).toMatchObject([{ count: 10_000 }])
    expect((await send({ batch: ['x'.repeat(1 << 20)] }, { authorization: 'Bearer pk-sb-all' })).status).toBe(413)
  })

  test('without a good event writes nothing', async () => {
    expect((await send({ batch: [{}] })).status).toBe(207)
    expect((await send({ batch: [] })).answer).toEqual({ successes: [], errors: [] })
    expect(written).toEqual([])
  })

  test.each([
    ['no list', { batch: {} }],
    ['no batch', {}],
    ['null', null],
    ['no JSON', '{"batch":'],
  ])('that is none (%s) is 400 in JSON', async (_, body) => {
    expect(await send(body as object)).toMatchObject({ status: 400, answer: { error: 'InvalidRequestError', message: expect.any(String) } })
  })

  test('without a key, with a wrong one, or too large, is refused in JSON', async () => {
    expect(await send({ batch: [] }, { authorization: basic('nobody') })).toMatchObject({
      status: 401,
      answer: { error: 'UnauthorizedError' },
    })
    expect(await send({ batch: ['x'.repeat(6000)] })).toMatchObject({ status: 413, answer: { error: 'PayloadTooLargeError' } })
  })

  test('that the disk has no room for is 503 with a time to wait, and one that failed in here is never 500', async () => {
    const { AppError: Failure } = await import('@signalbox/schema')
    full = new Failure('disk-full', 'no room')
    const refused = await send({ batch: [trace()] })
    expect(refused).toMatchObject({ status: 503, answer: { error: 'ServiceUnavailableError' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    full = new Failure('internal', 'a bug')
    expect((await send({ batch: [trace()] })).status).toBe(503)
  })

  test('of a key that may not send scores leaves those out', async () => {
    const { answer } = await send({ batch: [trace(), score()] }, { authorization: basic('traces') })
    expect(answer).toMatchObject({ successes: [{ id: 'e1' }], errors: [{ id: 's1', status: 403 }] })
    expect(JSON.parse(written[0]?.body ?? '')).toEqual({ batch: [trace()] })
  })

  test('of a project that keeps no content is written without it', async () => {
    await send({ batch: [trace(), score()] }, { authorization: basic('quiet') })
    expect(written[0]?.body).not.toContain('secret question')
    expect(JSON.parse(written[0]?.body ?? '').batch).toMatchObject([{ body: { name: 'support' } }, { body: { name: 'quality' } }])
  })
})

describe('a public key', () => {
  const authorization = 'Bearer pk-sb-all'
  test('sends scores and nothing else', async () => {
    const { answer } = await send({ batch: [trace(), score()] }, { authorization })
    expect(answer).toMatchObject({ successes: [{ id: 's1' }], errors: [{ id: 'e1', status: 403 }] })
    expect(JSON.parse(written[0]?.body ?? '')).toEqual({ batch: [score()], publicKey: true })
  })

  test('does not where its pair may not, and not with one that nobody has', async () => {
    expect((await send({ batch: [score()] }, { authorization: 'Bearer pk-sb-traces' })).answer).toMatchObject({ successes: [] })
    expect((await send({ batch: [score()] }, { authorization: 'Bearer pk-sb-none' })).status).toBe(401)
    expect(written).toEqual([])
  })

  test('is heard from pages of allowed origins only', async () => {
    const allowed = await send({ batch: [score()] }, { authorization, headers: { origin: 'https://shop.example' } })
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    const other = await send({ batch: [score()] }, { authorization, headers: { origin: 'https://evil.example' } })
    expect(other).toMatchObject({ status: 403 })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
    expect(written).toHaveLength(1)
  })

  test.each(['/api/public/ingestion', '/api/v1/scores'])('a browser may ask first: %s', async (path) => {
    const ask = (origin: string) =>
      fetch(url + path, { method: 'OPTIONS', headers: { origin, 'access-control-request-headers': 'authorization,x-langfuse-sdk-name' } })
    const allowed = await ask('https://shop.example')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-headers')).toBe('authorization,x-langfuse-sdk-name')
    expect((await ask('https://evil.example')).status).toBe(403)
  })
})

describe('POST /api/v1/scores', () => {
  const path = '/api/v1/scores'
  test('is journaled as a row and answered as it will be read', async () => {
    const { status, answer } = await send({ traceId: 'order 42', name: 'quality', value: 0.9, comment: 'fine', id: 'x' }, { path })
    expect(status).toBe(200)
    expect(answer).toMatchObject({
      id: 'x',
      name: 'quality',
      value: 0.9,
      type: 'numeric',
      source: 'api',
      comment: 'fine',
      spanId: null,
      authorId: 'key_all',
    })
    expect(written).toMatchObject([{ header: { format: 'scores', projectId: 'shop' } }])
    expect(JSON.parse(written[0]?.body ?? '')).toMatchObject([{ id: 'x', value: 0.9, traceId: answer.traceId }])
  })

  test('of a public key is feedback', async () => {
    const sent = await send(
      { traceId: 't', name: 'thumb', value: true, id: 'x', source: 'eval' },
      { path, authorization: 'Bearer pk-sb-all' },
    )
    expect(sent.answer).toMatchObject({ id: 'feedback:x', source: 'feedback', value: true, type: 'boolean' })
  })

  test.each([
    [{ traceId: 't', value: 1 }, '`name`'],
    [{ name: 'x', value: 1 }, '`traceId`'],
    [{ name: 'x', value: 1, sessionId: 's', spanId: 'x' }, '`spanId`'],
    [{ traceId: 't', name: 'x' }, '`value`'],
    [{ traceId: 't', name: 'x', value: 'many', type: 'numeric' }, 'a number'],
    [{ traceId: 't', name: 'x', value: 2, type: 'boolean' }, 'true or false'],
    [{ traceId: 't', name: 'x', value: 1, colour: 'red' }, 'colour'],
    ['nothing', 'JSON'],
  ])('that is wrong (%j) says so', async (body, word) => {
    const { status, answer } = await send(body, { path })
    expect([status, JSON.stringify(answer)]).toEqual([400, expect.stringContaining(word)])
    expect(reports).toMatchObject([{ accepted: 0, rejected: [{ reason: expect.any(String) }] }])
  })

  test('without a key is for the core: it knows who is logged in', async () => {
    expect((await fetch(url + path, { method: 'POST', body: '{}' })).status).toBe(418)
  })
})

test('POST /api/public/scores takes one score', async () => {
  const path = '/api/public/scores'
  expect((await send({ id: 's9', traceId: 't', name: 'x', value: 1 }, { path })).answer).toEqual({ id: 's9' })
  expect(JSON.parse(written[0]?.body ?? '').batch).toMatchObject([{ type: 'score-create', body: { id: 's9' } }])
  expect(await send({ traceId: 't', value: 1 }, { path })).toMatchObject({ status: 400, answer: { error: 'InvalidRequestError' } })
})

test('POST /api/public/scores takes a list of them, as clients of the newest generation send it', async () => {
  const path = '/api/public/scores'
  const at = '2026-11-19T12:00:00.000Z'
  const good = [
    { id: 's1', traceId: 't', name: 'x', value: 1, timestamp: at },
    { traceId: 't', name: 'y', value: 'good' },
  ]
  expect(await send(good, { path })).toMatchObject({ status: 202, answer: { message: 'Accepted' } })
  const { batch } = JSON.parse(written[0]?.body ?? '')
  expect(batch).toMatchObject([
    { type: 'score-create', timestamp: at, body: { id: 's1' } },
    { body: { id: expect.any(String), name: 'y' } },
  ])
  expect(await send([...good, { id: 's3', traceId: 't' }, 7], { path })).toMatchObject({
    status: 207,
    answer: { accepted: 2, rejected: 2, errors: [{ message: expect.stringContaining('s3: body.name') }, { message: expect.any(String) }] },
  })
  expect(reports.at(-1)).toMatchObject({ accepted: 2, rejected: [{}, {}] })
  expect(await send([], { path })).toMatchObject({ status: 202 })
  expect(written).toHaveLength(2)
})
