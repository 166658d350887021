import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { FRAME } from '@signalbox/schema'
import { announcedLength, type FrameHead, HEAD_BYTES, MAX_FRAME, type Position, PREFIX_BYTES, scanFrames } from './frame.ts'
import { segmentPath } from './segments.ts'

/** A part of a file that is sent as it stands there, so that nobody holds it whole. */
export type FilePart = { path: string; offset: number; length: number }
export type Piece = Buffer | FilePart
/** `pieces`: whole frames, first the starts from elsewhere that the ends inside need, then what stands between `from` and `to`. */
export type Batch = { pieces: Piece[]; from: Position; to: Position; records: number }

/** Longer starts are never read in one piece. */
const LARGE = 1 << 20
/** Read at once. */
const STEP = 1 << 20

type Range = { from: Position; end: Position; maxBytes: number; allocate?: (bytes: number) => Buffer }

/**
 * The next stretch of the journal, within one segment: at most `maxBytes`, but at least one record. A start goes with its
 * end, so one whose end is not in the stretch is left out: there may be no pieces at all.
 * The same `from` and `to` always give the same bytes, so a batch can be sent again.
 */
export async function readBatch(folder: string, range: Range): Promise<Batch | undefined> {
  const { from, end, maxBytes, allocate = Buffer.allocUnsafe } = range
  const path = segmentPath(folder, from.segment)
  const handle = await open(path, 'r')
  try {
    const size = from.segment === end.segment ? end.offset : (await handle.stat()).size
    const available = size - from.offset
    if (available <= 0) return undefined
    const skipped = await largeStart(handle, from.offset, available)
    if (skipped > 0) return { pieces: [], from, to: { segment: from.segment, offset: from.offset + skipped }, records: 1 }
    const { buffer, frames } = await readFrames(handle, { at: from.offset, available, maxBytes, allocate })
    if (frames.length === 0) return undefined
    const { extras, taken } = await startsFromElsewhere(frames, { folder, from, maxBytes })
    const last = taken.at(-1) as FrameHead
    return {
      pieces: [...extras, ...endedStretches(buffer, taken)],
      from,
      to: { segment: from.segment, offset: from.offset + last.offset + last.length },
      records: taken.length,
    }
  } finally {
    await handle.close()
  }
}

/** The length of a start that is too long to be read here; 0 where there is none. It is read when its end is sent. */
async function largeStart(handle: FileHandle, at: number, available: number): Promise<number> {
  const head = await read(handle, at, Buffer.allocUnsafe(HEAD_BYTES))
  if (head.length < HEAD_BYTES || head[8] !== FRAME.start) return 0
  const length = announcedLength(head)
  return length > LARGE && length <= available ? length : 0
}

type Reading = { at: number; available: number; maxBytes: number; allocate(bytes: number): Buffer }

/** Whole frames, checked, up to the first large start. Of a buffer only what is read takes memory. */
async function readFrames(
  handle: FileHandle,
  { at, available, maxBytes, allocate }: Reading,
): Promise<{ buffer: Buffer; frames: FrameHead[] }> {
  let room = allocate(Math.min(available, maxBytes))
  const frames: FrameHead[] = []
  let filled = 0
  let rest = 0
  while (filled < room.length) {
    const { length: more } = await read(handle, at + filled, room.subarray(filled, Math.min(room.length, filled + STEP)))
    if (more === 0) break
    filled += more
    const scan = scanFrames(room.subarray(rest, filled), true)
    for (const frame of scan.frames) frames.push({ ...frame, offset: frame.offset + rest })
    rest += scan.rest
    if (scan.damaged) break
    if (filled - rest < HEAD_BYTES) continue
    const next = room.subarray(rest, filled)
    const length = announcedLength(next)
    if (next[8] === FRAME.start && length > LARGE && frames.length > 0) break
    if (rest + length <= room.length) continue
    if (frames.length > 0 || length > available) break
    // The first record is longer than a batch should be.
    room = allocate(length)
    filled = 0
  }
  return { buffer: room.subarray(0, rest), frames }
}

/** What is sent of a stretch: all but the starts that end elsewhere. */
function endedStretches(buffer: Buffer, frames: readonly FrameHead[]): Buffer[] {
  const ended = new Set(frames.flatMap(({ kind, id }) => (kind === FRAME.end ? [id] : [])))
  const stretches: { from: number; to: number }[] = []
  for (const { kind, id, offset, length } of frames) {
    if (kind === FRAME.start && !ended.has(id)) continue
    const last = stretches.at(-1)
    if (last?.to === offset) last.to += length
    else stretches.push({ from: offset, to: offset + length })
  }
  return stretches.map(({ from, to }) => buffer.subarray(from, to))
}

type Place = { folder: string; from: Position; maxBytes: number }

/** The starts of calls that end here, and the frames that can go together with them: at least one, and all that fit. */
async function startsFromElsewhere(
  frames: readonly FrameHead[],
  { folder, from, maxBytes }: Place,
): Promise<{ extras: Piece[]; taken: readonly FrameHead[] }> {
  const extras: Piece[] = []
  let bytes = 0
  for (const [index, { kind, ref }] of frames.entries()) {
    if (kind !== FRAME.end || (ref.segment === from.segment && ref.offset >= from.offset)) continue
    const path = segmentPath(folder, ref.segment)
    const handle = await open(path, 'r')
    try {
      const start = await frameAt(handle, { path, offset: ref.offset })
      // Without its start an end is refused by the core, alone.
      if (!start) continue
      bytes += start.length
      if (bytes > maxBytes && index > 0) return { extras, taken: frames.slice(0, index) }
      extras.push(start)
    } finally {
      await handle.close()
    }
  }
  return { extras, taken: frames }
}

/** One frame, or where it stands if it is large. Undefined when it is damaged. */
async function frameAt(handle: FileHandle, { path, offset }: { path: string; offset: number }): Promise<Piece | undefined> {
  const head = await read(handle, offset, Buffer.allocUnsafe(HEAD_BYTES))
  if (head.length < HEAD_BYTES) return undefined
  const length = announcedLength(head)
  if (length < HEAD_BYTES || length > MAX_FRAME) return undefined
  const isLarge = length > LARGE
  const buffer = Buffer.allocUnsafe(isLarge ? STEP : length)
  let check = 0
  for (let done = 0; done < length; ) {
    const piece = await read(handle, offset + done, buffer.subarray(0, Math.min(buffer.length, length - done)))
    if (piece.length === 0) return undefined
    check = crc32(done === 0 ? piece.subarray(PREFIX_BYTES) : piece, check)
    done += piece.length
  }
  if (check !== head.readUInt32LE(4)) return undefined
  return isLarge ? { path, offset, length } : buffer
}

async function read(handle: FileHandle, offset: number, buffer: Buffer): Promise<Buffer> {
  let total = 0
  while (total < buffer.length) {
    const { bytesRead } = await handle.read(buffer, total, buffer.length - total, offset + total)
    if (bytesRead === 0) break
    total += bytesRead
  }
  return buffer.subarray(0, total)
}
