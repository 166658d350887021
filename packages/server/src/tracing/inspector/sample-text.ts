import { stripSecrets } from './strip-secrets.ts'

/** Of a refused body as much as tells what is wrong with it. */
const MOST_CHARACTERS = 8192
/** Looked through for secrets: one that begins within what is shown is seen whole. */
const MARGIN = 2048
const MOST_BYTES_OF_BINARY = 256

/** A refused body as a text that may be kept and shown: its beginning, without what looks like a secret. */
export function sampleText(sample: string | Uint8Array): { text: string; bytes: number; cut: boolean } {
  if (typeof sample === 'string') return { ...cutTo(sample), bytes: Buffer.byteLength(sample) }
  const bytes = Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength)
  if (isText(bytes)) return { ...cutTo(bytes.toString('utf8', 0, 4 * (MOST_CHARACTERS + MARGIN))), bytes: bytes.length }
  return { text: stripSecrets(binary(bytes)), bytes: bytes.length, cut: bytes.length > MOST_BYTES_OF_BINARY }
}

function cutTo(text: string): { text: string; cut: boolean } {
  const stripped = stripSecrets(text.slice(0, MOST_CHARACTERS + MARGIN))
  return { text: stripped.slice(0, MOST_CHARACTERS).toWellFormed(), cut: text.length > MOST_CHARACTERS }
}

/** The beginning decides: it may end within a character. */
function isText(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 4096)
  if (start.some((byte) => byte < 32 && !SPACES.has(byte))) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Tab, line feed, carriage return. */
const SPACES = new Set([9, 10, 13])

/** Of what is no text: hex, and the words that stand in it. */
function binary(bytes: Buffer): string {
  const words = bytes.toString('latin1', 0, 4096).match(/[\x20-\x7e]{5,}/g) ?? []
  const hex = bytes.subarray(0, MOST_BYTES_OF_BINARY).toString('hex').replace(/(..)/g, '$1 ').trimEnd()
  return `Binary, ${bytes.length} bytes. The first in hex:\n${hex}\n\nWords in it:\n${words.slice(0, 60).join('\n')}`
}
