import { characters, split, trimStart, withoutSpaces } from './python-text.ts'

/** Ways to cut a text into words, by their names in sacrebleu. */
export const TOKENIZERS = {
  none: split,
  '13a': tokenize13a,
  intl: tokenizeInternational,
  char: (text: string) => characters(withoutSpaces(text)),
  zh: tokenizeChinese,
} satisfies Record<string, (text: string) => string[]>

/** Punctuation and symbols of ASCII but apostrophe, comma, hyphen and full stop, which depend on what is beside them. */
const MARKS = /([{-~[-` -&(-+:-@/])/g
const MARK_NOT_BEHIND_DIGIT = /([^0-9])([.,])/g
const MARK_NOT_BEFORE_DIGIT = /([.,])([^0-9])/g
const HYPHEN_BEHIND_DIGIT = /([0-9])(-)/g

/** What mteval-v13a does to languages that are written with Latin letters; `between` is what Tercom does behind the marks. */
export const separateWestern = (text: string, between: (marked: string) => string = (marked) => marked): string =>
  between(text.replace(MARKS, ' $1 '))
    .replace(MARK_NOT_BEHIND_DIGIT, '$1 $2 ')
    .replace(MARK_NOT_BEFORE_DIGIT, ' $1 $2')
    .replace(HYPHEN_BEHIND_DIGIT, '$1 $2 ')

/** Order matters: `&amp;lt;` becomes `<`, as it does there. */
export const unescapeMarkup = (text: string): string =>
  text.includes('&') ? text.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>') : text

function tokenize13a(text: string): string[] {
  const line = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ')
  return split(separateWestern(` ${unescapeMarkup(line)} `))
}

const PUNCTUATION_BEHIND = /(\P{N})(\p{P})/gu
const PUNCTUATION_BEFORE = /(\p{P})(\P{N})/gu
const SYMBOL = /(\p{S})/gu

/** What mteval-v14 does to any language: punctuation stands alone unless it is between digits. */
function tokenizeInternational(text: string): string[] {
  return split(text.replace(PUNCTUATION_BEHIND, '$1 $2 ').replace(PUNCTUATION_BEFORE, ' $1 $2').replace(SYMBOL, ' $1 '))
}

/**
 * Characters that the Chinese tokenizer cuts off one by one. U+2001 to U+2A6D are dashes, quotation marks and mathematics and are in it by
 * a slip of the reference (which means the ideographs from U+20000 on, and leaves those as they are); scores are the same only so.
 */
const CHINESE =
  /([\u2001-\u2a6d\u2e80-\u2eff\u2f00-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u33ff\u3400-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef])/g

function tokenizeChinese(text: string): string[] {
  return split(separateWestern(trimStart(text).replace(CHINESE, ' $1 ')))
}
