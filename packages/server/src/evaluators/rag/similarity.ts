import { z } from 'zod'
import { type EvaluatorEnv, evaluator } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'

const NO_EMBEDDINGS =
  'No embedding model is there: give --base-url and --embedding-model, or SIGNALBOX_JUDGE_URL and SIGNALBOX_JUDGE_EMBEDDING_MODEL.'

/** Vectors of all texts in one call. */
export async function embedAll({ embed, signal }: EvaluatorEnv, texts: string[], model?: string | undefined): Promise<number[][]> {
  if (!embed) throw new Error(NO_EMBEDDINGS)
  const vectors = await embed(texts, { model, signal })
  if (vectors.length !== texts.length) throw new Error(`The embedding model answered ${vectors.length} vectors for ${texts.length} texts.`)
  return vectors
}

export function dot(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new Error(`Vectors of ${a.length} and ${b.length} numbers cannot be compared.`)
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number)
  return sum
}

/** 0 where a vector has no direction. */
export function cosine(a: readonly number[], b: readonly number[]): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b))
  return lengths === 0 ? 0 : dot(a, b) / lengths
}

const MEASURES = {
  cosine,
  dot,
  euclidean: (a: readonly number[], b: readonly number[]) => 1 / (1 + Math.sqrt(Math.max(0, dot(a, a) - 2 * dot(a, b) + dot(b, b)))),
}

export const similarity = evaluator({
  id: 'similarity',
  title: 'How close the meaning is to the closest reference, by embeddings',
  kind: 'embedding',
  scale: 'unit',
  higherIsBetter: true,
  needs: ['expected'],
  deterministic: false,
  costed: true,
  revision: 1,
  params: z.strictObject({
    measure: z.enum(['cosine', 'dot', 'euclidean']).default('cosine').meta({ description: '`euclidean` is 1 / (1 + distance).' }),
    model: z.string().optional().meta({ description: 'Which embedding model; by default the one that is configured.' }),
    threshold: z.number().optional().meta({ description: 'Passes from it on.' }),
  }),
  prepare: ({ measure, model, threshold }) => ({
    async evaluate(row, env) {
      const [own, ...others] = await embedAll(env, [textOf(row.output), ...referencesOf(row)], model)
      const score = Math.max(...others.map((other) => MEASURES[measure](own as number[], other)))
      const signature = `Similarity|measure:${measure}|model:${model ?? 'configured'}`
      return scored(score, { ...(threshold === undefined ? {} : { pass: score >= threshold }), signature })
    },
  }),
})
