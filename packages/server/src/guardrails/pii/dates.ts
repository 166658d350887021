import type { Found } from '../check.ts'
import { isDate } from './checksums.ts'
import type { Near } from './near.ts'

const MONTHS =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre'
const DATE = new RegExp(
  `(?<![\\d\\p{L}/.-])(?:(?<y1>(?:18|19|20)\\d{2})[-/.](?<m1>\\d{1,2})[-/.](?<d1>\\d{1,2})|(?<a>\\d{1,2})(?<s>[-/.])(?<b>\\d{1,2})\\k<s>(?<y2>(?:18|19|20)?\\d{2})|\\d{1,2}(?:st|nd|rd|th|\\.|º)?(?: of| de)?[ -](?:${MONTHS})\\.?,?(?: de| del)?[ -](?:18|19|20)?\\d{2}|(?:${MONTHS})\\.? \\d{1,2}(?:st|nd|rd|th)?,? (?:18|19|20)\\d{2})(?![\\d\\p{L}])`,
  'giu',
)
const BIRTH =
  /(?<![\p{L}])(?:born|birth|birthday|birth ?date|date of birth|dob|d\.o\.b\.?|bday|geboren|geb\.|geburtsdatum|geburtstag|nacid[oa]|nacimiento|naissance|née?|nat[oa]|nascita|nascimento|nascid[oa]|geboortedatum|född|født|syntynyt|urodzon[ya]|जन्म|生年月日|出生)(?![\p{L}])/u

const SIGNS =
  'born Born BORN irth IRTH dob DOB d.o.b D.O.B bday geb. Geb. geboren Geboren naci Naci NACI naiss né nato nata Nat nasc Nasc geboorte född Född født syntynyt urodz Urodz जन्म 生年月日 出生'.split(
    ' ',
  )
const mayTellBirth = (text: string): boolean =>
  /\d/.test(text) && SIGNS.some((sign) => text.includes(sign)) && BIRTH.test(text.toLowerCase())

/** Days of birth: a date with words near it that say so. With `all`, every date. */
export function findDates(text: string, all: boolean, near: Near, found: Found[]): void {
  if (!all && !mayTellBirth(text)) return
  for (const match of text.matchAll(DATE)) {
    const { y1, m1, d1, a, b, y2 } = match.groups ?? {}
    if (y1 !== undefined && !isDate(Number(d1), Number(m1), Number(y1))) continue
    if (y2 !== undefined && !isDate(Number(a), Number(b), 4) && !isDate(Number(b), Number(a), 4)) continue
    const birth = near.has(BIRTH, match.index, match.index + match[0].length)
    if (!birth && !all) continue
    const reason = birth ? 'a date that words near it call a day of birth' : 'a date'
    found.push({ type: 'DATE_TIME', start: match.index, end: match.index + match[0].length, score: birth ? 0.85 : 0.5, reason })
  }
}
