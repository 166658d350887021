import { digitsOf, isOneDigit, luhn, startsWithDate, weighted } from '../checksums.ts'
import type { CodeRule } from '../rule.ts'

const SSN = /(?!000|666|9\d\d)\d{3}([- .]?)(?!00)\d{2}\1(?!0000)\d{4}/y
/** Numbers that were printed in advertisements and examples, or that count up. */
const SAMPLES = new Set(['078051120', '219099999', '123456789', '987654321', '111111111', '222222222', '333333333'])

/** The remainder by 11 that Brazil puts at the end, twice. */
const brazilian = (digits: string, from: number, most: number): boolean =>
  [digits.length - 2, digits.length - 1].every((length) => {
    let weight = 2
    let sum = 0
    for (let at = length - 1; at >= 0; at--, weight = weight === most ? 2 : weight + 1) sum += Number(digits[at]) * weight
    return (sum % 11 < 2 ? 0 : 11 - (sum % 11)) === Number(digits[length])
  }) && digits.length === from

const CURP_LETTERS = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ'
const isCurp = (code: string): boolean => {
  const sum = [...code.slice(0, 17)].reduce((all, one, at) => all + CURP_LETTERS.indexOf(one) * (18 - at), 0)
  return startsWithDate(code.slice(4)) && (10 - (sum % 10)) % 10 === Number(code[17])
}

/** Letters of a registration with the drug enforcement authority, and their check digit. */
const isDea = (code: string): boolean => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, last] = digitsOf(code.slice(2))
  return (a + c + e + 2 * (b + d + f)) % 10 === last
}

export const AMERICAS: CodeRule[] = [
  {
    type: 'US_SSN',
    region: 'US',
    pattern: SSN,
    first: 'digit',
    digits: 9,
    valid: (digits) => !SAMPLES.has(digits) && !isOneDigit(digits),
    alone: 0,
    grouped: 0.85,
    near: 0.95,
    words: 'ssns?|ssid|social(?: security)?(?: (?:number|no))?|soc sec|seguro social',
  },
  {
    type: 'US_SSN',
    region: 'US',
    pattern: /(?!000|666|9\d\d)(?:\d{5}[- ]\d{4}|\d{3}[- ]\d{6})/y,
    first: 'digit',
    digits: 9,
    valid: (digits) => !SAMPLES.has(digits) && !isOneDigit(digits),
    alone: 0,
    near: 0.85,
    words: 'ssns?|ssid|social(?: security)?(?: (?:number|no))?|soc sec|seguro social',
  },
  {
    type: 'US_ITIN',
    region: 'US',
    pattern: /9\d{2}([- ]?)(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\1\d{4}|9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}/y,
    first: 'digit',
    digits: 9,
    alone: 0,
    grouped: 0.75,
    near: 0.95,
    words: 'itins?|tax ?payer|tax id|individual tax|taxid',
  },
  {
    type: 'US_PASSPORT',
    region: 'US',
    pattern: /[A-Z]?\d{8,9}/y,
    first: 'any',
    digits: 8,
    alone: 0,
    near: 0.75,
    words: 'passports?(?: (?:number|no|book|card))?|travel document|us passport',
  },
  {
    type: 'US_DRIVER_LICENSE',
    region: 'US',
    pattern: /[A-Z]{1,2}-?\d{2,4}-?\d{2,5}(?:-?\d{1,5})?|[A-Z]\d{3,8}|\d{7,9}|[A-Z]{2}\d{5,6}[A-Z]?|\d{2}[A-Z]{3}\d{5}/y,
    first: 'any',
    digits: 5,
    alone: 0,
    near: 0.7,
    words:
      "driv(?:er|ers|er'?s|ing)(?: ?(?:license|licence|permit))?(?: (?:number|no|#))?|dl(?: ?(?:#|no|number))?|licen[sc]e (?:number|no)|dls|lic#|cdls?",
  },
  {
    type: 'MEDICAL_LICENSE',
    region: 'US',
    pattern: /[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7}/y,
    first: 'letter',
    digits: 7,
    valid: isDea,
    alone: 0.6,
    near: 1,
    words: 'medical|certificate|dea|prescriber|physician|doctor',
  },
  {
    type: 'US_NPI',
    region: 'US',
    pattern: /[12]\d{9}/y,
    first: 'digit',
    digits: 10,
    valid: (digits) => luhn(`80840${digits}`),
    alone: 0,
    near: 0.95,
    words: 'npi|national provider',
  },
  {
    type: 'US_MBI',
    region: 'US',
    pattern: /[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}/y,
    first: 'digit',
    digits: 5,
    alone: 0.75,
    near: 0.95,
    words: 'medicare|mbi|beneficiary',
  },
  {
    type: 'CA_SIN',
    region: 'CA',
    pattern: /[1-79]\d{2}([ -]?)\d{3}\1\d{3}/y,
    first: 'digit',
    digits: 9,
    valid: (digits) => luhn(digits) && !isOneDigit(digits),
    alone: 0.35,
    grouped: 0.6,
    near: 0.95,
    words: "sin|social insurance|assurance sociale|nas|num[ée]ro d'assurance",
  },
  {
    type: 'BR_CPF',
    region: 'BR',
    pattern: /\d{3}\.\d{3}\.\d{3}-\d{2}|\d{9}-?\d{2}/y,
    first: 'digit',
    digits: 11,
    valid: (digits) => !isOneDigit(digits) && brazilian(digits, 11, 11),
    alone: 0.6,
    grouped: 1,
    near: 1,
    words: 'cpf|cadastro de pessoas?(?: f[íi]sicas?)?',
  },
  {
    type: 'BR_CNPJ',
    region: 'BR',
    pattern: /\d{2}\.\d{3}\.\d{3}\/\d{4}-\d{2}|\d{14}/y,
    first: 'digit',
    digits: 14,
    valid: (digits) => !isOneDigit(digits) && brazilian(digits, 14, 9),
    alone: 0.7,
    grouped: 1,
    near: 1,
    words: 'cnpj|cadastro nacional',
  },
  {
    type: 'MX_CURP',
    region: 'MX',
    pattern: /[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z\d]\d/iy,
    first: 'letter',
    digits: 7,
    valid: isCurp,
    alone: 1,
    words: 'curp',
  },
  {
    type: 'AR_CUIT',
    region: 'AR',
    pattern: /(?:20|23|24|25|26|27|30|33|34)-?\d{8}-?\d/y,
    first: 'digit',
    digits: 11,
    valid: (digits) => {
      const check = 11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)
      return (check === 11 ? 0 : check) === Number(digits[10])
    },
    alone: 0.4,
    grouped: 0.85,
    near: 0.95,
    words: 'cuit|cuil',
  },
  {
    type: 'CL_RUT',
    region: 'CL',
    pattern: /\d{1,2}\.\d{3}\.\d{3}-[\dK]|\d{7,8}-[\dK]/iy,
    first: 'digit',
    digits: 7,
    valid: (code) => {
      const sum = [...code.slice(0, -1)].reverse().reduce((all, one, at) => all + Number(one) * ((at % 6) + 2), 0)
      return '0K987654321'[sum % 11 === 0 ? 0 : sum % 11] === code.at(-1)
    },
    alone: 0.5,
    grouped: 0.85,
    near: 0.95,
    words: 'rut|run|rol [úu]nico',
  },
]
