import { expect, test } from 'vitest'
import { bounded } from './bounded.ts'

test('what fits is whole, without what says nothing', () => {
  expect(bounded({ a: 1, b: null, c: '', d: [], e: { f: null }, g: false, h: 0 }, 1000)).toEqual({
    json: '{"a":1,"g":false,"h":0}',
    cut: null,
  })
})

test('of what is too long a little of everything is left, and it says how much is missing', () => {
  const value = { spans: Array.from({ length: 3000 }, (_, index) => ({ index, text: 'x'.repeat(500) })), end: 'seen' }
  const { json, cut } = bounded(value, 20_000)
  expect(json.length).toBeLessThanOrEqual(20_000)
  const parsed = JSON.parse(json) as { spans: unknown[]; end: string }
  expect(parsed.end).toBe('seen')
  expect(parsed.spans.at(-1)).toBe(`… [${3001 - parsed.spans.length} more items]`)
  expect(JSON.stringify(parsed.spans[0])).toMatch(/… \[\d+ more characters\]/)
  expect(cut).toMatch(/^texts to \d+ characters, lists to \d+ items$/)
})

test.each([
  ['one long text', 'x'.repeat(100_000)],
  ['many keys', Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key ${index}`, index]))],
  ['nothing', undefined],
])('%s is within bounds, and JSON', (_, value) => {
  const { json } = bounded(value, 1000)
  expect(json.length).toBeLessThanOrEqual(1000)
  expect(() => JSON.parse(json)).not.toThrow()
})
