import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CallEnd, type CallStart, FRAME, type Snapshot } from '@signalbox/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDirectory } from '../governance/directory.ts'
import { readBody } from '../http/read-body.ts'
import { sendError, toAppError } from '../http/send.ts'
import { sha256 } from '../lib/ids.ts'
import { requestIds } from '../lib/request-ids.ts'
import { createPricing } from '../pricing/price.ts'
import { decodeFrames } from '../store/journal/frame.ts'
import { Journal } from '../store/journal/journal.ts'
import { readBatch } from '../store/journal/read-batch.ts'
import { createChatCall } from './call.ts'
import { Upstream } from './upstream.ts'
import { openaiError } from './wire/openai-errors.ts'

const SECRET = 'sk-sb-0123456789abcdef'
const ANSWER = JSON.stringify({
  id: 'c1',
  model: 'gpt-4o-2024-08-06',
  odd: 1.0,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
})
const delta = (content: string) =>
  `data: ${JSON.stringify({ id: 'c1', model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`
const FINISH = `data: ${JSON.stringify({ model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`
const USAGE = `data: ${JSON.stringify({ model: 'gpt-4o-2024-08-06', choices: [], usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 } })}\n\n`
const DONE = 'data: [DONE]\n\n'

let folder: string
let journal: Journal
let upstream: Server
let gateway: Server
let seen: { headers: IncomingMessage['headers']; body: string; aborted: boolean }[]
let answer: (request: IncomingMessage, response: ServerResponse) => void
const transport = new Upstream({})

const listen = (server: Server) =>
  new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-'))
  journal = new Journal({ folder, reserveBytes: 0 })
  journal.open(() => ({ header: '{}' }))
  seen = []
  upstream = createServer(async (request, response) => {
    const call = { headers: request.headers, body: '', aborted: false }
    seen.push(call)
    response.on('close', () => (call.aborted = !response.writableFinished))
    for await (const chunk of request) call.body += chunk
    answer(request, response)
  })
  const port = await listen(upstream)
  const snapshot: Snapshot = {
    version: 1,
    limits: { maxBodyBytes: 1 << 20 },
    keys: [{ id: 'key_1', projectId: 'default', publicKey: 'pk', secretSha256: sha256(SECRET), scopes: ['gateway:call'], expiresAt: null }],
    projects: {
      default: {
        id: 'default',
        prices: [],
        capture: { content: true, maxBytes: 1 << 20 },
        providers: {
          openai: {
            name: 'openai',
            kind: 'openai',
            baseUrl: `http://127.0.0.1:${port}/v1`,
            apiKey: 'sk-upstream',
            headers: {},
            from: 'file',
            problem: null,
          },
          gone: {
            name: 'gone',
            kind: 'openai-compatible',
            baseUrl: 'http://127.0.0.1:9/v1',
            apiKey: null,
            headers: {},
            from: 'file',
            problem: null,
          },
        },
        models: { support: { strategy: 'fallback', targets: [{ provider: 'openai', model: 'gpt-4o' }], timeouts: {} } },
      },
    },
  }
  const directory = createDirectory(snapshot)
  const call = createChatCall({
    directory: () => directory,
    journal,
    upstream: transport,
    pricingOf: () => createPricing([]),
    locate: (provider) => provider,
    onCall: () => {},
  })
  gateway = createServer((request, response) => {
    const ids = requestIds(request.headers)
    call({ request, response, ids, secret: request.headers.authorization?.slice(7), readBody: (limit) => readBody(request, limit) }).catch(
      (error) => sendError(response, toAppError(error), ids.requestId, openaiError),
    )
  })
  await listen(gateway)
})
afterEach(async () => {
  for (const server of [gateway, upstream]) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  await journal.close()
  rmSync(folder, { recursive: true, force: true })
})

type Sent = { body: object | string; headers?: Record<string, string>; abortAfter?: number }
function send({ body, headers = {}, abortAfter }: Sent) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; text: string }>((resolve, reject) => {
    const request = httpRequest({
      port: (gateway.address() as AddressInfo).port,
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json', ...headers },
    })
    request.on('response', (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
        if (abortAfter !== undefined && text.length >= abortAfter) request.destroy()
      })
      response.on('close', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.on('error', (error) => (abortAfter === undefined ? reject(error) : resolve({ status: 0, headers: {}, text: '' })))
    request.end(typeof body === 'string' ? body : JSON.stringify(body))
    if (abortAfter === 0) setTimeout(() => request.destroy(), 50)
  })
}

async function recorded() {
  const batch = await readBatch(folder, { from: { segment: 1, offset: 0 }, end: journal.end, maxBytes: 1 << 24 })
  const frames = decodeFrames(Buffer.concat(batch?.bytes ?? []))
  const of = (kind: number) => frames.filter((frame) => frame.kind === kind)
  return {
    starts: of(FRAME.start).map((frame) => ({ ...(JSON.parse(frame.header) as CallStart), body: frame.body.toString() })),
    ends: of(FRAME.end).map((frame) => ({ ...(JSON.parse(frame.header) as CallEnd), body: frame.body.toString() })),
  }
}
const until = async (condition: () => Promise<boolean> | boolean) => {
  while (!(await condition())) await sleep(5)
}
const messages = [{ role: 'user', content: 'Hello' }]

test('a whole answer passes byte for byte, with its cost, and is recorded with start and end', async () => {
  answer = (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req_1', 'keep-alive': 'timeout=120' }).end(ANSWER)
  const sent = '{"model":"support","messages":[{"role":"user","content":"Hello"}],"unknown_parameter":[1.0]}'
  const { status, headers, text } = await send({
    body: sent,
    headers: { 'x-signalbox-session': 's1', 'x-signalbox-metadata': '{"a":1}', 'x-custom': 'kept' },
  })
  expect([status, text]).toEqual([200, ANSWER])
  expect(headers).toMatchObject({
    'x-request-id': 'req_1',
    'x-signalbox-provider': 'openai',
    'x-signalbox-model': 'gpt-4o',
    'x-signalbox-attempts': '1',
    'x-signalbox-cost': '0.000045',
  })
  expect(headers['keep-alive']).not.toBe('timeout=120')
  expect(seen[0]?.body).toBe(sent.replace('"support"', '"gpt-4o"'))
  expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer sk-upstream', 'x-custom': 'kept', 'accept-encoding': 'identity' })
  expect(Object.keys(seen[0]?.headers ?? {}).filter((name) => name.startsWith('x-signalbox'))).toEqual([])
  const { starts, ends } = await recorded()
  expect(starts).toMatchObject([
    {
      requestModel: 'support',
      model: 'gpt-4o',
      sessionId: 's1',
      metadata: { a: '1' },
      body: sent,
      traceId: headers['x-signalbox-trace-id'],
    },
  ])
  expect(ends).toMatchObject([
    { status: 'ok', finishReason: 'stop', model: 'gpt-4o-2024-08-06', cost: 45_000, usageSource: 'provider', body: ANSWER },
  ])
})

test('the start is in the journal before the provider hears of the call', async () => {
  let before: unknown[] = []
  answer = async (_, response) => {
    before = (await recorded()).starts
    response.end(ANSWER)
  }
  await send({ body: { model: 'support', messages } })
  expect(before).toHaveLength(1)
})

test('a stream passes as it comes; the usage that only we asked for is taken out and counted', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(delta('Hel'))
    setTimeout(() => response.end(delta('lo') + FINISH + USAGE + DONE), 20)
  }
  const { text, headers } = await send({ body: { model: 'support', messages, stream: true } })
  expect(text).toBe(delta('Hel') + delta('lo') + FINISH + DONE)
  expect(headers['x-signalbox-cost']).toBeUndefined()
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ stream_options: { include_usage: true } })
  const { ends } = await recorded()
  expect(ends).toMatchObject([{ status: 'ok', sse: true, usage: { input: 10, output: 2 }, cost: 45_000, finishReason: 'stop' }])
  expect(ends[0]?.firstTokenMs).toBeLessThan((ends[0]?.endedAt ?? 0) / 1000)
})

test('a stream that breaks off becomes an error event, never a clean end', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(delta('Hel'))
    setTimeout(() => response.destroy(), 20)
  }
  const { text } = await send({ body: { model: 'support', messages, stream: true } })
  expect(text).toContain(delta('Hel'))
  expect(JSON.parse(text.slice(delta('Hel').length + 6))).toMatchObject({ error: { type: 'server_error', code: 'provider_failed' } })
  expect(text).not.toContain('[DONE]')
  expect((await recorded()).ends).toMatchObject([{ status: 'error', errorType: 'connection' }])
})

test('a stream that ends cleanly without having finished is an error too', async () => {
  answer = (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(delta('Hel'))
  expect((await send({ body: { model: 'support', messages, stream: true } })).text).toContain('provider_failed')
})

test('a client that hangs up cancels the provider, in a stream and before the first byte', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(delta('Hel'))
  }
  await send({ body: { model: 'support', messages, stream: true }, abortAfter: 10 })
  await until(() => seen[0]?.aborted === true)
  answer = () => {}
  await send({ body: { model: 'support', messages }, abortAfter: 0 })
  await until(() => seen[1]?.aborted === true)
  await until(async () => (await recorded()).ends.length === 2)
  expect((await recorded()).ends.map((end) => [end.status, end.httpStatus])).toEqual([
    ['aborted', 499],
    ['aborted', 499],
  ])
})

test.each([400, 404, 429, 500, 503])('an error %d of the provider keeps its status, body and retry-after', async (status) => {
  const body = JSON.stringify({ error: { message: 'no', type: 'x', code: null } })
  answer = (_, response) => response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' }).end(body)
  const got = await send({ body: { model: 'support', messages, stream: true } })
  expect([got.status, got.text, got.headers['retry-after']]).toEqual([status, body, '7'])
  expect((await recorded()).ends).toMatchObject([{ status: 'error', httpStatus: status, statusMessage: 'no' }])
})

test('a provider that refuses our key is not the fault of the client, and its words stay here', async () => {
  answer = (_, response) => response.writeHead(401).end('{"error":{"message":"bad key sk-upstream"}}')
  const got = await send({ body: { model: 'support', messages } })
  expect([got.status, got.text.includes('sk-upstream')]).toEqual([502, false])
  expect(JSON.parse(got.text)).toMatchObject({ error: { code: 'provider_auth' } })
})

test('an answer that is not JSON passes, and is recorded as the error that it is', async () => {
  answer = (_, response) => response.end('<html>')
  const got = await send({ body: { model: 'support', messages } })
  expect([got.status, got.text, got.headers['x-signalbox-cost']]).toEqual([200, '<html>', 'unknown'])
  expect((await recorded()).ends).toMatchObject([{ status: 'error', errorType: 'invalid_response' }])
})

test('joins the trace of the caller', async () => {
  answer = (_, response) => response.end(ANSWER)
  const got = await send({
    body: { model: 'support', messages },
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  })
  expect(got.headers['x-signalbox-trace-id']).toBe('0af7651916cd43dd8448eb211c80319c')
  expect((await recorded()).starts[0]).toMatchObject({ parentId: 'b7ad6b7169203331' })
})

const refused = [
  {
    why: 'a wrong key',
    sent: { body: { model: 'support', messages }, headers: { authorization: 'Bearer sk-sb-wrong' } },
    status: 401,
    code: 'unauthenticated',
  },
  { why: 'no JSON', sent: { body: '{' }, status: 400, code: 'invalid_json' },
  { why: 'an unknown model', sent: { body: { model: 'nobody/knows', messages } }, status: 404, code: 'model_not_found' },
  {
    why: 'a body over the limit',
    sent: { body: { model: 'support', messages, x: 'y'.repeat(2 << 20) } },
    status: 413,
    code: 'payload_too_large',
  },
  { why: 'a provider that is not there', sent: { body: { model: 'gone/m', messages } }, status: 502, code: 'provider_failed' },
  {
    why: 'metadata that is no JSON',
    sent: { body: { model: 'support', messages }, headers: { 'x-signalbox-metadata': '{' } },
    status: 400,
    code: 'invalid_request',
  },
]
test.each(refused)('answers $status to $why', async ({ sent, status, code }) => {
  const got = await send(sent as Sent)
  expect([got.status, JSON.parse(got.text).error.code]).toEqual([status, code])
})

test.each([
  ["the client's own before the provider's", { 'x-request-id': 'mine' }, 'req_1', 'mine', 'req_1'],
  ["the provider's where the client sent none", {}, 'req_1', 'req_1', undefined],
  ["the client's own where the provider has none", { 'x-request-id': 'mine' }, undefined, 'mine', undefined],
  ['the trace id where nobody has one', {}, undefined, 'TRACE', undefined],
  ['the trace id in place of one that is none', { 'x-request-id': 'not one' }, undefined, 'TRACE', undefined],
] as const)('an answer names its request: %s', async (_, sent, provided, named, beside) => {
  for (const stream of [false, true]) {
    answer = (_request, response) => {
      response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json')
      if (provided) response.setHeader('x-request-id', provided)
      response.end(stream ? delta('Hi') + FINISH + DONE : ANSWER)
    }
    const { headers } = await send({ body: { model: 'support', messages, stream }, headers: sent })
    expect(headers['x-request-id']).toBe(named === 'TRACE' ? headers['x-signalbox-trace-id'] : named)
    expect(headers['x-signalbox-provider-request-id']).toBe(beside)
  }
})

test('so does an error, of a provider that is gone and of a request that is none', async () => {
  const gone = await send({ body: { model: 'gone/m', messages }, headers: { 'x-request-id': 'mine' } })
  expect([gone.status, gone.headers['x-request-id']]).toEqual([502, 'mine'])
  const bad = await send({ body: '{', headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } })
  expect([bad.status, bad.headers['x-request-id']]).toEqual([400, '0af7651916cd43dd8448eb211c80319c'])
})
