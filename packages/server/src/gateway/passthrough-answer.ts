import { AppError, type SpanStatus, type Usage } from '@signalbox/schema'
import { normaliseUsage } from '../pricing/normalise-usage.ts'
import type { Units } from '../pricing/rates.ts'
import { Delivery, type DeliveryOptions } from './delivery.ts'
import type { Passthrough } from './doors.ts'
import { errorTypeOf, statusErrorType } from './error-types.ts'
import type { UpstreamCall, UpstreamSink } from './upstream.ts'
import type { WireRequest } from './wire/request.ts'
import type { StreamWatch } from './wire/watch.ts'

export type PassthroughOptions = DeliveryOptions & { passthrough: Passthrough; request: WireRequest; hideUsage: boolean }

/** The way of an answer whose client speaks the provider's dialect: bytes pass as they come, what they say is learnt on the way. */
export class PassthroughAnswer implements UpstreamSink {
  readonly #options: PassthroughOptions
  readonly #delivery: Delivery
  readonly #watch: StreamWatch
  #streams = false
  /** Bytes that are passed and not kept. */
  #isMedia = false
  #type = ''
  #hasContent = false
  #status = 0
  #headers: Record<string, string | string[] | undefined> = {}

  constructor(options: PassthroughOptions) {
    this.#options = options
    this.#watch = options.passthrough.watch({ hideUsage: options.hideUsage })
    // The provider writes the array itself.
    this.#delivery = new Delivery({ ...options, asArray: false }, () => this.#known())
  }

  get isOver(): boolean {
    return this.#delivery.isOver
  }

  set call(call: UpstreamCall) {
    this.#delivery.call = call
  }

  head(status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status
    this.#headers = headers
    this.#type = String(headers['content-type'] ?? '')
    const { passthrough, request, asArray } = this.#options
    const isEvents = this.#type.startsWith('text/event-stream')
    const { media } = passthrough
    this.#isMedia = status < 300 && media !== undefined && (media === 'file' || !IS_TEXT.test(this.#type))
    // Speech is a stream of events by `stream_format`, not by `stream`.
    this.#streams = status < 300 && (this.#isMedia || ((request.stream || media !== undefined) && (isEvents || asArray)))
    this.#delivery.isStream = this.#streams && isEvents && !this.#isMedia
  }

  data(chunk: Buffer): void {
    const delivery = this.#delivery
    if (delivery.isOver) return
    delivery.bytes += chunk.length
    if (!this.#streams) return delivery.keep(chunk)
    if (this.#isMedia) return this.#passMedia(chunk)
    delivery.keepForRecord(chunk)
    const { pass, last } = this.#watch.push(chunk)
    this.#pass(pass)
    if (last) this.#finishStream(last)
  }

  end(): void {
    if (this.#delivery.isOver) return
    if (!this.#streams) return this.#finishWhole()
    if (this.#isMedia) return this.#finishStream(undefined)
    const { pass, last } = this.#watch.finish()
    this.#pass(pass)
    if (this.#options.passthrough.isComplete(this.#watch.facts, last !== undefined)) return this.#finishStream(last)
    if (last) this.#pass(last)
    this.fail(new AppError('provider-failed', 'The provider ended the stream before the answer was complete.'))
  }

  fail(error: AppError): void {
    const { door, asArray } = this.#options
    const inStream = () =>
      this.#isMedia ? undefined : asArray ? `,${JSON.stringify(door.encodeError(error).body)}]` : door.streamError(error)
    this.#delivery.fail(error, { errorType: errorTypeOf(error), inStream })
  }

  #passMedia(chunk: Buffer): void {
    this.#delivery.firstToken()
    if (!this.#delivery.hasBegun) this.#delivery.startStream(this.#status, this.#headers)
    this.#delivery.write(chunk)
  }

  #pass(bytes: Buffer): void {
    if (bytes.length === 0) return
    if (!this.#hasContent && this.#watch.facts.hasContent) {
      this.#hasContent = true
      this.#delivery.firstToken()
    }
    if (!this.#delivery.hasBegun) this.#delivery.startStream(this.#status, this.#headers)
    this.#delivery.write(bytes)
  }

  #finishStream(last: Buffer | undefined): void {
    const { facts } = this.#watch
    const failure =
      facts.error && !facts.finishReason
        ? { status: 'error' as const, errorType: 'upstream_error', message: facts.error }
        : { status: 'ok' as const, errorType: '', message: '' }
    this.#delivery.finish({ ...failure, httpStatus: this.#status, ...this.#known() }, () =>
      this.#delivery.endStream(last, { status: this.#status, headers: this.#headers }),
    )
  }

  #finishWhole(): void {
    const status = this.#status
    if (status === 401 || status === 403) {
      // The caller's key is good; ours is not. The body may quote the key, so it stays here.
      this.#delivery.forget()
      return this.fail(new AppError('provider-auth', `The provider refused the configured credentials (${status}).`))
    }
    const body = this.#delivery.body()
    const { isJson, error, usage, ...facts } = this.#options.passthrough.wholeFacts(body)
    const { media } = this.#options.passthrough
    const garbled = status < 400 && !isJson && (media === undefined || IS_JSON.test(this.#type))
    const ok = status < 400 && !garbled
    const outcome = {
      status: (ok ? 'ok' : 'error') as SpanStatus,
      errorType: ok ? '' : garbled ? 'invalid_response' : statusErrorType(status),
      message: ok ? '' : garbled ? 'The provider answered with something that is not JSON.' : error || `status ${status}`,
      httpStatus: status,
      ...facts,
      usage: this.#usage(usage),
      rawUsage: usage,
      units: ok ? this.#units(usage) : undefined,
    }
    this.#delivery.finish(outcome, (end) => this.#delivery.sendWhole(body, { status, headers: this.#headers, cost: ok ? end.cost : null }))
  }

  #known() {
    const { model, finishReason, usage } = this.#watch.facts
    return {
      model,
      finishReason,
      usage: this.#usage(usage),
      rawUsage: usage,
      units: this.#status > 0 && this.#status < 300 ? this.#units(usage) : undefined,
      mediaType: this.#isMedia ? this.#type : undefined,
    }
  }

  #usage(raw: unknown): Usage | undefined {
    return raw ? normaliseUsage(raw, this.#options.passthrough.convention)?.usage : undefined
  }

  #units(usage: unknown): Units | undefined {
    const { passthrough, request } = this.#options
    return passthrough.units?.({ fields: request.fields ?? {}, usage })
  }
}

const IS_JSON = /^application\/([\w.-]+\+)?json\b/
/** What can be kept and shown. */
const IS_TEXT = /^(text\/|application\/([\w.-]+\+)?json\b)/
