import { expect, test } from 'vitest'
import { readRows } from './bench-rows.ts'

test.each<[string, unknown]>([
  ['Hello there', { rows: [{ output: 'Hello there' }] }],
  ['{"output":1}\n\n{"output":2}', { rows: [{ output: 1 }, { output: 2 }] }],
  ['[{"output":"a","expected":"b"}]', { rows: [{ output: 'a', expected: 'b' }] }],
  ['{\n"output": null\n}', { rows: [{ output: null }] }],
  ['{"output":1}\n{"input":2}', { problem: 'Row 2 has no "output": what is judged.' }],
  ['{"output":1}\nwhat', { problem: 'Row 2 is no JSON object.' }],
  ['  ', { problem: 'There is no row.' }],
])('%j', (text, read) => expect(readRows(text)).toEqual(read))

test('not more than fifty', () =>
  expect(readRows(Array.from({ length: 51 }, () => '{"output":1}').join('\n'))).toMatchObject({ problem: expect.stringContaining('51') }))
