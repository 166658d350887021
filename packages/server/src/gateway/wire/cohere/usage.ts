import { inputTokens, outputTokens, type Usage } from '@signalbox/schema'
import { objectOf, type Untyped } from '../untyped.ts'

/** `usage` of Cohere: as Cohere wrote it, else from the disjoint buckets, the cache and the thoughts in their sums. */
export function encodeUsage({ usage, raw }: { usage: Usage; raw: unknown }): Untyped {
  const sent = objectOf(raw)
  if (typeof sent.billed_units === 'object' || typeof sent.tokens === 'object') return sent
  const counts = { input_tokens: inputTokens(usage), output_tokens: outputTokens(usage) }
  return { billed_units: counts, tokens: counts, ...(usage.cacheRead > 0 && { cached_tokens: usage.cacheRead }) }
}
