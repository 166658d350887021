import { AppError } from '@signalbox/schema/errors'
import type { Outcome } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { type Evaluator, evaluator } from '../evaluator.ts'
import { failed, failedBy, scored } from '../outcome.ts'
import { usageOf } from '../usage.ts'
import { JUDGE } from './ask.ts'
import { gEval } from './g-eval.ts'
import { closedQa, factuality, rubric } from './rubric.ts'

const JUDGES: Record<string, Evaluator> = { rubric, 'closed-qa': closedQa, factuality, 'g-eval': gEval }

/** Several models judge the same; what they disagree in is shown. */
export const jury = evaluator({
  ...JUDGE,
  id: 'jury',
  title: 'Several models judge, and how far they agree',
  scale: 'unit',
  needs: [],
  identity: Object.values(JUDGES).map(({ identity }) => identity),
  params: z.strictObject({
    judge: z.enum(['rubric', 'closed-qa', 'factuality', 'g-eval']),
    params: z.record(z.string(), z.unknown()).default({}).meta({ description: 'Of that judge.' }),
    models: z.array(z.string()).min(2).max(15).meta({ description: 'The same one twice is asked twice.' }),
    aggregate: z.enum(['mean', 'median']).default('mean'),
    quorum: z.int().min(1).optional().meta({ description: 'How many must give a verdict; by default more than half.' }),
  }),
  async prepare({ judge, params, models, aggregate, quorum = Math.floor(models.length / 2) + 1 }) {
    const definition = JUDGES[judge] as Evaluator
    const jurors = await Promise.all(
      models.map(async (model) => {
        const parsed = definition.params.safeParse({ ...params, model })
        if (!parsed.success)
          throw new AppError('invalid-request', `The parameters of ${judge} are wrong: ${z.prettifyError(parsed.error)}`, {
            hint: 'They stand in params of the jury; signalbox score --list says what each judge takes.',
          })
        return { model, judge: await definition.prepare(parsed.data) }
      }),
    )
    return {
      needs: definition.needs,
      async evaluate(row, env) {
        const votes = await Promise.all(
          jurors.map(async ({ model, judge }, at): Promise<{ model: string; outcome: Outcome }> => {
            const seeded = { ...env, seed: (env.seed ?? 0) + at }
            const outcome = await Promise.resolve(judge.evaluate(row, seeded)).catch(failedBy)
            return { model, outcome }
          }),
        )
        const shown = votes.map(({ model, outcome: { status, reason, ...more } }) => ({
          model,
          status,
          ...('score' in more ? { score: more.score, pass: more.pass } : {}),
          reason,
        }))
        const given = votes.flatMap(({ outcome }) => (outcome.status === 'scored' ? [outcome] : []))
        const usage = usageOf(votes.map(({ outcome }) => outcome.usage))
        if (given.length < quorum)
          return failed(
            `${given.length} of ${models.length} judges gave a verdict, ${quorum} are needed: ${votes.flatMap(({ outcome }) => (outcome.status === 'scored' ? [] : [outcome.reason]))[0]}`,
            { sub: { votes: shown }, usage },
          )
        const scores = given.map(({ score }) => score).toSorted((a, b) => a - b)
        const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
        const score =
          aggregate === 'mean'
            ? mean
            : ((scores[Math.floor((scores.length - 1) / 2)] as number) + (scores[Math.ceil((scores.length - 1) / 2)] as number)) / 2
        const passes = given.filter(({ pass }) => pass).length
        const unanimous = passes === 0 || passes === given.length
        const sub = {
          votes: shown,
          agreement: Math.max(passes, given.length - passes) / given.length,
          spread: (scores.at(-1) as number) - (scores[0] as number),
          unanimous,
        }
        return scored(score, { pass: passes * 2 > given.length, sub, reason: `${passes} of ${given.length} judges let it pass.`, usage })
      },
    }
  },
})
