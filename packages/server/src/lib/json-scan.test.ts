import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topLevel } from './json-scan.ts'

const valuesOf = (text: string) => {
  const buffer = Buffer.from(text)
  const found = topLevel(buffer)
  return found && Object.fromEntries([...found].map(([key, { start, end }]) => [key, JSON.parse(buffer.toString('utf8', start, end))]))
}

test('finds what JSON.parse finds, whatever the object', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2, '\t'), (object, space) => {
      const text = JSON.stringify(object, null, space)
      expect(JSON.stringify(valuesOf(text))).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
})

test.each(['', '[]', '"a"', '{', '{"a"', '{"a":', '{"a":}', '{"a":1', '{a:1}', '{"a":1,}', '{"a" 1}'])('is not an object: %s', (text) => {
  expect(topLevel(Buffer.from(text))).toBeUndefined()
})

test('keeps quotes and backslashes in strings apart from the structure', () => {
  expect(valuesOf('{"a":"\\\\\\"}{","b":[{"c":"]"}]}')).toEqual({ a: '\\"}{', b: [{ c: ']' }] })
})
