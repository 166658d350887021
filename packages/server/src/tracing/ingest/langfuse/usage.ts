import { fromUsd, type Usage } from '@signalbox/schema'
import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import { usageOfDetails } from '../../../pricing/usage-details.ts'
import type { ObservationBody } from './events.ts'

/** Tokens as buckets. `usageDetails` goes before the older `usage`; what that counts in another unit are no tokens. */
export function usageOf({ usage, usageDetails }: ObservationBody): Usage | undefined {
  const detailed = usageOfDetails(usageDetails)
  if (detailed) return detailed.usage
  if (!isObject(usage)) return undefined
  if (typeof usage.unit === 'string' && usage.unit.toUpperCase() !== 'TOKENS') return undefined
  const counts = {
    input_tokens: usage.promptTokens ?? usage.input,
    output_tokens: usage.completionTokens ?? usage.output,
    total_tokens: usage.totalTokens ?? usage.total,
  }
  return normaliseUsage(counts, 'openai')?.usage ?? usageOfDetails(usage)?.usage
}

/** What the client says that it cost, in nano-USD: the total that it gives, else the sum of the parts. */
export function costOf({ usage, costDetails }: ObservationBody): { cost: number; parts: Record<string, number> } | undefined {
  const legacy = isObject(usage) ? { input: usage.inputCost, output: usage.outputCost, total: usage.totalCost } : {}
  const told = isObject(costDetails) && Object.values(costDetails).some(isCost) ? costDetails : legacy
  const { total, ...parts } = Object.fromEntries(Object.entries(told).flatMap(([key, usd]) => (isCost(usd) ? [[key, fromUsd(usd)]] : [])))
  const sum = Object.values(parts).reduce((all, part) => all + part, 0)
  if (total === undefined && Object.keys(parts).length === 0) return undefined
  return { cost: total ?? sum, parts }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
/** More is nonsense, and would not fit a column. */
const isCost = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 9_000_000
