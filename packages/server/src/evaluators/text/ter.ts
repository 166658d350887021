import type { EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { sumOf } from './ngrams.ts'
import { trimEnd } from './python-text.ts'
import { nrefsOf, RowCount } from './row-count.ts'
import { countEdits } from './ter-shifts.ts'
import { type TerOptions, terWords } from './ter-words.ts'

/** TER (Snover et al. 2006), equal to sacrebleu. */
export const ter = evaluator({
  id: 'ter',
  title: 'Translation edit rate, equal to sacrebleu',
  kind: 'text',
  scale: 'percent',
  higherIsBetter: false,
  needs: ['expected'],
  deterministic: true,
  costed: false,
  revision: 1,
  params: z.strictObject({
    normalized: z.boolean().default(false).meta({ description: 'Punctuation stands alone, lines are joined, markup is unescaped.' }),
    no_punct: z.boolean().default(false),
    asian_support: z.boolean().default(false).meta({ description: 'Chinese characters stand alone; with normalized or no_punct only.' }),
    case_sensitive: z.boolean().default(false),
  }),
  prepare(options) {
    const cut = (text: string) => terWords(trimEnd(text), options)
    const count = (row: EvaluatorRow) => {
      const words = cut(textOf(row.output))
      const references = referencesOf(row).map(cut)
      return {
        edits: Math.min(...references.map((reference) => countEdits(words, reference))),
        length: sumOf(references.map((reference) => reference.length)) / references.length,
      }
    }
    const outcome = ({ edits, length }: { edits: number; length: number }, nrefs: string): Outcome =>
      scored(length > 0 ? (100 * edits) / length : edits > 0 ? 100 : 0, {
        sub: { edits, ref_length: length },
        signature: signatureOf(options, nrefs),
      })
    return {
      evaluate: (row) => outcome(count(row), `${referencesOf(row).length}`),
      corpus() {
        const rows = new RowCount()
        const sum = { edits: 0, length: 0 }
        return {
          add(row) {
            rows.add(row)
            const { edits, length } = count(row)
            sum.edits += edits
            sum.length += length
          },
          result: () => outcome(sum, nrefsOf(rows)),
        }
      },
    }
  },
})

function signatureOf({ normalized, no_punct, asian_support, case_sensitive }: TerOptions, nrefs: string): string {
  const yes = (value: boolean) => (value ? 'yes' : 'no')
  return `TER|nrefs:${nrefs}|case:${case_sensitive ? 'mixed' : 'lc'}|tok:tercom|norm:${yes(normalized)}|punct:${yes(!no_punct)}|asian:${yes(asian_support)}`
}
