import { PromptContent, type PromptContentInput } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { toDraft } from './draft.ts'
import { readTemplates } from './read-templates.ts'

const read = (content: PromptContentInput) => readTemplates(toDraft(PromptContent.parse(content)))

describe('the templates of a draft', () => {
  it('tell what they read, wherever it stands', () => {
    const { used, problems } = read({
      type: 'chat',
      messages: [
        { role: 'system', content: '{{> tone@production}} For {{customer.name}}' },
        { role: 'user', content: [{ type: 'image', url: '{{picture}}' }] },
        { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'b', arguments: '{"id": "{{order}}"}' }] },
      ],
      examples: [{ input: '{{sample}}', output: '' }],
      variants: [{ name: 'v', messages: [{ role: 'user', content: '{{other}}' }] }],
    })
    expect(used.map(({ name }) => name).sort()).toEqual(['customer', 'order', 'other', 'picture', 'sample'])
    expect(problems).toEqual({})
  })
  it('are needed where one of them needs it', () => {
    const { used } = read({ type: 'text', engine: 'jinja', text: '{% if vip %}!{% endif %}{{ name | default("you") }} {{ vip }}' })
    expect(used).toEqual([
      { name: 'vip', isOptional: false, isMaybe: false },
      { name: 'name', isOptional: true, isMaybe: false },
    ])
  })
  it('say where they are none, with the line', () => {
    const { problems } = read({
      type: 'chat',
      messages: [
        { role: 'user', content: 'fine' },
        { role: 'user', content: 'a\n{{#open}}' },
      ],
    })
    expect(Object.keys(problems)).toEqual(['messages.1'])
    expect(problems['messages.1']).toMatch(/Line 2/)
  })
})
