import { PromptContent } from '@signalbox/schema'
import { expect, it } from 'vitest'
import { renderContent } from './render-content.ts'

const typed = PromptContent.parse({
  type: 'text',
  text: '{{tone}} {{count}}',
  input: {
    schema: {
      type: 'object',
      properties: { tone: { type: 'string', enum: ['warm', 'dry'], default: 'dry' }, count: { type: ['integer', 'null'] }, other: {} },
      required: ['count', 'other'],
    },
  },
})
const render = (given: Record<string, unknown>, strict = true) => renderContent(typed, given, { strict }).text

it('gives defaults', () => expect(render({ count: 1, other: 1 })).toBe('dry 1'))
it('wants what it requires, where that is strict', () => {
  expect(() => render({ count: 1 })).toThrow('The variable "other" is missing: the prompt requires it.')
  expect(render({ count: 1 }, false)).toBe('dry 1')
})
it('wants its types', () => expect(() => render({ count: 'one', other: 1 })).toThrow('"count" must be of the type integer or null'))
it('wants its values', () => expect(() => render({ count: 1, other: 1, tone: 'loud' })).toThrow('"tone" must be one of "warm", "dry"'))

it('has one limit for all texts of a prompt together', () => {
  const many = PromptContent.parse({ type: 'chat', messages: Array.from({ length: 20 }, () => ({ role: 'user', content: '{{long}}' })) })
  expect(() => renderContent(many, { long: 'x'.repeat(1000) }, { limits: { output: 10_000 } })).toThrow('writes more than 10000')
})
