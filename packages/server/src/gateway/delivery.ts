import type { ServerResponse } from 'node:http'
import {
  AppError,
  type AttemptRecord,
  type CacheRecord,
  type CallEnd,
  type FailureClass,
  type RouteDecision,
  type SpanStatus,
  type Usage,
  type UsageSource,
} from '@signalbox/schema'
import type { RequestIds } from '../lib/request-ids.ts'
import type { Pricing } from '../pricing/price.ts'
import { providerCost } from '../pricing/provider-cost.ts'
import type { Units } from '../pricing/rates.ts'
import type { CallRecord } from '../tracing/call-record.ts'
import { answerHeaders, type Facts, ownHeaders } from './answer-headers.ts'
import type { Keeper } from './cache/keeper.ts'
import type { Door } from './doors.ts'
import type { Failure } from './failure.ts'
import { JsonArrayFraming } from './json-array.ts'
import { type Priced, priceAnswer, UNPRICED } from './price-answer.ts'
import type { Candidate } from './routing/router.ts'
import type { UpstreamCall } from './upstream.ts'

/** What is the same for every try of a call. */
export type DeliveryOptions = {
  response: ServerResponse
  ids: RequestIds
  record: CallRecord
  pricing: Pricing
  /** The client's dialect, for errors of our own. */
  door: Door
  startedAt: number
  capture: { content: boolean; maxBytes: number }
  /** How the target was chosen, for the record. */
  decision?: RouteDecision | undefined
  /** Further headers for the answer, as names and values in turn: limits and what is left of them. */
  limits?: readonly string[]
  cache?: CacheRecord | undefined
  /** Is told of the bytes that reach the client, to give them again. */
  keeper?: Keeper | undefined
  /** Where an answer came from that no try gave. */
  kept?: { provider: string; target: string } | undefined
  /** What is recorded when nobody is there any more; that the client hung up, where it is absent. */
  gone?: { errorType: string; message: string }
  onDone(end: CallEnd): void
}

const HUNG_UP = { errorType: 'client_closed', message: 'The client hung up.' }

/** One try at one target. */
export type Try = {
  candidate: Candidate
  /** Why it is made. */
  reason: string
  /** What the target cannot carry, for `x-signalbox-dropped`. */
  dropped: readonly string[]
  /** The client wants its stream as a JSON array that we have to write. */
  asArray: boolean
  /** The provider was asked for a stream. */
  stream: boolean
  /** Another try could follow: what says nothing yet is held back until there is content. */
  hold: boolean
  /** What is known of the answer so far. */
  known(): Partial<Outcome>
  /** What was used by our own count, where the provider's kind publishes how it counts. */
  counted?: (() => Usage) | undefined
  /** Called once: with the failure that another try may follow, or without one when the call is over. */
  settled(failure?: Failure): void
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
  /** Who counted `usage`: the provider, where it is absent. */
  usageSource?: UsageSource | undefined
  /** The usage as the provider wrote it, for the cost that it may name there. */
  rawUsage?: unknown
  /** What is charged where no tokens are counted. */
  units?: Units | undefined
  /** The content type of an answer that is not kept. */
  mediaType?: string | undefined
}

/** Of an answer: what the provider said. */
export type Head = { status: number; headers: Record<string, string | string[] | undefined> }

/** No prelude is held back longer, and no longer one: an answer that takes its time is one all the same. */
const HOLD_MS = 10_000
const HOLD_BYTES = 262_144
const ONE_PIECE = 8192

/**
 * What every answer has in common on its way to the client, whether its bytes pass or are translated: headers, backpressure,
 * the client that hangs up, what is kept for the record, and the one end, which is recorded before the last bytes leave.
 * It outlives the tries: until the first content leaves, a failed one can be followed by another.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #failed: AttemptRecord[] = []
  #try: Try | undefined
  #tryStartedAt = 0
  #framing: JsonArrayFraming | undefined
  #kept: Buffer[] = []
  #keptBytes = 0
  #held: (Buffer | string)[] = []
  #heldBytes = 0
  #holding: NodeJS.Timeout | undefined
  #firstTokenMs: number | null = null
  #ended = false
  #settled = false
  /** Of the try that has ended, where the call has not. */
  #failure: Failure | undefined
  #stopWaiting: (() => void) | undefined
  /** When the first content left, on the clock of `performance`. */
  firstContentAt: number | undefined
  /** How the call ended, where it did not end well. */
  outcome: { class: FailureClass; status?: number } | 'aborted' | undefined
  /** What the answer used, once it is over. */
  usage: Usage | undefined
  /** Bytes of the answer, and whether they are a server-sent event stream. */
  bytes = 0
  isStream = false
  /** Bytes from the provider of this try, once it has begun to answer well. */
  came: number | undefined
  call: UpstreamCall | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
    const closed = () => this.#clientClosed()
    options.response.on('close', closed)
    options.response.on('drain', () => this.call?.resume())
  }

  /** A try begins; what the one before it left is forgotten. */
  begin(next: Try): void {
    this.#try = next
    this.#tryStartedAt = performance.now()
    this.#settled = false
    this.#failure = undefined
    this.came = undefined
    this.#framing = next.asArray ? new JsonArrayFraming() : undefined
    this.#forgetAnswer()
    this.call = undefined
    if (this.#options.response.destroyed) this.#clientClosed()
  }

  /** Nothing more will be written: it was answered, or nobody is there to answer. */
  get isOver(): boolean {
    return this.#ended
  }

  get hasBegun(): boolean {
    return this.#options.response.headersSent
  }

  /** Something that a reader can see has left. */
  get hasContent(): boolean {
    return this.firstContentAt !== undefined
  }

  /** Tries so far, with this one. */
  get tries(): number {
    return this.#failed.length + (this.#try ? 1 : 0)
  }

  /** For a client that may have hung up before there was a delivery: then the call is over. */
  leaveIfGone(): void {
    if (this.#options.response.destroyed) this.#clientClosed()
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
    this.#kept = []
    this.#keptBytes = 0
  }

  /** Bytes of a stream. What comes before the first content is held back where another try could take the place of this one. */
  pass(bytes: Buffer | string, head: Head, hasContent: boolean): void {
    if (hasContent) this.#firstToken()
    if (!this.hasBegun) {
      if (!hasContent && this.#try?.hold && this.#heldBytes < HOLD_BYTES) {
        this.#held.push(bytes)
        this.#heldBytes += bytes.length
        this.#holding ??= setTimeout(() => this.#open(head), HOLD_MS).unref()
        return
      }
      this.#open(head)
    }
    this.#write(bytes)
  }

  /** A whole answer, with what it cost. */
  sendWhole(body: Buffer, { status, headers: upstream, cost }: Head & { cost: number | null }): void {
    const { response, keeper } = this.#options
    keeper?.head(status, String(upstream['content-type'] ?? ''))
    const given = keeper ? keeper.whole(body) : body
    keeper?.complete()
    if (response.destroyed) return
    if (!given) return this.#sendError(new AppError('provider-failed', 'The provider did not answer with one vector for each text.'))
    const headers = answerHeaders(upstream, { ...this.#facts(), cost, isFinal: status >= 400 && this.tries > 1 })
    headers.push('content-length', String(given.length))
    response.writeHead(status, headers)
    // A short text leaves in one piece with its head; bytes would be two, and gathering them costs more than this copy.
    if (given.length <= ONE_PIECE) response.end(given.toString('latin1'), 'latin1')
    else response.end(given)
  }

  /** The last bytes of a stream; its head as well where nothing went out before. */
  endStream(last: Buffer | string | undefined, head: Head): void {
    const { response } = this.#options
    if (response.destroyed) return
    if (!response.headersSent) this.#open(head)
    this.#end(last)
  }

  /** A try failed. Before the first bytes are out, the walk decides what follows; afterwards this is how the call ends. */
  failed(failure: Omit<Failure, 'usage' | 'cost'>): void {
    if (this.#ended || this.#failure) return
    // Whatever else it would say, nobody listens any more.
    this.call?.abort()
    if (this.hasBegun || !this.#try) {
      this.outcome = failure
      this.#failure = failure
      return failure.deliver()
    }
    const known = this.#withUsage({
      ...this.#try.known(),
      status: 'error',
      errorType: '',
      message: '',
      httpStatus: failure.status,
    })
    const { usage, usageSource, cost } = this.#price(known)
    // What is held back stays: it belongs to the answer if nothing follows.
    clearTimeout(this.#holding)
    const cameBytes = known.usage ? undefined : this.#unpaid(failure)
    this.#failure = { ...failure, ...(known.usage && { usage, usageSource, cost }), ...(cameBytes !== undefined && { cameBytes }) }
    this.#settle(this.#failure)
  }

  /** The failed try is followed by another one. */
  moveOn(): void {
    if (!this.#failure) return
    const { message, status, usage, usageSource = 'provider', cost = null } = this.#failure
    const record = this.#attempt({ httpStatus: status, message, usage })
    if (record) this.#failed.push({ ...record, ...(usage && { usage, cost, ...(usageSource !== 'provider' && { usageSource }) }) })
    this.#try = undefined
    this.#failure = undefined
  }

  /** Passes the time between two tries. It is over at once when the client hangs up. */
  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#stopWaiting = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#ended) this.#stopWaiting()
    })
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
    // What was held back of an answer is no part of this one.
    if (!headersSent) this.#forgetAnswer()
    this.finish({ ...known, status: 'error', errorType, message: error.message, httpStatus: error.status }, () => {
      if (response.destroyed) return
      if (!headersSent) this.#sendError(error)
      else if (last === undefined) response.destroy()
      else this.#end(last)
    })
  }

  /** The one end: `send` writes the last bytes when the record is written. */
  finish(ended: Outcome, send: (end: CallEnd) => void): void {
    if (this.#ended) return
    this.#ended = true
    const outcome = this.#withUsage(ended)
    this.usage = outcome.usage
    clearTimeout(this.#holding)
    const { record, capture, onDone, door, decision, cache, keeper, kept } = this.#options
    const { candidate, dropped = [] } = this.#try ?? {}
    const attempt = this.#attempt(outcome)
    const charged = providerCost(outcome.rawUsage)
    const end: CallEnd = {
      v: 1,
      status: outcome.status,
      errorType: outcome.errorType,
      statusMessage: outcome.message,
      httpStatus: outcome.httpStatus,
      endedAt: Math.round((performance.timeOrigin + performance.now()) * 1000),
      firstTokenMs: this.#firstTokenMs,
      provider: candidate?.provider.name ?? kept?.provider ?? '',
      model: outcome.model || (candidate?.model ?? ''),
      finishReason: outcome.finishReason ?? '',
      ...this.#price(outcome),
      ...(door.charge && { cost: door.charge.cost, costReason: door.charge.reason }),
      attempts: attempt ? [...this.#failed, attempt] : this.#failed,
      responseBytes: this.bytes,
      sse: this.isStream,
      truncated: this.#keptBytes > capture.maxBytes,
      ...(dropped.length > 0 && { dropped: [...dropped] }),
      ...(outcome.units && { units: outcome.units }),
      ...(outcome.mediaType !== undefined && { mediaType: outcome.mediaType }),
      ...(charged !== undefined && { providerCostUsd: charged }),
      ...(decision && { route: decision }),
      ...(cache && { cache }),
      ...(isFromCache(cache)
        ? { cost: 0, costReason: 'The answer came from the cache.' }
        : !attempt && this.#failed.length === 0 && { cost: 0, costReason: 'No provider was asked.' }),
    }
    const body = capture.content ? cut(this.#kept, capture.maxBytes) : []
    record.end(end, body, () => {
      send(end)
      keeper?.ended(end)
      onDone(end)
    })
    this.#settle()
  }

  /** Where the provider did not tell its usage. */
  #withUsage(outcome: Outcome): Outcome {
    if (outcome.usage) return outcome
    // What it had told before it failed.
    const told = this.#failure?.usage
    if (told) return { ...outcome, usage: told, usageSource: this.#failure?.usageSource }
    const usage = this.#try?.counted?.()
    return usage ? { ...outcome, usage, usageSource: 'estimated' } : outcome
  }

  /** Of a failed try that may be charged although its provider did not say for what: how much of an answer came. */
  #unpaid({ class: what }: Pick<Failure, 'class'>): number | undefined {
    if (this.came === undefined || !this.#options.door.codec) return undefined
    // Before the first content a stream has said nothing, and a page of HTML is no answer.
    return !this.hasContent && (this.#try?.stream || what === 'garbage') ? 0 : this.came
  }

  /** Everything that a try has said. */
  #forgetAnswer(): void {
    this.#dropHeld()
    this.forget()
    this.#firstTokenMs = null
    this.firstContentAt = undefined
    this.bytes = 0
    this.isStream = false
  }

  /** Of each try once. */
  #settle(failure?: Failure): void {
    if (this.#settled) return
    this.#settled = true
    this.#try?.settled(failure)
  }

  #price(outcome: Outcome): Priced {
    const candidate = this.#try?.candidate
    if (!candidate) return this.#failed.length > 0 ? NOTHING_MORE : UNPRICED
    const { usage, usageSource, units } = outcome
    const model = outcome.model || candidate.model
    return priceAnswer({ usage, usageSource, units, route: candidate, model, pricing: this.#options.pricing, at: Date.now() })
  }

  #attempt({ httpStatus, message, usage }: Pick<Outcome, 'httpStatus' | 'message' | 'usage'>): AttemptRecord | undefined {
    if (!this.#try) return undefined
    const { candidate, reason } = this.#try
    const cameBytes = this.#failure && !usage ? this.#unpaid(this.#failure) : undefined
    return {
      provider: candidate.provider.name,
      model: candidate.model,
      // The provider's, not what the client is told.
      status: this.#failure?.status ?? httpStatus,
      ms: Math.round(performance.now() - this.#tryStartedAt),
      startedAt: Math.round((performance.timeOrigin + this.#tryStartedAt) * 1000),
      ...(reason && { reason }),
      ...(message && { error: message }),
      ...(this.#failure && { failure: this.#failure.class }),
      ...(candidate.key !== undefined && { key: candidate.key }),
      ...(cameBytes !== undefined && { cameBytes }),
    }
  }

  /** The first time counts. */
  #firstToken(): void {
    if (this.firstContentAt !== undefined) return
    this.firstContentAt = performance.now()
    this.#firstTokenMs = Math.round((this.firstContentAt - this.#options.startedAt) * 1000) / 1000
  }

  /** From here on the answer is this one. */
  #open({ status, headers: upstream }: Head): void {
    if (this.#ended && this.hasBegun) return
    const headers = answerHeaders(this.#framing ? { ...upstream, 'content-type': 'application/json' } : upstream, this.#facts())
    if (!('cache-control' in upstream)) headers.push('cache-control', 'no-cache')
    this.#options.keeper?.head(status, this.#framing ? 'application/json' : String(upstream['content-type'] ?? ''))
    headers.push('x-accel-buffering', 'no')
    this.#options.response.writeHead(status, headers)
    const held = this.#held
    this.#dropHeld()
    for (const bytes of held) this.#write(bytes)
  }

  #dropHeld(): void {
    clearTimeout(this.#holding)
    this.#holding = undefined
    this.#heldBytes = 0
    if (this.#held.length > 0) this.#held = []
  }

  #write(bytes: Buffer | string): void {
    const framed = this.#framing ? this.#framing.push(bytes) : bytes
    this.#options.keeper?.piece(framed)
    if (!this.#options.response.write(framed)) this.call?.pause()
  }

  #sendError(error: AppError): void {
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
      ...ownHeaders({ ...this.#facts(), isFinal: this.tries > 1 }),
    ])
    response.end(text)
  }

  #end(last: Buffer | string | undefined): void {
    const { response, keeper } = this.#options
    const framed = this.#framing ? this.#framing.push(last ?? '') + this.#framing.end() : last
    if (framed !== undefined) keeper?.piece(framed)
    keeper?.complete()
    response.end(framed)
  }

  #clientClosed(): void {
    if (this.#ended) return
    // Between two tries the client leaves none of them: the last one had failed by itself.
    if (this.#failure && !this.hasBegun) this.moveOn()
    const outcome = { status: 'aborted', ...(this.#options.gone ?? HUNG_UP), httpStatus: 499 } as const
    this.outcome = 'aborted'
    this.finish({ ...this.#try?.known(), ...outcome }, () => {})
    this.call?.abort()
    this.#stopWaiting?.()
  }

  #facts(): Facts {
    const { ids, cache, limits, kept } = this.#options
    const { candidate, dropped } = this.#try ?? {}
    return {
      ids,
      provider: candidate?.provider.name ?? kept?.provider ?? '',
      model: candidate?.model ?? kept?.target ?? '',
      attempts: this.tries,
      dropped: dropped ?? [],
      cache: cache?.status ?? 'off',
      ...(limits && { limits }),
    }
  }
}

/** Of a call that ended between two tries: what they used stands with them. */
const NOTHING_MORE: Priced = { ...UNPRICED, usageSource: 'estimated', cost: 0 }

const isFromCache = (cache: CacheRecord | undefined): boolean => cache !== undefined && cache.status !== 'miss'

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
