import type { ServerResponse } from 'node:http'
import { AppError, type CallEnd, type SpanStatus } from '@signalbox/schema'
import type { RequestIds } from '../lib/request-ids.ts'
import type { Pricing } from '../pricing/price.ts'
import type { CallRecord } from '../tracing/call-record.ts'
import { answerHeaders, type Facts, ownHeaders } from './answer-headers.ts'
import { priceAnswer } from './price-answer.ts'
import type { Route } from './route.ts'
import type { UpstreamCall, UpstreamSink } from './upstream.ts'
import { openaiError } from './wire/openai-errors.ts'
import { OpenaiStreamWatch } from './wire/openai-stream.ts'
import { wholeFacts } from './wire/openai-whole.ts'

export type AnswerOptions = {
  response: ServerResponse
  ids: RequestIds
  record: CallRecord
  route: Route
  pricing: Pricing
  stream: boolean
  hideUsage: boolean
  startedAt: number
  capture: { content: boolean; maxBytes: number }
  onDone(end: CallEnd): void
}

/**
 * The way of one answer to its client: bytes pass as they come, what they say is learnt on the way, and the record is
 * written before the last of them leaves. Ends exactly once, whichever of upstream, client or clock ends it.
 */
export class PassthroughAnswer implements UpstreamSink {
  readonly #options: AnswerOptions
  readonly #watch: OpenaiStreamWatch
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #bytes = 0
  #status = 0
  #headers: Record<string, string | string[] | undefined> = {}
  #isStream = false
  #firstTokenMs: number | null = null
  #held: Buffer | undefined
  #ended = false
  call: UpstreamCall | undefined

  constructor(options: AnswerOptions) {
    this.#options = options
    this.#watch = new OpenaiStreamWatch({ hideUsage: options.hideUsage })
    options.response.on('close', () => this.#clientClosed())
    options.response.on('drain', () => this.call?.resume())
    if (options.response.destroyed) this.#clientClosed()
  }

  /** Nothing more will be written: it was answered, or nobody is there to answer. */
  get isOver(): boolean {
    return this.#ended
  }

  head(status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status
    this.#headers = headers
    this.#isStream = this.#options.stream && status < 300 && String(headers['content-type'] ?? '').startsWith('text/event-stream')
  }

  data(chunk: Buffer): void {
    if (this.#ended) return
    this.#bytes += chunk.length
    if (!this.#isStream) {
      this.#kept.push(chunk)
      this.#keptBytes += chunk.length
      return
    }
    this.#keep(chunk)
    const { pass, last } = this.#watch.push(chunk)
    this.#pass(pass)
    if (last) this.#finishStream(last)
  }

  end(): void {
    if (this.#ended) return
    if (!this.#isStream) return this.#finishWhole()
    const { pass, last } = this.#watch.finish()
    this.#pass(pass)
    const { facts } = this.#watch
    // Some providers leave `[DONE]` out; a stream that said why it finished is whole all the same.
    if (last || facts.finishReason || facts.usage) this.#finishStream(last)
    else this.fail(new AppError('provider-failed', 'The provider ended the stream before the answer was complete.'))
  }

  fail(error: AppError): void {
    if (this.#ended) return
    const { response } = this.#options
    this.#finish({ status: 'error', errorType: errorTypeOf(error), message: error.message, httpStatus: error.status }, () => {
      if (response.destroyed) return
      if (!response.headersSent) return this.sendError(error)
      response.end(`data: ${JSON.stringify(openaiError(error))}\n\n`)
    })
  }

  /** An error of our own in place of an answer. */
  sendError(error: AppError): void {
    const { response } = this.#options
    const body = JSON.stringify(openaiError(error))
    const retryAfter = error.retryAfterSeconds === undefined ? [] : ['retry-after', String(error.retryAfterSeconds)]
    response.writeHead(error.status, [
      'content-type',
      'application/json',
      'content-length',
      String(Buffer.byteLength(body)),
      ...retryAfter,
      ...ownHeaders(this.#facts()),
    ])
    response.end(body)
  }

  #pass(bytes: Buffer): void {
    if (bytes.length === 0) return
    const { response, startedAt } = this.#options
    if (this.#firstTokenMs === null && this.#watch.facts.hasContent)
      this.#firstTokenMs = Math.round((performance.now() - startedAt) * 1000) / 1000
    if (!response.headersSent) this.#startStream()
    if (!response.write(bytes)) this.call?.pause()
  }

  #startStream(): void {
    const { response } = this.#options
    const headers = answerHeaders(this.#headers, this.#facts())
    if (!('cache-control' in this.#headers)) headers.push('cache-control', 'no-cache')
    headers.push('x-accel-buffering', 'no')
    response.writeHead(this.#status, headers)
  }

  #finishStream(last: Buffer | undefined): void {
    const { response } = this.#options
    this.#held = last
    const { facts } = this.#watch
    const failure =
      facts.error && !facts.finishReason
        ? { status: 'error' as const, errorType: 'upstream_error', message: facts.error }
        : { status: 'ok' as const, errorType: '', message: '' }
    this.#finish({ ...failure, httpStatus: this.#status, model: facts.model, finishReason: facts.finishReason, usage: facts.usage }, () => {
      if (response.destroyed) return
      if (!response.headersSent) this.#startStream()
      response.end(this.#held)
    })
  }

  #finishWhole(): void {
    const { response } = this.#options
    const body = this.#kept.length === 1 && this.#kept[0] ? this.#kept[0] : Buffer.concat(this.#kept)
    if (this.#status === 401 || this.#status === 403) {
      // The caller's key is good; ours is not. The body may quote the key, so it stays here.
      this.#kept.length = 0
      return this.fail(new AppError('provider-auth', `The provider refused the configured credentials (${this.#status}).`))
    }
    const facts = wholeFacts(body)
    const garbled = this.#status < 400 && !facts.isJson
    const ok = this.#status < 400 && !garbled
    const outcome = {
      status: (ok ? 'ok' : 'error') as SpanStatus,
      errorType: ok ? '' : garbled ? 'invalid_response' : statusErrorType(this.#status),
      message: ok ? '' : garbled ? 'The provider answered with something that is not JSON.' : facts.error || `status ${this.#status}`,
      httpStatus: this.#status,
      ...facts,
    }
    this.#finish(outcome, (end) => {
      if (response.destroyed) return
      const headers = answerHeaders(this.#headers, { ...this.#facts(), cost: ok ? end.cost : null })
      headers.push('content-length', String(body.length))
      response.writeHead(this.#status, headers)
      response.end(body)
    })
  }

  #clientClosed(): void {
    if (this.#ended) return
    const { facts } = this.#watch
    this.#finish(
      {
        status: 'aborted',
        errorType: 'client_closed',
        message: 'The client hung up.',
        httpStatus: 499,
        model: facts.model,
        finishReason: facts.finishReason,
        usage: facts.usage,
      },
      () => {},
    )
    this.call?.abort()
  }

  #finish(outcome: Outcome, send: (end: CallEnd) => void): void {
    this.#ended = true
    const { record, route, pricing, capture, onDone } = this.#options
    const model = outcome.model || route.model
    const at = Date.now()
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
      ...priceAnswer({ raw: outcome.usage, route, model, pricing, at }),
      attempts: [
        {
          provider: route.provider.name,
          model: route.model,
          status: outcome.httpStatus,
          ms: Math.round(performance.now() - this.#options.startedAt),
          ...(outcome.message && { error: outcome.message }),
        },
      ],
      responseBytes: this.#bytes,
      sse: this.#isStream,
      truncated: this.#keptBytes > capture.maxBytes,
    }
    const body = capture.content ? cut(this.#kept, capture.maxBytes) : []
    record.end(end, body, () => {
      send(end)
      onDone(end)
    })
  }

  /** Of a stream only as much as will be recorded. */
  #keep(chunk: Buffer): void {
    if (this.#options.capture.content && this.#keptBytes <= this.#options.capture.maxBytes) this.#kept.push(chunk)
    this.#keptBytes += chunk.length
  }

  #facts(): Facts {
    const { ids, route } = this.#options
    return { ids, provider: route.provider.name, model: route.model, attempts: 1 }
  }
}

type Outcome = {
  status: SpanStatus
  errorType: string
  message: string
  httpStatus: number
  model?: string
  finishReason?: string
  usage?: unknown
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

const STATUS_TYPES: Record<number, string> = {
  400: 'bad_request',
  401: 'auth',
  403: 'auth',
  404: 'not_found',
  408: 'timeout',
  413: 'too_large',
  422: 'bad_request',
  429: 'rate_limit',
  503: 'overloaded',
  529: 'overloaded',
}
const statusErrorType = (status: number): string => STATUS_TYPES[status] ?? (status >= 500 ? 'upstream_5xx' : 'upstream_4xx')
const CODE_TYPES: Partial<Record<AppError['code'], string>> = {
  'provider-timeout': 'timeout',
  'provider-auth': 'auth',
  'client-closed': 'client_closed',
  'disk-full': 'disk_full',
}
const errorTypeOf = (error: AppError): string => CODE_TYPES[error.code] ?? 'connection'
