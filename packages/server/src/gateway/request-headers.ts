import type { IncomingHttpHeaders } from 'node:http'
import { HOP_BY_HOP } from '../lib/hop-by-hop.ts'
import type { ProviderSpec } from '../providers/spec.ts'

/** Ours, the connection's, or the caller's own credentials: none of it is the provider's business. */
const NOT_FORWARDED = new Set([
  ...HOP_BY_HOP,
  'expect',
  'host',
  'content-encoding',
  'accept-encoding',
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
  'origin',
  'referer',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-real-ip',
  'forwarded',
])

/** What only the vendor of the client's dialect understands. */
const VENDOR = /^(anthropic-|openai-|x-goog-|x-stainless-|x-fern-|x-client-name$)/

/**
 * What the client sent, without what is not the provider's business, with the provider's credentials. A provider of a foreign
 * dialect gets nothing that is meant for another vendor.
 */
export function requestHeaders(
  sent: IncomingHttpHeaders,
  { headers: own, defaults }: ProviderSpec,
  { isForeign, isEmpty = false }: { isForeign: boolean; isEmpty?: boolean },
): string[] {
  const headers: string[] = []
  for (const name in sent) {
    const value = sent[name]
    if (
      typeof value !== 'string' ||
      NOT_FORWARDED.has(name) ||
      name in own ||
      name.startsWith('x-signalbox-') ||
      name.startsWith('helicone-') ||
      name.startsWith('sec-') ||
      (isForeign && (VENDOR.test(name) || name === 'accept'))
    )
      continue
    headers.push(name, value)
  }
  for (const name in defaults) if (!(name in own) && (isForeign || !(name in sent))) headers.push(name, defaults[name] ?? '')
  for (const name in own) headers.push(name, own[name] ?? '')
  headers.push('accept-encoding', 'identity')
  if (!isEmpty && !('content-type' in sent)) headers.push('content-type', 'application/json')
  return headers
}
