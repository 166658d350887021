import { Liquid, TypeGuards } from 'liquidjs'
import { describe, expect, it } from 'vitest'
import { Budget, LIMITS } from './budget.ts'
import { plainParts, renderPlain } from './liquid-plain.ts'

const engine = new Liquid({ ownPropertyOnly: true, strictVariables: true, outputEscape: (value: unknown) => value as string })
const variables = {
  name: 'Ada',
  n: 1.5,
  yes: true,
  nothing: null,
  customer: { city: 'Bern', first: 'F', constructor: 'own' },
  items: [
    { title: 'Shoes', tags: ['a', 'b'] },
    { title: 'Hat', tags: [] },
  ],
  text: 'abc',
  when: new Date(0),
}
const plain = (text: string, given: object = variables) => {
  const nodes = plainParts(engine.parse(text), TypeGuards)
  return nodes && renderPlain(nodes, given as Record<string, unknown>, new Budget(LIMITS))
}

describe('a plain template of Liquid', () => {
  it.each([
    'Only text, { with } braces',
    'Hi {{ name }}, {{n}} {{ yes }} [{{ nothing }}]',
    '{{ customer.city }}',
    '{%- for item in items -%} {{ item.title }}:{% for tag in item.tags %} {{ tag }}{{ name }}{% endfor %};{% endfor %}',
    '{% for name in items %}{{ name.title }}{% endfor %}{{ name }}',
    'a  {{- name -}}  b',
  ])('%s is what the library makes of it', (text) => {
    expect(plain(text)).toBe(engine.parseAndRenderSync(text, variables))
    expect(plain(text)).toBeDefined()
  })

  it.each([
    '{{ name | upcase }}',
    '{{ text.size }}',
    '{{ customer.first }}',
    '{{ items[0].title }}',
    '{{ customer["city"] }}',
    '{{ "literal" }}',
    '{{ customer.constructor }}',
    '{{ constructor }}',
    '{% if yes %}x{% endif %}',
    '{% for item in items limit: 1 %}x{% endfor %}',
    '{% for item in items %}{{ forloop.index }}{% endfor %}',
    '{% for item in items %}x{% else %}y{% endfor %}',
    '{% for i in (1..3) %}{{ i }}{% endfor %}',
    '{% assign a = name %}{{ a }}',
    '{% raw %}{{ name }}{% endraw %}',
    // Values that are not plain, or are not there.
    '{{ missing }}',
    '{{ name.nothing }}',
    '{{ customer }}',
    '{{ when }}',
    '{% for item in text %}{{ item }}{% endfor %}',
    '{% for item in missing %}{{ item }}{% endfor %}',
  ])('%s is left to the library', (text) => {
    expect(plain(text)).toBeUndefined()
  })

  it('keeps to its limits', () => {
    const nodes = plainParts(engine.parse('{% for a in list %}{% for b in list %}{{ b }}{% endfor %}{% endfor %}'), TypeGuards) ?? []
    const list = Array.from({ length: 2000 }, () => 'x')
    expect(() => renderPlain(nodes, { list }, new Budget(LIMITS))).toThrow('steps')
    const long = plainParts(engine.parse('{% for a in list %}{{ text }}{% endfor %}'), TypeGuards) ?? []
    expect(() => renderPlain(long, { list, text: 'y'.repeat(10_000) }, new Budget(LIMITS))).toThrow('characters')
  })
})
