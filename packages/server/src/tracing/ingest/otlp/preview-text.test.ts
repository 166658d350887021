import { describe, expect, test } from 'vitest'
import { previewText } from './preview-text.ts'

const user = (content: unknown) => ({ role: 'user', content })

describe('input', () => {
  test.each([
    ['text', 'What is the weather?', 'What is the weather?'],
    [
      'the last user message',
      JSON.stringify([{ role: 'system', content: 'Be brief' }, user('first'), { role: 'assistant', content: 'a' }, user('last')]),
      'last',
    ],
    [
      'parts of the GenAI conventions',
      JSON.stringify([
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'Hello' },
            { type: 'text', content: 'you' },
          ],
        },
      ]),
      'Hello you',
    ],
    [
      'parts of OpenAI',
      JSON.stringify([
        user([
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: 'x' } },
        ]),
      ]),
      'look',
    ],
    [
      'messages of LangChain',
      JSON.stringify({
        messages: [
          { type: 'system', data: { content: 'Be brief', type: 'system' } },
          { type: 'human', data: { content: 'Where is it?', type: 'human' } },
          { type: 'ai', data: { content: 'There', type: 'ai' } },
        ],
      }),
      'Where is it?',
    ],
    [
      'messages of LangChain as it serializes them',
      JSON.stringify([[{ lc: 1, id: ['x'], kwargs: { content: 'Hi', type: 'human' } }]]),
      'Hi',
    ],
    ['a request', JSON.stringify({ model: 'm', messages: [user('hi')] }), 'hi'],
    ['a prompt', JSON.stringify({ prompt: 'go on' }), 'go on'],
    ['arguments of a tool', '{"city":"Lisbon"}', '{"city":"Lisbon"}'],
    ['JSON that is none', '{city: Lisbon}', '{city: Lisbon}'],
    ['one line', 'a\n\n  b\tc', 'a b c'],
    ['nothing', '', ''],
  ])('%s', (_name, text, expected) => {
    expect(previewText(text, 'input')).toBe(expected)
  })
})

describe('output', () => {
  test.each([
    [
      'what the assistant said',
      JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: 'Sunny' }], finish_reason: 'stop' }]),
      'Sunny',
    ],
    [
      'what it called',
      JSON.stringify([{ role: 'assistant', parts: [{ type: 'tool_call', name: 'weather', arguments: { city: 'Lisbon' } }] }]),
      'weather({"city":"Lisbon"})',
    ],
    [
      'a conversation that a graph of LangChain hands on',
      JSON.stringify({
        messages: [
          { type: 'human', data: { content: 'Where is it?', type: 'human' } },
          { type: 'ai', data: { content: 'On its way', type: 'ai' } },
        ],
      }),
      'On its way',
    ],
    [
      'what a call of LangChain generated',
      JSON.stringify({ generations: [[{ text: 'Yes', message: { lc: 1, kwargs: { content: 'Yes', type: 'ai' } } }]], llm_output: null }),
      'Yes',
    ],
    ['what a crew of CrewAI came to', '{"raw":"All is well","pydantic":null,"tasks_output":[{"raw":"x"}]}', 'All is well'],
    ['choices', JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'Yes' } }] }), 'Yes'],
    [
      'calls of OpenAI',
      JSON.stringify([{ role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }]),
      'f({})',
    ],
  ])('%s', (_name, text, expected) => {
    expect(previewText(text, 'output')).toBe(expected)
  })
})

test('200 characters, none of them cut in half', () => {
  expect(previewText('x'.repeat(500), 'input')).toBe('x'.repeat(200))
  const rockets = previewText('🚀'.repeat(500), 'input')
  expect([...rockets]).toHaveLength(200)
  expect(rockets.isWellFormed()).toBe(true)
})

test('JSON that is too long to parse is searched', () => {
  const messages = JSON.stringify([user('x'.repeat(100_000)), user('the "last" one')])
  expect(previewText(messages, 'input')).toBe('the "last" one')
  expect(previewText(`[{"role":"assistant","content":"${'y'.repeat(100_000)}"}]`, 'output')).toBe('y'.repeat(200))
})

test('nesting without end is no reason to fail', () => {
  expect(previewText(`${'['.repeat(5000)}${']'.repeat(5000)}`, 'input')).toHaveLength(200)
})
