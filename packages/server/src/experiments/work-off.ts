import type { EvalLimits, Gate } from '@signalbox/schema/experiment'
import type { EvaluatorEnv } from '../evaluators/evaluator.ts'
import type { Baseline } from './baseline.ts'
import type { Plan } from './plan.ts'
import { buildReport, type Report } from './report/build.ts'
import type { Table } from './report/table.ts'
import { Caller, type KnownAnswers } from './run/caller.ts'
import { DONE } from './run/journal.ts'
import type { RunRows } from './run/rows.ts'
import { runItems } from './run/run.ts'

export type WorkOptions = {
  plan: Plan
  rows: RunRows
  cache: KnownAnswers
  limits: EvalLimits
  gate: Gate | undefined
  baseline: Baseline | undefined
  retryErrors: boolean
  passRate: number
  version: string
  signal: AbortSignal
  /** What evaluators may use; their calls go through the caller, so that they are limited, paid and kept like all others. */
  envOf: (caller: Caller) => EvaluatorEnv
  started?: (run: Started) => void
}
export type Started = { items: number; done: number; run: string; caller: Caller; progress: () => { done: number; cached: number } }
export type Worked = { report: Report; table: Table; repeats: number }

/** The one way in which a run is made, wherever its rows are: what is not done yet is done, and the gate decides whether that is enough. */
export async function workOff(options: WorkOptions): Promise<Worked> {
  const { plan, rows, limits, gate } = options
  const itemsOf = (repeats: number) => plan.cases.count * plan.variants.length * repeats
  const caller = new Caller({
    limits,
    cache: options.cache,
    epoch: plan.epoch,
    signal: options.signal,
    keep: (judged) => rows.addJudge(judged),
  })
  const deadline =
    limits.deadlineMinutes === undefined
      ? undefined
      : setTimeout(() => caller.stop('The deadline has passed.'), limits.deadlineMinutes * 60_000)
  let repeats = plan.repeats
  let [done, cached] = [0, 0]
  for (let item = 0; item < itemsOf(repeats); item++) if (rows.stateOf(item) === DONE) done++
  const before = done
  options.started?.({ items: itemsOf(repeats), done: before, run: rows.run.id, caller, progress: () => ({ done, cached }) })
  try {
    if (rows.found > 0 && limits.costUsd !== undefined) spentBefore(caller, await rows.table(repeats))
    for (;;) {
      await runItems({
        plan,
        journal: rows,
        caller,
        env: options.envOf(caller),
        repeats,
        retryErrors: options.retryErrors,
        done: (fromCache) => {
          done++
          if (fromCache) cached++
        },
      })
      await rows.flush()
      const table = await rows.table(repeats)
      const report = buildReport({
        plan,
        table,
        run: rows.run,
        repeats,
        gate,
        baseline: options.baseline,
        stopped: caller.stopped ?? caller.closedLanes(),
        version: options.version,
        passRate: options.passRate,
      })
      const again =
        report.gate.outcome === 'inconclusive' &&
        gate?.inconclusive === 'rerun' &&
        repeats < gate.maxRepeats &&
        caller.stopped === undefined
      if (!again) return { report, table, repeats }
      repeats++
      rows.grow(itemsOf(repeats))
    }
  } finally {
    clearTimeout(deadline)
  }
}

function spentBefore(caller: Caller, { costs, judgeCostUsd }: Table): void {
  for (const cost of costs) caller.spent(Number.isNaN(cost) ? null : cost)
  caller.spent(judgeCostUsd)
}
