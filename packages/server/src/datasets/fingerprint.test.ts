import { expect, test } from 'vitest'
import { printOf, shinglesOf, similarityOf } from './fingerprint.ts'

const words = (count: number, salt: string) => Array.from({ length: count }, (_, at) => `${salt}${at}`)

test('case and punctuation do not matter, order does', () => {
  expect(shinglesOf('Where is my ORDER?')).toEqual(shinglesOf('where is, my order'))
  expect(similarityOf(shinglesOf('refund for order one please'), shinglesOf('please one order for refund'))).toBe(0)
  expect(similarityOf(shinglesOf('ok'), shinglesOf('OK!'))).toBe(1)
  expect([...shinglesOf('')]).toEqual([''])
})

test('what is nearly the same has a band in common nearly always, and what is not hardly ever', () => {
  let near = 0
  let far = 0
  for (let round = 0; round < 200; round++) {
    const text = words(60, `w${round}x`)
    const changed = text.with(20, 'else').with(40, 'other')
    const [one, other, stranger] = [text, changed, words(60, `s${round}x`)].map((all) => shinglesOf(all.join(' '))) as [
      Set<string>,
      Set<string>,
      Set<string>,
    ]
    expect(similarityOf(one, other)).toBeGreaterThan(0.8)
    const print = printOf(one)
    if (printOf(other).some((band, at) => band === print[at])) near++
    if (printOf(stranger).some((band, at) => band === print[at])) far++
  }
  expect(near).toBeGreaterThan(185)
  expect(far).toBe(0)
})
