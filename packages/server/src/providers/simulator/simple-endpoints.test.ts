import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsIn, type Json, type Served, serve } from './testing.ts'

let simulator: Served
let openai: OpenAI
beforeAll(async () => {
  simulator = await serve()
  openai = new OpenAI({ apiKey: 'none', baseURL: `${simulator.origin}/v1`, maxRetries: 0 })
})
afterAll(() => simulator.close())

/** What a call added to the count of a dialect. */
async function cost(dialect: string, call: () => Promise<unknown>) {
  const before = (await simulator.count()).byDialect[dialect]
  await call()
  const after = (await simulator.count()).byDialect[dialect]
  const difference = (name: 'calls' | 'inputTokens' | 'outputTokens') => (after?.[name] ?? 0) - (before?.[name] ?? 0)
  return { calls: difference('calls'), input: difference('inputTokens'), output: difference('outputTokens') }
}

describe('completions', () => {
  test('whole and streamed', async () => {
    const answer = await openai.completions.create({ model: 'echo', prompt: 'one two', echo: true, n: 2 })
    expect(answer.choices).toMatchObject([
      { text: 'one twoone two', index: 0, finish_reason: 'stop' },
      { text: 'one twoone two', index: 1, finish_reason: 'stop' },
    ])
    expect(answer.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4 })
    const texts: string[] = []
    const options = { include_usage: true }
    for await (const chunk of await openai.completions.create({ model: 'echo', prompt: 'a b', stream: true, stream_options: options })) {
      texts.push(chunk.choices[0]?.text ?? `${chunk.usage?.total_tokens} tokens`)
    }
    expect(texts).toEqual(['a', ' b', '', '2 tokens'])
  })

  test('log probabilities, the same whole and streamed', async () => {
    const ask = { model: 'echo', prompt: 'one two', logprobs: 1 }
    const logprobs = (await openai.completions.create(ask)).choices[0]?.logprobs
    expect(logprobs).toMatchObject({ tokens: ['one', ' two'], text_offset: [0, 3] })
    const offsets: number[] = []
    for await (const chunk of await openai.completions.create({ ...ask, stream: true })) {
      offsets.push(...(chunk.choices[0]?.logprobs?.text_offset ?? []))
    }
    expect(offsets).toEqual([0, 3])
  })

  test('lists of prompts are refused, a list of one is not', async () => {
    expect((await openai.completions.create({ model: 'echo', prompt: ['one'] })).choices[0]?.text).toBe('one')
    await expect(openai.completions.create({ model: 'echo', prompt: ['a', 'b'] })).rejects.toMatchObject({ status: 400, param: 'prompt' })
  })
})

describe('embeddings', () => {
  test('the same text has the same unit vector, as numbers and as base64', async () => {
    const vectors = async (input: string[], encoding_format?: 'float' | 'base64') => {
      const answer = await openai.embeddings.create({ model: 'echo', input, ...(encoding_format && { encoding_format }) })
      return answer.data.map(({ embedding }) => embedding)
    }
    const [a, b, again] = await vectors(['a', 'b', 'a'], 'float')
    expect(a).toHaveLength(256)
    expect(a).toEqual(again)
    expect(a).not.toEqual(b)
    expect(Math.hypot(...(a ?? []))).toBeCloseTo(1, 5)
    // The client asks for base64 and decodes it itself.
    expect(await vectors(['a', 'b'])).toEqual([a, b])
  })

  test('dimensions, tokens, usage and count', async () => {
    const answer = await openai.embeddings.create({ model: 'echo', input: [1, 2, 3], dimensions: 8 })
    expect(answer.data).toHaveLength(1)
    expect(answer.data[0]?.embedding).toHaveLength(8)
    expect(answer.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 })
    const call = () => openai.embeddings.create({ model: 'echo', input: ['four', 'four'] })
    expect(await cost('embeddings', call)).toEqual({ calls: 1, input: 2, output: 0 })
  })

  test('a script, a fault, and what is wrong', async () => {
    const scripted = await openai.embeddings.create({ model: 'script', input: '{"usage":{"input":99}}' })
    expect(scripted.usage.prompt_tokens).toBe(99)
    await expect(openai.embeddings.create({ model: 'faults', input: '{"fault":429}' })).rejects.toMatchObject({ status: 429 })
    await expect(openai.embeddings.create({ model: 'echo', input: [] })).rejects.toMatchObject({ status: 400, param: 'input' })
    await expect(openai.embeddings.create({ model: 'echo', input: ['a', ''] })).rejects.toMatchObject({ param: 'input' })
  })
})

test('moderations flag what names a category', async () => {
  const answer = await openai.moderations.create({ model: 'echo', input: ['fine', 'some Violence'] })
  expect(answer.results.map(({ flagged }) => flagged)).toEqual([false, true])
  expect(answer.results[1]).toMatchObject({
    categories: { violence: true, hate: false },
    category_applied_input_types: { violence: ['text'], hate: [] },
  })
  expect(await cost('moderations', () => openai.moderations.create({ input: 'four' }))).toEqual({ calls: 1, input: 1, output: 0 })
})

test('images: a picture that is a PNG', async () => {
  const answer = await openai.images.generate({ model: 'echo', prompt: 'a dot', n: 2 })
  expect(answer.data).toHaveLength(2)
  const bytes = Buffer.from(answer.data?.[0]?.b64_json ?? '', 'base64')
  expect(bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a')
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1, 1])
  expect(answer.usage).toMatchObject({ input_tokens: 2, output_tokens: 200, total_tokens: 202 })
  expect(await cost('images', () => openai.images.generate({ model: 'echo', prompt: 'x' }))).toEqual({ calls: 1, input: 1, output: 100 })
})

describe('audio', () => {
  test('speech is a WAV, or its samples', async () => {
    const answer = await openai.audio.speech.create({ model: 'echo', voice: 'alloy', input: 'hello' })
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(answer.headers.get('content-type')).toBe('audio/wav')
    expect(answer.headers.get('x-simulator')).toBe('signalbox')
    expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 12)]).toEqual(['RIFF', 'WAVE'])
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8)
    const samples = await openai.audio.speech.create({ model: 'echo', voice: 'alloy', input: 'hello', response_format: 'pcm' })
    expect(Buffer.from(await samples.arrayBuffer())).toEqual(bytes.subarray(44))
  })

  test('speech as events', async () => {
    const body = { model: 'echo', voice: 'alloy', input: 'one two', stream_format: 'sse' }
    const events = eventsIn(await (await simulator.post('/v1/audio/speech', body)).text()).map(({ data }) => data as Json)
    expect(events.map(({ type }) => type)).toEqual(['speech.audio.delta', 'speech.audio.done'])
    expect(events[1]).toMatchObject({ usage: { input_tokens: 2, output_tokens: 100 } })
  })

  const file = () => toFile(Buffer.from('RIFF....WAVE'), 'speech.wav')
  test('a transcription is the prompt, or says what was heard', async () => {
    const answer = await openai.audio.transcriptions.create({ model: 'echo', file: await file(), prompt: 'hello world' })
    expect(answer).toMatchObject({ text: 'hello world', usage: { type: 'tokens', input_tokens: 103 } })
    const unprompted = await openai.audio.transcriptions.create({ model: 'echo', file: await file() })
    expect(unprompted.text).toBe('speech.wav, 12 bytes, heard by a simulator')
  })

  test('as plain text, verbose, and streamed', async () => {
    const ask = { model: 'echo', file: await file(), prompt: 'hello world' }
    expect(await openai.audio.transcriptions.create({ ...ask, response_format: 'text' })).toBe('hello world\n')
    const verbose = await openai.audio.transcriptions.create({ ...ask, response_format: 'verbose_json' })
    expect(verbose).toMatchObject({ text: 'hello world', duration: 1, segments: [{ text: 'hello world' }] })
    const types: string[] = []
    for await (const event of await openai.audio.transcriptions.create({ ...ask, stream: true })) types.push(event.type)
    expect(types).toEqual(['transcript.text.delta', 'transcript.text.delta', 'transcript.text.done'])
  })

  test('what is no form is refused', async () => {
    const response = await simulator.post('/v1/audio/transcriptions', {})
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('multipart') } })
    const broken = { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: 'nothing' }
    expect((await simulator.post('/v1/audio/transcriptions', null, broken)).status).toBe(400)
  })
})

describe('files and batches', () => {
  const upload = async (text: string) => openai.files.create({ purpose: 'batch', file: await toFile(Buffer.from(text), 'lines.jsonl') })

  test('a file is kept, listed, read and deleted', async () => {
    const file = await upload('hello')
    expect(file).toMatchObject({ object: 'file', bytes: 5, filename: 'lines.jsonl', purpose: 'batch' })
    expect(await openai.files.retrieve(file.id)).toEqual(file)
    expect((await openai.files.list({ purpose: 'batch' })).data.map(({ id }) => id)).toContain(file.id)
    expect((await openai.files.list({ purpose: 'vision' })).data).toEqual([])
    expect(await (await openai.files.content(file.id)).text()).toBe('hello')
    expect(await openai.files.delete(file.id)).toMatchObject({ id: file.id, deleted: true })
    await expect(openai.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 })
  })

  const line = (custom_id: string, model: string, content: string) =>
    JSON.stringify({ custom_id, method: 'POST', url: '/v1/chat/completions', body: { model, messages: [{ role: 'user', content }] } })
  const start = async (text: string) =>
    openai.batches.create({ input_file_id: (await upload(text)).id, endpoint: '/v1/chat/completions', completion_window: '24h' })

  test('a batch answers its lines; each is a call in the count', async () => {
    const batch = await start([line('a', 'echo', 'four'), line('b', 'faults', '{"fault":429}'), '{'].join('\n'))
    expect(batch.status).toBe('validating')
    let done = batch
    const spent = await cost('openai-chat', async () => {
      done = await openai.batches.retrieve(batch.id)
      await openai.batches.retrieve(batch.id)
    })
    expect(spent).toEqual({ calls: 2, input: 1, output: 1 })
    expect(done).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 1, failed: 2 } })
    const rows = async (id: string | undefined) =>
      (await (await openai.files.content(id ?? '')).text())
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row))
    expect(await rows(done.output_file_id)).toMatchObject([
      { custom_id: 'a', response: { status_code: 200, body: { choices: [{ message: { content: 'four' } }] } } },
    ])
    expect(await rows(done.error_file_id)).toMatchObject([
      { custom_id: 'b', response: { status_code: 429 } },
      { response: { status_code: 400 } },
    ])
  })

  test('a batch that nobody looked at can be cancelled, another one not', async () => {
    const batch = await start(line('a', 'echo', 'x'))
    expect((await openai.batches.cancel(batch.id)).status).toBe('cancelled')
    expect((await openai.batches.retrieve(batch.id)).status).toBe('cancelled')
    const other = await start(line('a', 'echo', 'x'))
    expect((await openai.batches.list()).data.find(({ id }) => id === other.id)?.status).toBe('completed')
    await expect(openai.batches.cancel(other.id)).rejects.toMatchObject({ status: 409 })
  })

  test('what is missing is named', async () => {
    await expect(
      openai.batches.create({ input_file_id: 'none', endpoint: '/v1/embeddings', completion_window: '24h' }),
    ).rejects.toMatchObject({
      status: 404,
    })
    const response = await simulator.post('/v1/batches', {})
    expect(await response.json()).toMatchObject({ error: { param: 'input_file_id' } })
    expect((await fetch(`${simulator.origin}/v1/files`, { method: 'PUT' })).status).toBe(405)
  })
})
