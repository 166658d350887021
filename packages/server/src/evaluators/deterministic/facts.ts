/** What of a sentence can be looked up without understanding it. */
export type FactKind = 'number' | 'date' | 'name' | 'quote' | 'code'
export type Fact = { kind: FactKind; text: string }

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const MONTH = `(?:${MONTHS.map((name) => `${name}|${name.slice(0, 3)}`).join('|')}|sept)`
const DAY = '(?:[0-3]?\\d)(?:st|nd|rd|th)?'
const DATES = [
  /\b(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})(?!\d)/g,
  new RegExp(`\\b(?<d>${DAY})\\s+(?:of\\s+)?(?<m>${MONTH})\\b\\.?,?(?:\\s+(?<y>\\d{4}))?`, 'gi'),
  new RegExp(`\\b(?<m>${MONTH})\\b\\.?\\s+(?<d>${DAY})(?!\\d),?(?:\\s+(?<y>\\d{4}))?`, 'gi'),
  new RegExp(`\\b(?<m>${MONTH})\\b\\.?,?\\s+(?<y>\\d{4})`, 'gi'),
  /\b(?<d>\d{1,2})[./](?<m>\d{1,2})[./](?<y>\d{4})\b/g,
]
const NUMBER = /[-−]?(?:\d{1,3}(?:,\d{2,3})+|\d+)(?:\.\d+)?/g
const QUOTES = /[“"„«]([^“”"„«»\n]{6,400})[”"»]/g
/** Mail, addresses of the web, and ids that mix letters and digits. */
const CODES =
  /\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|\bhttps?:\/\/[^\s)>\]"]{1,500}|\b(?=[A-Za-z\d-]{0,30}\d)[A-Z]{1,10}-?[A-Z\d-]{1,30}\b/g
const NAME = /\p{Lu}[\p{L}\p{M}'’.-]{0,60}(?:\s+(?:(?:of|the|de|da|van|von|and)\s+)?\p{Lu}[\p{L}\p{M}'’.-]{0,60}){0,6}/gu
const WORDS_FOR_NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']

type Found = { facts: Fact[]; rest: string }

/** The facts of a sentence, each of its characters in one at most: what is a date is no number. */
export function factsOf(sentence: string, { names = true }: { names?: boolean } = {}): Fact[] {
  let found: Found = { facts: [], rest: sentence.replace(/^\s*(?:\d{1,3}[.)]|[-*•])\s+/, '') }
  found = take(found, [QUOTES], 'quote', (match) => match[1] ?? '')
  found = take(found, [CODES], 'code', ([whole]) => whole.replace(/[.,]$/, ''))
  found = take(found, DATES, 'date', (match) => (dateKeys(match).length > 0 ? match[0].replace(/[,.\s]+$/, '') : ''))
  if (names) found = take(found, [NAME], 'name', (match) => nameOf(match, found.rest))
  return take(found, [NUMBER], 'number', ([whole]) => whole).facts
}

function take({ facts, rest }: Found, patterns: RegExp[], kind: FactKind, textOf: (match: RegExpMatchArray) => string): Found {
  const more = [...facts]
  let left = rest
  for (const pattern of patterns) {
    for (const match of left.matchAll(pattern)) {
      const text = textOf(match).trim()
      if (text === '') continue
      more.push({ kind, text })
      const at = match.index ?? 0
      left = left.slice(0, at) + ' '.repeat(match[0].length) + left.slice(at + match[0].length)
    }
  }
  return { facts: more, rest: left }
}

const SMALL = new Set(
  'a an and as at but by for from he her his i if in is it its my no not of on or our she so that the their there these they this those to we what when where which who why with yes you your however also although because please note yesterday today tomorrow since until after before during while then now here thank thanks sorry hello dear'.split(
    ' ',
  ),
)

/** A capital at the start of a sentence says nothing; two words with capitals do, and so does an abbreviation. */
function nameOf(match: RegExpMatchArray, sentence: string): string {
  let words = match[0]
    .replace(/['’]s$/, '')
    .replace(/[.'’-]+$/, '')
    .split(/\s+/)
  const atStart =
    sentence.slice(0, match.index).trim() === '' ||
    /[.!?:]["”»)]?\s*$/.test(sentence.slice(Math.max(0, (match.index ?? 0) - 10), match.index))
  if (atStart && SMALL.has((words[0] ?? '').toLowerCase())) words = words.slice(1)
  else if (atStart && words.length === 1 && !/^\p{Lu}{2,}$/u.test(words[0] ?? '')) return ''
  while (words.length > 0 && SMALL.has((words.at(-1) ?? '').toLowerCase())) words = words.slice(0, -1)
  const name = words.join(' ')
  return name.length < 2 || SMALL.has(name.toLowerCase()) || MONTHS.includes(name.toLowerCase()) ? '' : name
}

/** A date as texts that are the same for all ways to write it; both where day and month could be either. */
function dateKeys({ groups = {} }: RegExpMatchArray): string[] {
  const month = (text: string) => MONTHS.findIndex((name) => name.startsWith(text.slice(0, 3).toLowerCase())) + 1 || Number(text)
  const [y, d] = [groups.y ?? '', groups.d === undefined ? '' : String(Number.parseInt(groups.d, 10))]
  const m = month(groups.m ?? '')
  const keys = [[y, m, d] as const]
  if (/^\d+$/.test(groups.m ?? '') && /^\d{1,2}$/.test(groups.d ?? '') && groups.y?.length === 4) keys.push([y, Number(d), String(m)])
  return keys
    .filter(([, month, day]) => month >= 1 && month <= 12 && (day === '' || (Number(day) >= 1 && Number(day) <= 31)))
    .map((key) => key.join('-'))
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/[’‘]/g, "'").replace(/\s+/g, ' ').trim()
const numberKey = (text: string): string => String(Number(text.replaceAll(',', '').replace('−', '-')))

/** Sources in which facts are looked up. */
export class Sources {
  readonly #texts: { text: string; plain: string; numbers: Set<string>; dates: Set<string>; words: Set<string> }[]

  constructor(texts: readonly string[]) {
    this.#texts = texts.map((text) => {
      const low = plain(text)
      const words = new Set(low.match(/[\p{L}\p{M}\p{N}]+/gu))
      const numbers = new Set((text.match(NUMBER) ?? []).flatMap((found) => [numberKey(found), numberKey(found.replace(/^[-−]/, ''))]))
      for (const [value, word] of WORDS_FOR_NUMBERS.entries()) if (words.has(word)) numbers.add(String(value))
      const dates = new Set(DATES.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(dateKeys)).flatMap(withParts))
      return { text, plain: low, numbers, dates, words }
    })
  }

  /** The piece of a source that says so, or undefined where none does. */
  find({ kind, text }: Fact): string | undefined {
    const low = plain(text)
    for (const source of this.#texts) {
      if (kind === 'number' && source.numbers.has(numberKey(text))) return around(source.text, text)
      if (kind === 'date' && keysOf(text).some((key) => source.dates.has(key))) return around(source.text, text)
      if ((kind === 'quote' || kind === 'code') && source.plain.includes(low.replace(/[.,;:!?]+$/, ''))) return around(source.text, text)
      if (kind === 'name' && (low.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).every((word) => source.words.has(word)))
        return around(source.text, text)
    }
    return undefined
  }
}

/** By the first way to write a date that fits: what says the day must not be met by its month alone. */
function keysOf(text: string): string[] {
  for (const pattern of DATES) {
    const keys = [...text.matchAll(pattern)].flatMap(dateKeys)
    if (keys.length > 0) return keys
  }
  return []
}

/** "6 May" is said by a source that says "6 May 2024". */
const withParts = (key: string): string[] => {
  const [y, m, d] = key.split('-')
  return [key, `-${m}-${d}`, `${y}-${m}-`]
}

const AROUND = 80
function around(source: string, text: string): string {
  const at = Math.max(0, source.toLowerCase().indexOf(text.toLowerCase()))
  const [from, to] = [Math.max(0, at - AROUND), Math.min(source.length, at + text.length + AROUND)]
  return `${from > 0 ? '…' : ''}${source.slice(from, to).replace(/\s+/g, ' ').trim()}${to < source.length ? '…' : ''}`
}
