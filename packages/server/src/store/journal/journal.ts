import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
  writevSync,
} from 'node:fs'
import { join } from 'node:path'
import { AppError, FRAME } from '@signalbox/schema'
import { FrameWriter, type NewFrame, type Position } from './frame.ts'
import { noteEnd, type OpenStart, recover } from './recover.ts'
import { listSegments, segmentPath } from './segments.ts'
import { type Write, writeFully } from './write-fully.ts'

export type JournalOptions = {
  folder: string
  /** A new segment begins at this size. */
  segmentBytes?: number
  /** What may wait for the core before the journal refuses more. */
  maxPendingBytes?: number
  /** Kept free for the ends of calls that are under way when the disk is full. */
  reserveBytes?: number
  /** How long a plain write may wait for its `fdatasync`, in milliseconds. */
  syncEveryMs?: number
  /** The write itself; a test puts a full disk here. */
  write?: Write
}

type Waiting = { frame: NewFrame; durable: boolean; done: (error: Error | null, position: Position) => void }
/** Calls under way from which on writes are shared. */
const SHARED_FROM = 4

type Written = Waiting & { position: Position }

/**
 * The edge's outgoing events, on its own disk. `append` calls back after a plain `write`, which survives `kill -9`;
 * `appendDurable` after an `fdatasync`, which survives a power cut. All appends of one turn of the event loop share
 * one write, all durable ones of one sync share that.
 */
export class Journal {
  readonly folder: string
  readonly #segmentBytes: number
  readonly #maxPendingBytes: number
  readonly #reserveBytes: number
  readonly #syncEveryMs: number
  readonly #write: Write
  readonly #frames = new FrameWriter()
  #queue: Waiting[] = []
  #syncing: Written[] = []
  readonly #closeAfterSync: number[] = []
  #syncRunning = false
  #syncTimer: NodeJS.Timeout | undefined
  #segment = 0
  #fd = -1
  #offset = 0
  #full = false
  #closed = false
  #pendingBytes = 0
  /** Starts without an end, by segment: a segment with one cannot go. */
  readonly #openStarts = new Map<number, number>()
  /** Calls that are under way. */
  #open = 0
  /** The last end of a start in a segment: the segment is read again when that end is sent. */
  readonly #lastEnds = new Map<number, Position>()
  /** By segment: where the starts stand whose ends it holds. */
  readonly #endsOf = new Map<number, number[]>()
  readonly #sizes = new Map<number, number>()
  #acked: Position | undefined
  #keptFrom: Position | undefined
  readonly counters = { records: 0, bytes: 0, syncs: 0, refused: 0, damagedBytes: 0, interrupted: 0 }

  constructor(options: JournalOptions) {
    this.folder = options.folder
    this.#segmentBytes = options.segmentBytes ?? 64 << 20
    this.#maxPendingBytes = options.maxPendingBytes ?? 8 * 2 ** 30
    this.#reserveBytes = options.reserveBytes ?? 8 << 20
    this.#syncEveryMs = options.syncEveryMs ?? 10
    this.#write = options.write ?? writevSync
  }

  /**
   * Reads what an earlier process left and begins a new segment. `interrupted` makes the end of a call whose process
   * died: it is appended for every start that has none.
   */
  open(interrupted: (start: { id: string; header: string }) => { header: string }): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    const segments = listSegments(this.folder)
    const open = this.#recover(segments)
    this.#segment = segments.at(-1) ?? 0
    this.#rotate()
    this.#makeReserve()
    for (const [id, start] of open) {
      this.counters.interrupted++
      this.append({ kind: FRAME.end, id, ref: start, header: interrupted({ id, header: start.header }).header, body: [] }, () => {})
    }
    this.#flush()
  }

  /** Where the next record will stand: everything before it can be read. */
  get end(): Position {
    return { segment: this.#segment, offset: this.#offset }
  }

  get full(): boolean {
    return this.#full
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  sizeOf(segment: number): number {
    return segment === this.#segment ? this.#offset : (this.#sizes.get(segment) ?? 0)
  }

  append(frame: NewFrame, done: Waiting['done']): void {
    this.#enqueue({ frame, durable: false, done })
  }

  appendDurable(frame: NewFrame): Promise<Position> {
    return new Promise((resolve, reject) =>
      this.#enqueue({ frame, durable: true, done: (error, position) => (error ? reject(error) : resolve(position)) }),
    )
  }

  /** Somebody still reads what stands from `position` on, and the starts of calls that ended there; undefined: nobody does. */
  keepFrom(position: Position | undefined): void {
    this.#keptFrom = position
    if (this.#acked) this.release(this.#acked)
  }

  /** Everything before `acked` has arrived: drops the segments that nobody needs any more. */
  release(acked: Position): void {
    this.#acked = acked
    this.#pendingBytes = this.#bytesAfter(acked)
    const needed = this.#keptFrom && isBefore(this.#keptFrom, acked) ? this.#keptFrom : acked
    for (const segment of [...this.#sizes.keys()].sort((one, other) => one - other)) {
      if (segment >= needed.segment || segment === this.#segment || this.#openStarts.get(segment)) continue
      if (!isBefore(this.#lastEnds.get(segment), needed)) continue
      // While a start stays, so does its end, or the call would look as if it never ended.
      if (this.#endsOf.get(segment)?.some((start) => start < segment && this.#sizes.has(start))) continue
      rmSync(segmentPath(this.folder, segment), { force: true })
      this.#sizes.delete(segment)
      this.#openStarts.delete(segment)
      this.#lastEnds.delete(segment)
      this.#endsOf.delete(segment)
    }
  }

  /** Writes and syncs what is queued, and closes. */
  async close(): Promise<void> {
    this.#flush()
    clearTimeout(this.#syncTimer)
    await new Promise<void>((resolve) => fdatasync(this.#fd, () => resolve()))
    this.#closed = true
    closeSync(this.#fd)
  }

  #enqueue(item: Waiting): void {
    const refusal = this.#refusal(item.frame)
    if (refusal) {
      this.counters.refused++
      item.done(refusal, this.end)
      return
    }
    if (this.#queue.length === 0) this.#soon(() => this.#flush())
    this.#queue.push(item)
  }

  /** Many calls at once share a write at the end of the turn; a turn more for a single one would cost more than it saves. */
  #soon(flush: () => void): void {
    if (this.#open < SHARED_FROM) queueMicrotask(flush)
    else setImmediate(flush)
  }

  #refusal(frame: NewFrame): AppError | undefined {
    if (this.#closed) return new AppError('unavailable', 'The edge is shutting down.')
    if (frame.kind === FRAME.end) return undefined
    if (this.#full && !this.#makeReserve()) return new AppError('disk-full', 'The disk of the journal is full.', { retryAfterSeconds: 5 })
    if (this.#pendingBytes > this.#maxPendingBytes)
      return new AppError('unavailable', 'Too much waits for the core; the journal takes no more.', { retryAfterSeconds: 5 })
    return undefined
  }

  #flush(): void {
    const queue = this.#queue
    if (queue.length === 0) return
    this.#queue = []
    if (this.#offset >= this.#segmentBytes) this.#rotate()
    const positions: Position[] = []
    let bytes = 0
    this.#frames.begin()
    for (const { frame } of queue) {
      positions.push({ segment: this.#segment, offset: this.#offset + bytes })
      bytes += this.#frames.add(frame)
    }
    const error = this.#writeAll(this.#frames.pieces(), bytes)
    if (error) {
      // Together they did not fit; the ends of calls still may, each alone.
      if (queue.length > 1) return this.#retrySingly(queue)
      this.counters.refused++
      for (const item of queue) item.done(error, this.end)
      return
    }
    this.#offset += bytes
    this.#pendingBytes += bytes
    this.counters.bytes += bytes
    this.counters.records += queue.length
    for (const [index, item] of queue.entries()) this.#written(item, positions[index] as Position)
    this.#scheduleSync()
  }

  #retrySingly(queue: Waiting[]): void {
    for (const item of queue) {
      const refusal = this.#refusal(item.frame)
      if (refusal) {
        this.counters.refused++
        item.done(refusal, this.end)
        continue
      }
      this.#queue.push(item)
      this.#flush()
    }
  }

  #written(item: Waiting, position: Position): void {
    const { kind, ref } = item.frame
    if (kind === FRAME.start) {
      this.#open++
      this.#openStarts.set(position.segment, (this.#openStarts.get(position.segment) ?? 0) + 1)
    } else if (kind === FRAME.end && ref) {
      this.#open--
      this.#openStarts.set(ref.segment, (this.#openStarts.get(ref.segment) ?? 1) - 1)
      this.#lastEnds.set(ref.segment, position)
      noteEnd(this.#endsOf, { from: ref.segment, at: position.segment })
    }
    if (item.durable) this.#syncing.push(Object.assign(item, { position }))
    else item.done(null, position)
  }

  /** Writes all or nothing: what a full disk cut off is taken back. */
  #writeAll(pieces: Uint8Array[], bytes: number): AppError | undefined {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const written = writeFully(this.#write, this.#fd, pieces)
        if (written === bytes) return undefined
      } catch (cause) {
        ftruncateSync(this.#fd, this.#offset)
        const code = (cause as NodeJS.ErrnoException).code
        if (code !== 'ENOSPC' && code !== 'EDQUOT')
          return new AppError('unavailable', `The journal cannot be written (${code}).`, { cause })
        this.#full = true
        if (attempt === 1) return new AppError('disk-full', 'The disk of the journal is full.', { cause, retryAfterSeconds: 5 })
        rmSync(join(this.folder, 'reserve'), { force: true })
      }
    }
    return undefined
  }

  #scheduleSync(): void {
    if (this.#syncRunning) return
    if (this.#syncing.length > 0) {
      clearTimeout(this.#syncTimer)
      this.#syncTimer = undefined
      this.#sync()
    } else if (!this.#syncTimer) {
      this.#syncTimer = setTimeout(() => {
        this.#syncTimer = undefined
        this.#sync()
      }, this.#syncEveryMs)
    }
  }

  #sync(): void {
    const items = this.#syncing
    this.#syncing = []
    this.#syncRunning = true
    this.counters.syncs++
    fdatasync(this.#fd, (cause) => {
      this.#syncRunning = false
      for (const fd of this.#closeAfterSync.splice(0)) closeSync(fd)
      const error = cause && new AppError('unavailable', 'The journal could not be synced to disk.', { cause })
      for (const item of items) item.done(error, item.position)
      if (this.#syncing.length > 0) this.#sync()
    })
  }

  #rotate(): void {
    const previous = this.#fd
    if (previous !== -1) {
      this.#sizes.set(this.#segment, this.#offset)
      // The old segment must be on disk before anything in the new one counts as durable.
      fdatasyncSync(previous)
      if (this.#syncRunning) this.#closeAfterSync.push(previous)
      else closeSync(previous)
    }
    this.#segment++
    this.#fd = openSync(segmentPath(this.folder, this.#segment), 'a', 0o600)
    this.#offset = fstatSync(this.#fd).size
    this.#sizes.set(this.#segment, 0)
  }

  #makeReserve(): boolean {
    try {
      writeFileSync(join(this.folder, 'reserve'), Buffer.alloc(this.#reserveBytes))
      this.#full = false
    } catch {
      rmSync(join(this.folder, 'reserve'), { force: true })
      this.#full = true
    }
    return !this.#full
  }

  #recover(segments: number[]): Map<string, OpenStart> {
    const { sizes, open, lastEnds, endsOf, damagedBytes } = recover(this.folder, segments)
    for (const [segment, size] of sizes) this.#sizes.set(segment, size)
    for (const [segment, position] of lastEnds) this.#lastEnds.set(segment, position)
    for (const [segment, starts] of endsOf) this.#endsOf.set(segment, starts)
    this.#open = open.size
    for (const { segment } of open.values()) this.#openStarts.set(segment, (this.#openStarts.get(segment) ?? 0) + 1)
    this.counters.damagedBytes += damagedBytes
    return open
  }

  #bytesAfter(position: Position): number {
    let bytes = this.#segment === position.segment ? this.#offset - position.offset : this.#offset
    for (const [segment, size] of this.#sizes) {
      if (segment === this.#segment || segment < position.segment) continue
      bytes += segment === position.segment ? size - position.offset : size
    }
    return bytes
  }
}

const isBefore = (position: Position | undefined, other: Position): boolean =>
  position === undefined || position.segment < other.segment || (position.segment === other.segment && position.offset < other.offset)
