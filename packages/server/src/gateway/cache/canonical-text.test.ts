import { describe, expect, test } from 'vitest'
import { canonicalText } from './canonical-text.ts'

const of = (json: string) => canonicalText(JSON.parse(json))

test('the order of keys and the spaces between say nothing', () => {
  expect(of('{"b":[1,{"d":"x","c":null}],"a":true}')).toBe(of('{ "a": true, "b": [1.0, {"c": null, "d": "\\u0078"}] }'))
  expect(canonicalText({ a: 1, user: 'x' }, new Set(['user']))).toBe(canonicalText({ a: 1 }))
})

describe('other values are another text', () => {
  const OTHERS: [string, string][] = [
    ['"1"', '1'],
    ['null', '"null"'],
    ['1e400', 'null'],
    ['[1,2]', '[[1,2]]'],
    ['[1,2]', '[12]'],
    ['[[],[]]', '[[[]]]'],
    ['["a","b"]', '["a,\\"1:b"]'],
    ['["ab",""]', '["a","b"]'],
    ['{"a":"b"}', '["a","b"]'],
    ['{"a":{"b":1},"c":2}', '{"a":{"b":1,"c":2}}'],
    ['{"a":1}', '{"a":1,"b":null}'],
    ['{}', '[]'],
    ['"\\ud800"', '"\\udc00"'],
    ['"\\ud800"', '"\\ufffd"'],
    ['{"\\ud800":1}', '{"\\udbff":1}'],
  ]
  test.each(OTHERS)('%s and %s', (one, other) => {
    expect(Buffer.from(of(one))).not.toEqual(Buffer.from(of(other)))
  })
})
