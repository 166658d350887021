import { expect, test } from 'vitest'
import { formOf, lineTitle, reached, titleOf, valueTitle } from './forms.ts'

const THRESHOLDS = [
  { at: 0, status: 'ok' as const, words: 'fine' },
  { at: 0.05, status: 'error' as const, words: 'too many' },
]
test.each([
  [null, undefined],
  [-1, undefined],
  [0, 'fine'],
  [0.0499, 'fine'],
  [0.05, 'too many'],
  [9, 'too many'],
])('the threshold of %s', (value, words) => expect(reached(THRESHOLDS, value)?.words).toBe(words))

test('a panel without a title has one', () => {
  const query = { measures: ['calls' as const, 'errors' as const], dimensions: ['model'], filters: [] }
  expect(titleOf({ title: '', kind: 'table', query })).toBe('Calls, Errors by model')
  expect(titleOf({ title: 'Mine', kind: 'table', query })).toBe('Mine')
  expect(titleOf({ title: '', kind: 'text', query: undefined })).toBe('Text')
})

test('values in words, with the unit of the panel', () => {
  expect(formOf('calls', { unit: 'tickets' }).show(12)).toBe('12 tickets')
  expect(formOf('calls', { unit: undefined }).show(12)).toBe('12')
  const name = (id: string) => (id === 'key_1' ? 'checkout' : id)
  expect(valueTitle('keyId', 'key_1', name)).toBe('checkout')
  expect(valueTitle('model', '', name)).toBe('no model')
  expect(valueTitle('stream', false, name)).toBe('false')
  expect(lineTitle({ key: 'r', measure: 'calls', rest: true, values: [] }, 'model', name)).toBe('all others')
  expect(lineTitle({ key: 'r', measure: 'calls', values: [] }, undefined, name)).toBe('Calls')
})
