import { expect, it } from 'vitest'
import { literalsOf } from './literals.ts'

it.each([
  ['mustache', 'Hi {{name}}!', ['Hi ', '!']],
  ['mustache', '{{name}}', ['', '']],
  ['mustache', 'plain', ['plain']],
  ['mustache', 'a {{x}}{{y}} b {{#z}}c{{/z}}', ['a ', ' b ', '']],
  ['jinja', 'a {% set x = 1 %}b {{ x }} c{% if x %} d{% endif %}', ['a b ', ' c', '']],
  ['liquid', 'a {% assign x = 1 %}b {{ x }} c{% if x %} d{% for y in z %}e{% endfor %}{% endif %} f', ['a b ', ' c', ' f']],
  ['fstring', 'a {{x}} {b}', ['a {x} ', '']],
] as const)('%s %j', (engine, text, literals) => {
  expect(literalsOf(engine, text)).toEqual(literals)
})
