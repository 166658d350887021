import type { ExperimentComparison } from '@signalbox/schema'
import { plural } from '../../../lib/format-number.ts'
import { differenceText, pText, type Reading, readingOf, scoreText, signedText } from './score-words.ts'

export const PASS = 'pass'
/** As people call a metric. */
export const metricTitle = (metric: string): string => (metric === PASS ? 'Rows that pass' : metric)

export const readingOfComparison = ({ baselineMean, candidateMean, n }: ExperimentComparison): Reading =>
  n === 0 ? 'number' : readingOf([baselineMean, candidateMean])

/** `v2 is worse than v1: 81% of the rows pass instead of 93%, −12 points (95% interval −20.1 to −4), on 120 rows.` */
export function verdictSentence(one: ExperimentComparison): string {
  const { metric, variant, baseline, verdict, n, ci, difference } = one
  const reading = readingOfComparison(one)
  const subject = metric === PASS ? 'of the rows pass' : `is its ${metric}`
  const rows = `on ${plural(n, 'row')} that both have`
  if (verdict === 'not enough data') return `Too few rows to tell ${variant} and ${baseline} apart: both have ${plural(n, 'row')}.`
  const interval = `${differenceText(difference, reading)} (95% interval ${signedText(ci.low, reading)} to ${signedText(ci.high, reading)}, ${pText(one.adjustedP)})`
  const now = `${scoreText(one.candidateMean, reading)} ${subject}`
  const before = scoreText(one.baselineMean, reading)
  if (verdict === 'no difference shown')
    return `No difference between ${variant} and ${baseline} is shown: ${now}, ${before} of ${baseline}; ${interval}, ${rows}.`
  return `${variant} is ${verdict} than ${baseline}: ${now} instead of ${before}, ${interval}, ${rows}.`
}

/** What so many rows could have shown. */
export function powerSentence(one: ExperimentComparison): string {
  const reading = readingOfComparison(one)
  const size = reading === 'share' ? `${scoreText(one.detectable, reading).replace('%', '')} points` : scoreText(one.detectable, reading)
  return `With as many rows that differ as much as these, a difference of ${size} shows in four runs of five.`
}
