import { afterEach, beforeEach, expect, test } from 'vitest'
import { endpointsAt } from './endpoints.ts'
import { startWorld, until, type World } from './world.case.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const json = (text: string) => (_: unknown, response: import('node:http').ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(text)
const ended = async () => {
  const { starts, ends } = await world.recorded()
  const [start, end] = [starts.at(-1), ends.at(-1)]
  if (!start || !end) throw new Error('nothing was recorded')
  return { start, end }
}
const FORM = { 'content-type': 'multipart/form-data; boundary=B' }
const form = (model: string) =>
  [
    '--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF"model"\r\n',
    `--B\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n`,
    '--B--\r\n',
  ].join('')

test('an embedding passes byte for byte but for the model, and is paid for by its tokens', async () => {
  const answer = '{"object":"list", "data":[],"model":"text-embedding-3-small","usage":{"prompt_tokens":1000,"total_tokens":1000}}'
  world.answer = json(answer)
  const got = await world.send({ path: '/v1/embeddings', body: '{ "input":"x",  "model":"openai/text-embedding-3-small","odd":1.0}' })
  expect([got.status, got.text, got.headers['x-signalbox-cost']]).toEqual([200, answer, '0.00002'])
  expect(world.seen).toMatchObject([{ url: '/v1/embeddings', body: '{ "input":"x",  "model":"text-embedding-3-small","odd":1.0}' }])
  const { start, end } = await ended()
  expect(start).toMatchObject({ kind: 'embedding', operation: 'embeddings', dialect: 'openai-endpoint', provider: 'openai' })
  expect(end).toMatchObject({ status: 'ok', usage: { input: 1000, output: 0 }, usageSource: 'provider', cost: 20_000 })
})

test('in a form only the model is replaced, and of the file only name, type and size are recorded', async () => {
  world.answer = json('{"text":"hi","usage":{"type":"duration","seconds":90}}')
  const got = await world.send({ path: '/v1/audio/transcriptions', body: form('openai/whisper-1'), headers: FORM })
  expect([got.status, got.headers['x-signalbox-cost']]).toEqual([200, '0.009'])
  expect(world.seen).toMatchObject([{ url: '/v1/audio/transcriptions', body: form('whisper-1'), headers: FORM }])
  const { start, end } = await ended()
  expect(JSON.parse(start.body)).toEqual({ file: { filename: 'a.wav', type: 'audio/wav', bytes: 11 }, model: 'openai/whisper-1' })
  expect(start.requestType).toBe('multipart/form-data')
  expect(end).toMatchObject({ usageSource: 'none', units: { second: 90 }, cost: 9_000_000, costParts: { second: 9_000_000 } })
})

test('a long form arrives whole, with its length, though only the model in it was replaced', async () => {
  world.answer = json('{"text":"hi"}')
  const long = (model: string) => form(model).replace('RIFF', 'sound '.repeat(150_000))
  const got = await world.send({ path: '/v1/audio/transcriptions', body: long('openai/whisper-1'), headers: FORM })
  expect(got.status).toBe(200)
  expect(world.seen[0]?.body === long('whisper-1')).toBe(true)
  expect(world.seen[0]?.headers['content-length']).toBe(String(long('whisper-1').length))
})

test.each([
  ['/v1/moderations', { input: 'x' }, '{"model":"omni-moderation-latest","results":[]}'],
  ['/v1/images/generations', { model: 'openai/dall-e-3', prompt: 'x', n: 2 }, '{"created":1,"data":[]}'],
  ['/v1/embeddings', { model: 'openai/text-embedding-3-small', input: 'x' }, '{"object":"list","data":[]}'],
  ['/v1/audio/transcriptions', { model: 'openai/gpt-4o-transcribe', file: 'x' }, '{"text":"x"}'],
])('%s without a known price costs nobody knows what, never 0', async (path, body, answer) => {
  world.answer = json(answer)
  const got = await world.send({ path, body })
  expect([got.status, got.headers['x-signalbox-cost']]).toEqual([200, 'unknown'])
  expect((await ended()).end).toMatchObject({ status: 'ok', cost: null, usageSource: 'none' })
})

test('speech passes as bytes that are not kept', async () => {
  world.answer = (_, response) => void response.writeHead(200, { 'content-type': 'audio/mpeg' }).end('SOUND')
  const got = await world.send({ path: '/v1/audio/speech', body: { model: 'openai/tts-1', input: 'hello', voice: 'alloy' } })
  expect([got.status, got.text, got.headers['content-type']]).toEqual([200, 'SOUND', 'audio/mpeg'])
  expect((await ended()).end).toMatchObject({ status: 'ok', body: '', mediaType: 'audio/mpeg', responseBytes: 5, sse: false, cost: null })
})

test('audio that the provider cuts is cut for the client too, and is no success', async () => {
  world.answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': '100' }).write('SOUND')
    setTimeout(() => response.destroy(), 20)
  }
  const body = { model: 'openai/tts-1', input: 'hello', voice: 'alloy' }
  const cut = await world.send({ path: '/v1/audio/speech', body }).catch((error: NodeJS.ErrnoException) => ({ text: String(error.code) }))
  expect(cut.text).not.toContain('error')
  await until(async () => (await world.recorded()).ends.length === 1)
  expect((await ended()).end).toMatchObject({ status: 'error', errorType: 'connection' })
})

test('a client that hangs up in the middle cancels the provider', async () => {
  world.answer = (_, response) => void response.writeHead(200, { 'content-type': 'audio/mpeg' }).write('SOUND')
  await world.send({ path: '/v1/audio/speech', body: { model: 'openai/tts-1', input: 'x', voice: 'alloy' }, abortAfter: 1 })
  await until(() => world.seen[0]?.aborted === true)
  expect((await ended()).end).toMatchObject({ status: 'aborted', mediaType: 'audio/mpeg' })
})

test('a stream of pictures ends with its last event, and says its usage', async () => {
  const event = (type: string, more: object) => `event: ${type}\ndata: ${JSON.stringify({ type, b64_json: 'AA==', ...more })}\n\n`
  const usage = { input_tokens: 10, output_tokens: 20, total_tokens: 30 }
  const whole = event('image_generation.partial_image', {}) + event('image_generation.completed', { usage })
  const answers = [whole, event('image_generation.partial_image', {})]
  const body = { model: 'openai/gpt-image-1', prompt: 'x', stream: true }
  for (const [index, text] of answers.entries()) {
    world.answer = (_, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text)
    const got = await world.send({ path: '/v1/images/generations', body })
    expect(got.text.startsWith(text)).toBe(true)
    expect(got.text === text).toBe(index === 0)
  }
  const { ends } = await world.recorded()
  // 10 × $5 + 20 × $40 per million.
  expect(ends).toMatchObject([{ status: 'ok', sse: true, usage: { input: 10, output: 20 }, cost: 850_000 }, { status: 'error' }])
})

test('files go to the provider of the header, of the id, or the first that can', async () => {
  world.answer = json('{"id":"file-1"}')
  const get = async (path: string, headers = {}) => (await world.send({ path, method: 'GET', headers })).headers['x-signalbox-provider']
  expect(await get('/v1/files/file-1?limit=2&key=secret')).toBe('openai')
  expect(await get('/v1/files/mistral/file-1')).toBe('mistral')
  expect(await get('/v1/files/mistral%2Ffile-1/content')).toBe('mistral')
  expect(await get('/v1/batches', { 'x-signalbox-provider': 'azure' })).toBe('azure')
  expect(world.seen.map(({ url }) => url)).toEqual([
    '/v1/files/file-1?limit=2',
    '/v1/files/file-1',
    '/v1/files/file-1/content',
    '/openai/v1/batches',
  ])
  const { starts, ends } = await world.recorded()
  expect(starts).toMatchObject([
    { operation: 'file_get', kind: 'span' },
    {},
    { operation: 'file_content', objectId: 'file-1' },
    { operation: 'batch_list' },
  ])
  expect(ends).toMatchObject([{ cost: 0, costReason: expect.any(String) }, {}, { body: '', mediaType: 'application/json' }, { cost: 0 }])
})

test.each([
  ['a provider of another dialect', { path: '/v1/embeddings', body: { model: 'anthropic/x', input: 'x' } }, 400, /anthropic.*embeddings/],
  [
    'a provider of another dialect for files',
    { path: '/v1/files', method: 'GET', headers: { 'x-signalbox-provider': 'cohere' } },
    400,
    /cohere/,
  ],
  ['a provider that is not there', { path: '/v1/files', method: 'GET', headers: { 'x-signalbox-provider': 'nobody' } }, 424, /nobody/],
  ['no model', { path: '/v1/embeddings', body: { input: 'x' } }, 400, /model/],
  ['no model in a form', { path: '/v1/audio/translations', body: form(''), headers: FORM }, 400, /model/],
  ['half a form', { path: '/v1/audio/translations', body: form('x').slice(0, 90), headers: FORM }, 400, /form/],
  ['a wrong key', { path: '/v1/files', method: 'GET', headers: { authorization: 'Bearer x' } }, 401, /key/],
  ['a wrong method', { path: '/v1/files/x', body: {} }, 405, /GET or DELETE/],
])('%s is refused in the shape of OpenAI', async (_, sent, status, message) => {
  const got = await world.send(sent)
  expect([got.status, JSON.parse(got.text).error.message]).toEqual([status, expect.stringMatching(message)])
  expect(JSON.parse(got.text).error).toHaveProperty('type')
  expect(world.seen).toEqual([])
})

test.each([
  ['/files', 'POST GET', ''],
  ['/files/a/content', 'GET', 'a'],
  ['/files/content', 'GET DELETE', 'content'],
  ['/files/openai/a', 'GET DELETE', 'openai/a'],
  ['/batches/b/cancel', 'POST', 'b'],
  ['/batches/', undefined, undefined],
  ['/filesystem', undefined, undefined],
])('%s takes %s', (path, methods, id) => {
  const at = endpointsAt(path)
  expect([at?.found.map(({ method }) => method).join(' '), at?.id]).toEqual([methods, id])
})
