import { readSync } from 'node:fs'

const CHUNK = 1 << 18
const LINE_FEED = 10

export type Line = { bytes: Buffer; offset: number; ended: boolean }

/** The lines of a file from an offset on, without their line feed. Bytes are good until the next line is asked for. */
export function* linesOf(fd: number, from = 0): Generator<Line> {
  let rest: Buffer = Buffer.alloc(0)
  let offset = from
  let at = from
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const read = readSync(fd, chunk, 0, CHUNK, at)
    at += read
    if (read === 0) break
    let bytes = rest.length === 0 ? chunk.subarray(0, read) : Buffer.concat([rest, chunk.subarray(0, read)])
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED)) {
      yield { bytes: bytes.subarray(0, end), offset, ended: true }
      offset += end + 1
      bytes = bytes.subarray(end + 1)
    }
    rest = bytes
  }
  if (rest.length > 0) yield { bytes: rest, offset, ended: false }
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

/** The line that begins at an offset, without its line feed. */
export function lineAt(fd: number, offset: number): Buffer {
  let length = 4096
  for (;;) {
    const bytes = Buffer.allocUnsafe(length)
    const read = readSync(fd, bytes, 0, length, offset)
    const end = bytes.subarray(0, read).indexOf(LINE_FEED)
    if (end !== -1) return bytes.subarray(0, end)
    if (read < length) return bytes.subarray(0, read)
    length *= 4
  }
}
