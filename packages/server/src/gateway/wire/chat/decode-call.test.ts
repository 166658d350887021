import type { AppError } from '@signalbox/schema'
import { expect, test } from 'vitest'
import type { Call } from '../language.ts'
import type { Json } from './check.ts'
import { chat } from './codec.ts'
import { fixture } from './test-support.ts'

const decode = (more: Json, address = {}): Call => chat.decodeCall({ model: 'm', messages: [], ...more }, address)
const messages = (...list: unknown[]): Call => decode({ messages: list })

test('a call with everything reads as recorded', () => {
  expect(chat.decodeCall(JSON.parse(fixture('call.json')) as Json, {})).toMatchSnapshot()
})

test('what is null was not sent', () => {
  const names = ['tools', 'tool_choice', 'stop', 'n', 'logprobs', 'top_logprobs', 'response_format', 'reasoning_effort', 'user', 'metadata']
  const others = [
    'stream',
    'stream_options',
    'max_tokens',
    'max_completion_tokens',
    'temperature',
    'seed',
    'functions',
    'function_call',
    'reasoning',
  ]
  const body = Object.fromEntries([...names, ...others].map((name) => [name, null]))
  expect(decode(body)).toEqual({
    dialect: 'openai-chat',
    model: 'm',
    stream: false,
    system: [],
    turns: [],
    tools: [],
    serverTools: [],
    extras: {},
  })
})

test('a model and a stream that the address names count', () => {
  expect(decode({ model: 'a', stream: false }, { model: 'b', stream: true })).toMatchObject({ model: 'b', stream: true })
})

test('legacy functions become tools, their messages calls and results', () => {
  const call = decode({
    functions: [{ name: 'f', description: 'd', parameters: { type: 'object' } }],
    function_call: { name: 'f' },
    messages: [
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'one' },
    ],
  })
  expect(call).toMatchObject({
    tools: [{ name: 'f', description: 'd', parameters: { type: 'object' } }],
    toolChoice: { type: 'tool', name: 'f' },
    turns: [
      { role: 'assistant', blocks: [{ type: 'tool-call', id: 'function_0', name: 'f', arguments: '{}' }] },
      { role: 'user', blocks: [{ type: 'tool-result', callId: 'function_0', name: 'f', blocks: [{ type: 'text', text: 'one' }] }] },
    ],
    notes: { legacyFunctions: true },
  })
})

test('a result has the name of its tool', () => {
  const { turns } = messages(
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'a', content: '1' },
  )
  expect(turns[1]?.blocks[0]).toMatchObject({ name: 'f' })
})

test.each<[string, Json, object]>([
  ['effort', { reasoning_effort: 'high' }, { reasoning: { effort: 'high' }, extras: {} }],
  ['an effort that is new', { reasoning_effort: 'max' }, { extras: { reasoning_effort: 'max' } }],
  ["OpenRouter's object", { reasoning: { effort: 'low' } }, { reasoning: { effort: 'low' }, extras: {} }],
  ["OpenRouter's budget", { reasoning: { max_tokens: 2000 } }, { reasoning: { budgetTokens: 2000 }, extras: {} }],
  [
    'more than effort',
    { reasoning: { effort: 'low', exclude: true } },
    { reasoning: { effort: 'low' }, extras: { reasoning: { effort: 'low', exclude: true } } },
  ],
  ["LiteLLM's thinking", { thinking: { type: 'enabled', budget_tokens: 2000 } }, { reasoning: { budgetTokens: 2000 }, extras: {} }],
  ['switched on', { reasoning: { enabled: true } }, { reasoning: { effort: 'medium' }, extras: {} }],
  ['switched off', { reasoning: { enabled: false } }, { reasoning: { effort: 'none' }, extras: {} }],
  ["DeepSeek's thinking", { thinking: { type: 'disabled' } }, { extras: { thinking: { type: 'disabled' } } }],
])('reasoning: %s', (_, body, expected) => {
  expect(decode(body)).toMatchObject(expected)
})

test.each<[string, Json, object]>([
  ['one stop sequence', { stop: 'a' }, { stop: ['a'] }],
  ['the older limit', { max_tokens: 5 }, { maxTokens: 5 }],
  ['log probabilities alone', { logprobs: true }, { logprobs: 0 }],
  ['JSON', { response_format: { type: 'json_object' } }, { format: { type: 'json' } }],
  ['a grammar', { response_format: { type: 'grammar', grammar: 'g' } }, { extras: { response_format: { type: 'grammar', grammar: 'g' } } }],
  [
    'allowed tools',
    { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [] } } },
    { toolChoice: { type: 'required' } },
  ],
  ['nested metadata', { metadata: { a: { b: 1 } } }, { extras: { metadata: { a: { b: 1 } } } }],
  ['a name that is dangerous', JSON.parse('{"__proto__":{"a":1}}') as Json, { extras: JSON.parse('{"__proto__":{"a":1}}') }],
])('parameters: %s', (_, body, expected) => {
  expect(decode(body)).toMatchObject(expected)
})

test.each<[unknown[], string]>([
  [[{ role: 'user', content: 7 }], 'messages[0].content'],
  [[{ role: 'user', content: [7] }], 'messages[0].content[0]'],
  [[{ role: 'user', content: [{ text: 'a' }] }], 'messages[0].content[0].type'],
  [[{ role: 'user', content: [{ type: 'text' }] }], 'messages[0].content[0].text'],
  [[{ role: 'user', content: [{ type: 'image_url' }] }], 'messages[0].content[0].image_url'],
  [[{ role: 'user', content: [{ type: 'image_url', image_url: { url: 7 } }] }], 'messages[0].content[0].image_url.url'],
  [[{ role: 'user', content: [{ type: 'file', file: {} }] }], 'messages[0].content[0].file'],
  [[{ role: 'system', content: [{ type: 'image_url', image_url: 'a' }] }], 'messages[0].content[0].type'],
  [[{ role: 'robot', content: 'a' }], 'messages[0].role'],
  [['a'], 'messages[0]'],
  [[{ role: 'tool', content: 'a' }], 'messages[0].tool_call_id'],
  [[{ role: 'function', name: 'f', content: 'a' }], 'messages[0].name'],
  [[{ role: 'assistant', tool_calls: [{ id: 'a' }] }], 'messages[0].tool_calls[0].function'],
  [[{ role: 'assistant', tool_calls: [{ function: { name: 'f' } }] }], 'messages[0].tool_calls[0].id'],
  [[{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }], 'messages[0].tool_calls[0].function.name'],
])('refuses messages %j at %s', (list, param) => {
  expect(() => messages(...list)).toThrow(expect.objectContaining({ code: 'invalid-request', data: { param } }) as AppError)
})

test.each<[Json, string]>([
  [{ model: '' }, 'model'],
  [{ messages: undefined }, 'messages'],
  [{ messages: 'hi' }, 'messages'],
  [{ stream: 'yes' }, 'stream'],
  [{ stream_options: [] }, 'stream_options'],
  [{ temperature: 'warm' }, 'temperature'],
  [{ max_tokens: 1.5 }, 'max_tokens'],
  [{ stop: [1] }, 'stop'],
  [{ n: 0 }, 'n'],
  [{ top_logprobs: 2 }, 'top_logprobs'],
  [{ tools: {} }, 'tools'],
  [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
  [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
  [{ tool_choice: 'maybe' }, 'tool_choice'],
  [{ tool_choice: { type: 'function' } }, 'tool_choice'],
  [{ response_format: 'json' }, 'response_format'],
  [{ metadata: 'a' }, 'metadata'],
])('refuses %j', (body, param) => {
  expect(() => decode(body)).toThrow(expect.objectContaining({ code: 'invalid-request', data: { param } }) as AppError)
})

test('`prefix: false`, as it is in every answer that the client of Mistral sends back, is nothing that gets lost', () => {
  const blocksOf = (prefix: boolean) => messages({ role: 'assistant', content: 'a', prefix }).turns[0]?.blocks.map(({ type }) => type)
  expect(blocksOf(false)).toEqual(['text'])
  expect(blocksOf(true)?.toSorted()).toEqual(['opaque', 'text'])
})
