import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { JUDGE, Judge, JudgeParams } from './ask.ts'
import { materialOf } from './rubric.ts'

const PAIRWISE = `You compare two answers to the same question. First give your reasons, then which is better: "first", "second" or "tie". The order in which they stand says nothing, and neither does their length.`
const Verdict = z.object({ reason: z.string(), better: z.enum(['first', 'second', 'tie']) })
type Side = 'answer' | 'other' | 'tie'

/** Which of two answers is better, asked in both orders: a judge that goes by the place says something else the second time. */
export const pairwise = evaluator({
  ...JUDGE,
  kind: 'pairwise',
  id: 'pairwise',
  title: 'A model compares with the expected answer, in both orders',
  scale: 'ordinal',
  needs: ['expected'],
  identity: PAIRWISE,
  params: z.strictObject({
    criteria: z.string().default('Which answer helps the asker more, and is right?'),
    ...JudgeParams,
  }),
  prepare: (params) => ({
    async evaluate(row, env) {
      const judge = new Judge(env, params)
      const [answer, other] = [textOf(row.output), referencesOf(row)[0] ?? '']
      const { answer: _, reference: __, ...material } = materialOf(row)
      const ask = async (first: string, second: string) => {
        const system = `${PAIRWISE}\n\nWhat counts:\n${params.criteria}`
        const { verdict } = await judge.ask({ name: 'verdict', system, material: { ...material, first, second }, verdict: Verdict })
        return verdict
      }
      const [ahead, behind] = [await ask(answer, other), await ask(other, answer)]
      const sides: [Side, Side] = [sideOf(ahead.better, 'first'), sideOf(behind.better, 'second')]
      const consistent = sides[0] === sides[1]
      const score = consistent ? { answer: 1, other: 0, tie: 0.5 }[sides[0]] : 0.5
      const reason = consistent ? ahead.reason : `The judge changed its mind with the order. ${ahead.reason} | ${behind.reason}`
      return scored(score, { reason, sub: { consistent, orders: sides }, usage: judge.usage })
    },
  }),
})

const sideOf = (better: 'first' | 'second' | 'tie', own: 'first' | 'second'): Side =>
  better === 'tie' ? 'tie' : better === own ? 'answer' : 'other'
