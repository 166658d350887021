/**
 * A number of 32 bits for a text, evenly spread (FNV-1a over UTF-16 units with a final mix): the same in every process and version. To
 * spread load and divide traffic, never to keep anything secret.
 */
export function hashText(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193)
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193)
  }
  return mix(hash)
}

/** Two numbers of 32 bits as one that depends on every bit of both. */
export const mixHashes = (a: number, b: number): number => mix(Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ b)

/** A number of 32 bits as one above 0 and below 1. */
export const asFraction = (hash: number): number => ((hash >>> 0) + 0.5) / 4_294_967_296

function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
