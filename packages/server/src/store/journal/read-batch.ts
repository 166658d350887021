import { type FileHandle, open } from 'node:fs/promises'
import { FRAME } from '@signalbox/schema'
import { announcedLength, HEAD_BYTES, type Position, scanFrames } from './frame.ts'
import { segmentPath } from './segments.ts'

/** `bytes`: whole frames, first the starts from elsewhere that the ends inside need, then the stretch from `from` to `to`. */
export type Batch = { bytes: Buffer[]; from: Position; to: Position; records: number }

/**
 * The next stretch of the journal, within one segment: at most `maxBytes`, but at least one record.
 * The same `from` and `to` always give the same bytes, so a batch can be sent again.
 */
export async function readBatch(
  folder: string,
  range: { from: Position; end: Position; maxBytes: number; allocate?: (bytes: number) => Buffer },
): Promise<Batch | undefined> {
  const { from, end, maxBytes, allocate = Buffer.allocUnsafe } = range
  const handle = await open(segmentPath(folder, from.segment), 'r')
  try {
    const size = from.segment === end.segment ? end.offset : (await handle.stat()).size
    const available = size - from.offset
    if (available <= 0) return undefined
    let buffer = await read(handle, from.offset, allocate(Math.min(available, maxBytes)))
    let { frames, rest } = scanFrames(buffer, true)
    if (frames.length === 0 && available > buffer.length && buffer.length >= HEAD_BYTES) {
      buffer = await read(handle, from.offset, allocate(Math.min(available, announcedLength(buffer))))
      ;({ frames, rest } = scanFrames(buffer, true))
    }
    if (frames.length === 0) return undefined
    const extras = await startsFromElsewhere({ folder, from, rest, buffer, frames })
    return {
      bytes: [...extras, buffer.subarray(0, rest)],
      from,
      to: { segment: from.segment, offset: from.offset + rest },
      records: frames.length,
    }
  } finally {
    await handle.close()
  }
}

type Needs = { folder: string; from: Position; rest: number; buffer: Buffer; frames: ReturnType<typeof scanFrames>['frames'] }

async function startsFromElsewhere({ folder, from, frames }: Needs): Promise<Buffer[]> {
  const wanted = frames.filter(
    (frame) => frame.kind === FRAME.end && !(frame.ref.segment === from.segment && frame.ref.offset >= from.offset),
  )
  const found: Buffer[] = []
  for (const { ref } of wanted) {
    const handle = await open(segmentPath(folder, ref.segment), 'r')
    try {
      const head = await read(handle, ref.offset, Buffer.allocUnsafe(HEAD_BYTES))
      found.push(await read(handle, ref.offset, Buffer.allocUnsafe(announcedLength(head))))
    } finally {
      await handle.close()
    }
  }
  return found
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
