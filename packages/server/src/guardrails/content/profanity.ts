import { z } from 'zod'
import { check, type Found } from '../check.ts'
import { LEXICON, type RudeWord } from './lexicon.ts'
import { plainWord } from './words.ts'

// Letters, and signs that stand for letters within a word.
const TOKEN = /[\p{L}\p{N}\p{M}@$!*#€]+(?:[.\-_'’][\p{L}\p{N}\p{M}@$!*#€]+)*/gu
const SIGNS: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i', '€': 'e' }
// What may follow a stem: `fuck` is in `fuckers`, and not in `fuckshire`.
const ENDING =
  /^(?:s|es|z|ed|er|ers|ing|in|ings|y|ies|ier|iest|head|heads|face|faces|hole|holes|ass|boy|boys|wit|tard|tards|able|ish|bag|bags|load|ton|up|off|ry|ery|en|em|e|a|i|o|n|t|te|st|end|ene|os|as|na|ny|om|ovi|ami)$/
const LONGEST = 64
// First names and places, as they are written where they are meant.
const NAMES = new Set(['Dick', 'Dicks', 'Cox', 'Randi', 'Cock', 'Fanny', 'Hooker', 'Coons', 'Gook'])

export const profanity = check({
  id: 'profanity',
  title: 'Swearwords and slurs',
  catches:
    'Words of a list in some fifteen languages, with their usual endings, and with digits, signs, stars or repeated letters in them.',
  misses:
    'Hate that is said politely, and words that are not on the list. It is a filter of words, no detector of hate: it also meets who quotes or reclaims a word.',
  cost: 'cpu',
  stages: ['before', 'stream', 'after', 'log'],
  action: 'flag',
  version: 1,
  params: z.strictObject({
    minSeverity: z.int().min(1).max(3).default(2).meta({ description: '1 mild (damn), 2 strong, 3 slurs and the worst.' }),
    kinds: z
      .array(z.enum(['PROFANITY', 'SLUR']))
      .min(1)
      .default(['PROFANITY', 'SLUR']),
    words: z.array(z.string().min(1).max(60)).max(2_000).default([]).meta({ description: 'More words of your own.' }),
    allow: z.array(z.string().min(1).max(60)).max(2_000).default([]),
    homonyms: z
      .boolean()
      .default(false)
      .meta({ description: 'Also words that mean something harmless elsewhere, such as `dyke` and `cracker`.' }),
  }),
  prepare({ minSeverity, kinds, words, allow, homonyms }) {
    const allowed = new Set(allow.map(plainWord))
    const own = new Map(
      words.map((word): [string, RudeWord] => [plainWord(word), { severity: 3, kind: 'PROFANITY', whole: false, sure: true }]),
    )
    const wanted = ({ severity, kind, sure }: RudeWord) => severity >= minSeverity && kinds.includes(kind) && (sure || homonyms)
    return {
      stream: { maxMatch: LONGEST },
      run({ text }) {
        const found: Found[] = []
        for (const { index, 0: token } of text.matchAll(TOKEN)) {
          if (token.length > LONGEST || NAMES.has(token) || allowed.has(plainWord(token))) continue
          const rude = formsOf(token)
            .map((form) => rudeWord(form, own))
            .find((word) => word !== undefined)
          if (!rude || (!(own.size > 0 && [...own.values()].includes(rude)) && !wanted(rude))) continue
          const certain = rude.severity === 1 ? 0.6 : rude.sure ? 0.95 : 0.5
          found.push({
            ...{ type: rude.kind, start: index, end: index + token.replace(/[!*#]+$/, '').length, score: certain },
            reason: rude.kind === 'SLUR' ? 'is a slur' : `is a swearword (severity ${rude.severity})`,
          })
        }
        return found
      },
    }
  },
})

/** A word as it may be meant: as it stands, with signs read as letters, with letters said once that are drawn out. */
function formsOf(token: string): string[] {
  const plain = plainWord(token)
  const forms = [plain.replace(/^[!*#]+|[!*#.]+$/g, '')]
  if (/[0-9@$!€]/.test(plain) && /\p{L}/u.test(plain))
    forms.push(plain.replace(/!+$/, '').replace(/[013457@$!€]/g, (sign) => SIGNS[sign] ?? sign))
  for (const form of [...forms]) {
    if (/[.\-_'’]/.test(form)) forms.push(form.replace(/[.\-_'’]/g, ''))
    if (/(.)\1\1/u.test(form)) forms.push(form.replace(/(.)\1{2,}/gu, '$1'), form.replace(/(.)\1{2,}/gu, '$1$1'))
    if (/\p{L}[*#]+\p{L}/u.test(form)) forms.push(form)
  }
  return [...new Set(forms)]
}

function rudeWord(form: string, own: ReadonlyMap<string, RudeWord>): RudeWord | undefined {
  const exact = own.get(form) ?? LEXICON.get(form)
  if (exact) return exact
  if (/[*#]/.test(form)) return starred(form)
  for (let length = Math.min(form.length - 1, 20); length >= 3; length--) {
    const stem = form.slice(0, length)
    const known = own.get(stem) ?? LEXICON.get(stem)
    if (!known || known.whole) continue
    const rest = form.slice(length)
    // Doubled before an ending: `shitting`.
    if (ENDING.test(rest) || (rest[0] === stem.at(-1) && ENDING.test(rest.slice(1)))) return known
  }
  return undefined
}

/** `f**k`: one star for each letter that is left out, and no other word of the list or of its length fits as well. */
function starred(form: string): RudeWord | undefined {
  if (form.length < 4 || !/^\p{L}/u.test(form) || form.replace(/[*#]/g, '').length < 2) return undefined
  for (const [word, rude] of LEXICON) {
    if (rude.severity < 2 || word.length !== form.length) continue
    let fits = true
    for (let at = 0; at < word.length && fits; at++) fits = form[at] === word[at] || form[at] === '*' || form[at] === '#'
    if (fits) return rude
  }
  return undefined
}
