import { expect, test } from 'vitest'
import { unflatten } from './unflatten.ts'

const leaves = (entries: Record<string, string | number>) => Object.entries(entries).map(([path, value]) => ({ path, value }))
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

test('numbers in paths make lists, in their order', () => {
  expect(plain(unflatten(leaves({ '1.role': 'assistant', '0.role': 'user', '0.content': 'hi', '10.role': 'user' })))).toEqual([
    { role: 'user', content: 'hi' },
    { role: 'assistant' },
    { role: 'user' },
  ])
})

test('the wrappers of OpenInference are taken off', () => {
  const flat = leaves({
    '0.message.role': 'assistant',
    '0.message.contents.0.message_content.text': 'look',
    '0.message.tool_calls.0.tool_call.function.name': 'find',
  })
  expect(plain(unflatten(flat))).toEqual([
    { role: 'assistant', contents: [{ text: 'look' }], tool_calls: [{ function: { name: 'find' } }] },
  ])
})

test('a huge index allocates nothing', () => {
  expect(plain(unflatten(leaves({ '999999999.role': 'user', '0.content.99999999.text': 'x' })))).toEqual([
    { content: [{ text: 'x' }] },
    { role: 'user' },
  ])
})

test('a list ends at 10,001 entries', () => {
  const many = Array.from({ length: 12_000 }, (_, i) => ({ path: `${i}.role`, value: 'user' }))
  expect(unflatten(many)).toHaveLength(10_001)
})

test('names of prototypes are names', () => {
  const value = unflatten(leaves({ '__proto__.polluted': 'yes', 'constructor.prototype.polluted': 'yes' }))
  expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}')
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('paths that are too long, and names that are both value and branch, do no harm', () => {
  expect(plain(unflatten(leaves({ [`${'a.'.repeat(50)}b`]: 1, x: 1, 'x.y': 2 })))).toEqual({ x: { y: 2 } })
})
