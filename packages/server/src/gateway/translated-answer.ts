import { AppError, type Usage } from '@signalbox/schema'
import { Delivery, type DeliveryOptions } from './delivery.ts'
import { errorTypeOf, statusErrorType } from './error-types.ts'
import { ProviderRefusal } from './provider-refusal.ts'
import type { Translation } from './translation.ts'
import type { UpstreamCall, UpstreamSink } from './upstream.ts'
import { EventStreamReader } from './wire/bedrock/event-stream.ts'
import type { AnswerDecoder, AnswerEncoder, ServerEvent } from './wire/codec.ts'
import { collect } from './wire/collect.ts'
import type { AnswerError, AnswerEvent } from './wire/language.ts'
import { ServerEventReader } from './wire/server-events.ts'

export type TranslatedOptions = DeliveryOptions & { translation: Translation; id: string }

type Headers = Record<string, string | string[] | undefined>
/** Reads the events of a provider's stream from its bytes. */
type EventReader = { push(chunk: Buffer): ServerEvent[]; finish(): ServerEvent[] }

/**
 * The way of an answer whose provider speaks another dialect than its client: bytes become events, events become bytes.
 * A stream without the provider's own end never ends cleanly, and a whole answer is the same events, collected.
 */
export class TranslatedAnswer implements UpstreamSink {
  readonly #options: TranslatedOptions
  readonly #delivery: Delivery
  readonly #decoder: AnswerDecoder
  readonly #encoder: AnswerEncoder
  #reader: EventReader | undefined
  #status = 0
  #upstream: Headers = {}
  /** The body of a whole answer, or of an error. */
  readonly #chunks: Buffer[] = []
  /** The events of an answer that the client wants whole. */
  readonly #events: AnswerEvent[] = []
  #model = ''
  #finishReason = ''
  #usage: Usage | undefined
  #rawUsage: unknown

  constructor(options: TranslatedOptions) {
    const { call, outbound, inbound } = options.translation
    this.#options = options
    // Where the provider does not name its model, the one that was asked of it is named.
    this.#decoder = outbound.decodeAnswer({ ...call, model: options.route.model })
    this.#encoder = inbound.encodeAnswer(call, { id: options.id })
    this.#delivery = new Delivery(options, () => this.#known())
  }

  get isOver(): boolean {
    return this.#delivery.isOver
  }

  set call(call: UpstreamCall) {
    this.#delivery.call = call
  }

  head(status: number, headers: Headers): void {
    this.#status = status
    this.#upstream = headers
    if (status >= 300) return
    const type = String(headers['content-type'] ?? '')
    if (type.startsWith('application/vnd.amazon.eventstream')) this.#reader = new EventStreamReader()
    // Some servers forget to say that it is a stream, and some answer whole where a stream was asked for.
    else if (type.startsWith('text/event-stream') || (this.#options.translation.call.stream && !type.startsWith('application/json')))
      this.#reader = new ServerEventReader()
  }

  data(chunk: Buffer): void {
    if (this.#delivery.isOver) return
    if (this.#reader) this.#decode(this.#reader.push(chunk))
    else this.#chunks.push(chunk)
  }

  end(): void {
    if (this.#delivery.isOver) return
    if (this.#status >= 300) return this.#refuse()
    if (this.#reader) {
      this.#decode(this.#reader.finish())
      if (!this.#delivery.isOver) this.#take(this.#decoder.finish())
      return this.fail(new AppError('provider-failed', 'The provider ended the stream before the answer was complete.'))
    }
    const body = parse(Buffer.concat(this.#chunks))
    if (body === undefined)
      return this.#fail(new AppError('provider-failed', 'The provider answered with something that is not JSON.'), 'invalid_response')
    this.#take(this.#decoder.whole(body))
    this.#fail(
      new AppError('provider-failed', 'The provider answered with something that is no answer of its dialect.'),
      'invalid_response',
    )
  }

  fail(error: AppError): void {
    this.#fail(error, errorTypeOf(error))
  }

  /** Does nothing where the answer is over. */
  #fail(error: AppError, errorType: string): void {
    const meant: AnswerError = { message: error.message, status: error.status, code: error.code.replaceAll('-', '_') }
    this.#delivery.fail(error, { ...this.#known(), errorType, inStream: () => this.#say(this.#encoder.fail(meant)) })
  }

  #decode(events: readonly ServerEvent[]): void {
    for (const event of events) {
      if (this.#delivery.isOver) return
      this.#take(this.#decoder.push(event))
    }
  }

  /** Translates events up to the one that ends the answer. */
  #take(events: readonly AnswerEvent[]): void {
    let text = ''
    let hasContent = false
    for (const event of events) {
      if (event.type === 'error') {
        if (text) this.#send(text, hasContent)
        return this.#providerError(event.error)
      }
      this.#learn(event)
      // Codecs have no clock.
      if (event.type === 'start') event.createdAt ??= Math.floor(Date.now() / 1000)
      if (!this.#options.translation.call.stream) {
        this.#events.push(event)
        if (event.type === 'end') return this.#finishWhole()
        continue
      }
      if (event.type === 'end') {
        if (text) this.#send(text, hasContent)
        return this.#finishStream(this.#encoder.push(event))
      }
      hasContent ||= isContent(event)
      text += this.#encoder.push(event)
    }
    if (text) this.#send(text, hasContent)
  }

  #learn(event: AnswerEvent): void {
    if (event.type === 'start') this.#model = event.model
    else if (event.type === 'usage') {
      this.#usage = event.usage
      this.#rawUsage = event.raw
    } else if (event.type === 'finish') this.#finishReason ||= event.native || event.reason
  }

  #send(text: string, hasContent: boolean): void {
    if (hasContent) this.#delivery.firstToken()
    if (!this.#delivery.hasBegun) this.#startStream()
    this.#delivery.write(this.#say(text))
  }

  #startStream(): void {
    this.#delivery.isStream = true
    this.#delivery.startStream(200, this.#headers('text/event-stream; charset=utf-8'))
  }

  /** Counts what goes to the client, and keeps it for the record. */
  #say(text: string): Buffer {
    const bytes = Buffer.from(text)
    this.#delivery.bytes += bytes.length
    this.#delivery.keepForRecord(bytes)
    return bytes
  }

  #finishStream(last: string): void {
    this.#delivery.isStream = true
    const bytes = this.#say(last)
    this.#delivery.finish({ ...SUCCESS, httpStatus: this.#status, ...this.#known() }, () =>
      this.#delivery.endStream(bytes, { status: 200, headers: this.#headers('text/event-stream; charset=utf-8') }),
    )
  }

  #finishWhole(): void {
    const body = this.#say(JSON.stringify(this.#encoder.whole(collect(this.#events))))
    this.#delivery.finish({ ...SUCCESS, httpStatus: this.#status, ...this.#known() }, ({ cost }) =>
      this.#delivery.sendWhole(body, { status: 200, headers: this.#headers('application/json'), cost }),
    )
  }

  /** The provider gave up within its answer: before the first byte that is still a status. */
  #providerError(error: AnswerError): void {
    this.#delivery.call?.abort()
    this.#delivery.fail(new ProviderRefusal({ status: 502, ...error }), {
      ...this.#known(),
      errorType: 'upstream_error',
      inStream: () => this.#say(this.#encoder.fail(error)),
    })
  }

  #refuse(): void {
    const status = this.#status
    // The caller's key is good; ours is not. The body may quote the key, so it stays here.
    if (status === 401 || status === 403)
      return this.fail(new AppError('provider-auth', `The provider refused the configured credentials (${status}).`))
    const bytes = Buffer.concat(this.#chunks)
    const body = parse(bytes)
    // A redirect is nothing that a client could follow.
    const meant = status < 400 ? 502 : status
    const { outbound } = this.#options.translation
    const said = outbound.decodeError(status, body ?? bytes.toString('utf8').slice(0, 2000))
    const retryAfter = Number(this.#upstream['retry-after'] ?? Number.NaN)
    this.#fail(
      new ProviderRefusal({ ...said, status: meant }, Number.isFinite(retryAfter) ? retryAfter : undefined),
      statusErrorType(status),
    )
  }

  /** The provider's own headers, without what says how its body was written. */
  #headers(contentType: string): Headers {
    const headers: Headers = { 'content-type': contentType }
    for (const name in this.#upstream) if (!name.startsWith('content-') && !(name in headers)) headers[name] = this.#upstream[name]
    return headers
  }

  #known(): { model: string; finishReason: string; usage: Usage | undefined; rawUsage: unknown } {
    return { model: this.#model, finishReason: this.#finishReason, usage: this.#usage, rawUsage: this.#rawUsage }
  }
}

const SUCCESS = { status: 'ok', errorType: '', message: '' } as const

/** Something that a reader can see: the opening of an empty block is not. */
const isContent = (event: AnswerEvent): boolean =>
  event.type === 'text' || event.type === 'arguments' || (event.type === 'block' && event.block.type === 'tool-call')

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
