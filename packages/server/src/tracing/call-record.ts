import { type CallEnd, type CallStart, FRAME } from '@signalbox/schema'
import type { CallJournal, JournalPosition } from '../store/ports.ts'

const RETRY_MS = 250

/** The record of one call: its start is written before the request goes out, its end before the last byte comes back. */
export class CallRecord {
  readonly #journal: CallJournal
  readonly #call: CallStart
  #startedAt: JournalPosition | undefined
  #ended = false

  constructor(journal: CallJournal, call: CallStart) {
    this.#journal = journal
    this.#call = call
  }

  get traceId(): string {
    return this.#call.traceId
  }

  /** Rejects when the journal cannot take it; then the call must not be made. */
  start(body: Buffer[]): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#journal.append({ kind: FRAME.start, id: this.#call.spanId, header: JSON.stringify(this.#call), body }, (error, position) => {
        if (error) return reject(error)
        this.#startedAt = position
        resolve()
      }),
    )
  }

  /** Calls `done` when the end is written, or could not be. The first end counts; a later one does nothing. */
  end(end: CallEnd, body: Buffer[], done: (error: Error | null) => void): void {
    if (this.#ended) return
    this.#ended = true
    const frame = { kind: FRAME.end, id: this.#call.spanId, ref: this.#startedAt, header: JSON.stringify(end), body }
    // On a full disk the client need not wait, but the end must be kept until there is room.
    const again = (error: Error | null) => void (error && setTimeout(() => this.#journal.append(frame, again), RETRY_MS).unref())
    this.#journal.append(frame, (error) => {
      again(error)
      done(error)
    })
  }

  get ended(): boolean {
    return this.#ended
  }
}
