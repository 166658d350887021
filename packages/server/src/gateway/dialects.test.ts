import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dialectReaders } from '../tracing/dialect-readers.ts'
import { ASKED, bodyOf, type Client, clients, heard, type Json, targets } from './clients.case.ts'
import { mocks, play, SAID, TOOL } from './mock-providers.case.ts'
import { SECRET, startWorld, until, type World } from './world.case.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const pairs = (Object.keys(clients) as Client[]).flatMap((client) => targets.map((target) => ({ client, ...target })))

describe.each(pairs)('a client of $client reaches $dialect', ({ client, dialect, model, path }) => {
  const { ask, read, errorOf } = clients[client]

  test.each([false, true])('text and tool call, streamed: %s', async (stream) => {
    world.answer = (_, response) => play(response, dialect, { stream })
    const got = await world.send(ask(model, stream))
    expect([got.status, read(bodyOf(client, got, stream))]).toEqual([200, heard])
    expect(got.headers['content-type']).toMatch(stream ? /^text\/event-stream/ : /^application\/json/)
    const [call] = world.seen
    expect(call?.url.startsWith(path)).toBe(true)
    for (const word of [ASKED, 'Be brief', TOOL.name, 'city']) expect(call?.body).toContain(word)
    expect(JSON.stringify(call?.headers)).not.toContain(SECRET)
    const { starts, ends } = await world.recorded()
    expect(mocks[dialect].model).toContain(ends[0]?.model)
    expect(starts).toMatchObject([{ dialect: client, stream }])
    expect(ends).toMatchObject([{ status: 'ok', usage: { input: 10, output: 5 }, usageSource: 'provider', sse: stream, body: got.text }])
    // A server of one's own has no price.
    if (dialect === 'openai-chat') expect(ends[0]?.cost).toBeNull()
    else expect(ends[0]?.cost).toBeGreaterThan(0)
  })

  // Where bytes pass, they pass.
  if (client !== dialect)
    test('the client gets what it asked for, whole or streamed, also where the provider does the other', async () => {
      for (const stream of [false, true]) {
        world.answer = (_, response) => play(response, dialect, { stream: !stream })
        const got = await world.send(ask(model, stream))
        const isStream = got.headers['content-type']?.startsWith('text/event-stream') === true
        expect([got.status, isStream, read(bodyOf(client, got, stream))]).toEqual([200, stream, heard])
      }
    })

  test('a stream that is cut never ends cleanly, broken off or not', async () => {
    for (const thenBreak of [true, false]) {
      world.answer = (_, response) =>
        play(response, dialect, { stream: true, upTo: Math.min(3, mocks[dialect].stream.length - 1), thenBreak })
      const got = await world.send(ask(model, true))
      expect(got.text).toMatch(/provider|connection/i)
      expect(got.text).toMatch(/"error"/)
      // As codes are written before the first byte, too.
      expect(got.text).not.toContain('provider-failed')
      expect(got.text).not.toMatch(/\[DONE\]|message_stop|response\.completed|"finishReason":"STOP"/)
    }
    expect((await world.recorded()).ends.map(({ status }) => status)).toEqual(['error', 'error'])
  })

  test('an error keeps its status and retry-after, in the words of the client', async () => {
    world.answer = (_, response) =>
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '7' }).end(JSON.stringify(mocks[dialect].error))
    for (const stream of [false, true]) {
      const got = await world.send(ask(model, stream))
      expect([got.status, got.headers['retry-after'], errorOf(JSON.parse(got.text))]).toEqual([429, '7', 'slow down'])
    }
    expect((await world.recorded()).ends).toMatchObject([{ errorType: 'rate_limit', httpStatus: 429, statusMessage: 'slow down' }, {}])
  })

  test('credentials that the provider refuses are ours, and its words stay here', async () => {
    world.answer = (_, response) => response.writeHead(401).end('{"message":"bad key-of-you"}')
    const got = await world.send(ask(model, false))
    expect([got.status, got.text.includes('key-of')]).toEqual([502, false])
    expect(errorOf(JSON.parse(got.text))).toContain('refused the configured credentials')
  })

  test('what is no answer is an error', async () => {
    world.answer = (_, response) => response.end('<html>')
    const got = await world.send(ask(model, false))
    expect(got.status).toBe(502)
    expect((await world.recorded()).ends).toMatchObject([{ status: 'error', errorType: 'invalid_response' }])
  })

  test('a client that hangs up cancels the provider at once, and is recorded', async () => {
    world.answer = (_, response) => {
      response.writeHead(200, { 'content-type': mocks[dialect].contentType })
      for (const event of mocks[dialect].stream.slice(0, -1)) response.write(event)
    }
    await world.send({ ...ask(model, true), abortAfter: 10 })
    await until(() => world.seen[0]?.aborted === true)
    await until(async () => (await world.recorded()).ends.length === 1)
    expect((await world.recorded()).ends).toMatchObject([{ status: 'aborted', httpStatus: 499 }])
  })
})

test.each(targets)('$dialect gets its own credentials and nothing of another vendor', async ({ dialect, model }) => {
  world.answer = (_, response) => play(response, dialect, { stream: false })
  const client = dialect === 'anthropic' ? 'gemini' : 'anthropic'
  await world.send({
    ...clients[client].ask(model, false),
    headers: { authorization: `Bearer ${SECRET}`, 'anthropic-beta': 'x', 'x-own': 'kept' },
  })
  const { headers = {} } = world.seen[0] ?? {}
  const credentials = {
    'openai-chat': { authorization: 'Bearer key-of-openai-compatible' },
    'openai-responses': { authorization: 'Bearer key-of-openai' },
    anthropic: { 'x-api-key': 'key-of-anthropic', 'anthropic-version': '2023-06-01' },
    gemini: { 'x-goog-api-key': 'key-of-google' },
    cohere: { authorization: 'Bearer key-of-cohere' },
    bedrock: { authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/us-east-1\/bedrock\/aws4_request/) },
  }
  expect(headers).toMatchObject({ ...credentials[dialect], 'x-own': 'kept', 'content-type': 'application/json' })
  expect(headers['anthropic-beta']).toBeUndefined()
})

test.each([
  [
    'openai-responses',
    'google/gemini-2.5-pro',
    { previous_response_id: 'resp_1' },
    { error: { type: 'invalid_request_error', param: 'previous_response_id' } },
  ],
  ['openai-responses', 'anthropic/claude-sonnet-4-5', { background: true }, { error: { param: 'background' } }],
  ['gemini', 'openai/gpt-4o', { cachedContent: 'cachedContents/1' }, { error: { code: 400, status: 'INVALID_ARGUMENT' } }],
] as const)('a client of %s is told that %s cannot know %o', async (client, model, more, error) => {
  const asked = clients[client].ask(model, false)
  const got = await world.send({ ...asked, body: { ...asked.body, ...more } })
  expect([got.status, JSON.parse(got.text)]).toMatchObject([400, error])
  expect(got.text).toContain(Object.keys(more)[0])
  expect(world.seen).toEqual([])
})

test('Mistral is sent what Mistral takes, and the bytes of a chat client', async () => {
  world.answer = (_, response) => play(response, 'openai-chat', { stream: false })
  const asked = clients['openai-responses'].ask('mistral/mistral-small-latest', false)
  const got = await world.send({ ...asked, body: { ...asked.body, user: 'u', tool_choice: 'required' } })
  expect([got.status, got.headers['x-signalbox-dropped']]).toEqual([200, 'user'])
  expect(JSON.parse(world.seen[0]?.body ?? '')).toMatchObject({ model: 'mistral-small-latest', tool_choice: 'any' })
  const chat = clients['openai-chat'].ask('mistral/mistral-small-latest', false)
  await world.send({ ...chat, body: { ...chat.body, user: 'u', tool_choice: 'required' } })
  expect(JSON.parse(world.seen[1]?.body ?? '')).toMatchObject({ user: 'u', tool_choice: 'required' })
})

test('a model of OpenAI that thinks is sent max_completion_tokens', async () => {
  world.answer = (_, response) => play(response, 'openai-chat', { stream: false })
  await world.send(clients.anthropic.ask('openai/gpt-5', false))
  expect(JSON.parse(world.seen[0]?.body ?? '')).toMatchObject({ model: 'gpt-5', max_completion_tokens: 100 })
})

test('what the target cannot carry is named, or refused where the caller is strict', async () => {
  world.answer = (_, response) => play(response, 'anthropic', { stream: false })
  const asked = clients['openai-chat'].ask('anthropic/claude-sonnet-4-5', false)
  const body = { ...asked.body, seed: 7, logit_bias: { 1: 2 } }
  const got = await world.send({ ...asked, body })
  expect(got.status).toBe(200)
  expect(String(got.headers['x-signalbox-dropped']).split(', ').sort()).toEqual(['logit_bias', 'seed'])
  expect((await world.recorded()).ends).toMatchObject([{ dropped: expect.arrayContaining(['logit_bias', 'seed']) }])
  const strict = await world.send({ ...asked, body, headers: { 'x-signalbox-strict': 'true' } })
  expect(strict.status).toBe(400)
  expect(JSON.parse(strict.text).error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('seed') })
  expect(world.seen).toHaveLength(1)
})

test.each([
  ['anthropic', 'messages', 'anthropic/claude-sonnet-4-5'],
  ['openai-responses', 'responses', 'openai/gpt-4o'],
  ['gemini', 'gemini', 'google/gemini-2.5-pro'],
  ['cohere', 'cohere', 'cohere/command-a-03-2025'],
] as const)('%s to %s: bytes pass as they are, in both directions', async (client, _, model) => {
  const { ask } = clients[client]
  for (const stream of [false, true]) {
    world.answer = (__, response) => play(response, client, { stream })
    const { path, body, ...rest } = ask(model, stream)
    const text = JSON.stringify(body, null, 1).replace('{', '{ "unknown_parameter": [1.0],')
    const got = await world.send({ path, body: text, ...rest })
    expect(got.text).toBe(stream ? mocks[client].stream.join('') : JSON.stringify(mocks[client].whole))
    expect(world.seen.at(-1)?.body).toBe(text.replace(`"${model}"`, `"${model.split('/')[1]}"`))
  }
})

test('a Gemini stream is a JSON array where the client did not ask for events, whoever answers', async () => {
  for (const [dialect, model] of [
    ['anthropic', 'anthropic/claude-sonnet-4-5'],
    ['gemini', 'google/gemini-2.5-pro'],
  ] as const) {
    world.answer = (_, response) => {
      if (dialect !== 'gemini') return play(response, dialect, { stream: true })
      const chunks = mocks.gemini.stream.map((event) => String(event).slice(6).trimEnd())
      response.writeHead(200, { 'content-type': 'application/json' }).end(`[${chunks.join(',\r\n')}]`)
    }
    const { path, ...rest } = clients.gemini.ask(model, true)
    const got = await world.send({ path: path.replace('?alt=sse', ''), ...rest })
    expect(got.headers['content-type']).toMatch(/^application\/json/)
    const chunks = JSON.parse(got.text) as object[]
    expect(
      clients.gemini.read(dialectReaders.gemini.fold(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')) as Json),
    ).toEqual(heard)
  }
})

test.each([
  ['claude-sonnet-4-5', 'anthropic'],
  ['gemini-2.5-pro', 'gemini'],
  ['gpt-4o', 'openai-chat'],
] as const)('the bare name %s goes to its vendor', async (model, dialect) => {
  world.answer = (_, response) => play(response, dialect, { stream: false })
  const got = await world.send(clients['openai-chat'].ask(model, false))
  expect(clients['openai-chat'].read(JSON.parse(got.text))).toEqual(heard)
})

describe('the older completions', () => {
  const ask = (model: string, stream: boolean) => ({ path: '/v1/completions', body: { model, stream, prompt: ASKED, max_tokens: 100 } })

  test.each(targets.filter(({ dialect }) => dialect !== 'openai-chat'))(
    'are a chat of one turn for $dialect',
    async ({ dialect, model }) => {
      for (const stream of [false, true]) {
        world.answer = (_, response) => play(response, dialect, { stream })
        const got = await world.send(ask(model, stream))
        const body = (stream ? dialectReaders['openai-completions'].fold(got.text) : JSON.parse(got.text)) as Json
        expect([got.status, body.choices?.[0]?.text, body.object]).toEqual([200, SAID, 'text_completion'])
        expect(world.seen.at(-1)?.body).toContain(ASKED)
      }
    },
  )

  test('pass as they are where the model has them, with their usage', async () => {
    const chunk = (text: string, finish: string | null = null) =>
      `data: ${JSON.stringify({ object: 'text_completion', model: 'm', choices: [{ index: 0, text, finish_reason: finish }] })}\n\n`
    const usage = `data: ${JSON.stringify({ object: 'text_completion', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })}\n\n`
    const [before, done] = [chunk('Hel') + chunk('lo') + chunk('', 'stop'), 'data: [DONE]\n\n']
    world.answer = (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(before + usage + done)
    const got = await world.send(ask('openai/gpt-3.5-turbo-instruct', true))
    expect([world.seen[0]?.url, got.text]).toEqual(['/v1/completions', before + done])
    const { ends } = await world.recorded()
    expect(ends).toMatchObject([{ usage: { input: 3, output: 2 }, finishReason: 'stop' }])
    expect(ends[0]?.firstTokenMs).toBeGreaterThan(0)
  })
})

test.each([
  ['anthropic', 'anthropic/claude-sonnet-4-5', 200_000],
  ['gemini', 'google/gemini-2.5-pro', 200_000],
  ['bedrock', 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0', 200_000],
  ['openai-responses', 'openai/gpt-5-pro', 200_000],
] as const)('an image reaches %s in the same base64', async (dialect, model, size) => {
  world.answer = (_, response) => play(response, dialect, { stream: false })
  const image = Buffer.alloc(size, '\x89PNG\r\n\x1a\n picture').toString('base64')
  const content = [
    { type: 'text', text: ASKED },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
  ]
  const got = await world.send({ path: '/v1/chat/completions', body: { model, messages: [{ role: 'user', content }] } })
  expect([got.status, got.headers['x-signalbox-dropped']]).toEqual([200, undefined])
  const sent = world.seen[0]?.body ?? ''
  expect(JSON.stringify(JSON.parse(sent))).toBe(sent)
  expect(sent.includes(image)).toBe(true)
})

test('an answer whose provider tells no time has the time at which it began', async () => {
  for (const stream of [false, true]) {
    world.answer = (_, response) => play(response, 'bedrock', { stream })
    const before = Math.floor(Date.now() / 1000)
    const got = await world.send(clients['openai-chat'].ask('bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0', stream))
    expect(Number(/"created":(\d+)/.exec(got.text)?.[1])).toBeGreaterThanOrEqual(before)
  }
})

describe.each(targets)('bytes of $dialect', ({ dialect, model }) => {
  const client = dialect === 'anthropic' ? 'openai-chat' : 'anthropic'
  const { ask, read } = clients[client]
  const bytes = Buffer.concat(mocks[dialect].stream.map((event) => Buffer.from(event)))

  test('may be cut anywhere, also within a character', async () => {
    world.answer = async (_, response) => {
      response.writeHead(200, { 'content-type': mocks[dialect].contentType })
      response.socket?.setNoDelay(true)
      for (let at = 0; at < bytes.length; at += 7) {
        response.write(bytes.subarray(at, at + 7))
        await new Promise((resolve) => setImmediate(resolve))
      }
      response.end()
    }
    expect(read(bodyOf(client, await world.send(ask(model, true)), true))).toEqual(heard)
  })

  test('may be garbage: that is an error, and the gateway goes on', async () => {
    for (const garbage of [
      'data: {"broken\n\n',
      '\u0000\u0001\u0002'.repeat(50),
      'data: null\n\ndata: []\n\ndata: {"type":7,"choices":{}}\n\n',
      '',
    ]) {
      world.answer = (_, response) => {
        response.writeHead(200, { 'content-type': mocks[dialect].contentType })
        response.end(Buffer.concat([bytes.subarray(0, bytes.length >> 2), Buffer.from(garbage)]))
      }
      const got = await world.send(ask(model, true))
      expect(got.text).toMatch(/"error"/)
      expect(got.text).not.toMatch(/\[DONE\]|message_stop/)
    }
    expect((await world.recorded()).ends.map(({ status }) => status)).toEqual(['error', 'error', 'error', 'error'])
  })

  test('may hold hundreds of events in one piece', async () => {
    const many = 400
    const [first, ...rest] = mocks[dialect].stream
    const text = mocks[dialect].stream.find((event) => event.includes(SAID.slice(0, 4))) ?? ''
    world.answer = (_, response) => {
      response.writeHead(200, { 'content-type': mocks[dialect].contentType })
      const opening = rest.slice(0, rest.indexOf(text) + 1)
      const after = rest.slice(rest.indexOf(text) + 1)
      response.end(
        Buffer.concat([first ?? '', ...opening, ...Array<string | Buffer>(many).fill(text), ...after].map((event) => Buffer.from(event))),
      )
    }
    const heardText = read(bodyOf(client, await world.send(ask(model, true)), true)).text
    expect(heardText.length).toBe(SAID.length + many * 4)
  })
})

test.each(['openai-chat', 'anthropic'] as const)(
  'a %s client that stops reading holds the provider back, and misses nothing',
  async (client) => {
    const total = 1000
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x'.repeat(65_536) } }
    let written = 0
    world.answer = async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const event of mocks.anthropic.stream.slice(0, 2)) response.write(event)
      for (; written < total; written++)
        if (!response.write(`event: content_block_delta\ndata: ${JSON.stringify(delta)}\n\n`)) await once(response, 'drain')
      for (const event of mocks.anthropic.stream.slice(-7)) response.write(event)
      response.end()
    }
    const { path, body } = clients[client].ask('anthropic/claude-sonnet-4-5', true)
    const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }
    const request = httpRequest({ port: world.port, path, method: 'POST', headers })
    request.end(JSON.stringify(body))
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    let before = -1
    while (before !== written) {
      before = written
      await sleep(200)
    }
    // What fits into the buffers of the sockets, some 8 MB of 64.
    expect(written).toBeLessThan(total / 2)
    let bytes = 0
    for await (const chunk of response) bytes += (chunk as Buffer).length
    expect(bytes).toBeGreaterThan(total * 65_536)
  },
)

test.each(['anthropic', 'openai-chat'] as const)('a %s client reaches Claude on Vertex AI, whole and streamed', async (client) => {
  for (const stream of [false, true]) {
    world.answer = (_, response) => play(response, 'anthropic', { stream })
    const got = await world.send(clients[client].ask('vertex/claude-sonnet-4-5@20250929', stream))
    expect(clients[client].read(bodyOf(client, got, stream))).toEqual(heard)
    const { url, body, headers } = world.seen.at(-1) ?? { url: '', body: '', headers: {} }
    const operation = stream ? 'streamRawPredict' : 'rawPredict'
    expect(url).toBe(`/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4-5@20250929:${operation}`)
    expect(headers.authorization).toBe('Bearer key-of-vertex')
    const sent = JSON.parse(body) as Record<string, unknown>
    expect([sent.anthropic_version, 'model' in sent]).toEqual(['vertex-2023-10-16', false])
  }
})
