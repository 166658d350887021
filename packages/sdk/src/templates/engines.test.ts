import { beforeAll, describe, expect, it } from 'vitest'
import jinja from './__fixtures__/jinja.json' with { type: 'json' }
import mustache from './__fixtures__/mustache.json' with { type: 'json' }
import { compileTemplate, loadEngine } from './engines.ts'
import { mustacheOfFstring } from './fstring.ts'
import type { EngineName } from './template.ts'
import { TemplateError } from './template-error.ts'

beforeAll(() => loadEngine('liquid'))

const render = (engine: EngineName, text: string, variables: Record<string, unknown> = {}, options = {}) =>
  compileTemplate(engine, text).render(variables, options)

function problemOf(work: () => unknown): TemplateError {
  try {
    work()
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
  throw new Error('It was rendered.')
}

describe('mustache', () => {
  it.each(mustache.cases.map((one) => [one.template, one.output]))('writes %j as its reference does', (template, output) => {
    expect(render('mustache', template, mustache.variables, { strict: false })).toBe(output)
  })

  it('writes lists and objects as JSON, which a model can read', () => {
    expect(render('mustache', '{{a}} {{b}}', { a: [1, 'x'], b: { c: null, d: new Date(0) } })).toBe(
      '[1,"x"] {"c":null,"d":"1970-01-01T00:00:00.000Z"}',
    )
  })

  it.each([
    ['{{#a}}x', 'Line 1: {{#a}} is not closed.'],
    ['x\n{{/a}}', 'Line 2: {{/a}} closes nothing.'],
    ['{{#a}}\n{{/b}}', 'Line 2: {{/b}} closes {{#a}} of line 1.'],
    ['{{a', 'Line 1: {{a is not closed by }}.'],
    ['{{> tone}}', 'Line 1: The fragment "tone" was not put in: there is none.'],
    ['{{"a": 1}}', 'is no name of a variable'],
  ])('refuses %j', (template, message) => {
    expect(problemOf(() => compileTemplate('mustache', template))).toMatchObject({
      problem: 'syntax',
      message: expect.stringContaining(message),
    })
  })
})

describe('jinja', () => {
  /** Where this subset differs on purpose: members stay in their order, and whole numbers have no `.0`. */
  const OURS: Record<string, string> = {
    '{{ customer|tojson }}': '{"name": "Bob", "address": {"city": "Pune"}}',
    "{{ 2.5|round }}|{{ 'a' ~ 1 ~ yes }}": '2|a1True',
  }
  it.each(jinja.cases.map((one) => [one.template, one.output]))('writes %j as Jinja does', (template, output) => {
    expect(render('jinja', template, jinja.variables, { strict: false })).toBe(OURS[template] ?? output)
  })

  it.each([
    ['{% macro x() %}{% endmacro %}', 'Write a fragment'],
    ['{% include "x" %}', 'Use a fragment'],
    ['{{ x|nope }}', 'There is no filter "nope".'],
    ['{{ x is nope }}', 'There is no test "nope".'],
    ['{% if x %}', '{% endif %} is missing'],
    ['{% endfor %}', '{% endfor %} is not supported here'],
    ['a\n{{ x + }}', 'Line 2: A value is missing at the end.'],
    ['{{ "x }}', 'A string is not closed.'],
    ['{{ x', 'is not closed by }}'],
    ['{% for x y in z %}{% endfor %}', '"in" is missing before "y"'],
  ])('refuses %j', (template, message) => {
    expect(problemOf(() => compileTemplate('jinja', template)).message).toContain(message)
  })

  it.each([
    ["{{ 'a' + 1 }}", 'joined by ~'],
    ['{{ 1 / 0 }}', 'divided by zero'],
    ["{{ 'a' < 1 }}", 'needs a number and not a text'],
    ['{% for x in 3 %}{% endfor %}', 'cannot go over a number'],
    ['{% for a, b in [1] %}{% endfor %}', 'needs 2 values'],
  ])('says what cannot be done: %j', (template, message) => {
    expect(problemOf(() => render('jinja', template))).toMatchObject({ problem: 'type', message: expect.stringContaining(message) })
  })
})

describe('liquid', () => {
  it.each([
    ['Hello {{ name | upcase }}!', 'Hello ADA!'],
    ['{% if n > 2 %}many{% else %}few{% endif %}', 'many'],
    ['{% for x in list %}{{ forloop.index }}{{ x }} {% endfor %}', '1a 2b '],
    ['{{ customer }} {{ list }}', '{"city":"Pune"} ["a","b"]'],
    ['{{ customer.city | append: "!" }}', 'Pune!'],
  ])('writes %j', (template, output) => {
    expect(render('liquid', template, { name: 'Ada', n: 3, list: ['a', 'b'], customer: { city: 'Pune' } })).toBe(output)
  })
})

describe('fstring', () => {
  it.each([
    ['Hi {name}, {{"a": 1}}', 'Hi Ada, {"a": 1}'],
    ['{{{name}}}', '{Ada}'],
    ['{{{{{name}}}}}', '{{Ada}}'],
    ['{{{{ {name}', '{{ Ada'],
  ])('%j is written as %j', (template, output) => {
    expect(render('fstring', template, { name: 'Ada' })).toBe(output)
  })

  it('becomes Mustache that can be kept', () => {
    expect(mustacheOfFstring('Hi {name}')).toBe('Hi {{name}}')
  })

  it.each(['{x:.2f}', '{a[0]}', '{', '}', '{}', '{x!r}'])('refuses %j', (template) => {
    expect(problemOf(() => mustacheOfFstring(template)).problem).toBe('syntax')
  })
})

describe('a variable that is missing', () => {
  const CASES: [EngineName, string, string][] = [
    ['mustache', 'a\n{{customer.name}}', 'customer.name'],
    ['mustache', '{{x}}', 'x'],
    ['jinja', 'a\n{{ customer.name }}', 'customer.name'],
    ['jinja', '{{ x|upper }}', 'x'],
    ['jinja', '{% for y in x %}{% endfor %}', 'x'],
    ['liquid', 'a\n{{ x }}', 'x'],
    ['fstring', '{x}', 'x'],
  ]
  it.each(CASES)('is an error of strict %s that names it: %j', (engine, template, variable) => {
    expect(problemOf(() => render(engine, template))).toMatchObject({ problem: 'missing', variable, line: template.split('\n').length })
  })
  it.each(CASES)('is an empty text otherwise: %s %j', (engine, template) => {
    expect(render(engine, template, {}, { strict: false }).trim()).toMatch(/^a?$/)
  })
  it.each([
    ['mustache', '{{#x}}y{{/x}}{{^x}}n{{/x}}'],
    ['jinja', '{% if x %}y{% else %}n{% endif %}'],
    ['jinja', "{{ x|default('n') }}"],
    ['liquid', '{% if x %}y{% else %}n{% endif %}'],
    ['liquid', "{{ x | default: 'n' }}"],
  ] as const)('may be asked for by a condition: %s %j', (engine, template) => {
    expect(render(engine, template)).toBe('n')
  })
})

describe('the variables of a template', () => {
  const namesOf = (engine: EngineName, text: string) =>
    compileTemplate(engine, text).variables.map(({ name, isOptional, isMaybe }) => name + (isOptional ? '?' : '') + (isMaybe ? '*' : ''))

  it.each([
    ['mustache', '{{a}} {{b.c}} {{#items}}{{title}} {{a}}{{/items}} {{^d}}{{/d}}', ['a', 'b', 'items?', 'title*', 'd?']],
    [
      'jinja',
      "{{ a }}{% set b = c.d %}{{ b }}{% for x in xs if x.y %}{{ x }}{{ loop.index }}{% endfor %}{{ e|default('') }}{% if f %}{{ g }}{% endif %}",
      ['a', 'c', 'xs', 'e?', 'f?', 'g'],
    ],
    ['jinja', '{% if f %}{% set h = 1 %}{% endif %}{{ h }}{{ f }}', ['f']],
    ['liquid', '{{ a.b }}{% assign c = d %}{{ c }}{% for x in xs %}{{ x }}{% endfor %}', ['a', 'd', 'xs']],
    ['fstring', '{a} {b}', ['a', 'b']],
  ] as const)('%s %j', (engine, text, names) => {
    expect(namesOf(engine, text)).toEqual(names)
  })

  it('come with the paths that are read', () => {
    expect(compileTemplate('mustache', '{{a.b}} {{a.c.d}}').variables[0]?.paths).toEqual(['a.b', 'a.c.d'])
  })
})
