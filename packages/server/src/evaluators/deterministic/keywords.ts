import type { EvaluatorRow } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { notApplicable, scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { CHECK } from './shared.ts'

const Words = z.array(z.string().min(1))

export const keywords = evaluator({
  ...CHECK,
  id: 'keywords',
  title: 'How many of the keywords are mentioned',
  scale: 'unit',
  needs: ['expected'],
  params: z.strictObject({
    all: Words.optional().meta({
      description: 'Words or phrases; by default what the row expects, as a list or with commas between them.',
    }),
    none: Words.default([]).meta({ description: 'What must not be mentioned.' }),
    ignoreCase: z.boolean().default(true),
    wholeWords: z.boolean().default(true).meta({ description: '"port" is not mentioned by "report".' }),
    threshold: z.number().min(0).max(1).default(1).meta({ description: 'Passes from this share on.' }),
  }),
  prepare({ all, none, ignoreCase, wholeWords, threshold }) {
    const plain = (text: string) => (ignoreCase ? text.toLowerCase() : text).normalize('NFC')
    const wanted = (row: EvaluatorRow): string[] =>
      all ??
      referencesOf(row)
        .flatMap((text) => text.split(','))
        .map((word) => word.trim())
        .filter(Boolean)
    return {
      ...(all || none.length > 0 ? { needs: [] } : {}),
      evaluate(row) {
        const text = plain(textOf(row.output))
        const words = wanted(row)
        if (words.length + none.length === 0) return notApplicable('There are no keywords.')
        const has = (word: string) => mentions(text, plain(word), wholeWords)
        const missing = words.filter((word) => !has(word))
        const forbidden = none.filter(has)
        const score = words.length === 0 ? (forbidden.length > 0 ? 0 : 1) : 1 - missing.length / words.length
        const evidence = [
          ...words.map((word) => ({ text: word, verdict: missing.includes(word) ? 'missing' : 'mentioned' })),
          ...none.map((word) => ({ text: word, verdict: forbidden.includes(word) ? 'forbidden' : 'not mentioned' })),
        ]
        const reasons = [
          missing.length > 0 ? `missing: ${missing.join(', ')}` : '',
          forbidden.length > 0 ? `forbidden: ${forbidden.join(', ')}` : '',
        ]
        const reason = reasons.filter(Boolean).join('; ')
        return scored(score, { pass: score >= threshold && forbidden.length === 0, ...(reason ? { reason } : {}), evidence })
      },
    }
  },
})

const WORD = /[\p{L}\p{N}\p{M}_]/u

/** Whether the word stands in the text; as a whole one where no letter or digit touches an end of it that is one itself. */
export function mentions(text: string, word: string, whole: boolean): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!whole) return true
    const [before, after] = [at > 0 ? (text[at - 1] as string) : '', text[at + word.length] ?? '']
    if (!(touches(before) && touches(word[0])) && !(touches(after) && touches(word.at(-1)))) return true
  }
  return false
}

const touches = (letter: string | undefined): boolean => letter !== undefined && WORD.test(letter)
