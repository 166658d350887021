import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineDiff } from './line-diff.ts'

test('what changed, with the lines around it', () => {
  expect(lineDiff('a\nb\nc\nd\ne\nf\ng', 'a\nb\nc\nD\ne\nf\ng')).toEqual(['…', ' b', ' c', '-d', '+D', ' e', ' f', '…'])
  expect(lineDiff('a', 'a\nb')).toEqual([' a', '+b'])
  expect(lineDiff('same', 'same')).toEqual(['…'])
})

test('the lines that are not new are the old text, and those that are not old the new one', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff(before, after)
      if (lines.includes('…')) return
      const of = (mark: string) => lines.flatMap((line) => (line[0] === mark ? [] : [line.slice(1)])).join('\n')
      expect([of('+'), of('-')]).toEqual([before, after])
    }),
  )
})
