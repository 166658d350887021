import type { EvalFile } from '@signalbox/schema/experiment'
import type { EvaluatorEnv } from '../evaluators/evaluator.ts'
import { completeBy } from '../experiments/judge.ts'
import type { Caller } from '../experiments/run/caller.ts'
import type { EvalTasks } from './eval-tasks.ts'

/** What evaluators may use in an evaluation without a server. Without a judge in the file, those that need one say so, row by row. */
export function envFor(caller: Caller, { tasks, judge, seed }: { tasks: EvalTasks; judge: EvalFile['judge']; seed: number }): EvaluatorEnv {
  const known = new Map<string, ReturnType<EvalTasks['model']>>()
  const taskOf = (model: string) => {
    const task = known.get(model) ?? tasks.model(model)
    known.set(model, task)
    return task
  }
  return {
    seed,
    embed: (texts, { model, signal }) => {
      if (!model) throw new Error('No model for embeddings is named. Write it into the parameters of the evaluator: model: PROVIDER/MODEL.')
      return tasks.embed(texts, model, signal ?? new AbortController().signal)
    },
    fetch: globalThis.fetch,
    complete: completeBy(caller, { task: (model) => taskOf(model ?? judge?.model ?? noJudge()), parameters: judge?.parameters ?? {} }),
  }
}

function noJudge(): never {
  throw new Error(
    'No model is named that judges. Write judge: { model: PROVIDER/MODEL }, or in a file of promptfoo defaultTest.options.provider.',
  )
}
