import { PromptContent, type PromptContentInput } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { loadEngine } from './engines.ts'
import { type RenderContentOptions, renderContent } from './render-content.ts'

const render = (content: PromptContentInput, variables: Record<string, unknown> = {}, options?: RenderContentOptions) =>
  renderContent(PromptContent.parse(content), variables, options)

test('a text', () => {
  expect(render({ type: 'text', text: 'Hi {{name}}' }, { name: 'Ada' })).toEqual({ text: 'Hi Ada' })
})

describe('messages', () => {
  const chat: PromptContentInput = {
    type: 'chat',
    messages: [
      { role: 'system', content: 'You help {{name}}.' },
      { type: 'placeholder', name: 'history' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '{{question}}' },
          { type: 'image', url: '{{photo}}' },
          { type: 'image', url: 'data:image/png;base64,{{' },
        ],
      },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'find', arguments: '{"q":"{{question}}"}' }] },
    ],
    examples: [{ input: 'a {{name}}', output: 'b' }],
  }
  const variables = {
    name: 'Ada',
    question: 'Why?',
    photo: 'https://x/y.png',
    history: [
      { role: 'user', content: 'before {{name}}' },
      { role: 'assistant', content: 'so' },
    ],
  }

  test('are rendered; those of the caller stand as they are; examples come before the last question', () => {
    expect(render(chat, variables)).toEqual({
      messages: [
        { role: 'system', content: 'You help Ada.' },
        ...variables.history,
        { role: 'user', content: 'a Ada' },
        { role: 'assistant', content: 'b' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Why?' },
            { type: 'image', url: 'https://x/y.png' },
            { type: 'image', url: 'data:image/png;base64,{{' },
          ],
        },
        { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'find', arguments: '{"q":"Why?"}' }] },
      ],
    })
  })

  test('a placeholder without messages: an error that names it where that is asked for', () => {
    const { history: _, ...without } = variables
    expect(() => render(chat, without, { strict: true })).toThrow('The messages "history" are missing.')
    expect(render(chat, without).messages).toHaveLength(5)
    expect(() => render(chat, { ...variables, history: 'text' })).toThrow('"history" must be a list')
    expect(() => render(chat, { ...variables, history: [{ content: 'x' }] })).toThrow('Entry 0 of "history"')
    const optional: PromptContentInput = { type: 'chat', messages: [{ type: 'placeholder', name: 'history', optional: true }] }
    expect(render(optional, {}, { strict: true })).toEqual({ messages: [] })
  })
})

test('a variant: by model before by provider, the usual text for everybody else', () => {
  const content: PromptContentInput = {
    type: 'text',
    text: 'usual',
    variants: [
      { name: 'anthropic', provider: 'anthropic', text: 'for anthropic' },
      { name: 'haiku', provider: 'anthropic', model: 'claude-haiku-*', text: 'for haiku' },
      { name: 'nobody', text: 'never' },
    ],
  }
  const of = (target: RenderContentOptions['target']) => render(content, {}, target ? { target } : {}).text
  expect([
    of({ provider: 'anthropic', model: 'claude-haiku-4-5' }),
    of({ provider: 'anthropic', model: 'claude-opus' }),
    of({ provider: 'openai', model: 'gpt-4o' }),
    of(undefined),
  ]).toEqual(['for haiku', 'for anthropic', 'usual', 'usual'])
})

test('another engine, and examples that are elsewhere', async () => {
  await loadEngine('liquid')
  expect(render({ type: 'text', engine: 'liquid', text: '{% if a %}{{ a }}{% endif %}' }, { a: 1 })).toEqual({ text: '1' })
  const content: PromptContentInput = { type: 'chat', messages: [{ role: 'user', content: 'q' }], examples: { dataset: 'golden' } }
  expect(() => render(content)).toThrow('no such dataset')
  const picked = [
    { input: 'About {{a}}?', output: '{"braces": "as they are"}' },
    { input: 'q', output: 'nearest' },
  ]
  expect(render({ ...content, examples: { dataset: 'golden', picked } }).messages).toEqual([
    { role: 'user', content: 'About {{a}}?' },
    { role: 'assistant', content: '{"braces": "as they are"}' },
    { role: 'user', content: 'q' },
    { role: 'assistant', content: 'nearest' },
    { role: 'user', content: 'q' },
  ])
})
