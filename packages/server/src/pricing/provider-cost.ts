import { fromUsd, toUsd } from '@signalbox/schema'

/** xAI counts in ticks: ten billion of them are a dollar. */
const TICKS_PER_USD = 1e10

/**
 * What a provider says in its usage that it charges, as decimal US dollars: OpenRouter's `cost`, Perplexity's
 * `cost.total_cost`, xAI's `cost_in_usd_ticks`. Undefined where it says nothing, or something impossible.
 */
export function providerCost(usage: unknown): string | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const { cost, cost_in_usd_ticks: ticks } = usage as { cost?: unknown; cost_in_usd_ticks?: unknown }
  const total = typeof cost === 'object' && cost !== null ? (cost as { total_cost?: unknown }).total_cost : cost
  const usd = typeof total === 'number' ? total : typeof ticks === 'number' ? ticks / TICKS_PER_USD : undefined
  return usd !== undefined && usd >= 0 && usd < 1e6 ? (toUsd(fromUsd(usd)) ?? undefined) : undefined
}
