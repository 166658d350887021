import { PromptContent, type PromptContentInput } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { EMPTY, isChanged, readDraft, toDraft } from './draft.ts'

const parse = (content: PromptContentInput) => PromptContent.parse(content)
const FULL = parse({
  type: 'chat',
  engine: 'liquid',
  messages: [
    { role: 'system', content: 'You help {{ customer.name }}. {{> support/tone@production}}' },
    { type: 'placeholder', name: 'history', optional: true },
    {
      role: 'user',
      content: [
        { type: 'text', text: '{{ question }}' },
        { type: 'image', url: '{{ picture }}' },
      ],
      name: 'caller',
    },
    { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'refund', arguments: '{}' }] },
  ],
  input: { schema: { type: 'object', properties: { question: { type: 'string' } } } },
  examples: [{ input: '1', output: '2' }],
  variants: [
    { name: 'claude', provider: 'anthropic', model: 'claude-*', messages: [{ role: 'user', content: 'x' }], parameters: { top: 1 } },
  ],
  model: { route: 'support', parameters: { temperature: 0.2 } },
  tools: [{ name: 'refund', description: 'Pays back', parameters: { type: 'object' } }],
  toolChoice: 'auto',
  output: { name: 'answer', schema: { type: 'object' }, strict: false },
  tests: { dataset: 'golden', evaluators: ['equals'], gate: { equals: '>= 0.9' } },
  config: { kept: true },
  manifest: { lc: 1 },
})

describe('a version while it is written', () => {
  it.each([
    ['everything there is', FULL],
    ['a text and no more', parse({ type: 'text', text: 'Hi {{name}}' })],
    ['examples of a dataset', parse({ type: 'text', text: '', examples: { dataset: 'golden', k: 2 } })],
    ['a new prompt', EMPTY],
    ['empty boxes that somebody meant', parse({ type: 'text', text: '', tools: [], model: { parameters: {} } })],
  ])('is what it was when nothing is changed: %s', (_, content) => {
    expect(readDraft(toDraft(content)).content).toEqual(content)
    expect(isChanged(toDraft(content), content)).toBe(false)
  })

  it('is changed by a letter, and by what cannot be read yet', () => {
    const draft = toDraft(FULL)
    expect(isChanged({ ...draft, route: 'other' }, FULL)).toBe(true)
    expect(isChanged({ ...draft, tools: '[' }, FULL)).toBe(true)
  })

  it('is not changed by how JSON is written', () => {
    expect(isChanged({ ...toDraft(FULL), parameters: '{"temperature":0.2}' }, FULL)).toBe(false)
  })

  it('says at its box what is wrong', () => {
    const draft = toDraft(FULL)
    expect(readDraft({ ...draft, tools: '[{' }).problems?.tools).toMatch(/no JSON/)
    expect(readDraft({ ...draft, tools: '[{"description":"x"}]' }).problems?.tools).toMatch(/0\.name/)
    expect(readDraft({ ...draft, schema: '[]' }).problems?.schema).toBeDefined()
    const wrong = { ...draft, messages: draft.messages.map((one) => ({ ...one, message: { role: '', content: 'x' } })) }
    expect(Object.keys(readDraft(wrong).problems ?? {})).toContain('messages.0.role')
  })
})
