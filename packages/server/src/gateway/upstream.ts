import type { LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import { AppError } from '@signalbox/schema'
import { type Dispatcher, EnvHttpProxyAgent, errors, Pool } from 'undici'
import { assertPublicHost, guardedConnect, PRIVATE_ADDRESS_HINT, PrivateAddressError } from '../lib/guarded-connect.ts'
import { guardOf } from '../lib/guarded-url.ts'

export type UpstreamRequest = {
  /** POST where it is absent. */
  method?: 'GET' | 'POST' | 'DELETE'
  url: string
  headers: string[]
  body: Buffer[]
  firstByteMs: number
  connectMs: number
}
/** What an upstream says, pushed as it comes. `fail` may follow `head` and `data`; nothing follows `end` or `fail`. */
export type UpstreamSink = {
  head(status: number, headers: Record<string, string | string[] | undefined>): void
  data(chunk: Buffer): void
  end(): void
  fail(error: AppError): void
}
export type UpstreamCall = { abort(): void; pause(): void; resume(): void }

/**
 * Sends requests over kept connections, one pool per origin and time to connect; through `HTTPS_PROXY` where that is set. Redirects are answers
 * and are never followed. A guarded address (`guardedUrl`) has pools of its own, which connect to public addresses only.
 */
export class Upstream {
  readonly #pools = new Map<string, Dispatcher>()
  /** Taken apart already: calls of a target mostly go to one address. */
  readonly #addresses = new Map<string, { origin: string; hostname: string; path: string; guard: string | undefined }>()
  readonly #proxied: boolean
  readonly #lookup: LookupFunction | undefined

  constructor(variables: Record<string, string | undefined> = process.env, lookup?: LookupFunction) {
    this.#lookup = lookup
    this.#proxied = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => variables[name])
  }

  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamCall {
    const { origin, hostname, path, guard } = this.#address(request.url)
    const attempt = new Attempt({ pool: this.#pool(origin, request.connectMs, guard !== undefined), path, origin, guard, request, sink })
    if (guard === undefined || !this.#proxied) attempt.dispatch()
    else assertPublicHost(hostname, this.#lookup).then(() => attempt.dispatch(), attempt.refuse)
    return attempt
  }

  #address(text: string) {
    let address = this.#addresses.get(text)
    if (!address) {
      const url = new URL(text)
      address = { origin: url.origin, hostname: url.hostname, path: url.pathname + url.search, guard: guardOf(url) }
      if (this.#addresses.size >= MOST_ADDRESSES) this.#addresses.clear()
      this.#addresses.set(text, address)
    }
    return address
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()))
  }

  #pool(origin: string, connectMs: number, guarded: boolean): Dispatcher {
    const key = `${guarded ? 'guarded ' : ''}${origin} ${connectMs}`
    let pool = this.#pools.get(key)
    if (!pool) {
      const connect = guarded
        ? guardedConnect({ timeout: connectMs, ...(this.#lookup && { lookup: this.#lookup }) })
        : { timeout: connectMs }
      const options = { connect, bodyTimeout: 0, keepAliveTimeout: 10_000, keepAliveMaxTimeout: 60_000 }
      // A proxy resolves names itself, so what it connects to is its to decide; the name is checked before it is asked. The
      // connector is for what goes past the proxy (NO_PROXY).
      pool = this.#proxied ? new EnvHttpProxyAgent(options) : new Pool(origin, { ...options, connections: 1024, pipelining: 1 })
      this.#pools.set(key, pool)
    }
    return pool
  }
}

const MOST_ADDRESSES = 1000

type AttemptOptions = {
  pool: Dispatcher
  path: string
  origin: string
  /** The provider of a guarded address. */
  guard: string | undefined
  request: UpstreamRequest
  sink: UpstreamSink
}

/** One request on the wire, sent again once when a kept connection turns out to be dead before a byte came back. */
class Attempt implements Dispatcher.DispatchHandler, UpstreamCall {
  readonly #options: AttemptOptions
  #controller: Dispatcher.DispatchController | undefined
  #aborted = false
  #answered = false
  #ended = false
  #retried = false

  constructor(options: AttemptOptions) {
    this.#options = options
  }

  dispatch(): void {
    const { pool, path, origin, request } = this.#options
    const { method = 'POST', headers: own, firstByteMs } = request
    const { body, headers } = method === 'POST' ? joined(request.body) : NO_BODY
    pool.dispatch(
      { origin, path, method, headers: headers.length === 0 ? own : [...own, ...headers], body, headersTimeout: firstByteMs },
      this,
    )
  }

  /** Ends the attempt before it was dispatched. */
  readonly refuse = (cause: Error): void => this.#options.sink.fail(explain(cause, this.#options.guard))

  /** Of one that is over it does nothing: its connection is kept. */
  abort(): void {
    if (this.#ended) return
    this.#aborted = true
    this.#controller?.abort(new Error('the client hung up'))
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#aborted) controller.abort(new Error('the client hung up'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200) return
    this.#answered = true
    this.#options.sink.head(status, headers)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#options.sink.data(chunk)
  }

  onResponseEnd(): void {
    this.#ended = true
    this.#options.sink.end()
  }

  onResponseError(_: Dispatcher.DispatchController, cause: Error): void {
    if (!this.#aborted && !this.#answered && !this.#retried && isDeadConnection(cause)) {
      this.#retried = true
      this.dispatch()
      return
    }
    this.#options.sink.fail(
      this.#aborted ? new AppError('client-closed', 'The client hung up.', { cause }) : explain(cause, this.#options.guard),
    )
  }
}

const NO_BODY = { body: null, headers: [] }
/** Longer bodies of several pieces are sent piece by piece: a file is not held twice. */
const JOIN_LIMIT = 262_144

function joined(pieces: Buffer[]): { body: Buffer | Readable; headers: string[] } {
  const [first] = pieces
  if (pieces.length === 1 && first) return { body: first, headers: [] }
  let bytes = 0
  for (const piece of pieces) bytes += piece.length
  if (bytes <= JOIN_LIMIT) return { body: Buffer.concat(pieces, bytes), headers: [] }
  return { body: Readable.from(pieces), headers: ['content-length', String(bytes)] }
}

/** A kept connection that the other side closed: the request never got through, so sending it again is safe. */
function isDeadConnection(cause: Error & { code?: string; socket?: { bytesRead?: number } }): boolean {
  if (cause.code === 'EPIPE') return true
  return (cause.code === 'UND_ERR_SOCKET' || cause.code === 'ECONNRESET') && (cause.socket?.bytesRead ?? 0) > 0
}

function explain(cause: Error & { code?: string }, guard: string | undefined): AppError {
  if (cause instanceof PrivateAddressError) {
    return new AppError(
      'provider-not-configured',
      `The provider ${guard} points at a private address, which providers added here may not.`,
      { cause, hint: PRIVATE_ADDRESS_HINT },
    )
  }
  if (cause instanceof errors.HeadersTimeoutError || cause instanceof errors.BodyTimeoutError)
    return new AppError('provider-timeout', 'The provider did not answer in time.', { cause })
  if (cause instanceof errors.ConnectTimeoutError)
    return new AppError('provider-timeout', 'The provider could not be reached in time.', { cause })
  return new AppError('provider-failed', `The connection to the provider failed (${cause.code ?? cause.message}).`, { cause })
}
