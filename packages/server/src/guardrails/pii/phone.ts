import parsePhoneNumber, { type CountryCode } from 'libphonenumber-js/max'
import type { Found } from '../check.ts'
import type { Group } from './groups.ts'
import type { Near } from './near.ts'

/** Where numbers without a country code are looked up when a project says nothing: by how many people write with such tools. */
const WITH_ZERO: readonly Usual[] = [
  ['GB', 10, 11],
  ['DE', 8, 13],
  ['FR', 10, 10],
  ['AU', 10, 10],
  ['IN', 11, 11],
  ['IT', 8, 11],
  ['BR', 11, 12],
  ['NL', 10, 10],
]
const WITHOUT: readonly Usual[] = [
  ['US', 10, 11],
  ['IN', 10, 10],
  ['ES', 9, 9],
  ['BR', 10, 11],
  ['IT', 9, 10],
]
type Usual = readonly [country: CountryCode, fromDigits: number, toDigits: number]
/** Looking a number up costs a hundredth of a millisecond for each country: a text of nothing but numbers is judged by their form. */
const MOST_LOOKUPS = 32

type Lookup = (shape: string, digits: string) => boolean

function lookupIn(regions: readonly string[] | undefined): Lookup {
  let left = MOST_LOOKUPS
  return (shape, digits) => {
    if (left-- <= 0) return false
    const usual = digits.startsWith('0') ? WITH_ZERO : WITHOUT
    const countries = (regions ??
      usual.flatMap(([country, from, to]) => (digits.length >= from && digits.length <= to ? country : []))) as CountryCode[]
    return countries.some((country) => parsePhoneNumber(shape, country)?.isValid())
  }
}

const WORDS =
  /(?<![\p{L}])(?:phones?|telephones?|tele?|tel\.|mobiles?|mob|cells?|cellphone|call(?:ed|ing)?(?: me| us| him| her)?|ring|dial|fax|sms|text(?: me| us)?|whatsapp|contact|reach|hotline|helpline|landline|voicemail|extension|(?:my|our|his|her|their|your) number is|(?:meine|deine|ihre) nummer|mi número|mon numéro|meu número|handynummer|telefon\w*|handy|mobil\w*|rufnummer|anruf\w*|teléfono|móvil|celular|llám\w*|fono|téléphone|portable|appel\w*|joindre|telefono|cellulare|chiam\w*|telefone|telemóvel|ligue|telefoon\w*|mobiel|bel|ph|t:|फ़ोन|मोबाइल|电话|手机|電話)(?![\p{L}])/u
/** Words that say that it is something else. */
const OTHER =
  /(?<![\p{L}])(?:order|invoice|ticket|ref(?:erence)?|tracking|account|acct|isbn|issn|sku|part|serial|version|case|policy|booking|confirmation|transaction|po|zip|id|doi|lot|batch|model|upc|ean|routing|iban|ssn|card|passport|licen[sc]e|vin|imei|total|sum|population|latitude|longitude|lat|lng|timestamp|epoch|bytes|port|pin|code|article|patent|rfc|pmid)(?: ?(?:no|nr|num|number|code|id|#))?[\s.:#=]{0,3}(?:is|was)?\s?$/u
/** A number as people write it: a plus or not, groups with signs between, and an extension. */
const SHAPE = /(?:\+|00|011[ -]?)?[ ]?\(?\d{1,5}\)?(?:[ \u00a0]?[-.\u2010-\u2013/]?[ \u00a0]?\(?\d{1,5}\)?){1,7}|\+?\d{7,15}/y
const EXTENSION = /[ ,]{0,3}(?:x|ext\.?|extension|#)[ .:]{0,2}\d{1,6}(?!\d)/iy
const DATE = /^(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}(?!\d)|\d{1,2}([-./])\d{1,2}\1(?:\d{4}|\d{2})(?!\d|\1\d)|\d{1,2} \d{1,2} (?:\d{4}|\d{2})$)/
const MOST_CUTS = 3
/** Two groups of one digit behind the first, or a point before one: a row of numbers. */
const SCATTERED = /\d.*\D\d(?=\D.*\D\d(?:\D|$))|\d\.\d(?!\d)/

export type PhoneFinder = (text: string, groups: readonly Group[], near: Near, found: Found[]) => void

export function phoneFinder(regions: readonly string[] | undefined): PhoneFinder {
  return (text, groups, near, found) => {
    const lookup = lookupIn(regions)
    let behind = 0
    for (const { start, letterFirst, digits } of groups) {
      if (letterFirst || digits < 7 || start < behind) continue
      const first = openingOf(text, start)
      const one = phoneAt(text, first, near, lookup)
      if (!one) continue
      found.push(one)
      behind = one.end
    }
  }
}

/** A plus or a bracket before the first digit belongs to it. */
function openingOf(text: string, start: number): number {
  let at = start
  if (text[at - 1] === '(') at--
  if (text[at - 1] === '+') at--
  return at
}

function phoneAt(text: string, start: number, near: Near, lookup: Lookup): Found | undefined {
  const before = text[start - 1] ?? ' '
  if (/[\p{L}\d_$€£¥₹%@&=~]/u.test(before) || (/[-./:#]/.test(before) && /[\p{L}\d]/u.test(text[start - 2] ?? ' ') && before !== ':'))
    return undefined
  SHAPE.lastIndex = start
  let shape = SHAPE.exec(text)?.[0]
  for (let cut = 0; shape !== undefined && cut <= MOST_CUTS; cut++) {
    const one = judged(text, start, shape, near, lookup)
    if (one) return one
    shape = withoutLast(shape)
  }
  return undefined
}

/** What was taken may hold the number behind it: its last group is left out. */
function withoutLast(shape: string): string | undefined {
  const cut = /^(.*\d\)?)[ \u00a0]+\S+$/s.exec(shape)?.[1]
  return cut !== undefined && cut.replace(/\D/g, '').length >= 7 ? cut : undefined
}

function judged(text: string, start: number, shape: string, near: Near, lookup: Lookup): Found | undefined {
  const end = start + shape.length
  if (/[\p{L}\d_%°]/u.test(text[end] ?? ' ') && !/^(?:x|ext)/i.test(text.slice(end))) return undefined
  if (/^[-./:]\d/.test(text.slice(end, end + 2)) || (shape.match(/[()]/g)?.length ?? 0) % 2 === 1) return undefined
  if (SCATTERED.test(shape) || /^\d{3}-\d{2}-\d{4}$/.test(shape) || /\D\d$|^\d{5}-\d{4,5}$/.test(shape)) return undefined
  const digits = shape.replace(/\D/g, '')
  if (digits.length < 7 || digits.length > 15 || /^(\d)\1+$/.test(digits)) return undefined
  if (
    DATE.test(shape) ||
    /^\d{1,4}\.\d+$/.test(shape) ||
    /^\d{1,3}(?:[., ]\d{3})+$/.test(shape.trim()) ||
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(shape)
  )
    return undefined
  if (/^(?:1[5-9]|20)\d\d[-\u2010-\u2013/ .]{1,3}(?:1[5-9]|20)\d\d$/.test(shape)) return undefined
  const named = near.has(WORDS, start, end, 50)
  const score = scoreOf(shape, digits, named, near.before(start), lookup)
  if (score === 0) return undefined
  EXTENSION.lastIndex = end
  const extension = EXTENSION.exec(text)?.[0] ?? ''
  const reason = named ? 'a telephone number, and words near it say so' : 'a telephone number'
  return { type: 'PHONE_NUMBER', start, end: end + extension.length, score, reason }
}

/** Groups as in telephone books: brackets around the area, or three and three and four. */
const AMERICAN = /^(?:\+?1[-. ]?)?(?:\(\d{3}\)[ -]?|\d{3}[-. ])\d{3}[-. ]\d{4}$/
const PLAIN = /^\d+$/

function scoreOf(shape: string, digits: string, named: boolean, before: string, lookup: Lookup): number {
  const international = /^(?:\+|00[1-9]|011)/.test(shape)
  if (international) {
    const number = parsePhoneNumber(shape.replace(/^(?:00|011[ -]?)/, '+'))
    if (number?.isValid()) return named ? 1 : 0.95
    if (number?.isPossible() && (shape.startsWith('+') || named || /[^\d]/.test(shape))) return named ? 0.85 : 0.7
    return named && digits.length >= 8 ? 0.6 : 0
  }
  if (OTHER.test(before) && !named) return 0
  if (AMERICAN.test(shape)) return named ? 0.95 : 0.75
  const valid = lookup(shape, digits)
  if (PLAIN.test(shape)) {
    if (!named) return valid && digits.length >= 10 && digits.length <= 11 ? (OTHER.test(before) ? 0 : plainScore(digits)) : 0
    return valid ? 0.95 : digits.length >= 8 && digits.length <= 12 ? 0.7 : 0
  }
  if (valid) return named ? 0.95 : 0.6
  if (named) return digits.length <= 13 ? 0.75 : 0
  return /^\(?0\d/.test(shape) && digits.length >= 9 && digits.length <= 12 ? 0.5 : 0
}

/** Ten or eleven digits in a row: of a trunk zero it is likelier than of an id; of times since 1970 it is not. */
function plainScore(digits: string): number {
  if (/^1[4-9]\d{8}$/.test(digits)) return 0
  return digits.startsWith('0') ? 0.5 : 0.4
}
