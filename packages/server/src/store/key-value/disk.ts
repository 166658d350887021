import { AppError } from '@signalbox/schema'
import type { KeyValue } from '../ports.ts'
import { checkStep, checkTtl, notACounter } from './check.ts'
import { readValue } from './disk-entry.ts'
import { createSegment, openSegments, removeSegment, type Segment, scanSegment } from './disk-segments.ts'
import { type Batch, DiskWriter, type Entry } from './disk-writer.ts'

type Options = { folder: string; maxBytes?: number; now?: () => number }

/** Into so many files at least the bytes are divided: with each of them the oldest part of what is kept goes. */
const SEGMENTS = 8
const MOST_SEGMENT_BYTES = 16 << 20
const MOST_BATCH_BYTES = 1 << 20
/** What is kept of each entry in memory is about 200 bytes. */
const MOST_ENTRIES = 500_000

/**
 * Keeps values in files of a folder that are only appended to, for one process. Writes are gathered for 20 ms or 1 MB: `set` returns
 * when they are done, a value can be read at once, and one that is more than the disk takes is refused with `unavailable`. Where each
 * value lies is known in memory, and read from the heads of the entries at start; what is damaged or cut is no value.
 * When there are more bytes than `maxBytes`, the oldest file goes with what is in it. A value that is used while it is in
 * the older half is written again at the front, so those that are used stay. `now` gives milliseconds.
 */
export async function openDisk({ folder, maxBytes = 1 << 30, now = Date.now }: Options): Promise<KeyValue> {
  const segmentBytes = Math.max(1, Math.min(MOST_SEGMENT_BYTES, Math.floor(maxBytes / SEGMENTS)))
  /** Oldest first; the last one is written to. */
  const segments: Segment[] = await openSegments(folder)
  /** In the order of writing, so that those of the oldest segment come first. */
  const entries = new Map<string, Entry>()
  let total = 0
  let number = segments.at(-1)?.number ?? 0
  /** Whether the last segment is whole. */
  let canGoOn = false
  let isClosed = false

  for (const segment of segments) {
    const end = await scanSegment(segment, ({ key, expiresAt, offset, length }) => {
      entries.delete(key)
      if (expiresAt > segment.endsAt) segment.endsAt = expiresAt
      if (expiresAt > now()) entries.set(key, { key, expiresAt, length, place: segment, offset })
    })
    total += segment.bytes
    canGoOn = end === segment.bytes
  }

  const writer = new DiskWriter({ batchBytes: Math.min(MOST_BATCH_BYTES, segmentBytes), write })

  async function write(batch: Batch): Promise<void> {
    let segment: Segment | undefined
    try {
      segment = await roomFor(batch.used)
      for (let done = 0; done < batch.used; )
        done += (await segment.file.write(batch.bytes, done, batch.used - done, segment.bytes + done)).bytesWritten
    } catch (error) {
      // Half of an entry must not stand before others.
      const { file, bytes } = segment ?? {}
      canGoOn =
        file !== undefined &&
        (await file.truncate(bytes).then(
          () => true,
          () => false,
        ))
      for (const entry of batch.entries) if (entries.get(entry.key) === entry) entries.delete(entry.key)
      throw error
    }
    for (const entry of batch.entries) {
      entry.offset += segment.bytes
      entry.place = segment
      if (entry.expiresAt > segment.endsAt) segment.endsAt = entry.expiresAt
    }
    segment.bytes += batch.used
    total += batch.used
  }
  /** The segment to write to. What is too much goes before. */
  async function roomFor(bytes: number): Promise<Segment> {
    let segment = canGoOn ? segments.at(-1) : undefined
    if (segment && segment.bytes + bytes > segmentBytes) segment = undefined
    for (let [oldest] = segments; oldest && oldest !== segment; [oldest] = segments) {
      if (total + bytes <= maxBytes && entries.size <= MOST_ENTRIES && oldest.endsAt > now()) break
      await dropOldest(oldest)
    }
    if (segment && total + bytes > maxBytes) {
      await dropOldest(segment)
      segment = undefined
    }
    if (segment) return segment
    segment = await createSegment(folder, number + 1)
    number++
    segments.push(segment)
    canGoOn = true
    return segment
  }
  async function dropOldest(segment: Segment): Promise<void> {
    segments.shift()
    total -= segment.bytes
    for (const [key, { place }] of entries) {
      if (place !== segment) break
      entries.delete(key)
    }
    await removeSegment(folder, segment)
  }

  const find = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (!entry || entry.expiresAt > now()) return entry
    entries.delete(key)
    return undefined
  }
  /** Can be read at once; what comes back is done when it is written. */
  const put = (key: string, value: string, expiresAt: number): Promise<void> => {
    if (isClosed) throw new AppError('unavailable', 'The cache on disk is closed.')
    const entry: Entry = { key, expiresAt, place: undefined, offset: 0, length: 0 }
    const written = writer.add(entry, value)
    entries.delete(key)
    entries.set(key, entry)
    return written
  }
  const read = async (key: string): Promise<string | undefined> => {
    const entry = find(key)
    if (!entry?.place) return undefined
    const { place, offset, length } = entry
    if ('entries' in place) return readValue(place.bytes.subarray(offset, offset + length), key)
    const value = await place.file.read(Buffer.allocUnsafe(length), 0, length, offset).then(
      ({ buffer, bytesRead }) => (bytesRead === length ? readValue(buffer, key) : undefined),
      () => undefined,
    )
    const isLast = entries.get(key) === entry
    // Damaged, or its segment has gone meanwhile.
    if (value === undefined) return isLast && entries.delete(key) ? undefined : read(key)
    if (isLast && isOld(place)) {
      try {
        void put(key, value, entry.expiresAt)
      } catch {
        // It stays where it is.
      }
    }
    return value
  }
  /** In the half that leaves before the other one, when there is so much that it will. */
  const isOld = ({ number: at }: Segment): boolean => total > maxBytes / 2 && at - (segments[0]?.number ?? at) < segments.length / 2

  const turns = new Map<string, Promise<unknown>>()
  /** One change of a counter or lease after the other; nobody waits for another one's disk. */
  const inTurn = async <T>(key: string, work: () => Promise<{ value: T; written?: Promise<void> }>): Promise<T> => {
    const next = (turns.get(key) ?? Promise.resolve()).catch(() => {}).then(work)
    turns.set(key, next)
    try {
      const { value, written } = await next
      await written
      return value
    } finally {
      if (turns.get(key) === next) turns.delete(key)
    }
  }

  return {
    engine: 'disk',
    get: read,
    async set(key, value, ttlSeconds) {
      const expiresAt = now() + checkTtl(ttlSeconds)
      if (3 * value.length > maxBytes / 2 && Buffer.byteLength(value) > maxBytes / 2)
        throw new AppError('payload-too-large', `A value of ${value.length} characters is more than half of the cache.`)
      return put(key, value, expiresAt)
    },
    async delete(key) {
      if (!entries.delete(key)) return
      // What is there must not come back at the next start.
      return writer.add({ key, expiresAt: 0, place: undefined, offset: 0, length: 0 }, '', { mustGo: true })
    },
    async increment(key, by, ttlSeconds) {
      const ms = checkTtl(ttlSeconds)
      checkStep(by)
      return inTurn(key, async () => {
        const sum = Number((await read(key)) ?? 0) + by
        if (!Number.isSafeInteger(sum)) throw notACounter(key)
        return { value: sum, written: put(key, String(sum), entries.get(key)?.expiresAt ?? now() + ms) }
      })
    },
    async acquire(key, owner, ttlSeconds) {
      const expiresAt = now() + checkTtl(ttlSeconds)
      return inTurn(key, async () => {
        const holder = await read(key)
        return holder !== undefined && holder !== owner ? { value: false } : { value: true, written: put(key, owner, expiresAt) }
      })
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(turns.values())
      isClosed = true
      await writer.finish()
      for (const { file } of segments) await file.close()
    },
  }
}
