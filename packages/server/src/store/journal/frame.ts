import { crc32 } from 'node:zlib'
import type { FrameKind } from '@signalbox/schema'

/**
 * One record of the journal:
 *
 * `u32 length | u32 crc32 | u8 kind | 3 reserved | 8 bytes id | u32 refSegment | u32 refOffset | u32 headerLength | header | body`
 *
 * `length` and `crc32` cover everything after them. `id` is the span id of a call. `ref` of an `end` is where its
 * `start` stands, so that the two can be joined without an index. Little endian. The header is JSON, the body raw bytes.
 */
export const HEAD_BYTES = 32
export const PREFIX_BYTES = 8
/** A frame longer than this is damage, not data. */
export const MAX_FRAME = 1 << 30

export type Position = { segment: number; offset: number }
export type NewFrame = { kind: FrameKind; id: string; ref?: Position | undefined; header: string; body: readonly Uint8Array[] }
export type Frame = { kind: number; id: string; ref: Position; header: string; body: Buffer; offset: number; length: number }

/** Bodies up to this size are copied behind their head; to write longer ones as they are is cheaper. */
const COPY_LIMIT = 16_384
const BUFFER_BYTES = 65_536

/**
 * Frames for one write. Heads, headers and short bodies go into one buffer that is used again and again, since each of
 * them as a piece of its own costs more than its copy. The pieces are good until the next `begin`.
 */
export class FrameWriter {
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  /** What of the buffer is among the pieces, and what is written. */
  #taken = 0
  #at = 0
  #pieces: Uint8Array[] = []

  begin(): void {
    this.#taken = 0
    this.#at = 0
    this.#pieces = []
  }

  /** The bytes of the frame. */
  add({ kind, id, ref, header, body }: NewFrame): number {
    const headerBytes = Buffer.byteLength(header)
    let bodyBytes = 0
    for (const piece of body) bodyBytes += piece.length
    const isShort = bodyBytes <= COPY_LIMIT
    const start = this.#room(HEAD_BYTES + headerBytes + (isShort ? bodyBytes : 0))
    const buffer = this.#buffer
    const bytes = HEAD_BYTES + headerBytes + bodyBytes
    buffer.writeUInt32LE(bytes - PREFIX_BYTES, start)
    buffer.writeUInt32LE(kind, start + 8)
    buffer.write(id, start + 12, 8, 'hex')
    buffer.writeUInt32LE(ref?.segment ?? 0, start + 20)
    buffer.writeUInt32LE(ref?.offset ?? 0, start + 24)
    buffer.writeUInt32LE(headerBytes, start + 28)
    buffer.write(header, start + HEAD_BYTES)
    this.#at = start + HEAD_BYTES + headerBytes
    if (isShort) {
      for (const piece of body) {
        buffer.set(piece, this.#at)
        this.#at += piece.length
      }
    }
    let check = crc32(buffer.subarray(start + PREFIX_BYTES, this.#at))
    if (!isShort) {
      this.#take()
      for (const piece of body) {
        check = crc32(piece, check)
        this.#pieces.push(piece)
      }
    }
    buffer.writeUInt32LE(check, start + 4)
    return bytes
  }

  /** Everything since `begin`, in order. */
  pieces(): Uint8Array[] {
    this.#take()
    return this.#pieces
  }

  /** Where the next `bytes` go. */
  #room(bytes: number): number {
    if (this.#at + bytes > this.#buffer.length) {
      this.#take()
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(BUFFER_BYTES, bytes))
      this.#taken = 0
      this.#at = 0
    }
    return this.#at
  }

  #take(): void {
    if (this.#at > this.#taken) this.#pieces.push(this.#buffer.subarray(this.#taken, this.#at))
    this.#taken = this.#at
  }
}

export type FrameHead = { kind: number; id: string; ref: Position; offset: number; length: number }
/** `frames` are whole; `rest` is where the first incomplete one begins; `damaged` when the bytes there cannot be a frame. */
export type Scan = { frames: FrameHead[]; rest: number; damaged: boolean }

/** Finds the frames of a stretch of a segment, without copying. `check` also verifies checksums. */
export function scanFrames(buffer: Buffer, check: boolean): Scan {
  const frames: FrameHead[] = []
  let offset = 0
  while (offset + HEAD_BYTES <= buffer.length) {
    const length = buffer.readUInt32LE(offset) + PREFIX_BYTES
    if (length < HEAD_BYTES || length > MAX_FRAME) return { frames, rest: offset, damaged: true }
    if (offset + length > buffer.length) break
    if (check && crc32(buffer.subarray(offset + PREFIX_BYTES, offset + length)) !== buffer.readUInt32LE(offset + 4))
      return { frames, rest: offset, damaged: true }
    frames.push({
      kind: buffer[offset + 8] ?? 0,
      id: buffer.toString('hex', offset + 12, offset + 20),
      ref: { segment: buffer.readUInt32LE(offset + 20), offset: buffer.readUInt32LE(offset + 24) },
      offset,
      length,
    })
    offset += length
  }
  return { frames, rest: offset, damaged: false }
}

/** The length that the head of a frame announces, damaged or not. */
export const announcedLength = (head: Buffer): number => head.readUInt32LE(0) + PREFIX_BYTES

/** Every frame of a batch, checked; throws when the bytes are not whole frames. */
export function decodeFrames(buffer: Buffer): Frame[] {
  const { frames, rest, damaged } = scanFrames(buffer, true)
  if (damaged || rest !== buffer.length) throw new Error(`A batch is damaged at byte ${rest} of ${buffer.length}.`)
  return frames.map((frame) => {
    const start = frame.offset + HEAD_BYTES
    const headerBytes = buffer.readUInt32LE(frame.offset + 28)
    return {
      ...frame,
      header: buffer.toString('utf8', start, start + headerBytes),
      body: buffer.subarray(start + headerBytes, frame.offset + frame.length),
    }
  })
}
