import { AppError, type Key, Permission, Role, Scope } from '@signalbox/schema'
import type { Client } from '@signalbox/sdk'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'

/** `signalbox keys list`. */
export async function listKeys(options: ConnectionOptions): Promise<number> {
  const keys = await allKeys(connect(options).client)
  if (options.json) printJson({ keys })
  else printTable(keys.map(toRow), ['id', 'name', 'public', 'secret', 'may', 'state'])
  return 0
}

/** `signalbox keys create NAME`. The secret is on standard output, once. */
export async function createKey(
  name: string,
  options: ConnectionOptions & { role?: string; scope?: string[]; expires?: string },
): Promise<number> {
  const created = await connect(options).client.keys.create({
    name,
    ...(options.role && { role: toRole(options.role) }),
    ...(options.scope && { scopes: options.scope.map(toPermission) }),
    ...(options.expires && { expiresAt: toTime(options.expires) }),
  })
  if (options.json) printJson(created)
  else console.log(`public  ${created.publicKey}\nsecret  ${created.secretKey}\n\nThe secret is not shown again.`)
  return 0
}

/** `signalbox keys revoke ID`. */
export async function revokeKey(id: string, options: ConnectionOptions): Promise<number> {
  const { client } = connect(options)
  const key = id.startsWith('pk-sb-') ? (await allKeys(client)).find(({ publicKey }) => publicKey === id) : { id }
  if (!key) throw new AppError('not-found', `No key has the public key ${id}.`, { hint: 'List keys with "signalbox keys list".' })
  const revoked = await client.keys.revoke({ id: key.id })
  if (options.json) printJson(revoked)
  else console.log(`Revoked ${revoked.publicKey} (${revoked.name}).`)
  return 0
}

async function allKeys(client: Client): Promise<Key[]> {
  const keys: Key[] = []
  let cursor: string | undefined
  do {
    const page = await client.keys.list({ limit: 500, ...(cursor && { cursor }) })
    keys.push(...page.keys)
    cursor = page.nextCursor
  } while (cursor)
  return keys
}

const toRow = (key: Key) => ({
  id: key.id,
  name: key.name,
  public: key.publicKey,
  secret: `…${key.secretHint}`,
  may: key.role ?? key.scopes.join(' '),
  state: stateOf(key),
})

function stateOf({ revokedAt, expiresAt, lastUsedAt }: Key): string {
  if (revokedAt) return `revoked ${revokedAt}`
  if (expiresAt && Date.parse(expiresAt) < Date.now()) return `expired ${expiresAt}`
  return lastUsedAt ? `used ${lastUsedAt}` : 'never used'
}

function toPermission(scope: string): Scope {
  const permission = Scope.safeParse(scope)
  if (permission.success) return permission.data
  throw new AppError('invalid-request', `"${scope}" is not a permission.`, {
    hint: `Choose from ${Permission.options.join(', ')}, prompt:promote:LABEL.`,
  })
}

function toRole(text: string): Role {
  const role = Role.safeParse(text)
  if (role.success) return role.data
  throw new AppError('invalid-request', `"${text}" is not a role.`, { hint: `Choose from ${Role.options.join(', ')}.` })
}

function toTime(text: string): string {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new AppError('invalid-request', `"${text}" is not a time.`, { hint: 'Write it like 2027-01-31T00:00:00Z.' })
  return new Date(time).toISOString()
}
