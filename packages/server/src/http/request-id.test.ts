import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@signalbox/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Handlers } from '../lib/handlers.ts'
import { createLive } from '../lib/live.ts'
import { CoreLink } from './core-link.ts'
import { createCoreServer } from './core-server.ts'
import { createEdgeServer } from './edge-server.ts'

const TOKEN = 'cluster-token'
const folder = mkdtempSync(join(tmpdir(), 'request-id-'))
const broken = (): never => {
  throw new Error('the engine is on fire')
}
let logged: Record<string, unknown>[] = []
let core: Server
let edge: Server
let coreUrl: string
let edgeUrl: string
let links: CoreLink[] = []

const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
const listen = (server: Server) =>
  new Promise<string>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  )

/** An edge whose calls and ingest throw what nobody expected. */
function edgeOf(url: string): Server {
  const link = new CoreLink({ address: { url }, token: TOKEN, trustProxy: false })
  links.push(link)
  return createEdgeServer({
    core: link,
    log,
    directory: broken,
    call: async () => broken(),
    countTokens: async () => broken(),
    journal: { append: broken, appendDurable: broken },
    ingested: () => {},
    edgeProblem: () => null,
    coreReady: async () => true,
    metrics: async () => '',
  })
}

beforeAll(async () => {
  core = createCoreServer({
    // Only what the tests ask for; the others are never reached.
    handlers: { 'projects.list': async () => broken() } as unknown as Handlers,
    foreign: [],
    internal: { 'POST /internal/batches': broken },
    live: createLive(),
    log,
    clusterToken: TOKEN,
    version: '1',
    publicUrl: 'http://localhost',
    configSchema: {},
    webFolder: folder,
    callerOfKey: async () => ({ projectId: 'default', permissions: ['*'] }),
    accountOfSession: async () => undefined,
    csrfTokenOf: () => '',
    roleIn: async () => 'owner',
    playground: { call: broken, maxBodyBytes: () => 1 },
  })
  coreUrl = await listen(core)
  edge = edgeOf(coreUrl)
  edgeUrl = await listen(edge)
})
beforeEach(() => {
  logged = []
})
afterAll(async () => {
  for (const link of links) link.close()
  links = []
  for (const server of [edge, core]) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  rmSync(folder, { recursive: true, force: true })
})

const EDGE_PATHS = ['/healthz', '/readyz', '/metrics', '/v1/models', '/v1/unknown', '/v1/traces', '/v1/chat/completions', '/internal/ready']
const CORE_PATHS = ['/openapi.json', '/docs/errors', '/api/v1/projects', '/api/v1/unknown', '/nothing.js', '/nothing']

test.each([...EDGE_PATHS, ...CORE_PATHS])('%s answers with the id that was sent, or a new one', async (path) => {
  const request = (headers: Record<string, string> = {}) => fetch(edgeUrl + path, { headers })
  expect((await request({ 'x-request-id': 'mine' })).headers.get('x-request-id')).toBe('mine')
  const made = [await request(), await request(), await request({ 'x-request-id': 'not one' })].map(({ headers }) =>
    headers.get('x-request-id'),
  )
  for (const id of made) expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set(made).size).toBe(3)
})

test.each(['/internal/ready', '/api/v1/projects', '/openapi.json'])('%s of a core without an edge does so too', async (path) => {
  expect((await fetch(coreUrl + path, { headers: { 'x-request-id': 'mine' } })).headers.get('x-request-id')).toBe('mine')
  expect((await fetch(coreUrl + path)).headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
})

test.each([
  ['the core, through the edge', () => edgeUrl, '/api/v1/projects', {}],
  ['the core, at a path of our own processes', () => coreUrl, '/internal/batches', { method: 'POST' }],
  ['the edge, at ingest', () => edgeUrl, '/v1/traces', { method: 'POST' }],
  ['the edge, in a call', () => edgeUrl, '/v1/chat/completions', { method: 'POST' }],
])('what breaks inside %s is found in the log by the id that the client got', async (_, url, path, init) => {
  const response = await fetch(url() + path, { ...init, headers: { authorization: `Bearer ${TOKEN}` } })
  const requestId = response.headers.get('x-request-id')
  const body = (await response.json()) as { error: { code: string; requestId?: string } }
  expect([response.status, body.error.code]).toEqual([500, 'internal'])
  if (path !== '/v1/chat/completions') expect(body.error.requestId).toBe(requestId)
  expect(JSON.stringify(body)).not.toContain('on fire')
  expect(logged).toMatchObject([{ requestId, path, err: { message: 'the engine is on fire' } }])
})

test('an error of the SDK names the request', async () => {
  const client = createClient({ baseUrl: edgeUrl, apiKey: 'sk', headers: () => ({ 'x-request-id': 'mine' }) })
  await expect(client.projects.list({})).rejects.toMatchObject({ code: 'internal', requestId: 'mine' })
  const proxied = createClient({
    baseUrl: '',
    fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'x-request-id': 'theirs' } }),
  })
  await expect(proxied.projects.list({})).rejects.toMatchObject({ code: 'unavailable', requestId: 'theirs' })
})

test('a core that is down is said under the id of the request', async () => {
  const alone = edgeOf('http://127.0.0.1:9')
  const response = await fetch(`${await listen(alone)}/api/v1/projects`, { headers: { 'x-request-id': 'mine' } })
  expect([response.status, response.headers.get('x-request-id')]).toEqual([503, 'mine'])
  expect(await response.json()).toMatchObject({ error: { code: 'core-unavailable', requestId: 'mine' } })
  alone.closeAllConnections()
  alone.close()
})

test('what is not HTTP gets an id too', async () => {
  const socket = connect(Number(new URL(edgeUrl).port), '127.0.0.1')
  socket.end('RUBBISH\r\n\r\n')
  let text = ''
  for await (const chunk of socket) text += chunk
  const id = /^x-request-id: ([0-9a-f]{32})\r$/m.exec(text)?.[1]
  expect(text).toContain('HTTP/1.1 400 ')
  expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({ error: { code: 'invalid-request', requestId: id } })
})
