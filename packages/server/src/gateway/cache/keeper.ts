import type { CallEnd, CallStart } from '@signalbox/schema'
import type { Form, KeptAnswer } from './kept-answer.ts'

/** What a delivery tells of the bytes that reach the client. */
export type Keeper = {
  /** The answer has begun. */
  head(status: number, contentType: string): void
  /** A piece of a stream. */
  piece(bytes: Buffer | string): void
  /** A whole answer. What comes back goes to the client; undefined where the answer is none. */
  whole(body: Buffer): Buffer | undefined
  /** All of it was passed on. */
  complete(): void
  /** How the call ended, after everything else. */
  ended(end: CallEnd): void
}

/** Longer answers are not kept. */
export const MOST_KEPT_BYTES = 4 << 20
/** An answer with one of these says that it is none, whatever its status. */
const NOT_GOOD = /^(failed|error|cancelled|in_progress|queued)$/

/** Collects an answer, and hands it to `done` when the call is over: undefined where it must not be given again. */
export class Collector implements Keeper {
  readonly #form: Form
  readonly #start: Pick<CallStart, 'spanId' | 'traceId'>
  readonly #done: (kept: KeptAnswer | undefined, why: 'ok' | 'aborted' | 'failed') => void
  readonly #startedAt = performance.now()
  #status = 0
  #type = ''
  #isWhole = false
  #isComplete = false
  #chunks: Buffer[] = []
  #pieces: [number, number][] = []
  #bytes = 0
  #firstAt = 0

  constructor(
    form: Form,
    start: Pick<CallStart, 'spanId' | 'traceId'>,
    done: (kept: KeptAnswer | undefined, why: 'ok' | 'aborted' | 'failed') => void,
  ) {
    this.#form = form
    this.#start = start
    this.#done = done
  }

  head(status: number, contentType: string): void {
    this.#status = status
    this.#type = contentType
  }

  piece(bytes: Buffer | string): void {
    const chunk = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    if (chunk.length === 0) return
    this.#bytes += chunk.length
    if (this.#bytes > MOST_KEPT_BYTES) {
      this.#chunks = []
      this.#pieces = []
      return
    }
    const now = performance.now()
    this.#firstAt ||= now
    this.#chunks.push(chunk)
    this.#pieces.push([chunk.length, Math.round(now - this.#firstAt)])
  }

  whole(body: Buffer): Buffer {
    this.#isWhole = true
    this.#bytes = body.length
    if (body.length <= MOST_KEPT_BYTES) this.#chunks = [body]
    return body
  }

  complete(): void {
    this.#isComplete = true
  }

  ended(end: CallEnd): void {
    const isGood = end.status === 'ok' && this.#status >= 200 && this.#status < 300 && !NOT_GOOD.test(end.finishReason)
    const why = end.status === 'aborted' ? 'aborted' : isGood ? 'ok' : 'failed'
    if (!isGood || !this.#isComplete || this.#bytes > MOST_KEPT_BYTES) return this.#done(undefined, why)
    const last = end.attempts.at(-1)
    const [first] = this.#chunks
    this.#done(
      {
        form: this.#isWhole ? 'whole' : this.#form,
        type: this.#type,
        status: this.#status,
        body: first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks),
        pieces: this.#pieces,
        provider: end.provider,
        target: last?.model ?? end.model,
        model: end.model,
        finishReason: end.finishReason,
        usage: end.usageSource === 'provider' ? end.usage : null,
        cost: end.cost,
        ms: Math.round(performance.now() - this.#startedAt),
        span: this.#start.spanId,
        trace: this.#start.traceId,
        at: Date.now(),
      },
      'ok',
    )
  }
}
