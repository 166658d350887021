import { isDate, isOneDigit, luhn, startsWithDate, verhoeff, weighted } from '../checksums.ts'
import type { CodeRule } from '../rule.ts'

const STATES = new Set(
  'AN AP AR AS BH BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TN TR TS TG UA UK UP UT WB'.split(
    ' ',
  ),
)

const BASE36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const isGstin = (code: string): boolean => {
  const sum = [...code.slice(0, 14)].reduce((all, one, at) => {
    const product = BASE36.indexOf(one) * (at % 2 === 0 ? 1 : 2)
    return all + Math.floor(product / 36) + (product % 36)
  }, 0)
  return BASE36[(36 - (sum % 36)) % 36] === code[14]
}

const isNric = (code: string): boolean => {
  const series = code[0] ?? ''
  const sum = weighted(code.slice(1), [2, 7, 6, 5, 4, 3, 2]) + (series === 'T' || series === 'G' ? 4 : series === 'M' ? 3 : 0)
  if ('ST'.includes(series)) return 'JZIHGFEDCBA'[sum % 11] === code[8]
  if (series === 'M') return 'XWUTRQPNJLK'[sum % 11] === code[8] || 'KLJNPQRTUWX'[sum % 11] === code[8]
  return 'XWUTRQPNMLK'[sum % 11] === code[8]
}

const isChinese = (code: string): boolean => {
  const day = isDate(Number(code.slice(12, 14)), Number(code.slice(10, 12)), Number(code.slice(6, 10)))
  return day && '10X98765432'[weighted(code, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11] === code[17]
}

/** Since 2020 new numbers of Korea have no check digit, so a date must do. */
const isKorean = (digits: string): boolean => startsWithDate(digits) && /^[1-8]$/.test(digits[6] ?? '')

const TAIWAN = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'
const isTaiwanese = (code: string): boolean => {
  const area = TAIWAN.indexOf(code[0] ?? '') + 10
  return (Math.floor(area / 10) + (area % 10) * 9 + weighted(code.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1])) % 10 === 0
}

const isHongKong = (code: string): boolean => {
  const letters = code.match(/^[A-Z]+/)?.[0] ?? ''
  const values = [...letters.padStart(2, ' ')].map((one) => (one === ' ' ? 36 : one.charCodeAt(0) - 55))
  const last = code.at(-1) === 'A' ? 10 : Number(code.at(-1))
  const digits = code.slice(letters.length, -1)
  return ((values[0] ?? 0) * 9 + (values[1] ?? 0) * 8 + weighted(digits, [7, 6, 5, 4, 3, 2]) + last) % 11 === 0
}

export const ASIA: CodeRule[] = [
  {
    type: 'IN_AADHAAR',
    region: 'IN',
    pattern: /[2-9]\d{3}([ :-]?)\d{4}\1\d{4}/y,
    first: 'digit',
    digits: 12,
    valid: (digits) => verhoeff(digits) && digits !== [...digits].reverse().join(''),
    alone: 0.5,
    grouped: 0.75,
    near: 1,
    words: 'aadhaa?r|uidai|uid|आधार',
  },
  {
    type: 'IN_PAN',
    region: 'IN',
    pattern: /[A-Z]{5}\d{4}[A-Z]/iy,
    first: 'letter',
    digits: 4,
    valid: (code) => 'ABCFGHJLPTK'.includes(code[3] ?? ' '),
    unchecked: [0.4, 0.8],
    alone: 0.8,
    near: 0.95,
    words: 'permanent account number|pan|pan card|income tax',
  },
  {
    type: 'IN_GSTIN',
    region: 'IN',
    pattern: /(?:0[1-9]|[1-3]\d|97|99)[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[\dA-Z]/iy,
    first: 'digit',
    digits: 6,
    valid: isGstin,
    alone: 1,
    words: 'gst|gstin',
  },
  {
    type: 'IN_VEHICLE_REGISTRATION',
    region: 'IN',
    pattern: /[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}|\d{2} ?BH ?\d{4} ?[A-Z]{1,2}/iy,
    first: 'any',
    digits: 4,
    valid: (code) => /^\d/.test(code) || STATES.has(code.slice(0, 2)),
    alone: 0.7,
    near: 0.95,
    words: 'rto|vehicle|plate|registration|car|bike|number plate',
  },
  {
    type: 'IN_VOTER',
    region: 'IN',
    pattern: /[A-Z][ABCDGHJKMNPRSYZ][A-Z]\d{7}/iy,
    first: 'letter',
    digits: 7,
    alone: 0.4,
    near: 0.9,
    words: 'voter|epic|elector photo identity card|election',
  },
  {
    type: 'IN_PASSPORT',
    region: 'IN',
    pattern: /[A-PR-WY][1-9]\d ?\d{4}[1-9]/iy,
    first: 'letter',
    digits: 7,
    alone: 0,
    near: 0.85,
    words: 'passport|indian passport|travel document',
  },
  {
    type: 'SG_NRIC_FIN',
    region: 'SG',
    pattern: /[STFGM]\d{7}[A-Z]/iy,
    first: 'letter',
    digits: 7,
    valid: isNric,
    unchecked: [0.45, 0.7],
    alone: 0.9,
    near: 1,
    words: 'fin|nric',
  },
  {
    type: 'SG_UEN',
    region: 'SG',
    pattern: /\d{8}[A-Z]|(?:19|20)\d{7}[A-Z]|[TSR]\d{2}[A-Z]{2}\d{4}[A-Z]/y,
    first: 'any',
    digits: 6,
    valid: isUen,
    alone: 0.6,
    near: 0.95,
    words: 'uen|unique entity|business registration|acra',
  },
  {
    type: 'CN_RESIDENT_ID',
    region: 'CN',
    pattern: /[1-9]\d{5}(?:18|19|20)\d{9}[\dX]/iy,
    first: 'digit',
    digits: 17,
    valid: isChinese,
    alone: 1,
    words: 'resident id|身份证|id card',
  },
  {
    type: 'KR_RRN',
    region: 'KR',
    pattern: /\d{6}-?[1-8]\d{6}/y,
    first: 'digit',
    digits: 13,
    valid: isKorean,
    alone: 0.5,
    grouped: 0.85,
    near: 1,
    words: '주민등록번호|주민번호|resident registration|korean rrn|rrn',
  },
  {
    type: 'TH_TNIN',
    region: 'TH',
    pattern: /[1-8][ -]?\d{4}[ -]?\d{5}[ -]?\d{2}[ -]?\d/y,
    first: 'digit',
    digits: 13,
    valid: (digits) =>
      !isOneDigit(digits) && (11 - (weighted(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === Number(digits[12]),
    alone: 0.5,
    grouped: 0.85,
    near: 1,
    words: 'thai|national id|เลขประจำตัวประชาชน|บัตรประชาชน|tnin|pin',
  },
  {
    type: 'JP_MY_NUMBER',
    region: 'JP',
    pattern: /\d{4}([ -]?)\d{4}\1\d{4}/y,
    first: 'digit',
    digits: 12,
    valid: (digits) => {
      const rest = weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
      return (rest < 2 ? 0 : 11 - rest) === Number(digits[11])
    },
    alone: 0,
    near: 0.95,
    words: 'my number|マイナンバー|個人番号',
  },
  {
    type: 'TW_NATIONAL_ID',
    region: 'TW',
    pattern: /[A-Z][1289]\d{8}/y,
    first: 'letter',
    digits: 9,
    valid: isTaiwanese,
    alone: 0.6,
    near: 1,
    words: '身分證|national id|taiwan',
  },
  {
    type: 'HK_ID',
    region: 'HK',
    pattern: /[A-Z]{1,2}\d{6}\([\dA]\)|[A-Z]{1,2}\d{6}[\dA]/y,
    first: 'letter',
    digits: 6,
    valid: (code) => isHongKong(code.replace(/[()]/g, '')),
    alone: 0,
    grouped: 0.85,
    near: 0.95,
    words: 'hkid|hong kong id|香港身份證',
  },
  {
    type: 'MY_NRIC',
    region: 'MY',
    pattern: /\d{6}-\d{2}-\d{4}|\d{12}/y,
    first: 'digit',
    digits: 12,
    valid: startsWithDate,
    alone: 0,
    grouped: 0.75,
    near: 0.9,
    words: 'mykad|nric|kad pengenalan|ic number',
  },
  {
    type: 'IL_ID',
    region: 'IL',
    pattern: /\d{8}-?\d/y,
    first: 'digit',
    digits: 9,
    valid: luhn,
    alone: 0,
    near: 0.95,
    words: 'teudat zehut|israeli id|תעודת זהות|ת\\.ז\\.?',
  },
]

function isUen(code: string): boolean {
  const letter = (alphabet: string, weights: number[], by: number) => alphabet[weighted(code, weights) % by] === code.at(-1)
  if (/^\d{8}[A-Z]$/.test(code)) return letter('XMKECAWLJDB', [10, 4, 9, 3, 8, 2, 7, 1], 11)
  if (/^\d{9}[A-Z]$/.test(code)) return letter('ZKCMDNERGWH', [10, 8, 6, 4, 9, 7, 5, 3, 1], 11)
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWX0123456789'
  const sum = [4, 3, 5, 3, 10, 2, 2, 5, 7].reduce((all, weight, at) => all + weight * alphabet.indexOf(code[at] ?? ''), 0)
  return alphabet[(((sum - 5) % 11) + 11) % 11] === code.at(-1)
}
