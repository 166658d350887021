import { createReadStream } from 'node:fs'
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@signalbox/schema'
import { sendError } from './send.ts'

const PROXY_IDLE_MS = 45_000
const READ_BYTES = 262_144

export type CoreAddress = { socketPath: string } | { url: string }
export type CoreLinkOptions = { address: CoreAddress; token: string; trustProxy: boolean }

/** Bytes, or a part of a file that is read while it is sent. */
type Piece = Buffer | { path: string; offset: number; length: number }

async function* bytesOf(pieces: readonly Piece[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece
    else yield* createReadStream(piece.path, { start: piece.offset, end: piece.offset + piece.length - 1, highWaterMark: READ_BYTES })
  }
}

/** The edge's way to its core: what is not a call or an ingest goes there, and so does the journal. */
export class CoreLink {
  readonly #options: CoreLinkOptions
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 })

  constructor(options: CoreLinkOptions) {
    this.#options = options
  }

  /** Passes a request on under its id and its answer back, streaming both. With the core down it answers 503. */
  proxy(incoming: IncomingMessage, outgoing: ServerResponse, requestId: string): void {
    const headers = { ...this.#identity(incoming), 'x-request-id': requestId }
    const upstream = this.#request({ method: incoming.method, path: incoming.url, headers })
    upstream.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    upstream.on('error', (cause) => {
      // What is left of the body is read all the same: the connection goes on to the next request.
      incoming.unpipe(upstream)
      incoming.resume()
      if (outgoing.headersSent) outgoing.destroy()
      else
        sendError(
          outgoing,
          new AppError('core-unavailable', 'The core does not answer. Calls go on; the API and the pages will be back.', {
            cause,
            retryAfterSeconds: 1,
          }),
          requestId,
        )
    })
    outgoing.on('close', () => upstream.destroy())
    // A core that hangs is as good as one that is down. Streams of ours say something every 15 s.
    upstream.setTimeout(PROXY_IDLE_MS, () => upstream.destroy(new Error('the core fell silent')))
    incoming.pipe(upstream)
  }

  /** A request of the edge itself; resolves with the body of a 2xx answer, throws for anything else. */
  call(
    method: 'GET' | 'POST',
    path: string,
    options: { body?: Piece[]; headers?: Record<string, string>; timeoutMs: number },
  ): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const length = (options.body ?? []).reduce((sum, piece) => sum + piece.length, 0)
      const upstream = this.#request({
        method,
        path,
        timeout: options.timeoutMs,
        headers: {
          ...options.headers,
          authorization: `Bearer ${this.#options.token}`,
          ...(method === 'POST' && { 'content-length': length }),
        },
      })
      upstream.on('timeout', () => upstream.destroy(new Error(`the core did not answer within ${options.timeoutMs} ms`)))
      upstream.on('error', reject)
      upstream.on('response', (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const text = Buffer.concat(chunks)
          if ((answer.statusCode ?? 500) < 300) resolve(text)
          else reject(new Error(`the core answered ${answer.statusCode}: ${text.toString('utf8').slice(0, 500)}`))
        })
      })
      pipeline(bytesOf(options.body ?? []), upstream).catch(reject)
    })
  }

  /** Opens a stream of lines; resolves when it ends or breaks. */
  lines(path: string, options: { onLine(line: string): void; idleMs: number; signal: AbortSignal }): Promise<void> {
    return new Promise((resolve, reject) => {
      const upstream = this.#request({
        method: 'GET',
        path,
        timeout: options.idleMs,
        headers: { authorization: `Bearer ${this.#options.token}` },
        signal: options.signal,
      })
      upstream.on('timeout', () => upstream.destroy(new Error('the core fell silent')))
      upstream.on('error', reject)
      upstream.on('response', (answer) => {
        if (answer.statusCode !== 200) {
          answer.resume()
          return reject(new Error(`the core answered ${answer.statusCode}`))
        }
        let rest = ''
        answer.setEncoding('utf8')
        answer.on('data', (text: string) => {
          const lines = (rest + text).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) if (line) options.onLine(line)
        })
        answer.on('end', resolve)
        answer.on('error', reject)
      })
      upstream.end()
    })
  }

  close(): void {
    this.#agent.destroy()
  }

  #request(options: RequestOptions) {
    const { address } = this.#options
    if ('socketPath' in address) return httpRequest({ ...options, socketPath: address.socketPath, agent: this.#agent })
    const url = new URL(address.url)
    const target = { ...options, hostname: url.hostname, port: url.port }
    return url.protocol === 'https:' ? httpsRequest(target) : httpRequest({ ...target, agent: this.#agent })
  }

  /** Who really asks: forwarded addresses count only from a proxy that is trusted. */
  #identity(incoming: IncomingMessage): Record<string, string | string[] | undefined> {
    const { connection: _connection, ...headers } = incoming.headers
    const remote = incoming.socket.remoteAddress ?? ''
    const forwarded = this.#options.trustProxy ? headers['x-forwarded-for'] : undefined
    if (!this.#options.trustProxy) for (const name of FORWARDED) delete headers[name]
    return {
      ...headers,
      'x-forwarded-for': typeof forwarded === 'string' ? `${forwarded}, ${remote}` : remote,
      'x-signalbox-cluster-token': this.#options.token,
    }
  }
}

const FORWARDED = ['x-forwarded-proto', 'x-forwarded-host', 'forwarded']
