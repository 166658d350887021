import type { EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { characterNgrams, overlap, sumOf, wordNgrams } from './ngrams.ts'
import { characters, split, withoutSpaces } from './python-text.ts'
import { nrefsOf, RowCount } from './row-count.ts'

const Params = z.strictObject({
  char_order: z.int().min(1).max(20).default(6),
  word_order: z.int().min(0).max(9).default(0).meta({ description: '0 is chrF, 2 is chrF++.' }),
  beta: z.number().positive().default(2).meta({ description: 'How much more recall counts than precision.' }),
  lowercase: z.boolean().default(false),
  whitespace: z.boolean().default(false).meta({ description: 'Whitespace is part of the character n-grams.' }),
  eps_smoothing: z.boolean().default(false).meta({ description: 'As in chrF++.py, NLTK and Moses.' }),
})
type Params = z.output<typeof Params>

/** Of each order how many n-grams the answer has, the reference has, and both have. */
type Counts = { own: number; reference: number; shared: number }[]

/** chrF (Popović 2015) and chrF++ (Popović 2017), equal to sacrebleu. */
export const chrf = evaluator({
  id: 'chrf',
  title: 'chrF and chrF++, equal to sacrebleu',
  kind: 'text',
  scale: 'percent',
  higherIsBetter: true,
  needs: ['expected'],
  deterministic: true,
  costed: false,
  revision: 1,
  params: Params,
  prepare(params) {
    const grams = (text: string) => gramsOf(params.lowercase ? text.toLowerCase() : text, params)
    const best = (row: EvaluatorRow): Counts => {
      const own = grams(textOf(row.output))
      const all = referencesOf(row).map((reference) => countsOf(own, grams(reference)))
      return all.reduce((best, one) => (fOf(one, params) > fOf(best, params) ? one : best))
    }
    const outcome = (counts: Counts, nrefs: string): Outcome => scored(fOf(counts, params), { signature: signatureOf(params, nrefs) })
    return {
      evaluate: (row) => outcome(best(row), `${referencesOf(row).length}`),
      corpus() {
        const rows = new RowCount()
        const sum: Counts = Array.from({ length: params.char_order + params.word_order }, () => ({ own: 0, reference: 0, shared: 0 }))
        return {
          add(row) {
            rows.add(row)
            for (const [order, one] of best(row).entries()) {
              const all = sum[order] as Counts[number]
              all.own += one.own
              all.reference += one.reference
              all.shared += one.shared
            }
          },
          result: () => outcome(sum, nrefsOf(rows)),
        }
      },
    }
  },
})

function gramsOf(text: string, { char_order, word_order, whitespace }: Params): Map<string, number>[] {
  const letters = characters(whitespace ? text : withoutSpaces(text))
  const grams = Array.from({ length: char_order }, (_, at) => characterNgrams(letters, at + 1))
  if (word_order === 0) return grams
  const words = split(text).flatMap(partsOf)
  for (let n = 1; n <= word_order; n++) grams.push(wordNgrams(words, n))
  return grams
}

const PUNCTUATION = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')

/** One mark at the end of a word stands alone, or else one at its start; never both. */
function partsOf(word: string): string[] {
  if (word.length === 1) return [word]
  if (PUNCTUATION.has(word.at(-1) as string)) return [word.slice(0, -1), word.slice(-1)]
  if (PUNCTUATION.has(word[0] as string)) return [word.slice(0, 1), word.slice(1)]
  return [word]
}

const countsOf = (own: readonly Map<string, number>[], reference: readonly Map<string, number>[]): Counts =>
  own.map((grams, order) => {
    const others = reference[order] as Map<string, number>
    return { own: others.size > 0 ? sumOf(grams.values()) : 0, reference: sumOf(others.values()), shared: overlap(grams, others) }
  })

const EPSILON = 1e-16

function fOf(counts: Counts, { beta, eps_smoothing }: Params): number {
  const weight = beta ** 2
  let [smoothed, precisions, recalls, orders] = [0, 0, 0, 0]
  for (const { own, reference, shared } of counts) {
    const precision = own > 0 ? shared / own : EPSILON
    const recall = reference > 0 ? shared / reference : EPSILON
    const below = weight * precision + recall
    smoothed += below > 0 ? ((1 + weight) * precision * recall) / below : EPSILON
    if (own > 0 && reference > 0) {
      precisions += precision
      recalls += recall
      orders++
    }
  }
  if (eps_smoothing) return (100 * smoothed) / counts.length
  if (precisions + recalls === 0) return 0
  const [precision, recall] = [precisions / orders, recalls / orders]
  return (100 * (1 + weight) * precision * recall) / (weight * precision + recall)
}

function signatureOf({ char_order, word_order, beta, lowercase, whitespace, eps_smoothing }: Params, nrefs: string): string {
  const yes = (value: boolean) => (value ? 'yes' : 'no')
  const of = { nrefs, case: lowercase ? 'lc' : 'mixed', eff: yes(!eps_smoothing), nc: char_order, nw: word_order, space: yes(whitespace) }
  const said = Object.entries(of).map(([name, value]) => `${name}:${value}`)
  return `chrF${beta}${'+'.repeat(word_order)}|${said.join('|')}`
}
