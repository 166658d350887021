import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { cosine } from './similarity.ts'

const NO_TOKENS =
  'No vectors of tokens are there: BERTScore needs an address with POST /embed_all (text-embeddings-inference), given by --base-url or SIGNALBOX_JUDGE_URL.'
const Baseline = z.strictObject({ precision: z.number().max(0.999), recall: z.number().max(0.999), f1: z.number().max(0.999) })

type Score = { precision: number; recall: number; f1: number }

/** BERTScore (Zhang et al. 2020): each token with the closest one of the other side, by the vectors that are handed in. */
export const bertscore = evaluator({
  id: 'bertscore',
  title: 'BERTScore, by vectors of tokens from an address of yours',
  kind: 'embedding',
  scale: 'unit',
  higherIsBetter: true,
  needs: ['expected'],
  deterministic: false,
  costed: true,
  revision: 1,
  params: z.strictObject({
    model: z.string().default('configured').meta({ description: 'What the signature calls the model and its layer.' }),
    special_tokens: z
      .enum(['drop', 'keep'])
      .default('drop')
      .meta({ description: 'The first and the last token, which say nothing of a word.' }),
    baseline: Baseline.optional().meta({ description: 'Of the model and language: scores become (score − baseline) / (1 − baseline).' }),
    threshold: z.number().optional().meta({ description: 'Passes from this F1 on.' }),
  }),
  prepare: ({ model, special_tokens, baseline, threshold }) => ({
    async evaluate(row, { embedTokens, signal }) {
      if (!embedTokens) throw new Error(NO_TOKENS)
      const all = await embedTokens([textOf(row.output), ...referencesOf(row)], { model, signal })
      const [own = [], ...others] = special_tokens === 'drop' ? all.map((tokens) => tokens.slice(1, -1)) : all
      const best = others.map((other) => compare(own, other)).reduce((best, one) => (one.f1 > best.f1 ? one : best))
      const sub = baseline ? rescaled(best, baseline) : best
      const signature = `BERTScore|model:${model}|special:${special_tokens}|idf:no|rescaled:${baseline ? 'yes' : 'no'}`
      return scored(sub.f1, { ...(threshold === undefined ? {} : { pass: sub.f1 >= threshold }), sub, signature })
    },
  }),
})

function compare(own: number[][], other: number[][]): Score {
  if (own.length === 0 || other.length === 0) return { precision: 0, recall: 0, f1: 0 }
  const pairs = own.map((token) => other.map((wanted) => cosine(token, wanted)))
  const precision = pairs.reduce((sum, row) => sum + Math.max(...row), 0) / own.length
  const recall = other.reduce((sum, _, at) => sum + Math.max(...pairs.map((row) => row[at] as number)), 0) / other.length
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) }
}

const rescaled = (score: Score, baseline: Score): Score => ({
  precision: (score.precision - baseline.precision) / (1 - baseline.precision),
  recall: (score.recall - baseline.recall) / (1 - baseline.recall),
  f1: (score.f1 - baseline.f1) / (1 - baseline.f1),
})
