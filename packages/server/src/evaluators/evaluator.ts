import type { EvaluatorKind, EvaluatorNeed, EvaluatorRow, EvaluatorScale, EvaluatorUsage, Outcome } from '@signalbox/schema/evaluator'
import type { z } from 'zod'

/** A call of a model, as judges make it. Who hands `complete` in decides which model that is, and pays for it. */
export type JudgeRequest = {
  /** Where it is absent, the model that `complete` was made for. */
  model?: string | undefined
  messages: { role: 'system' | 'user' | 'assistant'; content: string }[]
  /** The JSON Schema of the answer. Where a provider cannot be held to one, the prompt says it too. */
  schema?: { name: string; schema: Record<string, unknown> } | undefined
  temperature?: number | undefined
  maxTokens?: number | undefined
  /** How many alternatives of each token are wanted with their log-probabilities. */
  topLogprobs?: number | undefined
  seed?: number | undefined
  signal?: AbortSignal | undefined
}

export type TokenLogprob = { token: string; logprob: number; top: { token: string; logprob: number }[] }

export type JudgeAnswer = {
  text: string
  /** The model that answered, where the provider says so. */
  model?: string | undefined
  logprobs?: TokenLogprob[] | undefined
  usage?: Omit<EvaluatorUsage, 'calls'> | undefined
}

/** What an evaluator may use. All of it is handed in: evaluators know no providers, no keys and no network of their own. */
export type EvaluatorEnv = {
  complete?: ((request: JudgeRequest) => Promise<JudgeAnswer>) | undefined
  /** One vector per text, in their order. */
  embed?: ((texts: string[], options: { model?: string | undefined; signal?: AbortSignal | undefined }) => Promise<number[][]>) | undefined
  /** One vector per token of each text, as BERTScore needs them: from the last layer that the service gives, special tokens included. */
  embedTokens?:
    | ((texts: string[], options: { model?: string | undefined; signal?: AbortSignal | undefined }) => Promise<number[][][]>)
    | undefined
  /** For evaluators behind an address of the user's. Who hands it in guards which addresses may be reached. */
  fetch?: typeof globalThis.fetch | undefined
  /** Rows of a SELECT over the spans of the row's trace. */
  query?: ((sql: string, params: Record<string, unknown>) => Promise<Record<string, unknown>[]>) | undefined
  signal?: AbortSignal | undefined
  /** What may still be spent; a judge does not start a call beyond it. */
  budget?: { leftUsd(): number | null } | undefined
  seed?: number | undefined
}

/** Adds row after row up to one score of all of them, in memory that does not grow with their number where the metric allows it. */
export type Corpus = {
  add(row: EvaluatorRow): void
  result(): Outcome
}

/** An evaluator with its parameters, made ready once for many rows: patterns and schemas are compiled. */
export type Prepared = {
  evaluate(row: EvaluatorRow, env: EvaluatorEnv): Outcome | Promise<Outcome>
  /** Of metrics that are not the mean of their rows, such as BLEU. */
  corpus?(): Corpus
  /** Where the parameters decide what a row must have; by default the needs of the definition. */
  needs?: readonly EvaluatorNeed[]
  /** Where something is set up that must be torn down, such as a worker. */
  close?(): Promise<void>
}

/** What an evaluator is. One object per id; `registry.ts` is the table of them. */
export type Evaluator<P extends z.ZodType = z.ZodType> = {
  id: string
  title: string
  kind: EvaluatorKind
  scale: EvaluatorScale
  higherIsBetter: boolean
  needs: readonly EvaluatorNeed[]
  deterministic: boolean
  costed: boolean
  /** Raised whenever the same row and parameters may come out differently: part of the version. */
  revision: number
  /** What else decides the outcome, such as the text of a judge's prompt: part of the version. */
  identity?: unknown
  params: P
  prepare(params: z.output<P>): Prepared | Promise<Prepared>
}

/** Ties the type of the parameters to `prepare`, and forgets it for the table. */
export const evaluator = <P extends z.ZodType>(definition: Evaluator<P>): Evaluator => definition as unknown as Evaluator
