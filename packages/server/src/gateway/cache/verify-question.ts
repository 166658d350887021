import { DATES, LANGUAGES, NEGATIONS, NUMBERS, OPENERS, OPPOSITES, SCRIPTS, UNITS, WORDS_OF_LANGUAGE } from './telling-words.ts'

/**
 * Whether an answer to one question may answer another that is close to it: vectors tell topics apart, not 3 from 4 or "with"
 * from "without". Says in which of these the two differ; nothing: in none. It would rather ask again than answer wrongly.
 */
export function differencesOf(asked: string, kept: string): string[] {
  const [a, b] = [read(asked), read(kept)]
  const reasons: string[] = []
  for (const [what, of] of CHECKS) {
    const [one, other] = [of(a, b), of(b, a)]
    if (one !== other) reasons.push(`${what}: ${one || 'none'} / ${other || 'none'}`)
  }
  const [word, otherWord] = reasons.length === 0 ? [wordOf(a, b), wordOf(b, a)] : []
  if (word && otherWord) reasons.push(`word: ${word} / ${otherWord}`)
  return reasons
}

type Read = {
  text: string
  /** In small letters, and as they were written. */
  words: readonly string[]
  written: readonly { word: string; opens: boolean }[]
  has: ReadonlySet<string>
}

/** Letters with marks, digits, and what stands within names and codes. */
const WORD = /[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}]|['’._\-/@:+#](?=[\p{L}\p{M}\p{N}]))*[+#]*/gu

function read(question: string): Read {
  const text = question.normalize('NFKC').replace(/[’‘]/g, "'")
  const written: { word: string; opens: boolean }[] = []
  for (const { 0: word, index } of text.matchAll(WORD))
    written.push({ word, opens: /(^|[.!?:\n"“„«(]\s*)$/.test(text.slice(Math.max(0, index - 4), index)) })
  const words = written.map(({ word }) => word.toLowerCase())
  return { text, words, written, has: new Set(words) }
}

type Of = (one: Read, other: Read) => string
const sorted = (found: Iterable<string>): string => [...found].sort().join(', ')
const set = (found: Iterable<string>): string => sorted(new Set(found))

const CHECKS: readonly (readonly [what: string, of: Of])[] = [
  ['numbers', ({ text, words }) => sorted([...numbersIn(text), ...words.flatMap((word) => NUMBERS.get(word) ?? [])])],
  ['dates', ({ words }) => set(words.flatMap((word) => DATES.get(word) ?? []))],
  ['units', ({ text, words }) => set([...unitsIn(text), ...words.flatMap((word) => UNITS.get(word) ?? [])])],
  ['negation', ({ words }) => (words.some((word) => NEGATIONS.has(word) || word.endsWith("n't")) ? 'yes' : 'no')],
  [
    'opposites',
    (one, other) =>
      sorted(
        OPPOSITES.filter(
          ([a, b]) => (one.has.has(a) && !one.has.has(b) && other.has.has(b)) || (one.has.has(b) && !one.has.has(a) && other.has.has(a)),
        ).map((pair) => pair.find((word) => one.has.has(word)) ?? ''),
      ),
  ],
  ['quoted', ({ text }) => set(quotedIn(text))],
  ['codes', ({ text, words }) => set(codesIn(text, words))],
  ['names', (one, other) => set(namesOf(one, other))],
  ['language asked for', ({ words }) => set(words.flatMap((word) => LANGUAGES.get(word) ?? []))],
  ['language', languageOf],
]

/** 1,000.50 and 1.000,50 are the same number, and 3.0 is 3. */
function numbersIn(text: string): string[] {
  return [...text.matchAll(/(?<![\p{L}\d])[-−]?\d[\d.,\u00a0\u202f' ]*\d(?![\p{L}])|(?<![\p{L}\d.])[-−]?\d(?![\d\p{L}])/gu)].flatMap(
    ({ 0: found }) =>
      found
        .split(/, | (?!\d{3}(?!\d))/)
        .map((one) => one.replace(/[\u00a0\u202f' ]/g, '').replace('−', '-'))
        .filter((one) => /\d/.test(one))
        .map(plainNumber),
  )
}

function plainNumber(text: string): string {
  const marks = text.match(/[.,]/g) ?? []
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','))
  const kinds = new Set(marks)
  // Several marks of one kind, or one before exactly three digits, divide thousands.
  const isThousands = kinds.size === 1 && (marks.length > 1 || /^-?[1-9]\d{0,2}[.,]\d{3}$/.test(text))
  const plain = isThousands || last < 0 ? text.replace(/[.,]/g, '') : `${text.slice(0, last).replace(/[.,]/g, '')}.${text.slice(last + 1)}`
  const value = Number(plain)
  return Number.isFinite(value) && Number.isSafeInteger(Math.round(value)) ? String(value) : text
}

const unitsIn = (text: string): string[] => [
  ...[...text.matchAll(/[€$£¥₹%‰°]/gu)].map(({ 0: sign }) => sign),
  ...[...text.matchAll(/\d\s?([a-zµ]{1,3}\/?[a-z]{0,2})\b/giu)].flatMap(({ 1: unit = '' }) => UNITS.get(unit.toLowerCase()) ?? []),
]

const QUOTED = /"([^"]+)"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|`([^`]+)`|(?<![\p{L}\d])'([^']+)'(?![\p{L}\d])/gu
const quotedIn = (text: string): string[] =>
  [...text.matchAll(QUOTED)].map((found) => (found.slice(1).find((one) => one !== undefined) ?? '').trim())

/** Addresses, versions, paths, models: whatever mixes letters with digits or marks. */
const codesIn = (text: string, words: readonly string[]): string[] => [
  ...(text.match(/https?:\/\/\S+|[\w.+-]+@[\w-]+\.[\w.]+|(?<!\S)[~.]?\/[\w./-]+|(?<!\S)[@#]\w+|(?<!\S)--?[a-z][\w-]*/giu) ?? []).map(
    (one) => one.toLowerCase(),
  ),
  ...words.filter(
    (word) => (/\d/.test(word) && /\p{L}/u.test(word) && !ORDINAL.test(word)) || (/[_@:#+]|\w[./]\w/.test(word) && /\p{L}/u.test(word)),
  ),
]
const ORDINAL = /^\d+(st|nd|rd|th|er|e|º|ª)$/

/** What is written with a capital and is not a word of the other question: of the first word of a sentence only what does not usually open one. */
function namesOf(one: Read, other: Read): string[] {
  return one.written
    .filter(
      ({ word, opens }) => /^\p{Lu}/u.test(word) && !(opens && OPENERS.has(word.toLowerCase())) && word !== 'I' && !word.startsWith("I'"),
    )
    .map(({ word }) => word.toLowerCase().replace(/'s$/, ''))
    .filter((word) => !other.has.has(word) && !other.has.has(`${word}'s`))
}

/** The one word in whose place the other question has one of its own, where all else of both is the same: sick leave, parental leave. */
function wordOf(one: Read, other: Read): string {
  const [mine, theirs] = [tellingOf(one), tellingOf(other)]
  const only = mine.filter((word) => !theirs.some((their) => isAlike(word, their)))
  const onlyThere = theirs.filter((word) => !mine.some((their) => isAlike(word, their)))
  return only.length === 1 && onlyThere.length === 1 && mine.length > 1 && theirs.length > 1 ? (only[0] ?? '') : ''
}

const tellingOf = ({ has }: Read): string[] =>
  [...has].filter(
    (word) => !OPENERS.has(word) && !NUMBERS.has(word) && !/^\d/.test(word) && !WORDS_OF_LANGUAGE.some(([, small]) => small.has(word)),
  )

/** Forms of one word begin alike. */
function isAlike(one: string, other: string): boolean {
  const least = Math.max(4, Math.ceil(0.7 * Math.min(one.length, other.length)))
  return one === other || (one.length >= least && one.slice(0, least) === other.slice(0, least))
}

/** The script where it is not Latin, else the language that most of the small words belong to, where both can be told. */
function languageOf(one: Read, other: Read): string {
  const [mine, theirs] = [tongueOf(one), tongueOf(other)]
  return mine === '' || theirs === '' ? '' : mine
}

function tongueOf({ text, words }: Read): string {
  const script = SCRIPTS.find(([, pattern]) => pattern.test(text))
  if (script) return script[0]
  let best = ''
  let most = 0
  for (const [language, small] of WORDS_OF_LANGUAGE) {
    const count = words.filter((word) => small.has(word)).length
    if (count > most) [best, most] = [language, count]
    else if (count === most) best = ''
  }
  return best
}
