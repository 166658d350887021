import type { EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { randomOf } from '../../statistics/means.ts'
import { evaluator } from '../evaluator.ts'
import { notApplicable, scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { commonIndexes, commonLength } from './common-subsequence.ts'
import { overlap, sumOf, wordNgrams } from './ngrams.ts'
import { stem } from './porter.ts'
import { split } from './python-text.ts'
import { sentencesOf } from './sentences.ts'

const Params = z.strictObject({
  rouge_type: z
    .enum(['rouge1', 'rouge2', 'rouge3', 'rouge4', 'rouge5', 'rouge6', 'rouge7', 'rouge8', 'rouge9', 'rougeL', 'rougeLsum'])
    .default('rougeL'),
  use_stemmer: z.boolean().default(false).meta({ description: "Porter's stemmer as NLTK has it, for English." }),
  split_summaries: z.boolean().default(false).meta({ description: 'For rougeLsum: cut into sentences; otherwise only lines are.' }),
  tokenizer: z.enum(['default', 'unicode']).default('default').meta({
    description:
      "`default` is Google's: a to z and 0 to 9 only. `unicode` keeps letters and digits of all scripts, and is no longer Google's number.",
  }),
})
type Params = z.output<typeof Params>
type Rouge = { precision: number; recall: number; fmeasure: number }

/** ROUGE (Lin 2004), equal to Google's rouge_score. */
export const rouge = evaluator({
  id: 'rouge',
  title: "ROUGE-1 to 9, L and Lsum, equal to Google's rouge_score",
  kind: 'text',
  scale: 'unit',
  higherIsBetter: true,
  needs: ['expected'],
  deterministic: true,
  costed: false,
  revision: 1,
  params: Params,
  prepare(params) {
    const best = (row: EvaluatorRow): Rouge | undefined => {
      const references = referencesOf(row)
      if (references.every((text) => text.trim() !== '' && tokensOf(text, params).length === 0)) return undefined
      const output = textOf(row.output)
      return references
        .map((reference) => rougeOf(output, reference, params))
        .reduce((best, one) => (one.fmeasure > best.fmeasure ? one : best))
    }
    const signature = (nrefs: number | string) => signatureOf(params, nrefs)
    return {
      evaluate(row) {
        const found = best(row)
        return found ? scored(found.fmeasure, { sub: found, signature: signature(referencesOf(row).length) }) : unreadable()
      },
      corpus() {
        const all: Rouge[] = []
        let unread = 0
        return {
          add(row) {
            const found = best(row)
            if (found) all.push(found)
            else unread++
          },
          result: () => (all.length > 0 ? meanOf(all, unread, signature('any')) : unreadable()),
        }
      },
    }
  },
})

const unreadable = (): Outcome =>
  notApplicable("No reference has a token: Google's ROUGE reads only a to z and 0 to 9. Set tokenizer to unicode for other scripts.")

const NOT_TOKEN = /[^a-z0-9]+/g
const NOT_UNICODE_TOKEN = /[^\p{L}\p{M}\p{N}]+/gu

function tokensOf(text: string, { use_stemmer, tokenizer }: Params): string[] {
  const tokens = split(text.toLowerCase().replace(tokenizer === 'default' ? NOT_TOKEN : NOT_UNICODE_TOKEN, ' '))
  return use_stemmer ? tokens.map((token) => (token.length > 3 ? stem(token) : token)) : tokens
}

function rougeOf(output: string, reference: string, params: Params): Rouge {
  if (params.rouge_type === 'rougeLsum') return ofSentences(linesOf(output, params), linesOf(reference, params))
  const [own, wanted] = [tokensOf(output, params), tokensOf(reference, params)]
  if (params.rouge_type === 'rougeL') return ofCounts(commonLength(wanted, own), own.length, wanted.length)
  const n = Number(params.rouge_type.slice('rouge'.length))
  const [ownGrams, wantedGrams] = [wordNgrams(own, n), wordNgrams(wanted, n)]
  return ofCounts(overlap(wantedGrams, ownGrams), sumOf(ownGrams.values()), sumOf(wantedGrams.values()))
}

const linesOf = (text: string, params: Params): string[][] =>
  (params.split_summaries ? sentencesOf(text) : text.split('\n')).filter((line) => line.length > 0).map((line) => tokensOf(line, params))

function ofCounts(shared: number, own: number, wanted: number): Rouge {
  const precision = shared / Math.max(own, 1)
  const recall = shared / Math.max(wanted, 1)
  return { precision, recall, fmeasure: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0 }
}

/** The union of what each line of the answer shares with a line of the reference; no word counts more often than both have it. */
function ofSentences(own: string[][], wanted: string[][]): Rouge {
  const [ownLeft, wantedLeft] = [wordNgrams(own.flat(), 1), wordNgrams(wanted.flat(), 1)]
  let hits = 0
  for (const line of wanted) {
    const union = new Set(own.flatMap((other) => commonIndexes(line, other)))
    for (const at of [...union].sort((a, b) => a - b)) {
      const word = line[at] as string
      const [here, there] = [ownLeft.get(word) ?? 0, wantedLeft.get(word) ?? 0]
      if (here === 0 || there === 0) continue
      hits++
      ownLeft.set(word, here - 1)
      wantedLeft.set(word, there - 1)
    }
  }
  return ofCounts(hits, own.flat().length, wanted.flat().length)
}

const RESAMPLES = 1000

/** The mean of the rows, with the interval that 1,000 resamples give, as the reference does it. */
function meanOf(all: readonly Rouge[], unread: number, signature: string): Outcome {
  const mean = (of: keyof Rouge) => sumOf(all.map((one) => one[of])) / all.length
  const sub = { precision: mean('precision'), recall: mean('recall'), fmeasure: mean('fmeasure') }
  const random = randomOf(1)
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0
    for (let draw = 0; draw < all.length; draw++) sum += (all[Math.floor(random() * all.length)] as Rouge).fmeasure
    return sum / all.length
  }).sort()
  const at = (share: number) => means[Math.round(share * (RESAMPLES - 1))] as number
  return scored(sub.fmeasure, {
    sub: { ...sub, ci: { low: at(0.025), high: at(0.975), confidence: 0.95 } },
    signature,
    ...(unread > 0 ? { reason: `${unread} rows have no token in any reference and are left out.` } : {}),
  })
}

function signatureOf({ rouge_type, use_stemmer, split_summaries, tokenizer }: Params, nrefs: number | string): string {
  const name = rouge_type.replace('rouge', 'ROUGE-')
  const cut = rouge_type === 'rougeLsum' ? `|split:${split_summaries ? 'yes' : 'no'}` : ''
  return `${name}|nrefs:${nrefs}|stemmer:${use_stemmer ? 'porter-nltk' : 'no'}|tok:${tokenizer}${cut}`
}
