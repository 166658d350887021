import { statSync } from 'node:fs'
import { FRAME } from '@signalbox/schema'
import { HEAD_BYTES, type Position } from './frame.ts'
import { readSegment } from './read-segment.ts'
import { segmentPath } from './segments.ts'

/** A call that began and has no end. */
export type OpenStart = Position & { header: string }
export type Recovered = {
  sizes: Map<number, number>
  open: Map<string, OpenStart>
  /** By segment of the start: where the last end stands of a call that began there. */
  lastEnds: Map<number, Position>
  /** By segment: where the starts stand whose ends it holds. */
  endsOf: Map<number, number[]>
  damagedBytes: number
}

/** Reads what an earlier process left: how large each segment is, and the calls that never ended. */
export function recover(folder: string, segments: readonly number[]): Recovered {
  const found: Recovered = { sizes: new Map(), open: new Map(), lastEnds: new Map(), endsOf: new Map(), damagedBytes: 0 }
  for (const segment of segments) {
    const path = segmentPath(folder, segment)
    found.sizes.set(segment, statSync(path).size)
    for (const { frames, base, buffer, damagedBytes } of readSegment(path)) {
      found.damagedBytes += damagedBytes
      for (const { kind, id, ref, offset } of frames) {
        if (kind === FRAME.start) found.open.set(id, { segment, offset: base + offset, header: headerOf(buffer, offset) })
        else if (kind === FRAME.end) {
          found.open.delete(id)
          found.lastEnds.set(ref.segment, { segment, offset: base + offset })
          noteEnd(found.endsOf, { from: ref.segment, at: segment })
        }
      }
    }
  }
  return found
}

/** Notes that an end in the segment `at` belongs to a start in the segment `from`. */
export function noteEnd(endsOf: Map<number, number[]>, { from, at }: { from: number; at: number }): void {
  const known = endsOf.get(at)
  if (!known) endsOf.set(at, [from])
  else if (!known.includes(from)) known.push(from)
}

const headerOf = (buffer: Buffer, offset: number): string => {
  const start = offset + HEAD_BYTES
  return buffer.toString('utf8', start, start + buffer.readUInt32LE(start - 4))
}
