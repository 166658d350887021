import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import { createClient } from '@signalbox/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withServer } from './servers/or-skip.ts'
import { startRedis } from './servers/redis.ts'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

/** An endpoint for embeddings whose vectors are as close as the words are. */
let words: { url: string; server: Server; calls: number }
const yaml = (store = '') => `
version: 1
providers:
  words: { kind: openai-compatible, baseUrl: "${words.url}/v1" }
prices:
  - { provider: words, model: bag-of-words, input: 1, output: 0 }
models:
  faq:
    targets: [{ provider: simulator, model: script }]
    cache: { mode: exact, ttlSeconds: 3600 }
  helpdesk:
    targets: [{ provider: simulator, model: echo }]
    cache: { mode: semantic, similarity: 0.9, embeddings: words/bag-of-words }
  vectors:
    targets: [{ provider: simulator, model: echo }]
    cache: {}
${store}`

beforeAll(async () => {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    words.calls++
    const { input } = JSON.parse(text) as { input: string }
    const vector = Array<number>(128).fill(0.01)
    for (const word of input.toLowerCase().match(/\w+/g) ?? []) {
      const place = [...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 128, 7)
      vector[place] = (vector[place] ?? 0) + 1
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        object: 'list',
        data: [{ object: 'embedding', index: 0, embedding: vector }],
        model: 'bag-of-words',
        usage: { prompt_tokens: 5, total_tokens: 5 },
      }),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  words = { server, calls: 0, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
})
afterAll(() => words.server.close())

const clients = ({ url, secretKey }: Signalbox) => ({
  openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: secretKey, maxRetries: 0 }),
  anthropic: new Anthropic({ baseURL: url, apiKey: secretKey, maxRetries: 0 }),
  api: createClient({ baseUrl: url, apiKey: secretKey }),
})
/** By the simulator's own count. */
async function upstreamCalls({ url, secretKey }: Signalbox): Promise<number> {
  const { system } = { system: await createClient({ baseUrl: url, apiKey: secretKey }).providers.list({}) }
  const simulator = system.providers.find(({ name }) => name === 'simulator')
  const response = await fetch(`${simulator?.baseUrl.replace(/\/v1$/, '')}/count`)
  return ((await response.json()) as { calls: number }).calls
}
const user = (content: string) => [{ role: 'user' as const, content }]
const script = (more: object) => JSON.stringify({ usage: { input: 1000, output: 500 }, ...more })
const header = (response: Response, name = 'cache') => response.headers.get(`x-signalbox-${name}`)

describe('answers that are kept', () => {
  let signalbox: Signalbox
  let openai: OpenAI
  let anthropic: Anthropic
  let api: ReturnType<typeof clients>['api']
  beforeAll(async () => {
    signalbox = await startSignalbox({ yaml: yaml() })
    ;({ openai, anthropic, api } = clients(signalbox))
    // Its socket opens with the first call.
    await openai.chat.completions.create({ model: 'simulator/echo', messages: user('hi') })
    await eventually(async () => ((await upstreamCalls(signalbox)) > 0 ? true : undefined))
  })
  afterAll(() => signalbox?.stop())

  const chat = (text: string, more: object = {}) =>
    openai.chat.completions.create({ model: 'faq', messages: user(text), ...more, stream: false }).withResponse()
  const streamed = async (text: string) => {
    const { data, response } = await openai.chat.completions.create({ model: 'faq', messages: user(text), stream: true }).withResponse()
    let said = ''
    for await (const chunk of data) said += chunk.choices[0]?.delta.content ?? ''
    return { said, response }
  }

  test('worked case 6: the hash of prompt and settings decides; a hit is served at once, a miss is sent on, and what that saves is seen', async () => {
    const before = await upstreamCalls(signalbox)
    const text = script({ text: 'The notice period is 90 days.', delayMs: 300 })
    const miss = await chat(text)
    const hit = await chat(text)
    const otherSettings = await chat(text, { temperature: 0.1 })
    expect([miss, hit, otherSettings].map(({ response }) => header(response))).toEqual(['miss', 'hit', 'miss'])
    expect(hit.data.choices[0]?.message.content).toBe('The notice period is 90 days.')
    expect([header(miss.response, 'cost'), header(hit.response, 'cost'), header(hit.response, 'attempts')]).toEqual(['0.002', '0', '0'])
    expect(await upstreamCalls(signalbox)).toBe(before + 2)
    const use = await eventually(async () => {
      const { models } = await api.cache.get({})
      const faq = models.find(({ model }) => model === 'faq')
      return faq?.calls === 3 ? faq : undefined
    })
    expect(use).toMatchObject({ mode: 'exact', ttlSeconds: 3600, hits: 1, misses: 2, semanticHits: 0, savedUsd: '0.002' })
    expect(use.hitRate).toBeCloseTo(1 / 3)
    expect(use.savedSeconds).toBeGreaterThan(0.3)
    const { spans } = await api.traces.get({ traceId: header(hit.response, 'trace-id') ?? '' })
    expect(spans).toMatchObject([
      { cache: 'hit', costUsd: '0', savedUsd: '0.002', inputTokens: 0, outputTokens: 0, attempts: 0, usageSource: 'none' },
    ])
    const { rows } = await api.query.run({
      measures: ['cacheHits', 'cacheMisses', 'cacheHitRate', 'savedUsd', 'savedSeconds'],
      dimensions: ['requestModel'],
      filters: [{ field: 'requestModel', op: 'eq', value: 'faq' }],
    })
    expect(rows).toMatchObject([{ requestModel: 'faq', cacheHits: 1, cacheMisses: 2, savedUsd: '0.002' }])
    const byCache = await api.query.run({
      measures: ['calls', 'costUsd'],
      dimensions: ['cache'],
      filters: [{ field: 'requestModel', op: 'eq', value: 'faq' }],
    })
    expect(byCache.rows).toEqual([
      { cache: 'miss', calls: 2, costUsd: '0.004' },
      { cache: 'hit', calls: 1, costUsd: '0' },
    ])
  })

  test('a stream is replayed as a stream and given whole, and a whole one as a stream, to the client of OpenAI', async () => {
    const before = await upstreamCalls(signalbox)
    const text = script({ text: 'One two three four.' })
    const first = await streamed(text)
    const again = await streamed(text)
    const whole = await chat(text)
    expect([first, again].map(({ said }) => said)).toEqual(['One two three four.', 'One two three four.'])
    expect(whole.data.choices[0]?.message.content).toBe('One two three four.')
    expect(whole.data.usage).toMatchObject({ prompt_tokens: 1000, completion_tokens: 500 })
    expect([first.response, again.response, whole.response].map((response) => header(response))).toEqual(['miss', 'hit', 'hit'])
    const other = script({ text: 'Five six.' })
    await chat(other)
    expect(await streamed(other)).toMatchObject({ said: 'Five six.' })
    expect(await upstreamCalls(signalbox)).toBe(before + 2)
  })

  test('tools survive the change of form', async () => {
    const text = script({ text: '', tools: [{ name: 'look_up', arguments: { q: 'Zürich' } }] })
    const tools = [{ type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object' } } }]
    const stream = await openai.chat.completions.create({ model: 'faq', messages: user(text), tools, stream: true })
    for await (const _ of stream);
    const whole = await chat(text, { tools })
    expect(header(whole.response)).toBe('hit')
    expect(whole.data.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ type: 'function', function: { name: 'look_up', arguments: '{"q":"Zürich"}' } }] },
    })
  })

  test('the client of Anthropic', async () => {
    const body = { model: 'faq', max_tokens: 100, messages: user(script({ text: 'Bonjour à tous.' })) }
    const whole = await anthropic.messages.create(body).withResponse()
    const again = await anthropic.messages.create({ ...body, metadata: { user_id: 'somebody' } }).withResponse()
    const stream = anthropic.messages.stream(body)
    expect(await stream.finalText()).toBe('Bonjour à tous.')
    expect([whole, again].map(({ response, data }) => [header(response), data.content[0]?.type])).toEqual([
      ['miss', 'text'],
      ['hit', 'text'],
    ])
    expect(again.data).toEqual(whole.data)
    expect(header(stream.response as Response)).toBe('hit')
    expect((await stream.finalMessage()).usage).toMatchObject({ output_tokens: 500 })
  })

  test('fifty identical calls at once are one call upstream', async () => {
    const before = await upstreamCalls(signalbox)
    const text = script({ text: 'Once.', delayMs: 500 })
    const answers = await Promise.all(Array.from({ length: 50 }, () => chat(text)))
    expect(new Set(answers.map(({ data }) => data.choices[0]?.message.content))).toEqual(new Set(['Once.']))
    expect(answers.filter(({ response }) => header(response) === 'miss')).toHaveLength(1)
    expect(await upstreamCalls(signalbox)).toBe(before + 1)
  })

  test('of embeddings only the texts that are not known go upstream', async () => {
    const embed = (input: string[]) => openai.embeddings.create({ model: 'vectors', input }).withResponse()
    const first = await embed(['alpha', 'beta'])
    const before = await upstreamCalls(signalbox)
    const mixed = await embed(['gamma', 'alpha'])
    expect(await upstreamCalls(signalbox)).toBe(before + 1)
    const all = await embed(['beta', 'gamma', 'alpha'])
    expect(await upstreamCalls(signalbox)).toBe(before + 1)
    expect([first, mixed, all].map(({ response }) => header(response))).toEqual(['miss', 'miss', 'hit'])
    const [alpha, beta] = first.data.data.map(({ embedding }) => embedding)
    const gamma = mixed.data.data[0]?.embedding
    expect(all.data.data.map(({ embedding }) => embedding)).toEqual([beta, gamma, alpha])
    expect(alpha).not.toEqual(beta)
  })

  describe('questions in other words', () => {
    const ask = (content: string) => openai.chat.completions.create({ model: 'helpdesk', messages: user(content) }).withResponse()
    const QUESTION = 'How do I apply for parental leave in the new portal?'
    const CLOSE = 'how do I apply for parental leave in the portal'
    const OPPOSITE = 'How do I apply for parental leave without the new portal?'

    test('get the same answer, false friends do not, and both can be looked at', async () => {
      await ask(QUESTION)
      const close = await ask(CLOSE)
      const opposite = await ask(OPPOSITE)
      expect([close, opposite].map(({ response }) => header(response))).toEqual(['semantic', 'miss'])
      expect(close.data.choices[0]?.message.content).toBe(QUESTION)
      const { hits } = await eventually(async () => {
        const found = await api.cache.hits({ outcome: 'all' })
        return found.hits.length >= 2 ? found : undefined
      })
      expect(hits).toMatchObject([
        { model: 'helpdesk', outcome: 'refused', question: OPPOSITE, reasons: [expect.stringContaining('negation')] },
        { model: 'helpdesk', outcome: 'given', question: CLOSE, keptQuestion: QUESTION, answer: QUESTION, rejected: false },
      ])
      expect((await api.cache.hits({})).hits).toHaveLength(1)
      const pages = [await api.cache.hits({ outcome: 'all', limit: 1 })]
      pages.push(await api.cache.hits({ outcome: 'all', limit: 1, ...(pages[0]?.nextCursor && { cursor: pages[0].nextCursor }) }))
      expect(pages.flatMap(({ hits: page }) => page.map(({ spanId }) => spanId))).toEqual(hits.map(({ spanId }) => spanId))
      const { spans } = await api.traces.get({ traceId: header(close.response, 'trace-id') ?? '' })
      expect(spans.map(({ kind, cache, costUsd }) => [kind, cache, costUsd]).toSorted()).toEqual([
        ['embedding', null, '0.000005'],
        ['llm', 'semantic', '0'],
      ])
    })

    test('an answer that somebody calls wrong is not given again', async () => {
      const [hit] = (await api.cache.hits({})).hits
      if (!hit) throw new Error('there is no hit')
      await api.cache.reject({ spanId: hit.spanId, traceId: hit.traceId })
      expect((await api.cache.hits({})).hits[0]?.rejected).toBe(true)
      await eventually(async () => {
        const { response } = await ask(CLOSE)
        return header(response) === 'miss' ? true : undefined
      })
    })
  })

  test('a purge of one alias leaves the others; one of the project leaves none', async () => {
    const text = script({ text: 'Purge me.' })
    await chat(text)
    await openai.embeddings.create({ model: 'vectors', input: ['delta'] })
    await api.cache.purge({ model: 'faq' })
    await eventually(async () => (header((await chat(text)).response) === 'miss' ? true : undefined))
    expect(header((await chat(text)).response)).toBe('hit')
    expect(header((await openai.embeddings.create({ model: 'vectors', input: ['delta'] }).withResponse()).response)).toBe('hit')
    await api.cache.purge({})
    await eventually(async () => (header((await chat(text)).response) === 'miss' ? true : undefined))
    await expect(api.cache.purge({ model: 'nobody' })).rejects.toThrow('no alias')
    expect((await api.cache.get({})).models.find(({ model }) => model === 'faq')?.purgedAt).not.toBeNull()
  })

  test('what was kept on disk is there after the edge was killed', async () => {
    const text = script({ text: 'Still here.' })
    await chat(text)
    await eventually(async () => (header((await chat(text)).response) === 'hit' ? true : undefined))
    // It is written a moment after it is kept.
    await eventually(async () => ((await keptFiles(signalbox)).some((content) => content.includes('Still here.')) ? true : undefined))
    signalbox.killRole('edge')
    await signalbox.ready()
    const before = await fetch(`${signalbox.url}/metrics`).then((response) => response.text())
    expect(before).toContain('signalbox_cache_lookups_total{result="hit"} 0')
    const { response } = await eventually(async () => chat(text))
    expect(header(response)).toBe('hit')
  })
})

async function keptFiles({ data }: Signalbox): Promise<Buffer[]> {
  const folder = join(data, 'cache')
  return Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))
}

const redis = await startRedis()
withServer('a cache in Redis', redis, (url) => {
  let one: Signalbox
  let other: Signalbox
  beforeAll(async () => {
    ;[one, other] = await Promise.all([
      startSignalbox({ yaml: yaml(), env: { REDIS_URL: url } }),
      startSignalbox({ yaml: yaml(), env: { REDIS_URL: url } }),
    ])
  })
  afterAll(() => Promise.all([one?.stop(), other?.stop()]))
  test('is shared by edges', async () => {
    const ask = async (signalbox: Signalbox, text: string) =>
      header(
        (
          await clients(signalbox)
            .openai.chat.completions.create({ model: 'faq', messages: user(text) })
            .withResponse()
        ).response,
      )
    const text = script({ text: 'Shared.' })
    expect(await eventually(async () => ((await ask(one, text)) === 'hit' ? true : undefined))).toBe(true)
    expect(await ask(other, text)).toBe('hit')
  })
})
