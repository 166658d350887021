import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventsIn, type Json, type Served, serve } from './testing.ts'

let simulator: Served
beforeAll(async () => {
  simulator = await serve()
})
afterAll(() => simulator.close())

type Part = { text?: string; thought?: boolean; thoughtSignature?: string; functionCall?: Json }
type Chunk = {
  candidates: { content: { parts: Part[]; role: string }; finishReason?: string; index: number }[]
  usageMetadata?: Json
  error?: Json
}

const ask = (content: unknown, extra: Json = {}) => {
  const parts = Array.isArray(content) ? content : [{ text: typeof content === 'string' ? content : JSON.stringify(content) }]
  return { contents: [{ role: 'user', parts }], ...extra }
}
const whole = async (model: string, content: unknown, extra: Json = {}) =>
  (await (await simulator.post(`/v1beta/models/${model}:generateContent`, ask(content, extra))).json()) as Chunk
const stream = (model: string, content: unknown, query = '?alt=sse') =>
  simulator.post(`/v1beta/models/${model}:streamGenerateContent${query}`, ask(content))
const streamed = async (model: string, content: unknown) =>
  eventsIn(await (await stream(model, content)).text()).map((event) => event.data as Chunk)
const partsOf = (chunk: Chunk) => chunk.candidates[0]?.content.parts ?? []

const script = {
  reasoning: 'think hard',
  signature: 'proof',
  text: 'let me look',
  tools: [{ name: 'weather', arguments: { city: 'Ulm', days: [1, 2, 3, 4, 5, 6] } }, { name: 'time' }],
}

test('a whole answer', async () => {
  expect(await whole('echo', 'hello', { system_instruction: { parts: [{ text: 'be kind' }] } })).toEqual({
    candidates: [{ content: { parts: [{ text: 'hello' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: 3,
      candidatesTokenCount: 2,
      totalTokenCount: 5,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 3 }],
    },
    modelVersion: 'echo',
    responseId: expect.stringMatching(/^sim-/),
  })
})

test('thoughts, text and calls with the signature on the first; thoughts are counted beside the rest', async () => {
  const answer = await whole('script', script)
  expect(partsOf(answer)).toEqual([
    { text: 'think hard', thought: true },
    { text: 'let me look' },
    { functionCall: { name: 'weather', args: { city: 'Ulm', days: [1, 2, 3, 4, 5, 6] } }, thoughtSignature: 'proof' },
    { functionCall: { name: 'time', args: {} } },
  ])
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, totalTokenCount } = answer.usageMetadata as Record<string, number>
  expect(thoughtsTokenCount).toBe(3)
  expect(totalTokenCount).toBe(Number(promptTokenCount) + Number(candidatesTokenCount) + Number(thoughtsTokenCount))
})

test('a stream says the same: calls in one piece, the end in the last event', async () => {
  const chunks = await streamed('script', script)
  const parts = chunks.flatMap(partsOf)
  const text = (isThought: boolean) => parts.filter((part) => (part.thought ?? false) === isThought).map((part) => part.text ?? '')
  expect(text(true).join('')).toBe('think hard')
  expect(text(false).join('')).toBe('let me look')
  expect(parts.filter((part) => part.functionCall)).toEqual(partsOf(await whole('script', script)).slice(2))
  expect(chunks.map((chunk) => chunk.candidates[0]?.finishReason).filter(Boolean)).toEqual(['STOP'])
  expect(chunks.at(-1)?.usageMetadata).toEqual((await whole('script', script)).usageMetadata)
})

test('without alt=sse a stream is one JSON array', async () => {
  const response = await stream('script', { text: 'a b', signature: 'proof' }, '')
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  const chunks = (await response.json()) as Chunk[]
  expect(chunks.flatMap(partsOf)).toEqual([
    { text: '', thought: true },
    { text: 'a' },
    { text: ' b' },
    { text: '', thoughtSignature: 'proof' },
  ])
  expect(await (await stream('script', { text: '' }, '')).json()).toMatchObject([{ candidates: [{ finishReason: 'STOP' }] }])
})

test('an error in mid-stream, in both framings', async () => {
  const fault = { text: 'a b c', fault: 503, at: 2 }
  const error = { code: 503, message: expect.any(String), status: 'UNAVAILABLE' }
  expect((await streamed('faults', fault)).slice(2)).toEqual([{ error }])
  expect(((await (await stream('faults', fault, '')).json()) as Json[]).slice(2)).toEqual([{ error }])
})

test.each<[Json, string, string]>([
  [{ maxOutputTokens: 1 }, 'one ', 'MAX_TOKENS'],
  [{ max_output_tokens: 1 }, 'one ', 'MAX_TOKENS'],
  [{ stopSequences: ['two'] }, 'one ', 'STOP'],
])('%j', async (generationConfig, text, finishReason) => {
  expect(await whole('echo', 'one two', { generationConfig })).toMatchObject({
    candidates: [{ content: { parts: [{ text }] }, finishReason }],
  })
})

test('candidates, JSON for a schema in capitals, and forced calls', async () => {
  expect((await whole('echo', 'x', { generationConfig: { candidateCount: 3 } })).candidates.map(({ index }) => index)).toEqual([0, 1, 2])
  const schema = { type: 'OBJECT', properties: { age: { type: 'INTEGER', minimum: 18 } }, required: ['age'] }
  const generationConfig = { responseMimeType: 'application/json', responseSchema: schema }
  expect(partsOf(await whole('echo', 'x', { generationConfig }))).toEqual([{ text: '{"age":18}' }])
  const tools = [{ functionDeclarations: ['a', 'b'].map((name) => ({ name, parameters: schema })) }]
  const called = async (functionCallingConfig: Json) =>
    partsOf(await whole('echo', 'x', { tools, toolConfig: { functionCallingConfig } })).map((part) => part.functionCall)
  expect(await called({ mode: 'ANY' })).toEqual([{ name: 'a', args: { age: 18 } }])
  expect(await called({ mode: 'ANY', allowedFunctionNames: ['b'] })).toEqual([{ name: 'b', args: { age: 18 } }])
  expect(await called({ mode: 'AUTO' })).toEqual([undefined])
})

test('counts tokens for nothing, images, and the cache', async () => {
  const before = (await simulator.count()).nanoUsd
  const counted = await simulator.post('/v1beta/models/echo:countTokens', ask('hello'))
  expect(await counted.json()).toMatchObject({ totalTokens: 2 })
  expect((await simulator.count()).nanoUsd).toBe(before)
  const image = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
  expect((await whole('echo', [image, { text: 'what' }])).usageMetadata).toMatchObject({ promptTokenCount: 101 })
  expect((await whole('script', { text: 'x', usage: { input: 10, cached: 8, output: 5, reasoning: 2 } })).usageMetadata).toMatchObject({
    promptTokenCount: 10,
    cachedContentTokenCount: 8,
    candidatesTokenCount: 3,
    thoughtsTokenCount: 2,
    totalTokenCount: 15,
  })
})

test("Vertex's longer path, and a model with a slash", async () => {
  const path = '/v1/projects/p/locations/l/publishers/google/models/echo:generateContent'
  expect(partsOf((await (await simulator.post(path, ask('hi'))).json()) as Chunk)).toEqual([{ text: 'hi' }])
  expect(partsOf(await whole('simulator%2Fecho', 'hi'))).toEqual([{ text: 'hi' }])
})

test.each<[string, string, Json, number, string]>([
  ['no contents', 'echo', {}, 400, 'INVALID_ARGUMENT'],
  ['an unknown role', 'echo', { contents: [{ role: 'boss', parts: [{ text: 'x' }] }] }, 400, 'INVALID_ARGUMENT'],
  ['no parts', 'echo', { contents: [{ role: 'user' }] }, 400, 'INVALID_ARGUMENT'],
  ['an unknown model', 'gemini-pro', ask('x'), 404, 'NOT_FOUND'],
])('%s is refused', async (_, model, body, code, status) => {
  const response = await simulator.post(`/v1beta/models/${model}:generateContent`, body)
  expect(response.status).toBe(code)
  expect(await response.json()).toEqual({ error: { code, message: expect.any(String), status } })
})

test('an unknown method has an error in the same shape', async () => {
  expect(await (await simulator.post('/v1beta/models/echo:burn', {})).json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } })
  expect(await (await fetch(`${simulator.origin}/v1beta/models`)).json()).toMatchObject({ models: [{ name: 'models/echo' }, {}, {}] })
})
