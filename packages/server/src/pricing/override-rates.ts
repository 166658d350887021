import type { PriceEntry, Usage } from '@signalbox/schema'
import { sha256 } from '../lib/ids.ts'
import { providerId } from './provider-ids.ts'
import { nanoPerToken, perMillion, type Rates, type Units } from './rates.ts'

const INPUTS = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'inputAudio', 'inputImage'] as const satisfies (keyof Usage)[]
const OUTPUTS = ['output', 'reasoning', 'outputAudio'] as const satisfies (keyof Usage)[]

/**
 * Prices of one's own: provider and model → rates, undefined where no entry fits. An entry for this provider goes
 * before one for all; then the exact model; then the longest prefix (`gpt-4o*`).
 */
export function overrideRates(entries: readonly PriceEntry[]): (provider: string, model: string) => Rates | undefined {
  if (entries.length === 0) return () => undefined
  const version = `file:${sha256(JSON.stringify(entries)).slice(0, 12)}`
  const ranked = entries.map((entry) => ({ entry, rates: ratesOf(entry, version), rank: rankOf(entry) })).sort((a, b) => b.rank - a.rank)
  return (provider, model) => ranked.find(({ entry }) => fits(entry, provider, model))?.rates
}

const isPrefix = (entry: PriceEntry): boolean => entry.model.endsWith('*')
const EXACT = 1e6
const OWN_PROVIDER = 1e7
const rankOf = (entry: PriceEntry): number => (entry.provider ? OWN_PROVIDER : 0) + (isPrefix(entry) ? entry.model.length : EXACT)

function fits(entry: PriceEntry, provider: string, model: string): boolean {
  if (entry.provider && entry.provider !== provider && providerId(entry.provider) !== providerId(provider)) return false
  return isPrefix(entry) ? model.startsWith(entry.model.slice(0, -1)) : model === entry.model
}

function ratesOf(entry: PriceEntry, version: string): Rates {
  const buckets: Rates['buckets'] = {}
  for (const bucket of INPUTS) buckets[bucket] = perMillion(entry[bucket] ?? entry.input)
  for (const bucket of OUTPUTS) buckets[bucket] = perMillion(entry[bucket] ?? entry.output)
  // A write for an hour never costs less than the write that was named.
  if (entry.cacheWrite1h === undefined && entry.cacheWrite !== undefined) buckets.cacheWrite1h = perMillion(entry.cacheWrite)
  const units: Units = {
    ...(entry.image !== undefined && { image: entry.image * 1e9 }),
    // Per million: a thousandth of a nano-USD is the least that can be said.
    ...(entry.characters !== undefined && { character: nanoPerToken(entry.characters) }),
    ...(entry.minute !== undefined && { second: (entry.minute * 1e9) / 60 }),
  }
  return { version, buckets, perCall: 0, units }
}
