import { expect, test } from 'vitest'
import { chatRequest, toChatMessage } from './chat-request.ts'

const ASK = [{ role: 'user', content: 'Hello' }]

test('tools, a choice among them and a schema are sent as the API has them', () => {
  const weather = { name: 'weather', description: 'Of a city', parameters: { type: 'object', properties: { city: { type: 'string' } } } }
  const output = { schema: { type: 'object' }, strict: true }
  expect(
    chatRequest({ model: { route: 'support' }, tools: [weather, { name: 'time' }], toolChoice: 'weather', output }, ASK),
  ).toMatchObject({
    model: 'support',
    messages: ASK,
    tools: [
      { type: 'function', function: weather },
      { type: 'function', function: { name: 'time', parameters: { type: 'object', properties: {} } } },
    ],
    tool_choice: { type: 'function', function: { name: 'weather' } },
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' }, strict: true } },
  })
  expect(chatRequest({ tools: [weather], toolChoice: 'required' }, ASK)).toMatchObject({ tool_choice: 'required' })
})

test('no tools means no choice among them, and nothing that was not set', () => {
  expect(chatRequest({ tools: [], toolChoice: 'auto' }, ASK)).toEqual({
    model: '',
    messages: ASK,
    stream: true,
    stream_options: { include_usage: true },
  })
})

test('parameters are spelt as the API spells them', () => {
  const parameters = { maxTokens: 5, topP: 0.5, reasoningEffort: 'low', stop: ['.'], seed: 7, frequency_penalty: 1 }
  expect(chatRequest({ model: { parameters } }, ASK)).toMatchObject({
    max_tokens: 5,
    top_p: 0.5,
    reasoning_effort: 'low',
    stop: ['.'],
    seed: 7,
    frequency_penalty: 1,
  })
})

test('messages with pictures, calls and results', () => {
  const url = 'data:image/png;base64,AAAA'
  expect(
    toChatMessage({
      role: 'user',
      content: [
        { type: 'text', text: 'What?' },
        { type: 'image', url },
      ],
    }),
  ).toEqual({
    role: 'user',
    content: [
      { type: 'text', text: 'What?' },
      { type: 'image_url', image_url: { url } },
    ],
  })
  expect(toChatMessage({ role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'f', arguments: '{}' }] })).toMatchObject({
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
  })
  expect(toChatMessage({ role: 'tool', content: 'x', toolCallId: 'a' })).toEqual({ role: 'tool', content: 'x', tool_call_id: 'a' })
})
