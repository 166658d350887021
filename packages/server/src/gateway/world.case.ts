import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CallEnd, type CallStart, FRAME, type Snapshot, type SnapshotProvider } from '@signalbox/schema'
import { createAdmission } from '../governance/admission.ts'
import { createDirectory } from '../governance/directory.ts'
import { CoreLink } from '../http/core-link.ts'
import { createEdgeServer } from '../http/edge-server.ts'
import { sha256 } from '../lib/ids.ts'
import { createLog } from '../lib/log.ts'
import { createPricing } from '../pricing/price.ts'
import { decodeFrames } from '../store/journal/frame.ts'
import { Journal } from '../store/journal/journal.ts'
import { segmentPath } from '../store/journal/segments.ts'
import { memoryKeyValue } from '../store/key-value/memory.ts'
import { createCache } from './cache/create-cache.ts'
import { createCall, type GatewayRooms } from './call.ts'
import { createCountTokens } from './count-tokens.ts'
import { createRefusals, type Refusals } from './refusals.ts'
import { createRouter } from './routing/create-router.ts'
import { createShadows, type ShadowOptions, type Shadows } from './shadow.ts'
import { Upstream } from './upstream.ts'

export const SECRET = 'sk-sb-0123456789abcdef'

export type Seen = { url: string; headers: IncomingMessage['headers']; body: string; aborted: boolean }
export type Got = { status: number; headers: IncomingMessage['headers']; text: string }
export type Sent = {
  path: string
  method?: string
  body?: object | string
  headers?: Record<string, string>
  abortAfter?: number
  abortWhen?: Promise<void>
}

/** A gateway with its doors on a real socket, a provider of every kind behind it, and one upstream that answers for all of them. */
export type World = {
  port: number
  seen: Seen[]
  answer: (request: IncomingMessage, response: ServerResponse) => void
  send(sent: Sent): Promise<Got>
  shadows: Shadows
  refusals: Refusals
  recorded(): Promise<{ starts: (CallStart & { body: string })[]; ends: (CallEnd & { body: string })[] }>
  /** Of clients with the gateway, now. */
  connections(): Promise<number>
  close(): Promise<void>
}

const listen = (server: Server) =>
  new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

/** `change` makes another configuration of the usual one; `url` is that of the upstream. */
export async function startWorld(
  change: (usual: Snapshot, url: string) => Snapshot = (usual) => usual,
  shadowOptions: ShadowOptions = {},
  more: Pick<GatewayRooms, 'promptVersion'> = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'world-'))
  const journal = new Journal({ folder, reserveBytes: 0 })
  journal.open(() => ({ header: '{}' }))
  const seen: Seen[] = []
  const upstream = createServer(async (request, response) => {
    const call: Seen = { url: request.url ?? '', headers: request.headers, body: '', aborted: false }
    seen.push(call)
    response.on('close', () => {
      if (!response.writableFinished) call.aborted = true
    })
    for await (const chunk of request) call.body += chunk
    world.answer(request, response)
  })
  const url = `http://127.0.0.1:${await listen(upstream)}`
  const directory = createDirectory(change(snapshotOf(url), url))
  const transport = new Upstream({})
  const kept = memoryKeyValue()
  const refusals = createRefusals({ journal, windowMs: 60_000 })
  const rooms: GatewayRooms = {
    ...more,
    directory: () => directory,
    journal,
    upstream: transport,
    router: createRouter(),
    cache: createCache({ open: () => kept, openPrivate: () => kept }),
    admission: createAdmission(),
    pricingOf: () => createPricing([]),
    locate: (provider) => provider,
    onCall: () => {},
    refused: refusals.tell,
  }
  const shadows = createShadows(rooms, shadowOptions)
  const gateway = createEdgeServer({
    ...rooms,
    call: createCall({ ...rooms, mirror: shadows.mirror }),
    countTokens: createCountTokens(rooms),
    core: new CoreLink({ address: { socketPath: join(folder, 'none.sock') }, token: '', trustProxy: false }),
    log: createLog('edge', 'silent'),
    ingested: () => {},
    edgeProblem: () => null,
    coreReady: async () => false,
    metrics: async () => '',
  })
  const port = await listen(gateway)
  const world: World = {
    port,
    seen,
    shadows,
    refusals,
    answer: (_, response) => void response.writeHead(500).end(),
    send: (sent) => send(port, sent),
    async recorded() {
      const frames = decodeFrames(readFileSync(segmentPath(folder, 1)))
      const of = (kind: number) => frames.filter((frame) => frame.kind === kind)
      return {
        starts: of(FRAME.start).map((frame) => ({ ...(JSON.parse(frame.header) as CallStart), body: frame.body.toString() })),
        ends: of(FRAME.end).map((frame) => ({ ...(JSON.parse(frame.header) as CallEnd), body: frame.body.toString() })),
      }
    },
    connections: () => new Promise((resolve, reject) => gateway.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    async close() {
      for (const server of [gateway, upstream]) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
      await transport.close()
      await journal.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return world
}

function snapshotOf(url: string): Snapshot {
  const provider = (kind: string, baseUrl: string, more: Partial<SnapshotProvider> = {}): SnapshotProvider => ({
    name: kind,
    kind,
    baseUrl,
    apiKey: `key-of-${kind}`,
    headers: {},
    from: 'file',
    problem: null,
    ...more,
  })
  const settings = { region: 'us-east-1', accessKeyId: 'AKID', secretAccessKey: 'secret' }
  const providers = [
    provider('openai', `${url}/v1`),
    provider('openai-compatible', `${url}/v1`),
    provider('azure', url),
    provider('mistral', `${url}/v1`),
    provider('anthropic', url),
    provider('google', url),
    provider('vertex', `${url}/v1/projects/p/locations/l/publishers/google`),
    provider('bedrock', url, { apiKey: null, settings }),
    provider('cohere', url),
    provider('openai-compatible', 'http://127.0.0.1:9/v1', { name: 'gone', apiKey: null }),
  ]
  const key = {
    id: 'key_1',
    projectId: 'default',
    publicKey: 'pk',
    secretSha256: sha256(SECRET),
    scopes: ['gateway:call'],
    expiresAt: null,
  }
  return {
    version: 1,
    limits: { maxBodyBytes: 1 << 20 },
    cache: { maxBytes: 1 << 20 },
    keys: [key],
    projects: {
      default: {
        id: 'default',
        prices: [],
        capture: { content: true, maxBytes: 1 << 20 },
        providers: Object.fromEntries(providers.map((one) => [one.name, one])),
        models: { support: { strategy: 'fallback', targets: [{ provider: 'openai', model: 'gpt-4o' }] } },
        budgets: [],
        currency: { code: 'USD', perUsd: 1 },
        splits: [],
      },
    },
  }
}

function send(port: number, { path, method = 'POST', body, headers = {}, abortAfter, abortWhen }: Sent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const auth = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }
    const request = httpRequest({ port, path, method, headers: { ...auth, ...headers } })
    const none = { status: 0, headers: {}, text: '' }
    request.on('response', (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
        if (abortAfter !== undefined && text.length >= abortAfter) request.destroy()
      })
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
        }),
      )
    })
    request.on('error', (error) => (abortAfter === undefined && !abortWhen ? reject(error) : resolve({ ...none })))
    request.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
    void abortWhen?.then(() => request.destroy())
  })
}

export const until = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await condition())) await sleep(2)
}
