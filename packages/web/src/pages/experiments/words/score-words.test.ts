import { expect, it } from 'vitest'
import { differenceText, pText, readingOf, scoreText, signedText } from './score-words.ts'

it('reads what lies between 0 and 1 as a share, all else as a number', () => {
  expect(readingOf([0, 1, null, 0.5])).toBe('share')
  expect(readingOf([0.2, 27.4])).toBe('number')
})

it('says scores and differences as people do', () => {
  expect(scoreText(0.83333, 'share')).toBe('83.3%')
  expect(scoreText(1, 'share')).toBe('100%')
  expect(scoreText(27.41234, 'number')).toBe('27.41')
  expect(differenceText(-0.12345, 'share')).toBe('−12.3 points')
  expect(differenceText(0, 'share')).toBe('0 points')
  expect(differenceText(1.5, 'number')).toBe('+1.5')
  expect(signedText(-0.0421, 'share')).toBe('−4.2')
})

it('says a p-value no finer than it is', () => {
  expect(pText(0.0000004)).toBe('p < 0.001')
  expect(pText(0.0436)).toBe('p 0.044')
})
