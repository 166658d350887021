import { sha256 } from './ids.ts'

/** An index of the database holds no more than some 2,700 bytes of all its columns together. */
const MOST_BYTES = 300
const MOST_BYTES_PER_CHARACTER = 4
const KEPT_CHARACTERS = 40
const HASH_DIGITS = 32

/** A name that a client chose, short enough for an index and still its own: what is cut off a long one is in a hash. */
export function shortName(name: string): string {
  if (name.length * MOST_BYTES_PER_CHARACTER <= MOST_BYTES || Buffer.byteLength(name) <= MOST_BYTES) return name
  return `${name.slice(0, KEPT_CHARACTERS).toWellFormed()}~${sha256(name).slice(0, HASH_DIGITS)}`
}
