import fc from 'fast-check'
import { expect, test } from 'vitest'
import { referToTexts, resolveTexts } from './repeated-text.ts'

const long = 'A question that is long enough to be worth a reference, with "quotes" and ünïcode.'

test('a value that is the input is stored once, and read as it was sent', () => {
  const texts = { input: long, output: `${long}!` }
  const json = JSON.stringify({ attributes: { 'gen_ai.input.messages': long, 'gen_ai.output.messages': `${long}!`, other: 1 } })
  const stored = referToTexts(json, texts)
  expect(stored).toBe(
    '{"attributes":{"gen_ai.input.messages":{"$signalbox":"input"},"gen_ai.output.messages":{"$signalbox":"output"},"other":1}}',
  )
  expect(resolveTexts(stored, texts)).toBe(json)
})

test('attributes are always read as they were sent', () => {
  const text = fc.oneof(fc.string(), fc.string({ minLength: 64, maxLength: 200 }), fc.constant(long))
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(text, fc.jsonValue())), text, text, (attributes, input, output) => {
      const values = Object.values(attributes).filter((value): value is string => typeof value === 'string')
      const texts = { input: values[0] ?? input, output: values[1] ?? output }
      const json = JSON.stringify({ attributes })
      expect(resolveTexts(referToTexts(json, texts), texts)).toBe(json)
    }),
    { numRuns: 500 },
  )
})

test('only whole values are replaced, and short ones stay', () => {
  const texts = { input: long, output: 'short' }
  for (const json of [JSON.stringify({ a: `${long} and more` }), JSON.stringify({ a: `before ${long}` }), JSON.stringify({ a: 'short' })])
    expect(referToTexts(json, texts)).toBe(json)
})
