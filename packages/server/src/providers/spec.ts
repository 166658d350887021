import type { SnapshotProvider } from '@signalbox/schema'
import { guardedUrl } from '../lib/guarded-url.ts'
import { signV4 } from './bedrock/sigv4.ts'
import { catalog } from './catalog.ts'
import { type Auth, type KindRow, kindOf, kinds, type ProviderDialect, type Quirks } from './kinds.ts'

export type AddressTarget = { model: string; stream: boolean }

/** How to speak to one configured provider. */
export type ProviderSpec = Omit<Quirks, 'otherDialects'> & {
  /** What is spoken with a model. */
  dialectOf(model: string): ProviderDialect
  /** Without a slash at the end. */
  baseUrl: string
  /** The credentials and the configured extra headers, lower-case, which replace what the client sent. */
  headers: Record<string, string>
  /** Headers, lower-case, for where the client sent none of that name. */
  defaults: Record<string, string>
  /** The address of an operation: a path as its dialect names it, such as `/chat/completions`, for a model. */
  address(path: string, target: AddressTarget): string
  /** A body of its dialect as this provider wants it, where that differs: then bytes of clients do not pass as they are. */
  adapt?(body: Record<string, unknown>, model: string): Record<string, unknown>
  /** The headers that sign a JSON request, as names and values in turn, where the credentials are not a header. */
  sign?(request: { url: string; body: Buffer[] }): string[]
}

/**
 * The row of its kind, what is known of the host it points at, and its credentials, as one value.
 * Worked out once per snapshot, not per call. The quirks of a host hold whatever name the configuration gives it.
 */
export function specOf(provider: SnapshotProvider): ProviderSpec {
  const kind: KindRow = kindOf(provider.kind) ?? kinds['openai-compatible']
  const known = quirksByHost.get(hostOf(provider.baseUrl)) ?? {}
  // Bedrock takes a key as a Bearer token, and signatures for all others.
  const auth = kind.auth === 'sigv4' && provider.apiKey ? 'bearer' : (known.auth ?? kind.auth)
  const headers: Record<string, string> = {}
  const credential = provider.apiKey ? AUTH_HEADERS[auth]?.(provider.apiKey) : undefined
  if (credential) headers[credential[0]] = credential[1]
  for (const [name, value] of Object.entries(provider.headers)) headers[name.toLowerCase()] = value
  const baseUrl = provider.baseUrl.replace(/\/+$/, '')
  const chatQuirks = known.chatQuirks ?? kind.chatQuirks
  const otherDialects = known.otherDialects ?? kind.otherDialects ?? []
  const address = ADDRESSES[kind.address ?? 'plain'](baseUrl, provider.settings ?? {})
  return {
    dialectOf: (model) => otherDialects.find(([models]) => models.test(model))?.[1] ?? kind.dialect,
    baseUrl,
    streamUsage: known.streamUsage ?? kind.streamUsage,
    auth,
    responses: (known.responses ?? kind.responses) && !(kind.address === 'azure' && provider.settings?.apiVersion),
    completions: known.completions ?? kind.completions,
    headers,
    defaults: kind.defaults ?? {},
    ...(chatQuirks && { chatQuirks }),
    ...(auth === 'sigv4' && { sign: signer(provider.settings ?? {}) }),
    ...(kind.address === 'vertex' && { adapt: adaptClaude }),
    address: provider.guarded ? (path, target) => guardedUrl(address(path, target), provider.name) : address,
  }
}

/** Kinds of providers that speak OpenAI's dialect, and so can have its other endpoints. */
export const OPENAI_KINDS: readonly string[] = Object.entries(kinds).flatMap(([name, { dialect }]) =>
  dialect === 'openai-chat' ? name : [],
)

const AUTH_HEADERS: Partial<Record<Auth, (key: string) => [name: string, value: string]>> = {
  bearer: (key) => ['authorization', `Bearer ${key}`],
  'x-api-key': (key) => ['x-api-key', key],
  'x-goog-api-key': (key) => ['x-goog-api-key', key],
  'api-key': (key) => ['api-key', key],
}

/** Bedrock's; what the client's headers say is not signed, since they may change on the way. */
function signer({
  region = '',
  accessKeyId = '',
  secretAccessKey = '',
  sessionToken,
}: Record<string, string>): NonNullable<ProviderSpec['sign']> {
  const credentials = { region, service: 'bedrock', accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
  return ({ url, body }) => Object.entries(signV4({ method: 'POST', url, headers: {}, body, date: new Date(), ...credentials })).flat()
}

/** Vertex AI takes Claude's model from the path and its API version from the body. */
function adaptClaude({ model: inPath, ...body }: Record<string, unknown>, model: string): Record<string, unknown> {
  return model.startsWith('claude-')
    ? { anthropic_version: 'vertex-2023-10-16', ...body }
    : { ...(inPath !== undefined && { model: inPath }), ...body }
}

type Address = (baseUrl: string, settings: Record<string, string>) => ProviderSpec['address']
const VERSION = /^\/v\d+(alpha|beta)?\d*(?=\/)/
const ADDRESSES: Record<'plain' | NonNullable<KindRow['address']>, Address> = {
  /** A base URL that names the version itself has the last word on it. */
  plain: (baseUrl) => {
    const versioned = /\/v\d+(alpha|beta)?\d*$/.test(baseUrl)
    return (path) => baseUrl + (versioned ? path.replace(VERSION, '') : path)
  },
  /** `…/publishers/google` + `/models/{model}:generateContent`, and for Claude `…/publishers/anthropic` + `/models/{model}:rawPredict`. */
  vertex:
    (baseUrl) =>
    (path, { model, stream }) => {
      if (!path.startsWith('/v1/messages')) return baseUrl + path.replace(VERSION, '')
      const publisher = baseUrl.replace(/\/publishers\/google$/, '/publishers/anthropic')
      return `${publisher}/models/${encodeURIComponent(model).replace('%40', '@')}:${stream ? 'streamRawPredict' : 'rawPredict'}`
    },
  /** The v1 API, or with an API version the older one, where the deployment stands in the path. */
  azure: (baseUrl, { apiVersion }) => {
    const resource = baseUrl.replace(/\/openai(\/v1)?$/, '')
    if (!apiVersion) return (path) => `${resource}/openai/v1${path}`
    // Files and batches belong to no deployment.
    return (path, { model }) =>
      `${resource}/openai${model && `/deployments/${encodeURIComponent(model)}`}${path}${path.includes('?') ? '&' : '?'}api-version=${encodeURIComponent(apiVersion)}`
  },
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '')
const quirksByHost = new Map<string, Partial<Quirks>>(
  catalog.flatMap((row) => (typeof row.baseUrl === 'string' ? [[hostOf(row.baseUrl), row] as const] : [])),
)
