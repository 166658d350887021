/** A word of a text as it is compared: small letters, without accents; `start` and `end` are places in the text. */
export type Word = { word: string; start: number; end: number }

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}]+)?/gu
const ACCENTS = /[\u0300-\u036f]/g

export const plainWord = (word: string): string =>
  word.toLowerCase().normalize('NFKD').replace(ACCENTS, '').replaceAll('’', "'").replaceAll('ß', 'ss')

export function* wordsOf(text: string): Generator<Word> {
  for (const { index, 0: word } of text.matchAll(WORD)) yield { word: plainWord(word), start: index, end: index + word.length }
}

/** Phrases to look up by their first word, so that a text is read once however many there are. */
export class Phrases<T> {
  readonly #byFirst = new Map<string, { rest: string[]; value: T }[]>()

  add(phrase: string, value: T): void {
    const [first, ...rest] = [...wordsOf(phrase)].map(({ word }) => word)
    if (first === undefined) return
    const there = this.#byFirst.get(first)
    if (there) there.push({ rest, value })
    else this.#byFirst.set(first, [{ rest, value }])
  }

  /** Every place where a phrase stands as whole words, one after the other. */
  *in(words: readonly Word[]): Generator<{ value: T; start: number; end: number }> {
    for (const [at, { word, start, end }] of words.entries()) {
      for (const { rest, value } of this.#byFirst.get(word) ?? []) {
        if (rest.every((next, offset) => words[at + 1 + offset]?.word === next))
          yield { value, start, end: rest.length === 0 ? end : (words[at + rest.length]?.end ?? end) }
      }
    }
  }
}
