import type { EvaluatorEnv } from '../../evaluators/evaluator.ts'
import type { Compared, Comparing, EvalCase, Plan, Score } from '../plan.ts'
import type { Caller } from './caller.ts'
import type { TaskFrame } from './frames.ts'
import { DONE, itemOf, NOTHING } from './journal.ts'
import { rowOf, scoreOf } from './lines-of.ts'
import type { RunRows } from './rows.ts'

type Comparison = {
  plan: Plan
  compares: NonNullable<Plan['compares']>
  journal: Pick<RunRows, 'stateOf' | 'read' | 'add'>
  caller: Caller
  env: EvaluatorEnv
  repeats: number
  done: (cached: boolean) => void
}
type Answer = { item: number; variant: string; task: TaskFrame; scores: Score[]; done: boolean }

/**
 * Scores what can only be scored when every variant has answered: which of them is best. A case of which an answer is missing waits for
 * it; one whose answers were all compared before is left alone.
 */
export async function compareAll(options: Comparison): Promise<void> {
  const { plan, caller, repeats } = options
  for (let index = 0; index < plan.cases.count; index++) {
    const one = plan.cases.at(index)
    const comparing = options.compares(one)
    if (comparing.length === 0) continue
    for (let repeat = 0; repeat < repeats && caller.stopped === undefined; repeat++) {
      const answers = answersOf(options, { one, index, repeat })
      if (answers?.some(({ done }) => !done)) await compareOne(options, one, { answers, comparing })
    }
  }
}

/** The answers that there are; undefined while one is still to come or to be scored. */
function answersOf({ plan, journal }: Comparison, at: { one: EvalCase; index: number; repeat: number }): Answer[] | undefined {
  const numbers = { cases: plan.cases.count, variants: plan.variants.length }
  const wanted = plan.checks(at.one).map(({ key }) => key)
  const answers: Answer[] = []
  for (const [variant, { id, takes }] of plan.variants.entries()) {
    if (takes && !takes(at.one)) continue
    const item = itemOf(numbers, { case: at.index, variant, repeat: at.repeat })
    const state = journal.stateOf(item)
    if (state === NOTHING) return undefined
    const { task, scores: frames } = journal.read(item)
    if (!task) return undefined
    // What failed to be asked is no answer, and has no part in this.
    if (!task.ok) continue
    const scores = frames.flatMap((frame) => frame.scores)
    if (state !== DONE && wanted.some((key) => !scores.some((score) => score.key === key))) return undefined
    answers.push({ item, variant: id, task, scores, done: state === DONE })
  }
  return answers
}

async function compareOne(
  { plan, journal, env, caller, done }: Comparison,
  one: EvalCase,
  { answers, comparing }: { answers: readonly Answer[]; comparing: readonly Comparing[] },
): Promise<void> {
  const keys = new Set(comparing.map(({ key }) => key))
  const plain = answers.map((answer) => answer.scores.filter(({ key }) => !keys.has(key)))
  const rows: Compared[] = answers.map(({ variant, task }, at) => ({ variant, row: rowOf(task, one), scores: plain[at] ?? [] }))
  const fresh: Score[][] = answers.map(() => [])
  for (const each of comparing) {
    const outcomes = await each.run(rows, env)
    // Nobody may be asked any more: it is compared when the run goes on.
    if (caller.stopped !== undefined && outcomes.some(({ status }) => status === 'error')) return
    for (const [at, outcome] of outcomes.entries()) fresh[at]?.push(scoreOf(each, outcome))
  }
  for (const [at, { item, task, done: before }] of answers.entries()) {
    const scores = [...(plain[at] ?? []), ...(fresh[at] ?? [])]
    // An answer that came later may be better than what was best: all that was said of the others is said anew.
    if (before) journal.add(task)
    journal.add({ kind: 'scores', item, scores: before ? scores : (fresh[at] ?? []), ...plan.verdict(one, scores) })
    if (!before) done(task.cached === true)
  }
}
