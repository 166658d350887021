import { isOneDigit, luhn, mod97, weighted } from '../checksums.ts'
import type { CodeRule } from '../rule.ts'

/** Ranges of the issuers, with the lengths they give out. */
const ISSUERS: [pattern: RegExp, lengths: readonly number[]][] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:30[0-59]|36|3[89])/, [14, 16]],
  [/^(?:6011|64[4-9]|65|622)/, [16, 17, 18, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^1/, [15]],
  [/^(?:5018|5019|5020|5038|5[6-8]|6304|6759|676[1-3]|67|60|62|63|69|50)/, [13, 15, 16, 17, 18, 19]],
  [/^220[0-4]/, [16, 17, 18, 19]],
  [/^(?:8[12]|9792)/, [16]],
]

const isCard = (digits: string): boolean =>
  luhn(digits) && !isOneDigit(digits) && ISSUERS.some(([range, lengths]) => range.test(digits) && lengths.includes(digits.length))

const ACCOUNT = 'account|acct|bank|checking|savings|deposit|a/c|debit|iban'

export const FINANCE: CodeRule[] = [
  {
    type: 'CREDIT_CARD',
    pattern: /\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|3\d{3}([ -]?)\d{6}\2\d{4,5}|\d{12,19}/y,
    first: 'digit',
    digits: 12,
    valid: isCard,
    alone: 0.9,
    grouped: 1,
    near: 1,
    words:
      'credit|card|visa|mastercard|amex|american express|discover|jcb|diners|maestro|debit|cc|cvv|karte|kreditkarte|tarjeta|carte|carta|cartão',
  },
  {
    type: 'ABA_ROUTING_NUMBER',
    region: 'US',
    pattern: /[0123678]\d{8}|[0123678]\d{3}-\d{4}-\d/y,
    first: 'digit',
    digits: 9,
    valid: (digits) =>
      !isOneDigit(digits) &&
      /^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)/.test(digits) &&
      weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
    alone: 0.4,
    grouped: 0.7,
    near: 0.95,
    words: 'aba|routing|aba ?rtn|rtn|bank ?routing|transit number|ach|wire',
  },
  {
    type: 'US_BANK_NUMBER',
    region: 'US',
    pattern: /\d{8,17}/y,
    first: 'digit',
    digits: 8,
    alone: 0,
    near: 0.6,
    words: `(?:${ACCOUNT})(?: account)? ?(?:no\\.?|num(?:ber)?s?|#)|(?:bank|checking|savings) account|acct`,
  },
  {
    type: 'EU_VAT',
    pattern: /(?:BE0?\d{9}|FR[A-Z\d]{2}\d{9}|NL\d{9}B\d{2})/y,
    first: 'letter',
    digits: 9,
    valid: (code) => {
      const digits = code.slice(2)
      if (code.startsWith('BE')) return 97 - (Number(digits.slice(-10, -2)) % 97) === Number(digits.slice(-2))
      if (code.startsWith('NL')) return mod97(`NL${digits}`) === 1 || dutch(digits.slice(0, 9))
      return !/^\d\d/.test(digits) || (12 + 3 * (Number(digits.slice(2)) % 97)) % 97 === Number(digits.slice(0, 2))
    },
    alone: 0.8,
    words: 'vat|tva|btw|tax',
  },
]

const dutch = (digits: string): boolean => weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === Number(digits[8])
