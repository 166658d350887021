import { beforeAll, describe, expect, it } from 'vitest'
import { compileTemplate, loadEngine } from './engines.ts'
import { ENGINES, type EngineName } from './template.ts'
import { TemplateError } from './template-error.ts'

beforeAll(() => loadEngine('liquid'))

/** What none of them may ever write: something of the language that they are written in. */
const INSIDE = /native code|function|\[object|class |process|constructor\b/

let calls = 0
class Account {
  name = 'Ada'
  secret() {
    calls++
    return 'called'
  }
  get inherited() {
    calls++
    return 'called'
  }
  toString() {
    calls++
    return 'called'
  }
  toJSON() {
    calls++
    return 'called'
  }
}
const hostile = () => ({
  x: 'text',
  n: 1,
  list: [1, 2, 3],
  o: { a: 1 },
  key: '__proto__',
  ctor: 'constructor',
  account: new Account(),
  run: () => {
    calls++
    return 'called'
  },
  own: Object.defineProperty({}, 'getter', {
    enumerable: true,
    get() {
      calls++
      return 'called'
    },
  }),
  parsed: JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": {"prototype": "yes"}}'),
})

const CORPUS: Record<EngineName, string[]> = {
  mustache: [
    '{{__proto__}}',
    '{{constructor}}',
    '{{x.constructor}}',
    '{{x.constructor.constructor}}',
    '{{list.__proto__.polluted}}',
    '{{#list}}{{constructor.name}}{{/list}}',
    '{{#o}}{{__defineGetter__}}{{/o}}',
    '{{o.prototype}}',
    '{{parsed.__proto__.polluted}}',
    '{{run}}',
    '{{#run}}x{{/run}}',
    '{{account.secret}}',
    '{{account.inherited}}',
    '{{own.getter}}',
    '{{toString}}',
    '{{o.toString}}',
    '{{list.map}}',
    '{{list.length}}',
    '{{x.length}}',
    '{{hasOwnProperty}}',
    '{{#toString}}x{{/toString}}',
    '{{#account}}{{secret}}{{/account}}',
    '{{{constructor}}}',
    '{{&__proto__.polluted}}',
    '{{=<% %>=}}<%constructor%>',
  ],
  jinja: [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    '{{ x.constructor }}',
    "{{ x['constructor'] }}",
    "{{ x['__pro' ~ 'to__'] }}",
    '{{ o[key] }}',
    '{{ o[ctor] }}',
    "{{ o[['__proto__']|first] }}",
    "{{ o['CONSTRUCTOR'|lower] }}",
    "{{ list['constructor']['constructor']('return process')() }}",
    '{{ run() }}',
    '{{ run }}',
    '{{ account.secret() }}',
    '{{ account.secret }}',
    '{{ account.inherited }}',
    '{{ own.getter }}',
    '{{ x.toUpperCase() }}',
    '{{ list.map }}',
    '{{ x.length }}',
    '{{ range(10) }}',
    '{{ cycler.__init__.__globals__ }}',
    '{{ self }}',
    '{{ config }}',
    '{{ globalThis }}',
    '{{ process.env }}',
    '{{ require("fs") }}',
    "{{ list|join('', attribute='__proto__') }}",
    "{{ [o]|join('', attribute='constructor') }}",
    "{{ x|attr('__proto__') }}",
    '{% set __proto__ = 1 %}',
    '{% set constructor = 1 %}',
    "{{ {'__proto__': 1} }}",
    '{% for __proto__ in list %}{% endfor %}',
    '{% for k, constructor in [[1,2]] %}{% endfor %}',
    "{{ x|default(__proto__='1') }}",
    '{{ lipsum.__globals__ }}',
    '{% import "os" as os %}',
    '{% include "/etc/passwd" %}',
    '{{ toString }}',
    '{{ parsed.__proto__.polluted }}',
    "{{ parsed['__proto__'] }}",
    '{{ loop }}',
  ],
  liquid: [
    '{{ __proto__ }}',
    '{{ x.constructor }}',
    "{{ x['constructor'] }}",
    '{{ o[key] }}',
    '{{ o[ctor] }}',
    '{{ list.constructor.constructor }}',
    "{{ list['__proto__'] }}",
    '{{ run }}',
    '{{ account.secret }}',
    '{{ account.inherited }}',
    '{{ own.getter }}',
    '{{ list.map }}',
    '{{ o.toString }}',
    '{{ toString }}',
    '{{ parsed.__proto__.polluted }}',
    "{% include '/etc/passwd' %}",
    "{% render '../package.json' %}",
    "{% layout 'x' %}",
    '{{ globalThis }}',
    "{{ list | map: '__proto__' }}",
    "{{ list | map: 'constructor' }}",
    "{{ list | where: 'constructor' | size }}",
    "{{ list | sort: '__proto__' | first | where_exp: 'i', 'i.constructor' }}",
    "{% assign c = 'constructor' %}{{ x[c][c] }}",
  ],
  fstring: [
    '{x.__class__}',
    '{x.constructor}',
    '{__proto__}',
    '{constructor}',
    '{x[constructor]}',
    '{x!r}',
    '{toString}',
    '{run}',
    '{list.__init__.__globals__}',
  ],
}

describe.each(ENGINES)('what wants out of %s', (engine) => {
  it.each(CORPUS[engine])('%j is refused, or finds nothing', (text) => {
    calls = 0
    for (const strict of [true, false]) {
      let out = ''
      try {
        out = compileTemplate(engine, text).render(hostile(), { strict })
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateError)
      }
      expect(out).not.toMatch(INSIDE)
      expect(out).not.toMatch(/yes|called/)
    }
    expect(calls).toBe(0)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('calls nothing of what it prints whole', () => {
    calls = 0
    const print = { mustache: '{{v}}', jinja: '{{ v }}{{ v|tojson }}{{ v|length }}', liquid: '{{ v }}{{ v | json }}', fstring: '{v}' }[
      engine
    ]
    expect(compileTemplate(engine, print).render({ v: { account: new Account(), own: hostile().own, run: hostile().run } })).toContain(
      'Ada',
    )
    expect(calls).toBe(0)
  })
})

const many = (count: number, piece: string) => piece.repeat(count)
const cycle = () => {
  const one: Record<string, unknown> = {}
  one.self = one
  return one
}
const BIG = Array.from({ length: 2000 }, (_, at) => at)

/** Whatever it is that would take for ever, the whole memory or the stack. */
const ENDLESS: [EngineName, string, string, Record<string, unknown>?][] = [
  ['mustache', 'sections in sections', many(5000, '{{#a}}') + many(5000, '{{/a}}')],
  ['mustache', 'loops in loops', '{{#l}}{{#l}}{{#l}}{{#l}}x{{/l}}{{/l}}{{/l}}{{/l}}', { l: BIG }],
  ['mustache', 'a text that is written again and again', '{{#l}}{{t}}{{/l}}', { l: BIG, t: many(10_000, 'x') }],
  ['mustache', 'an object that holds itself', '{{c}}', { c: cycle() }],
  ['jinja', 'brackets in brackets', `{{ ${many(5000, '(')}1${many(5000, ')')} }}`],
  ['jinja', 'lists in lists', `{{ ${many(5000, '[')}${many(5000, ']')} }}`],
  ['jinja', 'blocks in blocks', many(2000, '{% if a %}') + many(2000, '{% endif %}')],
  ['jinja', 'a row of not', `{{ ${many(5000, 'not ')}a }}`],
  ['jinja', 'a row of minus', `{{ ${many(5000, '- ')}1 }}`],
  ['jinja', 'a row of plus', `{{ 1${many(20_000, ' + 1')} }}`],
  ['jinja', 'a row of else', `{{ 1${many(5000, ' if a else 1')} }}`],
  ['jinja', 'a row of filters', `{{ a${many(5000, '|upper')} }}`, { a: 'x' }],
  ['jinja', 'a text that doubles', `{% set a = 'xxxxxxxxxx' %}${many(40, '{% set a = a ~ a %}')}{{ a }}`],
  ['jinja', 'a text that is replaced by more of it', `{% set a = 'xx' %}${many(40, "{% set a = a|replace('x', a) %}")}{{ a }}`],
  ['jinja', 'a list that doubles', `{% set a = [1, 2] %}${many(40, '{% set a = a + a %}')}{{ a }}`],
  ['jinja', 'a list that holds itself again and again', `{% set a = [1] %}${many(40, '{% set a = [a, a] %}')}{{ a }}`],
  ['jinja', 'a list of itself that is compared', `{% set a = [1] %}${many(40, '{% set a = [a, a] %}')}{{ a == a }}`],
  ['jinja', 'loops in loops', '{% for a in l %}{% for b in l %}{% for c in l %}x{% endfor %}{% endfor %}{% endfor %}', { l: BIG }],
  ['jinja', 'an object that holds itself', '{{ c }}{{ c|tojson }}', { c: cycle() }],
  ['liquid', 'a long range', '{% for i in (1..1000000000) %}x{% endfor %}'],
  ['liquid', 'loops in loops', '{% for a in l %}{% for b in l %}{% for c in l %}x{% endfor %}{% endfor %}{% endfor %}', { l: BIG }],
  ['liquid', 'a text that doubles', `{% assign a = 'xxxxxxxxxx' %}${many(40, '{% assign a = a | append: a %}')}{{ a }}`],
  ['liquid', 'an object that holds itself', '{{ c }}', { c: cycle() }],
  ['liquid', 'blocks in blocks', many(20_000, '{% if a %}') + many(20_000, '{% endif %}')],
  ['fstring', 'a text that is written again and again', many(2000, '{t}'), { t: many(10_000, 'x') }],
]

describe('what would not end', () => {
  it.each(ENDLESS)('%s: %s', (engine, _, text, variables = { a: 1, l: [1] }) => {
    const render = () => compileTemplate(engine, text).render(variables, { strict: false })
    expect(render).toThrow(TemplateError)
    try {
      render()
    } catch (error) {
      expect((error as TemplateError).problem).toBe('limit')
    }
  })

  it.each(['mustache', 'jinja'] as const)('%s looks at the clock', (engine) => {
    let now = 0
    const text = engine === 'mustache' ? '{{#l}}x{{/l}}' : '{% for x in l %}x{% endfor %}'
    const render = () => compileTemplate(engine, text).render({ l: BIG }, { now: () => (now += 600) })
    expect(render).toThrow('longer than 1000 ms')
  })
})

describe('a long template', () => {
  it.each([
    ['mustache', '{{a}}\n'],
    ['jinja', '{{ a }}\n'],
    ['liquid', '{{ a }}\n'],
  ] as const)('of %s is read in one go', (engine, piece) => {
    const text = many(4000, piece)
    expect(compileTemplate(engine, text).render({ a: 1 }).trimEnd().split('\n')).toHaveLength(4000)
  })

  it('that is too long is refused', () => {
    expect(() => compileTemplate('mustache', many(1_000_001, 'x'))).toThrow('longer than')
  })
})
