import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '@signalbox/schema'

/** What the caller wants recorded with the call. */
export type Annotations = { sessionId: string; userId: string; environment: string; tags: string[]; metadata: Record<string, string> }

const text = (headers: IncomingHttpHeaders, ...names: string[]): string => {
  for (const name of names) {
    const value = headers[name]
    if (typeof value === 'string' && value) return value.slice(0, 1000)
  }
  return ''
}

/** Reads `x-signalbox-{session,user,environment,tags,metadata}`, or Helicone's names for them. `user`: whom the body names. */
export function annotationsOf(headers: IncomingHttpHeaders, user = ''): Annotations {
  return {
    sessionId: text(headers, 'x-signalbox-session', 'helicone-session-id'),
    userId: text(headers, 'x-signalbox-user', 'helicone-user-id') || user,
    environment: text(headers, 'x-signalbox-environment', 'helicone-property-environment'),
    tags: text(headers, 'x-signalbox-tags')
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
    metadata: metadataOf(headers),
  }
}

const NONE: Record<string, string> = Object.freeze({})

function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const sent = headers['x-signalbox-metadata']
  if (typeof sent !== 'string' || !sent) return NONE
  let parsed: unknown
  try {
    parsed = JSON.parse(sent)
  } catch (cause) {
    throw new AppError('invalid-request', 'The header x-signalbox-metadata is not JSON.', { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new AppError('invalid-request', 'The header x-signalbox-metadata must be a JSON object.')
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]))
}
