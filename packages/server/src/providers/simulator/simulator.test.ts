import { appendFileSync, readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { minimalJson } from './minimal-json.ts'
import { type Simulator, startSimulator } from './server.ts'

type Json = { [key: string]: unknown }
type Chunk = {
  choices: { index: number; delta: Json; logprobs: Json | null; finish_reason: string | null }[]
  usage?: Json | null
  error?: Json
}

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const post = (body: unknown, init: RequestInit = {}) =>
  fetch(`${simulator.url}/chat/completions`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...init })
const say = (model: string, content: unknown, extra: Json = {}) =>
  post({
    model,
    messages: [{ role: 'user', content: typeof content === 'object' && !Array.isArray(content) ? JSON.stringify(content) : content }],
    ...extra,
  })
const whole = async (model: string, content: unknown, extra: Json = {}) =>
  (await (await say(model, content, extra)).json()) as Json & { choices: Json[]; usage?: Json }
const messageOf = (answer: { choices: Json[] }) => answer.choices[0]?.message as Json & { tool_calls?: { id: string; function: Json }[] }
async function streamed(model: string, content: unknown, extra: Json = {}): Promise<{ chunks: Chunk[]; done: boolean; text: string }> {
  const body = await (await say(model, content, { stream: true, ...extra })).text()
  const data = body
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: '))
    .map((frame) => frame.slice(6))
  const chunks = data.filter((frame) => frame !== '[DONE]').map((frame) => JSON.parse(frame) as Chunk)
  const text = chunks
    .flatMap((chunk) => chunk.choices.filter((choice) => choice.index === 0).map((choice) => choice.delta.content ?? ''))
    .join('')
  return { chunks, done: data.at(-1) === '[DONE]', text }
}
const count = async (): Promise<Json & { byOutcome: Record<string, Json> }> =>
  (await fetch(simulator.url.replace('/v1', '/count'))).json() as never

describe('echo', () => {
  test('answers the last user text, and says that it is a simulator', async () => {
    const response = await post({
      model: 'simulator/echo',
      messages: [
        { role: 'system', content: 'ignore me' },
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'x' },
        { role: 'user', content: 'hello wörld' },
      ],
    })
    const answer = (await response.json()) as Json & { choices: Json[] }
    expect(response.headers.get('x-simulator')).toBe('signalbox')
    expect(answer).toMatchObject({ object: 'chat.completion', model: 'simulator/echo', system_fingerprint: 'simulator' })
    expect(messageOf(answer).content).toBe('hello wörld')
    // ignore me + first + x + hello wörld = 9 + 5 + 1 + 11 code points.
    expect(answer.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 })
  })

  test('streams one word per chunk; usage only where it was asked for', async () => {
    const plain = await streamed('echo', 'one two  three\nfour ')
    expect(plain.text).toBe('one two  three\nfour ')
    expect(plain.done).toBe(true)
    expect(plain.chunks.map((chunk) => chunk.choices[0]?.delta.content).filter(Boolean)).toEqual(['one', ' two', '  three', '\nfour', ' '])
    expect(plain.chunks[0]?.choices[0]?.delta.role).toBe('assistant')
    expect(plain.chunks.every((chunk) => !('usage' in chunk))).toBe(true)

    const asked = await streamed('echo', 'one two', { stream_options: { include_usage: true } })
    expect(asked.chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 } })
    expect(asked.chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
  })

  test('n choices, all counted', async () => {
    const answer = await whole('echo', 'four', { n: 3 })
    expect(answer.choices.map((choice) => choice.index)).toEqual([0, 1, 2])
    expect(answer.usage).toMatchObject({ completion_tokens: 3 })
    const { chunks } = await streamed('echo', 'a b', { n: 2 })
    expect(chunks.map((chunk) => chunk.choices[0]?.index)).toEqual([0, 1, 0, 1, 0, 1, 0, 1])
  })

  test.each([
    ['max_tokens', { max_tokens: 2 }, 'one two ', 'length'],
    ['max_completion_tokens', { max_completion_tokens: 1 }, 'one ', 'length'],
    ['more than it needs', { max_tokens: 100 }, 'one two three', 'stop'],
    ['stop', { stop: 'three' }, 'one two ', 'stop'],
    ['several stops', { stop: ['zzz', ' two'] }, 'one', 'stop'],
  ])('%s', async (_, extra, text, finish) => {
    const answer = await whole('echo', 'one two three', extra)
    expect(messageOf(answer).content).toBe(text)
    expect(answer.choices[0]?.finish_reason).toBe(finish)
    const stream = await streamed('echo', 'one two three', extra)
    expect(stream.text).toBe(text)
    expect(stream.chunks.at(-1)?.choices[0]?.finish_reason).toBe(finish)
  })

  test('log probabilities, the same whole and streamed', async () => {
    const extra = { logprobs: true, top_logprobs: 2 }
    const answer = await whole('echo', 'one two', extra)
    const content = (answer.choices[0]?.logprobs as { content: Json[] } | undefined)?.content ?? []
    expect(content.map((token) => token.token)).toEqual(['one', ' two'])
    expect(content[0]).toMatchObject({ bytes: [111, 110, 101], top_logprobs: [{ token: 'one' }, {}] })
    const { chunks } = await streamed('echo', 'one two', extra)
    expect(chunks.flatMap((chunk) => (chunk.choices[0]?.logprobs as { content: Json[] } | null)?.content ?? [])).toEqual(content)
  })

  test('counts images without reading them', async () => {
    const parts = [
      { type: 'text', text: 'what is it' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(100_000)}` } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ]
    const response = await say('echo', parts)
    const answer = (await response.json()) as Json & { choices: Json[] }
    expect(response.headers.get('x-simulator-images')).toBe('2')
    expect(messageOf(answer).content).toBe('what is it')
    expect(answer.usage).toMatchObject({ prompt_tokens: 203 })
    expect(messageOf(await whole('echo', parts.slice(1))).content).toBe('[2 images]')
  })

  test('JSON for a schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 18 } },
      required: ['name', 'age'],
    }
    const answer = await whole('echo', 'x', { response_format: { type: 'json_schema', json_schema: { name: 'person', schema } } })
    expect(JSON.parse(String(messageOf(answer).content))).toEqual({ name: '', age: 18 })
  })

  const tools = ['a', 'b'].map((name) => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] } },
  }))
  test.each([
    ['auto', undefined],
    ['none', undefined],
    ['required', 'a'],
    [{ type: 'function', function: { name: 'b' } }, 'b'],
  ])('tool_choice %j', async (tool_choice, called) => {
    const answer = await whole('echo', 'hi', { tools, tool_choice })
    expect(messageOf(answer).tool_calls?.map((call) => call.function)).toEqual(called && [{ name: called, arguments: '{"q":""}' }])
    expect(answer.choices[0]?.finish_reason).toBe(called ? 'tool_calls' : 'stop')
  })
})

describe('script', () => {
  test('tools in parallel, whole and streamed', async () => {
    const script = { tools: [{ name: 'weather', arguments: { city: 'Zürich', days: [1, 2, 3] } }, { name: 'time' }] }
    const answer = await whole('script', script)
    const calls = messageOf(answer).tool_calls ?? []
    expect(calls.map((call) => call.function)).toEqual([
      { name: 'weather', arguments: '{"city":"Zürich","days":[1,2,3]}' },
      { name: 'time', arguments: '{}' },
    ])
    expect(new Set(calls.map((call) => call.id)).size).toBe(2)
    expect(messageOf(answer).content).toBe(null)

    const { chunks } = await streamed('script', script)
    const deltas = chunks.flatMap(
      (chunk) =>
        (chunk.choices[0]?.delta.tool_calls ?? []) as { index: number; id?: string; function: { name?: string; arguments: string } }[],
    )
    const joined = [0, 1].map((index) =>
      deltas
        .filter((delta) => delta.index === index)
        .map((delta) => delta.function.arguments)
        .join(''),
    )
    expect(joined).toEqual(['{"city":"Zürich","days":[1,2,3]}', '{}'])
    expect(deltas.filter((delta) => delta.id).map((delta) => delta.function.name)).toEqual(['weather', 'time'])
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls')
    expect(messageOf(await whole('script', script, { parallel_tool_calls: false })).tool_calls).toHaveLength(1)
  })

  test('results of tools end the round of calls', async () => {
    const script = JSON.stringify({ tools: [{ name: 'weather' }] })
    const response = await post({
      model: 'script',
      messages: [
        { role: 'user', content: script },
        { role: 'assistant', content: null, tool_calls: [{ id: '1', type: 'function', function: { name: 'weather', arguments: '{}' } }] },
        { role: 'tool', tool_call_id: '1', content: 'sunny' },
      ],
    })
    expect(messageOf((await response.json()) as { choices: Json[] })).toMatchObject({ content: 'sunny' })
  })

  test('usage in own words, in the words of the dialect, or none', async () => {
    const own = await whole('script', { text: 'x', usage: { input: 1000, output: 50, cached: 800, reasoning: 20 } })
    expect(own.usage).toMatchObject({
      prompt_tokens: 1000,
      completion_tokens: 50,
      total_tokens: 1050,
      prompt_tokens_details: { cached_tokens: 800 },
      completion_tokens_details: { reasoning_tokens: 20 },
    })
    const openai = await whole('script', {
      text: 'x',
      usage: { prompt_tokens: 7, prompt_tokens_details: { cached_tokens: 4 }, odd_field: 1 },
    })
    expect(openai.usage).toMatchObject({ prompt_tokens: 7, prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 }, odd_field: 1 })
    expect((await whole('script', { text: 'x', usage: null })).usage).toBe(undefined)
    const { chunks, done } = await streamed('script', { text: 'x', usage: null }, { stream_options: { include_usage: true } })
    expect(chunks.every((chunk) => chunk.choices.length > 0)).toBe(true)
    expect(done).toBe(true)
  })

  test('the same seed, the same chunks', async () => {
    const text = Array.from({ length: 30 }, (_, index) => `w${index}`).join(' ')
    const sizes = async (seed: number) =>
      (await streamed('script', { text, seed })).chunks.map((chunk) => String(chunk.choices[0]?.delta.content ?? '').length)
    expect(await sizes(7)).toEqual(await sizes(7))
    expect(await sizes(7)).not.toEqual(await sizes(8))
    expect((await streamed('script', { text, seed: 7 })).text).toBe(text)
  })

  test('takes its time', async () => {
    const start = performance.now()
    await whole('script', { text: 'a b c', delayMs: 20, chunkMs: 15 })
    expect(performance.now() - start).toBeGreaterThan(45)
    const response = await say('script', { text: 'a b', firstTokenMs: 60, chunkMs: 5 }, { stream: true })
    expect(response.status).toBe(200)
    expect((await response.text()).endsWith('data: [DONE]\n\n')).toBe(true)
  })
})

describe('faults', () => {
  test.each([
    [429, { retryAfter: 7 }, '7'],
    [429, {}, '1'],
    ['500', {}, null],
    [503, { retryAfter: 2 }, '2'],
    [401, {}, null],
  ])('%s as a status, with Retry-After %j → %s', async (fault, extra, retryAfter) => {
    const response = await say('faults', { fault, ...extra }, { stream: true })
    expect(response.status).toBe(Number(fault))
    expect(response.headers.get('retry-after')).toBe(retryAfter)
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String), type: expect.any(String) } })
  })

  test('refuse: no answer at all', async () => {
    await expect(say('faults', { fault: 'refuse' })).rejects.toThrow()
    await expect(say('faults', { fault: 'refuse' }, { stream: true })).rejects.toThrow()
  })

  test('cut: what was sent arrives, then the connection ends', async () => {
    const response = await say('faults', { text: 'a b c d', fault: 'cut', at: 3 }, { stream: true })
    const { text, failed } = await drain(response)
    expect(failed).toBe(true)
    expect(text.match(/"content":"[^"]+"/g)).toEqual(['"content":"a"', '"content":" b"', '"content":" c"'])
    const half = await say('faults', { text: 'a b c d', fault: 'cut' })
    expect(await drain(half)).toMatchObject({ failed: true })
  })

  test('garbage: 200, and no JSON', async () => {
    const response = await say('faults', { text: 'a b', fault: 'garbage' })
    expect(response.status).toBe(200)
    expect(await response.text()).toMatch(/^<html>/)
    const stream = await (await say('faults', { text: 'a b', fault: 'garbage', at: 1 }, { stream: true })).text()
    const frames = stream.split('\n\n').filter((frame) => frame && frame !== 'data: [DONE]')
    expect(frames.filter((frame) => !isJson(frame.slice(6)))).toHaveLength(1)
  })

  test.each([{ stream: true }, {}])('wrong-type: a page of HTML that says it is one, %j', async (extra) => {
    const response = await say('faults', { text: 'a b', fault: 'wrong-type' }, extra)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await response.text()).toMatch(/^<html>/)
  })

  test('of a whole answer that is not there to its end only the input counts', async () => {
    for (const fault of ['cut', 'garbage', 'wrong-type']) {
      const before = (await count()).byOutcome[fault]
      await drain(await say('faults', { text: 'a b c d e f', fault }))
      const after = (await count()).byOutcome[fault]
      expect(Number(after?.inputTokens) - Number(before?.inputTokens ?? 0)).toBeGreaterThan(5)
      expect(Number(after?.outputTokens) - Number(before?.outputTokens ?? 0)).toBe(0)
    }
  })

  test('a status in mid-stream is an error event', async () => {
    const body = await (await say('faults', { text: 'a b c', fault: 500, at: 2 }, { stream: true })).text()
    const frames = body.trim().split('\n\n')
    expect(frames).toHaveLength(4)
    expect(JSON.parse(String(frames[3]?.slice(6)))).toMatchObject({ error: { type: 'server_error' } })
  })

  test('hang: nothing comes until the client gives up, which is counted', async () => {
    const before = (await count()).byOutcome.hang
    const gone = new AbortController()
    const waiting = post({ model: 'faults', messages: [{ role: 'user', content: '{"fault":"hang"}' }] }, { signal: gone.signal })
    const inFlight = async () => (await fetch(simulator.url.replace('/v1', '/in-flight'))).json()
    await expect.poll(inFlight).toMatchObject({ calls: 1 })
    gone.abort()
    await expect(waiting).rejects.toThrow()
    await expect.poll(async () => (await count()).byOutcome.hang?.calls).toBe(Number(before?.calls ?? 0) + 1)
    await expect.poll(inFlight).toMatchObject({ calls: 0, most: 1 })
  })

  test('strikes so many times, and then no more', async () => {
    const script = { text: 'at last', fault: 500, times: 2 }
    const statuses = []
    for (let call = 0; call < 3; call++) statuses.push((await say('faults', script)).status)
    expect(statuses).toEqual([500, 500, 200])
  })

  test('is another one by the name of the model', async () => {
    const script = { text: 'everybody', per: { a: { fault: 429 }, b: { text: 'only b' } } }
    expect((await say('faults@a', script)).status).toBe(429)
    expect(messageOf(await whole('faults@b', script)).content).toBe('only b')
    expect(messageOf(await whole('faults@c', script)).content).toBe('everybody')
  })

  test('slow: it comes, later', async () => {
    const { text } = await streamed('faults', { text: 'a b', fault: 'slow', delayMs: 1, chunkMs: 1 })
    expect(text).toBe('a b')
  })
})

describe('what is malformed gets an error in the shape of the dialect', () => {
  test.each<[string, unknown, number, string | null]>([
    ['no JSON', '{', 400, null],
    ['no object', '[]', 400, null],
    ['no model', { messages: [] }, 400, 'model'],
    ['unknown model', { model: 'gpt-4o', messages: [{ role: 'user', content: 'x' }] }, 404, 'model'],
    ['no messages', { model: 'echo' }, 400, 'messages'],
    ['a message that is none', { model: 'echo', messages: [1] }, 400, 'messages.0'],
    ['unknown role', { model: 'echo', messages: [{ role: 'boss', content: 'x' }] }, 400, 'messages.0.role'],
    ['no content', { model: 'echo', messages: [{ role: 'user' }] }, 400, 'messages.0.content'],
    ['n of nothing', { model: 'echo', n: 0, messages: [{ role: 'user', content: 'x' }] }, 400, 'n'],
    [
      'too many logprobs',
      { model: 'echo', logprobs: true, top_logprobs: 21, messages: [{ role: 'user', content: 'x' }] },
      400,
      'top_logprobs',
    ],
    ['a tool without name', { model: 'echo', tools: [{}], messages: [{ role: 'user', content: 'x' }] }, 400, 'tools.0.function.name'],
    [
      'an unknown tool',
      { model: 'echo', tool_choice: { type: 'function', function: { name: 'x' } }, messages: [{ role: 'user', content: 'x' }] },
      400,
      'tool_choice',
    ],
    ['a script that is no JSON', { model: 'script', messages: [{ role: 'user', content: 'hello' }] }, 400, 'messages'],
    ['a script with an unknown key', { model: 'script', messages: [{ role: 'user', content: '{"txt":1}' }] }, 400, 'messages'],
    ['a fault for script', { model: 'script', messages: [{ role: 'user', content: '{"fault":"cut"}' }] }, 400, 'messages'],
    ['an unknown fault', { model: 'faults', messages: [{ role: 'user', content: '{"fault":"burn"}' }] }, 400, 'messages'],
  ])('%s', async (_, body, status, param) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(response.headers.get('x-simulator')).toBe('signalbox')
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param, code: status === 404 ? 'model_not_found' : null },
    })
  })

  test('unknown paths and methods', async () => {
    expect((await fetch(`${simulator.url}/nothing`)).status).toBe(404)
    expect((await fetch(`${simulator.url}/chat/completions`)).status).toBe(405)
    expect((await fetch(`${simulator.url}/models`, { method: 'POST', body: '{}' })).status).toBe(405)
  })
})

test('lists its models', async () => {
  const list = (await (await fetch(`${simulator.url}/models`)).json()) as { data: Json[] }
  expect(list.data.map((model) => model.id)).toEqual(['echo', 'script', 'faults'])
  expect(await (await fetch(`${simulator.url}/models/echo`)).json()).toMatchObject({ id: 'echo', object: 'model' })
  expect((await fetch(`${simulator.url}/models/gpt-4o`)).status).toBe(404)
})

describe('the count', () => {
  test('adds up by its published price, and survives a restart and a torn line', async () => {
    const countFile = join(await mkdtemp(join(tmpdir(), 'simulator-')), 'count.jsonl')
    const first = await startSimulator({ countFile })
    const ask = (url: string, content: string) =>
      fetch(`${url}/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'echo', messages: [{ role: 'user', content }] }) })
    await ask(first.url, 'eight ch')
    await ask(first.url, 'four')
    const sum = { calls: 2, inputTokens: 3, outputTokens: 3, nanoUsd: 3 * 1000 + 3 * 2000 }
    const expected = { ...sum, byModel: { echo: sum }, byOutcome: { ok: sum }, byDialect: { 'openai-chat': sum } }
    expect(await (await fetch(first.url.replace('/v1', '/count'))).json()).toEqual(expected)
    await first.close()
    expect(
      readFileSync(countFile, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { model: 'echo', input: 2, output: 2, nanoUsd: 6000, outcome: 'ok' },
      { model: 'echo', input: 1, output: 1, nanoUsd: 3000, outcome: 'ok' },
    ])
    appendFileSync(countFile, '{"time":"2026-')
    const second = await startSimulator({ countFile })
    expect(await (await fetch(second.url.replace('/v1', '/count'))).json()).toEqual(expected)
    await ask(second.url, 'four')
    await second.close()
    const third = await startSimulator({ countFile })
    expect(await (await fetch(third.url.replace('/v1', '/count'))).json()).toMatchObject({ calls: 3, inputTokens: 4 })
    await third.close()
  })

  test('a client that hangs up is counted as far as it was served', async () => {
    const own = await startSimulator()
    const gone = new AbortController()
    const script = JSON.stringify({ text: 'aaaa '.repeat(100), chunkMs: 10 })
    const response = await fetch(`${own.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'script', stream: true, messages: [{ role: 'user', content: script }] }),
      signal: gone.signal,
    })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.read()
    gone.abort()
    const read = async () => (await (await fetch(own.url.replace('/v1', '/count'))).json()) as { byOutcome: Record<string, Json> }
    await expect.poll(async () => (await read()).byOutcome.aborted?.calls).toBe(1)
    const { aborted } = (await read()).byOutcome
    expect(aborted?.inputTokens).toBeGreaterThan(100)
    expect(Number(aborted?.outputTokens)).toBeLessThan(120)
    await own.close()
  })

  test('a taken port is refused', async () => {
    await expect(startSimulator({ port: Number(new URL(simulator.url).port) })).rejects.toThrow(/EADDRINUSE/)
  })
})

describe('the smallest JSON of a schema', () => {
  test.each<[Json, unknown]>([
    [{ type: 'string', minLength: 3 }, 'xxx'],
    [{ type: 'string', format: 'date-time' }, '2000-01-01T00:00:00Z'],
    [{ type: 'string', pattern: '^[A-Z]{3}$' }, 'AAA'],
    [{ enum: ['red', 'blue'] }, 'red'],
    [{ const: 5 }, 5],
    [{ type: ['string', 'null'] }, null],
    [{ type: 'integer', exclusiveMinimum: 2 }, 3],
    [{ type: 'integer', maximum: -2 }, -2],
    [{ type: 'number', minimum: 0.3, multipleOf: 0.25 }, 0.5],
    [{ type: 'array', items: { type: 'boolean' }, minItems: 2 }, [false, false]],
    [{ anyOf: [{ type: 'object', properties: {}, required: [] }, { type: 'integer' }] }, 0],
    [
      {
        allOf: [
          { properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object', properties: { b: { const: 1 } }, required: ['b'] },
        ],
      },
      { a: '', b: 1 },
    ],
    [
      {
        $ref: '#/$defs/node',
        $defs: {
          node: { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } }, required: ['next'] },
        },
      },
      { next: null },
    ],
  ])('%j → %j', (schema, value) => expect(minimalJson(schema)).toEqual(value))
})

async function drain(response: Response): Promise<{ text: string; failed: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const part of response.body ?? []) text += decoder.decode(part)
    return { text, failed: false }
  } catch {
    return { text, failed: true }
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
