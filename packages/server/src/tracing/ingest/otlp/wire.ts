/** A place in protobuf bytes. The functions below move it. https://protobuf.dev/programming-guides/encoding/ */
export type Reader = { readonly bytes: Buffer; at: number }

export const readerOf = (body: Uint8Array): Reader => ({ bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength), at: 0 })

/** Wire types. */
export const VARINT = 0
export const FIXED64 = 1
export const BYTES = 2
export const FIXED32 = 5

const LONGEST_VARINT = 10
const TWO_32 = 4_294_967_296

/** A variable-length number, exact up to 2⁵³; -1 where it is longer than ten bytes or runs past `end`. */
export function readVarint(reader: Reader, end: number): number {
  const { bytes } = reader
  let at = reader.at
  if (at < end) {
    const first = bytes[at] as number
    if (first < 128) {
      reader.at = at + 1
      return first
    }
  }
  const stop = Math.min(end, at + LONGEST_VARINT)
  let value = 0
  let scale = 1
  while (at < stop) {
    const byte = bytes[at++] as number
    value += (byte & 127) * scale
    if (byte < 128) {
      reader.at = at
      return value
    }
    scale *= 128
  }
  return -1
}

/** A signed 64-bit integer in a varint: a number, or its decimal text beyond ±2⁵³. */
export function readInt64(reader: Reader, end: number): number | string {
  const start = reader.at
  const value = readVarint(reader, end)
  if (value <= Number.MAX_SAFE_INTEGER) return value
  let exact = 0n
  for (let at = reader.at - 1; at >= start; at--) exact = (exact << 7n) | BigInt((reader.bytes[at] as number) & 127)
  const signed = BigInt.asIntN(64, exact)
  const number = Number(signed)
  return Number.isSafeInteger(number) ? number : String(signed)
}

/** Nanoseconds in a fixed64 as microseconds and the rest, without big integers. */
export function readTime(reader: Reader): { us: number; ns: number } {
  const low = reader.bytes.readUInt32LE(reader.at)
  const high = reader.bytes.readUInt32LE(reader.at + 4)
  reader.at += 8
  // high × 2³² + low, divided by 1000 in two steps that stay below 2⁵³.
  const rest = (high % 1000) * TWO_32 + low
  const ns = rest % 1000
  const us = Math.floor(high / 1000) * TWO_32 + (rest - ns) / 1000
  return us <= Number.MAX_SAFE_INTEGER ? { us, ns } : { us: Number.MAX_SAFE_INTEGER, ns: 0 }
}

/** Moves behind a field of this wire type; false where it does not fit before `end`. */
export function skip(reader: Reader, wire: number, end: number): boolean {
  if (wire === VARINT) return readVarint(reader, end) >= 0
  if (wire === BYTES) {
    const length = readVarint(reader, end)
    if (length < 0 || length > end - reader.at) return false
    reader.at += length
    return true
  }
  if (wire !== FIXED64 && wire !== FIXED32) return false
  reader.at += wire === FIXED64 ? 8 : 4
  return reader.at <= end
}
