import { describe, expect, test } from 'vitest'
import { cellText, editText, readCell, readTags } from './cell-text.ts'

describe('cells', () => {
  test('are written as what they hold', () => {
    expect(cellText('a "b"')).toBe('a "b"')
    expect(cellText({ a: [1] })).toBe('{"a":[1]}')
    expect(cellText(undefined)).toBe('')
    expect(editText({ a: 1 })).toBe('{\n  "a": 1\n}')
  })

  test.each<[string, unknown, unknown]>([
    ['plain words', 'before', { value: 'plain words' }],
    ['42', 'before', { value: '42' }],
    ['42', 7, { value: 42 }],
    ['{"a":1}', undefined, { value: { a: 1 } }],
    ['  ', 'before', { value: undefined }],
    ['[draft] hello', '[draft] hi', { value: '[draft] hello' }],
  ])('%j over %j', (text, before, read) => expect(readCell(text, before)).toEqual(read))

  test('JSON that is broken is said so', () => {
    expect(readCell('{"a":', undefined)).toMatchObject({ problem: expect.stringContaining('No JSON') })
    expect(readCell('words', { a: 1 })).toMatchObject({ problem: expect.stringContaining('No JSON') })
  })

  test('tags are each there once', () => expect(readTags(' a, b,,a ')).toEqual(['a', 'b']))
})
