import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Usage } from '@signalbox/schema'
import { providerId } from './provider-ids.ts'
import { nanoPerToken, type Rate, type Rates, type Units } from './rates.ts'

type Package = typeof import('@pydantic/genai-prices')
type Found = NonNullable<ReturnType<Package['calcPrice']>>
type ListPrice = Found['model_price'][string]
/** Prices that never change, or those of one period (a day, or a minute where the price depends on the time of day). */
type Known = { rates: Rates | null; periodMs: number; period: number }

/** Buckets → where their price stands in the list, most specific first: tokens without a price of their own cost what their kind costs. */
const PRICE_KEYS: Record<keyof Usage, readonly string[]> = {
  input: ['input_mtok'],
  cacheRead: ['cache_read_mtok', 'input_mtok'],
  cacheWrite: ['cache_write_5m_mtok', 'cache_write_mtok', 'input_mtok'],
  cacheWrite1h: ['cache_write_1h_mtok', 'cache_write_mtok', 'input_mtok'],
  inputAudio: ['input_audio_mtok', 'input_mtok'],
  inputImage: ['input_image_mtok', 'input_mtok'],
  output: ['output_mtok'],
  reasoning: ['output_reasoning_mtok', 'output_mtok'],
  outputAudio: ['output_audio_mtok', 'output_mtok'],
}
const BUCKETS = Object.keys(PRICE_KEYS) as (keyof Usage)[]
const MINUTE = 60_000
const DAY = 86_400_000
/** Model names come from clients: their number is not ours to choose. */
const MOST_KNOWN = 5000

let loaded: { calcPrice: Package['calcPrice']; findProvider: Package['findProvider']; version: string } | undefined
const known = new Map<string, Map<string, Known>>()
let knownCount = 0

/**
 * What a model costs by the price package, at a time in milliseconds; null where it does not know. An empty provider
 * name is found by the name of the model. Offline: the prices are those that were installed.
 */
export function listRates(provider: string, model: string, at: number): Rates | null {
  const models = known.get(provider)
  const entry = models?.get(model)
  if (entry && (entry.periodMs === 0 || Math.floor(at / entry.periodMs) === entry.period)) return entry.rates
  const looked = lookUp(provider, model, at)
  if (!entry && knownCount >= MOST_KNOWN) {
    known.clear()
    knownCount = 0
  }
  const home = known.get(provider) ?? new Map<string, Known>()
  known.set(provider, home)
  if (!home.has(model)) knownCount++
  home.set(model, looked)
  return looked.rates
}

/** How many tokens a model can read and write together, by the price package; undefined where it does not know. */
export const listContextWindow = (provider: string, model: string): number | undefined =>
  find(provider, model, Date.now())?.model.context_window

/** Loads the price package: some 20–60 ms and 20 MB, once, at a time of the caller's choice instead of within the first call. */
export function loadPrices(): { version: string } {
  if (loaded) return loaded
  const require = createRequire(import.meta.url)
  const { calcPrice, findProvider } = require('@pydantic/genai-prices') as Package
  const folder = dirname(dirname(require.resolve('@pydantic/genai-prices')))
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  loaded = { calcPrice, findProvider, version: `genai-prices@${version}` }
  return loaded
}

function lookUp(provider: string, model: string, at: number): Known {
  loadPrices()
  const found = find(provider, model, at)
  if (!found) return { rates: null, periodMs: 0, period: 0 }
  const { prices } = found.model
  const periodMs = !Array.isArray(prices) ? 0 : prices.some((price) => price.constraint?.type === 'time_of_date') ? MINUTE : DAY
  return { rates: ratesOf(found), periodMs, period: periodMs && Math.floor(at / periodMs) }
}

function find(provider: string, model: string, at: number): Found | null {
  const list = loadPrices() as NonNullable<typeof loaded>
  const id = providerId(provider)
  // The package also guesses providers by parts of their name; only an exact one is meant here.
  if (id && list.findProvider({ providerId: id })?.id !== id) return null
  try {
    // Nothing used: this is asked for the match and its price list, not for a sum.
    return list.calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { ...(id && { providerId: id }), timestamp: new Date(at) })
  } catch {
    return null
  }
}

function ratesOf({ model, model_price: prices }: Found): Rates | null {
  const { version } = loadPrices()
  const buckets: Rates['buckets'] = {}
  for (const bucket of BUCKETS) {
    const rate = rateOf(PRICE_KEYS[bucket].map((key) => prices[key]).find((price) => price !== undefined))
    if (rate) buckets[bucket] = rate
  }
  const requests = prices.requests_kcount
  // OpenRouter's `…:free` models stand in the list with no price at all: theirs is zero. Elsewhere that means: not known.
  if (Object.keys(prices).length === 0) {
    if (!model.id.endsWith(':free')) return null
    for (const bucket of BUCKETS) buckets[bucket] = { rate: 0, tiers: [] }
  }
  const { input_audio_hours: hours } = prices
  const units: Units = typeof hours === 'number' ? { second: Number(((hours * 1e9) / 3600).toPrecision(12)) } : {}
  return { version, buckets, perCall: typeof requests === 'number' ? Math.round(requests * 1e6) : 0, units }
}

function rateOf(price: ListPrice): Rate | undefined {
  if (price === undefined) return undefined
  if (typeof price === 'number') return { rate: nanoPerToken(price), tiers: [] }
  const tiers = price.tiers.map((tier) => ({ above: tier.start, rate: nanoPerToken(tier.price) })).sort((a, b) => a.above - b.above)
  return { rate: nanoPerToken(price.base), tiers }
}
