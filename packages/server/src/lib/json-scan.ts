const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = new Set([0x7b, 0x5b])
const CLOSE = new Set([0x7d, 0x5d])

/** Byte ranges of a value, end exclusive. */
export type Range = { start: number; end: number }

/**
 * Finds the values of the top-level keys of a JSON object in a buffer, without parsing them: long strings are skipped
 * with `indexOf`, so that megabytes of base64 cost next to nothing. `undefined` when it is not an object.
 * What is nested is not validated.
 */
export function topLevel(buffer: Buffer): Map<string, Range> | undefined {
  const found = new Map<string, Range>()
  let at = skipSpace(buffer, buffer[0] === 0xef ? 3 : 0)
  if (buffer[at] !== 0x7b) return undefined
  at = skipSpace(buffer, at + 1)
  if (buffer[at] === 0x7d) return found
  while (at < buffer.length) {
    if (buffer[at] !== QUOTE) return undefined
    const keyEnd = endOfString(buffer, at)
    const key = parseKey(buffer, at, keyEnd)
    at = skipSpace(buffer, keyEnd)
    if (key === undefined || buffer[at] !== 0x3a) return undefined
    const start = skipSpace(buffer, at + 1)
    const end = endOfValue(buffer, start)
    if (end <= start) return undefined
    found.set(key, { start, end })
    at = skipSpace(buffer, end)
    if (buffer[at] === 0x7d) return found
    if (buffer[at] !== 0x2c) return undefined
    at = skipSpace(buffer, at + 1)
  }
  return undefined
}

function parseKey(buffer: Buffer, start: number, end: number): string | undefined {
  const simple = simpleText(buffer, start + 1, end - 1)
  if (simple !== undefined) return simple
  try {
    const key: unknown = JSON.parse(buffer.toString('utf8', start, end))
    return typeof key === 'string' ? key : undefined
  } catch {
    return undefined
  }
}

/** Letters, digits and what else stands for itself in JSON and in ASCII; undefined for other text. */
function simpleText(buffer: Buffer, start: number, end: number): string | undefined {
  for (let at = start; at < end; at++) {
    const byte = buffer[at] ?? 0
    if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return undefined
  }
  return end >= start ? buffer.toString('latin1', start, end) : undefined
}

function skipSpace(buffer: Buffer, at: number): number {
  while (buffer[at] === 0x20 || buffer[at] === 0x0a || buffer[at] === 0x0d || buffer[at] === 0x09) at++
  return at
}

/** Past the closing quote. */
function endOfString(buffer: Buffer, at: number): number {
  let quote = at
  while (true) {
    quote = buffer.indexOf(QUOTE, quote + 1)
    if (quote === -1) return buffer.length
    let slashes = 0
    while (buffer[quote - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote + 1
  }
}

function endOfValue(buffer: Buffer, at: number): number {
  const first = buffer[at] ?? 0
  if (first === QUOTE) return endOfString(buffer, at)
  if (!OPEN.has(first)) {
    while (at < buffer.length && buffer[at] !== 0x2c && buffer[at] !== 0x7d && buffer[at] !== 0x5d && (buffer[at] ?? 0) > 0x20) at++
    return at
  }
  let depth = 0
  while (at < buffer.length) {
    const byte = buffer[at] ?? 0
    if (byte === QUOTE) {
      at = endOfString(buffer, at)
      continue
    }
    if (OPEN.has(byte)) depth++
    else if (CLOSE.has(byte) && --depth === 0) return at + 1
    at++
  }
  return buffer.length
}
