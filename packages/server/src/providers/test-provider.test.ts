import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SnapshotProvider } from '@signalbox/schema'
import { describe, expect, it, onTestFinished } from 'vitest'
import { kinds } from './kinds.ts'
import { startSimulator } from './simulator/server.ts'
import { createProviderTest } from './test-provider.ts'

const KEY = 'sk-test-abcdefghijkl'
const provider = (more: Partial<SnapshotProvider>): SnapshotProvider => ({
  name: 'mine',
  kind: 'openai',
  baseUrl: '',
  apiKey: KEY,
  headers: {},
  from: 'project',
  problem: null,
  ...more,
})
const test = createProviderTest({ variables: {}, limitMs: 2000 })

type Heard = { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }
async function upstream(answer: RequestListener) {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    heard.push({ method: request.method, url: request.url, headers: request.headers })
    request.resume()
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard }
}
const json =
  (status: number, body: unknown): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

describe('the test of a provider', () => {
  it.each<[kind: string, path: string, listed: object, header: string, more: Partial<SnapshotProvider>]>([
    ['openai', '/v1/models', { data: [{ id: 'b' }, { id: 'a' }] }, 'authorization', {}],
    ['openai-compatible', '/v1/models', [{ id: 'b' }, { id: 'a' }], 'authorization', {}],
    ['azure', '/openai/v1/models', { data: [{ id: 'b' }, { id: 'a' }] }, 'api-key', {}],
    [
      'azure',
      '/openai/models?api-version=2024-10-21',
      { data: [{ id: 'b' }, { id: 'a' }] },
      'api-key',
      { settings: { apiVersion: '2024-10-21' } },
    ],
    ['anthropic', '/v1/models?limit=1000', { data: [{ id: 'b' }, { id: 'a' }] }, 'x-api-key', {}],
    ['google', '/v1beta/models?pageSize=1000', { models: [{ name: 'models/b' }, { name: 'models/a' }] }, 'x-goog-api-key', {}],
    [
      'vertex',
      '/v1beta1/publishers/google/models?pageSize=100',
      { publisherModels: [{ name: 'publishers/google/models/b' }, { name: 'publishers/google/models/a' }] },
      'x-goog-user-project',
      { settings: { project: 'p', location: 'global' } },
    ],
    [
      'bedrock',
      '/foundation-models',
      { modelSummaries: [{ modelId: 'b' }, { modelId: 'a' }] },
      'authorization',
      { apiKey: null, settings: { region: 'us-east-1', accessKeyId: 'A', secretAccessKey: 'S3CRET' } },
    ],
    ['cohere', '/v1/models?page_size=1000', { models: [{ name: 'b' }, { name: 'a' }] }, 'authorization', {}],
    ['mistral', '/v1/models', { data: [{ id: 'b' }, { id: 'a' }] }, 'authorization', {}],
  ])('asks %s for its models at %s', async (kind, path, listed, header, more) => {
    const { url, heard } = await upstream(json(200, listed))
    const base = kind === 'openai' || kind === 'openai-compatible' || kind === 'mistral' ? `${url}/v1` : url
    const answer = await test(provider({ kind, baseUrl: base, ...more }))
    expect(answer).toMatchObject({ ok: true, models: ['a', 'b'], problem: null })
    expect(heard).toHaveLength(1)
    expect(heard[0]).toMatchObject({ method: 'GET', url: path })
    expect(heard[0]?.headers[header]).toBeTruthy()
  })

  it('is there for every kind', () => {
    expect(Object.keys(kinds).sort()).toEqual(
      ['openai', 'openai-compatible', 'azure', 'mistral', 'anthropic', 'google', 'vertex', 'bedrock', 'cohere', 'simulator'].sort(),
    )
  })

  it('finds the models of the simulator', async () => {
    const simulator = await startSimulator({})
    onTestFinished(() => simulator.close())
    expect(await test(provider({ kind: 'simulator', baseUrl: simulator.url, apiKey: null }))).toMatchObject({
      ok: true,
      models: ['echo', 'faults', 'script'],
    })
  })

  it.each([
    [401, { error: { message: `Incorrect API key provided: sk-test-****ijkl` } }, 'It refused the credentials (401).'],
    [403, {}, 'It refused the credentials (403).'],
    [500, { error: { message: `It broke with ${KEY} inside` } }, 'It answered 500: It broke with … inside'],
    [429, { message: 'Slow down' }, 'It answered 429: Slow down'],
    [503, 'text', 'It answered 503.'],
    [200, { hello: 1 }, 'It answered, but not with a list of models. Is the base URL right?'],
  ])('says what a %i means, without secrets', async (status, body, problem) => {
    const { url } = await upstream(json(status, body))
    const answer = await test(provider({ baseUrl: url }))
    expect(answer).toMatchObject({ ok: false, models: null, problem })
    expect(JSON.stringify(answer)).not.toMatch(/sk-test|ijkl/)
  })

  it.each([
    [400, true],
    [422, true],
    [401, false],
    [404, false],
  ])('of a host without a list of models trusts a refusal of an empty call: %i', async (status, ok) => {
    const { url, heard } = await upstream((request, response) => json(request.method === 'GET' ? 404 : status, {})(request, response))
    expect(await test(provider({ kind: 'openai-compatible', baseUrl: url }))).toMatchObject({ ok, models: null })
    expect(heard.map(({ method, url: path }) => `${method} ${path}`)).toEqual(['GET /models', 'POST /chat/completions'])
  })

  it('does not follow a redirect with the key', async () => {
    const other = await upstream(json(200, { data: [] }))
    const { url } = await upstream((_, response) => void response.writeHead(307, { location: `${other.url}/models` }).end())
    expect(await test(provider({ baseUrl: url }))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('redirect (307)') as string,
    })
    expect(other.heard).toEqual([])
  })

  it('gives up on a provider that does not answer', async () => {
    const { url } = await upstream(() => {})
    const impatient = createProviderTest({ variables: {}, limitMs: 200 })
    expect(await impatient(provider({ baseUrl: url }))).toMatchObject({ ok: false, problem: 'It did not answer within 0.2 s.' })
  })

  it('does not reach a private address for a provider that may not', async () => {
    for (const kind of Object.keys(kinds)) {
      const { url, heard } = await upstream(json(200, { data: [] }))
      const settings = { project: 'p', location: 'global', region: 'r', accessKeyId: 'A', secretAccessKey: 'S' }
      const answer = await test(provider({ kind, baseUrl: url, guarded: true, settings }))
      expect(answer, kind).toMatchObject({ ok: false, problem: expect.stringContaining('private') as string })
      expect(heard, kind).toEqual([])
    }
  })

  it('says that nobody listens, and that a provider is not configured', async () => {
    expect(await test(provider({ baseUrl: 'http://127.0.0.1:1' }))).toMatchObject({
      ok: false,
      problem: 'The connection failed (ECONNREFUSED).',
    })
    expect(await test(provider({ problem: 'X is not set' }))).toMatchObject({ ok: false, problem: 'It is not configured: X is not set.' })
  })
})
