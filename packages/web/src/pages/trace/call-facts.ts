import type { SpanDetail } from '@signalbox/schema'

/** One try of a call: its target, the HTTP status (0 where no answer came), how long it took, why it was made and why it failed. */
export type Attempt = {
  provider: string
  model: string
  status: number
  milliseconds: number
  error: string | null
  reason: string | null
  /** In one word: rate, timeout, … */
  failure: string | null
  /** Which of several keys of the provider, from 1. */
  key: number | null
}

/** How the gateway chose the targets of a call: the one it tried first, those that would follow, and those it passed over. */
export type Routing = { alias: string; strategy: string; reason: string; steps: RoutingStep[] }
export type RoutingStep = { target: string; place: 'chosen' | 'next' | 'skipped'; reason: string | null }

/** What the gateway alone knows of a call, as it keeps it in the attributes of the span. */
export type CallFacts = {
  /** What was used where no tokens are counted: images, characters, seconds, requests. */
  units: [unit: string, count: number][]
  /** Decimal US dollars; null where the provider says nothing. */
  providerCostUsd: string | null
  costReason: string | null
  /** What the target could not carry, in the client's words. */
  dropped: string[]
  attempts: Attempt[]
  /** Null where there was nothing to choose. */
  route: Routing | null
  /** The arm of a split, and how likely it was. */
  variant: { split: string; arm: string; propensity: number } | null
  httpStatus: number | null
  /** The file or the batch that was asked for. */
  objectId: string | null
  /** How the prompt was asked for that it was rendered from; its variables as text, or what they look like where they are not kept. */
  prompt: { label: string | null; variant: string | null; variables: [name: string, value: string][] } | null
}

/** Reads the facts of a call; of a span that another program sent there are none, whatever its attributes are called. */
export function callFacts({ source, attributes }: Pick<SpanDetail, 'source' | 'attributes'>): CallFacts {
  const all = source === 'gateway' && isFields(attributes) ? attributes : {}
  return {
    units: isFields(all.units) ? Object.entries(all.units).filter((unit): unit is [string, number] => typeof unit[1] === 'number') : [],
    providerCostUsd: text(all.providerCostUsd),
    costReason: text(all.costReason),
    dropped: Array.isArray(all.dropped) ? all.dropped.filter((name) => typeof name === 'string') : [],
    attempts: Array.isArray(all.attempts)
      ? all.attempts.flatMap((attempt: unknown) => (isFields(attempt) ? [readAttempt(attempt)] : []))
      : [],
    route: isFields(all.route) ? readRoute(all.route) : null,
    variant: isFields(all.variant) ? readVariant(all.variant) : null,
    httpStatus: typeof all.httpStatus === 'number' && all.httpStatus > 0 ? all.httpStatus : null,
    objectId: text(all.objectId),
    prompt: isFields(all.prompt) ? readPrompt(all.prompt) : null,
  }
}

/**
 * How far the provider's own figure is from ours: dollars, and the share of ours (null where ours is 0). Null where one of
 * the two is unknown, or where they are the same to the billionth of a dollar.
 */
export function costDifference(ours: string | null, theirs: string | null): { usd: number; share: number | null } | null {
  if (ours === null || theirs === null) return null
  const nano = Math.round((Number(theirs) - Number(ours)) * 1e9)
  if (nano === 0 || !Number.isFinite(nano)) return null
  return { usd: nano / 1e9, share: Number(ours) === 0 ? null : nano / 1e9 / Number(ours) }
}

const readAttempt = (attempt: Fields): Attempt => ({
  provider: text(attempt.provider) ?? '',
  model: text(attempt.model) ?? '',
  status: Number(attempt.status) || 0,
  milliseconds: Number(attempt.ms) || 0,
  error: text(attempt.error),
  reason: text(attempt.reason),
  failure: text(attempt.failure),
  key: typeof attempt.key === 'number' ? attempt.key + 1 : null,
})

const readRoute = (route: Fields): Routing => ({
  alias: text(route.alias) ?? '',
  strategy: text(route.strategy) ?? '',
  reason: text(route.reason) ?? '',
  steps: Array.isArray(route.steps) ? route.steps.flatMap((step: unknown) => (isFields(step) ? [readStep(step)] : [])) : [],
})

const readStep = ({ provider, model, place, reason }: Fields): RoutingStep => ({
  target: [text(provider), text(model)].filter(Boolean).join('/'),
  place: place === 'chosen' || place === 'next' ? place : 'skipped',
  reason: text(reason),
})

const readPrompt = ({ label, variant, variables, shapes }: Fields): CallFacts['prompt'] => ({
  label: text(label),
  variant: text(variant),
  variables: Object.entries(isFields(variables) ? variables : isFields(shapes) ? shapes : {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]),
})

const readVariant = ({ split, arm, propensity }: Fields): CallFacts['variant'] =>
  text(split) && text(arm) ? { split: String(split), arm: String(arm), propensity: Number(propensity) || 0 } : null

type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
