import type { EvaluatorUsage } from '@signalbox/schema/evaluator'

/** What several calls cost together; no cost where one of them is not known. */
export function usageOf(all: readonly (EvaluatorUsage | undefined)[]): EvaluatorUsage {
  return all.reduce<EvaluatorUsage>(
    (sum, one) => ({
      calls: sum.calls + (one?.calls ?? 0),
      inputTokens: sum.inputTokens + (one?.inputTokens ?? 0),
      outputTokens: sum.outputTokens + (one?.outputTokens ?? 0),
      costUsd: sum.costUsd === null || one?.costUsd === null ? null : sum.costUsd + (one?.costUsd ?? 0),
    }),
    { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
  )
}
