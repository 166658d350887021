import type { SnapshotProvider } from '@signalbox/schema'
import { catalog, type KindRow, kinds, type Quirks } from './catalog.ts'

/** How to speak to one configured provider. */
export type ProviderSpec = Quirks & {
  dialect: KindRow['dialect']
  /** Without a slash at the end: `${baseUrl}/chat/completions`. */
  baseUrl: string
  /** The credentials and the configured extra headers, lower-case, which replace what the client sent. */
  headers: Record<string, string>
}

/**
 * The row of its kind, what is known of the host it points at, and its credentials, as one value.
 * Worked out once per snapshot, not per call. The quirks of a host hold whatever name the configuration gives it.
 */
export function specOf(provider: SnapshotProvider): ProviderSpec {
  const kind: KindRow = provider.kind in kinds ? kinds[provider.kind as keyof typeof kinds] : kinds['openai-compatible']
  const known = quirksByHost.get(hostOf(provider.baseUrl)) ?? {}
  const auth = known.auth ?? kind.auth
  const headers: Record<string, string> = {}
  if (provider.apiKey && auth === 'bearer') headers.authorization = `Bearer ${provider.apiKey}`
  for (const [name, value] of Object.entries(provider.headers)) headers[name.toLowerCase()] = value
  return {
    dialect: kind.dialect,
    baseUrl: provider.baseUrl.replace(/\/+$/, ''),
    streamUsage: known.streamUsage ?? kind.streamUsage,
    auth,
    headers,
  }
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '')
const quirksByHost = new Map<string, Partial<Quirks>>(
  catalog.flatMap((row) => (typeof row.baseUrl === 'string' ? [[hostOf(row.baseUrl), row] as const] : [])),
)
