import { INPUT_BUCKETS, type PriceEntry, USAGE_BUCKETS, type Usage } from '@signalbox/schema'
import { listRates, loadPrices } from './list-rates.ts'
import { overrideRates } from './override-rates.ts'
import { perMillion, type Rate, type Rates, UNITS, type Units } from './rates.ts'

/** A call to price: by its `units` where it has some, else by its tokens. `at` in milliseconds since 1970, for prices that change with time. */
export type PricedCall = { provider: string; model: string; usage: Usage; units?: Units; at: number }
/** Nano-USD. `cost` is the exact sum of `parts`; null where the price is not known, and then there are no parts and no version. */
export type Price = { cost: number | null; parts: Record<string, number>; version: string }
export type Pricing = {
  price(call: PricedCall): Price
  /** Loads the price package now instead of within the first call that needs it. */
  warm(): void
}

/** By which name prices of a provider are found: its kind has them, unless that is only a way to speak. */
export const pricedAs = ({ name, kind }: { name: string; kind: string | undefined }): string =>
  kind === undefined || kind === 'openai-compatible' ? name : kind

const UNKNOWN: Price = Object.freeze({ cost: null, parts: Object.freeze({}), version: '' })
/** The simulator's published price: 1,000 nano-USD per input token, 2,000 per output token. */
const SIMULATOR: Rates = {
  version: 'simulator@1',
  perCall: 0,
  buckets: Object.fromEntries(
    USAGE_BUCKETS.map((bucket) => [bucket, perMillion((INPUT_BUCKETS as readonly string[]).includes(bucket) ? 1 : 2)]),
  ),
}
/** Model names come from clients: their number is not ours to choose. */
const MOST_KNOWN = 5000

/**
 * Tokens to money: one's own prices first, then the price package. A price that is not known is null, never 0:
 * also where a single bucket that was used has none. Each part is rounded to whole nano-USD; `parts.call` is a fee per call.
 */
export function createPricing(overrides: readonly PriceEntry[]): Pricing {
  const find = overrideRates(overrides)
  const own = new Map<string, Map<string, Rates | undefined>>()
  let ownCount = 0

  function ownRates(provider: string, model: string): Rates | undefined {
    const models = own.get(provider)
    if (models?.has(model)) return models.get(model)
    if (++ownCount > MOST_KNOWN) {
      own.clear()
      ownCount = 1
    }
    const rates = find(provider, model)
    const home = own.get(provider) ?? new Map<string, Rates | undefined>()
    own.set(provider, home)
    home.set(model, rates)
    return rates
  }

  return {
    price({ provider, model, usage, units, at }) {
      const rates =
        (overrides.length > 0 ? ownRates(provider, model) : undefined) ??
        (provider === 'simulator' ? SIMULATOR : model === '' ? null : listRates(provider, model, at))
      if (!rates) return UNKNOWN
      return units ? applyUnits(rates, units) : apply(rates, usage)
    },
    warm: loadPrices,
  }
}

function apply({ version, buckets, perCall }: Rates, usage: Usage): Price {
  let totalInput = 0
  for (const bucket of INPUT_BUCKETS) totalInput += usage[bucket]
  const parts: Record<string, number> = {}
  let cost = 0
  let used = false
  for (const bucket of USAGE_BUCKETS) {
    const tokens = usage[bucket]
    if (tokens === 0) continue
    const rate = buckets[bucket]
    if (!rate) return UNKNOWN
    const part = Math.round(tokens * rateAt(rate, totalInput))
    parts[bucket] = part
    cost += part
    used = true
  }
  if (used && perCall > 0) {
    parts.call = perCall
    cost += perCall
  }
  return { cost, parts, version }
}

function applyUnits({ version, buckets, perCall, units: rates = {} }: Rates, units: Units): Price {
  const perToken = Object.values(buckets)
  const isFree = perCall === 0 && Object.keys(rates).length === 0 && perToken.length > 0 && perToken.every(({ rate }) => rate === 0)
  const parts: Record<string, number> = {}
  let cost = 0
  for (const unit of UNITS) {
    const count = units[unit]
    if (count === undefined) continue
    // What costs nothing by the token, and has no other price, costs nothing by any other unit.
    const rate = rates[unit] ?? (isFree ? 0 : undefined)
    if (rate === undefined) return UNKNOWN
    const part = Math.round(count * rate)
    parts[unit] = part
    cost += part
  }
  return { cost, parts, version }
}

function rateAt({ rate, tiers }: Rate, totalInput: number): number {
  for (let i = tiers.length - 1; i >= 0; i--) {
    const tier = tiers[i]
    if (tier && totalInput > tier.above) return tier.rate
  }
  return rate
}
