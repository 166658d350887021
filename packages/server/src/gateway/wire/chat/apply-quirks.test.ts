import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { mistralChat, openaiChat } from '../../../providers/chat-quirks.ts'
import { encodeFor } from '../../translation.ts'
import { anthropic } from '../anthropic/codec.ts'
import { completions } from '../completions/codec.ts'
import { gemini } from '../gemini/codec.ts'
import type { Block, Call } from '../language.ts'
import { responses } from '../responses/codec.ts'
import { callIds } from './call-ids.ts'
import { decodeError } from './decode-error.ts'
import { answerOf, call, chunks, streamed, whole } from './test-support.ts'

const MODEL = 'mistral-small-latest'
const toMistral = (call: Call, model = MODEL) => encodeFor(call, 'openai-chat', { model, streamUsage: false, chatQuirks: mistralChat })
const HI = { role: 'user', content: 'Hi' }
const messages = (...list: object[]) => anthropic.decodeCall({ model: 'm', max_tokens: 100, messages: list }, {})

describe('a call for Mistral', () => {
  it('has the names that Mistral takes', () => {
    const sent = { contents: [{ parts: [{ text: 'Hi' }] }], generationConfig: { seed: 7, candidateCount: 2, maxOutputTokens: 9 } }
    const { body, dropped } = toMistral(gemini.decodeCall(sent, { model: 'm', stream: true }))
    expect(body).toEqual({ model: MODEL, messages: [HI], stream: true, random_seed: 7, n: 2, max_tokens: 9 })
    expect(dropped).toEqual([])
  })

  it('is without what Mistral refuses, which is named in the words of the client', () => {
    const asked = { model: 'm', input: 'Hi', safety_identifier: 'u', top_logprobs: 2, service_tier: 'flex', parallel_tool_calls: false }
    const tools = [{ type: 'function', name: 'look', strict: false }]
    const { body, dropped } = toMistral(responses.decodeCall({ ...asked, tools, tool_choice: 'required' }, {}))
    expect(body).toEqual({
      model: MODEL,
      messages: [HI],
      tools: [{ type: 'function', function: { name: 'look', strict: false, parameters: { type: 'object', properties: {} } } }],
      tool_choice: 'any',
      parallel_tool_calls: false,
    })
    expect(dropped.sort()).toEqual(['safety_identifier', 'service_tier', 'top_logprobs'])
  })

  it('is without the parameters of completions that a chat does not know', () => {
    const asked = { model: 'm', prompt: 'Hi', logprobs: 2, logit_bias: { '1': 1 }, user: 'u', seed: 3, something_new: 1 }
    const { body, dropped } = toMistral(completions.decodeCall(asked, {}))
    expect(body).toEqual({ model: MODEL, messages: [HI], random_seed: 3 })
    expect(dropped.sort()).toEqual(['logit_bias', 'logprobs', 'something_new', 'user'])
  })

  test.each([
    [MODEL, { effort: 'medium' }, 'high', []],
    [MODEL, { effort: 'none' }, 'none', []],
    [MODEL, { budgetTokens: 9000 }, 'high', ['reasoning.max_tokens']],
    ['mistral-large-latest', { effort: 'high' }, undefined, ['reasoning.effort']],
    ['magistral-medium-latest', { budgetTokens: 9000 }, undefined, ['reasoning.max_tokens']],
  ] as const)('%s is told to think: %o', (model, reasoning, effort, dropped) => {
    const found = toMistral(call({ dialect: 'openai-responses', reasoning, turns: [{ role: 'user', blocks: [] }] }), model)
    expect([found.body.reasoning_effort, found.dropped]).toEqual([effort, dropped])
  })

  it('has ids of tool calls that Mistral takes, the same for a call and its result and in every request', () => {
    const ids = ['toolu_01A09q90qw90lq917835lq9', 'abcDEF123', 'call_1', 'call_2']
    const calls = ids.map((id) => ({ type: 'tool_use', id, name: 'look', input: {} }))
    const results = ids.toReversed().map((id) => ({ type: 'tool_result', tool_use_id: id, content: id }))
    const conversation = [HI, { role: 'assistant', content: calls }, { role: 'user', content: results }]
    const found = toMistral(messages(...conversation)).body.messages as {
      tool_calls?: { id: string }[]
      tool_call_id?: string
      content: string
    }[]
    const sent = found[1]?.tool_calls?.map(({ id }) => id) ?? []
    expect(new Set(sent).size).toBe(4)
    for (const id of sent) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(sent[1]).toBe('abcDEF123')
    expect(found.slice(2).map((message) => message.tool_call_id)).toEqual(sent.toReversed())
    const later = toMistral(messages(...conversation.slice(0, 2), { role: 'user', content: results.slice(0, 3) })).body.messages
    expect(later).toMatchObject([{}, { tool_calls: sent.map((id) => ({ id })) }, {}, {}, {}])
  })

  it('lets nobody speak right after a tool but the assistant, and marks a beginning to go on from', () => {
    const asked = messages(
      HI,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'abcDEF123', name: 'look', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'abcDEF123', content: 'sunny' },
          { type: 'text', text: 'So?' },
        ],
      },
      { role: 'assistant', content: 'It is' },
    )
    expect(toMistral(asked).body.messages).toEqual([
      HI,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'abcDEF123', type: 'function', function: { name: 'look', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'abcDEF123', content: 'sunny' },
      { role: 'assistant', content: '.' },
      { role: 'user', content: 'So?' },
      { role: 'assistant', content: 'It is', prefix: true },
    ])
  })

  it('has thoughts, refusals, documents and sound in the parts of Mistral', () => {
    const pdf: Block = { type: 'file', name: 'a.pdf', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' } }
    const sound: Block = { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklGRg==' } }
    const asked = call({
      dialect: 'openai-responses',
      turns: [
        { role: 'user', blocks: [pdf, sound] },
        {
          role: 'assistant',
          blocks: [
            { type: 'reasoning', text: 'hm', origin: 'openai-chat' },
            { type: 'text', text: 'Yes' },
          ],
        },
        { role: 'user', blocks: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', blocks: [{ type: 'refusal', text: 'No' }] },
        {
          role: 'user',
          blocks: [
            { type: 'file', source: { kind: 'id', id: 'file-1' } },
            { type: 'text', text: 'Hi' },
          ],
        },
      ],
    })
    const { body, dropped } = toMistral(asked)
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'document_url', document_url: 'data:application/pdf;base64,JVBERi0=', document_name: 'a.pdf' },
          { type: 'input_audio', input_audio: 'UklGRg==' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'Yes' },
        ],
      },
      HI,
      { role: 'assistant', content: 'No' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    ])
    expect(dropped).toEqual(['file_id'])
  })
})

test('ids of any kind get short ones, each its own', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 20 }), (ids) => {
      const short = callIds(ids, 9)
      const found = ids.map(short)
      return new Set(found).size === ids.length && found.every((id) => /^[a-zA-Z0-9]{9}$/.test(id))
    }),
  )
  // A hash that another call has as its own id already.
  const taken = callIds(['call_1'], 9)('call_1')
  expect(callIds(['call_1', taken], 9)('call_1')).not.toBe(taken)
})

describe('an answer of Mistral', () => {
  const thinking = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })

  it('has its thoughts in a list of content', () => {
    const stream = chunks(
      { delta: { role: 'assistant', content: [thinking('Let me ')] } },
      { delta: { content: [thinking('see.')] } },
      { delta: { content: 'Sunny' } },
      { delta: { content: '.' }, finish_reason: 'stop' },
    )
    const blocks = [
      { type: 'reasoning', text: 'Let me see.', origin: 'openai-chat' },
      { type: 'text', text: 'Sunny.' },
    ]
    expect(answerOf(streamed(`${stream}data: [DONE]\n\n`))).toMatchObject({ choices: [{ blocks }], ended: true })
    const message = { role: 'assistant', content: [thinking('Let me see.'), { type: 'text', text: 'Sunny.' }] }
    expect(answerOf(whole({ id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] }))).toMatchObject({
      choices: [{ blocks }],
    })
  })

  it.each([
    ['model_length', 'length'],
    ['error', 'error'],
    ['tool_calls', 'tool-calls'],
  ])('ends with %s', (word, reason) => {
    expect(answerOf(streamed(chunks({ delta: { content: 'a' }, finish_reason: word }))).choices[0]?.finish).toEqual({
      reason,
      native: word,
    })
  })

  it('has no id where it says "null"', () => {
    const calls = (...list: object[]) => chunks({ delta: { tool_calls: list }, finish_reason: 'tool_calls' })
    const found = answerOf(streamed(calls({ id: 'null', function: { name: 'look', arguments: '{}' } })))
    expect(found.choices[0]?.blocks).toMatchObject([{ type: 'tool-call', id: 'call_0', name: 'look' }])
  })

  const FLAT = {
    object: 'error',
    message: "Unexpected role 'user' after role 'tool'",
    type: 'invalid_request_message_order',
    param: null,
    code: '3230',
    raw_status_code: 400,
  }
  const LIST = { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted', input: {} }] }
  it.each([
    [FLAT, { message: FLAT.message, status: 400, code: '3230' }],
    [LIST, { message: 'body.stream_options: Extra inputs are not permitted' }],
    [{ object: 'error', message: LIST, type: 'invalid_request_error' }, { message: 'body.stream_options: Extra inputs are not permitted' }],
    [{ message: 'Unauthorized', request_id: 'r' }, { message: 'Unauthorized' }],
  ])('says what is wrong, flat or as a list: %o', (body, said) => {
    expect(decodeError(422, body)).toMatchObject({ ...said, status: 422 })
    expect(answerOf(whole(body))).toMatchObject({ error: said, ended: false })
  })

  it('fails in the middle of a stream', () => {
    const stream = `${chunks({ delta: { content: 'a' } })}data: ${JSON.stringify(FLAT)}\n\ndata: [DONE]\n\n`
    expect(answerOf(streamed(stream))).toMatchObject({ error: { message: FLAT.message }, ended: false })
  })
})

describe('OpenAI and Azure', () => {
  test.each([
    ['o1', 'max_completion_tokens'],
    ['o3-mini', 'max_completion_tokens'],
    ['o4-mini', 'max_completion_tokens'],
    ['gpt-5', 'max_completion_tokens'],
    ['gpt-5.1-mini', 'max_completion_tokens'],
    ['gpt-4o', 'max_tokens'],
    ['gpt-4.1', 'max_tokens'],
  ])('%s is sent %s', (model, name) => {
    const { body } = encodeFor(messages(HI), 'openai-chat', { model, streamUsage: true, chatQuirks: openaiChat })
    expect(body).toEqual({ model, messages: [HI], [name]: 100 })
  })

  it('reads the chunks that Azure sends before and after the answer', () => {
    const filter = { hate: { filtered: false, severity: 'safe' } }
    const first = {
      choices: [],
      created: 0,
      id: '',
      model: '',
      object: '',
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: filter }],
    }
    const late = {
      choices: [{ index: 0, finish_reason: null, content_filter_offsets: { check_offset: 1 }, content_filter_results: filter }],
      id: '',
      model: '',
    }
    const usage = { choices: [], id: 'c', model: 'm', usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }
    const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`
    const stream = [
      event(first),
      chunks({ delta: { role: 'assistant', content: '' } }, { delta: { content: 'Hi' } }),
      event(late),
      chunks({ delta: {}, finish_reason: 'stop' }),
      event(late),
      event(usage),
      'data: [DONE]\n\n',
    ].join('')
    expect(answerOf(streamed(stream))).toMatchObject({
      id: 'c',
      model: 'm',
      choices: [{ blocks: [{ type: 'text', text: 'Hi' }], finish: { reason: 'stop' } }],
      usage: { usage: { input: 3, output: 2 } },
      ended: true,
    })
  })
})
