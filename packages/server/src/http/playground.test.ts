import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import type { Role } from '@signalbox/schema'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Handlers } from '../lib/handlers.ts'
import { createLive } from '../lib/live.ts'
import { createPlaygroundCalls } from '../prompts/playground/calls.ts'
import { createCoreServer } from './core-server.ts'

type Seen = { path: string; headers: IncomingMessage['headers']; body: string }
let seen: Seen[] = []
let answer: (response: ServerResponse, request: IncomingMessage) => void
let role: Role | undefined
let fresh = false
let gateway: Server
let core: Server
let url = ''

const listen = (server: Server) =>
  new Promise<string>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  )
beforeAll(async () => {
  gateway = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    seen.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
    answer(response, request)
  })
  const gatewayUrl = await listen(gateway)
  core = createCoreServer({
    handlers: {} as Handlers,
    foreign: [],
    internal: {},
    live: createLive(),
    log: pino({ level: 'silent' }),
    clusterToken: 'cluster-token',
    version: '1',
    publicUrl: 'http://localhost',
    configSchema: {},
    webFolder: tmpdir(),
    callerOfKey: async () => ({ projectId: 'shop', permissions: ['*'], keyId: 'key_1' }),
    accountOfSession: async (token) => (token === 'ann' ? { id: 'acc_ann', role: 'member' } : undefined),
    csrfTokenOf: () => 'csrf',
    roleIn: async () => role,
    playground: {
      call: createPlaygroundCalls({
        url: gatewayUrl,
        secretFor: async ({ projectId, accountId }) => ({ secret: `sk-sb-${projectId}-${accountId}`, fresh }),
      }),
      maxBodyBytes: () => 10_000,
    },
  })
  url = await listen(core)
})
beforeEach(() => {
  seen = []
  role = 'editor'
  fresh = false
})
afterAll(async () => {
  for (const server of [core, gateway]) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

const ASK = JSON.stringify({ model: 'support', stream: true, messages: [] })
const ANN = { cookie: 'signalbox_session=ann', 'x-signalbox-csrf': 'csrf', 'x-signalbox-project': 'shop' }
const ask = (given: { headers?: Record<string, string>; body?: string; signal?: AbortSignal; path?: string } = {}) =>
  fetch(`${url}/api/v1/playground/${given.path ?? 'chat/completions'}`, {
    method: 'POST',
    headers: given.headers ?? ANN,
    body: given.body ?? ASK,
    ...(given.signal && { signal: given.signal }),
  })
/** Answers as a stream; `more` writes the next piece. */
const streaming = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-signalbox-trace-id': 'f00d', 'set-cookie': 'no=1', server: 'secret' })
}

describe('a call of a playground', () => {
  test('goes through the gateway with the key of the account, and says where it comes from', async () => {
    answer = (response) => {
      streaming(response)
      response.end('data: {"a":1}\n\ndata: [DONE]\n\n')
    }
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    const response = await ask({ headers: { ...ANN, traceparent, 'x-signalbox-environment': 'production', authorization: '' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toBe(
      `event: head\ndata: ${JSON.stringify({ status: 200, headers: { 'content-type': 'text/event-stream', 'x-signalbox-trace-id': 'f00d' } })}\n\ndata: {"a":1}\n\ndata: [DONE]\n\n`,
    )
    expect(seen).toMatchObject([
      {
        path: '/v1/chat/completions',
        body: ASK,
        headers: {
          authorization: 'Bearer sk-sb-shop-acc_ann',
          'x-signalbox-environment': 'playground',
          'x-signalbox-cache': 'no-store',
          traceparent,
        },
      },
    ])
    expect(seen[0]?.headers.cookie).toBeUndefined()
  })

  test('an error of the gateway is told as it is, and what is whole comes as one event', async () => {
    answer = (response) => response.writeHead(402, { 'content-type': 'application/json' }).end('{"error":{"message":"no money\\n\\n"}}')
    const text = await (await ask()).text()
    expect(text).toContain('event: head\ndata: {"status":402,')
    expect(text).toContain(`event: body\ndata: ${JSON.stringify('{"error":{"message":"no money\\n\\n"}}')}\n\n`)
    answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}')
    expect(await (await ask({ path: 'embeddings' })).text()).toContain('event: body\ndata: "{\\"data\\":[]}"')
    expect(seen.at(-1)?.path).toBe('/v1/embeddings')
  })

  test('what breaks off in the middle says so', async () => {
    answer = (response) => {
      streaming(response)
      response.write('data: {"a":1}\n\ndata: {"half')
      setTimeout(() => response.destroy(), 50)
    }
    expect(await (await ask()).text()).toMatch(/data: \{"half\n\nevent: broken\n/)
  })

  test('a page that hangs up takes the call with it', async () => {
    const gone = vi.fn()
    answer = (response) => {
      response.on('close', gone)
      streaming(response)
      response.write('data: {}\n\n')
    }
    const stop = new AbortController()
    const response = await ask({ signal: stop.signal })
    await response.body?.getReader().read()
    expect(gone).not.toHaveBeenCalled()
    stop.abort()
    await vi.waitFor(() => expect(gone).toHaveBeenCalled(), { timeout: 60_000 })
  })

  test('and before the gateway has answered anything', async () => {
    const gone = vi.fn()
    answer = (response) => void response.on('close', gone)
    const stop = new AbortController()
    void ask({ signal: stop.signal }).catch(() => {})
    await vi.waitFor(() => expect(seen).toHaveLength(1), { timeout: 60_000 })
    stop.abort()
    await vi.waitFor(() => expect(gone).toHaveBeenCalled(), { timeout: 60_000 })
  })

  test('a key that was just made is tried again until the edge knows it; an old one is not', async () => {
    answer = (response) => response.writeHead(seen.length < 3 ? 401 : 200, { 'content-type': 'application/json' }).end('{}')
    expect(await (await ask()).text()).toContain('"status":401')
    expect(seen).toHaveLength(1)
    seen = []
    fresh = true
    expect(await (await ask()).text()).toContain('"status":200')
    expect(seen).toHaveLength(3)
  })

  test.each([
    ['without a log-in', {}, 401, 'unauthenticated'],
    ['without the token of the session', { cookie: ANN.cookie }, 403, 'csrf-failed'],
    ['with a key', { authorization: 'Bearer sk-sb-x' }, 400, 'invalid-request'],
  ])('%s it is refused', async (_, headers, status, code) => {
    const response = await ask({ headers })
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([status, code])
    expect(seen).toEqual([])
  })

  test('who may not call the gateway may not here', async () => {
    role = 'annotator'
    expect((await ask()).status).toBe(403)
    role = undefined
    expect((await ask()).status).toBe(404)
    expect(seen).toEqual([])
  })

  test('a body that is too large is refused', async () => {
    expect((await ask({ body: 'x'.repeat(10_001) })).status).toBe(413)
    expect(seen).toEqual([])
  })
})
