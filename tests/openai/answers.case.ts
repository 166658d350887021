import { toUsd } from '@signalbox/schema'
import type OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { eventually } from '../signalbox.ts'
import { user, type World } from './world.ts'

/** What the client gets, and what the trace says afterwards. */
export function answers(world: () => World): void {
  const chat = () => world().openai.chat.completions

  describe('a whole answer', () => {
    test('arrives, and its trace has input, output, tokens, cost and status', async () => {
      const { data, response } = await chat()
        .create({ model: 'simulator/echo', messages: [{ role: 'system', content: 'be brief' }, user('hello trace')] })
        .withResponse()
      expect(data.choices[0]?.message.content).toBe('hello trace')
      expect(data.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 3 })
      expect(data.system_fingerprint).toBe('simulator')
      // 5 × 1,000 + 3 × 2,000 nano-USD.
      expect(response.headers.get('x-signalbox-cost')).toBe('0.000011')
      expect(response.headers.get('x-signalbox-provider')).toBe('simulator')
      expect(response.headers.get('x-signalbox-attempts')).toBe('1')

      const { trace, span, detail } = await world().traceOf(response)
      expect(trace).toMatchObject({ status: 'ok', spanCount: 1, inputTokens: 5, outputTokens: 3, costUsd: '0.000011' })
      expect(span).toMatchObject({
        kind: 'llm',
        status: 'ok',
        provider: 'simulator',
        requestModel: 'simulator/echo',
        usageSource: 'provider',
        finishReason: 'stop',
        stream: false,
        attempts: 1,
      })
      expect(detail.input).toMatchObject({
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'hello trace' },
        ],
      })
      expect(detail.output).toMatchObject({ choices: [{ message: { content: 'hello trace' } }] })
    })

    test('cached and reasoning tokens are priced once', async () => {
      const usage = {
        prompt_tokens: 1000,
        completion_tokens: 200,
        total_tokens: 1200,
        prompt_tokens_details: { cached_tokens: 600 },
        completion_tokens_details: { reasoning_tokens: 50 },
      }
      world().upstream.reply = (response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            id: 'c',
            object: 'chat.completion',
            model: 'm',
            choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
            usage,
          }),
        )
      const { response } = await chat()
        .create({ model: 'own/m', messages: [user('x')] })
        .withResponse()
      const { span } = await world().traceOf(response)
      expect(span.usage).toMatchObject({ input: 400, cacheRead: 600, output: 150, reasoning: 50 })
      // (400 × 3 + 600 × 0.3 + 200 × 15) / 1,000,000
      expect(span.costUsd).toBe('0.00438')
    })

    test('usage that the provider does not send is estimated, and marked so', async () => {
      const { response } = await chat()
        .create({ model: 'simulator/script', messages: [user({ text: 'some words in an answer', usage: null })] })
        .withResponse()
      const { span } = await world().traceOf(response)
      expect(span.usageSource).toBe('estimated')
      expect(span.outputTokens).toBeGreaterThan(0)
      expect(span.inputTokens).toBeGreaterThan(0)
    })

    test('an alias goes to its first target that can be used', async () => {
      world().upstream.reply = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":[]}')
      await chat().create({ model: 'support', messages: [user('x')] })
      expect(JSON.parse(world().upstream.last().body.toString()).model).toBe('real-name')
    })
  })

  describe('a stream', () => {
    test('without include_usage the client sees no usage, and the trace has it', async () => {
      const { data: stream, response } = await chat()
        .create({ model: 'simulator/echo', messages: [user('one two three')], stream: true })
        .withResponse()
      const chunks = await collect(stream)
      expect(textOf(chunks)).toBe('one two three')
      expect(chunks.filter((chunk) => chunk.choices.length === 0)).toEqual([])
      expect(chunks.filter((chunk) => 'usage' in chunk)).toEqual([])
      expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
      expect(response.headers.get('x-signalbox-cost')).toBe(null)

      const { span, detail } = await world().traceOf(response)
      expect(span).toMatchObject({
        status: 'ok',
        stream: true,
        inputTokens: 4,
        outputTokens: 4,
        costUsd: '0.000012',
        usageSource: 'provider',
        finishReason: 'stop',
      })
      expect(span.firstTokenMs).toBeGreaterThanOrEqual(0)
      expect(JSON.stringify(detail.output)).toContain('one two three')
    })

    test('with include_usage the client sees it once, at the end', async () => {
      const stream = await chat().create({
        model: 'simulator/echo',
        messages: [user('one two')],
        stream: true,
        stream_options: { include_usage: true },
      })
      const chunks = await collect(stream)
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 } })
      expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(1)
      expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
    })

    test('the client has a token before the provider sends the next one', async () => {
      const chunk = (content: string, finish_reason: string | null) =>
        `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`
      let seen = () => {}
      const first = new Promise<void>((done) => {
        seen = done
      })
      world().upstream.reply = async (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('first', null))
        await first
        response.end(`${chunk(' second', 'stop')}data: [DONE]\n\n`)
      }
      const stream = await chat().create({ model: 'own/m', messages: [user('x')], stream: true })
      let text = ''
      for await (const part of stream) {
        text += part.choices[0]?.delta.content ?? ''
        seen()
      }
      expect(text).toBe('first second')
    })

    test('a stream without usage of the provider is estimated', async () => {
      const { data: stream, response } = await chat()
        .create({ model: 'simulator/script', messages: [user({ text: 'some words in an answer', usage: null })], stream: true })
        .withResponse()
      await collect(stream)
      expect((await world().traceOf(response)).span).toMatchObject({ usageSource: 'estimated', status: 'ok' })
    })
  })

  describe('tools', () => {
    const script = user({
      tools: [
        { name: 'weather', arguments: { city: 'Zürich', days: [1, 2] } },
        { name: 'time', arguments: { zone: 'Europe/Zurich' } },
      ],
    })
    const expected = [
      { name: 'weather', arguments: '{"city":"Zürich","days":[1,2]}' },
      { name: 'time', arguments: '{"zone":"Europe/Zurich"}' },
    ]
    const tools = ['weather', 'time'].map((name) => ({
      type: 'function' as const,
      function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
    }))

    test('one that is required is called', async () => {
      const answer = await chat().create({ model: 'simulator/echo', messages: [user('go')], tools, tool_choice: 'required' })
      expect(answer.choices[0]?.finish_reason).toBe('tool_calls')
      expect(functionsOf(answer.choices[0]?.message.tool_calls)).toEqual([{ name: 'weather', arguments: '{"city":""}' }])
    })

    test('two in parallel, whole', async () => {
      const answer = await chat().create({ model: 'simulator/script', messages: [script], tools })
      expect(functionsOf(answer.choices[0]?.message.tool_calls)).toEqual(expected)
    })

    test('two in parallel, streamed and put together by the client', async () => {
      const runner = chat().stream({ model: 'simulator/script', messages: [script], tools })
      const answer = await runner.finalChatCompletion()
      expect(functionsOf(answer.choices[0]?.message.tool_calls)).toEqual(expected)
      expect(answer.choices[0]?.finish_reason).toBe('tool_calls')
    })

    test('a whole loop: call, result, answer', async () => {
      const first = await chat().create({ model: 'simulator/script', messages: [script], tools })
      const message = first.choices[0]?.message
      if (!message) throw new Error('no message')
      const results = (message.tool_calls ?? []).map((call) => ({
        role: 'tool' as const,
        tool_call_id: call.id,
        content: `${call.id} done`,
      }))
      const second = await chat().create({ model: 'simulator/script', messages: [script, message, ...results], tools })
      expect(second.choices[0]?.message.content).toBe(results.map((result) => result.content).join('\n'))
    })
  })

  describe('forms of input and output', () => {
    test('JSON for a schema, parsed by the client', async () => {
      const schema = {
        type: 'object',
        properties: { name: { type: 'string', minLength: 1 }, tags: { type: 'array', items: { type: 'string' } } },
        required: ['name', 'tags'],
        additionalProperties: false,
      }
      const answer = await chat().parse({
        model: 'simulator/echo',
        messages: [user('who')],
        response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema } },
      })
      expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ name: 'x', tags: [] })
    })

    test('images, by address and in the body', async () => {
      const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
      const answer = await chat().create({
        model: 'simulator/echo',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'what is it' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}`, detail: 'low' } },
              { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } },
            ],
          },
        ],
      })
      expect(answer.choices[0]?.message.content).toBe('what is it')
      expect(answer.usage?.prompt_tokens).toBe(203)
    })

    test('n = 2, whole and streamed', async () => {
      const answer = await chat().create({ model: 'simulator/echo', messages: [user('twice')], n: 2 })
      expect(answer.choices.map((choice) => [choice.index, choice.message.content])).toEqual([
        [0, 'twice'],
        [1, 'twice'],
      ])
      const chunks = await collect(await chat().create({ model: 'simulator/echo', messages: [user('a b')], n: 2, stream: true }))
      for (const index of [0, 1]) {
        const own = chunks.flatMap((chunk) => chunk.choices.filter((choice) => choice.index === index))
        expect(own.map((choice) => choice.delta.content ?? '').join('')).toBe('a b')
      }
    })

    test('log probabilities', async () => {
      const answer = await chat().create({ model: 'simulator/echo', messages: [user('one two')], logprobs: true, top_logprobs: 2 })
      const content = answer.choices[0]?.logprobs?.content
      expect(content?.map((token) => token.token)).toEqual(['one', ' two'])
      expect(content?.[0]?.top_logprobs).toHaveLength(2)
    })

    test('max_completion_tokens ends an answer with length', async () => {
      const answer = await chat().create({ model: 'simulator/echo', messages: [user('one two three four')], max_completion_tokens: 2 })
      expect(answer.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'one two ' } })
    })
  })

  test('models.list has the aliases and the built-in models', async () => {
    const names: string[] = []
    for await (const model of world().openai.models.list()) {
      expect(model.object).toBe('model')
      names.push(model.id)
    }
    expect(names).toEqual(expect.arrayContaining(['support', 'simulator/echo', 'simulator/script', 'simulator/faults']))
  })

  test('the gateway and the simulator count the same calls, tokens and money', async () => {
    const before = (await world().simulatorCount()).length
    const headers = { 'x-signalbox-session': 'ledger' }
    const usage = { prompt_tokens: 12_345, completion_tokens: 678, total_tokens: 13_023, prompt_tokens_details: { cached_tokens: 10_000 } }
    const asks = [
      { model: 'simulator/echo', messages: [user('Grüße 😀 an alle')] },
      { model: 'simulator/echo', messages: [user('four choices')], n: 4 },
      { model: 'simulator/script', messages: [user({ text: 'x', usage })] },
      { model: 'simulator/script', messages: [user({ tools: [{ name: 'a', arguments: { b: 1 } }, { name: 'c' }] })] },
      { model: 'simulator/faults', messages: [user({ text: 'a b c', fault: 'slow', delayMs: 1, chunkMs: 1 })] },
    ]
    for (const ask of asks) {
      await chat().create(ask, { headers })
      await collect(await chat().create({ ...ask, stream: true }, { headers }))
    }
    const lines = (await world().simulatorCount()).slice(before)
    const sum = (name: 'input' | 'output' | 'nanoUsd') => lines.reduce((total, line) => total + line[name], 0)
    expect(lines).toHaveLength(2 * asks.length)
    const row = await eventually(async () => {
      const { rows } = await world().api.query.run({
        measures: ['calls', 'inputTokens', 'outputTokens', 'costUsd'],
        filters: [{ field: 'sessionId', op: 'eq', value: 'ledger' }],
      })
      return rows[0]?.calls === lines.length ? rows[0] : undefined
    })
    expect(row).toEqual({ calls: lines.length, inputTokens: sum('input'), outputTokens: sum('output'), costUsd: toUsd(sum('nanoUsd')) })
  })

  test('session, user, tags and metadata are on the trace', async () => {
    const { response } = await chat()
      .create(
        { model: 'simulator/echo', messages: [user('annotated')] },
        {
          headers: {
            'x-signalbox-session': 'session-1',
            'x-signalbox-user': 'user-1',
            'x-signalbox-environment': 'staging',
            'x-signalbox-tags': 'a,b',
            'x-signalbox-metadata': '{"team":"blue","level":3}',
            traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
          },
        },
      )
      .withResponse()
    const { span } = await world().traceOf(response)
    expect(span).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentId: 'b7ad6b7169203331',
      sessionId: 'session-1',
      userId: 'user-1',
      environment: 'staging',
      tags: ['a', 'b'],
      metadata: { team: 'blue', level: '3' },
    })
  })
}

type Chunk = OpenAI.ChatCompletionChunk

async function collect(stream: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

const textOf = (chunks: Chunk[]): string => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')

const functionsOf = (calls: OpenAI.ChatCompletionMessageToolCall[] | undefined) =>
  calls?.map((call) => (call.type === 'function' ? { name: call.function.name, arguments: call.function.arguments } : call))
