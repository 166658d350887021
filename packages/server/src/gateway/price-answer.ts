import { noUsage, type Usage, type UsageSource } from '@signalbox/schema'
import { normaliseUsage } from '../pricing/normalise-usage.ts'
import type { Pricing } from '../pricing/price.ts'
import type { Route } from './route.ts'

export type Priced = {
  usage: Usage
  usageSource: UsageSource
  cost: number | null
  costParts: Record<string, number>
  priceVersion: string
}

/** From what the provider said of its tokens to buckets and money. Without usage the core estimates later, from the text. */
export function priceAnswer(options: { raw: unknown; route: Route; model: string; pricing: Pricing; at: number }): Priced {
  const { raw, route, model, pricing, at } = options
  const normalised = raw ? normaliseUsage(raw, 'openai') : undefined
  if (!normalised) return { usage: noUsage(), usageSource: 'none', cost: null, costParts: {}, priceVersion: '' }
  const { usage } = normalised
  const provider = route.provider.kind === 'openai-compatible' ? route.provider.name : route.provider.kind
  const price = priceOf({ provider, models: [model, route.model], usage, pricing, at })
  return { usage, usageSource: 'provider', cost: price.cost, costParts: price.parts, priceVersion: price.version }
}

/** The model that answered has the first word; where its name has no price, the one that was asked for. */
function priceOf({
  provider,
  models,
  usage,
  pricing,
  at,
}: {
  provider: string
  models: string[]
  usage: Usage
  pricing: Pricing
  at: number
}) {
  const [served, asked] = models.map((model) => () => pricing.price({ provider, model, usage, at }))
  const first = served?.()
  if (first && (first.cost !== null || models[0] === models[1])) return first
  return asked?.() ?? { cost: null, parts: {}, version: '' }
}
