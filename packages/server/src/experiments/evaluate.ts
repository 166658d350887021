import { createHash } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '@signalbox/schema/canonical-json'
import type { EvalLimits, Gate } from '@signalbox/schema/experiment'
import type { EvaluatorEnv } from '../evaluators/evaluator.ts'
import type { Baseline } from './baseline.ts'
import type { Plan } from './plan.ts'
import { buildReport, type Report } from './report/build.ts'
import { readTable, type Table } from './report/table.ts'
import { AnswerCache, type CacheMode } from './run/cache.ts'
import { Caller } from './run/caller.ts'
import type { RunFrame } from './run/frames.ts'
import { DONE, Journal } from './run/journal.ts'
import { runItems } from './run/run.ts'

export type EvaluateOptions = {
  plan: Plan
  /** Where journals are. */
  folder: string
  limits: EvalLimits
  gate: Gate | undefined
  baseline: Baseline | undefined
  cache: CacheMode
  /** Runs again what is done already, in a journal of its own; the old one is kept. */
  fresh: boolean
  retryErrors: boolean
  passRate: number
  version: string
  signal: AbortSignal
  /** What evaluators may use; their calls go through the caller, so that they are limited, paid and kept like all others. */
  envOf: (caller: Caller) => EvaluatorEnv
  started?: (run: Started) => void
}
export type Started = { items: number; done: number; run: string; caller: Caller; progress: () => { done: number; cached: number } }
export type Evaluated = { report: Report; table: Table; journal: Journal; repeats: number }

/** What a run is: the same manifest is the same run, and goes on where it stopped. */
export function runIdOf(plan: Plan): { id: string; manifest: Record<string, unknown> } {
  const manifest = {
    dataset: plan.cases.hash,
    variants: plan.variants.map(({ identity }) => identity),
    evaluators: plan.identity,
    repeats: plan.repeats,
    seed: plan.seed,
    epoch: plan.epoch,
  }
  return { id: createHash('sha256').update(canonicalJson(manifest)).digest('hex').slice(0, 16), manifest }
}

export const journalPath = (folder: string, { name, id }: { name: string; id: string }): string =>
  join(folder, `${name.replace(/[^\w.-]+/g, '-').slice(0, 60)}-${id}.rows.jsonl`)

/** Runs what is not done yet, and says what all of it shows. `close` the journal when its rows are read. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluated> {
  const { plan, folder, limits, gate } = options
  const { id, manifest } = runIdOf(plan)
  const path = journalPath(folder, { name: plan.name, id })
  if (options.fresh && existsSync(path)) setAside(path)
  const numbers = { cases: plan.cases.count, variants: plan.variants.length }
  const itemsOf = (repeats: number) => numbers.cases * numbers.variants * repeats
  const frame: RunFrame = { kind: 'run', format: 1, id, name: plan.name, startedAt: new Date().toISOString(), manifest }
  const journal = Journal.open(path, frame, itemsOf(plan.repeats))
  const cache = new AnswerCache(folder, { mode: options.fresh && options.cache === 'on' ? 'write' : options.cache, except: path })
  const caller = new Caller({ limits, cache, epoch: plan.epoch, signal: options.signal, keep: (judged) => void journal.addJudge(judged) })
  const deadline =
    limits.deadlineMinutes === undefined
      ? undefined
      : setTimeout(() => caller.stop('The deadline has passed.'), limits.deadlineMinutes * 60_000)
  let repeats = plan.repeats
  let [done, cached] = [0, 0]
  for (let item = 0; item < itemsOf(repeats); item++) if (journal.stateOf(item) === DONE) done++
  const before = done
  options.started?.({ items: itemsOf(repeats), done: before, run: id, caller, progress: () => ({ done, cached }) })
  if (journal.found > 0 && limits.costUsd !== undefined) spentBefore(caller, readTable(path, { numbers, repeats }))
  try {
    for (;;) {
      await runItems({
        plan,
        journal,
        caller,
        env: options.envOf(caller),
        repeats,
        retryErrors: options.retryErrors,
        done: (fromCache) => {
          done++
          if (fromCache) cached++
        },
      })
      journal.flush()
      const table = readTable(path, { numbers, repeats })
      const report = buildReport({
        plan,
        table,
        run: journal.run,
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
      if (!again) return { report, table, journal, repeats }
      repeats++
      journal.grow(itemsOf(repeats))
    }
  } catch (error) {
    await journal.close()
    throw error
  } finally {
    clearTimeout(deadline)
    cache.close()
  }
}

function spentBefore(caller: Caller, { costs, judgeCostUsd }: Table): void {
  for (const cost of costs) caller.spent(Number.isNaN(cost) ? null : cost)
  caller.spent(judgeCostUsd)
}

function setAside(path: string): void {
  for (let number = 1; ; number++) {
    const other = path.replace(/\.rows\.jsonl$/, `.${number}.rows.jsonl`)
    if (existsSync(other)) continue
    renameSync(path, other)
    return
  }
}
