import { expect, test } from 'vitest'
import { storableJson, storableText } from './storable.ts'

test.each([
  ['plain', 'plain'],
  ['a whole 😀', 'a whole 😀'],
  ['half \ud83d', 'half \ufffd'],
  ['halves \ude00\ud83d\ud83d', 'halves \ufffd\ufffd\ufffd'],
  ['zero \0', 'zero \ufffd'],
  ['shown \\ud83d\\u0000 \\\\ud83d', 'shown \\ud83d\\u0000 \\\\ud83d'],
  ['\\\ud83d', '\\\ufffd'],
])('%j is stored as %j', (text, stored) => {
  expect(storableText(text)).toBe(stored)
  expect(JSON.parse(storableJson(JSON.stringify({ [text]: [text] })))).toEqual({ [stored]: [stored] })
})
