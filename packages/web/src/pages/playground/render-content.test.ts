import { PromptContent, type PromptContentInput } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { messagesOf, needsServer, typedValues, variablesOf } from './render-content.ts'

const content = (given: Partial<PromptContentInput>): PromptContent => PromptContent.parse({ type: 'chat', messages: [], ...given })
const chat = (...messages: NonNullable<PromptContentInput['messages']>) => content({ messages })

describe('what is sent', () => {
  test('are messages of chat completions, with variables and pictures in them', async () => {
    const url = 'data:image/png;base64,{{AAAA}}'
    const given = chat(
      { role: 'system', content: 'You know {{city}}.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '{{question}}' },
          { type: 'image', url },
        ],
      },
    )
    expect(await messagesOf(given, { city: 'Rome', question: '<Why>?' })).toEqual([
      { role: 'system', content: 'You know Rome.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '<Why>?' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ])
  })

  test('a text prompt is what the user says', async () => {
    expect(await messagesOf(content({ type: 'text', text: 'Hi {{name}}', messages: undefined }), { name: 'Ann' })).toEqual([
      { role: 'user', content: 'Hi Ann' },
    ])
  })

  test('messages of a variable stay in the words that they came in', async () => {
    const given = chat({ type: 'placeholder', name: 'history' }, { role: 'user', content: 'And now?' })
    const call = { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] }
    const history = JSON.stringify([call, { role: 'tool', tool_call_id: 'a', content: '1' }])
    expect(await messagesOf(given, typedValues({ history }))).toEqual([
      call,
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'user', content: 'And now?' },
    ])
    await expect(messagesOf(given, typedValues({ history: 'Hi' }))).rejects.toThrow('list of messages')
    expect(await messagesOf(chat({ type: 'placeholder', name: 'history', optional: true }), typedValues({ history: '' }))).toEqual([])
  })

  test.each(['mustache', 'liquid', 'jinja'] as const)('%s says which variable is missing, also where it was left empty', async (engine) => {
    const given = content({ engine, messages: [{ role: 'user', content: 'Hi {{ name }}' }] })
    expect(await messagesOf(given, { name: 'Ann' })).toEqual([{ role: 'user', content: 'Hi Ann' }])
    await expect(messagesOf(given, typedValues({ name: '' }))).rejects.toThrow('name')
  })
})

test('the variables of all templates, each once', () => {
  const given = content({
    messages: [
      { role: 'system', content: 'In {{language}}. {{#tone}}Be {{tone}}.{{/tone}}' },
      { type: 'placeholder', name: 'history' },
      { role: 'user', content: '{{question}} ({{language}})' },
    ],
    examples: [{ input: '{{first}}', output: 'x' }],
  })
  expect(variablesOf(given).map(({ name, isMessages }) => [name, isMessages])).toEqual([
    ['language', false],
    ['tone', false],
    ['question', false],
    ['first', false],
    ['history', true],
  ])
  expect(variablesOf(chat({ role: 'user', content: '{{#open}}' }))).toEqual([])
})

test('what only the server can put in', () => {
  expect(needsServer(chat({ role: 'system', content: 'Be kind' }))).toBe(false)
  expect(needsServer(chat({ role: 'system', content: '{{> support/tone@production}}' }))).toBe(true)
  expect(needsServer(content({ variants: [{ name: 'c', provider: 'anthropic', messages: [] }] }))).toBe(true)
  expect(needsServer(content({ examples: { dataset: 'golden' } }))).toBe(true)
  expect(needsServer(content({ examples: [{ input: 'a', output: 'b' }] }))).toBe(false)
})
