import { AppError } from '@signalbox/schema'
import { HEAD_BYTES, MOST_KEY_BYTES, writeEntry } from './disk-entry.ts'
import type { Segment } from './disk-segments.ts'

/** An entry and its place: in a batch that waits to be written, or in a segment. It ends at 0 where it says that there is nothing. */
export type Entry = { key: string; expiresAt: number; place: Segment | Batch | undefined; offset: number; length: number }
/** Entries that are written together, in the order in which they came. */
export type Batch = { bytes: Buffer; used: number; entries: Entry[]; written: Promise<void>; resolve(): void; reject(error: unknown): void }

/** How long an entry waits for others that go with it. */
const WAIT_MS = 20
/** How much may wait: a disk that is slower than the calls must not fill the memory. */
const MOST_WAITING_BYTES = 16 << 20
/** After a failure, such as a full disk, nothing is taken for so long. */
const PAUSE_MS = 5000

/** Gathers entries and has them written in batches of about `batchBytes`, one after the other, behind the calls. */
export class DiskWriter {
  readonly #batchBytes: number
  readonly #write: (batch: Batch) => Promise<void>
  /** Buffers to use again. */
  readonly #free: Buffer[] = []
  #open: Batch | undefined
  #timer: NodeJS.Timeout | undefined
  #waiting = 0
  #last: Promise<void> = Promise.resolve()
  #pausedUntil = 0

  constructor({ batchBytes, write }: { batchBytes: number; write(batch: Batch): Promise<void> }) {
    this.#batchBytes = batchBytes
    this.#write = write
  }

  /** Gives the entry its place; what comes back is done when it is written. Throws `unavailable` where it cannot be taken, unless it must be. */
  add(entry: Entry, value: string, { mustGo = false } = {}): Promise<void> {
    const keyBytes = Buffer.byteLength(entry.key)
    if (keyBytes > MOST_KEY_BYTES) throw new AppError('internal', `A key of ${keyBytes} bytes is too long.`)
    const valueBytes = Buffer.byteLength(value)
    const length = HEAD_BYTES + keyBytes + valueBytes
    if (!mustGo) this.#check(length)
    if (this.#open && this.#open.used + length > this.#open.bytes.length) this.#go()
    this.#open ??= this.#begin(length)
    const batch = this.#open
    writeEntry(batch.bytes, batch.used, { key: entry.key, value, expiresAt: entry.expiresAt, keyBytes, valueBytes })
    entry.place = batch
    entry.offset = batch.used
    entry.length = length
    batch.used += length
    batch.entries.push(entry)
    this.#waiting += length
    if (batch.used >= this.#batchBytes) this.#go()
    else this.#timer ??= setTimeout(() => this.#go(), WAIT_MS)
    return batch.written
  }

  /** Writes what waits. */
  async finish(): Promise<void> {
    this.#go()
    await this.#last
  }

  #check(length: number): void {
    if (this.#waiting > 0 && this.#waiting + length > MOST_WAITING_BYTES)
      throw new AppError('unavailable', 'More is to be kept than the disk of the cache takes.')
    if (this.#pausedUntil > performance.now()) throw new AppError('unavailable', 'The disk of the cache could not be written a moment ago.')
  }

  #begin(length: number): Batch {
    const again = length > this.#batchBytes ? undefined : this.#free.pop()
    const { promise: written, resolve, reject } = Promise.withResolvers<void>()
    // Not everybody waits for it.
    written.catch(() => {})
    return { bytes: again ?? Buffer.allocUnsafeSlow(Math.max(length, this.#batchBytes)), used: 0, entries: [], written, resolve, reject }
  }

  #go(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#open
    if (!batch) return
    this.#open = undefined
    this.#last = this.#last.then(() => this.#send(batch))
  }

  async #send(batch: Batch): Promise<void> {
    try {
      await this.#write(batch)
      batch.resolve()
    } catch (error) {
      this.#pausedUntil = performance.now() + PAUSE_MS
      batch.reject(error)
    } finally {
      this.#waiting -= batch.used
      if (batch.bytes.length === this.#batchBytes && this.#free.length < 2) this.#free.push(batch.bytes)
    }
  }
}
