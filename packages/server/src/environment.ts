import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AppError } from '@signalbox/schema/errors'

/** Everything that the environment decides, read once. Names and meanings are fixed in docs/contract.md. */
export type Environment = {
  host: string
  port: number
  publicUrl: string
  /** Whose pages may send scores with a public key. */
  allowedOrigins: ReadonlySet<string>
  trustProxy: boolean
  data: string
  configFile: string
  bootstrap: { publicKey: string; secretKey: string } | null
  admin: { email: string; password: string } | null
  masterKey: string | null
  databaseUrl: string | null
  clickhouseUrl: string | null
  redisUrl: string | null
  blobsUrl: string | null
  /** Where a separate edge finds its core; null means the socket in the data folder. */
  coreUrl: string | null
  clusterToken: string | null
  /** How long a separate edge spends what it holds of budgets without an answer of the core. */
  leaseMs: number
  /** Where traces come in over gRPC; null means nowhere. */
  otlpGrpcPort: number | null
  logLevel: string
  /** Providers that were added through API or UI may point at private addresses. */
  allowPrivateProviders: boolean
}

type Variables = Record<string, string | undefined>
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Reads and checks the environment; a value that cannot work is an error that names the variable. */
export function readEnvironment(env: Variables = process.env): Environment {
  const text = (name: string) => env[name]?.trim() || null
  const host = text('SIGNALBOX_HOST') ?? '127.0.0.1'
  const port = portOf(text('SIGNALBOX_PORT') ?? '7500')
  const logLevel = text('SIGNALBOX_LOG_LEVEL') ?? 'info'
  if (!LOG_LEVELS.includes(logLevel)) refuse('SIGNALBOX_LOG_LEVEL', logLevel, `one of ${LOG_LEVELS.join(', ')}`)
  return {
    host,
    port,
    publicUrl:
      text('SIGNALBOX_PUBLIC_URL')?.replace(/\/$/, '') ??
      `http://${host === '127.0.0.1' || host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`,
    allowedOrigins: originsOf(text('SIGNALBOX_ALLOWED_ORIGINS'), text('SIGNALBOX_PUBLIC_URL')),
    trustProxy: ['1', 'true', 'yes'].includes(text('SIGNALBOX_TRUST_PROXY') ?? ''),
    data: resolve(text('SIGNALBOX_DATA') ?? './.signalbox'),
    configFile: resolve(text('SIGNALBOX_CONFIG') ?? './signalbox.yaml'),
    bootstrap: pair(text('SIGNALBOX_BOOTSTRAP_PUBLIC_KEY'), text('SIGNALBOX_BOOTSTRAP_SECRET_KEY')),
    admin: admin(text('SIGNALBOX_ADMIN_EMAIL'), env.SIGNALBOX_ADMIN_PASSWORD ?? null),
    masterKey: text('SIGNALBOX_MASTER_KEY'),
    databaseUrl: text('DATABASE_URL'),
    clickhouseUrl: text('CLICKHOUSE_URL'),
    redisUrl: text('REDIS_URL'),
    blobsUrl: text('BLOBS_URL'),
    coreUrl: text('SIGNALBOX_CORE_URL'),
    clusterToken: text('SIGNALBOX_CLUSTER_TOKEN'),
    leaseMs: leaseOf(text('SIGNALBOX_LEASE_SECONDS') ?? '60'),
    otlpGrpcPort: optionalPortOf('SIGNALBOX_OTLP_GRPC_PORT', text('SIGNALBOX_OTLP_GRPC_PORT')),
    logLevel,
    allowPrivateProviders: ['1', 'true', 'yes'].includes(text('SIGNALBOX_ALLOW_PRIVATE_PROVIDERS') ?? ''),
  }
}

function portOf(value: string, name = 'SIGNALBOX_PORT'): number {
  const port = Number(value)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) refuse(name, value, 'a port number, 0 to 65535')
  return port
}

const optionalPortOf = (name: string, value: string | null): number | null =>
  value === null || value.toLowerCase() === 'off' ? null : portOf(value, name)

/** A page of our own address may always. */
function originsOf(list: string | null, publicUrl: string | null): ReadonlySet<string> {
  const listed = (list ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
  return new Set(
    [...listed, ...(publicUrl && URL.canParse(publicUrl) ? [publicUrl] : [])].map((url) => {
      try {
        return new URL(url).origin
      } catch {
        return refuse('SIGNALBOX_ALLOWED_ORIGINS', url, 'a comma list of origins such as https://app.example.com')
      }
    }),
  )
}

function leaseOf(value: string): number {
  const seconds = Number(value)
  if (!Number.isInteger(seconds) || seconds < 2 || seconds > 86_400)
    refuse('SIGNALBOX_LEASE_SECONDS', value, 'a whole number of seconds, 2 to 86400')
  return seconds * 1000
}

function pair(publicKey: string | null, secretKey: string | null): Environment['bootstrap'] {
  if (!publicKey && !secretKey) return null
  if (!publicKey || !/^pk-sb-.{16,}$/.test(publicKey))
    refuse('SIGNALBOX_BOOTSTRAP_PUBLIC_KEY', publicKey ?? '', 'pk-sb- and at least 16 characters')
  if (!secretKey || !/^sk-sb-.{16,}$/.test(secretKey))
    refuse('SIGNALBOX_BOOTSTRAP_SECRET_KEY', '(hidden)', 'sk-sb- and at least 16 characters')
  return { publicKey, secretKey }
}

function admin(email: string | null, password: string | null): Environment['admin'] {
  if (!email && !password) return null
  if (!email?.includes('@')) refuse('SIGNALBOX_ADMIN_EMAIL', email ?? '', 'an e-mail address')
  if (!password || password.length < 10) refuse('SIGNALBOX_ADMIN_PASSWORD', '(hidden)', 'at least 10 characters')
  return { email, password }
}

function refuse(name: string, value: string, wanted: string): never {
  throw new AppError('invalid-request', `${name} is "${value}", but must be ${wanted}.`, { hint: `Set ${name} and start again.` })
}

/** Where things live in the data folder. */
export const paths = (data: string) => ({
  lock: join(data, 'lock.json'),
  version: join(data, 'version.json'),
  masterKey: join(data, 'master.key'),
  socket: socketPath(data),
  snapshot: join(data, 'edge', 'snapshot.bin'),
  journal: join(data, 'edge', 'journal'),
  budgets: join(data, 'edge', 'budgets.json'),
  sql: join(data, 'sql'),
  events: join(data, 'events'),
  blobs: join(data, 'blobs'),
  cache: join(data, 'cache'),
  simulator: join(data, 'simulator'),
})

/** The kernel takes at most 107 bytes for the path of a socket; a longer one moves to the temporary folder. */
function socketPath(data: string): string {
  const path = join(data, 'core.sock')
  if (Buffer.byteLength(path) <= 100) return path
  return join(tmpdir(), `signalbox-${createHash('sha256').update(data).digest('hex').slice(0, 24)}.sock`)
}
