import { AppError } from '@signalbox/schema'
import type { Delivery } from './delivery.ts'
import type { UpstreamSink } from './upstream.ts'

/** Milliseconds; undefined is without end. */
export type Deadlines = {
  /** From the beginning of the try to the first content. */
  firstTokenMs?: number | undefined
  /** Between two pieces of the answer. */
  idleMs: number
  /** What is left for the call. */
  totalMs?: number | undefined
}

/**
 * Stands between a provider and its answer and holds the deadlines: what comes too late fails as `provider-timeout` and is given up.
 * The one of the whole call is `isFinal`: no other try may follow.
 */
export class Watchdog implements UpstreamSink {
  readonly #sink: UpstreamSink
  readonly #delivery: Delivery
  readonly #idleMs: number
  #idle: NodeJS.Timeout | undefined
  #firstToken: NodeJS.Timeout | undefined
  #total: NodeJS.Timeout | undefined
  #isOver = false
  isFinal = false

  constructor(sink: UpstreamSink, delivery: Delivery, { firstTokenMs, idleMs, totalMs }: Deadlines) {
    this.#sink = sink
    this.#delivery = delivery
    this.#idleMs = idleMs
    if (firstTokenMs !== undefined)
      this.#firstToken = setTimeout(() => this.#late(`The provider said nothing within ${firstTokenMs} ms.`), firstTokenMs)
    if (totalMs !== undefined) {
      this.#total = setTimeout(
        () => {
          this.isFinal = true
          this.#late('The time for the call is over.')
        },
        Math.max(1, totalMs),
      )
    }
  }

  head(status: number, headers: Record<string, string | string[] | undefined>): void {
    if (this.#isOver) return
    if (status < 300) this.#delivery.came = 0
    this.#idle = setTimeout(() => this.#late(`The provider said nothing more for ${this.#idleMs} ms.`), this.#idleMs)
    this.#sink.head(status, headers)
  }

  data(chunk: Buffer): void {
    if (this.#isOver) return
    this.#idle?.refresh()
    if (this.#delivery.came !== undefined) this.#delivery.came += chunk.length
    this.#sink.data(chunk)
    if (this.#firstToken && this.#delivery.hasContent) {
      clearTimeout(this.#firstToken)
      this.#firstToken = undefined
    }
  }

  end(): void {
    if (this.#isOver) return
    this.stop()
    this.#sink.end()
  }

  fail(error: AppError): void {
    if (this.#isOver) return
    this.stop()
    this.#sink.fail(error)
  }

  /** The try is over: nothing is passed on any more. */
  stop(): void {
    this.#isOver = true
    clearTimeout(this.#idle)
    clearTimeout(this.#firstToken)
    clearTimeout(this.#total)
  }

  #late(message: string): void {
    if (this.#isOver) return
    const { call } = this.#delivery
    this.fail(new AppError('provider-timeout', message))
    call?.abort()
  }
}
