import { readSync } from 'node:fs'

const CHUNK = 1 << 18
const LINE_FEED = 10

export type Line = { bytes: Buffer; offset: number; ended: boolean }

/** The lines of a file from an offset on, without their line feed. Bytes are good until the next line is asked for. */
export function* linesOf(fd: number, from = 0): Generator<Line> {
  let buffer: Buffer = Buffer.allocUnsafe(CHUNK)
  /** What of the buffer is filled, and where in the file it begins. */
  let filled = 0
  let base = from
  for (;;) {
    const read = readSync(fd, buffer, filled, buffer.length - filled, base + filled)
    if (read === 0) break
    filled += read
    let start = 0
    for (let end = buffer.indexOf(LINE_FEED); end !== -1 && end < filled; end = buffer.indexOf(LINE_FEED, start)) {
      yield { bytes: buffer.subarray(start, end), offset: base + start, ended: true }
      start = end + 1
    }
    base += start
    filled -= start
    // A line that is longer than the buffer makes it grow.
    const next = filled === buffer.length ? Buffer.allocUnsafe(buffer.length * 2) : buffer
    buffer.copy(next, 0, start, start + filled)
    buffer = next
  }
  if (filled > 0) yield { bytes: buffer.subarray(0, filled), offset: base, ended: false }
}

/** Bytes of a file, all of them. */
export function readAt(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const read = readSync(fd, bytes, done, length - done, offset + done)
    if (read === 0) throw new Error(`A file became shorter while it was read: ${done} of ${length} bytes at ${offset}.`)
    done += read
  }
  return bytes
}

const scratch = Buffer.allocUnsafe(16_384)

/** The line that begins at an offset, without its line feed. Its bytes are good until the next one is read. */
export function lineAt(fd: number, offset: number): Buffer {
  for (let buffer: Buffer = scratch; ; buffer = Buffer.allocUnsafe(buffer.length * 8)) {
    const read = readSync(fd, buffer, 0, buffer.length, offset)
    const end = buffer.indexOf(LINE_FEED)
    if (end !== -1 && end < read) return buffer.subarray(0, end)
    if (read < buffer.length) return buffer.subarray(0, read)
  }
}
