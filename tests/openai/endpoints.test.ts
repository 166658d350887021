import OpenAI, { BadRequestError, toFile } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../signalbox.ts'
import { always } from './upstream.ts'
import { startWorld, type World } from './world.ts'

/** The endpoints beside chat, by the official client, against the real program and its simulator. */
let started: World | undefined
beforeAll(async () => {
  started = await startWorld()
})
afterAll(() => started?.close())
const world = (): World => {
  if (!started) throw new Error('the server did not start')
  return started
}
const client = () => world().openai
/** A response's span, also where it has no input. */
const spanOf = async (response: { headers: Headers }) => {
  const traceId = response.headers.get('x-signalbox-trace-id') ?? ''
  const span = await eventually(async () => (await world().api.traces.get({ traceId })).spans[0])
  return eventually(async () => {
    const detail = await world().api.spans.get({ traceId, spanId: span.spanId })
    return detail.attributes === null ? undefined : detail
  })
}
const wav = () => toFile(Buffer.from('RIFF\x00\xff\r\n--no boundary', 'latin1'), 'a.wav', { type: 'audio/wav' })

test('embeddings, as numbers and as the base64 that the client asks for by itself', async () => {
  const { data, response } = await client()
    .embeddings.create({ model: 'simulator/echo', input: ['one', 'two words'] })
    .withResponse()
  expect(data.data.map(({ embedding }) => embedding.length)).toEqual([256, 256])
  const span = await spanOf(response)
  expect(span).toMatchObject({ kind: 'embedding', operation: 'embeddings', status: 'ok', provider: 'simulator', usageSource: 'provider' })
  expect(span.inputTokens).toBe(data.usage.prompt_tokens)
  // 1,000 nano-USD per token.
  expect(Number(span.costUsd)).toBeCloseTo(span.inputTokens * 1e-6, 12)
  expect(span.inputPreview).toBe('one two words')
})

test.each([
  ['google/echo', 'gemini-embeddings', 'provider'],
  ['cohere/echo', 'cohere-embeddings', 'provider'],
  // Bedrock counts the tokens of Cohere in a header, which its simulator does not send.
  ['bedrock/cohere.embed-v4:0', 'bedrock-embeddings', 'estimated'],
])('embeddings of %s: the vectors that OpenAI’s dialect would have had, as numbers and as base64', async (model, dialect, usageSource) => {
  const input = ['one', 'two words']
  const same = (await client().embeddings.create({ model: 'simulator/echo', input, encoding_format: 'float' })).data
  const heard = await world().callsHeard(dialect)
  const numbers = await client().embeddings.create({ model, input, encoding_format: 'float' })
  const { data, response } = await client().embeddings.create({ model, input }).withResponse()
  expect(numbers.data).toEqual(same)
  // The client asks for base64 by itself, and decodes it.
  expect(data.data).toEqual(same)
  expect(await world().callsHeard(dialect)).toBe(heard + 2)
  expect(response.headers.get('x-signalbox-estimated')).toBe(usageSource === 'estimated' ? 'true' : null)
  const span = await spanOf(response)
  expect(span).toMatchObject({ kind: 'embedding', operation: 'embeddings', status: 'ok', usageSource, inputPreview: 'one two words' })
  expect(span.inputTokens).toBe(data.usage.prompt_tokens)
  expect(span.inputTokens).toBeGreaterThan(0)
  // 1 USD per million tokens.
  expect(Number(span.costUsd)).toBeCloseTo(span.inputTokens * 1e-6, 12)
})

test('one text for Titan, of the length that is asked for; several are refused with the number', async () => {
  const model = 'bedrock/amazon.titan-embed-text-v2:0'
  const one = await client().embeddings.create({ model, input: 'one', dimensions: 8 })
  expect([one.data[0]?.embedding.length, one.usage.prompt_tokens]).toEqual([8, 1])
  const two = client().embeddings.create({ model, input: ['one', 'two'] })
  await expect(two).rejects.toMatchObject({ status: 400, param: 'input', message: expect.stringContaining('one in a request') })
})

test('a provider of another dialect that fails says so in the shape of OpenAI', async () => {
  for (const model of ['google/faults', 'cohere/faults', 'bedrock/faults.cohere.embed-v4:0']) {
    const asking = client().embeddings.create({ model, input: '{"fault":429,"retryAfter":7}' })
    await expect(asking).rejects.toMatchObject({ status: 429, type: 'rate_limit_error', headers: expect.any(Headers) })
    const garbage = client().embeddings.create({ model, input: '{"fault":"garbage"}' })
    await expect(garbage).rejects.toMatchObject({ status: 502, code: 'provider_failed' })
  }
})

test('a moderation is not free unless somebody said so', async () => {
  const { data, response } = await client().moderations.create({ model: 'simulator/echo', input: 'violence' }).withResponse()
  expect(data.results[0]?.flagged).toBe(true)
  expect(await spanOf(response)).toMatchObject({ operation: 'moderation', costUsd: null })
})

test('images are paid for by their tokens', async () => {
  const { data, response } = await client().images.generate({ model: 'simulator/echo', prompt: 'a cat', n: 2 }).withResponse()
  expect(data.data).toHaveLength(2)
  const span = await spanOf(response)
  expect(span).toMatchObject({ operation: 'image_generation', usageSource: 'provider', inputPreview: 'a cat' })
  expect(span.outputTokens).toBe(data.usage?.output_tokens)
  expect(Number(span.costUsd)).toBeGreaterThan(0)
})

test('images are edited and varied by forms, paid for by the image where the prices say so', async () => {
  world().upstream.reply = always(JSON.stringify({ created: 1, data: [{ b64_json: 'AA==' }, { b64_json: 'AA==' }] }))
  const image = await toFile(Buffer.from([0x89, 0x50, 0, 255]), 'a.png', { type: 'image/png' })
  const edit = await client().images.edit({ model: 'drawn/real-name', image, prompt: 'a hat', n: 2 }).withResponse()
  const span = await spanOf(edit.response)
  expect(span).toMatchObject({ operation: 'image_edit', usageSource: 'none', costUsd: '0.08', costParts: { image: '0.08' } })
  expect(span.input).toEqual({
    model: 'drawn/real-name',
    image: { filename: 'a.png', type: 'image/png', bytes: 4 },
    prompt: 'a hat',
    n: '2',
  })
  expect(span.attributes).toMatchObject({ truncated: false, requestType: 'multipart/form-data' })
  const variation = await client().images.createVariation({ model: 'drawn/real-name', image }).withResponse()
  expect(await spanOf(variation.response)).toMatchObject({ operation: 'image_variation', costUsd: '0.04' })
})

test('speech arrives in its bytes and is not stored; it costs by the character where the prices say so', async () => {
  const spoken = await client().audio.speech.create({ model: 'simulator/echo', voice: 'alloy', input: 'hello' })
  const bytes = Buffer.from(await spoken.arrayBuffer())
  expect([bytes.subarray(0, 4).toString(), bytes.length]).toEqual(['RIFF', 524])
  const span = await spanOf(spoken)
  expect(span).toMatchObject({
    operation: 'speech',
    status: 'ok',
    costUsd: null,
    outputBytes: 524,
    attributes: { answerType: 'audio/wav' },
  })
  expect(span.output ?? '').toBe('')

  const sound = Buffer.from([0, 255, 13, 10, 13, 10, 200])
  world().upstream.reply = (response) => void response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(sound)
  const priced = await client().audio.speech.create({ model: 'drawn/real-name', voice: 'alloy', input: 'Grüße 🚂' })
  expect(Buffer.from(await priced.arrayBuffer())).toEqual(sound)
  // 7 characters at $15 per million.
  expect(await spanOf(priced)).toMatchObject({ costUsd: '0.000105', usageSource: 'none' })
})

test('speech can be a stream of events', async () => {
  const spoken = await client().audio.speech.create({ model: 'simulator/echo', voice: 'alloy', input: 'hello', stream_format: 'sse' })
  expect(await spoken.text()).toContain('speech.audio.done')
  const span = await spanOf(spoken)
  expect(span).toMatchObject({ status: 'ok', usageSource: 'provider' })
  expect(span.outputTokens).toBeGreaterThan(0)
})

test('a recording is transcribed and translated, whole, as text and as a stream', async () => {
  const ask = { model: 'simulator/echo', prompt: 'hello there' }
  const { data, response } = await client()
    .audio.transcriptions.create({ ...ask, file: await wav() })
    .withResponse()
  expect(data.text).toBe('hello there')
  const span = await spanOf(response)
  expect(span).toMatchObject({ operation: 'transcription', usageSource: 'provider', outputPreview: 'hello there' })
  expect(span.input).toMatchObject({ prompt: 'hello there', file: { filename: 'a.wav', type: 'audio/wav', bytes: 21 } })
  expect(Number(span.costUsd)).toBeGreaterThan(0)

  const text = await client()
    .audio.transcriptions.create({ ...ask, file: await wav(), response_format: 'text' })
    .withResponse()
  expect(text.data).toBe('hello there\n')
  expect(await spanOf(text.response)).toMatchObject({ status: 'ok', costUsd: null, output: 'hello there\n' })

  const stream = await client()
    .audio.transcriptions.create({ ...ask, file: await wav(), stream: true })
    .withResponse()
  const types: string[] = []
  for await (const event of stream.data) types.push(event.type)
  expect(types.at(-1)).toBe('transcript.text.done')
  expect(await spanOf(stream.response)).toMatchObject({ status: 'ok', stream: true, usageSource: 'provider', outputPreview: 'hello there' })

  const translated = await client()
    .audio.translations.create({ ...ask, file: await wav() })
    .withResponse()
  expect([translated.data.text, (await spanOf(translated.response)).operation]).toEqual(['hello there', 'translation'])
})

test('a batch from its file to its results', async () => {
  const files = new OpenAI({
    baseURL: client().baseURL,
    apiKey: world().signalbox.secretKey,
    maxRetries: 0,
    defaultHeaders: { 'x-signalbox-provider': 'simulator' },
  })
  const body = { model: 'echo', messages: [{ role: 'user', content: 'hi' }] }
  const line = JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body })
  const upload = await files.files.create({ file: await toFile(Buffer.from(`${line}\n`), 'in.jsonl'), purpose: 'batch' }).withResponse()
  expect(await spanOf(upload.response)).toMatchObject({
    kind: 'span',
    operation: 'file_upload',
    name: 'file_upload',
    costUsd: '0',
    input: { purpose: 'batch', file: { filename: 'in.jsonl', bytes: line.length + 1 } },
    attributes: { costReason: expect.any(String) },
  })
  const { id } = upload.data
  const listed: string[] = []
  for await (const file of files.files.list({ purpose: 'batch' })) listed.push(file.id)
  expect(listed).toEqual([id])
  expect((await files.files.retrieve(id)).filename).toBe('in.jsonl')
  const content = await files.files.content(id)
  expect(await content.text()).toBe(`${line}\n`)
  expect((await spanOf(content)).output ?? '').toBe('')

  const asked = { input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' } as const
  const created = await files.batches.create(asked).withResponse()
  expect(await spanOf(created.response)).toMatchObject({ operation: 'batch_create', costUsd: null })
  const done = await files.batches.retrieve(created.data.id)
  expect(done.status).toBe('completed')
  // Without the header, the provider stands before the id.
  const results = await client().files.content(`simulator/${done.output_file_id}`)
  expect(await results.text()).toContain('"custom_id":"a"')
  const second = await files.batches.create(asked)
  expect((await files.batches.cancel(second.id)).status).toBe('cancelled')
  expect((await files.batches.list()).data.map((batch) => batch.id)).toContain(second.id)
  expect((await files.files.delete(id)).deleted).toBe(true)
})

test('a provider of another dialect is refused with the kinds that can', async () => {
  const asking = client().embeddings.create({ model: 'anthropic/x', input: 'x' })
  const error = await asking.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(BadRequestError)
  expect((error as BadRequestError).error).toMatchObject({ hint: expect.stringContaining('openai-compatible') })
})
