import { PromptContent } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { contentOfCall } from './from-span.ts'
import { messagesOf } from './render-content.ts'

const call = (input: unknown) => ({ input: input as never, model: 'gpt-4o', provider: 'openai', requestModel: 'support' })
const read = (input: unknown) => PromptContent.parse(contentOfCall(call(input)))

test('a call of OpenAI with parameters and tools', () => {
  const weather = { name: 'weather', description: 'Of a city', parameters: { type: 'object' } }
  const content = read({
    model: 'gpt-4o',
    temperature: 0.2,
    max_completion_tokens: 50,
    stop: null,
    tools: [{ type: 'function', function: weather }],
    messages: [
      { role: 'system', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
      { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'sunny' },
    ],
  })
  expect(content).toEqual({
    type: 'chat',
    engine: 'mustache',
    messages: [
      { role: 'system', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image', url: 'data:image/png;base64,AAAA' },
        ],
      },
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'weather', arguments: '{"city":"Rome"}' }] },
      { role: 'tool', content: 'sunny', toolCallId: 'a' },
    ],
    tools: [weather],
    model: { route: 'support', parameters: { temperature: 0.2, maxTokens: 50 } },
  })
})

test('a call of Anthropic, whose results stand in a message of the user', () => {
  const content = read({
    max_tokens: 100,
    system: 'Be short.',
    tools: [{ name: 'weather', input_schema: { type: 'object' } }],
    messages: [
      { role: 'user', content: 'Rome?' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me look.' },
          { type: 'tool_use', id: 'a', name: 'weather', input: { city: 'Rome' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'sunny' },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
  })
  expect(content.messages).toEqual([
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'Rome?' },
    { role: 'assistant', content: 'Let me look.', toolCalls: [{ id: 'a', name: 'weather', arguments: '{"city":"Rome"}' }] },
    { role: 'tool', content: 'sunny', toolCallId: 'a' },
    { role: 'user', content: 'And?' },
  ])
  expect(content).toMatchObject({ tools: [{ name: 'weather', parameters: { type: 'object' } }], model: { parameters: { maxTokens: 100 } } })
})

test('what was said is no template, whatever stands in it', async () => {
  const said = 'Write {{name}} and {% if x %} and {# this #}, then {"a":1} and {% endraw %} and {%- endraw -%}.'
  expect(await messagesOf(read({ messages: [{ role: 'user', content: said }] }), {})).toEqual([{ role: 'user', content: said }])
})

test('what cannot be read is none', () => {
  expect(contentOfCall(call(null))).toBeNull()
  expect(contentOfCall(call({ anything: 1 }))).toBeNull()
})
