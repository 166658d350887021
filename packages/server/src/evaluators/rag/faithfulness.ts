import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { Judge, JudgeParams } from '../judges/ask.ts'
import { notApplicable, scored } from '../outcome.ts'
import { contextOf, textOf } from '../row.ts'
import { DECOMPOSE, decompose, evidenceOf, RAG, SUPPORT, share, supported } from './statements.ts'

/** Supported statements of the answer by all of them (Ragas). An answer that states nothing is not applicable. */
export const faithfulness = evaluator({
  ...RAG,
  id: 'faithfulness',
  title: 'How many statements of the answer follow from the sources',
  needs: ['context'],
  identity: [DECOMPOSE, SUPPORT],
  params: z.strictObject({ threshold: z.number().min(0).max(1).default(1).meta({ description: 'Passes from it on.' }), ...JudgeParams }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const question = row.input === undefined ? {} : { question: textOf(row.input) }
      const statements = await decompose(judge, { ...question, text: textOf(row.output) })
      if (statements.length === 0) return notApplicable('The answer states nothing.', { usage: judge.usage })
      const judged = await supported(judge, statements, contextOf(row).join('\n---\n'))
      const score = share(judged.map(({ supported }) => supported))
      return scored(score, {
        pass: score >= params.threshold,
        sub: { statements: judged.length },
        evidence: evidenceOf(judged),
        usage: judge.usage,
      })
    },
  }),
})
