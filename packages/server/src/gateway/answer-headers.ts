import { toUsd } from '@signalbox/schema'
import { HOP_BY_HOP } from '../lib/hop-by-hop.ts'
import type { RequestIds } from '../lib/request-ids.ts'

/** What must not be passed on: it belongs to one connection, or we say it ourselves. RFC 9110, section 7.6.1. */
const NOT_FORWARDED = new Set([
  ...HOP_BY_HOP,
  'set-cookie',
  'alt-svc',
  'strict-transport-security',
  'server',
  'date',
  'access-control-allow-origin',
])

export type Facts = {
  ids: RequestIds
  provider: string
  model: string
  attempts: number
  cost?: number | null
  /** A failure after more than one try: a client that tries again by itself would multiply them. */
  isFinal?: boolean
  dropped?: readonly string[]
  cache?: 'hit' | 'semantic' | 'miss' | 'off'
  /** Further ones, as names and values in turn. */
  limits?: readonly string[]
}

/**
 * The provider's own headers and ours, as the flat list that `writeHead` takes. `x-request-id` is the client's own; else
 * the provider's, which its support asks for; else ours, which is the trace id.
 */
export function answerHeaders(upstream: Record<string, string | string[] | undefined>, facts: Facts): string[] {
  const headers: string[] = []
  for (const [name, value] of Object.entries(upstream)) {
    if (value === undefined || NOT_FORWARDED.has(name) || name.startsWith('x-signalbox-')) continue
    if (facts.isFinal && name === 'x-should-retry') continue
    // Limits of ours stand in place of the provider's own of the same name.
    if (facts.limits?.includes(name)) continue
    headers.push(
      name === 'x-request-id' && facts.ids.fromClient ? 'x-signalbox-provider-request-id' : name,
      Array.isArray(value) ? value.join(', ') : value,
    )
  }
  if (facts.ids.fromClient || upstream['x-request-id'] === undefined) headers.push('x-request-id', facts.ids.requestId)
  headers.push(...factHeaders(facts))
  return headers
}

/** The headers of an answer that no provider gave. */
export const ownHeaders = (facts: Facts): string[] => ['x-request-id', facts.ids.requestId, ...factHeaders(facts)]

function factHeaders({ ids, provider, model, attempts, cost, dropped, isFinal, cache = 'off', limits }: Facts): string[] {
  const headers = [
    'x-signalbox-trace-id',
    ids.traceId,
    'x-signalbox-cache',
    cache,
    'x-signalbox-guardrails',
    'off',
    'x-signalbox-attempts',
    String(attempts),
  ]
  if (provider) headers.push('x-signalbox-provider', provider)
  if (model) headers.push('x-signalbox-model', headerText(model))
  if (cost !== undefined) headers.push('x-signalbox-cost', toUsd(cost) ?? 'unknown')
  if (dropped && dropped.length > 0) headers.push('x-signalbox-dropped', headerText(dropped.join(', ')))
  if (isFinal) headers.push('x-should-retry', 'false')
  if (limits) headers.push(...limits)
  return headers
}

/** A header value is visible ASCII; anything else is percent-encoded. */
export const headerText = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text))
