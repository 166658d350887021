import { openDataset } from '../../../server/src/experiments/data/cases.ts'
import type { CaseSource, Score } from '../../../server/src/experiments/plan.ts'
import type { Frame } from '../../../server/src/experiments/run/frames.ts'
import { itemOf } from '../../../server/src/experiments/run/journal.ts'
import { verdictOf } from '../../../server/src/experiments/verdict.ts'
import { type Scorer, scoresOf } from './scorers.ts'

export type EvalRow<Input = unknown, Expected = unknown> = {
  /** Stays the same while the row does, so that two runs can be compared. A hash of the row where it is left out. */
  id?: string
  input: Input
  expected?: Expected
  metadata?: Record<string, unknown>
  /** Rows with `critical` must pass a gate, each of them. */
  tags?: string[]
  /** Rows of one cluster (a conversation, a document) count together. */
  cluster?: string
}

export type Hooks<Expected = unknown> = {
  metadata: Record<string, unknown>
  expected: Expected
  trialIndex: number
  signal: AbortSignal
  /** Ties the row to the trace of the call. */
  trace(traceId: string): void
}

export type Task<Input = unknown, Output = unknown, Expected = unknown> = (input: Input, hooks: Hooks<Expected>) => Output | Promise<Output>

export type Running = {
  rows: readonly EvalRow[]
  variant: string
  task: Task
  scorers: readonly Scorer[]
  trials: number
  concurrency: number
  timeoutMs: number | undefined
  signal: AbortSignal
}

export type Ran = { cases: CaseSource; frames: Frame[]; results: RowResult[] }
export type RowResult<Input = unknown, Output = unknown, Expected = unknown> = {
  id: string
  trial: number
  input: Input
  expected: Expected | undefined
  metadata: Record<string, unknown>
  output?: Output
  error?: string
  scores: Score[]
  pass: boolean | null
  ms: number
  traceId?: string
}

/** Asks the task for every row, `trials` times, and scores what comes. Rows that were not begun when the signal came are left out. */
export async function runRows(running: Running): Promise<Ran> {
  const { rows, trials, concurrency, signal } = running
  const cases = openDataset([...rows] as Record<string, unknown>[], '.')
  const numbers = { cases: rows.length, variants: 1 }
  const frames: Frame[] = []
  const results: RowResult[] = []
  let next = 0
  const work = async () => {
    for (let at = next++; at < rows.length * trials && !signal.aborted; at = next++) {
      const [index, trial] = [at % rows.length, Math.floor(at / rows.length)]
      const item = itemOf(numbers, { case: index, variant: 0, repeat: trial })
      const result = await runRow(running, { row: rows[index] as EvalRow, id: cases.idAt(index), trial })
      const { id, ms, output, error, scores, pass } = result
      results.push(result)
      frames.push({
        ...{ kind: 'task', item, case: id, variant: running.variant, repeat: trial, ms, costUsd: 0 },
        ...(error === undefined ? { ok: true, output } : { ok: false, error: { kind: 'final', message: error } }),
      })
      frames.push({ kind: 'scores', item, scores, pass, score: verdictOf(scores).score })
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, rows.length * trials) }, work))
  const order = new Map(rows.map((_, index) => [cases.idAt(index), index]))
  results.sort((one, other) => (order.get(one.id) ?? 0) - (order.get(other.id) ?? 0) || one.trial - other.trial)
  return { cases, frames, results }
}

async function runRow({ task, scorers, timeoutMs, signal }: Running, at: { row: EvalRow; id: string; trial: number }): Promise<RowResult> {
  const { input, expected, metadata = {} } = at.row
  const base = { id: at.id, trial: at.trial, input, expected, metadata }
  const limited = timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  let traceId: string | undefined
  const hooks: Hooks = {
    ...{ metadata, expected, trialIndex: at.trial, signal: limited },
    trace(id) {
      traceId = id
    },
  }
  const start = performance.now()
  const elapsed = () => Math.round(performance.now() - start)
  try {
    const output = await withinSignal(async () => task(input, hooks), limited, timeoutMs)
    const ms = elapsed()
    const example = { id: at.id, inputs: input, outputs: expected, metadata }
    const run = { inputs: input, outputs: output, trace_id: traceId }
    const args = { input, output, expected, metadata, inputs: input, outputs: output, referenceOutputs: expected, run, example }
    const scores = unique((await Promise.all(scorers.map((scorer, index) => scoresOf(scorer, { args, at: index })))).flat())
    return { ...base, output, ms, scores, pass: verdictOf(scores).pass, ...(traceId !== undefined && { traceId }) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ...base, error: message, ms: elapsed(), scores: [], pass: null, ...(traceId !== undefined && { traceId }) }
  }
}

/** A task that does not listen to the signal is no longer waited for. */
function withinSignal<T>(run: () => Promise<T>, signal: AbortSignal, timeoutMs: number | undefined): Promise<T> {
  if (signal.aborted) return Promise.reject(new Error('The run was stopped.'))
  return new Promise((done, fail) => {
    const stop = () =>
      fail(new Error(signal.reason?.name === 'TimeoutError' ? `No answer within ${timeoutMs} ms.` : 'The run was stopped.'))
    signal.addEventListener('abort', stop, { once: true })
    run()
      .then(done, fail)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Two scores of one name are two keys of one metric. */
function unique(scores: readonly Score[]): Score[] {
  const seen = new Map<string, number>()
  return scores.map((one) => {
    const copy = (seen.get(one.metric) ?? 0) + 1
    seen.set(one.metric, copy)
    return copy === 1 ? one : { ...one, key: `${one.metric} #${copy}` }
  })
}
