import { seal, unseal } from '../lib/secret-box.ts'

/** What of a stored provider is secret: header values often are keys, too. */
export type ProviderSecrets = {
  apiKey?: string
  /** Used when the first one is refused or at its rate limit. */
  moreKeys?: string[]
  headers?: Record<string, string>
  secretAccessKey?: string
  sessionToken?: string
}
export const SECRET_FIELDS = [
  'apiKey',
  'moreKeys',
  'headers',
  'secretAccessKey',
  'sessionToken',
] as const satisfies (keyof ProviderSecrets)[]

type Owner = { projectId: string; name: string }

/** Seals the secrets of one provider as base64, bound to project and name; null where there are none. */
export function sealSecrets(secrets: ProviderSecrets, owner: Owner, masterKey: string): string | null {
  if (Object.keys(secrets).length === 0) return null
  return seal(Buffer.from(JSON.stringify({ owner: ownerOf(owner), secrets })), masterKey).toString('base64')
}

/** Opens them; undefined when the master key is another one, or they were sealed for another provider. */
export function unsealSecrets(sealed: string | null, owner: Owner, masterKey: string): ProviderSecrets | undefined {
  if (sealed === null) return {}
  const plain = unseal(Buffer.from(sealed, 'base64'), masterKey)
  if (!plain) return undefined
  const found = JSON.parse(plain.toString('utf8')) as { owner: string; secrets: ProviderSecrets }
  return found.owner === ownerOf(owner) ? found.secrets : undefined
}

const ownerOf = ({ projectId, name }: Owner): string => `${projectId}/${name}`
