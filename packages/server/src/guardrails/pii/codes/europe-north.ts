import { isDate, isOneDigit, luhn, mod11x10, startsWithDate, startsWithDay, weighted } from '../checksums.ts'
import type { CodeRule } from '../rule.ts'

const FINNISH = '0123456789ABCDEFHJKLMNPRSTUVWXY'

/** The check digit of Germany's pension insurance: a letter counts as two digits, and products by the sum of their digits. */
const isGermanPension = (code: string): boolean => {
  const digits = code.slice(0, 8) + String(code.charCodeAt(8) - 64).padStart(2, '0') + code.slice(9, 11)
  const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]
  const sum = weights.reduce((all, weight, at) => {
    const product = weight * Number(digits[at])
    return all + Math.floor(product / 10) + (product % 10)
  }, 0)
  return sum % 10 === Number(code[11])
}

/** Of the first ten digits one stands twice or three times, and never three in a row. */
const isGermanTax = (digits: string): boolean => {
  const counts = new Map<string, number>()
  for (const one of digits.slice(0, 10)) counts.set(one, (counts.get(one) ?? 0) + 1)
  const repeated = [...counts.values()].filter((count) => count > 1)
  return repeated.length === 1 && (repeated[0] ?? 9) <= 3 && !/(\d)\1\1/.test(digits.slice(0, 10)) && mod11x10(digits)
}

const isNir = (code: string): boolean => {
  const number = code.slice(0, 13).replace('2A', '19').replace('2B', '18')
  if (!/^\d{13}$/.test(number)) return false
  return 97 - Number(BigInt(number) % 97n) === Number(code.slice(13))
}

const isPesel = (digits: string): boolean => {
  const month = Number(digits.slice(2, 4)) % 20
  if (!isDate(Number(digits.slice(4, 6)), month, Number(digits.slice(0, 2))) && !isOneDigit(digits.slice(0, 10))) return false
  return (10 - (weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === Number(digits[10])
}

/** Norway: two remainders by 11, and a date whose day may be 40 more. */
const isNorwegian = (digits: string): boolean => {
  const day = String(Number(digits.slice(0, 2)) % 40).padStart(2, '0')
  const check = (weights: number[]) => (11 - (weighted(digits, weights) % 11)) % 11
  return (
    startsWithDay(day + digits.slice(2, 6)) &&
    check([3, 7, 6, 1, 8, 9, 4, 5, 2]) === Number(digits[9]) &&
    check([5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) === Number(digits[10])
  )
}

/** Estonia and Lithuania share a code with two rounds of weights. */
const isBaltic = (digits: string): boolean => {
  const first = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
  const second = weighted(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11
  return startsWithDate(digits.slice(1)) && (first < 10 ? first : second % 10) === Number(digits[10])
}

export const EUROPE_NORTH: CodeRule[] = [
  {
    type: 'UK_NHS',
    region: 'GB',
    pattern: /\d{3}([- ]?)\d{3}\1\d{4}/y,
    first: 'digit',
    digits: 10,
    valid: (digits) => !isOneDigit(digits) && weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    alone: 0.4,
    grouped: 0.7,
    near: 1,
    words: 'national health service|nhs|health services authority|health authority',
  },
  {
    type: 'UK_NINO',
    region: 'GB',
    pattern: /(?!BG|GB|NK|KN|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]/iy,
    first: 'letter',
    digits: 6,
    alone: 0.75,
    near: 0.95,
    words: 'national insurance|ni number|nino|insurance number',
  },
  {
    type: 'UK_PASSPORT',
    region: 'GB',
    pattern: /\d{9}/y,
    first: 'digit',
    digits: 9,
    alone: 0,
    near: 0.7,
    words: '(?:uk|british) passport',
  },
  {
    type: 'IE_PPS',
    region: 'IE',
    pattern: /\d{7}[A-W][A-IW]?/y,
    first: 'digit',
    digits: 7,
    valid: (code) => {
      const more = code[8] === undefined || code[8] === 'W' ? 0 : 9 * (code.charCodeAt(8) - 64)
      return 'WABCDEFGHIJKLMNOPQRSTUV'[(weighted(code, [8, 7, 6, 5, 4, 3, 2]) + more) % 23] === code[7]
    },
    alone: 0.5,
    near: 1,
    words: 'pps|ppsn|personal public service',
  },
  {
    type: 'FI_PERSONAL_IDENTITY_CODE',
    region: 'FI',
    pattern: /\d{6}[-+ABCDEFYXWVU]\d{3}[\dA-FHJ-NPR-Y]/iy,
    first: 'digit',
    digits: 6,
    valid: (code) => {
      const number = code.slice(0, 6) + code.slice(-4, -1)
      return startsWithDay(number) && FINNISH[Number(number) % 31] === code.at(-1)
    },
    alone: 0.9,
    near: 1,
    words: 'hetu|henkil[öo]tunnus|personbeteckning|personal identity code',
  },
  {
    type: 'SE_PERSONNUMMER',
    region: 'SE',
    pattern: /(?:19|20)?\d{6}[-+]\d{4}|(?:19|20)\d{10}|\d{10}/y,
    first: 'digit',
    digits: 6,
    valid: (code) => {
      const digits = code.replace(/\D/g, '').slice(-10)
      const day = String(Number(digits.slice(4, 6)) % 60).padStart(2, '0')
      return luhn(digits) && startsWithDate(digits.slice(0, 4) + day)
    },
    alone: 0,
    grouped: 0.8,
    near: 1,
    words: 'personnummer|samordningsnummer|pnr|personal identity',
  },
  {
    type: 'NO_FODSELSNUMMER',
    region: 'NO',
    pattern: /\d{6} ?\d{5}/y,
    first: 'digit',
    digits: 11,
    valid: isNorwegian,
    alone: 0.7,
    near: 1,
    words: 'f[øo]dselsnummer|personnummer|fnr|d-nummer',
  },
  {
    type: 'DK_CPR',
    region: 'DK',
    pattern: /\d{6}[- ]?\d{4}/y,
    first: 'digit',
    digits: 10,
    valid: startsWithDay,
    alone: 0,
    grouped: 0.45,
    near: 0.95,
    words: 'cpr|personnummer|cpr-nummer',
  },
  {
    type: 'DE_TAX_ID',
    region: 'DE',
    pattern: /[1-9]\d ?\d{3} ?\d{3} ?\d{3}/y,
    first: 'digit',
    digits: 11,
    valid: isGermanTax,
    alone: 0.5,
    near: 1,
    words: 'steuer-?id(?:entifikationsnummer)?|steuerliche identifikationsnummer|steuernummer|tin|idnr|tax id',
  },
  {
    type: 'DE_SOCIAL_SECURITY',
    region: 'DE',
    pattern: /\d{2} ?\d{6} ?[A-Z] ?\d{3}/iy,
    first: 'digit',
    digits: 8,
    valid: (code) => startsWithDay(code.slice(2)) && isGermanPension(code),
    alone: 0.9,
    near: 1,
    words: 'sozialversicherung\\w*|rentenversicherung\\w*|sv-?nummer',
  },
  {
    type: 'DE_ID_CARD',
    region: 'DE',
    pattern: /[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}\d?/iy,
    first: 'letter',
    digits: 1,
    alone: 0,
    near: 0.85,
    words: 'personalausweis\\w*|ausweis(?:nummer)?|reisepass\\w*',
  },
  {
    type: 'FR_NIR',
    region: 'FR',
    pattern: /[12][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}/iy,
    first: 'digit',
    digits: 10,
    valid: isNir,
    alone: 0.9,
    near: 1,
    words: 's[ée]curit[ée] sociale|nir|num[ée]ro de s[ée]cu|insee',
  },
  {
    type: 'NL_BSN',
    region: 'NL',
    pattern: /\d{9}|\d{3}[. ]\d{3}[. ]\d{3}|\d{4}[. ]\d{2}[. ]\d{3}/y,
    first: 'digit',
    digits: 9,
    valid: (digits) => !isOneDigit(digits) && weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    alone: 0.35,
    near: 1,
    words: 'bsn|burgerservicenummer|sofi-?nummer',
  },
  {
    type: 'BE_NATIONAL_NUMBER',
    region: 'BE',
    pattern: /\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}/y,
    first: 'digit',
    digits: 11,
    valid: (digits) => {
      const [number, check] = [digits.slice(0, 9), Number(digits.slice(9))]
      return startsWithDate(digits) && (97 - (Number(number) % 97) === check || 97 - (Number(`2${number}`) % 97) === check)
    },
    alone: 0.7,
    grouped: 0.95,
    near: 1,
    words: 'rijksregister\\w*|registre national|num[ée]ro national|nationaal nummer',
  },
  {
    type: 'PL_PESEL',
    region: 'PL',
    pattern: /\d{11}/y,
    first: 'digit',
    digits: 11,
    valid: isPesel,
    alone: 0.6,
    near: 1,
    words: 'pesel',
  },
  {
    type: 'CH_AHV',
    region: 'CH',
    pattern: /756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}/y,
    first: 'digit',
    digits: 13,
    valid: (digits) => weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
    alone: 0.9,
    near: 1,
    words: 'ahv|avs|navs',
  },
  {
    type: 'AT_SVNR',
    region: 'AT',
    pattern: /[1-9]\d{3} ?\d{6}/y,
    first: 'digit',
    digits: 10,
    valid: (digits) => weighted(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === Number(digits[3]),
    alone: 0,
    near: 0.95,
    words: 'svnr|sv-?nummer|versicherungsnummer|sozialversicherung\\w*',
  },
  {
    type: 'CZ_BIRTH_NUMBER',
    region: 'CZ',
    pattern: /\d{6}\/?\d{4}/y,
    first: 'digit',
    digits: 10,
    valid: (digits) => {
      const month = String(Number(digits.slice(2, 4)) % 50).padStart(2, '0')
      return startsWithDate(digits.slice(0, 2) + month + digits.slice(4, 6)) && Number(digits) % 11 === 0
    },
    alone: 0,
    grouped: 0.8,
    near: 0.95,
    words: 'rodn[ée] [čc][íi]slo|birth number|r[čc]',
  },
  {
    type: 'HR_OIB',
    region: 'HR',
    pattern: /\d{11}/y,
    first: 'digit',
    digits: 11,
    valid: mod11x10,
    alone: 0,
    near: 0.95,
    words: 'oib|osobni identifikacijski',
  },
  {
    type: 'EE_LT_PERSONAL_CODE',
    region: 'EE',
    pattern: /[1-6]\d{10}/y,
    first: 'digit',
    digits: 11,
    valid: isBaltic,
    alone: 0.45,
    near: 1,
    words: 'isikukood|asmens kodas|personal code',
  },
]
