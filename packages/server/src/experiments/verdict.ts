import type { Score, Verdict } from './plan.ts'

/**
 * A row passes where every evaluator that gives a verdict and has a weight says so. What could not be applied has no part in it; what failed
 * to be worked out leaves the row without a verdict. Its score is the weighted mean of its scores.
 */
export function verdictOf(scores: readonly Score[]): Verdict {
  let [sum, weights] = [0, 0]
  let pass = true
  let [judged, failed] = [false, false]
  for (const { status, score = 0, pass: passed, weight = 1 } of scores) {
    if (status === 'error' && weight > 0) failed = true
    if (status !== 'scored') continue
    sum += score * weight
    weights += weight
    if (passed === undefined || weight === 0) continue
    judged = true
    pass &&= passed
  }
  const score = weights > 0 ? sum / weights : null
  // A row that fails anyway fails, whatever an evaluator that broke would have said.
  if (judged && !pass) return { pass: false, score }
  return { pass: failed || !judged ? null : true, score }
}
