import { expect, it } from 'vitest'
import { mergeSpans } from './merge-spans.ts'
import { outline } from './outline.case.ts'

it('puts changed spans in the place of the old ones, and new ones behind', () => {
  const [first, second, third] = [outline({ spanId: 'a' }), outline({ spanId: 'b', status: 'running' }), outline({ spanId: 'c' })]
  const ended = outline({ spanId: 'b', durationMs: 30 })
  const merged = mergeSpans([first, second], [third, ended])
  expect(merged).toEqual([first, ended, third])
  expect(merged[0]).toBe(first)
  expect(mergeSpans([], [third])).toEqual([third])
})
