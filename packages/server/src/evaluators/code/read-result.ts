import type { Outcome } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { failed, notApplicable, scored } from '../outcome.ts'

const Value = z.union([z.number(), z.boolean(), z.null()])
/** Also in the words of Braintrust (`metadata`) and LangSmith (`comment`). */
const Whole = z.object({
  score: Value.optional(),
  pass: z.boolean().optional(),
  reason: z.string().nullish(),
  comment: z.string().nullish(),
  sub: z.record(z.string(), z.unknown()).optional(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})
const WANTED = 'a number, true or false, null, or { score, pass, reason, sub }'

/** What a user's evaluator answered, as an outcome. */
export function readResult(result: unknown): Outcome {
  if (typeof result === 'number' || typeof result === 'boolean' || result === null) return ofValue(result, {})
  const { data, success } = Whole.safeParse(result)
  if (!success || (data.score === undefined && data.pass === undefined)) return failed(`The evaluator must answer ${WANTED}.`)
  const { score = data.pass ?? null, pass, reason, comment, sub, metadata } = data
  const why = reason ?? comment
  const parts = sub ?? metadata
  return ofValue(score, { ...(pass === undefined ? {} : { pass }), ...(why ? { reason: why } : {}), ...(parts ? { sub: parts } : {}) })
}

function ofValue(value: number | boolean | null, more: { pass?: boolean; reason?: string; sub?: Record<string, unknown> }): Outcome {
  if (value === null) return notApplicable(more.reason ?? 'The evaluator gave no score.')
  if (typeof value === 'boolean') return scored(value ? 1 : 0, { pass: value, ...more })
  return scored(value, more)
}
