import { expect, it } from 'vitest'
import { signed } from './signed.ts'

it.each([
  [100, 140, '+40 (+40%)'],
  [100, 95, '−5 (−5.0%)'],
  [0, 3, '+3'],
  [1, 31, '+30 (+30×)'],
  [7, 7, null],
])('from %d to %d', (a, b, text) => expect(signed(a, b, String)).toBe(text))
