import type { IncomingMessage } from 'node:http'
import { shortName } from '../lib/short-name.ts'

/** Which software sent a request, and where to: as the ingest inspector shows it. */
export function senderOf(request: IncomingMessage): { endpoint: string; sdk: string } {
  const { headers, method, url = '/' } = request
  return { endpoint: `${method} ${pathWithoutIds(url)}`, sdk: shortName(sdkOf(headers)) }
}

/** Ids in a path would make a row of each. */
function pathWithoutIds(url: string): string {
  const path = url.split('?', 1)[0] ?? '/'
  return path
    .split('/')
    .map((part) => (/^[0-9a-f-]{16,}$/i.test(part) || part.length > 60 ? '{id}' : part))
    .join('/')
}

/** SDKs that say their name in headers of their own; others say it as their user agent. */
function sdkOf(headers: IncomingMessage['headers']): string {
  const named = headers['x-langfuse-sdk-name'] ?? headers['x-langfuse-sdk-integration']
  if (typeof named === 'string' && named) return `langfuse ${named} ${String(headers['x-langfuse-sdk-version'] ?? '')}`.trim()
  const agent = headers['user-agent']?.trim()
  return agent || 'unknown (no User-Agent header)'
}
