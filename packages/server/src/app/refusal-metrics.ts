import { REFUSALS } from '@signalbox/schema'
import type { RefusalCounters } from '../gateway/refusals.ts'
import type { FeedbackLimit } from '../governance/feedback-limit.ts'
import type { Metric } from '../lib/metrics.ts'

/** Calls that one edge refused since it started. They are not among `signalbox_calls_total`. */
export const refusalMetrics = (counters: RefusalCounters): Metric[] => [
  {
    name: 'signalbox_refused_calls_total',
    help: 'Calls that a limit, a budget or a permission refused.',
    type: 'counter',
    values: REFUSALS.map((reason) => ({ labels: { reason }, value: counters[reason] })),
  },
  {
    name: 'signalbox_refused_calls_collapsed_total',
    help: 'Of these, calls that have no span of their own, because there were too many in a second: the last span of the second says how many.',
    type: 'counter',
    values: [{ value: counters.collapsed }],
  },
]

/** Feedback with public keys that one edge refused since it started because there was too much of it. */
export const feedbackMetric = ({ refusedByKey, refusedByAddress }: FeedbackLimit['counters']): Metric => ({
  name: 'signalbox_refused_feedback_total',
  help: 'Requests with a public key that were refused: too many with one key, or from one address.',
  type: 'counter',
  values: [
    { labels: { by: 'key' }, value: refusedByKey },
    { labels: { by: 'address' }, value: refusedByAddress },
  ],
})
