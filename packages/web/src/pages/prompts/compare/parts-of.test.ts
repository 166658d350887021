import { PromptContent, type PromptContentInput } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { partsOf } from './parts-of.ts'

const parse = (content: PromptContentInput) => PromptContent.parse(content)
const chat = (...messages: NonNullable<PromptContentInput['messages']>) => parse({ type: 'chat', messages })
const seen = (before: PromptContent, after: PromptContent) =>
  partsOf(before, after)
    .filter((part) => part.before !== part.after)
    .map((part) => `${part.title}: ${part.before} | ${part.after}`)

describe('two versions part by part', () => {
  const system = { role: 'system', content: 'Be kind' }
  const user = { role: 'user', content: '{{question}}' }

  it('pairs messages that were changed', () => {
    expect(seen(chat(system, user), chat({ role: 'system', content: 'Be strict' }, user))).toEqual(['Message: system: Be kind | Be strict'])
  })
  it('does not shift what follows a message that came or went', () => {
    expect(seen(chat(system, user), chat(system, { type: 'placeholder', name: 'history' }, user))).toEqual([
      'Messages of the caller: null | history',
    ])
    expect(seen(chat(system, user), chat(user))).toEqual(['Message: system: Be kind | null'])
  })
  it('shows parameters, tools, schemas and variants apart', () => {
    const before = parse({ type: 'text', text: 'a', model: { route: 'x', parameters: { temperature: 0 } } })
    const after = parse({
      type: 'text',
      text: 'a',
      model: { route: 'x', parameters: { temperature: 1 } },
      tools: [{ name: 't' }],
      variants: [{ name: 'claude', text: 'b' }],
    })
    expect(partsOf(before, after).map(({ title }) => title)).toEqual([
      'Text',
      'Template language',
      'Model',
      'Parameters',
      'Tools',
      'Variant claude',
    ])
    expect(seen(before, after).map((line) => line.split(':')[0])).toEqual(['Parameters', 'Tools', 'Variant claude'])
  })
  it('has no part that neither has', () => {
    expect(partsOf(chat(user), chat(user)).map(({ title }) => title)).toEqual(['Message: user', 'Template language'])
  })
})
