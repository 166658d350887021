import { canonicalJson, PromptContent } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPromptFile } from './prompt-file.ts'
import { writePromptFile } from './write-prompt-file.ts'

const REFUND = `name: support/refund
description: Answers about refunds
tags: [support]
engine: mustache
input:
  schema: { type: object, properties: { customer: { type: string }, policy: { type: string, default: null } }, required: [policy] }
messages:
  - { role: system, content: "{{> support/tone@production}}\\nPolicy: {{policy}} costs \${5}" }
  - { type: placeholder, name: history }
  - { role: user, content: "{{question}}" }
model: { route: support-fast, parameters: { temperature: 0.2 } }
`
const problemsOf = (text: string): string[] => {
  try {
    readPromptFile(text, 'a.prompt.yaml')
  } catch (error) {
    return (error as { data: { problems: string[] } }).data.problems
  }
  return []
}

describe('reading', () => {
  test('a whole file; what looks like a variable of the environment stays text, and null is a value', () => {
    const { name, description, tags, content } = readPromptFile(REFUND, 'support/refund.prompt.yaml')
    expect([name, description, tags]).toEqual(['support/refund', 'Answers about refunds', ['support']])
    expect(content.type).toBe('chat')
    expect(content.messages?.[0]).toEqual({ role: 'system', content: '{{> support/tone@production}}\nPolicy: {{policy}} costs ${5}' })
    expect(content.input?.schema).toMatchObject({ properties: { policy: { default: null } } })
  })

  test('a place of the content', () => {
    expect(readPromptFile(REFUND, 'x.yaml').placeOf(['messages', 2, 'content'])).toBe('x.yaml:10:28 messages[2].content')
  })

  test.each([
    [
      'nmae: a\ntext: x\n',
      ['a.prompt.yaml:1:1 name is missing; it must be text.', 'a.prompt.yaml:1:1 nmae is not a known key. Did you mean `name`?'],
    ],
    ['name: a\ntext: x\nengin: jinja\n', ['a.prompt.yaml:3:1 engin is not a known key. Did you mean `engine`?']],
    [
      'name: a\ntext: x\nengine: jinjs\n',
      ['a.prompt.yaml:3:9 engine must be one of mustache, liquid, jinja, fstring, not "jinjs". Did you mean `jinja`?'],
    ],
    [
      'name: a\nmessages:\n  - role: user\n    contnet: x\n',
      ['a.prompt.yaml:4:5 messages[0].contnet is not a known key. Did you mean `content`?', 'messages[0].content is missing'],
    ],
    ['name: a\nmessages:\n  - { type: placeholder }\n', ['a.prompt.yaml:3:5 messages[0].name is missing; it must be text.']],
    [
      'name: a\nmessages:\n  - { role: user, content: [{ type: imgae, url: x }] }\n',
      ['messages[0].content[0].type must be one of text, image, not "imgae". Did you mean `image`?'],
    ],
    ['name: a\nmodel: { route: x, temperature: 0 }\ntext: x\n', ['model.temperature is not a known key. Known here: route, parameters.']],
    ['name: a b/\ntext: x\n', ['a.prompt.yaml:1:7 name must be no | @ { }']],
    ['name: a\n', ['a.prompt.yaml:1:1 type is missing']],
    [
      'name: a\ntype: chat\ntext: x\n',
      ['text is not right: does not belong to a chat prompt', 'messages is not right: is missing: this is a chat prompt'],
    ],
    ['name: a\ntext: [\n', ['a.prompt.yaml:']],
    ['- a\n', ['a.prompt.yaml:1:1 The file must be a mapping']],
  ])('%j is refused with its place', (text, wanted) => {
    const problems = problemsOf(text).join('\n')
    for (const one of wanted) expect(problems).toContain(one)
  })
})

describe('writing', () => {
  test('is readable: lines stay lines, the order is that of a reader', () => {
    expect(
      writePromptFile({
        name: 'a/b',
        tags: [],
        content: {
          output: { schema: { type: 'object' } },
          messages: [
            { role: 'system', content: 'One\nTwo: {{x}}\n' },
            { role: 'user', content: '{{q}}' },
          ],
          type: 'chat',
          engine: 'mustache',
        },
      }),
    ).toBe(`name: a/b
type: chat
engine: mustache
messages:
  - role: system
    content: |
      One
      Two: {{x}}
  - role: user
    content: "{{q}}"
output:
  schema:
    type: object
`)
  })

  test('what was written is read as it was, whatever the text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 }).map((one) => one.replaceAll('\r', '').replace(/\p{Cc}/gu, '\n'))
    fc.assert(
      fc.property(text, text, fc.jsonValue({ maxDepth: 3 }), (first, second, config) => {
        const content = PromptContent.parse({
          type: 'chat',
          messages: [
            { role: 'system', content: first },
            { role: 'user', content: `  ${second}\n\n` },
          ],
          config,
        })
        const again = readPromptFile(writePromptFile({ name: 'x', content }), 'x')
        expect(canonicalJson(again.content)).toBe(canonicalJson(content))
      }),
      { numRuns: 200 },
    )
  })
})
