import { AppError, type SpanStatus, type Usage } from '@signalbox/schema'
import { normaliseUsage } from '../pricing/normalise-usage.ts'
import type { Units } from '../pricing/rates.ts'
import type { Answer } from './answer.ts'
import type { Delivery, Head } from './delivery.ts'
import type { Door, Passthrough } from './doors.ts'
import { errorTypeOf, statusErrorType } from './error-types.ts'
import { classOfRefusal, type Failure, failureOf, waitsOf } from './failure.ts'
import { brokenAt } from './wire/broken-event.ts'
import type { WireRequest } from './wire/request.ts'
import { dataOf, type StreamWatch } from './wire/watch.ts'

export type PassthroughOptions = {
  delivery: Delivery
  /** The client's dialect, for errors of our own. */
  door: Door
  passthrough: Passthrough
  request: WireRequest
  hideUsage: boolean
  /** The client wants its stream as a JSON array, which the provider writes. */
  asArray: boolean
}

/** The way of an answer whose client speaks the provider's dialect: bytes pass as they come, what they say is learnt on the way. */
export class PassthroughAnswer implements Answer {
  readonly #options: PassthroughOptions
  readonly #delivery: Delivery
  readonly #watch: StreamWatch
  #failed = false
  #streams = false
  /** Bytes that are passed and not kept. */
  #isMedia = false
  #type = ''
  #status = 0
  #headers: Record<string, string | string[] | undefined> = {}

  constructor(options: PassthroughOptions) {
    this.#options = options
    this.#delivery = options.delivery
    this.#watch = options.passthrough.watch({ hideUsage: options.hideUsage })
  }

  head(status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status
    this.#headers = headers
    this.#type = String(headers['content-type'] ?? '')
    const { passthrough, request, asArray } = this.#options
    // Some servers forget to say that it is a stream.
    const isEvents = this.#type.startsWith('text/event-stream') || (request.stream && this.#type === '' && !asArray)
    const { media } = passthrough
    this.#isMedia = status < 300 && media !== undefined && (media === 'file' || !IS_TEXT.test(this.#type))
    // Speech is a stream of events by `stream_format`, not by `stream`.
    this.#streams = status < 300 && (this.#isMedia || ((request.stream || media !== undefined) && (isEvents || asArray)))
    this.#delivery.isStream = this.#streams && isEvents && !this.#isMedia
  }

  data(chunk: Buffer): void {
    const delivery = this.#delivery
    if (this.#isOver) return
    delivery.bytes += chunk.length
    if (!this.#streams) return delivery.keep(chunk)
    if (this.#isMedia) return this.#passMedia(chunk)
    delivery.keepForRecord(chunk)
    const { pass, last } = this.#watch.push(chunk)
    const broken = this.#delivery.isStream ? brokenAt(pass) : -1
    if (broken !== -1) return this.#failBroken(pass.subarray(0, broken))
    // Nothing that follows an error makes an answer of it.
    if (this.#providerFailed) return this.#finishStream(Buffer.concat([pass, last ?? this.#rest()]))
    this.#pass(pass)
    if (last) this.#finishStream(last)
  }

  end(): void {
    if (this.#isOver) return
    if (!this.#streams) return this.#finishWhole()
    if (this.#isMedia) return this.#finishStream(undefined)
    const { pass: rest, last } = this.#watch.finish()
    const broken = this.#delivery.isStream ? brokenAt(rest) : -1
    const pass = broken === -1 ? rest : rest.subarray(0, broken)
    if (this.#providerFailed) return this.#finishStream(Buffer.concat([pass, last ?? NOTHING]))
    this.#pass(pass)
    if (this.#options.passthrough.isComplete(this.#watch.facts, { hasLast: last !== undefined, request: this.#options.request }))
      return this.#finishStream(last)
    if (last) this.#pass(last)
    this.fail(new AppError('provider-failed', 'The provider ended the stream before the answer was complete.'))
  }

  fail(error: AppError): void {
    this.#fail(error, { class: failureOf(error), status: this.#status })
  }

  /** An event that is no JSON: what stands before it still goes to a client that has had something already, and else another try may follow. */
  #failBroken(before: Buffer): void {
    if (this.#delivery.hasBegun) this.#pass(before)
    this.#fail(new AppError('provider-failed', 'The provider sent an event that is not JSON.'), {
      class: 'garbage',
      status: this.#status,
      errorType: 'invalid_response',
    })
  }

  get #isOver(): boolean {
    return this.#failed || this.#delivery.isOver
  }

  #fail(error: AppError, { errorType = errorTypeOf(error), ...what }: Omit<Failure, 'message' | 'deliver'> & { errorType?: string }): void {
    if (this.#isOver) return
    this.#failed = true
    const { door, asArray } = this.#options
    const inStream = () =>
      this.#isMedia ? undefined : asArray ? `,${JSON.stringify(door.encodeError(error).body)}]` : door.streamError(error)
    const { model, finishReason, usage, rawUsage } = this.known()
    this.#delivery.failed({
      ...what,
      message: error.message,
      deliver: () => this.#delivery.fail(error, { model, finishReason, usage, rawUsage, errorType, inStream }),
    })
  }

  #passMedia(chunk: Buffer): void {
    this.#delivery.pass(chunk, this.#head, true)
  }

  get #head(): Head {
    return { status: this.#status, headers: this.#headers }
  }

  #pass(bytes: Buffer): void {
    if (bytes.length > 0) this.#delivery.pass(bytes, this.#head, this.#watch.facts.hasContent)
  }

  /** The provider sent an error within its stream, in place of its end. */
  get #providerFailed(): boolean {
    const { error, finishReason } = this.#watch.facts
    return error !== '' && (finishReason === '' || finishReason === 'error')
  }

  /** What the watch has held back. */
  #rest(): Buffer {
    const { pass, last } = this.#watch.finish()
    return last ? Buffer.concat([pass, last]) : pass
  }

  #finishStream(last: Buffer | undefined): void {
    const message = this.#watch.facts.error
    const failure = this.#providerFailed
      ? { status: 'error' as const, errorType: 'upstream_error', message }
      : { status: 'ok' as const, errorType: '', message: '' }
    const finish = () =>
      this.#delivery.finish({ ...failure, httpStatus: this.#status, ...this.known() }, () => this.#delivery.endStream(last, this.#head))
    if (failure.status === 'ok') return finish()
    this.#failed = true
    const body = errorIn(last)
    this.#delivery.failed({
      class: classOfRefusal({ status: 502, message, ...(body && { body }) }),
      status: this.#status,
      message,
      deliver: finish,
    })
  }

  #finishWhole(): void {
    const status = this.#status
    const body = this.#delivery.body()
    const { isJson, error, usage, ...facts } = this.#options.passthrough.wholeFacts(body)
    const waits = status < 400 ? {} : waitsOf({ headers: this.#headers, body })
    if (status === 401 || status === 403) {
      // The caller's key is good; ours is not. The body may quote the key, so it stays here.
      this.#delivery.forget()
      return this.#fail(new AppError('provider-auth', `The provider refused the configured credentials (${status}).`), {
        // Some vendors say 403 where there is no money, or where a rule of theirs forbids it.
        class: classOfRefusal({ status, message: error, body }),
        status,
        ...waits,
      })
    }
    const { media } = this.#options.passthrough
    if (status < 400 && !isJson && (media === undefined || IS_JSON.test(this.#type))) {
      // With its status it would look like an answer: a client that waits for a stream takes a page of HTML for an empty one.
      return this.#fail(new AppError('provider-failed', 'The provider answered with something that is not JSON.'), {
        class: 'garbage',
        status,
        errorType: 'invalid_response',
      })
    }
    const ok = status < 400
    const outcome = {
      status: (ok ? 'ok' : 'error') as SpanStatus,
      errorType: ok ? '' : statusErrorType(status),
      message: ok ? '' : error || `status ${status}`,
      httpStatus: status,
      ...facts,
      usage: this.#usage(usage),
      rawUsage: usage,
      units: ok ? this.#units(usage) : undefined,
    }
    const { headers } = this.#head
    const finish = () =>
      this.#delivery.finish(outcome, (end) => this.#delivery.sendWhole(body, { status, headers, cost: ok ? end.cost : null }))
    if (ok) return finish()
    this.#failed = true
    const { message } = outcome
    this.#delivery.failed({ class: classOfRefusal({ status, message, body }), status, message, ...waits, deliver: finish })
  }

  /** What the answer has said of itself so far. */
  known() {
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

const NOTHING = Buffer.alloc(0)

/** The event with the error, among the last ones of a stream. */
function errorIn(last: Buffer | undefined): Buffer | undefined {
  const events = last?.toString('utf8').split(/\r?\n\r?\n/) ?? []
  const found = events.findLast((event) => event.includes('"error"'))
  const data = found && dataOf(found)
  return data ? Buffer.from(data) : undefined
}
