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
const PREFIX_BYTES = 8
/** A frame longer than this is damage, not data. */
const MAX_FRAME = 1 << 30

export type Position = { segment: number; offset: number }
export type NewFrame = { kind: FrameKind; id: string; ref?: Position | undefined; header: string; body: readonly Uint8Array[] }
export type Frame = { kind: number; id: string; ref: Position; header: string; body: Buffer; offset: number; length: number }

/** The pieces to write, head and header in one buffer, bodies as they are. */
export function encodeFrame({ kind, id, ref, header, body }: NewFrame): { pieces: Uint8Array[]; bytes: number } {
  const headerBytes = Buffer.byteLength(header)
  let bytes = HEAD_BYTES + headerBytes
  for (const piece of body) bytes += piece.length
  const head = Buffer.allocUnsafe(HEAD_BYTES + headerBytes)
  head.writeUInt32LE(bytes - PREFIX_BYTES, 0)
  head.writeUInt32LE(kind, 8)
  head.write(id, 12, 8, 'hex')
  head.writeUInt32LE(ref?.segment ?? 0, 20)
  head.writeUInt32LE(ref?.offset ?? 0, 24)
  head.writeUInt32LE(headerBytes, 28)
  head.write(header, HEAD_BYTES)
  let check = crc32(head.subarray(PREFIX_BYTES))
  for (const piece of body) check = crc32(piece, check)
  head.writeUInt32LE(check, 4)
  return { pieces: [head, ...body], bytes }
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
