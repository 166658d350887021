import { NAMED_TEXTS, NAMELESS_TEXTS } from './names.ts'
import { Random } from './random.ts'
import { VALUES } from './values.ts'

/** A text with the places in it that should be found. */
export type Labelled = { text: string; language: string; places: { type: string; start: number; end: number }[] }

const AROUND: Record<string, [before: string, after: string][]> = {
  en: [
    ['Hello, ', ' — thanks.'],
    ['', '.'],
    ['For the form: ', ', can you check it?'],
    ['I moved on 3 May 2021, order 48213. ', ' and that is all'],
  ],
  de: [
    ['Guten Tag, ', '. Danke!'],
    ['', '.'],
  ],
  es: [
    ['Hola, ', ', gracias.'],
    ['', '.'],
  ],
  fr: [
    ['Bonjour, ', ', merci.'],
    ['', '.'],
  ],
  it: [['Salve, ', ', grazie.']],
  pt: [['Olá, ', ', obrigado.']],
  nl: [['Hallo, ', ', bedankt.']],
  pl: [['Dzień dobry, ', ', dziękuję.']],
  hi: [['नमस्ते, ', ' है।']],
}

/** So many texts of each kind and language. */
export function valueSet(seed: number, each: number): Labelled[] {
  const r = new Random(seed)
  return Object.entries(VALUES).flatMap(([type, { make, say }]) =>
    Object.entries(say).flatMap(([language, phrases]) =>
      Array.from({ length: each }, () => {
        const value = make(r)
        const [before, after] = r.pick(AROUND[language] ?? [['', ''] as [string, string]])
        const start = `${before}${r.pick(phrases)} `
        return { text: start + value + after, language, places: [{ type, start: start.length, end: start.length + value.length }] }
      }),
    ),
  )
}

/** Names written by hand: one half to look at, the other held out. */
export function nameSet(half: 0 | 1): Labelled[] {
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .filter((_, at) => at % 2 === half)
  const named = lines(NAMED_TEXTS).map((line): Labelled => {
    const places: Labelled['places'] = []
    let text = ''
    for (const part of line.replaceAll('\\n', '\n').split(/(\[[^\]]+\])/)) {
      const name = /^\[(?:(?:Mrs?|Ms|Dr|Prof)\. |Frau )?(.*)\]$/.exec(part)
      if (!name) text += part
      else {
        const value = part.slice(1, -1)
        const own = name[1] ?? ''
        places.push({ type: 'PERSON', start: text.length + value.length - own.length, end: text.length + value.length })
        text += value
      }
    }
    return { text, language: 'all', places }
  })
  return [...named, ...lines(NAMELESS_TEXTS).map((text) => ({ text, language: 'all', places: [] }))]
}
