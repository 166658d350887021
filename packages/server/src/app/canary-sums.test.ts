import { expect, test } from 'vitest'
import { createCanarySums } from './canary-sums.ts'

const beat = (calls: number, errors: number, more = {}) => ({ id: 'a', calls, errors, limit: 0.1, stopped: false, ...more })

test('what no edge sees alone is seen in the sum, and all of them are told', () => {
  const sums = createCanarySums()
  expect(sums.hear('one', [beat(12, 2)])).toEqual([])
  expect(sums.hear('two', [beat(8, 1), beat(12, 0, { id: 'b' })])).toEqual(['a'])
  expect([sums.hear('one', [beat(12, 2)]), sums.hear('three', [])]).toEqual([['a'], ['a']])
})

test('what an edge tells again is counted once', () => {
  const sums = createCanarySums()
  for (let n = 0; n < 5; n++) expect(sums.hear('one', [beat(10, 5)])).toEqual([])
  expect(sums.hear('one', [beat(20, 2)])).toEqual([])
})

test('what an edge had counted before it was started anew stays', () => {
  const sums = createCanarySums()
  sums.hear('one', [beat(15, 2)])
  expect(sums.hear('one', [beat(3, 0)])).toEqual([])
  expect(sums.hear('one', [beat(5, 1)])).toEqual(['a'])
})

test('few calls say nothing', () => {
  const sums = createCanarySums()
  expect(sums.hear('one', [beat(19, 19)])).toEqual([])
})

test('what one edge has stopped is stopped everywhere, also after a restart of the core', () => {
  const sums = createCanarySums()
  expect(sums.hear('one', [beat(0, 0, { limit: 0, stopped: true })])).toEqual(['a'])
  expect(sums.hear('two', [])).toEqual(['a'])
})
