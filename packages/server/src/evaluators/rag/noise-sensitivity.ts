import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { Judge, JudgeParams } from '../judges/ask.ts'
import { notApplicable, scored } from '../outcome.ts'
import { contextOf, referencesOf, textOf } from '../row.ts'
import { DECOMPOSE, decompose, RAG, SUPPORT, share, supported } from './statements.ts'

/** How much of the answer is wrong because a source led it astray (Ragas): a source that helps elsewhere, or one that does not. */
export const noiseSensitivity = evaluator({
  ...RAG,
  id: 'noise-sensitivity',
  title: 'How many statements are wrong because a source says so',
  higherIsBetter: false,
  needs: ['context', 'expected'],
  identity: [DECOMPOSE, SUPPORT],
  params: z.strictObject({
    mode: z
      .enum(['relevant', 'irrelevant'])
      .default('relevant')
      .meta({ description: 'By sources that hold something of the expected answer, or by the others.' }),
    threshold: z.number().min(0).max(1).optional().meta({ description: 'Passes up to it.' }),
    ...JudgeParams,
  }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const question = row.input === undefined ? {} : { question: textOf(row.input) }
      const reference = referencesOf(row)[0] ?? ''
      const own = await decompose(judge, { ...question, text: textOf(row.output) })
      if (own.length === 0) return notApplicable('The answer states nothing.', { usage: judge.usage })
      const wanted = await decompose(judge, { ...question, text: reference })
      const verdicts = async (statements: string[], source: string) =>
        (await supported(judge, statements, source)).map(({ supported }) => supported)
      const right = await verdicts(own, reference)
      const sources: { relevant: boolean; says: boolean[] }[] = []
      for (const source of contextOf(row)) {
        sources.push({ relevant: (await verdicts(wanted, source)).includes(true), says: await verdicts(own, source) })
      }
      const wrong = wrongBySources(right, sources)[params.mode]
      const score = share(wrong)
      return scored(score, {
        ...(params.threshold === undefined ? {} : { pass: score <= params.threshold }),
        evidence: own.map((text, at) => ({ text, verdict: wrong[at] ? 'wrong by a source' : right[at] ? 'right' : 'wrong by itself' })),
        usage: judge.usage,
      })
    },
  }),
})

/** A statement that a relevant source says too is not blamed on the irrelevant ones. */
export function wrongBySources(right: readonly boolean[], sources: readonly { relevant: boolean; says: readonly boolean[] }[]) {
  const saidBy = (relevant: boolean, at: number) => sources.some((source) => source.relevant === relevant && source.says[at] === true)
  return {
    relevant: right.map((is, at) => !is && saidBy(true, at)),
    irrelevant: right.map((is, at) => !is && saidBy(false, at) && !saidBy(true, at)),
  }
}
