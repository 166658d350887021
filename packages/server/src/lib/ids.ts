import { hash, randomBytes, randomFillSync } from 'node:crypto'

const pool = Buffer.allocUnsafe(4096)
let used = pool.length

/** Random bytes as hex, from a pool: one call to the kernel for many ids. */
function hex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}

/** W3C ids, https://www.w3.org/TR/trace-context/. */
export const newTraceId = (): string => hex(16)
export const newSpanId = (): string => hex(8)
/** An id for a row: prefix and 96 random bits. */
export const newId = (prefix: string): string => `${prefix}_${hex(12)}`
/** Something that must not be guessed, such as a key or a session: 192 bits. */
export const newSecret = (): string => randomBytes(24).toString('base64url')

export const sha256 = (text: string | Uint8Array): string => hash('sha256', text)
/** A foreign trace id as ours: hex of a UUID as it is, anything else by hash. The same text always gives the same id. */
export function traceIdOf(projectId: string, foreign: string): string {
  const plain = foreign.replaceAll('-', '').toLowerCase()
  return /^[0-9a-f]{32}$/.test(plain) ? plain : sha256(`${projectId}|${foreign}`).slice(0, 32)
}

/** A foreign span id as ours: hex of 8 bytes, or of a UUID, as it is; anything else by hash. */
export function spanIdOf(projectId: string, foreign: string): string {
  const plain = foreign.replaceAll('-', '').toLowerCase()
  return /^([0-9a-f]{16}|[0-9a-f]{32})$/.test(plain) ? plain : sha256(`${projectId}|${foreign}`).slice(0, 32)
}
