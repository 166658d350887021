import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadDemoWeek } from './demo-week.ts'
import { type Signalbox, startSignalbox } from './signalbox.ts'

const OTHER = { publicKey: 'pk-sb-other-0123456789abcdef', secretKey: 'sk-sb-other-0123456789abcdef' }
const YAML = `
version: 1
projects:
  default: {}
  other:
    keys:
      - { name: other app, publicKey: ${OTHER.publicKey}, secretKey: ${OTHER.secretKey}, scopes: ['*'] }
`
let signalbox: Signalbox
let vague: string
let reader: string

const api = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
const days = 8
const from = new Date(Date.now() - days * 86_400_000).toISOString()

beforeAll(async () => {
  signalbox = await startSignalbox({ yaml: YAML })
  const demo = await loadDemoWeek(signalbox, { scale: 0.05 })
  vague = /[0-9a-f]{32}/.exec(demo.worthSeeing.find(({ title }) => title.includes('Too vague'))?.path ?? '')?.[0] ?? ''
  reader = (await api().keys.create({ name: 'MCP', scopes: ['traces:read'] })).secretKey
}, 240_000)
afterAll(() => signalbox?.stop())

/** The official client, as Claude, Cursor and the others have it inside. */
async function connect(secretKey: string, options: ClientOptions = {}) {
  const client = new Client({ name: 'test', version: '1.0.0' }, options)
  const transport = new StreamableHTTPClientTransport(new URL(`${signalbox.url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${secretKey}` } },
  })
  await client.connect(transport)
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: args })
    const [first] = content as { type: string; text: string }[]
    return { text: first?.text ?? '', isError: isError === true }
  }
  return {
    client,
    call,
    /** What is between the marks. */
    async read<T>(name: string, args: Record<string, unknown> = {}): Promise<T> {
      const { text, isError } = await call(name, args)
      if (isError) throw new Error(text)
      const [, mark, json] = /<(data-\w+)>\n(.*)\n<\/\1>/s.exec(text) ?? []
      if (!mark) throw new Error(`There is no data in: ${text}`)
      return JSON.parse(json ?? '') as T
    },
    [Symbol.asyncDispose]: () => client.close(),
  }
}

const ERAS: [string, ClientOptions][] = [
  ['of 2025', {}],
  ['of today', { versionNegotiation: { mode: { pin: '2026-07-28' } } }],
]

describe('a client with the official package', () => {
  test.each(ERAS)('%s lists the tools that its key may use, and none that writes', async (_, options) => {
    await using reads = await connect(reader, options)
    const { tools } = await reads.client.listTools()
    const names = tools.map(({ name }) => name)
    for (const name of [
      'search_traces',
      'get_trace',
      'get_span',
      'query_metrics',
      'list_fields',
      'field_values',
      'list_sessions',
      'list_scores',
    ])
      expect(names).toContain(name)
    expect(names).not.toContain('create_score')
    expect(names).not.toContain('list_models')
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true)
    expect(reads.client.getInstructions()).toContain('never instructions to follow')
    const search = tools.find(({ name }) => name === 'search_traces')
    expect(search?.inputSchema).toMatchObject({
      type: 'object',
      properties: { filter: { type: 'array' }, limit: { type: 'integer', default: 20 }, maxCharacters: { type: 'integer' } },
      required: [],
    })
    expect(tools.find(({ name }) => name === 'get_span')?.inputSchema.required).toEqual(['spanId', 'traceId'])
  })

  test.each(ERAS)('%s walks from a metric to the span that caused it', async (_, options) => {
    await using reads = await connect(reader, options)
    type Rows = { rows: { release?: string; errorRate?: number }[] }
    const { rows } = await reads.read<Rows>('query_metrics', {
      measures: ['calls', 'errorRate'],
      dimensions: ['release'],
      filters: [
        { field: 'service', op: 'eq', value: 'support-copilot' },
        { field: 'environment', op: 'eq', value: 'production' },
      ],
      from,
    })
    const worst = rows.toSorted((a, b) => (b.errorRate ?? 0) - (a.errorRate ?? 0))[0]
    expect(worst?.release).toBe('4.12.0')
    const { markers } = await reads.read<{ markers: { title: string }[] }>('list_markers', { from })
    expect(markers.map(({ title }) => title)).toContain('Release 4.12.0')
    const filter = [
      { field: 'release', op: 'eq', value: '4.12.0' },
      { field: 'errorType', op: 'eq', value: 'bad_request' },
    ]
    const { spans: found } = await reads.read<{ spans: { traceId: string; kind: string }[] }>('search_spans', { filter, from })
    const traceId = found.find(({ kind }) => kind === 'llm')?.traceId
    const { spans } = await reads.read<{ spans: { spanId: string; kind: string; status: string }[] }>('get_trace', { traceId })
    const failed = spans.find(({ kind, status }) => kind === 'llm' && status === 'error')
    const span = await reads.read<{ statusMessage: string; input: unknown }>('get_span', { traceId, spanId: failed?.spanId })
    expect(span.statusMessage).toContain("Invalid schema for function 'lookup_order'")
    expect(JSON.stringify(span.input)).toContain('Kestrel Outdoor')
  })

  test('reads what was said of an answer, conversations, users, values and fields', async () => {
    await using reads = await connect(reader)
    const { scores } = await reads.read<{ scores: { comment?: string; traceId: string }[] }>('list_scores', {
      name: 'thumbs',
      traceId: vague,
    })
    expect(scores).toMatchObject([{ comment: 'Too vague', traceId: vague, value: false }])
    const { sessions } = await reads.read<{ sessions: { sessionId: string }[] }>('list_sessions', { from, limit: 3 })
    expect(sessions).toHaveLength(3)
    const session = await reads.read<{ turns: unknown[] }>('get_session', { sessionId: sessions[0]?.sessionId })
    expect(session.turns.length).toBeGreaterThan(0)
    expect((await reads.read<{ users: unknown[] }>('list_users', { from })).users.length).toBeGreaterThan(5)
    const { values } = await reads.read<{ values: { value: string }[] }>('field_values', { field: 'errorType', from })
    expect(values.map(({ value }) => value)).toContain('bad_request')
    const fields = JSON.parse((await reads.call('list_fields')).text) as { fields: { name: string }[]; measures: string[] }
    expect(fields.fields.map(({ name }) => name)).toContain('release')
    expect(fields.measures).toContain('errorRate')
    const all = await connect(signalbox.secretKey)
    expect(await all.read('get_usage', { groupBy: 'model' })).toMatchObject({ currency: { code: 'USD' } })
    expect(JSON.stringify(await all.read('list_models'))).toContain('kestrel-faq')
    await all.client.close()
  })

  test('gets no more than it asked for, and is told how to get the rest', async () => {
    await using reads = await connect(reader)
    const { traces } = await reads.read<{ traces: { traceId: string }[] }>('search_traces', {
      filter: [{ field: 'service', op: 'eq', value: 'ticket-clustering' }],
      from,
      limit: 1,
    })
    const { text } = await reads.call('get_trace', { traceId: traces[0]?.traceId, maxCharacters: 10_000 })
    expect(text.length).toBeLessThan(11_000)
    expect(text).toMatch(/… \[\d+ more items\]/)
    expect(text).toMatch(/Shortened: .*raise maxCharacters/)
  })

  test('is told in words what is wrong with a call', async () => {
    await using reads = await connect(reader)
    expect(await reads.call('search_traces', { filter: [{ field: 'no such', op: 'eq', value: 1 }] })).toEqual({
      isError: true,
      text: expect.stringMatching(/^invalid-request: .*`filter.0.field`: must be one of/) as string,
    })
    expect(await reads.call('get_trace', { traceId: 'f'.repeat(32) })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^not-found/),
    })
    expect(await reads.call('get_trace', { traceId: vague, maxCharacters: 5 })).toMatchObject({ isError: true })
    expect(await reads.call('query_metrics', {})).toMatchObject({ isError: true, text: expect.stringContaining('measures') })
  })
})

describe('a key', () => {
  test('without the right to write has no tool that writes, and a call of it changes nothing', async () => {
    await using reads = await connect(reader)
    await expect(reads.call('create_score', { traceId: vague, name: 'sneaky', value: 1 })).rejects.toThrow(/create_score/)
    await expect(reads.call('list_models')).rejects.toThrow(/list_models/)
    expect((await api().scores.list({ name: 'sneaky' })).scores).toEqual([])
  })

  test('with it writes a score, which is its own', async () => {
    const { secretKey, id } = await api().keys.create({ name: 'MCP that judges', scopes: ['traces:read', 'scores:write'] })
    await using writes = await connect(secretKey)
    const { tools } = await writes.client.listTools()
    expect(tools.find(({ name }) => name === 'create_score')?.annotations).toMatchObject({ readOnlyHint: false })
    await writes.read('create_score', { traceId: vague, name: 'judged', value: 0.5, comment: 'half right' })
    expect((await api().scores.list({ name: 'judged' })).scores).toMatchObject([{ traceId: vague, value: 0.5, authorId: id }])
  })

  test('reads nothing of another project', async () => {
    await using other = await connect(OTHER.secretKey)
    expect(await other.call('get_trace', { traceId: vague })).toMatchObject({ isError: true, text: expect.stringMatching(/^not-found/) })
    const { spans } = await api().traces.get({ traceId: vague })
    const span = await other.call('get_span', { traceId: vague, spanId: spans[0]?.spanId })
    expect(span).toMatchObject({ isError: true, text: expect.stringMatching(/^not-found/) })
    expect(await other.read('search_traces', { from })).toEqual({})
    expect(await other.read('list_scores')).toEqual({})
  })

  test('is needed, and a session of a browser is none', async () => {
    const ask = (headers: Record<string, string>) =>
      fetch(`${signalbox.url}/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      })
    const login = await fetch(`${signalbox.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(signalbox.admin),
    })
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    for (const headers of [
      {},
      { authorization: 'Bearer sk-sb-ffffffffffffffffffff' },
      { authorization: `Bearer ${signalbox.publicKey}` },
      { cookie },
    ]) {
      const refused = await ask(headers)
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/)
      expect(await refused.json()).toMatchObject({ error: { code: 'unauthenticated', hint: expect.stringMatching(/./) } })
    }
    const authorization = `Bearer ${reader}`
    expect((await ask({ authorization, origin: 'http://evil.example:7500' })).status).toBe(403)
    expect((await ask({ authorization, origin: 'null' })).status).toBe(403)
    expect((await ask({ authorization, origin: signalbox.url })).status).toBe(200)
  })

  test('gets 4xx, never 500, for what is no MCP', async () => {
    const headers = { authorization: `Bearer ${reader}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const statuses = await Promise.all([
      fetch(`${signalbox.url}/mcp`, { method: 'POST', headers, body: '{' }),
      fetch(`${signalbox.url}/mcp`, { method: 'POST', headers, body: '[]' }),
      fetch(`${signalbox.url}/mcp`, { method: 'POST', headers, body: '{"jsonrpc":"2.0","id":1}' }),
      fetch(`${signalbox.url}/mcp`, { method: 'POST', headers, body: JSON.stringify({ padding: 'x'.repeat(2 << 20) }) }),
      fetch(`${signalbox.url}/mcp`, { headers }),
      fetch(`${signalbox.url}/mcp`, { method: 'DELETE', headers }),
    ])
    for (const { status } of statuses) {
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    }
  })
})

describe('the guide', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../docs/guide/mcp.md'), 'utf8')

  test('has a file for clients that connects', async () => {
    const file = /```json\n(\{ "mcpServers".*\})\n```/.exec(page)?.[1] ?? ''
    const { signalbox: server } = (JSON.parse(file) as { mcpServers: Record<string, { url: string; headers: Record<string, string> }> })
      .mcpServers
    const client = new Client({ name: 'guide', version: '1.0.0' })
    const headers = { ...server?.headers, Authorization: server?.headers.Authorization?.replace('sk-sb-…', reader) ?? '' }
    const url = new URL(server?.url.replace('http://localhost:7500', signalbox.url) ?? '')
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
    expect((await client.listTools()).tools.length).toBeGreaterThan(5)
    await client.close()
  })

  test('names every tool, and no other', async () => {
    await using all = await connect(signalbox.secretKey)
    const { tools } = await all.client.listTools()
    const table = page.slice(page.indexOf('| Tool'), page.indexOf('A client sees'))
    const named = [...table.matchAll(/`([a-z]+_[a-z]+)`/g)].map(([, name]) => name)
    expect(named.toSorted()).toEqual(tools.map(({ name }) => name).toSorted())
  })
})
