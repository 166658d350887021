import { fromUsd, noUsage, type Usage, type UsageSource } from '@signalbox/schema'
import { normaliseUsage, type UsageFlag } from '../../../pricing/normalise-usage.ts'
import type { Price } from '../../../pricing/price.ts'
import { usageOfDetails } from '../../../pricing/usage-details.ts'
import { type Collected, SLOT } from './collect-fields.ts'
import type { AttributeValue } from './decoded.ts'
import type { MapContext } from './map-context.ts'
import { numberOf, parsedObject } from './values.ts'

type Counted = { usage: Usage; usageSource: UsageSource; flag: UsageFlag }

/** Tokens in disjoint buckets, from the first convention that the span has. */
export function usageOf({ values, usage, usageConvention }: Collected): Counted {
  const normalised =
    usageOfDetails(parsedObject(values[SLOT.usageDetails])) ??
    (usage && normaliseUsage(usage, usageConvention)) ??
    normaliseUsage(parsedObject(values[SLOT.usageMetadata]), 'langchain')
  return normalised ? { ...normalised, usageSource: 'provider' } : { usage: noUsage(), usageSource: 'none', flag: 'ok' }
}

type Costing = {
  found: Collected
  provider: string
  model: string
  requestModel: string
  usage: Usage
  known: boolean
  at: number
  context: Pick<MapContext, 'price'>
}

/** A cost that the span brings along goes before ours; spans that repeat what others used have none of ours. */
export function costOf(costing: Costing): Price {
  const said = providedCost(costing.found)
  const provided = said && Number.isSafeInteger(said.cost) ? said : undefined
  // Tools write 0 where they know no price.
  if (provided && provided.cost > 0) return { ...provided, version: 'provided' }
  const priced = costing.known ? priceOf(costing) : UNKNOWN
  return provided && priced.cost === null ? { ...provided, version: 'provided' } : priced
}

const UNKNOWN: Price = { cost: null, parts: {}, version: '' }

/** By our list. The name that was asked for may be in it where the exact one that answered is not. */
export function priceOf({ provider, model, requestModel, usage, at, context }: Omit<Costing, 'found' | 'known'>): Price {
  const served = context.price({ provider, model, usage, at })
  return served.cost === null && requestModel !== '' && requestModel !== model
    ? context.price({ provider, model: requestModel, usage, at })
    : served
}

type Provided = { cost: number; parts: Record<string, number> }

function providedCost({ values, costs }: Collected): Provided | undefined {
  const details = parsedObject(values[SLOT.costDetails])
  if (details) return costOfDetails(details)
  const total = numberOf(values[SLOT.cost]) ?? numberOf(parsedObject(values[SLOT.usageMetadata])?.total_cost)
  const spread = costs && spreadCosts(costs)
  if (total === undefined) return spread && Object.keys(spread).length > 0 ? { cost: sumOf(spread), parts: spread } : undefined
  return { cost: fromUsd(total), parts: spread ?? {} }
}

/** Langfuse: buckets that exclude each other, and their total. */
function costOfDetails(details: Record<string, AttributeValue>): Provided | undefined {
  const parts: Record<string, number> = {}
  for (const [name, value] of Object.entries(details)) {
    const usd = numberOf(value)
    if (name !== 'total' && usd !== undefined) add(parts, COST_NAMES[name] ?? name, fromUsd(usd))
  }
  const total = numberOf(details.total)
  if (total === undefined && Object.keys(parts).length === 0) return undefined
  return { cost: total === undefined ? sumOf(parts) : fromUsd(total), parts }
}

const COST_NAMES: Readonly<Record<string, string>> = {
  input_cached_tokens: 'cacheRead',
  cache_read_input_tokens: 'cacheRead',
  input_cache_read: 'cacheRead',
  cache_creation_input_tokens: 'cacheWrite',
  input_cache_creation: 'cacheWrite',
  input_audio_tokens: 'inputAudio',
  output_reasoning_tokens: 'reasoning',
  output_audio_tokens: 'outputAudio',
}

/** OpenInference: `prompt` and `completion` are totals, of which the details are parts. */
function spreadCosts(costs: Record<string, AttributeValue>): Record<string, number> {
  const parts: Record<string, number> = {}
  for (const [side, rest] of [
    ['prompt', 'input'],
    ['completion', 'output'],
  ] as const) {
    let named = 0
    for (const [detail, bucket] of Object.entries(COST_DETAILS[side])) {
      const usd = numberOf(costs[`${side}_details.${detail}`])
      if (usd === undefined || usd === 0) continue
      add(parts, bucket, fromUsd(usd))
      named += fromUsd(usd)
    }
    const whole = numberOf(costs[side])
    if (whole !== undefined && fromUsd(whole) > named) add(parts, rest, fromUsd(whole) - named)
  }
  return parts
}

const COST_DETAILS = {
  prompt: { input: 'input', cache_read: 'cacheRead', cache_input: 'cacheRead', cache_write: 'cacheWrite', audio: 'inputAudio' },
  completion: { output: 'output', reasoning: 'reasoning', audio: 'outputAudio' },
} as const

const sumOf = (parts: Record<string, number>): number => Object.values(parts).reduce((sum, part) => sum + part, 0)

function add(parts: Record<string, number>, name: string, nano: number): void {
  if (name !== '__proto__' && Number.isSafeInteger(nano)) parts[name] = (parts[name] ?? 0) + nano
}
