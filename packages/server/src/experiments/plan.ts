import type { EvaluatedSpan, EvaluatorRow, Evidence, Outcome } from '@signalbox/schema/evaluator'
import type { EvaluatorEnv, TokenLogprob } from '../evaluators/evaluator.ts'

/** One row of a dataset, made ready to be asked and scored. */
export type EvalCase = {
  /** Stays the same while the row does, so that two runs can be compared row by row. */
  id: string
  vars: Record<string, unknown>
  tags: readonly string[]
  /** Rows of one cluster hang together: intervals respect it. */
  cluster: string | undefined
  /** What evaluators see beside the output. */
  row: Omit<EvaluatorRow, 'output'>
  /** As reports call it, where it is called something. */
  description?: string | undefined
}

/** Rows by their number, read when they are needed: a dataset may be larger than the memory. */
export type CaseSource = {
  readonly count: number
  /** SHA-256 of all rows in their order. */
  readonly hash: string
  at(index: number): EvalCase
  idAt(index: number): string
  /** Without reading the row again. */
  clusterAt(index: number): string | undefined
  tagsAt(index: number): readonly string[]
  close(): void
}

/** A request of the OpenAI dialect, or whatever else a task takes: JSON, and nothing that differs from one run to the next. */
export type TaskRequest = Record<string, unknown>

export type TaskAnswer = {
  output: unknown
  usage?: { inputTokens: number; outputTokens: number } | undefined
  /** null where no price is known. */
  costUsd: number | null
  /** Of the call itself: an answer from the cache keeps the time of its first. */
  ms: number
  finishReason?: string | undefined
  traceId?: string | undefined
  logprobs?: readonly TokenLogprob[] | undefined
  /** The steps that were taken, where the target tells them. */
  spans?: readonly EvaluatedSpan[] | undefined
}

/** Why a call has no answer. Load and what may pass are worth another attempt; the rest is not. */
export type TaskFailure = { kind: 'overload' | 'temporary' | 'final' | 'timeout'; message: string; retryAfterMs?: number | undefined }

/** What is asked: a model, an HTTP endpoint. Answers or throws a `TaskError`. */
export type Task = {
  /** What shares limits: a provider and its address. */
  lane: string
  /** All of it is in the key of the cache. */
  identity: unknown
  call(request: TaskRequest, signal: AbortSignal): TaskAnswer | Promise<TaskAnswer>
}

export class TaskError extends Error {
  readonly failure: TaskFailure
  constructor(failure: TaskFailure) {
    super(failure.message)
    this.failure = failure
  }
}

export type Variant = {
  id: string
  task: Task
  /** What the case becomes for this variant. Throws where it cannot be made. */
  request(one: EvalCase): TaskRequest
  /** What of it is part of the identity of a run. */
  identity: unknown
  /** What this variant runs on; absent: every case. */
  takes?(one: EvalCase): boolean
  transform?(output: unknown, one: EvalCase): unknown
}

/** One evaluator as it is used on one case. */
export type Check = {
  /** The metric that its score goes into. */
  metric: string
  /** Unique within its case. */
  key: string
  weight: number
  costed: boolean
  higherIsBetter: boolean
  run(row: EvaluatorRow, env: EvaluatorEnv): Outcome | Promise<Outcome>
}

/** One answer among those of the other variants to the same case. */
export type Compared = { variant: string; row: EvaluatorRow; scores: readonly Score[] }

/** An evaluator of all answers to a case together: what one of them scores depends on the others. One outcome for each, in their order. */
export type Comparing = Omit<Check, 'run'> & {
  run(answers: readonly Compared[], env: EvaluatorEnv): readonly Outcome[] | Promise<readonly Outcome[]>
}

/** What later rows of the same variant and repeat know of earlier ones. */
export type Kept = Map<string, unknown>
export type Carrying = {
  into(one: EvalCase, kept: Kept): EvalCase
  keep(one: EvalCase, output: unknown, kept: Kept): void
}

/** A score as it stands in the journal. */
export type Score = {
  key: string
  metric: string
  status: 'scored' | 'na' | 'error'
  score?: number
  pass?: boolean
  weight?: number
  reason?: string
  evidence?: Evidence[]
  costUsd?: number | null
}

export type Verdict = { pass: boolean | null; score: number | null }

/** `values` has what each metric sums up to over the rows, and `__count`, the rows themselves. */
export type Derived = { name: string; value(values: Readonly<Record<string, number>>): number }

/** Everything a run does, before it is run. */
export type Plan = {
  name: string
  cases: CaseSource
  variants: readonly Variant[]
  repeats: number
  seed: number
  epoch: string
  checks(one: EvalCase): readonly Check[]
  /** What is scored when all variants have answered; a plan without such evaluators has none. */
  compares?: ((one: EvalCase) => readonly Comparing[]) | undefined
  /** Where rows build on answers of earlier rows: they are asked one after the other, in the order of the dataset. */
  carrying?: Carrying | undefined
  /** Numbers of a variant that are worked out from its metrics. */
  derived?: readonly Derived[] | undefined
  /** From the scores of one row to its verdict. `null`: nothing of it could be scored. */
  verdict(one: EvalCase, scores: readonly Score[]): Verdict
  /** What is hashed into the identity, beside dataset, variants, repeats and seed. */
  identity: unknown
  /** By metric: whether more is better. */
  higherIsBetter(metric: string): boolean
  /** Scores of two versions of an evaluator are not compared. */
  versionOf(metric: string): string
  /** Metrics that are shown and do not decide, with the reason: judges that people have found wanting. */
  advisory?: ReadonlyMap<string, string> | undefined
  close(): Promise<void>
}
