import { closeSync, openSync, readSync } from 'node:fs'
import { announcedLength, type FrameHead, HEAD_BYTES, scanFrames } from './frame.ts'

type Stretch = { frames: FrameHead[]; base: number; buffer: Buffer; damagedBytes: number }

/** The frames of one segment from `from` on, a stretch at a time, checksums verified. What is torn or damaged ends it and is counted. */
export function* readSegment(path: string, from = 0, chunkBytes = 8 << 20): Generator<Stretch> {
  const fd = openSync(path, 'r')
  try {
    let base = from
    let size = chunkBytes
    while (true) {
      const buffer = Buffer.allocUnsafe(size)
      const read = readSync(fd, buffer, 0, size, base)
      if (read === 0) return
      const { frames, rest, damaged } = scanFrames(buffer.subarray(0, read), true)
      const atEnd = read < size
      const damagedBytes = damaged || (atEnd && rest < read) ? read - rest : 0
      yield { frames, base, buffer, damagedBytes }
      if (damaged || atEnd) return
      base += rest
      // A frame longer than the chunk: take it whole next time.
      size = rest === 0 ? Math.max(size * 2, announcedLength(buffer)) : chunkBytes
      if (read < HEAD_BYTES) return
    }
  } finally {
    closeSync(fd)
  }
}
