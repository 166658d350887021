import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import type { ServerEvent } from '../codec.ts'
import { collect, spread } from '../collect.ts'
import type { Answer, AnswerEvent, Block, Call, FinishReason } from '../language.ts'
import { ServerEventReader } from '../server-events.ts'
import { responses } from './codec.ts'
import { encodeStreamError } from './response-object.ts'

const call = (body: Record<string, unknown> = {}): Call => responses.decodeCall({ model: 'gpt-5', input: 'hi', ...body }, {})
const fixture = (name: string) => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url))
const names = readdirSync(new URL('./__fixtures__/', import.meta.url))
const streams = names.filter((name) => name.endsWith('.sse')).map((name) => name.slice(0, -4))

const eventsOf = (text: Buffer): ServerEvent[] => {
  const reader = new ServerEventReader()
  return [...reader.push(text), ...reader.finish()]
}
const decodeStream = (text: Buffer): AnswerEvent[] => {
  const decoder = responses.decodeAnswer(call())
  return [...eventsOf(text).flatMap((event) => decoder.push(event)), ...decoder.finish()]
}
const encodeStream = (events: Iterable<AnswerEvent>, of = call()): string => {
  const encoder = responses.encodeAnswer(of, { id: 'resp_own' })
  return [...events].map((event) => encoder.push(event)).join('')
}
const wholeOf = (name: string) => JSON.parse(fixture(`${name}.json`).toString()) as Record<string, unknown>

/** What the official client makes of a stream. */
async function finalResponse(sse: string) {
  const client = new OpenAI({
    apiKey: 'none',
    baseURL: 'http://localhost/v1',
    maxRetries: 0,
    fetch: async () => new Response(sse, { headers: { 'content-type': 'text/event-stream' } }),
  })
  return client.responses.stream({ model: 'gpt-5', input: 'hi' }).finalResponse()
}

describe('the transcripts', () => {
  test.each(streams)('%s: the stream and the whole response are the same answer', (name) => {
    const decoder = responses.decodeAnswer(call())
    expect(collect(decodeStream(fixture(`${name}.sse`)))).toEqual(collect(decoder.whole(wholeOf(name))))
  })

  test.each(streams)('%s: the official client reads what the encoder makes of it', async (name) => {
    const answer = collect(decodeStream(fixture(`${name}.sse`)))
    const sse = encodeStream(decodeStream(fixture(`${name}.sse`)))
    if (answer.error) return void (await expect(finalResponse(sse)).rejects.toThrow(answer.error.message))
    const final = await finalResponse(sse)
    const sent = wholeOf(name)
    expect(final).toMatchObject({
      id: sent.id,
      status: sent.status,
      model: sent.model,
      incomplete_details: sent.incomplete_details ?? null,
    })
    expect(JSON.parse(JSON.stringify(final.output.map(bare)))).toEqual((sent.output as object[]).map(bare))
  })

  test.each(streams)('%s: the encoder is read back as the same answer, streamed and whole', (name) => {
    const answer = collect(decodeStream(fixture(`${name}.sse`)))
    if (answer.error)
      answer.choices[0] = { ...answer.choices[0], finish: { reason: 'error', native: 'failed' } } as Answer['choices'][number]
    const whole = responses.encodeAnswer(call(), { id: 'resp_own' }).whole(answer)
    expect(collect(responses.decodeAnswer(call()).whole(JSON.parse(JSON.stringify(whole))))).toMatchObject(plain(answer))
    if (answer.error) return
    expect(collect(decodeStream(Buffer.from(encodeStream(decodeStream(fixture(`${name}.sse`))))))).toMatchObject(plain(answer))
    const { choices, ...rest } = plain(answer)
    const withoutLogprobs = { ...rest, choices: choices.map(({ blocks, finish }) => ({ blocks, finish })) }
    expect(collect(decodeStream(Buffer.from(encodeStream(spread(answer)))))).toMatchObject(withoutLogprobs)
  })

  test.each(streams)('%s: cuts and missing events do not change what came', (name) => {
    const text = fixture(`${name}.sse`)
    const wanted = collect(decodeStream(text))
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 10 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length]
        const reader = new ServerEventReader()
        const decoder = responses.decodeAnswer(call())
        const events = at.slice(1).flatMap((end, index) => reader.push(text.subarray(at[index], end)))
        const found = [...events, ...reader.finish()].flatMap((event) => decoder.push(event))
        expect(collect([...found, ...decoder.finish()])).toEqual(wanted)
      }),
      { numRuns: 20 },
    )
    // Servers that leave out everything but the items, or everything but the last event.
    for (const kept of [
      /^response\.(created|output_item\.done|completed|incomplete|failed)$/,
      /^response\.(completed|incomplete|failed)$/,
    ]) {
      const decoder = responses.decodeAnswer(call())
      const found = eventsOf(text)
        .filter(({ event }) => kept.test(event))
        .flatMap((event) => decoder.push(event))
      const answer = collect([...found, ...decoder.finish()])
      expect(answer.choices.map(({ blocks, finish }) => ({ blocks, finish }))).toEqual(
        wanted.choices.map(({ blocks, finish }) => ({ blocks, finish })),
      )
    }
  })

  test.each(streams)('%s: a stream that is cut off has no end', (name) => {
    const events = eventsOf(fixture(`${name}.sse`))
    for (let kept = 0; kept < events.length - 1; kept++) {
      const decoder = responses.decodeAnswer(call())
      const found = [...events.slice(0, kept).flatMap((event) => decoder.push(event)), ...decoder.finish()]
      expect(found.some(({ type }) => type === 'end')).toBe(false)
      expect(isOrdered(found)).toBe(true)
    }
  })
})

/** Fields that a server may add or leave out are not compared. */
const bare = (item: object) => {
  const { parsed_arguments: _, status: _s, ...rest } = item as Record<string, unknown>
  if (Array.isArray(rest.content)) rest.content = rest.content.map(({ parsed: _p, logprobs: _l, ...part }: Record<string, unknown>) => part)
  return rest
}
const plain = ({ usage, error, ...answer }: Answer) => ({
  ...answer,
  ...(usage && { usage: { usage: usage.usage } }),
  ...(error && { error: { message: error.message } }),
})

/** Every block opens once, is closed once and gets nothing after that; at most one is open that is not a tool call. */
function isOrdered(events: AnswerEvent[]): boolean {
  const open = new Map<number, string>()
  for (const event of events) {
    if (event.type === 'block') {
      if (open.has(event.index) || [...open.values()].some((type) => type !== 'tool-call')) return false
      open.set(event.index, event.block.type)
    } else if (event.type === 'block-end') {
      if (!open.delete(event.index)) return false
    } else if ('index' in event && !open.has(event.index)) return false
  }
  return open.size === 0
}

describe('an answer of another vendor', () => {
  const events: AnswerEvent[] = [
    { type: 'start', id: 'msg_1', model: 'claude' },
    { type: 'block', choice: 0, index: 0, block: { type: 'reasoning', text: '', origin: 'anthropic' } },
    { type: 'text', choice: 0, index: 0, text: 'Let me see.' },
    { type: 'signature', choice: 0, index: 0, signature: 'c2ln' },
    { type: 'block-end', choice: 0, index: 0 },
    { type: 'block', choice: 0, index: 1, block: { type: 'text', text: 'It is ' } },
    { type: 'text', choice: 0, index: 1, text: 'sunny.' },
    { type: 'citation', choice: 0, index: 1, citation: { url: 'https://example.org', title: 'Weather', start: 0, end: 5 } },
    { type: 'block-end', choice: 0, index: 1 },
    { type: 'block', choice: 0, index: 2, block: { type: 'tool-call', id: 't1', name: 'a', arguments: '' } },
    {
      type: 'block',
      choice: 0,
      index: 3,
      block: { type: 'tool-call', id: 't2', name: 'b', arguments: '', signature: { dialect: 'gemini', value: 'Zw' } },
    },
    { type: 'arguments', choice: 0, index: 2, text: '{"x":' },
    { type: 'arguments', choice: 0, index: 3, text: '{}' },
    { type: 'arguments', choice: 0, index: 2, text: '1}' },
    { type: 'block-end', choice: 0, index: 2 },
    { type: 'block-end', choice: 0, index: 3 },
    { type: 'finish', choice: 0, reason: 'tool-calls', native: 'tool_use' },
    {
      type: 'usage',
      usage: {
        input: 5,
        cacheRead: 3,
        cacheWrite: 2,
        cacheWrite1h: 0,
        inputAudio: 0,
        inputImage: 0,
        output: 7,
        reasoning: 4,
        outputAudio: 0,
      },
      raw: {},
    },
    { type: 'end' },
  ]

  test('is read by the official client, with parallel calls', async () => {
    const final = await finalResponse(encodeStream(events))
    expect(final.status).toBe('completed')
    expect(final.output_text).toBe('It is sunny.')
    expect(final.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call', 'reasoning', 'function_call'])
    expect(final.output.filter(({ type }) => type === 'function_call')).toMatchObject([
      { call_id: 't1', name: 'a', arguments: '{"x":1}', status: 'completed' },
      { call_id: 't2', name: 'b', arguments: '{}' },
    ])
    expect(final.usage).toMatchObject({ input_tokens: 10, input_tokens_details: { cached_tokens: 3 }, output_tokens: 11, total_tokens: 21 })
  })

  test('numbers its events from 0 without a gap', () => {
    const numbers = eventsOf(Buffer.from(encodeStream(events))).map(
      ({ data }) => (JSON.parse(data) as { sequence_number: number }).sequence_number,
    )
    expect(numbers).toEqual(numbers.map((_, at) => at))
  })

  test('gives its proofs back with the next turn', async () => {
    const final = await finalResponse(encodeStream(events))
    const next = call({ input: [{ role: 'user', content: 'hi' }, ...final.output] })
    expect(next.turns[1]?.blocks).toMatchObject([
      { type: 'reasoning', origin: 'anthropic', text: 'Let me see.', signature: 'c2ln' },
      { type: 'text', text: 'It is sunny.' },
      { type: 'tool-call', id: 't1' },
      { type: 'tool-call', id: 't2', signature: { dialect: 'gemini', value: 'Zw' } },
    ])
    expect(responses.encodeCall(next, { model: 'gpt-5', streamUsage: true }).dropped).toEqual(['reasoning', 'thoughtSignature'])
  })

  test('shows its thoughts as a summary where one was asked for, and gives its proofs back all the same', async () => {
    const final = await finalResponse(encodeStream(events, call({ reasoning: { summary: 'auto' } })))
    const [item] = final.output
    expect(item).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me see.' }] })
    expect(item).not.toHaveProperty('content')
    expect(call({ input: [{ role: 'user', content: 'hi' }, ...final.output] }).turns[1]?.blocks[0]).toMatchObject({
      type: 'reasoning',
      origin: 'anthropic',
      text: 'Let me see.',
      signature: 'c2ln',
    })
  })

  test('that breaks off is an error to the official client and no clean end', async () => {
    const encoder = responses.encodeAnswer(call(), { id: 'resp_own' })
    const sse =
      events
        .slice(0, 7)
        .map((event) => encoder.push(event))
        .join('') + encoder.fail({ message: 'The provider hung up.', status: 502 })
    await expect(finalResponse(sse)).rejects.toThrow('The provider hung up.')
    expect(sse).not.toContain('response.completed')
    const failed = eventsOf(Buffer.from(sse)).at(-1)
    expect(JSON.parse(failed?.data ?? '')).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: 'server_error' },
        output: [{ type: 'reasoning' }, { content: [{ text: 'It is sunny.' }] }],
      },
    })
    expect(encoder.push({ type: 'end' })).toBe('')
  })

  test('that breaks off on the way of untouched bytes is an error to the official client too', async () => {
    const head = fixture('text.sse').toString().split('event: response.output_text.done')[0]
    await expect(finalResponse(head + encodeStreamError({ message: 'The provider hung up.' }))).rejects.toThrow('The provider hung up.')
  })

  test('with ids that are missing or twice is read all the same', async () => {
    const twice = (index: number): AnswerEvent[] => [
      { type: 'block', choice: 0, index, block: { type: 'tool-call', id: index < 2 ? '' : 'same', name: 'f', arguments: '{}' } },
      { type: 'block-end', choice: 0, index },
    ]
    const final = await finalResponse(encodeStream([...[0, 1, 2, 3].flatMap(twice), { type: 'end' }]))
    expect(new Set(final.output.map((item) => (item as { call_id: string }).call_id)).size).toBe(4)
  })
})

describe('how an answer ends', () => {
  const ended = (reason: FinishReason, block: Block = { type: 'text', text: 'x' }): AnswerEvent[] => [
    { type: 'start', id: 'r', model: 'm' },
    { type: 'block', choice: 0, index: 0, block },
    { type: 'block-end', choice: 0, index: 0 },
    { type: 'finish', choice: 0, reason, native: 'NATIVE' },
    { type: 'end' },
  ]
  test.each<[FinishReason, Block | undefined, object]>([
    ['stop', undefined, { status: 'completed', incomplete_details: null }],
    ['stop-sequence', undefined, { status: 'completed' }],
    ['pause', undefined, { status: 'completed' }],
    ['length', undefined, { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }],
    ['content-filter', undefined, { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }],
    ['refusal', undefined, { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }],
    ['refusal', { type: 'refusal', text: 'No.' }, { status: 'completed' }],
    ['error', undefined, { status: 'failed', error: { message: expect.stringContaining('NATIVE') } }],
  ])('%s, streamed and whole', (reason, block, expected) => {
    const last = eventsOf(Buffer.from(encodeStream(ended(reason, block)))).at(-1)
    expect((JSON.parse(last?.data ?? '') as { response: object }).response).toMatchObject(expected)
    expect(responses.encodeAnswer(call(), { id: 'x' }).whole(collect(ended(reason, block)))).toMatchObject(expected)
  })

  test('with a summary after a text of the same item: the order is kept, whole and streamed', () => {
    const thought = (index: number, isSummary: boolean): AnswerEvent[] => [
      {
        type: 'block',
        choice: 0,
        index,
        block: { type: 'reasoning', text: String(index), isSummary, id: 'rs_1', origin: 'openai-responses' },
      },
      { type: 'block-end', choice: 0, index },
    ]
    const events: AnswerEvent[] = [{ type: 'start', id: 'r', model: 'm' }, ...thought(0, false), ...thought(1, true), { type: 'end' }]
    const whole = responses.encodeAnswer(call(), { id: 'x' }).whole(collect(events))
    for (const read of [decodeStream(Buffer.from(encodeStream(events))), responses.decodeAnswer(call()).whole(whole)])
      expect(collect(read).choices[0]?.blocks).toMatchObject([{ text: '0' }, { text: '1', isSummary: true }])
  })

  test('in the middle of a call: the call is incomplete', () => {
    const [start, , , finish, end] = ended('length') as [AnswerEvent, AnswerEvent, AnswerEvent, AnswerEvent, AnswerEvent]
    const open: AnswerEvent = { type: 'block', choice: 0, index: 0, block: { type: 'tool-call', id: 'c', name: 'f', arguments: '{"a":' } }
    const last = eventsOf(Buffer.from(encodeStream([start, open, finish, end]))).at(-1)
    expect((JSON.parse(last?.data ?? '') as { response: object }).response).toMatchObject({
      status: 'incomplete',
      output: [{ type: 'function_call', status: 'incomplete', arguments: '{"a":' }],
    })
  })

  test('without an end is no completed response', () => {
    expect(responses.encodeAnswer(call(), { id: 'x' }).whole({ id: 'r', model: 'm', choices: [], ended: false })).toMatchObject({
      id: 'r',
      status: 'incomplete',
      created_at: 0,
    })
  })
})

describe('what a provider sends', () => {
  test('never makes the decoder throw, and its blocks stay in order', () => {
    const types = streams.flatMap((name) => eventsOf(fixture(`${name}.sse`)))
    const odd = fc.oneof(
      fc.constantFrom(...types),
      fc.constantFrom(...types).map(({ event, data }) => ({ event, data: data.slice(0, data.length / 2) })),
      fc
        .constantFrom(...types)
        .map(({ event, data }) => ({ event, data: data.replace(/"output_index":\d+,?/, '').replace(/"item_id":"[^"]*",?/, '') })),
      fc.json().map((data) => ({ event: 'response.output_text.delta', data })),
    )
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 30 }), (events) => {
        const decoder = responses.decodeAnswer(call())
        const found = [...events.flatMap((event) => decoder.push(event)), ...decoder.finish()]
        expect(isOrdered(found)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('as a whole body of any shape is an answer or an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const found = responses.decodeAnswer(call()).whole(body)
        expect(found.some(({ type }) => type === 'error' || type === 'end')).toBe(true)
      }),
    )
  })

  test('the work of the image tool is an image to other dialects, and its own item to ours', () => {
    const item = { id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'AA==', output_format: 'webp' }
    const read = (of: Call) => collect(responses.decodeAnswer(of).whole({ object: 'response', status: 'completed', output: [item] }))
    expect(read({ ...call(), dialect: 'gemini' }).choices[0]?.blocks).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'AA==' } },
    ])
    expect(read(call()).choices[0]?.blocks).toMatchObject([{ type: 'opaque', what: 'image_generation_call', value: item }])
  })

  test('a queued response is no answer', () => {
    const found = collect(responses.decodeAnswer(call()).whole({ id: 'r', object: 'response', status: 'queued', output: [] }))
    expect(found).toMatchObject({ ended: false, error: { code: 'queued' } })
  })

  test.each([
    [
      429,
      { error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' } },
      { message: 'slow down', status: 429, code: 'rate_limit_exceeded' },
    ],
    [400, { message: 'bad' }, { message: 'bad', status: 400 }],
    [422, { detail: 'no' }, { message: 'no', status: 422 }],
    [500, '<html>', { message: '<html>', status: 500 }],
    [503, null, { message: 'The provider answered with status 503.', status: 503 }],
  ])('an error body of status %d', (status, body, expected) => {
    expect(responses.decodeError(status, body)).toEqual(expected)
  })
})

describe('any answer of any vendor', () => {
  const origin = fc.constantFrom('anthropic' as const, 'gemini' as const, 'openai-responses' as const)
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: fc.string() }),
    fc.record({ type: fc.constant('refusal' as const), text: fc.string() }),
    fc.record(
      {
        type: fc.constant('reasoning' as const),
        text: fc.string(),
        origin,
        isSummary: fc.boolean(),
        encrypted: fc.string(),
        id: fc.constantFrom('rs_1', 'rs_2'),
      },
      { requiredKeys: ['type', 'text', 'origin'] },
    ),
    fc.record({ type: fc.constant('tool-call' as const), id: fc.constantFrom('', 'a', 'b'), name: fc.string(), arguments: fc.string() }),
    fc.record({
      type: fc.constant('image' as const),
      source: fc.constant({ kind: 'base64' as const, mediaType: 'image/png', data: 'AA==' }),
    }),
    fc.constant<Block>({
      type: 'opaque',
      dialect: 'openai-responses',
      what: 'web_search_call',
      value: { type: 'web_search_call', id: 'ws_1' },
    }),
    fc.constant<Block>({ type: 'opaque', dialect: 'anthropic', what: 'server_tool_use', value: {} }),
  )
  const answer = fc.array(fc.record({ block, deltas: fc.array(fc.string(), { maxLength: 3 }), staysOpen: fc.boolean() }), { maxLength: 8 })

  test('is read by the official client, with all of its text and calls', async () => {
    await fc.assert(
      fc.asyncProperty(answer, fc.constantFrom('stop' as const, 'length' as const, 'tool-calls' as const), async (parts, reason) => {
        const events: AnswerEvent[] = [{ type: 'start', id: 'x', model: 'm' }]
        const late: AnswerEvent[] = []
        let text = ''
        for (const [index, { block, deltas, staysOpen }] of parts.entries()) {
          events.push({ type: 'block', choice: 0, index, block })
          const type = block.type === 'tool-call' ? 'arguments' : 'text'
          const isText = 'text' in block || block.type === 'tool-call'
          if (isText) for (const delta of deltas) events.push({ type, choice: 0, index, text: delta })
          if (block.type === 'text') text += block.text + deltas.join('')
          const end: AnswerEvent = { type: 'block-end', choice: 0, index }
          if (block.type === 'tool-call' && staysOpen) late.push({ type: 'arguments', choice: 0, index, text: '!' }, end)
          else events.push(end)
        }
        events.push(...late, { type: 'finish', choice: 0, reason, native: '' }, { type: 'end' })
        const sse = encodeStream(events)
        const final = await finalResponse(sse)
        expect(final.status).toBe(reason === 'length' ? 'incomplete' : 'completed')
        expect(final.output_text).toBe(text)
        const wanted = collect(events).choices[0]?.blocks.filter((block) => block.type === 'tool-call') ?? []
        const calls = final.output.filter((item) => item.type === 'function_call')
        expect(calls.map((item) => [item.name, item.arguments])).toEqual(wanted.map((call) => [call.name, call.arguments]))
        // The same blocks come back from our own reading, and the whole form is the streamed one.
        const read = collect(decodeStream(Buffer.from(sse))).choices[0]?.blocks ?? []
        const whole = responses.encodeAnswer(call(), { id: 'resp_own' }).whole(collect(events))
        expect(collect(responses.decodeAnswer(call()).whole(whole)).choices[0]?.blocks ?? []).toEqual(read)
      }),
      { numRuns: 150 },
    )
  })
})
