import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '@signalbox/schema'
import { own } from '../lib/own.ts'

/** What the caller wants recorded with the call. */
export type Annotations = { sessionId: string; userId: string; environment: string; tags: string[]; metadata: Record<string, string> }

const text = (headers: IncomingHttpHeaders, ...names: string[]): string => {
  for (const name of names) {
    const value = headers[name]
    if (typeof value === 'string' && value) return value.slice(0, 1000)
  }
  return ''
}

/**
 * Reads `x-signalbox-{session,user,environment,tags,metadata}`, or Helicone's names for them: `Helicone-User-Id`, `-Session-Id`,
 * and as metadata `-Property-NAME`, `-Session-Name`, `-Session-Path`, `-Request-Id` and `-Prompt-Id`. `user`: whom the body names.
 */
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

/** Our own header goes before what Helicone's say. */
function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const theirs = heliconeOf(headers)
  const sent = headers['x-signalbox-metadata']
  if (typeof sent !== 'string' || !sent) return theirs
  return theirs === NONE ? parsed(sent) : { ...theirs, ...parsed(sent) }
}

const HELICONE = 'helicone-'
const PROPERTY = 'helicone-property-'
/** Headers of theirs that are metadata here, and under which name. */
const NAMED: Readonly<Record<string, string>> = {
  'helicone-session-name': 'session_name',
  'helicone-session-path': 'session_path',
  'helicone-request-id': 'request_id',
  'helicone-prompt-id': 'prompt_id',
}
const MOST_PROPERTIES = 64

/** Names of headers come in lower case, so those of properties do too. */
function heliconeOf(headers: IncomingHttpHeaders): Record<string, string> {
  let found: [string, string][] | undefined
  for (const name in headers) {
    if (!name.startsWith(HELICONE)) continue
    const key = name.startsWith(PROPERTY) ? name.slice(PROPERTY.length) : own(NAMED, name)
    const value = headers[name]
    if (!key || key === 'environment' || typeof value !== 'string' || value === '') continue
    found ??= []
    if (found.length < MOST_PROPERTIES) found.push([key.slice(0, 200), value.slice(0, 1000)])
  }
  return found ? Object.fromEntries(found) : NONE
}

function parsed(sent: string): Record<string, string> {
  let metadata: unknown
  try {
    metadata = JSON.parse(sent)
  } catch (cause) {
    throw new AppError('invalid-request', 'The header x-signalbox-metadata is not JSON.', { cause })
  }
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw new AppError('invalid-request', 'The header x-signalbox-metadata must be a JSON object.')
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}
