import type { Found } from '../../check.ts'
import { GIVEN_NAMES } from './given.ts'
import { SURNAMES } from './surnames.ts'
import { AMBIGUOUS, NOBODY, NOT_PERSON_AFTER, PARTICLES, TITLES } from './words.ts'

const wordsOf = (text: string): Set<string> => new Set(text.split(/\s+/).filter(Boolean))
/** As names are looked up: without accents, so that José and Jose are one. */
const plain = (word: string): string =>
  /^[\0-\x7f]*$/.test(word)
    ? word
    : word
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .replaceAll('ß', 'ss')
        .replaceAll('ø', 'o')
        .replaceAll('Ø', 'O')
        .replaceAll('ł', 'l')
        .replaceAll('Ł', 'L')

const given = wordsOf(GIVEN_NAMES)
const surnames = wordsOf(SURNAMES)
const ambiguous = wordsOf(AMBIGUOUS)
const nobody = wordsOf(NOBODY)
const titles = wordsOf(TITLES)
const particles = wordsOf(PARTICLES)
const notPerson = wordsOf(NOT_PERSON_AFTER)

type Word = {
  text: string
  plain: string
  start: number
  end: number
  sure: boolean
  given: boolean
  surname: boolean
  nobody: boolean
  initial: boolean
}

const WORD = /\p{Lu}(?:[\p{L}\p{M}]|['’-](?=\p{L})){0,30}/gu
/** One word apart, by a space, or by a particle. */
const MOST_WORDS = 5

const INTRODUCED =
  /(?:my (?:full )?name(?: is|'s|:)|(?:full |first |last |sur|customer |patient |client |employee |contact |legal |maiden )?names?(?: is| was|'s)?\s?[:=]|name is|called|(?:^|[^\p{L}])i am|(?:^|[^\p{L}])i['’]m|this is|(?:customer|patient|client|employee|tenant|applicant|contact|attendees?|author|signed|signatory|recipient|sender|from|to|cc|attn|attention|beneficiary|cardholder|holder|owner|resident|student|nurse|doctor|physician|driver|passenger|guest|caller|witness|defendant|plaintiff|suspect|buyer|seller|owner|spouse|wife|husband|son|daughter|brother|sister|mother|father|uncle|aunt|friend|boss|colleague|coworker|manager|assistant|neighbou?r|landlord)(?: (?:is|was|named|called))?\s?:?|dear|hi|hello|hey|by|regards,?|sincerely,?|best,?|thanks,?|cheers,?|yours,?|named|mein name ist|ich hei(?:ß|ss)e|ich bin|je m['’]appelle|je suis|me llamo|mi nombre es|soy|mi chiamo|sono|meu nome é|me chamo|eu sou|mijn naam is|ik ben|jag heter|jeg heter|nazywam się|меня зовут|मेरा नाम|grüße,?|cordialement,?|saludos,?)\s*[-–—]?\s*$/iu
/** What needs no list of names: who says this tells one. */
const SAID =
  /(?:my (?:full )?name(?: is|'s|:)|(?:full|customer|patient|client|employee|legal|first|last) ?name\s?[:=]|name\s?:|mein name ist|ich hei(?:ß|ss)e|je m['’]appelle|me llamo|mi nombre es|mi chiamo|meu nome é|me chamo|mijn naam is|jag heter|nazywam się|patient:|customer:)\s*$/iu
/** Who says this tells of themselves: that is private, where a name in a question is mostly of somebody well known. */
const SELF = /(?:(?:^|[^\p{L}])i am|(?:^|[^\p{L}])i['’]m|this is|regards,?|sincerely,?|ich bin|je suis|soy|sono|eu sou|ik ben)\s*$/iu
const BEFORE = 40

/** Names of people without a model: lists of names, titles, and words that introduce somebody. Best effort. */
export function findNames(text: string, found: Found[]): void {
  let run: Word[] = []
  for (const match of text.matchAll(WORD)) {
    const word = wordAt(withoutClitic(match[0]), match.index)
    const last = run.at(-1)
    if (last && !joins(text, last, word.start)) {
      readRun(text, run, found)
      run = []
    }
    run.push(word)
  }
  readRun(text, run, found)
}

/** "I'm", "Anna's": what follows the sign is another word, but for O'Brien and D'Angelo. */
const withoutClitic = (word: string): string => (/^[ODL]['’]\p{Lu}/u.test(word) ? word.replace(/['’]s$/, '') : word.replace(/['’].*$/, ''))

function wordAt(text: string, start: number): Word {
  const key = plain(text)
  const lookup = text.length > 2 && key === key.toUpperCase() ? key[0] + key.slice(1).toLowerCase() : key
  const parts = lookup.includes('-') ? lookup.split('-') : [lookup]
  const isGiven = given.has(lookup) || (parts.length > 1 && parts.every((part) => given.has(part)))
  const isSurname =
    surnames.has(lookup) ||
    parts.some((part) => parts.length > 1 && surnames.has(part)) ||
    /^(?:O['’]|Mc|Mac(?=[A-Z]))\p{Lu}\p{Ll}{2,}$/u.test(text)
  return {
    ...{ text, plain: lookup, start, end: start + text.length, given: isGiven, surname: isSurname },
    sure: !ambiguous.has(lookup),
    nobody: nobody.has(lookup) && !(isGiven && isSurname),
    initial: text.length === 1,
  }
}

/** Whether a word goes on where the one before ends: a space, an initial's full stop, or a small word of names between. */
function joins(text: string, last: Word, start: number): boolean {
  const between = text.slice(last.end, start)
  if (between === ' ' || between === '-' || between === '\u00a0') return true
  if (last.initial && (between === '. ' || between === '.')) return true
  if (between === '. ' && titles.has(last.plain.toLowerCase())) return true
  return (
    between.length < 14 &&
    /^(?: \p{Ll}+){1,3} $/u.test(between) &&
    between
      .trim()
      .split(' ')
      .every((one) => particles.has(one))
  )
}

function readRun(text: string, run: readonly Word[], found: Found[]): void {
  for (let at = 0; at < run.length; ) {
    const taken = nameAt(text, run, at)
    if (!taken) {
      at++
      continue
    }
    const [first, last] = [run[taken.from] as Word, run[taken.to - 1] as Word]
    found.push({ type: 'PERSON', start: first.start, end: last.end, score: taken.score, reason: taken.reason })
    at = taken.to
  }
}

type Taken = { from: number; to: number; score: number; reason: string }

function nameAt(text: string, run: readonly Word[], at: number): Taken | undefined {
  const word = run[at] as Word
  if (titles.has(word.plain.toLowerCase()) && run[at + 1] && !run[at + 1]?.nobody) {
    const to = endOf(run, at + 1, 3)
    return { from: at + 1, to, score: 0.7, reason: 'a title stands before it' }
  }
  if (word.nobody || (/^\p{Lu}{2,}$/u.test(word.text) === false && word.text.length < 2 && !run[at + 1])) return undefined
  const to = endOf(run, at, MOST_WORDS)
  const words = run.slice(at, to)
  if (
    words.length === 0 ||
    notPerson.has(
      text
        .slice(words.at(-1)?.end)
        .match(/^\s{1,2}(\p{L}{2,20})/u)?.[1]
        ?.toLowerCase() ?? '',
    )
  ) {
    if (!words.some(({ given }) => given) || words.length < 2 || notPerson.has(nextWord(text, words))) return undefined
  }
  const known = words.some((one) => (one.given || one.surname) && !one.initial)
  const before = text.slice(Math.max(0, word.start - BEFORE), word.start)
  if (at === 0 || run[at - 1]?.nobody) {
    if (SAID.test(before) && words.length <= 4)
      return { from: at, to, score: words.length > 1 || known ? 0.9 : 0.6, reason: 'somebody says that it is a name' }
    if (known && (words.length > 1 || word.given || word.surname) && INTRODUCED.test(before) && !(words.length === 1 && !word.sure))
      return { from: at, to, score: words.length > 1 && SELF.test(before) ? 0.8 : 0.7, reason: 'words before it introduce somebody' }
  }
  return listed(words, at, to)
}

const nextWord = (text: string, words: readonly Word[]): string =>
  text
    .slice(words.at(-1)?.end)
    .match(/^\s{1,2}(\p{L}{2,20})/u)?.[1]
    ?.toLowerCase() ?? ''

/** As many words as may be one name: up to what is nobody's. */
function endOf(run: readonly Word[], from: number, most: number): number {
  let to = from
  while (to < run.length && to - from < most && !(run[to] as Word).nobody) to++
  return to
}

/** By the lists alone. */
function listed(words: readonly Word[], from: number, to: number): Taken | undefined {
  const [first, second] = words
  if (!first) return undefined
  const shout = words.every(({ text }) => text.length > 1 && text === text.toUpperCase())
  if (words.length > 1 && words.length <= 4) {
    const last = words.at(-1) as Word
    if (first.given && last.surname && (first.sure || last.sure)) return { from, to, score: 0.7, reason: 'a given name and a surname' }
    if (shout) return undefined
    if (first.given && first.sure && (second?.initial || !notPerson.has(last.plain.toLowerCase())))
      return {
        from,
        to: Math.min(to, from + (words.length > 3 ? 2 : words.length)),
        score: 0.65,
        reason: 'a given name with what may be a surname',
      }
    if (last.surname && last.sure && !first.initial && words.length <= 3)
      return { from, to, score: 0.55, reason: 'a surname with what may be a given name' }
    if (first.initial && last.surname) return { from, to, score: 0.7, reason: 'an initial and a surname' }
  }
  if (words.length === 1 && first.given && first.sure && !shout && first.text.length > 2)
    return { from, to, score: 0.5, reason: 'a given name' }
  return undefined
}
