import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { Judge, JudgeParams } from '../judges/ask.ts'
import { notApplicable, scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { cosine, embedAll } from './similarity.ts'
import { DECOMPOSE, decompose, evidenceOf, RAG, SUPPORT, supported } from './statements.ts'

/** F of the statements that answer and reference share, with their similarity beside it (Ragas). */
export const answerCorrectness = evaluator({
  ...RAG,
  id: 'answer-correctness',
  title: 'Whether the answer states what the expected one does',
  needs: ['expected'],
  identity: [DECOMPOSE, SUPPORT],
  params: z
    .strictObject({
      beta: z.number().positive().default(1).meta({ description: 'How much more recall counts than precision.' }),
      weights: z
        .tuple([z.number().min(0), z.number().min(0)])
        .default([0.75, 0.25])
        .meta({ description: 'Of statements and similarity; [1, 0] needs no embedding model.' }),
      embeddingModel: z.string().optional(),
      threshold: z.number().min(0).max(1).optional().meta({ description: 'Passes from it on.' }),
      ...JudgeParams,
    })
    .refine(({ weights }) => weights[0] + weights[1] > 0, { error: 'must not both be 0', path: ['weights'] }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const question = row.input === undefined ? {} : { question: textOf(row.input) }
      const [output, reference] = [textOf(row.output), referencesOf(row)[0] ?? '']
      const own = await decompose(judge, { ...question, text: output })
      const wanted = await decompose(judge, { ...question, text: reference })
      if (wanted.length === 0) return notApplicable('The expected answer states nothing.', { usage: judge.usage })
      const ownJudged = await supported(judge, own, reference)
      const wantedJudged = await supported(judge, wanted, output)
      const counts = {
        tp: ownJudged.filter(({ supported }) => supported).length,
        fp: ownJudged.filter(({ supported }) => !supported).length,
        fn: wantedJudged.filter(({ supported }) => !supported).length,
      }
      const f = fOf(counts, params.beta)
      const [byStatements, bySimilarity] = params.weights
      const vectors = bySimilarity > 0 ? await embedAll(env, [output, reference], params.embeddingModel) : undefined
      const similarity = vectors ? cosine(vectors[0] as number[], vectors[1] as number[]) : undefined
      const score = (byStatements * f + bySimilarity * (similarity ?? 0)) / (byStatements + bySimilarity)
      return scored(score, {
        ...(params.threshold === undefined ? {} : { pass: score >= params.threshold }),
        sub: { f, ...counts, ...(similarity === undefined ? {} : { similarity }) },
        evidence: [
          ...evidenceOf(ownJudged),
          ...wantedJudged.filter(({ supported }) => !supported).map(({ text, reason }) => ({ text, verdict: 'missing', reason })),
        ],
        usage: judge.usage,
      })
    },
  }),
})

export function fOf({ tp, fp, fn }: { tp: number; fp: number; fn: number }, beta: number): number {
  const weight = beta ** 2
  return tp === 0 ? 0 : ((1 + weight) * tp) / ((1 + weight) * tp + weight * fn + fp)
}
