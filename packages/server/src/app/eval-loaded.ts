import type { EvalLimits, Gate } from '@signalbox/schema/experiment'
import type { EvaluatorEnv } from '../evaluators/evaluator.ts'
import type { Plan } from '../experiments/plan.ts'
import type { CacheMode } from '../experiments/run/cache.ts'
import type { Caller } from '../experiments/run/caller.ts'
import type { Started } from '../experiments/work-off.ts'

export type EvalOptions = {
  file: string
  /** Where journals are; beside the file by default. */
  folder: string | undefined
  cache: CacheMode
  fresh: boolean
  retryErrors: boolean
  concurrency: number | undefined
  repeats: number | undefined
  first: number | undefined
  variables: Record<string, string | undefined>
  signal: AbortSignal
  warn: (message: string) => void
  started: (run: Started) => void
}

export type Loaded = {
  plan: Plan
  limits: EvalLimits
  gate: Gate | undefined
  passRate: number
  /** The cache that the file asks for, where the command line says nothing. */
  cache?: CacheMode | undefined
  /** Files that the configuration itself asks for. */
  outputs: readonly string[]
  envOf: (caller: Caller) => EvaluatorEnv
  close(): Promise<void>
}
