import { closeSync, openSync, readSync } from 'node:fs'
import { type CallEnd, type CallStart, FRAME } from '@signalbox/schema'
import { HEAD_BYTES, type Position } from './frame.ts'
import { readSegment } from './read-segment.ts'
import { listSegments, segmentPath } from './segments.ts'

/** Every call whose end stands at `from` or after it, in the order of their ends. What is damaged, or has lost its start, is passed over. */
export function replayCalls(folder: string, from: Position, each: (start: CallStart, end: CallEnd) => void): void {
  const starts = new Map<string, string>()
  for (const segment of listSegments(folder)) {
    if (segment < from.segment) continue
    for (const { frames, buffer } of readSegment(segmentPath(folder, segment), segment === from.segment ? from.offset : 0)) {
      for (const { kind, id, ref, offset } of frames) {
        if (kind === FRAME.start) starts.set(id, headerAt(buffer, offset))
        if (kind !== FRAME.end) continue
        const start = starts.get(id) ?? startAt(folder, ref)
        starts.delete(id)
        if (start !== undefined) each(JSON.parse(start) as CallStart, JSON.parse(headerAt(buffer, offset)) as CallEnd)
      }
    }
  }
}

const headerAt = (buffer: Buffer, offset: number): string => {
  const start = offset + HEAD_BYTES
  return buffer.toString('utf8', start, start + buffer.readUInt32LE(start - 4))
}

/** The header of one frame; undefined where its segment is gone. */
function startAt(folder: string, { segment, offset }: Position): string | undefined {
  let fd: number
  try {
    fd = openSync(segmentPath(folder, segment), 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    if (readSync(fd, head, 0, HEAD_BYTES, offset) < HEAD_BYTES || head[8] !== FRAME.start) return undefined
    const header = Buffer.alloc(head.readUInt32LE(HEAD_BYTES - 4))
    return readSync(fd, header, 0, header.length, offset + HEAD_BYTES) < header.length ? undefined : header.toString('utf8')
  } finally {
    closeSync(fd)
  }
}
