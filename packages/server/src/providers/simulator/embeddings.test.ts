import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Json, type Served, serve } from './testing.ts'

let simulator: Served
beforeAll(async () => {
  simulator = await serve()
})
afterAll(() => simulator.close())

/** How to ask for vectors in a dialect, and where they and their tokens stand in the answer. */
type Way = {
  path(mode: string): string
  body(texts: string[], more: { mode: string; dimensions?: number }): unknown
  vectors(answer: never): number[][]
  tokens(answer: never): unknown
  error: Json
}
const google = { error: { code: expect.any(Number), message: expect.any(String), status: expect.any(String) } }
const cohereBody = (texts: string[], dimensions?: number) => ({ texts, input_type: 'search_query', output_dimension: dimensions })
type Predictions = { predictions: { embeddings: { values: number[]; statistics?: { token_count: number } } }[] }

const WAYS: Record<string, Way> = {
  embeddings: {
    path: () => '/v1/embeddings',
    body: (input, { mode: model, dimensions }) => ({ model, input, dimensions }),
    vectors: ({ data }: { data: { embedding: number[] }[] }) => data.map(({ embedding }) => embedding),
    tokens: ({ usage }: { usage?: { prompt_tokens: number } }) => usage?.prompt_tokens,
    error: { error: expect.objectContaining({ type: expect.any(String) }) },
  },
  'gemini-embeddings': {
    path: (mode) => `/v1beta/models/${mode}:batchEmbedContents`,
    body: (texts, { dimensions }) => ({
      requests: texts.map((text) => ({ content: { parts: [{ text }] }, outputDimensionality: dimensions })),
    }),
    vectors: ({ embeddings }: { embeddings: { values: number[] }[] }) => embeddings.map(({ values }) => values),
    tokens: ({ usageMetadata }: { usageMetadata?: { promptTokenCount: number } }) => usageMetadata?.promptTokenCount,
    error: google,
  },
  'vertex-embeddings': {
    path: (mode) => `/v1/projects/p/locations/l/publishers/google/models/${mode}:predict`,
    body: (texts, { dimensions }) => ({
      instances: texts.map((content) => ({ content })),
      parameters: { outputDimensionality: dimensions },
    }),
    vectors: ({ predictions }: Predictions) => predictions.map(({ embeddings }) => embeddings.values),
    tokens: ({ predictions }: Predictions) => predictions[0]?.embeddings.statistics?.token_count,
    error: google,
  },
  'cohere-embeddings': {
    path: () => '/v2/embed',
    body: (texts, { mode: model, dimensions }) => ({ model, ...cohereBody(texts, dimensions) }),
    vectors: ({ embeddings }: { embeddings: { float: number[][] } }) => embeddings.float,
    tokens: ({ meta }: { meta: { billed_units?: { input_tokens: number } } }) => meta.billed_units?.input_tokens,
    error: { message: expect.any(String), id: expect.any(String) },
  },
  'bedrock-embeddings': {
    path: (mode) => `/model/${mode === 'echo' ? '' : `${mode}.`}cohere.embed-v4%3A0/invoke`,
    body: (texts, { dimensions }) => cohereBody(texts, dimensions),
    vectors: ({ embeddings }: { embeddings: { float: number[][] } }) => embeddings.float,
    // Bedrock does not say them in the body of Cohere.
    tokens: () => undefined,
    error: { message: expect.any(String) },
  },
}

const vectorsFor = async (name: string, texts: string[], dimensions?: number) => {
  const way = WAYS[name]
  if (!way) throw new Error(name)
  const body = way.body(texts, { mode: 'echo', ...(dimensions && { dimensions }) })
  const answer = await (await simulator.post(way.path('echo'), body)).json()
  return { vectors: way.vectors(answer as never), tokens: way.tokens(answer as never) }
}

describe.each(Object.entries(WAYS))('%s', (name, way) => {
  test('the same text has the same vector as in OpenAI’s dialect, of the length that is asked for', async () => {
    const { vectors } = await vectorsFor(name, ['a', 'b', 'a'])
    expect(vectors.map((vector) => vector.length)).toEqual([256, 256, 256])
    expect(vectors[0]).toEqual(vectors[2])
    expect(vectors).toEqual((await vectorsFor('embeddings', ['a', 'b', 'a'])).vectors)
    expect((await vectorsFor(name, ['a'], 8)).vectors[0]).toHaveLength(8)
  })

  test('is counted under its name, as it reports it', async () => {
    const before = (await simulator.count()).byDialect[name]
    const { tokens } = await vectorsFor(name, ['four', 'fourfour'])
    const after = (await simulator.count()).byDialect[name]
    expect((after?.calls ?? 0) - (before?.calls ?? 0)).toBe(1)
    expect((after?.inputTokens ?? 0) - (before?.inputTokens ?? 0)).toBe(3)
    expect(after?.outputTokens).toBe(0)
    if (name !== 'bedrock-embeddings') expect(tokens).toBe(3)
  })

  test('a script says what is counted, or that nothing is', async () => {
    const ask = async (usage: unknown) => {
      const body = way.body([JSON.stringify({ usage })], { mode: 'script' })
      return way.tokens((await (await simulator.post(way.path('script'), body)).json()) as never)
    }
    if (name !== 'bedrock-embeddings') expect(await ask({ input: 99 })).toBe(99)
    expect(await ask(null)).toBeUndefined()
  })

  test('faults and what is wrong, in the shape of the dialect', async () => {
    const fault = await simulator.post(way.path('faults'), way.body(['{"fault":429,"retryAfter":3}'], { mode: 'faults' }))
    expect([fault.status, fault.headers.get('retry-after')]).toEqual([429, '3'])
    expect(await fault.json()).toMatchObject(way.error)
    for (const body of [
      '{',
      '[]',
      '{}',
      JSON.stringify(way.body([], { mode: 'echo' })),
      JSON.stringify(way.body([''], { mode: 'echo' })),
    ]) {
      const refused = await fetch(`${simulator.origin}${way.path('echo')}`, { method: 'POST', body })
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject(way.error)
    }
    expect((await simulator.post(way.path('echo'), way.body(['x'], { mode: 'echo', dimensions: 9999 }))).status).toBe(400)
  })
})

test.each([
  ['gemini-embeddings', 101],
  ['vertex-embeddings', 251],
  ['cohere-embeddings', 97],
  ['bedrock-embeddings', 97],
])('%s refuses %i texts', async (name, count) => {
  const way = WAYS[name]
  const texts = Array.from({ length: count }, () => 'x')
  expect((await simulator.post(way?.path('echo') ?? '', way?.body(texts, { mode: 'echo' }))).status).toBe(400)
})

test('Titan takes one text, with its length and count', async () => {
  const answer = await (
    await simulator.post('/model/amazon.titan-embed-text-v2%3A0/invoke', { inputText: 'fourfour', dimensions: 4 })
  ).json()
  expect(answer).toMatchObject({ embedding: expect.any(Array), inputTextTokenCount: 2 })
  expect((answer as { embedding: number[] }).embedding).toHaveLength(4)
  expect((await simulator.post('/model/amazon.titan-embed-text-v2%3A0/invoke', { inputText: '' })).status).toBe(400)
  expect((await simulator.post('/model/meta.llama3/invoke', { inputText: 'x' })).status).toBe(400)
})

test('one content of Gemini, and of Vertex', async () => {
  for (const path of ['/v1beta/models/echo:embedContent', '/v1/projects/p/locations/l/publishers/google/models/echo:embedContent']) {
    const answer = await (await simulator.post(path, { content: { parts: [{ text: 'four' }] }, outputDimensionality: 2 })).json()
    expect(answer).toMatchObject({
      embedding: { values: [expect.any(Number), expect.any(Number)] },
      usageMetadata: { promptTokenCount: 1 },
    })
  }
})
