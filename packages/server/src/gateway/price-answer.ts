import { noUsage, type Usage, type UsageSource } from '@signalbox/schema'
import type { Pricing } from '../pricing/price.ts'
import type { Route } from './route.ts'

export type Priced = {
  usage: Usage
  usageSource: UsageSource
  cost: number | null
  costParts: Record<string, number>
  priceVersion: string
}

/** From the provider's count of tokens to money. Without usage the core estimates later, from the text. */
export function priceAnswer(options: { usage: Usage | undefined; route: Route; model: string; pricing: Pricing; at: number }): Priced {
  const { usage, route, model, pricing, at } = options
  if (!usage) return { usage: noUsage(), usageSource: 'none', cost: null, costParts: {}, priceVersion: '' }
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
