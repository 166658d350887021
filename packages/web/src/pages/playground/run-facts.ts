import type { SpanOutline } from '@signalbox/schema'
import type { RunState } from './run.ts'

export type RunFacts = {
  costUsd: string | null
  inputTokens: number | null
  outputTokens: number | null
  firstTokenMs: number | null
  ms: number | null
  tokensPerSecond: number | null
}
type Call = Pick<SpanOutline, 'costUsd' | 'inputTokens' | 'outputTokens' | 'firstTokenMs' | 'durationMs'>

/** What all calls of a run took together; the first token is the first call's. `calls`: as the trace has them, where it can be read. */
export function factsOf({ steps }: Pick<RunState, 'steps'>, calls?: readonly Call[]): RunFacts {
  const seen = calls
    ? calls.map((call) => ({ ...call, ms: call.durationMs }))
    : steps.map(({ answer, firstTokenMs, ms }) => ({
        costUsd: null,
        inputTokens: answer.usage?.inputTokens ?? null,
        outputTokens: answer.usage?.outputTokens ?? null,
        firstTokenMs,
        ms,
      }))
  const sum = (values: readonly (number | null)[]) =>
    values.length === 0 || values.includes(null) ? null : values.reduce<number>((all, value) => all + (value ?? 0), 0)
  const ms = sum(seen.map((call) => call.ms))
  const outputTokens = sum(seen.map((call) => call.outputTokens))
  // Of an answer that came at once nobody can say how fast it was written.
  const writing = sum(seen.map((call) => (call.ms === null || call.firstTokenMs === null ? null : call.ms - call.firstTokenMs)))
  return {
    costUsd:
      calls && calls.length > 0 && calls.every(({ costUsd }) => costUsd !== null)
        ? addUsd(calls.map(({ costUsd }) => costUsd ?? '0'))
        : null,
    inputTokens: sum(seen.map((call) => call.inputTokens)),
    outputTokens,
    firstTokenMs: seen[0]?.firstTokenMs ?? null,
    ms,
    tokensPerSecond: outputTokens !== null && writing !== null && writing >= 1 ? outputTokens / (writing / 1000) : null,
  }
}

/** Decimals of nine places, added without rounding. */
function addUsd(values: readonly string[]): string {
  const nano = values.reduce((sum, value) => sum + BigInt(Math.round(Number(value) * 1e9)), 0n)
  return String(Number(nano) / 1e9)
}
