import type { EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { sumOf, wordNgrams } from './ngrams.ts'
import { trimEnd } from './python-text.ts'
import { nrefsOf, RowCount } from './row-count.ts'
import { TOKENIZERS } from './tokenizers.ts'

const SMOOTH_VALUES = { none: null, floor: 0.1, 'add-k': 1, exp: null }

const Params = z.strictObject({
  tokenize: z.enum(['13a', 'intl', 'char', 'zh', 'none']).default('13a'),
  smooth_method: z.enum(['exp', 'floor', 'add-k', 'none']).default('exp'),
  smooth_value: z.number().min(0).optional().meta({ description: 'Of floor (0.1 by default) and add-k (1 by default).' }),
  lowercase: z.boolean().default(false),
  effective_order: z
    .boolean()
    .optional()
    .meta({ description: 'Leaves out orders that a short text has no n-grams of. By default of rows, not of a corpus.' }),
  max_ngram_order: z.int().min(1).max(9).default(4),
})
type Params = z.output<typeof Params>

/** What BLEU is worked out from; of a corpus, the sum over its rows. */
type Counts = { length: number; referenceLength: number; correct: number[]; total: number[] }

/** BLEU (Papineni et al. 2002), equal to sacrebleu. */
export const bleu = evaluator({
  id: 'bleu',
  title: 'BLEU, equal to sacrebleu',
  kind: 'text',
  scale: 'percent',
  higherIsBetter: true,
  needs: ['expected'],
  deterministic: true,
  costed: false,
  revision: 1,
  params: Params,
  prepare(params) {
    const cut = (text: string) => TOKENIZERS[params.tokenize](trimEnd(params.lowercase ? text.toLowerCase() : text))
    const count = (row: EvaluatorRow) => countsOf(cut(textOf(row.output)), referencesOf(row).map(cut), params.max_ngram_order)
    return {
      evaluate: (row) => outcomeOf(count(row), params, { effective: params.effective_order ?? true, nrefs: `${referencesOf(row).length}` }),
      corpus() {
        const rows = new RowCount()
        const sum = noCounts(params.max_ngram_order)
        return {
          add(row) {
            rows.add(row)
            addTo(sum, count(row))
          },
          result: () => outcomeOf(sum, params, { effective: params.effective_order ?? false, nrefs: nrefsOf(rows) }),
        }
      },
    }
  },
})

const noCounts = (orders: number): Counts => ({
  length: 0,
  referenceLength: 0,
  correct: Array<number>(orders).fill(0),
  total: Array<number>(orders).fill(0),
})

function addTo(sum: Counts, one: Counts): void {
  sum.length += one.length
  sum.referenceLength += one.referenceLength
  for (const [at, value] of one.correct.entries()) sum.correct[at] = (sum.correct[at] ?? 0) + value
  for (const [at, value] of one.total.entries()) sum.total[at] = (sum.total[at] ?? 0) + value
}

function countsOf(words: readonly string[], references: readonly string[][], orders: number): Counts {
  const counts = noCounts(orders)
  counts.length = words.length
  counts.referenceLength = closest(words.length, references)
  for (let n = 1; n <= orders; n++) {
    const most = new Map<string, number>()
    for (const reference of references) {
      for (const [key, count] of wordNgrams(reference, n)) if (count > (most.get(key) ?? 0)) most.set(key, count)
    }
    for (const [key, count] of wordNgrams(words, n)) {
      counts.total[n - 1] = (counts.total[n - 1] ?? 0) + count
      counts.correct[n - 1] = (counts.correct[n - 1] ?? 0) + Math.min(count, most.get(key) ?? 0)
    }
  }
  return counts
}

/** The length of the reference that is closest to the answer's; the shorter one of two. */
function closest(length: number, references: readonly string[][]): number {
  let best = references[0]?.length ?? 0
  for (const { length: other } of references) {
    const [now, before] = [Math.abs(length - other), Math.abs(length - best)]
    if (now < before || (now === before && other < best)) best = other
  }
  return best
}

function outcomeOf(counts: Counts, params: Params, { effective, nrefs }: { effective: boolean; nrefs: string }): Outcome {
  const { score, precisions, brevityPenalty } = work(counts, params, effective)
  return scored(score, {
    sub: { precisions, bp: brevityPenalty, sys_len: counts.length, ref_len: counts.referenceLength },
    signature: signatureOf(params, effective, nrefs),
  })
}

function work({ length, referenceLength, ...counts }: Counts, params: Params, effective: boolean) {
  const brevityPenalty = length >= referenceLength ? 1 : length > 0 ? Math.exp(1 - referenceLength / length) : 0
  const precisions = Array<number>(params.max_ngram_order).fill(0)
  const nothing = { score: 0, precisions, brevityPenalty }
  if (sumOf(counts.correct) === 0) return nothing
  const value = params.smooth_value ?? SMOOTH_VALUES[params.smooth_method] ?? 0
  let halved = 1
  let orders = params.max_ngram_order
  for (let n = 1; n <= params.max_ngram_order; n++) {
    const added = params.smooth_method === 'add-k' && n > 1 ? value : 0
    const correct = (counts.correct[n - 1] ?? 0) + added
    const total = (counts.total[n - 1] ?? 0) + added
    if (total === 0) break
    if (effective) orders = n
    if (correct > 0) precisions[n - 1] = (100 * correct) / total
    else if (params.smooth_method === 'exp') {
      halved *= 2
      precisions[n - 1] = 100 / (halved * total)
    } else if (params.smooth_method === 'floor') precisions[n - 1] = (100 * value) / total
  }
  const used = precisions.slice(0, orders)
  if (used.some((precision) => precision === 0)) return nothing
  return { score: brevityPenalty * Math.exp(sumOf(used.map(Math.log)) / orders), precisions, brevityPenalty }
}

function signatureOf({ lowercase, tokenize, smooth_method, smooth_value }: Params, effective: boolean, nrefs: string): string {
  const standard = SMOOTH_VALUES[smooth_method]
  const smooth = standard === null ? smooth_method : `${smooth_method}[${(smooth_value ?? standard).toFixed(2)}]`
  return `BLEU|nrefs:${nrefs}|case:${lowercase ? 'lc' : 'mixed'}|eff:${effective ? 'yes' : 'no'}|tok:${tokenize}|smooth:${smooth}`
}
