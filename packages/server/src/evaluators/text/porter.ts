/**
 * Porter's stemmer (1980) with the extensions that NLTK makes by default, since Google's ROUGE and NLTK's METEOR use that one. Written from
 * the rules, which are tables here: suffix, what takes its place, and when.
 */
type Rule = readonly [suffix: string, replacement: string, when?: (stem: string, word: string) => boolean]

const IRREGULAR = new Map(
  Object.entries({
    ...{ sky: 'sky', skies: 'sky', dying: 'die', lying: 'lie', tying: 'tie', news: 'news', howe: 'howe' },
    ...{ innings: 'inning', inning: 'inning', outings: 'outing', outing: 'outing', cannings: 'canning', canning: 'canning' },
    ...{ proceed: 'proceed', exceed: 'exceed', succeed: 'succeed' },
  }),
)

export function stem(given: string): string {
  const word = given.toLowerCase()
  const irregular = IRREGULAR.get(word)
  if (irregular !== undefined) return irregular
  if (given.length <= 2) return word
  return STEPS.reduce((text, step) => step(text), word)
}

/** `true` for each consonant. A y is one behind a vowel and at the start. */
function consonants(word: string): boolean[] {
  const are: boolean[] = []
  for (let at = 0; at < word.length; at++) {
    const letter = word[at] as string
    are.push('aeiou'.includes(letter) ? false : letter === 'y' && at > 0 ? !are[at - 1] : true)
  }
  return are
}

/** Porter's m: how often a vowel is followed by a consonant. */
function measure(stem: string): number {
  const are = consonants(stem)
  return are.filter((is, at) => is && at > 0 && !are[at - 1]).length
}

const some = (stem: string): boolean => measure(stem) > 0
const more = (stem: string): boolean => measure(stem) > 1
const hasVowel = (stem: string): boolean => consonants(stem).includes(false)
const endsInConsonant = (stem: string): boolean => consonants(stem).at(-1) === true
const endsInDoubleConsonant = (word: string): boolean => word.length >= 2 && word.at(-1) === word.at(-2) && endsInConsonant(word)

/** Consonant, vowel, consonant that is not w, x or y; of two letters vowel and consonant. */
function endsShort(word: string): boolean {
  const are = consonants(word)
  if (word.length === 2) return are[0] === false && are[1] === true
  return word.length >= 3 && are.at(-3) === true && are.at(-2) === false && are.at(-1) === true && !'wxy'.includes(word.at(-1) as string)
}

/** The first rule whose suffix the word has decides, whether its condition holds or not. */
function apply(word: string, rules: readonly Rule[]): string {
  for (const [suffix, replacement, when] of rules) {
    if (!word.endsWith(suffix)) continue
    const rest = word.slice(0, word.length - suffix.length)
    return when === undefined || when(rest, word) ? rest + replacement : word
  }
  return word
}

const PLURALS: readonly Rule[] = [
  ['sses', 'ss'],
  ['ies', 'i'],
  ['ss', 'ss'],
  ['s', ''],
]
const plural = (word: string): string => (word.length === 4 && word.endsWith('ies') ? word.slice(0, -1) : apply(word, PLURALS))

function past(word: string): string {
  if (word.endsWith('ied')) return word.length === 4 ? word.slice(0, -1) : word.slice(0, -2)
  if (word.endsWith('eed')) return some(word.slice(0, -3)) ? word.slice(0, -1) : word
  const suffix = ['ed', 'ing'].find((ending) => word.endsWith(ending) && hasVowel(word.slice(0, -ending.length)))
  if (suffix === undefined) return word
  const rest = word.slice(0, -suffix.length)
  if (/(at|bl|iz)$/.test(rest)) return `${rest}e`
  if (endsInDoubleConsonant(rest)) return 'lsz'.includes(rest.at(-1) as string) ? rest : rest.slice(0, -1)
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest
}

const finalY = (word: string): string => apply(word, [['y', 'i', (rest) => rest.length > 1 && endsInConsonant(rest)]])

const DOUBLE_SUFFIXES: readonly Rule[] = [
  ...rulesOf('ational:ate tional:tion enci:ence anci:ance izer:ize bli:ble alli:al entli:ent eli:e ousli:ous ization:ize ation:ate', some),
  ...rulesOf('ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble fulli:ful', some),
  ['logi', 'log', (_, word) => some(word.slice(0, -3))],
]

function double(word: string): string {
  if (word.endsWith('alli') && some(word.slice(0, -4))) return double(word.slice(0, -2))
  return apply(word, DOUBLE_SUFFIXES)
}

const ADJECTIVES = rulesOf('icate:ic ative: alize:al iciti:ic ical:ic ful: ness:', some)
const ENDINGS: readonly Rule[] = [
  ...rulesOf('al: ance: ence: er: ic: able: ible: ant: ement: ment: ent:', more),
  ['ion', '', (rest) => more(rest) && 'st'.includes(rest.at(-1) as string)],
  ...rulesOf('ou: ism: ate: iti: ous: ive: ize:', more),
]

function rulesOf(table: string, when: (stem: string) => boolean): Rule[] {
  return table.split(' ').map((rule) => {
    const [suffix = '', replacement = ''] = rule.split(':')
    return [suffix, replacement, when]
  })
}

function finalE(word: string): string {
  if (!word.endsWith('e')) return word
  const rest = word.slice(0, -1)
  return more(rest) || (measure(rest) === 1 && !endsShort(rest)) ? rest : word
}

const doubleL = (word: string): string => apply(word, [['ll', 'l', (_, whole) => more(whole.slice(0, -1))]])

const STEPS = [
  plural,
  past,
  finalY,
  double,
  (word: string) => apply(word, ADJECTIVES),
  (word: string) => apply(word, ENDINGS),
  finalE,
  doubleL,
]
