import { AppError, type Usage } from '@signalbox/schema'
import type { Answer } from './answer.ts'
import type { Delivery, Head } from './delivery.ts'
import { errorTypeOf } from './error-types.ts'
import { failureOf } from './failure.ts'
import { classOf } from './provider-error-class.ts'
import { ProviderRefusal, type Refusal, refusalOf } from './provider-refusal.ts'
import type { Translation } from './translation.ts'
import { EventStreamReader } from './wire/bedrock/event-stream.ts'
import type { AnswerDecoder, AnswerEncoder, ServerEvent } from './wire/codec.ts'
import { collect } from './wire/collect.ts'
import type { AnswerError, AnswerEvent } from './wire/language.ts'
import { ServerEventReader } from './wire/server-events.ts'

export type TranslatedOptions = {
  delivery: Delivery
  translation: Translation
  /** Of the target; named where the provider does not name one. */
  model: string
  /** Names the answer where the provider does not. */
  id: string
}

type Headers = Record<string, string | string[] | undefined>
/** Reads the events of a provider's stream from its bytes. */
type EventReader = { push(chunk: Buffer): ServerEvent[]; finish(): ServerEvent[] }

/**
 * The way of an answer whose provider speaks another dialect than its client: bytes become events, events become bytes.
 * A stream without the provider's own end never ends cleanly, and a whole answer is the same events, collected.
 */
export class TranslatedAnswer implements Answer {
  readonly #options: TranslatedOptions
  readonly #delivery: Delivery
  readonly #decoder: AnswerDecoder
  readonly #encoder: AnswerEncoder
  #failed = false
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
    this.#delivery = options.delivery
    this.#decoder = outbound.decodeAnswer({ ...call, model: options.model })
    this.#encoder = inbound.encodeAnswer(call, { id: options.id })
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
    if (this.#isOver) return
    if (this.#reader) this.#decode(this.#reader.push(chunk))
    else this.#chunks.push(chunk)
  }

  end(): void {
    if (this.#isOver) return
    if (this.#status >= 300) return this.#refuse()
    if (this.#reader) {
      this.#decode(this.#reader.finish())
      if (!this.#isOver) this.#take(this.#decoder.finish())
      return this.fail(new AppError('provider-failed', 'The provider ended the stream before the answer was complete.'))
    }
    const body = parse(Buffer.concat(this.#chunks))
    if (body !== undefined) this.#take(this.#decoder.whole(body))
    const what = body === undefined ? 'something that is not JSON' : 'something that is no answer of its dialect'
    this.#fail(new AppError('provider-failed', `The provider answered with ${what}.`), {
      errorType: 'invalid_response',
      class: 'garbage',
      status: this.#status,
    })
  }

  fail(error: AppError): void {
    this.#fail(error, { errorType: errorTypeOf(error), class: failureOf(error), status: this.#status })
  }

  get #isOver(): boolean {
    return this.#failed || this.#delivery.isOver
  }

  /** Does nothing where the answer is over. */
  #fail(error: AppError, { errorType, ...what }: Refusal): void {
    if (this.#isOver) return
    this.#failed = true
    const meant: AnswerError = { message: error.message, status: error.status, code: error.code.replaceAll('-', '_') }
    const inStream = () => this.#say(this.#encoder.fail(meant))
    const deliver = () => this.#delivery.fail(error, { ...this.known(), errorType, inStream })
    this.#delivery.failed({ ...what, message: error.message, deliver })
  }

  #decode(events: readonly ServerEvent[]): void {
    for (const event of events) {
      if (this.#isOver) return
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
    this.#delivery.isStream = true
    this.#delivery.pass(this.#say(text), this.#streamHead, hasContent)
  }

  get #streamHead(): Head {
    return { status: 200, headers: this.#headers('text/event-stream; charset=utf-8') }
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
    this.#delivery.finish({ ...SUCCESS, httpStatus: this.#status, ...this.known() }, () =>
      this.#delivery.endStream(bytes, this.#streamHead),
    )
  }

  #finishWhole(): void {
    const body = this.#say(JSON.stringify(this.#encoder.whole(collect(this.#events))))
    this.#delivery.finish({ ...SUCCESS, httpStatus: this.#status, ...this.known() }, ({ cost }) =>
      this.#delivery.sendWhole(body, { status: 200, headers: this.#headers('application/json'), cost }),
    )
  }

  /** The provider gave up within its answer: before the first byte that is still a status. */
  #providerError(error: AnswerError): void {
    const { call } = this.#delivery
    this.#failed = true
    const inStream = () => this.#say(this.#encoder.fail(error))
    this.#delivery.failed({
      class: classOf(error),
      status: error.status ?? this.#status,
      message: error.message,
      deliver: () =>
        this.#delivery.fail(new ProviderRefusal({ status: 502, ...error }), { ...this.known(), errorType: 'upstream_error', inStream }),
    })
    // Afterwards: an abort comes back at once as a failure of its own, and the first one counts.
    call?.abort()
  }

  #refuse(): void {
    const { decodeError } = this.#options.translation.outbound
    const bytes = Buffer.concat(this.#chunks)
    this.#fail(...refusalOf({ status: this.#status, headers: this.#upstream, bytes, decodeError }))
  }

  /** The provider's own headers, without what says how its body was written. */
  #headers(contentType: string): Headers {
    const headers: Headers = { 'content-type': contentType }
    for (const name in this.#upstream) if (!name.startsWith('content-') && !(name in headers)) headers[name] = this.#upstream[name]
    return headers
  }

  /** What the answer has said of itself so far. */
  known(): { model: string; finishReason: string; usage: Usage | undefined; rawUsage: unknown } {
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
