import type { ProviderEntry, SnapshotProvider } from '@signalbox/schema'
import { environmentProviders } from '../providers/catalog.ts'
import { kindOf } from '../providers/kinds.ts'
import { settingsOf } from '../providers/settings.ts'

type Variables = Record<string, string | undefined>

/** What every project has without a file: providers whose usual variable is set, and the simulator. */
export function providersWithoutFile(variables: Variables): Record<string, SnapshotProvider> {
  const found = environmentProviders(variables).map((provider) => ({ ...provider, headers: {}, from: 'environment' as const }))
  return Object.fromEntries([...found, simulator].map((provider) => [provider.name, provider]))
}

/** The base URL is filled in where the socket is opened. */
const simulator: SnapshotProvider = {
  name: 'simulator',
  kind: 'simulator',
  baseUrl: '',
  apiKey: null,
  headers: {},
  from: 'built-in',
  problem: null,
}

/** One provider of the file. `unset` names the first variable that it needs and that is not set. */
export function providerOf(
  name: string,
  entry: ProviderEntry,
  context: { unset: string | undefined; variables: Variables },
): SnapshotProvider {
  const kind = kindOf(entry.kind)
  const own = typeof entry.apiKey === 'string' ? entry.apiKey : null
  const isElsewhere = typeof entry.apiKey === 'object'
  const { apiKey: _, moreKeys: more, ...rest } = entry
  const moreKeys = furtherKeys(more, own)
  const { baseUrl, settings, problem } = settingsOf(entry.kind, { entry: rest, variables: context.variables })
  // The usual key goes to the usual address only, never to one that the file names.
  const usual = entry.baseUrl === undefined && own === null && !isElsewhere ? (kind?.keyVariables ?? []) : []
  const usualKey = usual.map((variable) => context.variables[variable]?.trim()).find(Boolean)
  const hasOther = settings?.accessKeyId !== undefined && settings.secretAccessKey !== undefined
  const wanted = usual.length > 0 && !usualKey && !hasOther ? (KEY_WORDS[entry.kind] ?? usual[0]) : undefined
  const missing = context.unset ?? wanted
  return {
    name,
    kind: entry.kind,
    baseUrl,
    apiKey: own ?? usualKey ?? null,
    ...(moreKeys.length > 0 && { moreKeys }),
    headers: entry.headers ?? {},
    ...(settings && { settings }),
    from: 'file',
    problem: missing ? `${missing} is not set` : problem,
  }
}

/** The same key twice is one key. */
export const furtherKeys = (more: readonly string[] | undefined, first: string | null | undefined): string[] =>
  [...new Set(more)].filter((key) => key !== first)

/** What to name where a kind takes more than one sort of credential. */
const KEY_WORDS: Partial<Record<ProviderEntry['kind'], string>> = {
  vertex: 'apiKey: { command: [gcloud, auth, print-access-token] } (or VERTEX_ACCESS_TOKEN)',
  bedrock: 'AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (or AWS_BEARER_TOKEN_BEDROCK)',
}
