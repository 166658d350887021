import Anthropic from '@anthropic-ai/sdk'
import { createClient } from '@signalbox/sdk'
import { FeedbackError, sendFeedback } from '@signalbox/sdk/feedback'
import {
  currentTraceId,
  feedback,
  flush,
  init,
  observe,
  score,
  shutdown,
  withMetadata,
  withPrompt,
  withSession,
  withTags,
  withUser,
  wrapAnthropic,
  wrapOpenAI,
} from '@signalbox/sdk/tracing'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSimulator } from '../packages/server/src/providers/simulator/server.ts'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

let signalbox: Signalbox
let provider: Awaited<ReturnType<typeof startSimulator>>
beforeAll(async () => {
  ;[signalbox, provider] = await Promise.all([startSignalbox(), startSimulator()])
  init({ url: signalbox.url, key: signalbox.secretKey, service: 'shop', environment: 'test', release: '1.2.3' })
})
afterAll(async () => {
  await shutdown()
  await Promise.all([signalbox?.stop(), provider?.close()])
})

const api = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
/** A provider at its own address: only the SDK tells of the call. */
const direct = () => wrapOpenAI(new OpenAI({ baseURL: provider.url, apiKey: 'none', maxRetries: 0 }))
const through = () => wrapOpenAI(new OpenAI({ baseURL: `${signalbox.url}/v1`, apiKey: signalbox.secretKey, maxRetries: 0 }))
const claude = () => wrapAnthropic(new Anthropic({ baseURL: provider.url.replace(/\/v1$/, ''), apiKey: 'none', maxRetries: 0 }))
const user = (content: string) => [{ role: 'user' as const, content }]
const script = (value: object) => user(JSON.stringify(value))

/** Runs something in a trace of its own, and answers what is stored of it when it has so many spans. */
async function traced<T>(spans: number, fn: () => T | Promise<T>) {
  let traceId = ''
  const result: { value?: T; error?: unknown } = await observe('root', async () => {
    traceId = currentTraceId() ?? ''
    return await fn()
  })().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  await flush()
  const stored = await eventually(async () => {
    const found = await api()
      .traces.get({ traceId })
      .catch(() => undefined)
    return found && found.spans.length >= spans ? found : undefined
  })
  expect(stored.spans.map(({ name }) => name)).toHaveLength(spans)
  // The first child may begin in the same millisecond.
  stored.spans.sort((a, b) => Number(b.name === 'root') - Number(a.name === 'root'))
  return { ...result, traceId, ...stored, named: (name: string) => stored.spans.find((span) => span.name === name) }
}
const detail = (traceId: string, spanId = '') => api().spans.get({ traceId, spanId })

describe('observe', () => {
  test('keeps names, kinds, nesting, input, output and who it was for', async () => {
    const search = observe(async ({ query }: { query: string }) => [`found ${query}`], { name: 'search', kind: 'retriever' })
    const add = observe(function add(a: number, b: number) {
      return a + b
    })
    const secret = observe('secret', (password: string) => password.length, { captureInput: false, kind: 'tool' })
    const { value, named, trace, traceId } = await traced(4, () =>
      withSession('s-1', () =>
        withUser('ada', () =>
          withMetadata({ tier: 'gold' }, () =>
            withMetadata({ plan: 2 }, () =>
              withTags(['vip'], async () => [await search({ query: 'refund' }), add(1, 2), secret('hunter2')]),
            ),
          ),
        ),
      ),
    )
    expect(value).toEqual([['found refund'], 3, 7])
    const root = named('root')
    expect(named('search')).toMatchObject({ kind: 'retriever', parentId: root?.spanId, sessionId: 's-1', userId: 'ada', tags: ['vip'] })
    expect(named('search')?.metadata).toMatchObject({ tier: 'gold', plan: '2' })
    expect(named('add')).toMatchObject({ kind: 'span', status: 'ok', service: 'shop', environment: 'test', release: '1.2.3' })
    expect(trace).toMatchObject({ sessionId: 's-1', userId: 'ada' })
    expect(await detail(traceId, named('search')?.spanId)).toMatchObject({ input: { query: 'refund' }, output: ['found refund'] })
    expect(await detail(traceId, named('add')?.spanId)).toMatchObject({ input: [1, 2], output: 3 })
    const hidden = await detail(traceId, named('secret')?.spanId)
    expect(JSON.stringify(hidden)).not.toContain('hunter2')
    expect(hidden).toMatchObject({ kind: 'tool', output: 7 })
  })

  test('names the prompt of calls of models, and of nothing else', async () => {
    const call = observe('call', async () => 'answer', { attributes: { 'gen_ai.operation.name': 'chat' } })
    const step = observe('step', async () => await call())
    const { named } = await traced(4, () =>
      withPrompt({ name: 'support/refund', version: 7, hash: 'abc' }, async () => [await step(), await call()]),
    )
    // There are two of them; either is as good.
    expect(named('call')).toMatchObject({ kind: 'llm', promptName: 'support/refund', promptVersion: '7', promptHash: 'abc' })
    expect([named('root')?.promptName, named('step')?.promptName]).toEqual([null, null])
  })

  test('keeps what generators and streams give, and what is thrown', async () => {
    const words = observe(
      async function* words() {
        yield 'one '
        yield observe(() => 'two ', { name: 'inside' })()
        yield 'three'
      },
      { kind: 'agent' },
    )
    const count = observe(function* count() {
      yield 1
      yield 2
    })
    const broken = observe(
      async () => {
        throw new RangeError('nothing there')
      },
      { name: 'broken' },
    )
    const { value, named, traceId, error } = await traced(6, async () => {
      let text = ''
      for await (const word of words()) text += word
      for (const one of count()) if (one === 1) break
      await Promise.resolve(observe('late', async () => 1)())
      await broken().catch(() => {})
      return text
    })
    expect([value, error]).toEqual(['one two three', undefined])
    expect(named('inside')?.parentId).toBe(named('words')?.spanId)
    expect(named('words')).toMatchObject({ kind: 'agent', status: 'ok' })
    expect((await detail(traceId, named('words')?.spanId)).output).toBe('one two three')
    expect((await detail(traceId, named('count')?.spanId)).output).toEqual([1])
    expect(named('broken')).toMatchObject({ status: 'error', errorType: 'RangeError', statusMessage: 'nothing there' })
  })
})

describe('the openai package', () => {
  test('whole, streamed and with tools, at a provider of its own', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object', properties: {} } } }]
    const { value, spans, traceId } = await traced(4, async () => {
      const openai = direct()
      const whole = await openai.chat.completions.create({ model: 'echo', messages: user('one two') })
      const stream = await openai.chat.completions.create({
        model: 'echo',
        messages: user('three four five'),
        stream: true,
        stream_options: { include_usage: true },
      })
      let text = ''
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
      const called = await openai.chat.completions.create({
        model: 'script',
        tools,
        messages: script({ tools: [{ name: 'weather', arguments: { city: 'Oslo' } }] }),
      })
      return { whole, text, call: called.choices[0]?.message.tool_calls?.[0] }
    })
    expect(value?.whole.choices[0]?.message.content).toBe('one two')
    expect(value?.text).toBe('three four five')
    expect(value?.call).toMatchObject({ function: { name: 'weather' } })
    const [, whole, streamed, tool] = spans
    for (const span of [whole, streamed, tool])
      expect(span).toMatchObject({ kind: 'llm', provider: 'openai', status: 'ok', parentId: spans[0]?.spanId, usageRole: 'leaf' })
    expect(whole).toMatchObject({ name: 'chat echo', inputTokens: value?.whole.usage?.prompt_tokens, stream: false, finishReason: 'stop' })
    expect(streamed).toMatchObject({ stream: true, firstTokenMs: expect.any(Number), finishReason: 'stop' })
    expect(streamed?.outputTokens).toBeGreaterThan(0)
    expect(JSON.stringify((await detail(traceId, streamed?.spanId)).output)).toContain('three four five')
    expect(JSON.stringify((await detail(traceId, tool?.spanId)).output)).toMatch(/weather.*Oslo/)
  })

  test('helpers, bare responses, other endpoints, and a stream that is given up', async () => {
    const { value, spans } = await traced(7, async () => {
      const openai = direct()
      const raw = await openai.chat.completions.create({ model: 'echo', messages: user('bare') }).asResponse()
      const both = await openai.chat.completions.create({ model: 'echo', messages: user('both') }).withResponse()
      const final = await openai.chat.completions.stream({ model: 'echo', messages: user('helper of the client') }).finalContent()
      const stream = await openai.chat.completions.create({ model: 'echo', messages: user('given up early on'), stream: true })
      for await (const { choices } of stream) if (choices[0]?.delta.content) break
      const vectors = await openai.embeddings.create({ model: 'echo', input: ['a', 'b'] })
      const response = await openai.responses.create({ model: 'echo', input: 'a response' })
      return {
        raw: raw.status,
        both: [both.response.status, both.data.choices[0]?.message.content],
        final,
        vectors: vectors.data.length,
        text: response.output_text,
      }
    })
    expect(value).toEqual({ raw: 200, both: [200, 'both'], final: 'helper of the client', vectors: 2, text: 'a response' })
    expect(spans.map(({ kind, status }) => `${kind} ${status}`)).toEqual(['span ok', ...Array(4).fill('llm ok'), 'embedding ok', 'llm ok'])
  })

  test('an error is the client’s own, and on the span', async () => {
    const { error, spans } = await traced(2, () =>
      direct().chat.completions.create({ model: 'faults', messages: script({ fault: '429' }) }),
    )
    expect(error).toBeInstanceOf(OpenAI.RateLimitError)
    expect(spans[1]).toMatchObject({ kind: 'llm', status: 'error', errorType: 'RateLimitError' })
    expect(spans[0]).toMatchObject({ status: 'error' })
  })

  test('through our gateway the call is in the same trace, and counted once', async () => {
    const { spans, traceId } = await traced(3, () => through().chat.completions.create({ model: 'simulator/echo', messages: user('once') }))
    const gateway = spans.find(({ source }) => source === 'gateway')
    const mine = spans.find(({ source, kind }) => source === 'otlp' && kind === 'llm')
    expect(gateway?.parentId).toBe(mine?.spanId)
    const { trace } = await eventually(async () => {
      const found = await api().traces.get({ traceId })
      return found.trace.inputTokens === gateway?.inputTokens ? found : undefined
    })
    expect(trace.costUsd).toBe(gateway?.costUsd)
  })
})

test('the anthropic package: whole, streamed, its own helper, tools, and an error', async () => {
  const ask = { model: 'echo', max_tokens: 100 }
  const { value, spans, traceId } = await traced(6, async () => {
    const anthropic = claude()
    const whole = await anthropic.messages.create({ ...ask, system: 'Be brief.', messages: user('one two') })
    let text = ''
    for await (const event of await anthropic.messages.create({ ...ask, messages: user('three four'), stream: true }))
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
    const final = await anthropic.messages.stream({ ...ask, messages: user('five six') }).finalText()
    await anthropic.messages
      .create({
        ...ask,
        model: 'script',
        tools: [{ name: 'weather', input_schema: { type: 'object' } }],
        messages: script({ tools: [{ name: 'weather', arguments: { city: 'Oslo' } }] }),
        stream: true,
      })
      .then(async (stream) => {
        for await (const _ of stream);
      })
    const error = await anthropic.messages
      .create({ ...ask, model: 'faults', messages: script({ fault: '500' }) })
      .catch((error: unknown) => error)
    return { whole, text, final, error }
  })
  expect([value?.text, value?.final]).toEqual(['three four', 'five six'])
  expect(value?.error).toBeInstanceOf(Anthropic.InternalServerError)
  const [, whole, streamed, helped, tool, failed] = spans
  for (const span of [whole, streamed, helped, tool]) expect(span).toMatchObject({ kind: 'llm', provider: 'anthropic', status: 'ok' })
  expect(whole).toMatchObject({
    inputTokens: value?.whole.usage.input_tokens,
    outputTokens: value?.whole.usage.output_tokens,
    stream: false,
  })
  for (const span of [streamed, helped])
    expect(span).toMatchObject({ stream: true, firstTokenMs: expect.any(Number), finishReason: 'end_turn' })
  expect(streamed?.outputTokens).toBeGreaterThan(0)
  expect(JSON.stringify((await detail(traceId, tool?.spanId)).output)).toMatch(/tool_use.*Oslo/)
  expect(JSON.stringify((await detail(traceId, whole?.spanId)).input)).toContain('Be brief.')
  expect(failed).toMatchObject({ status: 'error', errorType: 'InternalServerError' })
})

test('scores and feedback find the trace that they are said in', async () => {
  const { traceId } = await traced(1, async () => {
    await score({ name: 'quality', value: 0.9 })
    await feedback({ thumbs: 'down', comment: 'Too vague', user: 'ada' })
  })
  // As a page says it, which knows only the id of the trace and the public key.
  const page = { url: signalbox.url, publicKey: signalbox.publicKey }
  const { id } = await sendFeedback({ traceId, rating: 2 }, page)
  await sendFeedback({ traceId, rating: 4, id }, page)
  const scores = await eventually(async () => {
    const found = (await api().scores.list({ traceId })).scores
    return found.length === 3 && found.some(({ value }) => value === 4) ? found : undefined
  })
  expect(scores.map(({ name, value, source, comment }) => [name, value, source, comment]).sort()).toEqual([
    ['quality', 0.9, 'api', null],
    ['rating', 4, 'feedback', null],
    ['thumbs', false, 'feedback', 'Too vague'],
  ])
  await expect(score({ name: 'nowhere', value: 1 })).rejects.toThrow('no current trace')
  const refused = await sendFeedback({ traceId, rating: 9 }, page).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(FeedbackError)
  expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('rating') })
})
