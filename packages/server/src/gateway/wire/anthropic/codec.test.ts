import { readFileSync } from 'node:fs'
import { AppError } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import type { ServerEvent } from '../codec.ts'
import { collect, spread } from '../collect.ts'
import type { Answer, AnswerEvent, Call } from '../language.ts'
import { ServerEventReader } from '../server-events.ts'
import { anthropic } from './codec.ts'
import { nativeNames } from './native-names.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')
const CALL = JSON.parse(fixture('call.json')) as Record<string, unknown>
const target = { model: 'claude-sonnet-4-5', streamUsage: false }
const plain = (over: Partial<Call> = {}): Call => ({
  dialect: 'openai-chat',
  model: 'claude-sonnet-4-5',
  stream: false,
  system: [],
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  serverTools: [],
  extras: {},
  ...over,
})

function eventsOf(text: string): ServerEvent[] {
  const reader = new ServerEventReader()
  return [...reader.push(Buffer.from(text)), ...reader.finish()]
}

function decode(text: string): AnswerEvent[] {
  const decoder = anthropic.decodeAnswer()
  return [...eventsOf(text).flatMap((event) => decoder.push(event)), ...decoder.finish()]
}

const encode = (events: Iterable<AnswerEvent>): string => {
  const encoder = anthropic.encodeAnswer(plain(), { id: 'msg_ours' })
  return [...events].map((event) => encoder.push(event)).join('')
}

describe('a call', () => {
  test('of Anthropic comes back as it was sent', () => {
    const call = anthropic.decodeCall(CALL, {})
    const { body, dropped } = anthropic.encodeCall(call, target)
    expect(body).toEqual(CALL)
    expect(dropped).toEqual([])
  })

  test('is read into the inner language', () => {
    const call = anthropic.decodeCall(CALL, {})
    expect(call).toMatchObject({
      dialect: 'anthropic',
      maxTokens: 2048,
      user: 'user-1',
      topK: 40,
      stop: ['END'],
      toolChoice: { type: 'tool', name: 'get_weather' },
      parallelToolCalls: false,
      reasoning: { budgetTokens: 1500, effort: 'high' },
      format: { type: 'json-schema' },
      extras: { container: 'container_1' },
      serverTools: [{ dialect: 'anthropic', name: 'web_search' }],
    })
    expect(call.turns[0]?.blocks.map(({ type }) => type)).toEqual(['text', 'image', 'image', 'image', 'file', 'text', 'text'])
    expect(call.turns[1]?.blocks.map(({ type }) => type)).toEqual([
      'reasoning',
      'reasoning',
      'text',
      'opaque',
      'opaque',
      'tool-call',
      'tool-call',
    ])
    expect(nativeNames(call).sort()).toEqual(['allowed_callers', 'caller', 'citations', 'context', 'defer_loading', 'source', 'title'])
  })

  test.each<[string, Record<string, unknown>]>([
    ['adaptive thinking', { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'max' } }],
    ['adaptive thinking alone', { thinking: { type: 'adaptive' } }],
    ['a budget that is shown', { thinking: { type: 'enabled', budget_tokens: 1024, display: 'omitted' } }],
    ['no thinking with an effort', { thinking: { type: 'disabled' }, output_config: { effort: 'low' } }],
    ['other metadata', { metadata: { user_id: 'u', tenant: 't' } }],
    ['automatic caching', { cache_control: { type: 'ephemeral' }, mcp_servers: [{ type: 'url', url: 'https://x', name: 'x' }] }],
    ['a format to come', { output_config: { format: { type: 'grammar', text: 'x' } } }],
  ])('with %s comes back as it was sent', (_, fields) => {
    const sent = { model: 'm', max_tokens: 3000, messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }], ...fields }
    expect(anthropic.encodeCall(anthropic.decodeCall(sent, {}), { model: 'm', streamUsage: false })).toEqual({ body: sent, dropped: [] })
  })

  test('in the short forms means the same as in the long ones', () => {
    const short = anthropic.decodeCall(
      {
        model: 'm',
        system: 'Be kind.',
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] },
          { role: 'system', content: 'And brief.' },
        ],
        output_format: { type: 'json_schema', schema: { type: 'object' } },
      },
      { model: 'other', stream: true },
    )
    expect(short).toMatchObject({
      model: 'other',
      stream: true,
      system: [{ text: 'Be kind.' }, { text: 'And brief.' }],
      turns: [{ blocks: [{ text: 'Hi' }] }, { blocks: [{ type: 'tool-result', callId: 't', blocks: [{ text: 'ok' }] }] }],
      format: { type: 'json-schema', schema: { type: 'object' } },
    })
  })

  test.each<[string, Record<string, unknown>]>([
    ['model', { model: undefined }],
    ['messages', { messages: undefined }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'hi' }],
    ['messages.0', { messages: ['hi'] }],
    ['messages.0.role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages.0.content', { messages: [{ role: 'user' }] }],
    ['messages.0.content.0.type', { messages: [{ role: 'user', content: [{ text: 'x' }] }] }],
    ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages.0.content.0.source', { messages: [{ role: 'user', content: [{ type: 'image' }] }] }],
    ['messages.0.content.0.source.type', { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'ftp' } }] }] }],
    ['messages.0.content.0.tool_use_id', { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }],
    ['messages.0.content.0.input', { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b', input: '{}' }] }] }],
    ['system', { system: 7 }],
    ['system.0', { system: [{ type: 'image' }] }],
    ['max_tokens', { max_tokens: 0 }],
    ['temperature', { temperature: '1' }],
    ['stop_sequences', { stop_sequences: 'x' }],
    ['stream', { stream: 'yes' }],
    ['tools', { tools: {} }],
    ['tools.0.name', { tools: [{ input_schema: {} }] }],
    ['tool_choice.type', { tool_choice: { type: 'maybe' } }],
    ['tool_choice.name', { tool_choice: { type: 'tool' } }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled' } }],
    ['output_config.format.schema', { output_config: { format: { type: 'json_schema' } } }],
    ['metadata.user_id', { metadata: { user_id: 7 } }],
  ])('that is wrong at %s is refused with that name', (param, fields) => {
    const body = { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x' }], ...fields }
    expect(() => anthropic.decodeCall(body, {})).toThrow(expect.objectContaining({ code: 'invalid-request', data: { param } }))
  })
})

describe('a call of another dialect', () => {
  const body = (call: Partial<Call>, model = 'claude-sonnet-4-5') => anthropic.encodeCall(plain(call), { model, streamUsage: false })

  test('gets the limit that Anthropic requires, unnamed, and a clamped temperature, named', () => {
    expect(body({ temperature: 1.7 })).toEqual({
      body: {
        model: 'claude-sonnet-4-5',
        max_tokens: 4096,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        temperature: 1,
      },
      dropped: ['temperature'],
    })
  })

  test('has its results first and merged, users and assistants in turn, a user first and no empty text', () => {
    const { body: sent } = body({
      turns: [
        { role: 'assistant', blocks: [{ type: 'text', text: 'Hello' }] },
        { role: 'user', blocks: [{ type: 'text', text: '' }] },
        {
          role: 'assistant',
          blocks: [
            { type: 'tool-call', id: 'functions.a:0', name: 'a', arguments: '{"x":1}' },
            { type: 'tool-call', id: 'functions.a_0', name: 'a', arguments: '' },
          ],
        },
        { role: 'user', blocks: [{ type: 'text', text: 'so?' }] },
        { role: 'user', blocks: [{ type: 'tool-result', callId: 'functions.a:0', blocks: [{ type: 'text', text: '1' }] }] },
        { role: 'user', blocks: [{ type: 'tool-result', callId: 'functions.a_0', blocks: [{ type: 'text', text: '' }] }] },
      ],
    })
    expect(sent.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: '.' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Hello' },
          { type: 'tool_use', id: 'functions_a_0', name: 'a', input: { x: 1 } },
          { type: 'tool_use', id: 'functions_a_0_2', name: 'a', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'functions_a_0', content: [{ type: 'text', text: '1' }] },
          { type: 'tool_result', tool_use_id: 'functions_a_0_2' },
          { type: 'text', text: 'so?' },
        ],
      },
    ])
  })

  test('names all that it cannot carry', () => {
    const { dropped } = body({
      seed: 1,
      presencePenalty: 1,
      frequencyPenalty: 1,
      choices: 2,
      logprobs: 0,
      metadata: { a: 'b' },
      serviceTier: 'flex',
      format: { type: 'json' },
      stop: ['\n', 'END'],
      toolChoice: { type: 'required' },
      extras: { logit_bias: {} },
      serverTools: [{ dialect: 'openai-responses', name: 'file_search', value: {} }],
      turns: [
        {
          role: 'user',
          name: 'Ann',
          blocks: [
            { type: 'text', text: 'x' },
            { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklG' } },
            { type: 'image', source: { kind: 'id', id: 'file-1' } },
            { type: 'image', source: { kind: 'url', url: 'https://x' }, detail: 'low' },
            { type: 'file', source: { kind: 'base64', mediaType: 'application/zip', data: 'UEsD' } },
          ],
        },
        { role: 'assistant', blocks: [{ type: 'reasoning', text: 'hm', origin: 'openai-responses', encrypted: 'x' }] },
      ],
    })
    expect(dropped.sort()).toEqual(
      [
        ...['detail', 'file', 'file_id', 'file_search', 'frequency_penalty', 'logit_bias', 'logprobs', 'metadata', 'n', 'name'],
        ...['input_audio', 'presence_penalty', 'reasoning', 'response_format', 'seed', 'service_tier', 'stop', 'tool_choice'],
      ].sort(),
    )
  })

  test.each<[string, Partial<Call>, string, Record<string, unknown>, string[]]>([
    [
      'a budget for older models',
      { reasoning: { effort: 'low' } },
      'claude-sonnet-4-5',
      { thinking: { type: 'enabled', budget_tokens: 2048 }, max_tokens: 6144 },
      [],
    ],
    [
      'a budget within the limit',
      { reasoning: { effort: 'high' }, maxTokens: 5000 },
      'claude-3-7-sonnet-latest',
      { thinking: { type: 'enabled', budget_tokens: 4999 }, max_tokens: 5000 },
      [],
    ],
    [
      'none where the limit leaves no room',
      { reasoning: { effort: 'high' }, maxTokens: 500 },
      'claude-opus-4-20250514',
      { max_tokens: 500 },
      ['reasoning.effort'],
    ],
    [
      'an effort for newer ones',
      { reasoning: { effort: 'minimal', summary: true } },
      'claude-opus-4-6',
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'low' }, max_tokens: 4096 },
      [],
    ],
    [
      'the highest they know',
      { reasoning: { effort: 'xhigh' } },
      'claude-opus-4-6',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' }, max_tokens: 4096 },
      [],
    ],
    [
      'an effort for a budget',
      { reasoning: { budgetTokens: 5000 } },
      'claude-sonnet-5',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' }, max_tokens: 4096 },
      [],
    ],
    ['nothing for none', { reasoning: { effort: 'none' } }, 'claude-sonnet-4-5', { max_tokens: 4096 }, []],
    [
      'a word against it where it is the default',
      { reasoning: { effort: 'none' } },
      'claude-sonnet-5',
      { thinking: { type: 'disabled' }, max_tokens: 4096 },
      [],
    ],
  ])('asks for thought with %s', (_, call, model, expected, dropped) => {
    const encoded = body(call, model)
    const { messages, model: sent, ...rest } = encoded.body
    expect(messages).toHaveLength(1)
    expect(sent).toBe(model)
    expect(rest).toEqual(expected)
    expect(encoded.dropped).toEqual(dropped)
  })

  test('does not ask for thought where Anthropic would refuse it', () => {
    const forced = body({ reasoning: { effort: 'low' }, tools: [{ name: 'a' }], toolChoice: { type: 'required' } })
    expect(forced).toMatchObject({ body: { tool_choice: { type: 'any' } }, dropped: ['reasoning.effort'] })
    expect(forced.body.thinking).toBeUndefined()
    const unsigned = body({
      reasoning: { effort: 'low' },
      turns: [
        { role: 'user', blocks: [{ type: 'text', text: 'x' }] },
        { role: 'assistant', blocks: [{ type: 'tool-call', id: 'a', name: 'a', arguments: '{}' }] },
        { role: 'user', blocks: [{ type: 'tool-result', callId: 'a', blocks: [] }] },
      ],
    })
    expect(unsigned.dropped).toEqual(['reasoning.effort'])
  })

  test('loses sampling where the model takes none', () => {
    expect(body({ temperature: 0.2, topP: 0.9, topK: 5 }, 'claude-opus-4-8').dropped).toEqual(['temperature', 'top_p', 'top_k'])
    expect(body({ temperature: 1, topP: 1 }, 'claude-opus-4-8')).toMatchObject({ dropped: [] })
    expect(body({ temperature: 0.2, topP: 1 }).body).toMatchObject({ temperature: 0.2 })
  })

  test('has its schema closed, and the limits that Anthropic does not enforce told', () => {
    const schema = {
      type: 'object',
      properties: {
        age: { type: 'integer', minimum: 1, description: 'Years' },
        tags: { type: 'array', items: { type: 'object', properties: {} } },
      },
      required: ['age'],
    }
    const before = JSON.stringify(schema)
    const { body: sent, dropped } = body({ format: { type: 'json-schema', name: 'person', schema, description: 'A person.' } })
    expect(sent.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          description: 'A person.',
          type: 'object',
          properties: {
            age: { type: 'integer', description: 'Years\n\n{"minimum":1}' },
            tags: { type: 'array', items: { type: 'object', properties: {}, additionalProperties: false } },
          },
          required: ['age'],
          additionalProperties: false,
        },
      },
    })
    expect(dropped).toEqual([])
    expect(JSON.stringify(schema)).toBe(before)
    const open = body({
      format: { type: 'json-schema', name: 'map', schema: { type: 'object', additionalProperties: { type: 'string' } } },
    })
    expect(open.dropped).toEqual(['additionalProperties'])
  })

  test('brings text files in the clear and the rest as it is', () => {
    const { body: sent } = body({
      turns: [
        {
          role: 'user',
          blocks: [
            { type: 'file', source: { kind: 'base64', mediaType: 'text/csv', data: Buffer.from('a;ä').toString('base64') }, name: 'a.csv' },
            { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, name: 'a.pdf' },
            { type: 'file', source: { kind: 'url', url: 'https://x/a.pdf' } },
          ],
        },
      ],
    })
    expect(sent.messages).toMatchObject([
      {
        content: [
          { type: 'document', title: 'a.csv', source: { type: 'text', media_type: 'text/plain', data: 'a;ä' } },
          { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
          { type: 'document', source: { type: 'url', url: 'https://x/a.pdf' } },
        ],
      },
    ])
  })
})

describe('an answer', () => {
  test.each(['text.sse', 'tools.sse', 'thinking.sse', 'web-search.sse', 'error.sse'])('%s is read as recorded', async (name) => {
    await expect(`${JSON.stringify(collect(decode(fixture(name))), null, 2)}\n`).toMatchFileSnapshot(`__fixtures__/${name}.answer.json`)
  })

  test.each(['text.sse', 'tools.sse', 'thinking.sse', 'web-search.sse'])(
    '%s is written again with the same meaning, streamed and whole',
    (name) => {
      const events = decode(fixture(name))
      const answer = collect(events)
      expect(answer.ended).toBe(true)
      expect(usageApart(collect(decode(encode(events))))).toEqual(usageApart(answer))
      expect(usageApart(collect(decode(encode(spread(answer)))))).toEqual(usageApart(answer))
      const whole = anthropic.encodeAnswer(plain(), { id: 'x' }).whole(answer)
      expect(usageApart(collect(anthropic.decodeAnswer().whole(JSON.parse(JSON.stringify(whole)))))).toEqual(
        usageApart(wholeArguments(answer)),
      )
    },
  )

  test('is written in the frames that Anthropic sends', () => {
    expect(encode(decode(fixture('tools.sse')))).toBe(
      fixture('tools.sse')
        .replace(/event: content_block_delta\ndata: [^\n]*"partial_json":""[^\n]*\n\n/, '')
        .replace('"name":"get_weather","input":{}', '"name":"get_weather","input":{},"caller":{"type":"direct"}')
        .replace(
          /("caller":{"type":"direct"}}}\n\n)(?=event: content_block_stop)/,
          '$1event: content_block_delta\ndata: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}}\n\n',
        )
        .replace(/event: message_start\ndata: [^\n]*/, encode(decode(fixture('tools.sse'))).split('\n\n')[0] ?? '')
        .replace(
          /event: message_delta\ndata: [^\n]*/,
          encode(decode(fixture('tools.sse'))).match(/event: message_delta\ndata: [^\n]*/)?.[0] ?? '',
        ),
    )
  })

  test('that was refused keeps why', () => {
    const body = JSON.parse(fixture('refusal.json')) as Record<string, unknown>
    const answer = collect(anthropic.decodeAnswer().whole(body))
    expect(answer.choices[0]?.finish).toEqual({ reason: 'refusal', native: 'refusal' })
    expect(anthropic.encodeAnswer(plain(), { id: 'x' }).whole(answer)).toMatchObject({
      stop_reason: 'refusal',
      stop_details: body.stop_details,
      content: [],
    })
    expect(encode(spread(answer))).toContain('"stop_details":{"type":"refusal","category":"cyber"')
  })

  test.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop-sequence'],
    ['tool_use', 'tool-calls'],
    ['pause_turn', 'pause'],
    ['refusal', 'refusal'],
    ['model_context_window_exceeded', 'length'],
  ])('that ended with %s reads as %s and is written so', (native, reason) => {
    const events = anthropic
      .decodeAnswer()
      .whole({ id: 'm', model: 'c', content: [], stop_reason: native, stop_sequence: native === 'stop_sequence' ? 'END' : null })
    expect(collect(events).choices[0]?.finish).toMatchObject({ reason, native, ...(native === 'stop_sequence' && { stopSequence: 'END' }) })
    expect(encode(events)).toContain(`"stop_reason":"${native}","stop_sequence":${native === 'stop_sequence' ? '"END"' : 'null'}`)
  })

  test('that is cut off has no end', () => {
    const text = fixture('text.sse')
    for (const cut of [text.indexOf('event: message_stop'), text.indexOf('event: message_delta'), 500]) {
      const answer = collect(decode(text.slice(0, cut)))
      expect(answer.ended).toBe(false)
    }
  })

  test('of garbage is an error and never an end', () => {
    const broken = fixture('text.sse').replace('"text_delta"', '"text_delta')
    const answer = collect(decode(broken))
    expect(answer).toMatchObject({ ended: false, error: { status: 502 } })
    for (const body of [null, 'x', [], {}, { content: 'x' }])
      expect(collect(anthropic.decodeAnswer().whole(body))).toMatchObject({ ended: false, error: { status: 502 } })
    for (const data of [
      'null',
      '7',
      '[]',
      '{}',
      '{"type":"content_block_delta"}',
      '{"type":"content_block_start"}',
      '{"type":"message_delta"}',
      '{"type":"message_start"}',
      '{"type":"new_thing"}',
    ])
      expect(() => anthropic.decodeAnswer().push({ event: '', data })).not.toThrow()
  })

  test('with parts missing is read as far as it goes', () => {
    const data = [
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: '' } },
      { type: 'content_block_start', content_block: { type: 'tool_use', name: 'f' } },
      { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
      { type: 'content_block_start', content_block: { type: 'tool_use', name: 'g' } },
      { type: 'message_delta', delta: { stop_reason: 'a_new_reason' } },
      { type: 'message_stop' },
    ]
    const decoder = anthropic.decodeAnswer()
    const answer = collect(data.flatMap((value) => decoder.push({ event: '', data: JSON.stringify(value) })))
    expect(answer.choices[0]).toEqual({
      blocks: [
        { type: 'text', text: 'Hi' },
        { type: 'tool-call', id: 'toolu__1', name: 'f', arguments: '{"a":1}' },
        { type: 'tool-call', id: 'toolu__2', name: 'g', arguments: '{}' },
      ],
      finish: { reason: 'stop', native: 'a_new_reason' },
    })
    expect(answer.ended).toBe(true)
  })

  test('that breaks off within a call does not make up its arguments', () => {
    const cut = fixture('tools.sse')
      .split(/(?<=\n\n)/)
      .slice(0, 5)
      .join('')
    expect(collect(decode(cut)).choices[0]?.blocks.at(-1)).toMatchObject({ name: 'get_weather', arguments: '' })
  })

  test('that fails is an error in the dialect, and nothing after it', () => {
    const encoder = anthropic.encodeAnswer(plain(), { id: 'x' })
    encoder.push({ type: 'start', id: 'a', model: 'b' })
    expect(encoder.fail({ message: 'gone', status: 504 })).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"timeout_error","message":"gone"}}\n\n',
    )
    expect(encoder.push({ type: 'end' })).toBe('')
    expect(encode(decode(fixture('error.sse')))).toMatch(/"overloaded_error","message":"Overloaded"}}\n\n$/)
  })

  test('of several open tool calls is written one block after the other', () => {
    const call = (index: number): AnswerEvent => ({
      type: 'block',
      choice: 0,
      index,
      block: { type: 'tool-call', id: `c${index}`, name: 'f', arguments: '' },
    })
    const args = (index: number, text: string): AnswerEvent => ({ type: 'arguments', choice: 0, index, text })
    const events: AnswerEvent[] = [
      { type: 'start', id: '', model: 'gpt' },
      call(0),
      call(1),
      args(0, '{"a"'),
      args(1, '{"b"'),
      call(2),
      args(1, ':2}'),
      args(0, ':1}'),
      { type: 'block-end', choice: 0, index: 1 },
      { type: 'block-end', choice: 0, index: 0 },
      args(2, '{}'),
      { type: 'finish', choice: 0, reason: 'stop', native: 'stop' },
      { type: 'end' },
    ]
    const text = encode(events)
    expect(collect(decode(text))).toMatchObject({
      id: 'msg_ours',
      choices: [{ blocks: [{ arguments: '{"a":1}' }, { arguments: '{"b":2}' }, { arguments: '{}' }], finish: { reason: 'tool-calls' } }],
      ended: true,
    })
    const order = [...text.matchAll(/"type":"content_block_(start|stop)","index":(\d)/g)].map(([, what, index]) => `${what}${index}`)
    expect(order).toEqual(['start0', 'stop0', 'start1', 'stop1', 'start2', 'stop2'])
  })

  test('of another vendor keeps its proofs on the way through the client and back', () => {
    const answer: Answer = {
      id: 'r',
      model: 'gpt',
      choices: [
        {
          blocks: [
            { type: 'reasoning', text: 'Hm.', isSummary: true, origin: 'openai-responses', id: 'rs_1', encrypted: 'gAAA' },
            { type: 'tool-call', id: 'c.1', name: 'f', arguments: '{}', signature: { dialect: 'gemini', value: 'CtQB+/==' } },
          ],
        },
      ],
      ended: true,
    }
    const whole = anthropic.encodeAnswer(plain(), { id: 'x' }).whole(answer)
    const streamed = collect(decode(encode(spread(answer))))
    const back = (content: unknown) => anthropic.decodeCall({ model: 'm', messages: [{ role: 'assistant', content }] }, {}).turns[0]?.blocks
    expect(back(whole.content)).toEqual(answer.choices[0]?.blocks)
    const rewritten = anthropic.encodeAnswer(plain(), { id: 'x' }).whole(streamed)
    expect(back(rewritten.content)).toEqual(answer.choices[0]?.blocks)
    const { body, dropped } = anthropic.encodeCall(
      plain({ turns: [{ role: 'assistant', blocks: answer.choices[0]?.blocks ?? [] }] }),
      target,
    )
    expect(body.messages).toMatchObject([{ role: 'user' }, { content: [{ type: 'tool_use', id: 'c_1' }] }])
    expect(dropped).toEqual(['reasoning', 'thoughtSignature'])
  })

  test('has its usage in one convention', () => {
    const usage = collect(decode(fixture('text.sse'))).usage
    expect(usage?.usage).toMatchObject({ input: 25, cacheRead: 100, output: 15 })
    expect(usage?.raw).toMatchObject({ output_tokens: 15, service_tier: 'standard' })
    expect(encode(decode(fixture('web-search.sse')))).toContain('"server_tool_use":{"web_search_requests":1}')
  })
})

describe('an error', () => {
  test.each([
    [new AppError('invalid-request', 'no'), 400, 'invalid_request_error'],
    [new AppError('unauthenticated', 'no'), 401, 'authentication_error'],
    [new AppError('permission-denied', 'no'), 403, 'permission_error'],
    [new AppError('model-not-found', 'no'), 404, 'not_found_error'],
    [new AppError('payload-too-large', 'no'), 413, 'request_too_large'],
    [new AppError('rate-limited', 'no'), 429, 'rate_limit_error'],
    [new AppError('internal', 'no'), 500, 'api_error'],
    [new AppError('provider-failed', 'no'), 502, 'api_error'],
    [new AppError('unavailable', 'no'), 503, 'overloaded_error'],
    [new AppError('provider-timeout', 'no'), 504, 'timeout_error'],
  ])('%# of ours is in the shape of the dialect', (error, status, type) => {
    expect(anthropic.encodeError(error)).toEqual({ status, body: { type: 'error', error: { type, message: 'no' } } })
  })

  test.each<[number, unknown, object]>([
    [
      529,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      { message: 'Overloaded', status: 529, code: 'overloaded_error' },
    ],
    [404, { error: { message: 'no such model' } }, { message: 'no such model', status: 404 }],
    [500, { error: 'broken' }, { message: 'broken', status: 500 }],
    [502, '<html>Bad gateway</html>', { message: '<html>Bad gateway</html>', status: 502 }],
    [503, undefined, { message: 'The provider answered with status 503.', status: 503 }],
  ])('of a provider with %s is read', (status, body, expected) => {
    expect(anthropic.decodeError(status, body)).toEqual(expected)
  })
})

/** `raw` is written anew from the buckets. */
const usageApart = (answer: Answer) => ({ ...answer, usage: answer.usage?.usage })

/** A whole body has arguments as an object, so that their white space is ours. */
const wholeArguments = (answer: Answer): Answer => ({
  ...answer,
  choices: answer.choices.map((choice) => ({
    ...choice,
    blocks: choice.blocks.map((block) =>
      block.type === 'tool-call' ? { ...block, arguments: JSON.stringify(JSON.parse(block.arguments)) } : block,
    ),
  })),
})
