import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventsIn, type Json, type Served, serve } from './testing.ts'

let simulator: Served
beforeAll(async () => {
  simulator = await serve()
})
afterAll(() => simulator.close())

const say = (model: string, content: unknown, extra: Json = {}) => {
  const text = typeof content === 'object' && !Array.isArray(content) ? JSON.stringify(content) : content
  return simulator.post('/v1/messages', { model, max_tokens: 1000, messages: [{ role: 'user', content: text }], ...extra })
}
const whole = async (model: string, content: unknown, extra: Json = {}) => (await say(model, content, extra)).json() as Promise<Json>
const streamed = async (model: string, content: unknown, extra: Json = {}) =>
  eventsIn(await (await say(model, content, { stream: true, ...extra })).text()).map(({ name, data }) => ({ name, ...(data as Json) }))

const script = {
  reasoning: 'think hard',
  signature: 'proof',
  text: 'let me look',
  tools: [{ name: 'weather', arguments: { city: 'Ulm' } }],
}

test('a whole answer', async () => {
  expect(await whole('echo', 'hello', { system: [{ type: 'text', text: 'be kind' }] })).toEqual({
    id: expect.stringMatching(/^msg_sim_/),
    type: 'message',
    role: 'assistant',
    model: 'echo',
    content: [{ type: 'text', text: 'hello', citations: null }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: 3,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 2,
      service_tier: 'standard',
    },
  })
})

test('thinking with its signature, text and calls, the same whole and streamed', async () => {
  const answer = await whole('script', script)
  expect(answer).toMatchObject({
    content: [
      { type: 'thinking', thinking: 'think hard', signature: 'proof' },
      { type: 'text', text: 'let me look' },
      { type: 'tool_use', id: expect.stringMatching(/^toolu_sim_/), name: 'weather', input: { city: 'Ulm' } },
    ],
    stop_reason: 'tool_use',
  })
  const events = await streamed('script', script)
  const deltas = (field: string) =>
    events
      .map((event) => (event as Json & { delta?: Json }).delta?.[field])
      .filter((value) => value !== undefined)
      .join('')
  expect(deltas('thinking')).toBe('think hard')
  expect(deltas('signature')).toBe('proof')
  expect(deltas('text')).toBe('let me look')
  expect(JSON.parse(deltas('partial_json'))).toEqual({ city: 'Ulm' })
  expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' }, usage: (answer as { usage: Json }).usage })
})

test('events come in their order, in blocks', async () => {
  const events = await streamed('script', { reasoning: 'think', signature: 'proof', text: 'a b', tools: [{ name: 'f' }] })
  expect(events.map((event) => [event.name, (event as Json).index])).toEqual([
    ['message_start', undefined],
    ['ping', undefined],
    ['content_block_start', 0],
    ['content_block_delta', 0],
    ['content_block_delta', 0],
    ['content_block_stop', 0],
    ['content_block_start', 1],
    ['content_block_delta', 1],
    ['content_block_delta', 1],
    ['content_block_stop', 1],
    ['content_block_start', 2],
    ['content_block_delta', 2],
    ['content_block_delta', 2],
    ['content_block_stop', 2],
    ['message_delta', undefined],
    ['message_stop', undefined],
  ])
  expect(events.every((event) => event.name === (event as Json).type)).toBe(true)
  expect(events[0]).toMatchObject({ message: { content: [], stop_reason: null, usage: { output_tokens: 1 } } })
})

test('a signature without thoughts', async () => {
  expect(await whole('script', { text: 'x', signature: 'proof' })).toMatchObject({
    content: [{ type: 'thinking', thinking: '', signature: 'proof' }, { type: 'text' }],
  })
  const events = await streamed('script', { text: 'x', signature: 'proof' })
  expect(events.slice(2, 5)).toMatchObject([{ content_block: { type: 'thinking' } }, { delta: { type: 'signature_delta' } }, { index: 0 }])
})

test.each<[Json, string, string | null, string]>([
  [{ stop_sequences: ['three', ' two'] }, 'stop_sequence', ' two', 'one'],
  [{ max_tokens: 1 }, 'max_tokens', null, 'one '],
])('%j ends with %s', async (extra, stop_reason, stop_sequence, text) => {
  expect(await whole('echo', 'one two three', extra)).toMatchObject({ stop_reason, stop_sequence, content: [{ text }] })
})

test('own words for usage: what the cache read stands beside the input', async () => {
  const usage = { input: 1000, cached: 800, output: 50 }
  expect(await whole('script', { text: 'x', usage })).toMatchObject({
    usage: { input_tokens: 200, cache_read_input_tokens: 800, output_tokens: 50 },
  })
  expect(await whole('script', { text: 'x', usage: { input_tokens: 7, cache_creation_input_tokens: 9 } })).toMatchObject({
    usage: { input_tokens: 7, cache_creation_input_tokens: 9 },
  })
  expect(await whole('script', { text: 'x', usage: null })).not.toHaveProperty('usage')
})

test('tool choice', async () => {
  const tools = ['a', 'b'].map((name) => ({
    name,
    input_schema: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  }))
  const called = async (tool_choice: Json) =>
    ((await whole('echo', 'x', { tools, tool_choice })).content as Json[]).map((block) => block.name)
  expect(await called({ type: 'auto' })).toEqual([undefined])
  expect(await called({ type: 'any' })).toEqual(['a'])
  expect(await called({ type: 'tool', name: 'b' })).toEqual(['b'])
})

test('arguments that are no JSON: as they are in a stream, wrapped in a whole answer', async () => {
  const broken = { tools: [{ name: 'f', arguments: '{"a":' }] }
  expect(await whole('script', broken)).toMatchObject({ content: [{ input: { INVALID_JSON: '{"a":' } }] })
  expect(JSON.stringify(await streamed('script', broken))).toContain('"partial_json":"{\\"a\\":"')
})

test('an error in mid-stream is an event', async () => {
  const events = await streamed('faults', { text: 'a b c', fault: 529, at: 2 })
  expect(events.at(-1)).toMatchObject({ name: 'error', type: 'error', error: { type: 'overloaded_error' } })
  expect(events.filter((event) => event.name === 'content_block_delta')).toHaveLength(2)
})

test('counts tokens for nothing', async () => {
  const before = await simulator.count()
  const body = { model: 'echo', system: 'be kind', messages: [{ role: 'user', content: 'hello' }] }
  expect(await (await simulator.post('/v1/messages/count_tokens', body)).json()).toEqual({ input_tokens: 3 })
  const after = await simulator.count()
  expect(after.byDialect['count-tokens']?.calls).toBe((before.byDialect['count-tokens']?.calls ?? 0) + 1)
  expect(after.nanoUsd).toBe(before.nanoUsd)
})

test.each<[string, Json, number, string]>([
  ['no max_tokens', { max_tokens: undefined }, 400, 'invalid_request_error'],
  ['an unknown role', { messages: [{ role: 'boss', content: 'x' }] }, 400, 'invalid_request_error'],
  ['a block without a type', { messages: [{ role: 'user', content: [{}] }] }, 400, 'invalid_request_error'],
  ['an unknown tool', { tool_choice: { type: 'tool', name: 'x' } }, 400, 'invalid_request_error'],
  ['an unknown model', { model: 'claude' }, 404, 'not_found_error'],
])('%s is refused', async (_, extra, status, type) => {
  const response = await say('echo', 'x', extra)
  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({ type: 'error', error: { type, message: expect.any(String) }, request_id: expect.any(String) })
})

test('images are counted, and models are listed in the own shape', async () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
  const response = await say('echo', [image, { type: 'text', text: 'what' }])
  expect(response.headers.get('x-simulator-images')).toBe('1')
  expect(await response.json()).toMatchObject({ usage: { input_tokens: 101 } })
  const list = await fetch(`${simulator.origin}/v1/models`, { headers: { 'anthropic-version': '2023-06-01' } })
  expect(await list.json()).toMatchObject({ data: [{ type: 'model', id: 'echo' }, {}, {}], has_more: false })
})
