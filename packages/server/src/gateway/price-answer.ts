import { noUsage, type Usage, type UsageSource } from '@signalbox/schema'
import { type Pricing, pricedAs } from '../pricing/price.ts'
import type { Units } from '../pricing/rates.ts'
import type { Candidate } from './routing/router.ts'

export type Priced = {
  usage: Usage
  usageSource: UsageSource
  cost: number | null
  costParts: Record<string, number>
  priceVersion: string
}

/** What is said of a call that reached no target. */
export const UNPRICED: Priced = { usage: noUsage(), usageSource: 'none', cost: null, costParts: {}, priceVersion: '' }

/** From the provider's count of tokens to money, else from what is charged in other units. Without either the core estimates later, from the text. */
export function priceAnswer(options: {
  usage: Usage | undefined
  /** Who counted `usage`: the provider, where it is absent. */
  usageSource?: UsageSource | undefined
  units?: Units | undefined
  route: Pick<Candidate, 'provider' | 'model'>
  model: string
  pricing: Pricing
  at: number
}): Priced {
  const { units, route, model, pricing, at } = options
  const usage = options.usage ?? noUsage()
  const usageSource = options.usage ? (options.usageSource ?? 'provider') : 'none'
  if (!options.usage && !units) return { usage, usageSource, cost: null, costParts: {}, priceVersion: '' }
  const price = priceOf({
    provider: pricedAs(route.provider),
    models: [model, route.model],
    usage,
    ...(!options.usage && units && { units }),
    pricing,
    at,
  })
  return { usage, usageSource, cost: price.cost, costParts: price.parts, priceVersion: price.version }
}

/** The model that answered has the first word; where its name has no price, the one that was asked for. */
function priceOf({
  provider,
  models,
  usage,
  units,
  pricing,
  at,
}: {
  provider: string
  models: string[]
  usage: Usage
  units?: Units
  pricing: Pricing
  at: number
}) {
  const [served, asked] = models.map((model) => () => pricing.price({ provider, model, usage, ...(units && { units }), at }))
  const first = served?.()
  if (first && (first.cost !== null || models[0] === models[1])) return first
  return asked?.() ?? { cost: null, parts: {}, version: '' }
}
