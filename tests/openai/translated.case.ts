import type OpenAI from 'openai'
import { APIError, BadRequestError, RateLimitError } from 'openai'
import { describe, expect, test } from 'vitest'
import { eventually } from '../signalbox.ts'
import { always } from './upstream.ts'
import { user, type World } from './world.ts'

/** What providers are called in `world.ts` → the dialect in which the simulator hears them. */
const TARGETS = [
  ['anthropic', 'anthropic'],
  ['google', 'gemini'],
  ['bedrock', 'bedrock'],
  ['cohere', 'cohere'],
] as const

const PIXEL = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const WEATHER = { name: 'weather', arguments: { city: 'Pune' } }
const CLOCK = { name: 'clock', arguments: { zone: 'Asia/Kolkata' } }
const parameters = { type: 'object', properties: { city: { type: 'string' }, zone: { type: 'string' } } }
const SCHEMA = {
  type: 'object',
  properties: { day: { type: 'string', format: 'date' }, sunny: { type: 'boolean' } },
  required: ['day', 'sunny'],
  additionalProperties: false,
}
/** The smallest value of the schema, which is what the simulator answers. */
const SMALLEST = { day: '2000-01-01', sunny: false }

/** The same client, while the provider speaks another dialect. */
export function translated(world: () => World): void {
  const chat = () => world().openai.chat.completions
  const responses = () => world().openai.responses

  /** The span is paid for as the simulator says, and the simulator heard its own dialect. */
  const expectPaid = async (response: Response, provider: string, before: number, dialect: string) => {
    const { span } = await world().traceOf(response)
    expect(span).toMatchObject({ status: 'ok', provider, usageSource: 'provider' })
    expect(span.inputTokens).toBeGreaterThan(0)
    expect(span.outputTokens).toBeGreaterThan(0)
    expect(Math.round(Number(span.costUsd) * 1e6)).toBe(span.inputTokens + 2 * span.outputTokens)
    expect(await world().callsHeard(dialect)).toBe(before + 1)
    return span
  }

  describe.each(TARGETS)('chat completions by %s', (provider, dialect) => {
    test('a whole answer', async () => {
      const before = await world().callsHeard(dialect)
      const { data, response } = await chat()
        .create({ model: `${provider}/echo`, messages: [{ role: 'system', content: 'be brief' }, user('Grüße, 世界')], max_tokens: 100 })
        .withResponse()
      expect(data).toMatchObject({ object: 'chat.completion', choices: [{ message: { content: 'Grüße, 世界' }, finish_reason: 'stop' }] })
      const span = await expectPaid(response, provider, before, dialect)
      expect(data.usage).toMatchObject({ prompt_tokens: span.inputTokens, completion_tokens: span.outputTokens })
    })

    test.each([true, false])('a stream, with usage: %s', async (include_usage) => {
      const before = await world().callsHeard(dialect)
      const { data, response } = await chat()
        .create({ model: `${provider}/echo`, messages: [user('one two three')], stream: true, stream_options: { include_usage } })
        .withResponse()
      const chunks = await collect(data)
      expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('one two three')
      expect(chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? [])).toEqual(['stop'])
      const usages = chunks.flatMap((chunk) => chunk.usage ?? [])
      if (!include_usage) return expect(usages).toEqual([])
      const span = await expectPaid(response, provider, before, dialect)
      expect(usages.at(-1)).toMatchObject({ prompt_tokens: span.inputTokens, completion_tokens: span.outputTokens })
    })

    test.each([false, true])('parallel tool calls and the round with their results, streamed: %s', async (stream) => {
      const messages: OpenAI.ChatCompletionMessageParam[] = [user({ tools: [WEATHER, CLOCK] })]
      const ask = async () => {
        const body = {
          model: `${provider}/script`,
          messages,
          tools: [WEATHER, CLOCK].map(({ name }) => ({ type: 'function' as const, function: { name, parameters } })),
        }
        const [choice] = stream ? (await chat().stream(body).finalChatCompletion()).choices : (await chat().create(body)).choices
        if (!choice) throw new Error('no choice')
        return choice
      }
      const { message, finish_reason } = await ask()
      expect(finish_reason).toBe('tool_calls')
      const calls = (message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? call : []))
      expect(calls.map((call) => ({ name: call.function.name, arguments: JSON.parse(call.function.arguments) }))).toEqual([WEATHER, CLOCK])
      messages.push(
        message,
        ...calls.map(({ id, function: { name } }) => ({ role: 'tool' as const, tool_call_id: id, content: `${name} is fine` })),
      )
      expect((await ask()).message.content).toBe('weather is fine\nclock is fine')
    })

    test('structured output', async () => {
      const answer = await chat().parse({
        model: `${provider}/echo`,
        messages: [user('Which day?')],
        response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA, strict: true } },
      })
      expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual(SMALLEST)
    })

    test('an image', async () => {
      const content = [
        { type: 'image_url' as const, image_url: { url: PIXEL } },
        { type: 'text' as const, text: 'What is this?' },
      ]
      const answer = await chat().create({ model: `${provider}/echo`, messages: [{ role: 'user', content }] })
      expect(answer.choices[0]?.message.content).toBe('What is this?')
      // The simulator counts 100 tokens for an image.
      expect(answer.usage?.prompt_tokens).toBeGreaterThanOrEqual(100)
    })

    test('errors are of its classes, whole and streamed', async () => {
      for (const stream of [false, true]) {
        const asking = chat().create({ model: `${provider}/faults`, messages: [user({ fault: 429, retryAfter: 7 })], stream })
        const error = await asking.then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        expect(error).toBeInstanceOf(RateLimitError)
        expect((error as APIError).headers?.get('retry-after')).toBe('7')
      }
    })

    test.each(['cut', 500, 'garbage'])('a stream that ends with %s is an error, never a clean end', async (fault) => {
      const script = { text: 'a b c d e', fault, at: 3, chunkMs: 5 }
      const { data, response } = await chat()
        .create({ model: `${provider}/faults`, messages: [user(script)], stream: true })
        .withResponse()
      const finished: string[] = []
      const reading = (async () => {
        for await (const chunk of data) finished.push(...(chunk.choices[0]?.finish_reason ? [chunk.choices[0].finish_reason] : []))
      })()
      await expect(reading).rejects.toBeInstanceOf(APIError)
      expect(finished).toEqual([])
      if (fault === 'cut') expect((await world().traceOf(response)).span.status).toBe('error')
    })

    test('an abort in mid-stream cancels the provider', async () => {
      const aborted = async () => (await world().outcomesHeard()).aborted ?? 0
      const before = await aborted()
      const { data, response } = await chat()
        .create({ model: `${provider}/script`, messages: [user({ text: 'word '.repeat(400), chunkMs: 20 })], stream: true })
        .withResponse()
      let chunks = 0
      for await (const _ of data) if (++chunks === 4) break
      await eventually(async () => ((await aborted()) > before ? true : undefined))
      expect((await world().traceOf(response)).span).toMatchObject({ status: 'aborted', costUsd: expect.any(String) })
    })
  })

  test('what a target cannot carry is named, or refused where the caller is strict', async () => {
    const asked = { model: 'anthropic/echo', messages: [user('x')], seed: 7, logit_bias: { 1: 2 } }
    const { response } = await chat().create(asked).withResponse()
    expect(response.headers.get('x-signalbox-dropped')?.split(', ').sort()).toEqual(['logit_bias', 'seed'])
    await expect(chat().create(asked, { headers: { 'x-signalbox-strict': 'true' } })).rejects.toBeInstanceOf(BadRequestError)
  })

  describe.each([TARGETS[0], TARGETS[1]])('responses by %s', (provider, dialect) => {
    test('a whole answer', async () => {
      const before = await world().callsHeard(dialect)
      const { data, response } = await responses()
        .create({ model: `${provider}/echo`, instructions: 'be brief', input: 'Grüße, 世界' })
        .withResponse()
      expect([data.output_text, data.status]).toEqual(['Grüße, 世界', 'completed'])
      const span = await expectPaid(response, provider, before, dialect)
      expect(data.usage).toMatchObject({ input_tokens: span.inputTokens, output_tokens: span.outputTokens })
    })

    test('a stream, collected by the client', async () => {
      const stream = responses().stream({ model: `${provider}/echo`, input: 'one two three' })
      let text = ''
      stream.on('response.output_text.delta', ({ delta }) => {
        text += delta
      })
      expect((await stream.finalResponse()).output_text).toBe('one two three')
      expect(text).toBe('one two three')
    })

    test.each([false, true])('parallel tool calls and the round with their results, streamed: %s', async (stream) => {
      const input: OpenAI.Responses.ResponseInput = [user({ tools: [WEATHER, CLOCK] })]
      const ask = () => {
        const tools = [WEATHER, CLOCK].map(({ name }) => ({ type: 'function' as const, name, parameters, strict: false }))
        const body = { model: `${provider}/script`, input, tools }
        return stream ? responses().stream(body).finalResponse() : responses().create(body)
      }
      const { output } = await ask()
      const calls = output.flatMap((item) => (item.type === 'function_call' ? item : []))
      expect(calls.map(({ name, arguments: given }) => ({ name, arguments: JSON.parse(given) }))).toEqual([WEATHER, CLOCK])
      for (const { name, call_id, arguments: given } of calls) input.push({ type: 'function_call', name, call_id, arguments: given })
      for (const { name, call_id } of calls) input.push({ type: 'function_call_output', call_id, output: `${name} is fine` })
      expect((await ask()).output_text).toBe('weather is fine\nclock is fine')
    })

    test('structured output', async () => {
      const format = { type: 'json_schema' as const, name: 'answer', schema: SCHEMA, strict: true }
      const { output_text } = await responses().create({ model: `${provider}/echo`, input: 'Which day?', text: { format } })
      expect(JSON.parse(output_text)).toEqual(SMALLEST)
    })

    test('a stream that is cut off never completes', async () => {
      const script = JSON.stringify({ text: 'a b c d e', fault: 'cut', at: 3, chunkMs: 5 })
      const types: string[] = []
      const reading = (async () => {
        for await (const { type } of await responses().create({ model: `${provider}/faults`, input: script, stream: true }))
          types.push(type)
      })()
      await expect(reading).rejects.toBeInstanceOf(APIError)
      expect(types).toContain('response.output_text.delta')
      expect(types).not.toContain('response.completed')
    })
  })

  test.each([{}, { summary: 'auto' as const }])(
    'the thoughts of Claude come back to it with their signature through Responses: %j',
    async (how) => {
      const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmF0dXJl' }
      const call = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Pune' } }
      const usage = { input_tokens: 5, output_tokens: 5 }
      const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5', content: [thinking, call], usage }
      world().upstream.reply = always(JSON.stringify({ ...message, stop_reason: 'tool_use', stop_sequence: null }))
      const input: OpenAI.Responses.ResponseInput = [user('Weather in Pune?')]
      const ask = () =>
        responses().create({
          model: 'own-claude/claude-sonnet-4-5',
          input,
          reasoning: { effort: 'low', ...how },
          include: ['reasoning.encrypted_content'],
          store: false,
          tools: [{ type: 'function', name: 'weather', parameters, strict: false }],
        })
      const answered = (await ask()).output.flatMap((item) => (item.type === 'reasoning' || item.type === 'function_call' ? item : []))
      input.push(...answered, { type: 'function_call_output', call_id: 'toolu_1', output: 'fine' })
      await ask()
      const sent = JSON.parse(world().upstream.last().body.toString())
      expect(sent.messages[1]).toMatchObject({ role: 'assistant', content: [thinking, call] })
      expect(sent.messages[2].content[0]).toMatchObject({ type: 'tool_result', tool_use_id: 'toolu_1' })
    },
  )
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of stream) all.push(one)
  return all
}
