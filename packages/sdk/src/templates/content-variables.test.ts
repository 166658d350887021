import { PromptContent } from '@signalbox/schema'
import { expect, it } from 'vitest'
import { variablesOfContent } from './content-variables.ts'

it('are gathered over texts, placeholders, examples and variants', () => {
  const content = PromptContent.parse({
    type: 'chat',
    messages: [
      { role: 'system', content: 'Policy: {{policy}}{{#tone}} in {{tone}}{{/tone}}' },
      { type: 'placeholder', name: 'history', optional: true },
      {
        role: 'user',
        content: [
          { type: 'text', text: '{{customer.name}}' },
          { type: 'image', url: 'data:image/png;base64,{{' },
        ],
      },
    ],
    examples: [{ input: 'Late {{thing}}', output: 'Sorry {{customer.city}}' }],
    variants: [{ name: 'claude', provider: 'anthropic', messages: [{ role: 'user', content: '{{tone}}' }] }],
  })
  expect(variablesOfContent(content).map(({ name, paths, isOptional, isList }) => [name, paths.join(), isOptional, isList])).toEqual([
    ['policy', 'policy', false, false],
    ['tone', 'tone', false, false],
    ['history', 'history', true, true],
    ['customer', 'customer.city,customer.name', false, false],
    ['thing', 'thing', false, false],
  ])
})
