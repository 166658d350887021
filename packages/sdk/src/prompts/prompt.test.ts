import { PromptContent, type PromptContentInput } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { toPrompt } from './prompt.ts'

const prompt = (content: PromptContentInput) =>
  toPrompt({
    name: 'support/refund',
    label: 'production',
    version: 7,
    source: 'server',
    kept: { hash: 'h', content: PromptContent.parse(content) },
  })

test('a text prompt is a text, and one message for those who want messages', async () => {
  const { compile, ...rest } = await prompt({
    type: 'text',
    engine: 'jinja',
    text: 'Hi {{ name|upper }}',
    model: { route: 'fast', parameters: { temperature: 0.2 } },
  })
  expect(rest).toMatchObject({
    name: 'support/refund',
    version: 7,
    hash: 'h',
    model: 'fast',
    parameters: { temperature: 0.2 },
    tools: [],
    output: null,
  })
  expect(compile({ name: 'ada' })).toEqual({ text: 'Hi ADA', messages: [{ role: 'user', content: 'Hi ADA' }] })
})

test('a chat prompt is its messages', async () => {
  const { compile } = await prompt({
    type: 'chat',
    messages: [
      { role: 'system', content: 'Be {{tone}}.' },
      { type: 'placeholder', name: 'history' },
    ],
  })
  expect(compile({ tone: 'calm', history: [{ role: 'user', content: 'Hi' }] })).toEqual({
    text: 'Be calm.\n\nHi',
    messages: [
      { role: 'system', content: 'Be calm.' },
      { role: 'user', content: 'Hi' },
    ],
  })
})

test('a variable that is missing is an error that names it and the prompt, unless that is not wanted', async () => {
  const { compile } = await prompt({ type: 'text', text: 'Hi {{name}}' })
  expect(() => compile()).toThrow(/support\/refund \(version 7\): .*name/)
  expect(compile({}, { strict: false }).text).toBe('Hi ')
})
