import type { EvaluatorRow } from '@signalbox/schema/evaluator'
import { describe, expect, it } from 'vitest'
import { prepareScorer } from '../registry.ts'

const outcome = async (id: string, row: EvaluatorRow, params: object = {}) => (await prepareScorer(id, params)).evaluate(row)

describe.each<[string, [row: EvaluatorRow, params: object, pass: boolean][]]>([
  [
    'equals',
    [
      [{ output: 'a', expected: 'a' }, {}, true],
      [{ output: ' A ', expected: 'a' }, {}, false],
      [{ output: ' A ', expected: 'a' }, { trim: true, ignoreCase: true }, true],
      [{ output: 'b', references: ['a', 'b'] }, {}, true],
      [{ output: '{"b":1,"a":[2]}', expected: { a: [2], b: 1 } }, {}, true],
      [{ output: '{"a":[2,1]}', expected: { a: [1, 2] } }, {}, false],
      [{ output: 'no json', expected: { a: 1 } }, {}, false],
      [{ output: 3 }, { value: 3 }, true],
      [{ output: null, expected: '' }, {}, true],
    ],
  ],
  [
    'contains',
    [
      [{ output: 'a green light', expected: 'green' }, {}, true],
      [{ output: 'a Green light', expected: 'green' }, {}, false],
      [{ output: 'a Green light' }, { value: 'green', ignoreCase: true }, true],
      [{ output: 'a green light' }, { value: ['green', 'red'] }, false],
      [{ output: { colour: 'green' } }, { value: '"green"' }, true],
    ],
  ],
  [
    'contains-any',
    [
      [{ output: 'green' }, { value: ['red', 'green'] }, true],
      [{ output: 'green' }, { value: ['red'] }, false],
    ],
  ],
  [
    'contains-all',
    [
      [{ output: 'red, green', references: ['red', 'green'] }, {}, true],
      [{ output: 'red' }, { value: ['red', 'green'] }, false],
    ],
  ],
  [
    'icontains',
    [
      [{ output: 'GREEN' }, { value: 'green' }, true],
      [{ output: 'x' }, { value: 'green' }, false],
    ],
  ],
  ['icontains-any', [[{ output: 'GREEN' }, { value: ['red', 'green'] }, true]]],
  ['icontains-all', [[{ output: 'GREEN' }, { value: ['red', 'green'] }, false]]],
  [
    'starts-with',
    [
      [{ output: 'Dear Asha,' }, { value: ['Hello', 'Dear'] }, true],
      [{ output: 'Oh dear' }, { value: 'Dear' }, false],
    ],
  ],
  ['ends-with', [[{ output: 'Yours, Signal' }, { value: 'Signal' }, true]]],
  [
    'regex',
    [
      [{ output: 'order 4711' }, { pattern: '\\d{4}' }, true],
      [{ output: 'order 4711' }, { pattern: '\\d{4}', whole: true }, false],
      [{ output: 'ORDER' }, { pattern: 'order', flags: 'i' }, true],
      [{ output: 'order' }, { pattern: 'order', negate: true }, false],
      [{ output: 'zug', expected: '^z.g$' }, {}, true],
    ],
  ],
  [
    'json-valid',
    [
      [{ output: '[1]' }, {}, true],
      [{ output: '{"a":}' }, {}, false],
      [{ output: '"text"' }, { type: 'object' }, false],
      [{ output: 'Here it is:\n```json\n{"a": "}"}\n```' }, {}, false],
      [{ output: 'Here it is:\n```json\n{"a": "}"}\n```' }, { embedded: true, type: 'object' }, true],
      [{ output: 'So {it} is {"a":[1,"]"]} here' }, { embedded: true }, true],
      [{ output: { a: 1 } }, {}, true],
    ],
  ],
  [
    'json-schema',
    [
      [{ output: '{"a":1}' }, { schema: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } } }, true],
      [{ output: '{"a":"1"}' }, { schema: { properties: { a: { type: 'integer' } } } }, false],
      [{ output: '{"a":1,"b":2}' }, { schema: { properties: { a: {} }, additionalProperties: false } }, false],
      [{ output: '{"a":"x@y.org"}' }, { schema: { properties: { a: { format: 'email' } } } }, true],
      [{ output: '{"a":"x"}' }, { schema: { properties: { a: { format: 'email' } } } }, false],
      [{ output: '[1,"a"]' }, { schema: { prefixItems: [{ type: 'number' }, { type: 'number' }] } }, false],
      [{ output: '[1,"a"]' }, { schema: { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'number' }] } }, true],
      [{ output: '{"a":1}', expected: { required: ['b'] } }, {}, false],
      [{ output: '{"a":"x1","b":"2"}' }, { schema: { properties: { a: { pattern: '^x\\d$' }, b: { pattern: '^\\d$' } } } }, true],
      [{ output: '{"a":"x1","b":"x"}' }, { schema: { properties: { a: { pattern: '^x\\d$' }, b: { pattern: '^\\d$' } } } }, false],
      [{ output: 'nothing' }, { schema: true }, false],
    ],
  ],
  [
    'numeric',
    [
      [{ output: 'It is 1,234.50 in all.', expected: '1234.5' }, {}, true],
      [{ output: 'Of 3 trains 2 are late: 2', expected: 3 }, {}, false],
      [{ output: 'Of 3 trains 2 are late', expected: 3 }, { pick: 'first' }, true],
      [{ output: '99' }, { value: 100, relative: 0.01 }, true],
      [{ output: '98' }, { value: 100, relative: 0.01 }, false],
      [{ output: '−5', expected: -5 }, {}, true],
      [{ output: 'none', expected: 1 }, {}, false],
    ],
  ],
  [
    'keywords',
    [
      [{ output: 'A container orchestration system for a cluster', expected: 'container, orchestration, cluster' }, {}, true],
      [{ output: 'A container system' }, { all: ['container', 'cluster'] }, false],
      [{ output: 'A container system' }, { all: ['container', 'cluster'], threshold: 0.5 }, true],
      [{ output: 'a report' }, { all: ['port'] }, false],
      [{ output: 'a report' }, { all: ['port'], wholeWords: false }, true],
      [{ output: 'C++ is fast' }, { all: ['C++'] }, true],
      [{ output: 'fine, but cheap' }, { all: ['fine'], none: ['cheap'] }, false],
    ],
  ],
  [
    'word-count',
    [
      [{ output: 'one two three' }, { max: 3 }, true],
      [{ output: 'one two' }, { exactly: 3 }, false],
      [{ output: '東京は日本の首都です' }, { min: 4 }, true],
    ],
  ],
  [
    'latency',
    [
      [{ output: '', latencyMs: 900 }, { max: 1000 }, true],
      [{ output: '', latencyMs: 1001 }, { max: 1000 }, false],
    ],
  ],
  [
    'cost',
    [
      [{ output: '', costUsd: '0.0021' }, { max: 0.002 }, false],
      [{ output: '', costUsd: 0.002 }, { max: 0.002 }, true],
    ],
  ],
])('%s', (id, cases) => {
  it.each(cases)('%j with %j: %s', async (row, params, pass) => {
    const got = await outcome(id, row, params)
    expect(got).toMatchObject({ status: 'scored', pass })
  })
})

describe('what a user sends', () => {
  it('cannot hang the program by a pattern, also within a schema', async () => {
    const bomb = { output: `${'a'.repeat(50_000)}!` }
    expect(await outcome('regex', bomb, { pattern: '^(a+)+$' })).toMatchObject({ pass: false })
    const schema = { properties: { a: { pattern: '^(a+)+$' } } }
    expect(await outcome('json-schema', { output: { a: bomb.output } }, { schema })).toMatchObject({ pass: false })
  })

  it.each([
    ['regex', { pattern: '(?=look)' }, 'look-ahead'],
    ['regex', { pattern: 'a', flags: 'y' }, 'i, m and s'],
    ['json-schema', { schema: { $ref: 'http://elsewhere.example/schema' } }, 'not followed'],
  ])('%s refuses %j and says what to do', async (id, params, words) => {
    await expect(prepareScorer(id, params)).rejects.toMatchObject({ code: 'invalid-request', hint: expect.stringContaining(words) })
  })

  it('is an error of the row where the row expects what cannot be used', async () => {
    expect(await outcome('regex', { output: 'a', expected: '(' })).toMatchObject({
      status: 'error',
      reason: expect.stringContaining('pattern'),
    })
    expect(await outcome('json-schema', { output: '1', expected: 'x' })).toMatchObject({ status: 'error' })
    expect(await outcome('numeric', { output: '1', expected: 'x' })).toMatchObject({ status: 'error' })
    expect(await outcome('tool-call', { output: '1', expected: { no: 'call' } })).toMatchObject({ status: 'error' })
  })
})

describe('json-diff', () => {
  it.each([
    ['{"a":1,"b":"x"}', { a: 1, b: 'x' }, {}, 1],
    ['{"a":1}', { a: 1, b: 'x' }, {}, 0.5],
    ['{"a":1,"b":"x","c":0}', { a: 1, b: 'x' }, {}, 2 / 3],
    ['{"a":90}', { a: 110 }, {}, 1 - 20 / 200],
    ['{"a":90}', { a: 110 }, { numbers: 'exact' }, 0],
    ['{"a":"kitten"}', { a: 'sitting' }, {}, 1 - 3 / 7],
    ['{"a":"kitten"}', { a: 'sitting' }, { strings: 'exact' }, 0],
    ['[1,2,3]', [1, 2], {}, 2 / 3],
    ['[3,1,2]', [1, 2, 3], { ignoreOrder: true }, 1],
    ['{}', {}, {}, 1],
    ['{"a":null}', { a: 'x' }, {}, 0],
  ])('%s against %j with %j is %d', async (output, expected, params, score) => {
    expect(await outcome('json-diff', { output, expected }, params)).toMatchObject({ status: 'scored', score: expect.closeTo(score, 10) })
  })

  it('says where they differ', async () => {
    const { evidence } = await outcome('json-diff', { output: '{"a":[1,{"x/y":2}],"z":1}', expected: { a: [1, { 'x/y': 3 }], b: 1 } })
    expect(evidence).toEqual([
      { text: '/a/1/x~1y', verdict: 'different', reason: '"2" where "3" is expected' },
      { text: '/b', verdict: 'missing' },
      { text: '/z', verdict: 'unexpected' },
    ])
  })
})
