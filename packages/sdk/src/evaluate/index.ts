import { Gate } from '@signalbox/schema/experiment'
import { baselineOf, readBaseline, writeBaseline } from '../../../server/src/experiments/baseline.ts'
import type { Plan, Task as PlannedTask } from '../../../server/src/experiments/plan.ts'
import { buildReport, type Report } from '../../../server/src/experiments/report/build.ts'
import { tableOf } from '../../../server/src/experiments/report/table.ts'
import { reportText } from '../../../server/src/experiments/report/words.ts'
import { type EvalRow, type Ran, type RowResult, runRows, type Task } from './run.ts'
import type { Scorer } from './scorers.ts'
import { type Destination, sendRun } from './send.ts'

/** What a gate is written as: its defaults may be left out. */
type GateInput = Parameters<typeof Gate.parse>[0]

export type Evaluation<Input, Output, Expected> = {
  /** The rows, or a function that fetches them. */
  data: Rows<Input, Expected> | (() => Rows<Input, Expected> | Promise<Rows<Input, Expected>>)
  task: Task<Input, Output, Expected>
  scores: readonly Scorer<Input, Output, Expected>[]
  /** How often each row is asked; rows whose answers disagree are told apart from regressions. */
  trialCount?: number
  maxConcurrency?: number
  /** Of one row, in milliseconds. */
  timeout?: number
  /** What this way of doing it is called, in reports and on the server. */
  experimentName?: string
  description?: string
  metadata?: Record<string, unknown>
  signal?: AbortSignal
  /** As in `signalbox.eval.yaml`. */
  gate?: Record<string, unknown>
  /** A file that `pin` wrote: what the run is held against. */
  baseline?: string
}
type Rows<Input, Expected> = Iterable<EvalRow<Input, Expected>> | AsyncIterable<EvalRow<Input, Expected>>

export type EvalOptions = Destination & {
  /** Nothing is sent, even where a server is configured. */
  noSendLogs?: boolean
  /** Where the report is written in words; `false` is nowhere. */
  reporter?: ((text: string) => void) | false
}

export type EvalResult<Input = unknown, Output = unknown, Expected = unknown> = {
  results: RowResult<Input, Output, Expected>[]
  /** As `signalbox eval --json` gives it. */
  report: Report
  /** The same in words, with the verdict of the gate. */
  text: string
  passed: boolean
  /** By name: the mean of its scores, and against the baseline what became of it. */
  summary: { scores: Record<string, { name: string; score: number | null; diff?: number; improvements?: number; regressions?: number }> }
  /** Where the server shows it. */
  url?: string
  /** Why the server does not have it. */
  sendError?: string
  /** Makes this run what later ones are held against. */
  pin(file: string): void
}

const MOST_AT_ONCE = 10

/**
 * Runs a function over rows, scores what it answers, and says how sure it is of that: the statistics and the gate of `signalbox eval`, without
 * a server. Where `SIGNALBOX_URL` and `SIGNALBOX_KEY` are set it is sent there too.
 */
export async function Eval<Input = unknown, Output = unknown, Expected = unknown>(
  name: string,
  evaluation: Evaluation<Input, Output, Expected>,
  options: EvalOptions = {},
): Promise<EvalResult<Input, Output, Expected>> {
  const { trialCount = 1, maxConcurrency = MOST_AT_ONCE, experimentName = 'function', signal = new AbortController().signal } = evaluation
  for (const [field, value] of Object.entries({ trialCount, maxConcurrency }))
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${field} must be a whole number from 1 on, not ${value}.`)
  const gate = evaluation.gate === undefined ? undefined : Gate.parse(evaluation.gate as GateInput)
  const startedAt = new Date().toISOString()
  const rows = await allOf(evaluation.data)
  if (rows.length === 0) throw new Error(`The data of "${name}" has no rows.`)
  const ran = await runRows({
    rows,
    variant: experimentName,
    task: evaluation.task as Task,
    scorers: evaluation.scores as readonly Scorer[],
    trials: trialCount,
    concurrency: maxConcurrency,
    timeoutMs: evaluation.timeout,
    signal,
  })
  const table = tableOf(ran.frames, { numbers: { cases: rows.length, variants: 1 }, repeats: trialCount })
  const plan = planOf(name, { variant: experimentName, ran, repeats: trialCount })
  const run = crypto.randomUUID().replaceAll('-', '').slice(0, 16)
  const report = buildReport({
    ...{ plan, table, gate, repeats: trialCount, version: 'sdk', passRate: 1 },
    run: { kind: 'run', format: 1, id: run, name, startedAt, manifest: {} },
    baseline: evaluation.baseline === undefined ? undefined : readBaseline(evaluation.baseline, { mustExist: gate?.vs !== undefined }),
    stopped: signal.aborted ? String(signal.reason ?? 'The run was stopped.') : undefined,
  })
  const sent = options.noSendLogs ? {} : await sendRun({ ...ran, report, gate, evaluation, repeats: trialCount }, options)
  const text = [reportText(report), ...(sent.url ? [sent.url] : []), ...(sent.sendError ? [`Not sent: ${sent.sendError}`] : [])].join('\n')
  if (options.reporter !== false) (options.reporter ?? console.log)(text)
  return {
    results: ran.results as RowResult<Input, Output, Expected>[],
    report,
    text,
    passed: report.gate.exitCode === 0,
    summary: summaryOf(report),
    ...sent,
    pin: (file) =>
      writeBaseline(
        file,
        baselineOf(table, {
          ...{ name, run, variant: { index: 0, id: experimentName } },
          idAt: (index) => ran.cases.idAt(index),
          versionOf: plan.versionOf,
        }),
      ),
  }
}

const NOBODY: PlannedTask = { lane: 'function', identity: null, call: () => ({ output: null, costUsd: 0, ms: 0 }) }

/** What was done, in the shape from which reports are built. */
function planOf(name: string, { variant, ran, repeats }: { variant: string; ran: Ran; repeats: number }): Plan {
  return {
    ...{ name, cases: ran.cases, repeats, seed: 1, epoch: '', identity: null },
    variants: [{ id: variant, task: NOBODY, identity: variant, request: () => ({}) }],
    checks: () => [],
    verdict: () => ({ pass: null, score: null }),
    higherIsBetter: () => true,
    versionOf: () => 'function',
    close: async () => {},
  }
}

function summaryOf({ metrics, comparisons }: Report): EvalResult['summary'] {
  return {
    scores: Object.fromEntries(
      metrics.map(({ metric, mean }) => {
        const against = comparisons.find((one) => one.metric === metric)
        const change = against && { diff: against.difference, improvements: against.improved.count, regressions: against.worse.count }
        return [metric, { name: metric, score: mean, ...change }]
      }),
    ),
  }
}

async function allOf<Input, Expected>(data: Evaluation<Input, unknown, Expected>['data']): Promise<EvalRow<Input, Expected>[]> {
  const rows: EvalRow<Input, Expected>[] = []
  for await (const row of typeof data === 'function' ? await data() : data) rows.push(row)
  return rows
}

export type { EvalRow, Hooks, RowResult, Task } from './run.ts'
export type { ScoreResult, Scorer, ScorerArgs } from './scorers.ts'
export type { Destination } from './send.ts'
