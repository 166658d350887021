import type { ServerResponse } from 'node:http'
import type { ModelCache, Snapshot } from '@signalbox/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWorld, until, type World } from '../world.case.ts'

let world: World
const cached = (name: string, provider: string, model: string, cache: Partial<ModelCache> = {}) => ({
  [name]: {
    strategy: 'fallback' as const,
    targets: [{ provider, model }],
    retries: { attempts: 0, total: 8, backoffMs: 1, maxWaitMs: 1 },
    cache: { mode: 'exact' as const, ttlSeconds: 60, similarity: 0.9, ...cache },
  },
})
const withCache = (usual: Snapshot): Snapshot => {
  const { default: project } = usual.projects
  if (!project) throw new Error('no project')
  const models = {
    ...project.models,
    ...cached('faq', 'openai', 'gpt-4o'),
    ...cached('claude', 'anthropic', 'claude-sonnet-4-5'),
    ...cached('flash', 'google', 'gemini-2.5-flash'),
    ...cached('short', 'openai', 'gpt-4o', { ttlSeconds: 1 }),
    ...cached('vectors', 'openai', 'text-embedding-3-small'),
  }
  return { ...usual, projects: { default: { ...project, models } } }
}
beforeEach(async () => {
  world = await startWorld(withCache)
})
afterEach(() => world.close())

const question = (text: string, more: object = {}) => ({ model: 'faq', messages: [{ role: 'user', content: text }], ...more })
const ask = (body: object, headers: Record<string, string> = {}, path = '/v1/chat/completions') => world.send({ path, body, headers })
const WHOLE =
  '{"id":"c1",  "object":"chat.completion","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"Hej då"},"finish_reason":"stop","odd":1.0}],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}'
const chunk = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-2024-08-06', choices, ...more })}\n\n`
const STREAM = [
  chunk([{ index: 0, delta: { role: 'assistant', content: 'Hej' }, finish_reason: null }]),
  chunk([{ index: 0, delta: { content: ' då' }, finish_reason: null }]),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
]
const USAGE = chunk([], { usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } })

/** An upstream that answers as it is asked. */
function openai(): void {
  world.answer = (_, response) => {
    const body = JSON.parse(world.seen.at(-1)?.body ?? '{}') as { stream?: boolean }
    if (!body.stream)
      return void response.writeHead(200, { 'content-type': 'application/json', 'x-ratelimit-remaining-requests': '7' }).end(WHOLE)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of [...STREAM, USAGE]) response.write(event)
    response.end('data: [DONE]\n\n')
  }
}
const statuses = (answers: { headers: Record<string, unknown> }[]) => answers.map(({ headers }) => headers['x-signalbox-cache'])
const ends = async (count: number) => {
  await until(async () => (await world.recorded()).ends.length >= count)
  return (await world.recorded()).ends
}

test('the second identical question is answered with the same bytes, and costs nothing', async () => {
  openai()
  const first = await ask(question('hi'))
  const second = await ask(question('hi'))
  expect(statuses([first, second])).toEqual(['miss', 'hit'])
  expect(second.text).toBe(WHOLE)
  expect(second.status).toBe(200)
  expect(second.headers).toMatchObject({
    age: '0',
    'content-type': 'application/json',
    'x-signalbox-attempts': '0',
    'x-signalbox-cost': '0',
    'x-signalbox-provider': 'openai',
    'x-signalbox-model': 'gpt-4o',
  })
  expect(second.headers).not.toHaveProperty('x-ratelimit-remaining-requests')
  expect(world.seen).toHaveLength(1)
  const [miss, hit] = await ends(2)
  const { starts } = await world.recorded()
  expect(miss).toMatchObject({ cache: { status: 'miss' }, cost: 3_500_000 })
  expect(hit).toMatchObject({
    status: 'ok',
    cost: 0,
    costReason: 'The answer came from the cache.',
    attempts: [],
    usageSource: 'none',
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    finishReason: 'stop',
    cache: { status: 'hit', of: starts[0]?.spanId, ofTrace: starts[0]?.traceId, savedCost: 3_500_000, savedMs: expect.any(Number) },
    body: WHOLE,
  })
})

test('an alias without a cache asks each time and says off', async () => {
  openai()
  const answers = [await ask(question('hi', { model: 'support' })), await ask(question('hi', { model: 'support' }))]
  expect(statuses(answers)).toEqual(['off', 'off'])
  expect(world.seen).toHaveLength(2)
})

describe('what makes another question', () => {
  const SAME: [string, object][] = [
    ['other order and white space', { messages: [{ content: 'hi', role: 'user' }] }],
    ['whose question it is', { user: 'u-1', metadata: { a: 'b' }, safety_identifier: 'x', prompt_cache_key: 'y', store: true }],
  ]
  test.each(SAME)('not: %s', async (_, more) => {
    openai()
    await ask(question('hi'))
    expect(statuses([await ask(question('hi', more))])).toEqual(['hit'])
  })
  const OTHER: [string, object, Record<string, string>][] = [
    ['another text', { messages: [{ role: 'user', content: 'hi!' }] }, {}],
    ['a parameter', { temperature: 0 }, {}],
    [
      'a turn before it',
      {
        messages: [
          { role: 'system', content: 'x' },
          { role: 'user', content: 'hi' },
        ],
      },
      {},
    ],
    ['something that nobody knows', { whatever: 1 }, {}],
    ['another alias', { model: 'short' }, {}],
    ['strictness', {}, { 'x-signalbox-strict': 'true' }],
    ['a region', {}, { 'x-signalbox-region': 'eu' }],
  ]
  test.each(OTHER)('%s', async (_, more, headers) => {
    openai()
    await ask(question('hi'))
    const answer = await ask(question('hi', more), headers)
    expect(answer.headers['x-signalbox-cache']).not.toBe('hit')
  })
})

describe('a client says', () => {
  test.each([
    [{ 'x-signalbox-cache': 'no-cache' }, 'miss', true],
    [{ 'x-signalbox-cache': 'refresh' }, 'miss', true],
    [{ 'x-signalbox-cache': 'no-store' }, 'off', false],
    [{ 'cache-control': 'no-cache' }, 'miss', true],
    [{ 'cache-control': 'no-store' }, 'off', false],
    [{ 'cache-control': 'max-age=0' }, 'hit', true],
    [{ 'cache-control': 'private, max-age=60' }, 'hit', true],
  ] as [Record<string, string>, string, boolean][])('%o', async (headers, status, isKept) => {
    openai()
    await ask(question('before'))
    expect(statuses([await ask(question('before'), headers)])).toEqual([status])
    await ask(question('new'), headers)
    expect(statuses([await ask(question('new'))])).toEqual([isKept ? 'hit' : 'miss'])
  })
  test('what nobody knows is refused', async () => {
    openai()
    const answer = await ask(question('hi'), { 'x-signalbox-cache': 'never' })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('no-store')
  })
})

describe('forms', () => {
  const content = (sse: string) =>
    sse
      .split('\n\n')
      .filter((event) => event.startsWith('data: {'))
      .map((event) => JSON.parse(event.slice(6)))
  test('a stream is replayed as the same bytes, with and without the usage that was not asked for', async () => {
    openai()
    const stream = { stream: true }
    const first = await ask(question('hi', stream))
    const second = await ask(question('hi', stream))
    expect(first.text).toBe(`${STREAM.join('')}data: [DONE]\n\n`)
    expect([second.text, second.headers['x-signalbox-cache'], second.headers['content-type']]).toEqual([
      first.text,
      'hit',
      'text/event-stream',
    ])
    const told = await ask(question('hi', { stream: true, stream_options: { include_usage: true } }))
    expect(told.headers['x-signalbox-cache']).toBe('hit')
    expect(content(told.text).at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100 } })
    expect(told.text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(world.seen).toHaveLength(1)
  })
  test('what was streamed is given whole', async () => {
    openai()
    await ask(question('hi', { stream: true }))
    const whole = await ask(question('hi'))
    expect([whole.headers['x-signalbox-cache'], whole.headers['content-type']]).toEqual(['hit', 'application/json'])
    expect(JSON.parse(whole.text)).toMatchObject({
      id: 'c1',
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Hej då' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1000, completion_tokens: 100 },
    })
  })
  test('what was whole is streamed', async () => {
    openai()
    await ask(question('hi'))
    const stream = await ask(question('hi', { stream: true }))
    expect([stream.headers['x-signalbox-cache'], stream.headers['content-type']]).toEqual(['hit', 'text/event-stream; charset=utf-8'])
    const chunks = content(stream.text)
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hej då')
    expect(chunks.at(-1).choices[0].finish_reason).toBe('stop')
    expect(stream.text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect((await ends(2)).at(-1)).toMatchObject({ sse: true, cost: 0, cache: { status: 'hit' }, firstTokenMs: expect.any(Number) })
  })
  test('Anthropic, whole and streamed', async () => {
    world.answer = (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(
          '{"id":"m1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"Bonjour"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":2}}',
        )
    const body = { model: 'claude', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] }
    const headers = { 'anthropic-version': '2023-06-01' }
    await ask(body, headers, '/v1/messages')
    const stream = await ask({ ...body, stream: true, metadata: { user_id: 'u' } }, headers, '/v1/messages')
    expect(stream.headers['x-signalbox-cache']).toBe('hit')
    expect(stream.text).toContain('"text":"Bonjour"')
    expect(stream.text).toContain('event: message_stop')
    expect(world.seen).toHaveLength(1)
  })
  test("Gemini's stream as an array is kept apart, and replayed as it was", async () => {
    const part =
      '{"candidates":[{"content":{"parts":[{"text":"Hi"}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1}}'
    world.answer = (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(`[${part}]`)
    const body = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
    const path = '/v1beta/models/flash:streamGenerateContent'
    const answers = [await ask(body, {}, path), await ask(body, {}, path)]
    expect(statuses(answers)).toEqual(['miss', 'hit'])
    expect(answers.map(({ text }) => text)).toEqual([`[${part}]`, `[${part}]`])
  })
})

describe('what is no complete, good answer is not kept', () => {
  const BAD: [string, (response: ServerResponse) => void, object][] = [
    ['an error', (response) => void response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}'), {}],
    ['garbage', (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'), {}],
    [
      'a stream that was cut',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(STREAM[0] ?? '')
        setTimeout(() => response.destroy(), 5)
      },
      { stream: true },
    ],
    [
      'an error within a stream',
      (response) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${STREAM[0]}data: {"error":{"message":"no"}}\n\n`),
      { stream: true },
    ],
  ]
  test.each(BAD)('%s', async (_, answer, more) => {
    world.answer = (_, response) => answer(response)
    await ask(question('hi', more))
    openai()
    expect(statuses([await ask(question('hi', more))])).toEqual(['miss'])
  })
  test('nor is one whose client hung up', async () => {
    let hold: ServerResponse | undefined
    world.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(STREAM[0] ?? '')
      hold = response
    }
    await world.send({ path: '/v1/chat/completions', body: question('hi', { stream: true }), abortAfter: 10 })
    await until(() => hold?.destroyed ?? false)
    openai()
    expect(statuses([await ask(question('hi', { stream: true }))])).toEqual(['miss'])
  })
})

test('an answer is given until its time is over', async () => {
  openai()
  const body = question('hi', { model: 'short' })
  expect(statuses([await ask(body), await ask(body)])).toEqual(['miss', 'hit'])
  await until(async () => (await ask(body)).headers['x-signalbox-cache'] === 'miss')
})

describe('identical calls in flight', () => {
  /** Answers when told to. */
  function held(): { answer(): void; waiting(count: number): Promise<void> } {
    const responses: ServerResponse[] = []
    world.answer = (_, response) => void responses.push(response)
    return {
      answer: () => {
        for (const response of responses.splice(0)) response.writeHead(200, { 'content-type': 'application/json' }).end(WHOLE)
      },
      waiting: (count) => until(() => responses.length >= count),
    }
  }
  const inFlight = async (count: number) => {
    await until(async () => (await world.connections()) >= count)
    // Connected is not yet read: each of them is in the walk when a call behind them has been answered.
    await world.send({ path: '/v1/chat/completions', body: '{' })
  }

  test('fifty of them are one call upstream', async () => {
    const upstream = held()
    const asked = Array.from({ length: 50 }, () => ask(question('hi')))
    await inFlight(50)
    await upstream.waiting(1)
    upstream.answer()
    const answers = await Promise.all(asked)
    expect(answers.every(({ text, status }) => text === WHOLE && status === 200)).toBe(true)
    expect(statuses(answers).toSorted()).toEqual([...Array(49).fill('hit'), 'miss'])
    expect(world.seen).toHaveLength(1)
    const all = await ends(50)
    expect(all.reduce((sum, { cost }) => sum + (cost ?? 0), 0)).toBe(3_500_000)
    expect(all.reduce((sum, { cache }) => sum + (cache?.savedCost ?? 0), 0)).toBe(49 * 3_500_000)
  })

  test('a client that hangs up while it waits leaves the others alone, and is recorded', async () => {
    const upstream = held()
    const leader = ask(question('hi'))
    await upstream.waiting(1)
    const gone = Promise.withResolvers<void>()
    const follower = world.send({ path: '/v1/chat/completions', body: question('hi'), abortWhen: gone.promise })
    const other = ask(question('hi'))
    await inFlight(3)
    gone.resolve()
    await follower
    const [aborted] = await ends(1)
    expect(aborted).toMatchObject({ status: 'aborted', attempts: [], cost: 0, cache: { status: 'miss' } })
    upstream.answer()
    expect(statuses(await Promise.all([leader, other]))).toEqual(['miss', 'hit'])
    expect(world.seen).toHaveLength(1)
    expect(world.seen[0]?.aborted).toBe(false)
  })

  test('when the first one hangs up, its call is given up and the next one goes', async () => {
    const upstream = held()
    const gone = Promise.withResolvers<void>()
    const leader = world.send({ path: '/v1/chat/completions', body: question('hi'), abortWhen: gone.promise })
    await upstream.waiting(1)
    const others = [ask(question('hi')), ask(question('hi'))]
    await inFlight(3)
    gone.resolve()
    await leader
    await upstream.waiting(2)
    await until(() => world.seen[0]?.aborted === true)
    expect(world.seen).toHaveLength(2)
    upstream.answer()
    expect(statuses(await Promise.all(others)).toSorted()).toEqual(['hit', 'miss'])
    expect(world.seen).toHaveLength(2)
  })

  test('when the first one fails, the next one goes; when that fails too, all go', async () => {
    let calls = 0
    const release = Promise.withResolvers<void>()
    world.answer = async (_, response) => {
      calls++
      await release.promise
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"down"}}')
    }
    const asked = Array.from({ length: 6 }, () => ask(question('hi')))
    await inFlight(6)
    release.resolve()
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(6).fill(500))
    expect(calls).toBe(6)
    openai()
    expect(statuses([await ask(question('hi')), await ask(question('hi'))])).toEqual(['miss', 'hit'])
  })

  test('a call that cannot be made keeps nobody waiting', async () => {
    const body = { model: 'claude', messages: 'none' }
    const answers = await Promise.all(Array.from({ length: 3 }, () => ask(body, {}, '/v1/chat/completions')))
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400])
  })
})
