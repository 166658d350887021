import { kindOf, type SettingName } from './kinds.ts'

export type ProviderSettings = Partial<Record<SettingName, string>>
type Variables = Record<string, string | undefined>
type Named = { [S in SettingName | 'baseUrl']?: string | undefined }

/**
 * What a kind needs beside its key, from a configured entry or else from its usual variables, with the address that follows
 * from it. Secrets of the environment go to the usual address only, never to one that the entry names.
 */
export function settingsOf(
  kind: string,
  { entry, variables }: { entry: Named; variables: Variables },
): { baseUrl: string; settings?: ProviderSettings; problem: string | null } {
  const row = kindOf(kind)
  const variable = (name: string | undefined) => (name === undefined ? undefined : variables[name]?.trim() || undefined)
  const settings: ProviderSettings = {}
  let problem: string | null = null
  for (const [name, { variables: names, required, preset }] of Object.entries(row?.settings ?? {}) as [SettingName, Setting][]) {
    const usual = SECRETS.has(name) && (entry.baseUrl !== undefined || entry.accessKeyId !== undefined) ? undefined : names
    const value = entry[name] ?? usual?.map(variable).find(Boolean) ?? preset
    if (value) settings[name] = value
    else if (required && entry.baseUrl === undefined) problem ??= `${name}${names.length > 0 ? ` (or ${names.join(', ')})` : ''} is not set`
  }
  if (settings.accessKeyId && !settings.secretAccessKey) problem ??= 'secretAccessKey (or AWS_SECRET_ACCESS_KEY) is not set'
  if (kind === 'bedrock' && !settings.region) problem ??= 'region (or AWS_REGION, AWS_DEFAULT_REGION) is not set'
  const pattern = entry.baseUrl ?? row?.baseUrl ?? variable(row?.baseUrlVariable)
  if (!pattern && row?.baseUrlVariable) problem ??= `baseUrl (or ${row.baseUrlVariable}) is not set`
  const filled = (pattern ?? '').replace(/\{(\w+)\}/g, (match, name: string) => settings[name as SettingName] ?? match)
  return {
    // The global endpoint of Vertex AI has no location in its host.
    baseUrl: filled.replace('https://global-aiplatform.', 'https://aiplatform.').replace(/\/+$/, ''),
    ...(Object.keys(settings).length > 0 && { settings }),
    problem,
  }
}

type Setting = { variables: readonly string[]; required: boolean; preset?: string }
const SECRETS: ReadonlySet<SettingName> = new Set<SettingName>(['accessKeyId', 'secretAccessKey', 'sessionToken'])
