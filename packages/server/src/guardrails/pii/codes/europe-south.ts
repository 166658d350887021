import { isDate, isOneDigit, luhn, startsWithDate, startsWithDay, weighted } from '../checksums.ts'
import type { CodeRule } from '../rule.ts'

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE'

const ODD = '1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23'.split(' ').map(Number)
/** Letters in place of digits, where two people would have the same code. */
const OMOCODIA = 'LMNPQRSTUV'
const isFiscal = (code: string): boolean => {
  const plain = code.replace(/[A-Z]/g, (one, at) => ([6, 7, 9, 10, 12, 13, 14].includes(at) ? String(OMOCODIA.indexOf(one)) : one))
  const day = Number(plain.slice(9, 11)) % 40
  if (!isDate(day, 'ABCDEHLMPRST'.indexOf(plain[8] ?? '') + 1, 4)) return false
  const sum = [...code.slice(0, 15)].reduce((all, one, at) => {
    const value = /\d/.test(one) ? Number(one) : one.charCodeAt(0) - 65
    return all + (at % 2 === 0 ? (ODD[value] ?? 0) : value)
  }, 0)
  return String.fromCharCode(65 + (sum % 26)) === code[15]
}

export const EUROPE_SOUTH: CodeRule[] = [
  {
    type: 'ES_NIF',
    region: 'ES',
    pattern: /\d{7,8}[ -]?[A-Z]/iy,
    first: 'digit',
    digits: 7,
    valid: (code) => SPANISH[Number(code.slice(0, -1)) % 23] === code.at(-1),
    alone: 0.8,
    near: 1,
    words: 'documento nacional de identidad|dni|nif|identificaci[óo]n',
  },
  {
    type: 'ES_NIE',
    region: 'ES',
    pattern: /[XYZ][ -]?\d{7}[ -]?[A-Z]/iy,
    first: 'letter',
    digits: 7,
    valid: (code) => SPANISH[Number('XYZ'.indexOf(code[0] ?? '') + code.slice(1, -1)) % 23] === code.at(-1),
    alone: 0.9,
    near: 1,
    words: 'n[úu]mero de identificaci[óo]n de extranjero|nie|extranjero',
  },
  {
    type: 'ES_PASSPORT',
    region: 'ES',
    pattern: /[A-Z]{3}\d{6}/iy,
    first: 'letter',
    digits: 6,
    alone: 0,
    near: 0.8,
    words: 'pasaporte|passport',
  },
  {
    type: 'PT_NIF',
    region: 'PT',
    pattern: /[1235689]\d{2}([ ]?)\d{3}\1\d{3}/y,
    first: 'digit',
    digits: 9,
    valid: (digits) => {
      const check = 11 - (weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)
      return (check > 9 ? 0 : check) === Number(digits[8])
    },
    alone: 0,
    near: 0.95,
    words: 'nif|contribuinte|n[úu]mero fiscal',
  },
  {
    type: 'IT_FISCAL_CODE',
    region: 'IT',
    pattern: /[A-Z]{6}[\dLMNPQRSTUV]{2}[ABCDEHLMPRST][\dLMNPQRSTUV]{2}[A-Z][\dLMNPQRSTUV]{3}[A-Z]/iy,
    first: 'letter',
    digits: 0,
    valid: isFiscal,
    alone: 1,
    words: 'codice fiscale|cf|fiscale',
  },
  {
    type: 'IT_VAT_CODE',
    region: 'IT',
    pattern: /(?:IT ?)?\d{7}[ _]?\d{4}/iy,
    first: 'any',
    digits: 11,
    valid: (code) => luhn(code.replace(/\D/g, '')) && !isOneDigit(code.replace(/\D/g, '')),
    alone: 0.4,
    near: 0.95,
    words: 'piva|partita iva|p\\.? ?iva|vat|iva',
  },
  {
    type: 'IT_DRIVER_LICENSE',
    region: 'IT',
    pattern: /[A-Z]{2}\d{7}[A-Z]|U1[BCDFGHLJKMNPRSTUWYXZ\d]{7}[A-Z]/iy,
    first: 'letter',
    digits: 1,
    alone: 0.3,
    near: 0.9,
    words: 'patente(?: di guida)?|licenza|driver|driving',
  },
  {
    type: 'IT_PASSPORT',
    region: 'IT',
    pattern: /[A-Z]{2}\d{7}/iy,
    first: 'letter',
    digits: 7,
    alone: 0,
    near: 0.85,
    words: 'passaporto|elettronico|italian passport|documento di viaggio|passport',
  },
  {
    type: 'IT_IDENTITY_CARD',
    region: 'IT',
    pattern: /[A-Z]{2} ?\d{7}|\d{7}[A-Z]{2}|[A-Z]{2}\d{5}[A-Z]{2}/iy,
    first: 'any',
    digits: 5,
    alone: 0,
    near: 0.85,
    words: "carta d[’']? ?identit[àa]|carta|identit[àa]|elettronica|cie|documento|riconoscimento|espatrio",
  },
  {
    type: 'TR_TCKN',
    region: 'TR',
    pattern: /[1-9]\d{10}/y,
    first: 'digit',
    digits: 11,
    valid: (digits) => {
      const all = [...digits].map(Number)
      const at = (places: number[]) => places.reduce((sum, place) => sum + (all[place] ?? 0), 0)
      const tenth = (((at([0, 2, 4, 6, 8]) * 7 - at([1, 3, 5, 7])) % 10) + 10) % 10
      return tenth === all[9] && at([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) % 10 === all[10]
    },
    alone: 0.6,
    near: 1,
    words: 't\\.?c\\.?|tckn|kimlik|vatanda[şs]l[ıi]k',
  },
  {
    type: 'GR_AMKA',
    region: 'GR',
    pattern: /\d{11}/y,
    first: 'digit',
    digits: 11,
    valid: (digits) => luhn(digits) && startsWithDay(digits),
    alone: 0,
    near: 0.95,
    words: 'amka|αμκα',
  },
  {
    type: 'BG_EGN',
    region: 'BG',
    pattern: /\d{10}/y,
    first: 'digit',
    digits: 10,
    valid: (digits) => (weighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === Number(digits[9]),
    alone: 0,
    near: 0.95,
    words: 'egn|егн',
  },
  {
    type: 'RO_CNP',
    region: 'RO',
    pattern: /[1-8]\d{12}/y,
    first: 'digit',
    digits: 13,
    valid: (digits) =>
      startsWithDate(digits.slice(1)) && (weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11) % 10 === Number(digits[12]),
    alone: 0.5,
    near: 1,
    words: 'cnp|cod numeric personal',
  },
]
