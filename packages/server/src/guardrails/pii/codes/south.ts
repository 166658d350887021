import { isOneDigit, luhn, startsWithDate, weighted } from '../checksums.ts'
import type { CodeRule } from '../rule.ts'

/** Australia, New Zealand and Africa. */
export const SOUTH: CodeRule[] = [
  {
    type: 'AU_ABN',
    region: 'AU',
    pattern: /[1-9]\d([ ]?)\d{3}\1\d{3}\1\d{3}/y,
    first: 'digit',
    digits: 11,
    valid: (digits) => weighted(`${Number(digits[0]) - 1}${digits.slice(1)}`, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89 === 0,
    alone: 0.6,
    grouped: 0.9,
    near: 1,
    words: 'australian business number|abn',
  },
  {
    type: 'AU_ACN',
    region: 'AU',
    pattern: /\d{3}([ ]?)\d{3}\1\d{3}/y,
    first: 'digit',
    digits: 9,
    valid: (digits) => (10 - (weighted(digits, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === Number(digits[8]),
    alone: 0.4,
    grouped: 0.55,
    near: 1,
    words: 'australian company number|acn',
  },
  {
    type: 'AU_TFN',
    region: 'AU',
    pattern: /\d{3}([ ]?)\d{3}\1\d{3}/y,
    first: 'digit',
    digits: 9,
    valid: (digits) => !isOneDigit(digits) && weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    alone: 0.4,
    grouped: 0.55,
    near: 1,
    words: 'australian tax file number|tax file number|tfn',
  },
  {
    type: 'AU_MEDICARE',
    region: 'AU',
    pattern: /[2-6]\d{3}([ ]?)\d{5}\1\d/y,
    first: 'digit',
    digits: 10,
    valid: (digits) => weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(digits[8]),
    alone: 0.4,
    grouped: 0.7,
    near: 1,
    words: 'medicare',
  },
  {
    type: 'NZ_IRD',
    region: 'NZ',
    pattern: /\d{2,3}([ -]?)\d{3}\1\d{3}/y,
    first: 'digit',
    digits: 8,
    valid: (digits) => {
      const number = digits.padStart(9, '0')
      const by = (weights: number[]) => (11 - (weighted(number, weights) % 11)) % 11
      const first = by([3, 2, 7, 6, 5, 4, 3, 2])
      return (first === 10 ? by([7, 4, 3, 2, 5, 2, 7, 6]) : first) === Number(number[8])
    },
    alone: 0,
    near: 0.95,
    words: 'ird|inland revenue',
  },
  {
    type: 'ZA_ID',
    region: 'ZA',
    pattern: /\d{6} ?\d{4} ?[01]\d{2}/y,
    first: 'digit',
    digits: 13,
    valid: (digits) => luhn(digits) && startsWithDate(digits),
    alone: 0.7,
    near: 1,
    words: 'south african id|identity number|id number|rsa id',
  },
  {
    type: 'NG_NIN',
    region: 'NG',
    pattern: /\d{11}/y,
    first: 'digit',
    digits: 11,
    alone: 0,
    near: 0.85,
    words: 'nin|national identification number|bvn',
  },
]
