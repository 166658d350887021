import { crc32 } from 'node:zlib'

/**
 * One entry of the log: a head, the key and the value, both UTF-8. The head, little-endian: magic (4 bytes), checksum of the rest of the
 * head and the key (4), bytes of the key (4), bytes of the value (4), when it ends in milliseconds since 1970 (8, a double), checksum
 * of the value (4). An entry that ends at 0 says that there is nothing under its key any more.
 */
export const HEAD_BYTES = 28
/** Longer keys are none of ours; what says that it has one is damaged. */
export const MOST_KEY_BYTES = 65_536
const MAGIC = 0x6b_62_73_32

export type EntryHead = { key: string; expiresAt: number; valueBytes: number }
type Writing = { key: string; value: string; expiresAt: number; keyBytes: number; valueBytes: number }

/** Writes an entry at a place that has room for it. */
export function writeEntry(into: Buffer, at: number, { key, value, expiresAt, keyBytes, valueBytes }: Writing): void {
  const keyAt = at + HEAD_BYTES
  const valueAt = keyAt + keyBytes
  into.write(key, keyAt, 'utf8')
  if (valueBytes > 0) into.write(value, valueAt, 'utf8')
  into.writeUInt32LE(MAGIC, at)
  into.writeUInt32LE(keyBytes, at + 8)
  into.writeUInt32LE(valueBytes, at + 12)
  into.writeDoubleLE(expiresAt, at + 16)
  into.writeUInt32LE(crc32(into.subarray(valueAt, valueAt + valueBytes)), at + 24)
  into.writeUInt32LE(crc32(into.subarray(at + 8, valueAt)), at + 4)
}

/** How many bytes head and key take, by a head alone; undefined where it is none. */
export function headAndKeyBytes(bytes: Buffer, at: number): number | undefined {
  if (bytes.readUInt32LE(at) !== MAGIC) return undefined
  const keyBytes = bytes.readUInt32LE(at + 8)
  return keyBytes > MOST_KEY_BYTES ? undefined : HEAD_BYTES + keyBytes
}

/** Head and key; undefined where they are damaged. */
export function readHead(bytes: Buffer, at: number): EntryHead | undefined {
  const length = headAndKeyBytes(bytes, at)
  if (length === undefined || at + length > bytes.length) return undefined
  if (crc32(bytes.subarray(at + 8, at + length)) !== bytes.readUInt32LE(at + 4)) return undefined
  return {
    key: bytes.toString('utf8', at + HEAD_BYTES, at + length),
    expiresAt: bytes.readDoubleLE(at + 16),
    valueBytes: bytes.readUInt32LE(at + 12),
  }
}

/** The value of a whole entry under this key; undefined where it is damaged, or another one. */
export function readValue(bytes: Buffer, key: string): string | undefined {
  if (bytes.length < HEAD_BYTES) return undefined
  const head = readHead(bytes, 0)
  if (head?.key !== key) return undefined
  const value = bytes.subarray(bytes.length - head.valueBytes)
  return crc32(value) === bytes.readUInt32LE(24) ? value.toString('utf8') : undefined
}
