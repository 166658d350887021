import { describe, expect, test } from 'vitest'
import { factsOf } from './asked.case.ts'

const DATA = 'QUJD'.repeat(5000)
const tool = { type: 'function', function: { name: 'f', parameters: {} } }

describe('whatever the dialect', () => {
  test.each([
    [
      'chat',
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'First' },
          { role: 'assistant', content: 'Yes' },
          { role: 'user', content: [{ type: 'text', text: 'Last' }] },
        ],
        max_completion_tokens: 77,
        tools: [tool],
      },
    ],
    [
      'Responses',
      {
        instructions: 'Be brief.',
        input: [
          { role: 'user', content: 'First' },
          { role: 'assistant', content: [{ type: 'output_text', text: 'Yes' }] },
          { role: 'user', content: [{ type: 'input_text', text: 'Last' }] },
          { type: 'function_call', name: 'f', arguments: '{}' },
        ],
        max_output_tokens: 77,
        tools: [{ type: 'function', name: 'f' }],
      },
    ],
    [
      'Anthropic',
      {
        system: [{ type: 'text', text: 'Be brief.' }],
        messages: [
          { role: 'user', content: 'First' },
          { role: 'assistant', content: 'Yes' },
          { role: 'user', content: [{ type: 'text', text: 'Last' }] },
        ],
        max_tokens: 77,
        tools: [{ name: 'f', input_schema: { type: 'object', properties: { max_tokens: { type: 'integer' } } } }],
      },
    ],
    [
      'Gemini',
      {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [
          { role: 'user', parts: [{ text: 'First' }] },
          { role: 'model', parts: [{ text: 'Yes' }] },
          { role: 'user', parts: [{ text: 'Last' }] },
        ],
        generationConfig: { maxOutputTokens: 77 },
        tools: [{ functionDeclarations: [{ name: 'f' }] }],
      },
    ],
  ])('%s', (_, body) => {
    const facts = factsOf(body)
    expect([facts.conversation.system, facts.conversation.turns[0]?.text, facts.lastUserText]).toEqual(['Be brief.', 'First', 'Last'])
    expect([facts.maxTokens, facts.tools, facts.modalities]).toEqual([77, 1, ['text']])
  })

  test.each([
    ['a completion', { prompt: 'Once upon' }, 'Once upon'],
    ['an embedding', { input: ['one', 'two'] }, 'two'],
    ['a response to a bare text', { input: 'Hi' }, 'Hi'],
    ['nothing', {}, ''],
  ])('%s', (_, body, text) => expect(factsOf(body).lastUserText).toBe(text))
})

test('tokens are estimated by the length, base64 left out, and an image counts as one of usual size', () => {
  const text = factsOf('x'.repeat(4000)).inputTokens
  expect(text).toBeGreaterThan(1000)
  expect(text).toBeLessThan(1050)
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${DATA}` } }
  const seen = factsOf({ messages: [{ role: 'user', content: [image, { type: 'text', text: 'What is it?' }] }] })
  expect(seen.inputTokens).toBeGreaterThan(765)
  expect(seen.inputTokens).toBeLessThan(850)
  expect(seen.lastUserText).toBe('What is it?')
})

test('calls of one conversation begin alike, others do not', () => {
  const system = { role: 'system', content: 'Be brief.' }
  const first = { role: 'user', content: 'First' }
  const hash = (...messages: object[]) => factsOf({ messages }).prefixHash
  expect(hash(system, first)).toBe(hash(system, first, { role: 'assistant', content: 'Yes' }, { role: 'user', content: 'More' }))
  expect(hash(system, first)).not.toBe(hash(system, { role: 'user', content: 'Other' }))
  expect(hash(system, first)).not.toBe(hash(first))
  expect(factsOf({}).prefixHash).toBeUndefined()
})

test('a body that is no JSON has no facts, and is no error', () => {
  const facts = factsOf({})
  facts.asked.request.body = Buffer.from('--form--')
  expect([facts.body, facts.lastUserText, facts.tools, facts.prefixHash]).toEqual([undefined, '', 0, undefined])
})
