import type { Outcome } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import type { EvaluatorEnv } from '../../evaluators/evaluator.ts'
import { Judge, JudgeParams } from '../../evaluators/judges/ask.ts'
import { failed, notApplicable, passed, scored } from '../../evaluators/outcome.ts'
import { textOf } from '../../evaluators/row.ts'
import type { Compared, Comparing, EvalCase } from '../plan.ts'
import { modelName } from './models.ts'
import { render } from './render.ts'
import { type Assertion, isRecord, type Json, type TestCase } from './types.ts'

/** Assertions that look at the answers of all variants at once. */
export const COMPARING: readonly string[] = ['select-best', 'max-score']

/** Those of a test, each with a key of its own. */
export function comparingOf(test: TestCase, one: EvalCase): Comparing[] {
  const copies = new Map<string, number>()
  return test.assert
    .filter(({ type }) => COMPARING.includes(type))
    .map((assertion): Comparing => {
      const metric = assertion.metric === undefined ? assertion.type : render(assertion.metric, one.vars)
      const copy = (copies.get(metric) ?? 0) + 1
      copies.set(metric, copy)
      return {
        ...{ metric, key: `${metric} of all${copy === 1 ? '' : ` #${copy}`}`, weight: assertion.weight ?? 1, higherIsBetter: true },
        costed: assertion.type === 'select-best',
        run: (answers, env) =>
          assertion.type === 'max-score' ? maxScore(assertion, answers) : selectBest(assertion, { answers, env, test, vars: one.vars }),
      }
    })
}

/** Passes the answer with the highest mean (or sum) of its other scores, the first of several. */
function maxScore({ value, threshold }: Assertion, answers: readonly Compared[]): Outcome[] {
  const { method = 'average', weights, threshold: inner } = isRecord(value) ? value : ({} as Json)
  const least = typeof inner === 'number' ? inner : threshold
  const totals = answers.map(({ scores }) => {
    let [sum, all] = [0, 0]
    for (const { metric, key, status, score = 0, weight = 1 } of scores) {
      if (status !== 'scored') continue
      const own = isRecord(weights) ? (weights[metric] ?? weights[key]) : undefined
      const counted = typeof own === 'number' ? own : weight
      sum += score * counted
      all += counted
    }
    return all === 0 ? undefined : method === 'sum' ? sum : sum / all
  })
  const best = Math.max(...totals.map((total) => total ?? Number.NEGATIVE_INFINITY))
  const winner = totals.indexOf(best)
  return answers.map((_, at) => {
    const total = totals[at]
    if (total === undefined) return failed('max-score goes by the other assertions of the test, and this answer has no score of any.')
    const enough = least === undefined || total >= least
    const wins = at === winner && enough
    return passed(
      wins,
      `${wins ? 'The highest' : enough || at !== winner ? 'Not the highest' : `Below ${least}`}: ${total.toFixed(4)} of at most ${best.toFixed(4)}.`,
    )
  })
}

const BEST = `You compare the answers of several programs to the same request, and choose the one that meets the criterion best. First give your reasons, then the number of the best answer. Neither the order nor the length of the answers matters, unless the criterion says so.`
const BestVerdict = z.object({ reason: z.string().meta({ description: 'Written before the choice is made.' }), best: z.int().min(0) })

type Choosing = { answers: readonly Compared[]; env: EvaluatorEnv; test: TestCase; vars: Json }

async function selectBest(assertion: Assertion, { answers, env, test, vars }: Choosing): Promise<Outcome[]> {
  if (answers.length < 2) return answers.map(() => notApplicable('There is one answer only: nothing to choose from.'))
  const criterion = render(textOf(assertion.value), vars)
  const named = assertion.provider ?? test.options.provider
  const id = isRecord(named) ? named.id : named
  const { temperature, maxTokens } = z.object(JudgeParams).parse({})
  const judge = new Judge(env, { temperature, maxTokens, ...(typeof id === 'string' && { model: modelName(id) }) })
  try {
    const { verdict } = await judge.ask({
      name: 'choice',
      system: `${BEST}\n\nThe criterion:\n${criterion}`,
      material: Object.fromEntries(answers.map(({ row }, at) => [`answer-${at}`, textOf(row.output)])),
      verdict: BestVerdict,
    })
    if (verdict.best >= answers.length) return answers.map(() => failed(`The judge chose answer ${verdict.best}, which there is not.`))
    return answers.map((_, at) =>
      scored(at === verdict.best ? 1 : 0, {
        pass: at === verdict.best,
        reason:
          at === verdict.best ? verdict.reason : `Answer ${verdict.best} (${answers[verdict.best]?.variant}) was chosen: ${verdict.reason}`,
        // Paid for once, and counted with the first.
        ...(at === 0 && { usage: judge.usage }),
      }),
    )
  } catch (error) {
    return answers.map(() => failed(error instanceof Error ? error.message : String(error)))
  }
}
