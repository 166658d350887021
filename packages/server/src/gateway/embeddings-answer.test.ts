import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWorld, until, type World } from './world.case.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const json =
  (body: unknown, headers: Record<string, string> = {}, status = 200) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const embed = (body: object, headers = {}) => world.send({ path: '/v1/embeddings', body, headers })
const end = async () => {
  const { ends } = await world.recorded()
  const last = ends.at(-1)
  if (!last) throw new Error('nothing was recorded')
  return last
}
const cohereAnswer = (vectors: number[][], input_tokens = 1000) => ({
  id: 'x',
  embeddings: { float: vectors },
  meta: { billed_units: { input_tokens } },
})

test('vectors of Cohere in the shape of OpenAI, paid for by their tokens', async () => {
  world.answer = json(
    cohereAnswer([
      [0.5, -0.25],
      [1, 0],
    ]),
    { 'x-debug': 'yes', 'content-encoding': 'identity' },
  )
  const got = await embed({ model: 'cohere/embed-v4.0', input: ['one', 'two'], user: 'u' }, { 'openai-organization': 'o' })
  expect([got.status, got.headers['content-type'], got.headers['x-debug']]).toEqual([200, 'application/json', 'yes'])
  expect(JSON.parse(got.text)).toEqual({
    object: 'list',
    data: [
      { object: 'embedding', index: 0, embedding: [0.5, -0.25] },
      { object: 'embedding', index: 1, embedding: [1, 0] },
    ],
    model: 'embed-v4.0',
    usage: { prompt_tokens: 1000, total_tokens: 1000 },
  })
  expect([got.headers['x-signalbox-dropped'], got.headers['x-signalbox-cost']]).toEqual(['user', '0.00012'])
  expect(got.headers['x-signalbox-estimated']).toBeUndefined()
  expect(world.seen).toMatchObject([{ url: '/v2/embed', headers: { authorization: 'Bearer key-of-cohere' } }])
  expect(world.seen[0]?.headers['openai-organization']).toBeUndefined()
  expect(JSON.parse(world.seen[0]?.body ?? '')).toMatchObject({ model: 'embed-v4.0', texts: ['one', 'two'] })
  const { starts } = await world.recorded()
  expect(starts[0]).toMatchObject({ kind: 'embedding', operation: 'embeddings', provider: 'cohere', model: 'embed-v4.0' })
  expect(await end()).toMatchObject({
    status: 'ok',
    usage: { input: 1000 },
    usageSource: 'provider',
    cost: 120_000,
    dropped: ['user'],
    body: got.text,
    responseBytes: got.text.length,
  })
})

test('base64 is of 32-bit floats, as the official client reads it', async () => {
  world.answer = json(cohereAnswer([[0.5, -0.25, 3]]))
  const got = await embed({ model: 'cohere/embed-v4.0', input: 'one', encoding_format: 'base64' })
  const bytes = Buffer.from(JSON.parse(got.text).data[0].embedding, 'base64')
  expect([0, 4, 8].map((at) => bytes.readFloatLE(at))).toEqual([0.5, -0.25, 3])
  expect(bytes.length).toBe(12)
})

test('tokens that a provider does not count are estimated, and both the answer and the record say so', async () => {
  world.answer = json({ embeddings: [{ values: [1] }, { values: [0] }] })
  const got = await embed({ model: 'google/gemini-embedding-001', input: ['The quick brown fox', 'jumps over the lazy dog'] })
  expect([got.status, got.headers['x-signalbox-estimated'], got.headers['x-request-id']]).toEqual([200, 'true', expect.any(String)])
  const { usage } = JSON.parse(got.text)
  expect(usage.prompt_tokens).toBeGreaterThan(7)
  expect(usage.prompt_tokens).toBeLessThan(14)
  // 150 nano-USD per token.
  expect(await end()).toMatchObject({ usage: { input: usage.prompt_tokens }, usageSource: 'estimated', cost: usage.prompt_tokens * 150 })
})

test.each([
  ['vertex/text-embedding-005', '/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict'],
  ['google/gemini-embedding-001', '/v1beta/models/gemini-embedding-001:batchEmbedContents'],
  ['bedrock/amazon.titan-embed-text-v2:0', '/model/amazon.titan-embed-text-v2%3A0/invoke'],
  ['bedrock/cohere.embed-english-v3', '/model/cohere.embed-english-v3/invoke'],
])('%s is asked at %s', async (model, url) => {
  world.answer = json({
    predictions: [{ embeddings: { values: [1], statistics: { token_count: 2 } } }],
    embeddings: url.startsWith('/v1beta') ? [{ values: [1] }] : { float: [[1]] },
    usageMetadata: { promptTokenCount: 2 },
    embedding: [1],
    inputTextTokenCount: 2,
  })
  const got = await embed({ model, input: 'one' })
  expect([got.status, JSON.parse(got.text).data]).toEqual([200, [{ object: 'embedding', index: 0, embedding: [1] }]])
  expect(world.seen[0]?.url).toBe(url)
  if (model.startsWith('bedrock')) expect(world.seen[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\//)
})

describe('refused before the provider hears of it', () => {
  const texts = (count: number) => Array.from({ length: count }, (_, index) => `text ${index}`)
  test.each<[string, object, string, number | string]>([
    ['tokens', { model: 'cohere/embed-v4.0', input: [1, 2] }, 'input', 'token numbers'],
    ['97 texts for Cohere', { model: 'cohere/embed-v4.0', input: texts(97) }, 'input', 'at most 96'],
    ['101 texts for Gemini', { model: 'google/gemini-embedding-001', input: texts(101) }, 'input', 'at most 100'],
    ['251 texts for Vertex', { model: 'vertex/text-embedding-005', input: texts(251) }, 'input', 'at most 250'],
    ['2 texts for Gemini on Vertex', { model: 'vertex/gemini-embedding-001', input: texts(2) }, 'input', 'takes one'],
    ['2 texts for Titan', { model: 'bedrock/amazon.titan-embed-text-v2:0', input: texts(2) }, 'input', 'takes one'],
    ['a model of Bedrock without', { model: 'bedrock/amazon.nova-pro-v1:0', input: 'x' }, 'model', 'no embeddings'],
    ['Claude', { model: 'vertex/claude-sonnet-4-5', input: 'x' }, 'model', 'no embeddings'],
    ['Anthropic', { model: 'anthropic/claude-sonnet-4-5', input: 'x' }, 'model', 'no embeddings'],
  ])('%s', async (_, body, param, message) => {
    const got = await embed(body)
    expect(got.status).toBe(400)
    expect(JSON.parse(got.text).error).toMatchObject({ param, code: 'invalid_request', message: expect.stringContaining(String(message)) })
    expect(world.seen).toEqual([])
  })

  test('what cannot be carried, of a strict caller', async () => {
    const got = await embed({ model: 'cohere/embed-v4.0', input: 'x', user: 'u' }, { 'x-signalbox-strict': 'true' })
    expect([got.status, JSON.parse(got.text).error.param]).toEqual([400, 'user'])
  })
})

describe('what the provider says instead', () => {
  test('an error, in the shape of OpenAI, with its status and when to come again', async () => {
    world.answer = json({ error: { code: 429, message: 'Slow down', status: 'RESOURCE_EXHAUSTED' } }, { 'retry-after': '7' }, 429)
    const got = await embed({ model: 'google/gemini-embedding-001', input: 'x' })
    expect([got.status, got.headers['retry-after']]).toEqual([429, '7'])
    expect(JSON.parse(got.text).error).toMatchObject({ message: 'Slow down', type: 'rate_limit_error', code: 'rate_limited' })
    expect(await end()).toMatchObject({ status: 'error', errorType: 'rate_limit', cost: null })
  })

  test('that a text is too long, by the code that clients look at', async () => {
    world.answer = json(
      { message: '400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9279' },
      {},
      400,
    )
    const got = await embed({ model: 'bedrock/amazon.titan-embed-text-v2:0', input: 'x' })
    expect([got.status, JSON.parse(got.text).error.code]).toEqual([400, 'context_length_exceeded'])
  })

  test('that our key is wrong: its words stay here', async () => {
    world.answer = json({ message: 'invalid api token key-of-cohere' }, {}, 401)
    const got = await embed({ model: 'cohere/embed-v4.0', input: 'x' })
    expect([got.status, got.text.includes('key-of-cohere')]).toEqual([502, false])
  })

  test.each<[string, unknown]>([
    ['no JSON', undefined],
    ['one vector for two texts', cohereAnswer([[1]])],
    ['no vectors', { embeddings: { float: [] } }],
  ])('%s is no answer', async (_, body) => {
    world.answer = body === undefined ? (_request, response) => void response.writeHead(200).end('<html>') : json(body)
    const got = await embed({ model: 'cohere/embed-v4.0', input: ['x', 'y'] })
    expect([got.status, JSON.parse(got.text).error.code]).toEqual([502, 'provider_failed'])
    expect(await end()).toMatchObject({ status: 'error', errorType: 'invalid_response' })
  })

  test('an answer that is cut is none', async () => {
    world.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"embeddings":')
      setTimeout(() => response.destroy(), 20)
    }
    const got = await embed({ model: 'cohere/embed-v4.0', input: 'x' })
    expect([got.status, (await end()).status]).toEqual([502, 'error'])
  })
})

test('a client that hangs up is heard upstream and recorded', async () => {
  world.answer = () => {}
  await world.send({
    path: '/v1/embeddings',
    body: { model: 'cohere/embed-v4.0', input: 'x' },
    abortWhen: until(() => world.seen[0]?.body !== undefined && world.seen[0].body !== ''),
  })
  await until(() => world.seen[0]?.aborted === true)
  await until(async () => (await world.recorded()).ends.length === 1)
  expect(await end()).toMatchObject({ status: 'aborted', httpStatus: 499 })
})
