import { setTimeout as sleep } from 'node:timers/promises'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
import type { Position } from './frame.ts'
import type { Journal } from './journal.ts'
import { type Batch, readBatch } from './read-batch.ts'
import { listSegments } from './segments.ts'

export type ShipperOptions = {
  journal: Journal
  /** Resolves when the core has the batch for good; throws when it must be sent again. */
  send(batch: Batch & { id: string; edgeId: string }): Promise<void>
  maxBatchBytes?: number
  /** How long records gather before they are sent, once some have been: for half of it when the core is slow, a quarter at first. */
  lingerMs?: number
  /** The wait after a first failure; it doubles with each one in a row, up to 2 s. */
  retryMs?: number
  onError?(error: unknown): void
}

/** Carries the journal to the core, in order, a batch at a time, each one exactly once in effect. */
export class Shipper {
  readonly #options: Required<Omit<ShipperOptions, 'onError'>> & Pick<ShipperOptions, 'onError'>
  #cursor: Cursor
  #running: Promise<void> | undefined
  #stopped = false
  #wake: (() => void) | undefined
  #failuresInRow = 0
  #buffer = Buffer.alloc(0)
  readonly counters = { batches: 0, bytes: 0, failures: 0, skippedBytes: 0 }

  constructor(options: ShipperOptions) {
    this.#options = { maxBatchBytes: 16 << 20, lingerMs: 500, retryMs: 100, ...options }
    this.#cursor = readCursor(options.journal.folder)
    const first = listSegments(options.journal.folder)[0] ?? 1
    if (this.#cursor.acked.segment === 0) this.#cursor.acked = { segment: first, offset: 0 }
    options.journal.release(this.#cursor.acked)
  }

  get edgeId(): string {
    return this.#cursor.edgeId
  }

  get acked(): Position {
    return this.#cursor.acked
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Sends what is there, waiting at most `timeoutMs`; what remains stays in the journal. */
  async stop(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs
    this.#wake?.()
    while (!this.#caughtUp() && Date.now() < deadline) await sleep(20)
    this.#stopped = true
    this.#wake?.()
    await Promise.race([this.#running, sleep(Math.max(100, deadline - Date.now()))])
  }

  #caughtUp(): boolean {
    const { acked } = this.#cursor
    const { end } = this.#options.journal
    return acked.segment === end.segment
      ? acked.offset >= end.offset
      : end.offset === 0 && acked.segment >= end.segment - 1 && acked.offset >= this.#options.journal.sizeOf(acked.segment)
  }

  async #run(): Promise<void> {
    const { lingerMs } = this.#options
    while (!this.#stopped) {
      try {
        const from = performance.now()
        const sent = await this.#step()
        const took = performance.now() - from
        this.#failuresInRow = 0
        // A batch costs the core 40 ms however small it is. The first record after a silence does not wait for company, though.
        await this.#pause(sent ? Math.max(lingerMs / 2, Math.min(lingerMs, 2 * lingerMs - took)) : lingerMs / 4)
      } catch (error) {
        this.counters.failures++
        // A request that failed may still hold the old one.
        this.#buffer = Buffer.alloc(0)
        this.#options.onError?.(error)
        await this.#pause(Math.min(2000, this.#options.retryMs * 2 ** this.#failuresInRow++))
      }
    }
  }

  /** One batch. True when the journal had more than the linger is worth waiting for. */
  async #step(): Promise<boolean> {
    const { journal, maxBatchBytes } = this.#options
    while (!this.#stopped) {
      if (this.#caughtUp()) return false
      const { acked, sending } = this.#cursor
      const end = sending ?? journal.end
      const batch = await readBatch(journal.folder, {
        from: acked,
        end,
        maxBytes: sending ? Number.MAX_SAFE_INTEGER : maxBatchBytes,
        allocate: (bytes) => this.#take(bytes),
      })
      if (!batch) {
        if (acked.segment >= journal.end.segment) return false
        await this.#nextSegment()
        continue
      }
      // A batch that was cut before a restart keeps its name, even if a power cut took its tail.
      const to = sending ?? batch.to
      if (!sending) await this.#save({ ...this.#cursor, sending: to })
      const id = `${this.#cursor.edgeId}-${batch.from.segment}-${batch.from.offset}-${to.offset}`
      if (batch.pieces.length > 0) await this.#options.send({ ...batch, id, edgeId: this.#cursor.edgeId })
      await this.#save({ ...this.#cursor, acked: to, sending: null })
      this.#failuresInRow = 0
      this.counters.batches++
      for (const piece of batch.pieces) this.counters.bytes += piece.length
      journal.release(to)
      const behind = journal.end.segment !== to.segment || journal.end.offset - to.offset > maxBatchBytes / 4
      if (!behind) return true
    }
    return false
  }

  /** One buffer for all batches, since there is one batch at a time: a new one each time would be the edge's largest garbage. */
  #take(bytes: number): Buffer {
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafeSlow(Math.min(Math.max(bytes, 1 << 20), 1 << 30))
    return this.#buffer.subarray(0, bytes)
  }

  async #nextSegment(): Promise<void> {
    const { acked } = this.#cursor
    const { journal } = this.#options
    this.counters.skippedBytes += Math.max(0, journal.sizeOf(acked.segment) - acked.offset)
    const next = listSegments(journal.folder).find((segment) => segment > acked.segment) ?? journal.end.segment
    await this.#save({ ...this.#cursor, acked: { segment: next, offset: 0 }, sending: null })
    journal.release(this.#cursor.acked)
  }

  async #save(cursor: Cursor): Promise<void> {
    await writeCursor(this.#options.journal.folder, cursor)
    this.#cursor = cursor
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopped) return
    const timer = new AbortController()
    this.#wake = () => timer.abort()
    await sleep(ms, undefined, { signal: timer.signal }).catch(() => {})
    this.#wake = undefined
  }
}
