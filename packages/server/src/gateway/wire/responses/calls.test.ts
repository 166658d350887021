import { readFileSync } from 'node:fs'
import { AppError } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block, Call, Turn } from '../language.ts'
import { responses } from './codec.ts'

const read = (body: Record<string, unknown>) => responses.decodeCall(body, {})
const write = (call: Call) => responses.encodeCall(call, { model: call.model, streamUsage: true })
const sent = JSON.parse(readFileSync(new URL('./__fixtures__/conversation.call.json', import.meta.url), 'utf8')) as Record<string, unknown>

const base: Call = { dialect: 'openai-responses', model: 'm', stream: false, system: [], turns: [], tools: [], serverTools: [], extras: {} }

describe('a request', () => {
  test('with everything comes out as it went in, in its order, and nothing is dropped', () => {
    const { body, dropped } = write(read(sent))
    expect(body).toEqual(sent)
    expect(body.input).toEqual(sent.input)
    expect(dropped).toEqual([])
  })

  test('is understood: turns, system, tools, format', () => {
    const call = read(sent)
    expect(call.system.map(({ text }) => text)).toEqual(['Be brief.', 'Use metric units.', 'Never guess.'])
    expect(call.turns.map(({ role, blocks }) => [role, ...blocks.map(({ type }) => type)])).toEqual([
      ['user', 'text', 'image', 'image', 'image', 'file', 'file', 'file', 'audio'],
      ['assistant', 'reasoning', 'reasoning', 'reasoning', 'text', 'tool-call', 'tool-call'],
      ['user', 'tool-result', 'tool-result'],
      ['assistant', 'opaque'],
      ['user', 'opaque'],
      ['assistant', 'opaque', 'text'],
      ['assistant', 'refusal'],
      ['user', 'text'],
      ['assistant', 'opaque'],
      ['user', 'text'],
    ])
    expect(call.turns[0]?.blocks[0]).toMatchObject({ cache: { ttl: '1h' } })
    expect(call.turns[0]?.blocks[1]).toMatchObject({ source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } })
    expect(call).toMatchObject({
      toolChoice: { type: 'tool', name: 'weather' },
      parallelToolCalls: false,
      format: { type: 'json-schema', name: 'place' },
      reasoning: { effort: 'low', summary: true },
      logprobs: 3,
      maxTokens: 500,
      user: 'u1',
      stream: true,
    })
    expect(call.serverTools.map(({ name }) => name)).toEqual(['web_search', 'patch', 'mcp'])
    // What other dialects will name as not carried.
    expect(Object.keys(call.extras).sort()).toEqual(
      [
        'background',
        'conversation',
        'include',
        'max_tool_calls',
        'previous_response_id',
        'prompt',
        'prompt_cache_key',
        'reasoning.summary',
      ].concat(['safety_identifier', 'something_new', 'store', 'stream_options', 'text.verbosity', 'tools.weather', 'truncation']),
    )
  })

  test('with a text for its input is one user turn', () => {
    expect(read({ model: 'm', input: 'hi' }).turns).toEqual([{ role: 'user', blocks: [{ type: 'text', text: 'hi' }] }])
  })

  test('that only goes on with a stored response needs no input', () => {
    expect(write(read({ model: 'm', previous_response_id: 'r' })).body).toEqual({ model: 'm', previous_response_id: 'r' })
  })

  test('takes model and stream from the address', () => {
    expect(responses.decodeCall({ model: 'a', input: 'x' }, { model: 'b', stream: true })).toMatchObject({ model: 'b', stream: true })
  })

  test.each([
    [{ input: 'x' }, 'model'],
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: 5 }, 'input'],
    [{ model: 'm', input: [5] }, 'input[0]'],
    [{ model: 'm', input: [{}] }, 'input[0].type'],
    [{ model: 'm', input: [{ role: 'tool', content: '' }] }, 'input[0].role'],
    [{ model: 'm', input: [{ role: 'user' }] }, 'input[0].content'],
    [{ model: 'm', input: [{ role: 'user', content: ['x'] }] }, 'input[0].content[0]'],
    [{ model: 'm', input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text'],
    [{ model: 'm', input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, 'input[0].content[0]'],
    [{ model: 'm', input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'input[0].content[0].input_audio.data'],
    [{ model: 'm', input: [{ type: 'function_call', name: 'f' }] }, 'input[0].call_id'],
    [{ model: 'm', input: [{ type: 'function_call_output', call_id: 'c' }] }, 'input[0].output'],
    [{ model: 'm', input: 'x', tools: {} }, 'tools'],
    [{ model: 'm', input: 'x', tools: [{ name: 'f' }] }, 'tools[0].type'],
    [{ model: 'm', input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ model: 'm', input: 'x', tool_choice: 'some' }, 'tool_choice'],
    [{ model: 'm', input: 'x', temperature: '1' }, 'temperature'],
    [{ model: 'm', input: 'x', stream: 'yes' }, 'stream'],
    [{ model: 'm', input: 'x', metadata: { a: 1 } }, 'metadata'],
    [{ model: 'm', input: 'x', text: { format: { type: 'xml' } } }, 'text.format.type'],
    [{ model: 'm', input: 'x', text: { format: { type: 'json_schema', name: 'n' } } }, 'text.format.schema'],
    [{ model: 'm', input: 'x', include: 'all' }, 'include'],
    [{ model: 'm', input: 'x', reasoning: 'high' }, 'reasoning'],
  ])('%j is refused because of %s', (body, param) => {
    try {
      read(body)
    } catch (error) {
      expect(error).toBeInstanceOf(AppError)
      expect(error).toMatchObject({ code: 'invalid-request', data: { param } })
      expect(responses.encodeError(error as AppError)).toMatchObject({
        status: 400,
        body: { error: { param, type: 'invalid_request_error' } },
      })
      return
    }
    expect.unreachable()
  })
})

test('texts of two items stay two items, also within one turn', () => {
  const text = (id: string): Block => ({ type: 'text', text: id, native: { dialect: 'openai-responses', value: { id } } })
  const { body } = write({
    ...base,
    turns: [{ role: 'assistant', blocks: [text('msg_1'), text('msg_1'), text('msg_2'), { type: 'text', text: 'x' }] }],
  })
  expect(body.input).toMatchObject([
    { id: 'msg_1', content: [{ text: 'msg_1' }, { text: 'msg_1' }] },
    { id: 'msg_2', content: [{ text: 'msg_2' }, { text: 'x' }] },
  ])
})

describe('a call of another dialect', () => {
  test('names what is not carried', () => {
    const call: Call = {
      ...base,
      dialect: 'anthropic',
      system: [
        { type: 'text', text: 'a', cache: {} },
        { type: 'text', text: 'b' },
      ],
      turns: [
        { role: 'user', blocks: [{ type: 'tool-result', callId: 'c', blocks: [{ type: 'text', text: 'no' }], isError: true }] },
        {
          role: 'assistant',
          blocks: [
            { type: 'reasoning', text: 't', signature: 's', origin: 'anthropic' },
            { type: 'text', text: 'x', citations: [{ text: 'q' }] },
            { type: 'opaque', dialect: 'anthropic', what: 'server_tool_use', value: {} },
          ],
        },
      ],
      serverTools: [{ dialect: 'anthropic', name: 'web_search', value: {} }],
      topK: 4,
      stop: ['END'],
      reasoning: { budgetTokens: 10_000 },
      extras: { container: 'x' },
    }
    const { body, dropped } = write(call)
    expect(dropped.sort()).toEqual(
      ['cache_control', 'citations', 'container', 'is_error', 'reasoning', 'reasoning.max_tokens', 'server_tool_use', 'stop'].concat([
        'tools.web_search',
        'top_k',
      ]),
    )
    expect(body).toEqual({
      model: 'm',
      instructions: 'a\n\nb',
      input: [
        { type: 'function_call_output', call_id: 'c', output: 'no' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'x', annotations: [] }] },
      ],
      reasoning: { effort: 'medium' },
      store: false,
      include: ['reasoning.encrypted_content'],
    })
  })

  test('of chat completions keeps what both know by the same name, and its tools are not strict', () => {
    const { body, dropped } = write({
      ...base,
      dialect: 'openai-chat',
      tools: [{ name: 'f' }],
      logprobs: 2,
      seed: 1,
      choices: 2,
      presencePenalty: 1,
      frequencyPenalty: 1,
      extras: { store: true, verbosity: 'low', prompt_cache_key: 'k', logit_bias: {} },
    })
    expect(body).toMatchObject({
      tools: [{ type: 'function', name: 'f', strict: false }],
      store: true,
      text: { verbosity: 'low' },
      prompt_cache_key: 'k',
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
    })
    expect(dropped.sort()).toEqual(['frequency_penalty', 'logit_bias', 'n', 'presence_penalty', 'seed'])
  })
})

describe('any call', () => {
  const text = fc.record({ type: fc.constant('text' as const), text: fc.string() })
  const source = fc.oneof(
    fc.record({
      kind: fc.constant('base64' as const),
      mediaType: fc.constantFrom('image/png', 'application/pdf'),
      data: fc.base64String(),
    }),
    fc.record({ kind: fc.constant('url' as const), url: fc.webUrl() }),
    fc.record({ kind: fc.constant('id' as const), id: fc.uuid() }),
  )
  const image = fc.record({ type: fc.constant('image' as const), source, detail: fc.constantFrom('auto', 'low', 'high') })
  const file = fc.record({ type: fc.constant('file' as const), source, name: fc.constantFrom('a.pdf', 'b.txt') })
  const native = (prefix: string) => fc.nat(99).map((id) => ({ dialect: 'openai-responses' as const, value: { id: `${prefix}_${id}` } }))
  const toolCall = fc.record({
    type: fc.constant('tool-call' as const),
    id: fc.uuid(),
    name: fc.string(),
    arguments: fc.json(),
    native: native('fc'),
  })
  const reasoning = fc.record({
    type: fc.constant('reasoning' as const),
    text: fc.string({ minLength: 1 }),
    isSummary: fc.constant(true as const),
    id: fc.uuid(),
    origin: fc.constant('openai-responses' as const),
  })
  const result = fc.record({
    type: fc.constant('tool-result' as const),
    callId: fc.uuid(),
    blocks: fc.array(fc.oneof(text, image, file), { minLength: 2, maxLength: 3 }),
  })
  const opaque = fc.record({ id: fc.uuid() }).map(
    ({ id }): Block => ({
      type: 'opaque',
      dialect: 'openai-responses',
      what: 'web_search_call',
      value: { type: 'web_search_call', id },
    }),
  )
  const turn: fc.Arbitrary<Turn> = fc.oneof(
    fc.array(fc.oneof(text, image, file), { minLength: 1, maxLength: 4 }).map((blocks) => ({ role: 'user' as const, blocks })),
    fc.array(result, { minLength: 1, maxLength: 3 }).map((blocks) => ({ role: 'user' as const, blocks })),
    fc
      .array(fc.oneof(text, toolCall, reasoning, opaque), { minLength: 1, maxLength: 6 })
      .map((blocks) => ({ role: 'assistant' as const, blocks })),
  )
  const call = fc.record(
    {
      turns: fc.array(turn, { minLength: 1, maxLength: 6 }),
      tools: fc.uniqueArray(
        fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/), parameters: fc.constant({ type: 'object' }), strict: fc.boolean() }),
        {
          selector: ({ name }) => name,
        },
      ),
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      maxTokens: fc.nat(),
      logprobs: fc.nat(20),
      stream: fc.boolean(),
      user: fc.string(),
      toolChoice: fc.oneof(fc.constant({ type: 'auto' as const }), fc.record({ type: fc.constant('tool' as const), name: fc.string() })),
      extras: fc.dictionary(fc.stringMatching(/^x_[a-z]{1,8}$/), fc.oneof(fc.string(), fc.nat(), fc.boolean())),
    },
    { requiredKeys: ['turns'] },
  )

  test('survives being written and read again: every block, in its order', () => {
    fc.assert(
      fc.property(call, (given) => {
        const wanted: Call = { ...base, ...given }
        const { body, dropped } = write(wanted)
        const { turns, ...rest } = read(JSON.parse(JSON.stringify(body)))
        const { turns: sentTurns, ...sentRest } = wanted
        expect(rest).toEqual(JSON.parse(JSON.stringify(sentRest)))
        expect(turns.flatMap(flat)).toEqual(JSON.parse(JSON.stringify(sentTurns.flatMap(flat))))
        expect(dropped).toEqual([])
        // And from there on nothing changes any more.
        expect(write(read(body)).body).toEqual(body)
      }),
      { numRuns: 300 },
    )
  })

  test('of any shape is read or refused with a reason', () => {
    const item = fc.oneof(
      fc.constantFrom(...(sent.input as object[])),
      fc.dictionary(fc.constantFrom('type', 'role', 'content', 'output', 'call_id', 'summary'), fc.jsonValue()),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(sent)), fc.jsonValue()), fc.array(item), (body, input) => {
        try {
          write(read({ ...body, input }))
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-request', data: { param: expect.any(String) } })
        }
      }),
      { numRuns: 500 },
    )
  })
})

/** Where a message begins is not compared: a client's parts may come as one message or as several. */
const flat = ({ role, blocks }: Turn) =>
  blocks.map((block) => {
    const { native: _, ...rest } = block as { native?: unknown }
    return { role, ...rest, ...(block.type === 'tool-call' && { native: block.native }) }
  })
