import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventStreamMessage } from './event-stream.ts'
import { type Json, type Served, serve } from './testing.ts'

let simulator: Served
beforeAll(async () => {
  simulator = await serve()
})
afterAll(() => simulator.close())

const ask = (content: unknown, extra: Json = {}) => {
  const blocks = Array.isArray(content) ? content : [{ text: typeof content === 'string' ? content : JSON.stringify(content) }]
  return { messages: [{ role: 'user', content: blocks }], ...extra }
}
const whole = async (model: string, content: unknown, extra: Json = {}) =>
  (await (await simulator.post(`/model/${model}/converse`, ask(content, extra))).json()) as Json & {
    output: { message: { content: Json[] } }
  }
const stream = (model: string, content: unknown) => simulator.post(`/model/${model}/converse-stream`, ask(content))
const streamed = async (model: string, content: unknown) => messagesIn(Buffer.from(await (await stream(model, content)).arrayBuffer()))

/** Reads a stream by the published layout, with both checksums. */
function messagesIn(bytes: Buffer): { headers: Record<string, string>; payload: Json }[] {
  const messages: { headers: Record<string, string>; payload: Json }[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const message = bytes.subarray(offset, offset + bytes.readUInt32BE(offset))
    const end = 12 + message.readUInt32BE(4)
    if (message.readUInt32BE(8) !== crc32(message.subarray(0, 8))) throw new Error('prelude checksum')
    if (message.readUInt32BE(message.length - 4) !== crc32(message.subarray(0, -4))) throw new Error('message checksum')
    const headers: Record<string, string> = {}
    for (let at = 12; at < end; ) {
      const name = message.toString('utf8', at + 1, at + 1 + message.readUInt8(at))
      at += 1 + name.length
      expect(message.readUInt8(at)).toBe(7)
      const length = message.readUInt16BE(at + 1)
      headers[name] = message.toString('utf8', at + 3, at + 3 + length)
      at += 3 + length
    }
    messages.push({ headers, payload: JSON.parse(message.toString('utf8', end, message.length - 4)) })
    offset += message.length
  }
  return messages
}

const script = {
  reasoning: 'think hard',
  signature: 'proof',
  text: 'let me look',
  tools: [{ name: 'weather', arguments: { city: 'Ulm' } }],
}

test('an empty message is what the frame format says, byte for byte', () => {
  expect(eventStreamMessage({}, '').toString('hex')).toBe('000000100000000005c248eb7d98c8ff')
  expect(eventStreamMessage({}, "{'foo':'bar'}").toString('hex')).toBe('0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936')
})

test('a whole answer', async () => {
  expect(await whole('echo', 'hello', { system: [{ text: 'be kind' }] })).toEqual({
    metrics: { latencyMs: expect.any(Number) },
    output: { message: { role: 'assistant', content: [{ text: 'hello' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  })
})

test('reasoning with its signature, text and calls, the same whole and streamed', async () => {
  const answer = await whole('script', script)
  expect(answer.output.message.content).toEqual([
    { reasoningContent: { reasoningText: { text: 'think hard', signature: 'proof' } } },
    { text: 'let me look' },
    { toolUse: { toolUseId: expect.stringMatching(/^tooluse_sim_/), name: 'weather', input: { city: 'Ulm' } } },
  ])
  expect(answer.stopReason).toBe('tool_use')
  const messages = await streamed('script', script)
  const deltas = messages.map(({ payload }) => (payload.delta ?? {}) as { text?: string; toolUse?: Json; reasoningContent?: Json })
  expect(deltas.map((delta) => delta.text ?? '').join('')).toBe('let me look')
  expect(deltas.map((delta) => delta.reasoningContent?.text ?? '').join('')).toBe('think hard')
  expect(deltas.map((delta) => delta.reasoningContent?.signature ?? '').join('')).toBe('proof')
  expect(JSON.parse(deltas.map((delta) => delta.toolUse?.input ?? '').join(''))).toEqual({ city: 'Ulm' })
  expect(messages.at(-1)?.payload).toEqual({ usage: answer.usage, metrics: { latencyMs: expect.any(Number) } })
})

test('events come in their order; only calls have a start', async () => {
  const response = await stream('script', { reasoning: 'think', text: 'a b', tools: [{ name: 'f' }] })
  expect(response.headers.get('content-type')).toBe('application/vnd.amazon.eventstream')
  const messages = messagesIn(Buffer.from(await response.arrayBuffer()))
  expect(messages.map(({ headers, payload }) => [headers[':event-type'], payload.contentBlockIndex])).toEqual([
    ['messageStart', undefined],
    ['contentBlockDelta', 0],
    ['contentBlockStop', 0],
    ['contentBlockDelta', 1],
    ['contentBlockDelta', 1],
    ['contentBlockStop', 1],
    ['contentBlockStart', 2],
    ['contentBlockDelta', 2],
    ['contentBlockStop', 2],
    ['messageStop', undefined],
    ['metadata', undefined],
  ])
  expect(messages[0]?.headers).toEqual({ ':event-type': 'messageStart', ':content-type': 'application/json', ':message-type': 'event' })
})

test('an error is named in a header; in mid-stream it is an exception', async () => {
  const response = await simulator.post('/model/faults/converse', ask({ fault: 429 }))
  expect(response.headers.get('x-amzn-errortype')).toBe('ThrottlingException')
  const messages = await streamed('faults', { text: 'a b c', fault: 503, at: 2 })
  expect(messages.slice(3)).toEqual([
    {
      headers: { ':exception-type': 'serviceUnavailableException', ':content-type': 'application/json', ':message-type': 'exception' },
      payload: { message: expect.any(String) },
    },
  ])
})

test('garbage has a wrong checksum', async () => {
  const bytes = Buffer.from(await (await stream('faults', { text: 'a b', fault: 'garbage', at: 1 })).arrayBuffer())
  expect(() => messagesIn(bytes)).toThrow('message checksum')
})

test.each<[Json, string, string]>([
  [{ maxTokens: 1 }, 'one ', 'max_tokens'],
  [{ stopSequences: ['two'] }, 'one ', 'stop_sequence'],
])('%j', async (inferenceConfig, text, stopReason) => {
  expect(await whole('echo', 'one two', { inferenceConfig })).toMatchObject({ stopReason, output: { message: { content: [{ text }] } } })
})

test('tool choice, JSON for a schema, images, and what the cache read', async () => {
  const schema = { type: 'object', properties: { age: { type: 'integer', minimum: 18 } }, required: ['age'] }
  const tools = ['a', 'b'].map((name) => ({ toolSpec: { name, inputSchema: { json: schema } } }))
  const called = async (toolChoice: Json) =>
    (await whole('echo', 'x', { toolConfig: { tools, toolChoice } })).output.message.content.map(({ toolUse }) => toolUse)
  expect(await called({ any: {} })).toMatchObject([{ name: 'a', input: { age: 18 } }])
  expect(await called({ tool: { name: 'b' } })).toMatchObject([{ name: 'b' }])
  expect(await called({ auto: {} })).toEqual([undefined])
  const textFormat = { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema) } } }
  expect((await whole('echo', 'x', { outputConfig: { textFormat } })).output.message.content).toEqual([{ text: '{"age":18}' }])
  const image = { image: { format: 'png', source: { bytes: 'AAAA' } } }
  expect(await whole('echo', [image, { text: 'what' }])).toMatchObject({ usage: { inputTokens: 101 } })
  expect(await whole('script', { text: 'x', usage: { input: 10, cached: 8, output: 1 } })).toMatchObject({
    usage: { inputTokens: 2, cacheReadInputTokens: 8, totalTokens: 11 },
  })
})

test.each<[string, string, Json, number, string]>([
  ['no messages', 'echo', {}, 400, 'ValidationException'],
  ['an unknown role', 'echo', { messages: [{ role: 'boss', content: [{ text: 'x' }] }] }, 400, 'ValidationException'],
  ['no content', 'echo', { messages: [{ role: 'user', content: [] }] }, 400, 'ValidationException'],
  ['an unknown tool', 'echo', ask('x', { toolConfig: { toolChoice: { tool: { name: 'x' } } } }), 400, 'ValidationException'],
  ['an unknown model', 'anthropic.claude-v2%3A1', ask('x'), 404, 'ResourceNotFoundException'],
])('%s is refused', async (_, model, body, status, type) => {
  const response = await simulator.post(`/model/${model}/converse`, body)
  expect(response.status).toBe(status)
  expect(response.headers.get('x-amzn-errortype')).toBe(type)
  expect(await response.json()).toEqual({ message: expect.any(String) })
})
