import type { ShadowCounters } from '../gateway/shadow.ts'
import type { Metric } from '../lib/metrics.ts'

/** What became of calls that shadow splits chose at one edge since it started. They are not among `signalbox_calls_total`. */
export const shadowMetrics = (counters: ShadowCounters): Metric => ({
  name: 'signalbox_shadow_calls_total',
  help: 'Calls that shadow splits chose, by how the mirrored call ended, or why there was none.',
  type: 'counter',
  values: Object.entries(counters).map(([result, value]) => ({ labels: { result }, value })),
})
