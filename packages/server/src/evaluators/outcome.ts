import { type EvaluatorNeed, type EvaluatorRow, EvaluatorUsage, type Outcome } from '@signalbox/schema/evaluator'

type More = Omit<Extract<Outcome, { status: 'scored' }>, 'status' | 'score'>

/** A number, or an error where it is none: no average is ever poisoned. */
export function scored(score: number, more: More = {}): Outcome {
  if (!Number.isFinite(score)) return failed(`The score came out as ${score}.`)
  return { status: 'scored', score, ...more }
}

/** 1 or 0, with why. */
export const passed = (pass: boolean, reason?: string, more: More = {}): Outcome =>
  scored(pass ? 1 : 0, { pass, ...(reason === undefined ? {} : { reason }), ...more })

export const notApplicable = (reason: string, more: Omit<More, 'pass' | 'reason'> = {}): Outcome => ({ status: 'na', reason, ...more })
export const failed = (reason: string, more: Omit<More, 'pass' | 'reason'> = {}): Outcome => ({ status: 'error', reason, ...more })

/** An error that was thrown; what was spent until then is said too. */
export function failedBy(error: unknown): Outcome {
  const usage = EvaluatorUsage.safeParse((error as { usage?: unknown } | null)?.usage)
  return failed(error instanceof Error ? error.message : String(error), usage.success ? { usage: usage.data } : {})
}

const HAS: Record<EvaluatorNeed, (row: EvaluatorRow) => boolean> = {
  input: ({ input }) => input !== undefined && input !== null,
  expected: ({ expected, references }) => (expected !== undefined && expected !== null) || (references?.length ?? 0) > 0,
  context: ({ context }) => (Array.isArray(context) ? context.length > 0 : context !== undefined),
  messages: ({ messages }) => (messages?.length ?? 0) > 0,
  spans: ({ spans }) => spans !== undefined,
  latencyMs: ({ latencyMs }) => latencyMs !== undefined,
  costUsd: ({ costUsd }) => costUsd !== undefined,
}

/** What a row lacks that the evaluator needs. */
export const lacking = (row: EvaluatorRow, needs: readonly EvaluatorNeed[]): EvaluatorNeed[] => needs.filter((need) => !HAS[need](row))
