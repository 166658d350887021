import { USAGE_BUCKETS, type Usage, usageColumn } from '@signalbox/schema'
import type { Price, PricedCall } from '../../pricing/price.ts'
import type { Units } from '../../pricing/rates.ts'

/** As much of a stored span as its price follows from. Times in microseconds since 1970, money in nano-USD. */
export type Candidate = Record<ReturnType<typeof usageColumn>, number> & {
  traceId: string
  spanId: string
  startedAt: number
  receivedAt: number
  durationMs: number
  source: string
  operation: string
  provider: string
  model: string
  requestModel: string
  usageSource: string
  cost: number | null
  costParts: Record<string, number>
}

/** What of a call of ours stands beside its row: the model of its target, and what is charged where no tokens are counted. */
export type Beside = { target: string; units: Units | undefined }
export type PriceRooms = {
  price(call: PricedCall): Price
  /** By what its prices go: providers of one's own name have those of their kind. */
  pricedAs(provider: string): string
}

/** Two things may come of it beside a change: the same price, or none that is known today. */
export type PricedAgain = Price | 'same' | 'unknown'

/**
 * The price of a stored span by the prices of today, worked out as it was when the span came: by the model that answered, else by
 * the one that was asked for, at the time of the call. A price that is not known any more takes nothing away.
 */
export function priceAgain(span: Candidate, { price, pricedAs }: PriceRooms, beside?: Beside): PricedAgain {
  const usage = Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, Number(span[usageColumn(bucket)])])) as Usage
  const units = span.usageSource === 'none' ? beside?.units : undefined
  if (span.usageSource === 'none' && !units) return 'same'
  const ours = span.source === 'gateway'
  // Ours is priced when it ends: see gateway/price-answer.ts; that of a client by its start.
  const at = (span.startedAt + (ours ? span.durationMs * 1000 : 0)) / 1000
  const providers = ours ? [pricedAs(span.provider), span.provider] : [span.provider]
  const models = ours ? [span.model, ...(beside?.target ? [beside.target] : [])] : [span.model, span.requestModel]
  for (const provider of new Set(providers))
    for (const model of new Set(models)) {
      const priced = price({ provider, model, usage, ...(units && { units }), at })
      if (priced.cost !== null) return isSame(span, priced) ? 'same' : priced
    }
  return 'unknown'
}

/** A new version of the list with the same price is no change. The tries of a call have no parts. */
function isSame({ cost, costParts }: Candidate, priced: Price): boolean {
  if (cost !== priced.cost) return false
  const [old, fresh] = [
    Object.entries(costParts).filter(([, nano]) => nano !== 0),
    Object.entries(priced.parts).filter(([, nano]) => nano !== 0),
  ]
  return old.length === 0 || (old.length === fresh.length && old.every(([name, nano]) => priced.parts[name] === nano))
}

/** Whether the row alone may not tell: the price of the model's own name is not known, or there are no tokens. */
export const needsMore = (span: Candidate, rooms: PriceRooms): boolean =>
  span.source === 'gateway' && span.operation !== 'attempt' && (span.usageSource === 'none' || priceAgain(span, rooms) === 'unknown')
