import type { ProviderEntry, SnapshotProvider } from '@signalbox/schema'
import { environmentProviders, type KindRow, kindProblem, kinds } from '../providers/catalog.ts'

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

/** An entry as the file has it; its kind may be one that the schema does not know yet. */
export type FileProvider = Omit<ProviderEntry, 'kind'> & { kind: string }

/** One provider of the file. `unset` names the first variable that it needs and that is not set. */
export function providerOf(
  name: string,
  entry: FileProvider,
  context: { unset: string | undefined; variables: Variables },
): SnapshotProvider {
  const kind: KindRow | undefined = entry.kind in kinds ? kinds[entry.kind as keyof typeof kinds] : undefined
  const own = entry.apiKey ?? null
  // The usual key goes to the usual address only, never to one that the file names.
  const usual = kind?.keyVariable && entry.baseUrl === undefined && own === null ? kind.keyVariable : null
  const missing = context.unset ?? (usual && !context.variables[usual]?.trim() ? usual : undefined)
  return {
    name,
    kind: entry.kind,
    baseUrl: (entry.baseUrl ?? kind?.baseUrl ?? '').replace(/\/+$/, ''),
    apiKey: own ?? (usual ? (context.variables[usual]?.trim() ?? null) : null),
    headers: entry.headers ?? {},
    from: 'file',
    problem: kindProblem(entry.kind) ?? (missing ? `${missing} is not set` : null),
  }
}
