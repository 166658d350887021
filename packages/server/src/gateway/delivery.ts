import type { ServerResponse } from 'node:http'
import type { AppError, CallEnd, SpanStatus, Usage } from '@signalbox/schema'
import type { RequestIds } from '../lib/request-ids.ts'
import type { Pricing } from '../pricing/price.ts'
import { providerCost } from '../pricing/provider-cost.ts'
import type { Units } from '../pricing/rates.ts'
import type { CallRecord } from '../tracing/call-record.ts'
import { answerHeaders, type Facts, ownHeaders } from './answer-headers.ts'
import type { Door } from './doors.ts'
import { JsonArrayFraming } from './json-array.ts'
import { priceAnswer } from './price-answer.ts'
import type { Route } from './route.ts'
import type { UpstreamCall } from './upstream.ts'

export type DeliveryOptions = {
  response: ServerResponse
  ids: RequestIds
  record: CallRecord
  route: Route
  pricing: Pricing
  /** The client's dialect, for errors of our own. */
  door: Door
  startedAt: number
  capture: { content: boolean; maxBytes: number }
  /** What the target cannot carry, for `x-signalbox-dropped`. */
  dropped: readonly string[]
  /** The client wants its stream as a JSON array. */
  asArray: boolean
  onDone(end: CallEnd): void
}

/** How an answer ended, as far as it is known. */
export type Outcome = {
  status: SpanStatus
  errorType: string
  message: string
  httpStatus: number
  model?: string
  finishReason?: string
  usage?: Usage | undefined
  /** The usage as the provider wrote it, for the cost that it may name there. */
  rawUsage?: unknown
  /** What is charged where no tokens are counted. */
  units?: Units | undefined
  /** The content type of an answer that is not kept. */
  mediaType?: string | undefined
}

type UpstreamHeaders = Record<string, string | string[] | undefined>

/**
 * What every answer has in common on its way to the client, whether its bytes pass or are translated: headers, backpressure,
 * the client that hangs up, what is kept for the record, and the one end, which is recorded before the last bytes leave.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #framing: JsonArrayFraming | undefined
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #firstTokenMs: number | null = null
  #ended = false
  /** Bytes of the answer, and whether they are a server-sent event stream. */
  bytes = 0
  isStream = false
  call: UpstreamCall | undefined

  /** `known` says what is known of an answer whose client hangs up. */
  constructor(options: DeliveryOptions, known: () => Partial<Outcome>) {
    this.#options = options
    this.#framing = options.asArray ? new JsonArrayFraming() : undefined
    const closed = () => this.#clientClosed(known)
    options.response.on('close', closed)
    options.response.on('drain', () => this.call?.resume())
    if (options.response.destroyed) closed()
  }

  /** Nothing more will be written: it was answered, or nobody is there to answer. */
  get isOver(): boolean {
    return this.#ended
  }

  get hasBegun(): boolean {
    return this.#options.response.headersSent
  }

  /** Everything that was kept, in one piece. */
  body(): Buffer {
    return this.#kept.length === 1 && this.#kept[0] ? this.#kept[0] : Buffer.concat(this.#kept)
  }

  keep(chunk: Buffer): void {
    this.#kept.push(chunk)
    this.#keptBytes += chunk.length
  }

  /** Of a stream only as much as will be recorded. */
  keepForRecord(chunk: Buffer): void {
    const { capture } = this.#options
    if (capture.content && this.#keptBytes <= capture.maxBytes) this.#kept.push(chunk)
    this.#keptBytes += chunk.length
  }

  forget(): void {
    this.#kept.length = 0
    this.#keptBytes = 0
  }

  /** Something that a reader can see leaves now. The first time counts. */
  firstToken(): void {
    this.#firstTokenMs ??= Math.round((performance.now() - this.#options.startedAt) * 1000) / 1000
  }

  startStream(status: number, upstream: UpstreamHeaders): void {
    const headers = answerHeaders(this.#framing ? { ...upstream, 'content-type': 'application/json' } : upstream, this.#facts())
    if (!('cache-control' in upstream)) headers.push('cache-control', 'no-cache')
    headers.push('x-accel-buffering', 'no')
    this.#options.response.writeHead(status, headers)
  }

  write(bytes: Buffer | string): void {
    const framed = this.#framing ? this.#framing.push(bytes) : bytes
    if (!this.#options.response.write(framed)) this.call?.pause()
  }

  /** A whole answer, with what it cost. */
  sendWhole(body: Buffer, { status, headers: upstream, cost }: { status: number; headers: UpstreamHeaders; cost: number | null }): void {
    const { response } = this.#options
    if (response.destroyed) return
    const headers = answerHeaders(upstream, { ...this.#facts(), cost })
    headers.push('content-length', String(body.length))
    response.writeHead(status, headers)
    response.end(body)
  }

  /** The last bytes of a stream; its head as well where nothing went out before. */
  endStream(last: Buffer | string | undefined, head: { status: number; headers: UpstreamHeaders }): void {
    const { response } = this.#options
    if (response.destroyed) return
    if (!response.headersSent) this.startStream(head.status, head.headers)
    this.#end(last)
  }

  /** An error of our own: in place of an answer, or `inStream` after its beginning; undefined there cuts an answer that has no words for it. */
  fail(
    error: AppError,
    { errorType, inStream, ...known }: Partial<Outcome> & { errorType: string; inStream(): Buffer | string | undefined },
  ): void {
    if (this.#ended) return
    const { response } = this.#options
    const { headersSent } = response
    const last = headersSent ? inStream() : undefined
    this.finish({ ...known, status: 'error', errorType, message: error.message, httpStatus: error.status }, () => {
      if (response.destroyed) return
      if (!headersSent) this.sendError(error)
      else if (last === undefined) response.destroy()
      else this.#end(last)
    })
  }

  sendError(error: AppError): void {
    const { response, door } = this.#options
    const { status, body } = door.encodeError(error)
    const text = JSON.stringify(body)
    const retryAfter = error.retryAfterSeconds === undefined ? [] : ['retry-after', String(error.retryAfterSeconds)]
    response.writeHead(status, [
      'content-type',
      'application/json',
      'content-length',
      String(Buffer.byteLength(text)),
      ...retryAfter,
      ...ownHeaders(this.#facts()),
    ])
    response.end(text)
  }

  /** The one end: `send` writes the last bytes when the record is written. */
  finish(outcome: Outcome, send: (end: CallEnd) => void): void {
    if (this.#ended) return
    this.#ended = true
    const { record, route, pricing, capture, dropped, onDone, startedAt, door } = this.#options
    const model = outcome.model || route.model
    const charged = providerCost(outcome.rawUsage)
    const end: CallEnd = {
      v: 1,
      status: outcome.status,
      errorType: outcome.errorType,
      statusMessage: outcome.message,
      httpStatus: outcome.httpStatus,
      endedAt: Math.round((performance.timeOrigin + performance.now()) * 1000),
      firstTokenMs: this.#firstTokenMs,
      provider: route.provider.name,
      model,
      finishReason: outcome.finishReason ?? '',
      ...priceAnswer({ usage: outcome.usage, units: outcome.units, route, model, pricing, at: Date.now() }),
      ...(door.charge && { cost: door.charge.cost, costReason: door.charge.reason }),
      attempts: [
        {
          provider: route.provider.name,
          model: route.model,
          status: outcome.httpStatus,
          ms: Math.round(performance.now() - startedAt),
          ...(outcome.message && { error: outcome.message }),
        },
      ],
      responseBytes: this.bytes,
      sse: this.isStream,
      truncated: this.#keptBytes > capture.maxBytes,
      ...(dropped.length > 0 && { dropped: [...dropped] }),
      ...(outcome.units && { units: outcome.units }),
      ...(outcome.mediaType !== undefined && { mediaType: outcome.mediaType }),
      ...(charged !== undefined && { providerCostUsd: charged }),
    }
    const body = capture.content ? cut(this.#kept, capture.maxBytes) : []
    record.end(end, body, () => {
      send(end)
      onDone(end)
    })
  }

  #end(last: Buffer | string | undefined): void {
    this.#options.response.end(this.#framing ? this.#framing.push(last ?? '') + this.#framing.end() : last)
  }

  #clientClosed(known: () => Partial<Outcome>): void {
    if (this.#ended) return
    const outcome = { status: 'aborted', errorType: 'client_closed', message: 'The client hung up.', httpStatus: 499 } as const
    this.finish({ ...known(), ...outcome }, () => {})
    this.call?.abort()
  }

  #facts(): Facts {
    const { ids, route, dropped } = this.#options
    return { ids, provider: route.provider.name, model: route.model, attempts: 1, dropped }
  }
}

function cut(pieces: Buffer[], limit: number): Buffer[] {
  let bytes = 0
  const kept: Buffer[] = []
  for (const piece of pieces) {
    if (bytes >= limit) break
    kept.push(piece.length + bytes > limit ? piece.subarray(0, limit - bytes) : piece)
    bytes += piece.length
  }
  return kept
}
