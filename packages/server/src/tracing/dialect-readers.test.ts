import { expect, test } from 'vitest'
import { dialectReaders } from './dialect-readers.ts'

const sse = (events: object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')

test('a Messages stream becomes its message: text, thinking with its signature, the input of a tool, the last usage', () => {
  const { fold, said } = dialectReaders.anthropic
  const message = fold(
    sse([
      { type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 9, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 's' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hel' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'lo' } },
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 't', name: 'look', input: {} } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a":' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '1}' } },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 7 } },
      { type: 'message_stop' },
    ]),
  )
  expect(message).toEqual({
    id: 'm',
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 's' },
      { type: 'text', text: 'Hello' },
      { type: 'tool_use', id: 't', name: 'look', input: { a: 1 } },
    ],
    usage: { input_tokens: 9, output_tokens: 7 },
    stop_reason: 'tool_use',
  })
  expect(said(message)).toBe('Hello')
})

test('a Responses stream becomes its last response, or what had come until it broke off', () => {
  const { fold, said, asked } = dialectReaders['openai-responses']
  const begun = [
    { type: 'response.created', response: { id: 'r', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { type: 'message', role: 'assistant', content: [] } },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hel' },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'lo' },
  ]
  expect(said(fold(sse(begun)))).toBe('Hello')
  const whole = { id: 'r', output: [{ type: 'function_call', name: 'look', arguments: '{}' }] }
  expect(fold(sse([...begun, { type: 'response.completed', response: whole }]))).toEqual(whole)
  expect(said(whole)).toBe('look()')
  expect(asked({ input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }, { type: 'reasoning' }] })).toBe('Hi')
})

test('a Gemini stream becomes one response, also where it came as a list', () => {
  const { fold, said, asked } = dialectReaders.gemini
  const part = (text: string, more = {}) => ({ candidates: [{ content: { role: 'model', parts: [{ text, ...more }] }, index: 0 }] })
  const chunks = [
    part('Hm', { thought: true }),
    part('Hel'),
    { ...part('lo'), usageMetadata: { promptTokenCount: 3 } },
    { candidates: [{ content: { parts: [{ functionCall: { name: 'look', args: {} } }] }, finishReason: 'STOP', index: 0 }] },
  ]
  expect(fold(sse(chunks))).toMatchObject({
    candidates: [
      {
        content: { role: 'model', parts: [{ text: 'Hm', thought: true }, { text: 'Hello' }, { functionCall: { name: 'look' } }] },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: { promptTokenCount: 3 },
  })
  expect([said(fold(sse(chunks))), said(chunks)]).toEqual(['Hello', 'Hello'])
  expect(
    asked({
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'x' }] },
      ],
    }),
  ).toBe('Hi')
})

test("a stream of Cohere's becomes its body: thoughts, text, plan, tools, citations, usage; one that failed says so", () => {
  const { fold, said, asked } = dialectReaders.cohere
  const say = (type: string, index: number, message?: object) => ({ type, index, ...(message && { delta: { message } }) })
  const begun = [
    {
      type: 'message-start',
      id: 'c',
      delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
    },
    say('content-start', 0, { content: { type: 'thinking', thinking: '' } }),
    say('content-delta', 0, { content: { thinking: 'Hm' } }),
    say('content-end', 0),
    say('content-start', 1, { content: { type: 'text', text: '' } }),
    say('content-delta', 1, { content: { text: 'Hel' } }),
    say('content-delta', 1, { content: { text: 'lo' } }),
    say('citation-start', 0, { citations: { start: 0, end: 1 } }),
    say('tool-plan-delta', 0, { tool_plan: 'I will ' }),
    say('tool-plan-delta', 0, { tool_plan: 'look.' }),
    say('tool-call-start', 0, { tool_calls: { id: 't', type: 'function', function: { name: 'look', arguments: '' } } }),
    say('tool-call-delta', 0, { tool_calls: { function: { arguments: '{"a":' } } }),
    say('tool-call-delta', 0, { tool_calls: { function: { arguments: '1}' } } }),
  ]
  const whole = {
    id: 'c',
    message: {
      role: 'assistant',
      tool_plan: 'I will look.',
      content: [
        { type: 'thinking', thinking: 'Hm' },
        { type: 'text', text: 'Hello' },
      ],
      tool_calls: [{ id: 't', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
      citations: [{ start: 0, end: 1 }],
    },
  }
  const end = { finish_reason: 'TOOL_CALL', usage: { billed_units: { input_tokens: 3 } } }
  expect(fold(`${sse([...begun, { type: 'message-end', delta: end }])}data: [DONE]\n\n`)).toEqual({ ...whole, ...end })
  expect(fold(sse(begun))).toEqual(whole)
  const failed = { error: 'It broke.', finish_reason: 'ERROR' }
  expect(fold(sse([...begun, { type: 'message-end', delta: failed }]))).toEqual({ ...whole, ...failed })
  expect([said(whole), said({ message: { tool_calls: whole.message.tool_calls } })]).toEqual(['Hello', 'look()'])
  expect(
    asked({
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'tool', content: 'x' },
      ],
    }),
  ).toBe('Hi')
})

test('an older completion has its text in the choice', () => {
  const { fold, said, asked } = dialectReaders['openai-completions']
  const chunk = (text: string) => ({ object: 'text_completion', model: 'm', choices: [{ index: 0, text, finish_reason: null }] })
  const answer = fold(`${sse([chunk('Hel'), chunk('lo')])}data: [DONE]\n\n`)
  expect(answer).toEqual({ object: 'text_completion', model: 'm', choices: [{ index: 0, text: 'Hello', finish_reason: null }] })
  expect([said(answer), asked({ prompt: ['a', 'b'] })]).toEqual(['Hello', 'a\nb'])
})

test.each(Object.entries(dialectReaders))('%s: what is no answer is no text, and nothing throws', (_, { fold, said, asked }) => {
  for (const body of [
    '',
    'data: [1]\n\n',
    'data: {"type":"content_block_delta"}\n\n',
    'data: {"choices":{},"candidates":[1]}\n\n',
    '<html>',
  ])
    expect(said(fold(body))).toBe('')
  for (const body of [undefined, null, 7, [], {}, { input: 1, contents: {}, messages: 'x', output: [1], candidates: [{}] }])
    expect([said(body), asked(body)]).toEqual(['', ''])
})
