import type { ProviderKind, SnapshotProvider } from '@signalbox/schema'
import { isPrivateHost } from '../lib/private-address.ts'
import { kindOf } from '../providers/kinds.ts'
import { settingsOf } from '../providers/settings.ts'
import { furtherKeys } from './providers.ts'
import type { ProviderSecrets } from './sealed-secrets.ts'

const PLAIN_OPTIONS = ['project', 'location', 'apiVersion', 'region', 'accessKeyId'] as const
export type PlainOptions = Partial<Record<(typeof PLAIN_OPTIONS)[number], string>>

/** A provider of the table `providers`, opened. */
export type StoredProvider = {
  projectId: string
  name: string
  kind: ProviderKind
  /** As it was given; null for the usual address of the kind. */
  baseUrl: string | null
  options: PlainOptions
  /** undefined: they were sealed with another master key. */
  secrets: ProviderSecrets | undefined
  hasKey: boolean
  keyHint: string | null
  headerNames: string[]
  /** It may point at private addresses: an owner allows it in its project, or the environment in all. */
  allowPrivate: boolean
}

export const UNREADABLE = 'its key was sealed with another master key; put the old SIGNALBOX_MASTER_KEY back, or save the key again'

/** As edges use it. Nothing of the environment of the server goes to an address that somebody typed into a form. */
export function storedToSnapshot(stored: StoredProvider): SnapshotProvider {
  const { name, kind, secrets, allowPrivate } = stored
  const { headers, apiKey, moreKeys: more, ...secretOptions } = secrets ?? {}
  const entry = { ...plainOptions(stored), ...secretOptions, ...(stored.baseUrl !== null && { baseUrl: stored.baseUrl }) }
  const { baseUrl, settings, problem } = settingsOf(kind, { entry, variables: {} })
  const moreKeys = furtherKeys(more, apiKey)
  return {
    name,
    kind,
    baseUrl,
    apiKey: apiKey ?? null,
    ...(moreKeys.length > 0 && { moreKeys }),
    headers: headers ?? {},
    ...(settings && { settings }),
    from: 'project',
    guarded: !allowPrivate,
    problem: secrets === undefined ? UNREADABLE : (problem ?? addressProblem(baseUrl, allowPrivate) ?? keyProblem(stored, secrets)),
  }
}

/** What cannot be opened is known to have a first key, or none. */
export const keyCountOf = ({ hasKey, secrets }: Pick<StoredProvider, 'hasKey' | 'secrets'>): number =>
  Number(hasKey) + furtherKeys(secrets?.moreKeys, secrets?.apiKey).length

/** Where its secrets go: they stay with this address. */
export const originOf = (stored: Pick<StoredProvider, 'kind' | 'baseUrl' | 'options'>): string | null => {
  const entry = { ...plainOptions(stored), ...(stored.baseUrl !== null && { baseUrl: stored.baseUrl }) }
  const { baseUrl } = settingsOf(stored.kind, { entry, variables: {} })
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : null
}

/** Nothing else that a row may hold: it names no files and no commands. */
const plainOptions = ({ options }: Pick<StoredProvider, 'options'>): PlainOptions =>
  Object.fromEntries(PLAIN_OPTIONS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])))

function addressProblem(baseUrl: string, allowPrivate: boolean): string | undefined {
  if (!URL.canParse(baseUrl)) return 'baseUrl is not set'
  return !allowPrivate && isPrivateHost(new URL(baseUrl).hostname) ? 'its address is private, which this project does not allow' : undefined
}

/** A key is needed where the kind's own address is used; a server of one's own may do without. */
function keyProblem({ kind, baseUrl }: StoredProvider, { apiKey, secretAccessKey }: ProviderSecrets): string | null {
  const needed = baseUrl === null && (kindOf(kind)?.keyVariables.length ?? 0) > 0
  return needed && apiKey === undefined && secretAccessKey === undefined ? 'it has no key' : null
}
