import { describe, expect, it } from 'vitest'
import { type Language, tokenize } from './tokens.ts'

const LANGUAGES: Language[] = ['mustache', 'liquid', 'jinja', 'fstring']
/** All but text, as `type:text`. */
const seen = (language: Language, template: string) =>
  tokenize(language, template)
    .filter(({ type, text }) => type !== 'text' && text.trim() !== '')
    .map(({ type, text }) => `${type}:${text}`)
    .join(' ')

describe('a template in pieces', () => {
  it.each<[Language, string, string]>([
    ['mustache', 'Hello {{name}}!', 'sign:{{ name:name sign:}}'],
    ['mustache', '{{{ raw.text }}}', 'sign:{{{ name:raw.text sign:}}}'],
    ['mustache', '{{#each}}{{.}}{{/each}}', 'sign:{{ word:# name:each sign:}}{{ name:. sign:}}{{ word:/ name:each sign:}}'],
    ['mustache', '{{> support/tone@production}}', 'sign:{{ fragment:> fragment:support/tone@production sign:}}'],
    ['mustache', '{{! nobody sees }}', 'comment:{{! nobody sees }}'],
    ['mustache', 'a {{open', 'wrong:{{open'],
    ['mustache', '{{}} {{two words}}', 'sign:{{}} sign:{{ wrong:two words sign:}}'],
    ['mustache', '{"json": {"a": 1}}', ''],
    ['jinja', '{% if user.age >= 18 %}', 'sign:{% word:if name:user.age sign:>= number:18 sign:%}'],
    ['jinja', '{{ name | default("you") }}', 'sign:{{ name:name sign:| word:default sign:( string:"you" sign:) sign:}}'],
    ['jinja', '{# {{ not }} #}', 'comment:{# {{ not }} #}'],
    ['jinja', '{%- for a in items -%}', 'sign:{%- word:for name:a word:in name:items sign:-%}'],
    ['jinja', '{% raw %}{{ x }}{% endraw %}', 'sign:{% word:raw sign:%} sign:{% word:endraw sign:%}'],
    ['liquid', '{{ a.b | upcase }}', 'sign:{{ name:a.b sign:| word:upcase sign:}}'],
    ['liquid', '{% comment %} {{ x }} {% endcomment %}', 'sign:{% word:comment sign:%} comment: {{ x }}  sign:{% word:endcomment sign:%}'],
    ['liquid', '{% assign a = "b" %}', 'sign:{% word:assign name:a sign:= string:"b" sign:%}'],
    ['liquid', '{% if open', 'wrong:{% if open'],
    ['fstring', 'Hi {name}, {x!r:>3} {{kept}}', 'sign:{ name:name sign:} sign:{ name:x word:!r:>3 sign:}'],
    ['fstring', '{"a": 1}', 'sign:{ wrong:"a" word:: 1 sign:}'],
    ['fstring', 'lonely } and {', 'wrong:} wrong:{'],
  ])('of %s: %j', (language, template, expected) => expect(seen(language, template)).toBe(expected))

  it('is the template again when put together, whatever it holds', () => {
    const parts = [
      '{{',
      '}}',
      '{',
      '}',
      '{%',
      '%}',
      '{#',
      '#}',
      'name',
      ' ',
      '\n',
      '"',
      "'",
      '|',
      '>',
      '!',
      '#',
      'raw',
      'endraw',
      '1.5',
      'é',
      '字',
      '-',
    ]
    let state = 7
    const next = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return state >>> 8
    }
    for (let round = 0; round < 800; round += 1) {
      const template = Array.from({ length: next() % 24 }, () => parts[next() % parts.length]).join('')
      for (const language of LANGUAGES) {
        expect(
          tokenize(language, template)
            .map(({ text }) => text)
            .join(''),
          `${language} ${JSON.stringify(template)}`,
        ).toBe(template)
      }
    }
  })
})
