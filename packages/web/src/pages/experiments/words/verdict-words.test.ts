import type { ExperimentComparison } from '@signalbox/schema'
import { expect, it } from 'vitest'
import { powerSentence, verdictSentence } from './verdict-words.ts'

const none = { count: 0, ids: [] }
const comparison: ExperimentComparison = {
  metric: 'pass',
  variant: 'v2',
  baseline: 'v1',
  n: 120,
  unpaired: 0,
  baselineMean: 0.93,
  candidateMean: 0.81,
  difference: -0.12,
  ci: { low: -0.201, high: -0.04, method: 'agresti-min' },
  pValue: 0.004,
  adjustedP: 0.008,
  test: 'mcnemar',
  detectable: 0.107,
  verdict: 'worse',
  higherIsBetter: true,
  worse: none,
  improved: none,
  flaky: none,
}

it('says a verdict in one sentence, with how sure it is', () => {
  expect(verdictSentence(comparison)).toBe(
    'v2 is worse than v1: 81% of the rows pass instead of 93%, −12 points (95% interval −20.1 to −4, p 0.008), on 120 rows that both have.',
  )
  expect(verdictSentence({ ...comparison, verdict: 'no difference shown' })).toMatch(
    /^No difference between v2 and v1 is shown: 81% of the rows pass, 93% of v1;/,
  )
  expect(verdictSentence({ ...comparison, n: 1, verdict: 'not enough data' })).toBe(
    'Too few rows to tell v2 and v1 apart: both have 1 row.',
  )
})

it('says scores that are no shares as numbers', () => {
  const bleu = {
    ...comparison,
    metric: 'bleu',
    baselineMean: 27.4,
    candidateMean: 31.52,
    difference: 4.12,
    ci: { low: 1, high: 7, method: 't' },
    verdict: 'better' as const,
  }
  expect(verdictSentence(bleu)).toBe(
    'v2 is better than v1: 31.52 is its bleu instead of 27.4, +4.12 (95% interval +1 to +7, p 0.008), on 120 rows that both have.',
  )
  expect(powerSentence({ ...bleu, detectable: 2.5 })).toContain('a difference of 2.5 shows')
  expect(powerSentence(comparison)).toContain('a difference of 10.7 points shows')
})
