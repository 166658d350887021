import { BYTES, FIXED64, type Reader, readVarint, skip } from './wire.ts'
import { isMessage, SPAN } from './wire-messages.ts'

/** Why a span cannot be taken; '' where it can. `logs` and `metrics`: it is none, but an item of another signal. */
export type SpanProblem = '' | 'malformed' | 'trace-id' | 'span-id' | 'logs' | 'metrics'

/**
 * Field × 8 + wire type that no span has but an item of another signal sent to the same path does: messages of the
 * three signals nest alike, and differ first in the fields of the item itself.
 */
const FOREIGN: Record<number, SpanProblem> = {
  [1 * 8 + FIXED64]: 'logs',
  [2 * 8]: 'logs',
  [7 * 8]: 'logs',
  [11 * 8 + FIXED64]: 'logs',
  [7 * 8 + BYTES]: 'metrics',
  [10 * 8 + BYTES]: 'metrics',
}
const START = 7
const END = 8

/** Walks one span of a protobuf body without building anything, and leaves the reader at its end. `timeless`: it has neither start nor end. */
export function checkSpan(reader: Reader, end: number): { problem: SpanProblem; timeless: boolean } {
  const { bytes } = reader
  let traceId = false
  let spanId = false
  let timeless = true
  // What follows a malformed part may still tell that this is no span at all.
  let malformed = false
  const result = (problem: SpanProblem) => {
    reader.at = end
    return { problem, timeless }
  }
  while (reader.at < end) {
    const tag = readVarint(reader, end)
    if (tag < 8 || tag > 0xffffffff) return result('malformed')
    const wire = tag & 7
    const number = tag >>> 3
    const field = SPAN[number]
    if (!field) {
      if (!skip(reader, wire, end)) return result('malformed')
      continue
    }
    if (field.wire !== wire) return result(FOREIGN[tag] ?? 'malformed')
    if (wire !== BYTES) {
      if (number === START || number === END) timeless = false
      if (!skip(reader, wire, end)) return result('malformed')
      continue
    }
    const length = readVarint(reader, end)
    const stop = reader.at + length
    if (length < 0 || stop > end) return result('malformed')
    if (field.message) {
      if (!isMessage(reader, stop, field.message)) malformed = true
    } else if (number === 1) traceId = length === 16 && !isZero(bytes, reader.at, stop)
    else if (number === 2) spanId = length === 8 && !isZero(bytes, reader.at, stop)
    reader.at = stop
  }
  if (malformed || reader.at !== end) return result('malformed')
  return result(!traceId ? 'trace-id' : !spanId ? 'span-id' : '')
}

function isZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false
  return true
}
