import { afterEach, beforeEach, expect, test } from 'vitest'
import { startWorld, type World } from './world.case.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const openai = (body: { error: object }) => ({ shape: 'openai', ...body.error })
/** Which dialect's error a body is, by its own marks. */
function shapeOf(text: string): string {
  const body = JSON.parse(text) as {
    type?: string
    message?: unknown
    error: { type?: string; code?: unknown; status?: string; param?: unknown }
  }
  if (typeof body.message === 'string') return 'cohere'
  if (body.type === 'error' && typeof body.error.type === 'string') return 'anthropic'
  if (typeof body.error.code === 'number' && typeof body.error.status === 'string') return 'gemini'
  if ('param' in body.error && typeof body.error.type === 'string') return 'openai'
  return `unknown: ${JSON.stringify(openai(body))}`
}

const doors = [
  { path: '/v1/chat/completions', shape: 'openai', body: { model: 'nobody/knows', messages: [] } },
  { path: '/v1/completions', shape: 'openai', body: { model: 'nobody/knows', prompt: 'x' } },
  { path: '/v1/responses', shape: 'openai', body: { model: 'nobody/knows', input: 'x' } },
  { path: '/v1/embeddings', shape: 'openai', body: { model: 'nobody/knows', input: 'x' } },
  { path: '/v1/audio/speech', shape: 'openai', body: { model: 'nobody/knows', input: 'x' } },
  { path: '/v1/messages', shape: 'anthropic', body: { model: 'nobody/knows', messages: [], max_tokens: 1 } },
  { path: '/v1/messages/count_tokens', shape: 'anthropic', body: { model: 'nobody/knows', messages: [] } },
  { path: '/v2/chat', shape: 'cohere', body: { model: 'nobody/knows', messages: [] } },
  { path: '/v1beta/models/nobody/knows:generateContent', shape: 'gemini', body: { contents: [] } },
  { path: '/v1/models/nobody/knows:streamGenerateContent', shape: 'gemini', body: { contents: [] } },
  { path: '/v1beta/models/nobody/knows:countTokens', shape: 'gemini', body: { contents: [] } },
  { path: '/v1beta/nobody/knows:generateContent', shape: 'gemini', body: { contents: [] } },
]

test.each(doors)('$path refuses in the shape of $shape', async ({ path, shape, body }) => {
  const cases = [
    { status: 401, sent: { path, body, headers: { authorization: 'Bearer sk-sb-wrong' } } },
    { status: 400, sent: { path, body: '{' } },
    { status: 400, sent: { path, body: '[]' } },
    { status: 404, sent: { path, body } },
    { status: 405, sent: { path, method: 'GET' } },
    { status: 413, sent: { path, body: { ...body, filler: 'y'.repeat(2 << 20) } } },
  ]
  for (const { status, sent } of cases) {
    const got = await world.send(sent)
    expect([got.status, shapeOf(got.text)]).toEqual([status, shape])
  }
  expect(world.seen).toEqual([])
})

test.each([
  ['/v1/nothing', 'openai'],
  ['/v1/messages/batches', 'anthropic'],
  ['/v1beta/nothing', 'gemini'],
  ['/v2/embed', 'cohere'],
  ['/v1beta/models/%E0%A4%A:generateContent', 'gemini'],
])('%s is not there, in the shape of %s', async (path, shape) => {
  const got = await world.send({ path, body: {} })
  expect([got.status, shapeOf(got.text)]).toEqual([404, shape])
})

test.each(['/v1beta/models/google/gemini-2.5-flash', '/v1beta/google/gemini-2.5-flash', '/v1/google%2Fgemini-2.5-flash'])(
  'the model of a client of Gemini is found in %s',
  async (path) => {
    world.answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"candidates":[]}')
    const got = await world.send({ path: `${path}:generateContent`, body: { contents: [] } })
    expect([got.status, world.seen[0]?.url]).toEqual([200, '/v1beta/models/gemini-2.5-flash:generateContent'])
  },
)

test('models are listed in the shape that the client knows', async () => {
  const get = async (path: string, headers = {}) => JSON.parse((await world.send({ path, method: 'GET', headers })).text)
  expect(await get('/v1/models')).toMatchObject({ object: 'list', data: [{ id: 'support', object: 'model' }, { id: 'openai/gpt-4o' }] })
  expect(await get('/v1/models', { 'anthropic-version': '2023-06-01' })).toMatchObject({
    data: [{ id: 'support', type: 'model' }, { id: 'openai/gpt-4o' }],
    has_more: false,
    first_id: 'support',
    last_id: 'openai/gpt-4o',
  })
  expect(await get('/v1beta/models')).toMatchObject({ models: [{ name: 'models/support' }, { name: 'models/openai/gpt-4o' }] })
  expect(await get('/v1/models/openai/gpt-4o')).toMatchObject({ id: 'openai/gpt-4o', object: 'model' })
  expect(await get('/v1/models/openai%2Fgpt-4o', { 'anthropic-version': '2023-06-01' })).toMatchObject({
    id: 'openai/gpt-4o',
    type: 'model',
  })
  expect(await get('/v1/models/nobody')).toMatchObject({ error: { code: 'model_not_found', param: 'model' } })
  const refused = await world.send({ path: '/v1/models', method: 'GET', headers: { 'anthropic-version': '1', authorization: 'Bearer x' } })
  expect([refused.status, shapeOf(refused.text)]).toEqual([401, 'anthropic'])
})

test('tokens are counted by a provider of the same dialect, in its own bytes', async () => {
  world.answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens": 14}')
  const got = await world.send({
    path: '/v1/messages/count_tokens',
    body: { model: 'anthropic/claude-sonnet-4-5', messages: [{ role: 'user', content: 'Hi' }] },
  })
  expect([got.status, got.text, got.headers['x-signalbox-estimated']]).toEqual([200, '{"input_tokens": 14}', undefined])
  expect(world.seen).toMatchObject([{ url: '/v1/messages/count_tokens', headers: { 'x-api-key': 'key-of-anthropic' } }])
  expect(JSON.parse(world.seen[0]?.body ?? '')).toMatchObject({ model: 'claude-sonnet-4-5' })
})

test('for every other provider they are estimated, and the answer says so', async () => {
  const text = 'The quick brown fox jumps over the lazy dog. '.repeat(10)
  const anthropic = await world.send({
    path: '/v1/messages/count_tokens',
    body: { model: 'openai/gpt-4o', system: text, messages: [{ role: 'user', content: [{ type: 'text', text }] }] },
  })
  const gemini = await world.send({
    path: '/v1beta/models/openai/gpt-4o:countTokens',
    body: { systemInstruction: { parts: [{ text }] }, contents: [{ role: 'user', parts: [{ text }] }] },
  })
  expect([anthropic.headers['x-signalbox-estimated'], gemini.headers['x-signalbox-estimated']]).toEqual(['true', 'true'])
  // 100 tokens for each of the two texts, and a few for the frame.
  for (const tokens of [JSON.parse(anthropic.text).input_tokens, JSON.parse(gemini.text).totalTokens]) {
    expect(tokens).toBeGreaterThan(195)
    expect(tokens).toBeLessThan(230)
  }
  expect(world.seen).toEqual([])
})
