import type { LookupFunction } from 'node:net'
import { AppError, type ProviderTest, type SnapshotProvider } from '@signalbox/schema'
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import { assertPublicHost, guardedConnect, PRIVATE_ADDRESS_HINT, PrivateAddressError } from '../lib/guarded-connect.ts'
import { guardOf } from '../lib/guarded-url.ts'
import { type ProbeRequest, probeOf } from './probe.ts'

const LIMIT_MS = 10_000
const MAX_BYTES = 4_000_000
const MAX_MODELS = 2000

export type TestOptions = { variables?: Record<string, string | undefined>; lookup?: LookupFunction; limitMs?: number }

/**
 * Asks providers for their models, with the guard that calls have and without following redirects. What went wrong is in the
 * answer, not thrown; secrets of the provider are in neither.
 */
export function createProviderTest({ variables = process.env, lookup, limitMs = LIMIT_MS }: TestOptions = {}) {
  const proxied = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => variables[name])

  return async (provider: SnapshotProvider): Promise<ProviderTest> => {
    const startedAt = performance.now()
    const done = (problem: string | null, models: string[] | null = null): ProviderTest => ({
      ok: problem === null,
      milliseconds: Math.round(performance.now() - startedAt),
      models: models?.slice(0, MAX_MODELS) ?? null,
      problem: problem && withoutSecrets(problem, provider),
    })
    if (provider.problem !== null) return done(`It is not configured: ${provider.problem}.`)
    try {
      const probe = probeOf(provider)
      const signal = AbortSignal.timeout(limitMs)
      const answer = await send(probe.list, { signal, proxied, lookup })
      if (answer.status < 300) {
        const models = probe.models(answer.body)
        return models ? done(null, models.sort()) : done('It answered, but not with a list of models. Is the base URL right?')
      }
      if (!probe.refused || (answer.status !== 404 && answer.status !== 405)) return done(said(answer))
      const refusal = await send(probe.refused, { signal, proxied, lookup })
      return done(refusal.status === 400 || refusal.status === 422 ? null : said(refusal))
    } catch (error) {
      return done(failure(error as Error & { code?: string }, limitMs))
    }
  }
}

type Answer = { status: number; body: unknown }
type Sending = { signal: AbortSignal; proxied: boolean; lookup: LookupFunction | undefined }

async function send({ method, url, headers, body }: ProbeRequest, { signal, proxied, lookup }: Sending): Promise<Answer> {
  const address = new URL(url)
  const isGuarded = guardOf(address) !== undefined
  if (isGuarded && proxied) await assertPublicHost(address.hostname, lookup)
  const options = isGuarded ? { connect: guardedConnect({ timeout: LIMIT_MS, ...(lookup && { lookup }) }) } : {}
  const dispatcher: Dispatcher = proxied ? new EnvHttpProxyAgent(options) : new Agent(options)
  try {
    const response = await request(address, { method, headers, signal, dispatcher, ...(body !== undefined && { body }) })
    const pieces: Buffer[] = []
    let bytes = 0
    for await (const piece of response.body as AsyncIterable<Buffer>) {
      bytes += piece.length
      if (bytes > MAX_BYTES) break
      pieces.push(piece)
    }
    return { status: response.statusCode, body: parsed(Buffer.concat(pieces).toString('utf8')) }
  } finally {
    void dispatcher.destroy().catch(() => {})
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Providers like to repeat a wrong key, in part or whole, so of a refusal only its status is told. */
function said({ status, body }: Answer): string {
  if (status === 401 || status === 403) return `It refused the credentials (${status}).`
  if (status >= 300 && status < 400) return `It answered with a redirect (${status}), which is not followed. Is the base URL right?`
  if (status === 404) return 'Nothing was found there (404). Is the base URL right?'
  const { error, message } = (body ?? {}) as { error?: unknown; message?: unknown }
  const inner = (error as { message?: unknown } | null | undefined)?.message
  const words = [inner, message, error].find((one) => typeof one === 'string')
  return typeof words === 'string' ? `It answered ${status}: ${words.slice(0, 500)}` : `It answered ${status}.`
}

function failure(error: Error & { code?: string }, limitMs: number): string {
  if (error instanceof PrivateAddressError)
    return `Its address is private, which providers added here may not reach. ${PRIVATE_ADDRESS_HINT}`
  if (error instanceof AppError) return error.message
  if (error.name === 'TimeoutError') return `It did not answer within ${limitMs / 1000} s.`
  return `The connection failed${error.code ? ` (${error.code})` : ''}.`
}

function withoutSecrets(text: string, { apiKey, headers, settings = {} }: SnapshotProvider): string {
  const secrets = [apiKey, ...Object.values(headers), settings.secretAccessKey, settings.sessionToken]
  return secrets.reduce<string>((rest, secret) => (secret && secret.length >= 4 ? rest.replaceAll(secret, '…') : rest), text)
}
