import type { CacheCounters } from '../gateway/cache/answer-store.ts'
import type { Metric } from '../lib/metrics.ts'

const HELP = {
  kept: 'Answers that were kept.',
  shared: 'Calls that got the answer of an identical one in flight.',
  failures: 'Times that the store of kept answers failed or took too long; then there was none.',
} as const

/** What the cache of one edge did since it started. */
export function cacheMetrics(counters: CacheCounters): Metric[] {
  const { hits, semanticHits, misses } = counters
  const result = (name: string, value: number) => ({ labels: { result: name }, value })
  return [
    {
      name: 'signalbox_cache_lookups_total',
      help: 'Calls that asked the cache.',
      type: 'counter',
      values: [result('hit', hits), result('semantic', semanticHits), result('miss', misses)],
    },
    ...Object.entries(HELP).map(([name, help]) => ({
      name: `signalbox_cache_${name}_total`,
      help,
      type: 'counter' as const,
      values: [{ value: counters[name as keyof typeof HELP] }],
    })),
  ]
}
