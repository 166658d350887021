import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventsIn, type Json, type Served, serve } from './testing.ts'

let simulator: Served
beforeAll(async () => {
  simulator = await serve()
})
afterAll(() => simulator.close())

const say = (model: string, content: unknown, extra: Json = {}) => {
  const text = typeof content === 'object' && !Array.isArray(content) ? JSON.stringify(content) : content
  return simulator.post('/v2/chat', { model, messages: [{ role: 'user', content: text }], ...extra })
}
const whole = async (model: string, content: unknown, extra: Json = {}) => (await say(model, content, extra)).json() as Promise<Json>
const streamed = async (model: string, content: unknown) => eventsIn(await (await say(model, content, { stream: true })).text())
const messagesOf = (events: { data: unknown }[]) =>
  events.map(({ data }) => ((data as Json & { delta?: { message?: Json } }).delta?.message ?? {}) as Record<string, Json | string>)

test('a whole answer', async () => {
  const units = { input_tokens: 2, output_tokens: 2 }
  expect(await whole('echo', 'hello')).toEqual({
    id: expect.stringMatching(/^sim-/),
    message: { role: 'assistant', content: [{ type: 'text', text: 'hello' }] },
    finish_reason: 'COMPLETE',
    usage: { billed_units: units, tokens: units },
  })
})

test('thinking and text, in blocks', async () => {
  const script = { reasoning: 'think hard', text: 'a b' }
  expect(await whole('script', script)).toMatchObject({
    message: {
      content: [
        { type: 'thinking', thinking: 'think hard' },
        { type: 'text', text: 'a b' },
      ],
    },
  })
  const events = await streamed('script', script)
  expect(events.map(({ name, data }) => [name, (data as Json).index])).toEqual([
    ['message-start', undefined],
    ['content-start', 0],
    ['content-delta', 0],
    ['content-delta', 0],
    ['content-end', 0],
    ['content-start', 1],
    ['content-delta', 1],
    ['content-delta', 1],
    ['content-end', 1],
    ['message-end', undefined],
  ])
  expect(events.every(({ name, data }) => (data as Json).type === name)).toBe(true)
  expect(
    messagesOf(events)
      .map(({ content }) => (content as Json | undefined)?.thinking ?? '')
      .join(''),
  ).toBe('think hard')
})

test('a signature has no place', async () => {
  const events = await streamed('script', { text: 'a', signature: 'proof' })
  expect(events.map(({ name, data }) => [name, (data as Json).index])).toEqual([
    ['message-start', undefined],
    ['content-start', 0],
    ['content-delta', 0],
    ['content-end', 0],
    ['message-end', undefined],
  ])
})

test('calls, with the text as their plan', async () => {
  const script = { text: 'I will look', tools: [{ name: 'weather', arguments: { city: 'Zürich am See' } }, { name: 'time' }] }
  expect(await whole('script', script)).toMatchObject({
    finish_reason: 'TOOL_CALL',
    message: {
      tool_plan: 'I will look',
      tool_calls: [
        { type: 'function', function: { name: 'weather', arguments: '{"city":"Zürich am See"}' } },
        { type: 'function', function: { name: 'time', arguments: '{}' } },
      ],
    },
  })
  const events = await streamed('script', script)
  expect(
    messagesOf(events)
      .map(({ tool_plan }) => tool_plan ?? '')
      .join(''),
  ).toBe('I will look')
  const calls = events.filter(({ name }) => name?.startsWith('tool-call'))
  const argumentsAt = (index: number) =>
    messagesOf(calls.filter(({ data }) => (data as Json).index === index))
      .map(({ tool_calls }) => (tool_calls as { function: { arguments: string } } | undefined)?.function.arguments ?? '')
      .join('')
  expect([argumentsAt(0), argumentsAt(1)]).toEqual(['{"city":"Zürich am See"}', '{}'])
  expect(calls.filter(({ name }) => name === 'tool-call-end')).toHaveLength(2)
  expect(events.at(-1)?.data).toMatchObject({
    delta: { finish_reason: 'TOOL_CALL', usage: { tokens: { input_tokens: expect.any(Number) } } },
  })
})

test('results come as text or as documents', async () => {
  const messages = [
    { role: 'user', content: 'x' },
    { role: 'assistant', tool_plan: 'plan', tool_calls: [] },
    { role: 'tool', tool_call_id: '1', content: [{ type: 'document', document: { data: '{"sky":"blue"}' } }] },
  ]
  expect(await whole('echo', '', { messages })).toMatchObject({ message: { content: [{ text: '{"sky":"blue"}' }] } })
})

test.each<[Json, string, string]>([
  [{ max_tokens: 1 }, 'one ', 'MAX_TOKENS'],
  [{ stop_sequences: ['two'] }, 'one ', 'STOP_SEQUENCE'],
])('%j', async (extra, text, finish_reason) => {
  expect(await whole('echo', 'one two', extra)).toMatchObject({ finish_reason, message: { content: [{ text }] } })
})

test('an error in mid-stream is an end with an error', async () => {
  const events = await streamed('faults', { text: 'a b c', fault: 500, at: 2 })
  expect(events.at(-1)?.data).toEqual({ type: 'message-end', delta: { error: expect.any(String), finish_reason: 'ERROR' } })
})

test('JSON for a schema, a required tool, and what is wrong', async () => {
  const parameters = { type: 'object', properties: { age: { type: 'integer', minimum: 18 } }, required: ['age'] }
  expect(await whole('echo', 'x', { response_format: { type: 'json_object', json_schema: parameters } })).toMatchObject({
    message: { content: [{ text: '{"age":18}' }] },
  })
  const tools = [{ type: 'function', function: { name: 'f', parameters } }]
  expect(await whole('echo', 'x', { tools, tool_choice: 'REQUIRED' })).toMatchObject({
    message: { tool_calls: [{ function: { name: 'f' } }] },
  })
  const response = await say('echo', 'x', { messages: [{ role: 'boss', content: 'x' }] })
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ id: expect.any(String), message: expect.stringContaining('role') })
})
