import type { EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import type { Check, EvalCase, Score, Variant } from '../plan.ts'
import type { Called } from './caller.ts'
import type { TaskFrame } from './frames.ts'

/** A call that came to its end, as a line of the journal. */
export function frameOf(
  { item, one, variant, repeat }: { item: number; one: EvalCase; variant: Variant; repeat: number },
  called: Exclude<Called, { ok: undefined }>,
): TaskFrame {
  const at = { item, case: one.id, variant: variant.id, repeat }
  const attempts = called.attempts > 1 ? { attempts: called.attempts } : {}
  const key = called.key === undefined ? {} : { key: called.key }
  if (!called.ok)
    return { kind: 'task', ...at, ok: false, error: { kind: called.failure.kind, message: called.failure.message }, ...attempts }
  const { answer } = called
  return {
    kind: 'task',
    ...key,
    ...at,
    ok: true,
    output: answer.output,
    costUsd: answer.costUsd,
    ms: answer.ms,
    ...(answer.usage && { tokens: [answer.usage.inputTokens, answer.usage.outputTokens] }),
    ...(answer.finishReason !== undefined && { finish: answer.finishReason }),
    ...(answer.traceId !== undefined && { traceId: answer.traceId }),
    ...(answer.logprobs && { logprobs: answer.logprobs }),
    ...(answer.spans && { spans: answer.spans }),
    ...(called.cached && { cached: true }),
    ...attempts,
  }
}

export function transformOutput(frame: TaskFrame, transform: NonNullable<Variant['transform']>, one: EvalCase): void {
  try {
    frame.output = transform(frame.output, one)
  } catch (error) {
    frame.ok = false
    frame.error = { kind: 'final', message: `The transform failed: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** What evaluators see of an answer. */
export const rowOf = (task: TaskFrame, one: EvalCase): EvaluatorRow => ({
  ...one.row,
  id: one.id,
  output: task.output,
  ...(task.ms !== undefined && { latencyMs: task.ms }),
  ...(typeof task.costUsd === 'number' && { costUsd: task.costUsd }),
  ...(task.cached && { cached: true }),
  ...(task.finish !== undefined && { finishReason: task.finish }),
  ...(task.logprobs && { logprobs: task.logprobs }),
  ...(task.spans && { spans: [...task.spans] }),
})

/** What an evaluator said, as a line of the journal. */
export function scoreOf(check: Pick<Check, 'metric' | 'key' | 'weight'>, outcome: Outcome): Score {
  const { metric, key, weight } = check
  const base = { key, ...(metric !== key && { metric }), ...(weight !== 1 && { weight }) } as Pick<Score, 'key' | 'metric'>
  const spent = outcome.usage ? { costUsd: outcome.usage.costUsd } : {}
  if (outcome.status !== 'scored') return { ...base, metric, status: outcome.status, reason: outcome.reason, ...spent }
  const { score, pass, reason, evidence } = outcome
  return {
    ...base,
    metric,
    status: 'scored',
    score,
    ...(pass !== undefined && { pass }),
    ...(reason !== undefined && { reason }),
    ...(evidence && evidence.length > 0 && { evidence }),
    ...spent,
  }
}
