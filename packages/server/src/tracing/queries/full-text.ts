import { AppError } from '@signalbox/schema'
import type { Parameters } from './parameters.ts'

/** Scripts that write no space between words: each letter is looked up as a word of its own, and their order is checked after. */
const SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
const UNSPACED = new RegExp(`[${SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u')
const spaced = (sql: string) => `replaceRegexpAll(${sql}, '[${SCRIPTS.map((script) => `\\\\p{${script}}`).join('')}]', ' \\\\0 ')`

/** What is searched of a payload. The index `words` (migration 0007) is of this very expression, which is how the engine knows it. */
export const TEXT = `lowerUTF8(${spaced(`replaceRegexpAll(concat(substring(input, 1, 8192), ' ', substring(output, 1, 8192)), '\\\\\\\\[nrt]', ' ')`)})`

/** More are no question that a person asks. */
const MOST_TERMS = 20

/**
 * Payloads whose input or output has all the words, in any order and case, and text in "quotes" as it stands. Whole words only. Letters
 * beyond ASCII are found where they stand as they are, and where a client wrote them as `\u00fc` into its JSON.
 */
export function contentCondition(search: string, { bind }: Parameters): string {
  const terms = termsOf(search)
  if (terms.length === 0)
    throw new AppError('invalid-request', `"${search}" has no word to search inputs and outputs for.`, {
      hint: 'Send at least one letter or digit.',
    })
  if (terms.length > MOST_TERMS) throw new AppError('invalid-request', `That is more than ${MOST_TERMS} words to search for.`)
  return terms
    .map(({ text, exact }) => {
      const ways = [...new Set([text, ...escapedOf(text)])].map((way) => {
        const words = `hasAllTokens(${TEXT}, splitByNonAlpha(lowerUTF8(${spaced(bind('String', way))})))`
        if (!exact) return words
        const pattern = bind('String', patternOf(way))
        return `(${words} AND (match(substring(input, 1, 8192), ${pattern}) OR match(substring(output, 1, 8192), ${pattern})))`
      })
      return ways.length === 1 ? ways[0] : `(${ways.join(' OR ')})`
    })
    .join(' AND ')
}

/**
 * Text as it stands, in any case, with any space between its words, escaped line ends among them: an expression for RE2. Far cheaper on
 * what the index leaves than to bring the text into the form of the index.
 */
const patternOf = (text: string): string =>
  `(?i)${text
    .split(/\s+/)
    .map((word) => word.replace(/[^\p{L}\p{N}\p{M}_]/gu, (sign) => (/\p{ASCII}/u.test(sign) ? `\\${sign}` : sign)))
    .join('(?:\\s|\\\\[nrt])+')}`

type Term = { text: string; exact: boolean }

function termsOf(search: string): Term[] {
  return [...search.matchAll(/"([^"]*)"|([^\s"]+)/g)]
    .map(([, quoted, plain]) => ({ text: (quoted ?? plain ?? '').trim(), exact: quoted !== undefined || UNSPACED.test(plain ?? '') }))
    .filter(({ text }) => /[\p{L}\p{N}]/u.test(text))
}

/** The same as JSON writers escape it that keep to ASCII, small and as the first word of a sentence. */
function escapedOf(text: string): string[] {
  if (/^\p{ASCII}*$/u.test(text)) return []
  const small = text.toLowerCase()
  return [small, small.charAt(0).toUpperCase() + small.slice(1)].map((way) =>
    way.replace(/[^\p{ASCII}]/gu, (letters) =>
      Array.from({ length: letters.length }, (_, at) => `\\u${letters.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
    ),
  )
}
