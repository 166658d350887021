/** Finds where the chunks of a stream end while its bytes come in pieces; each byte is looked at once. */
export interface Cutter {
  /** Offsets in this piece past the end of each chunk that ends in it. */
  push(piece: Buffer): number[]
}

const NEWLINE = 0x0a
const RETURN = 0x0d
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Server-sent events: past each blank line, of LF or CRLF. */
export class EventCutter implements Cutter {
  /** The last two bytes of the pieces before. */
  #tail: [number, number] = [0, 0]

  push(piece: Buffer): number[] {
    const ends: number[] = []
    const byteAt = (at: number): number => (at >= 0 ? (piece[at] ?? 0) : (this.#tail[2 + at] ?? 0))
    for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) {
      const before = byteAt(at - 1)
      if (before === NEWLINE || (before === RETURN && byteAt(at - 2) === NEWLINE)) ends.push(at + 1)
    }
    this.#tail = [byteAt(piece.length - 2), byteAt(piece.length - 1)]
    return ends
  }
}

/** A JSON list of objects: past each object. */
export class ListCutter implements Cutter {
  #depth = 0
  #isInString = false
  /** An odd number of backslashes ended the piece before. */
  #slashes = 0

  push(piece: Buffer): number[] {
    const ends: number[] = []
    let at = 0
    while (at < piece.length) {
      if (this.#isInString) at = this.#string(piece, at)
      else {
        const byte = piece[at++]
        if (byte === QUOTE) this.#isInString = true
        else if (byte === 0x7b || byte === 0x5b) this.#depth++
        else if (byte === 0x7d || byte === 0x5d) {
          this.#depth--
          if (byte === 0x7d && this.#depth === 1) ends.push(at)
        }
      }
    }
    return ends
  }

  /** Past the next quote that may close the string, or past the piece. */
  #string(piece: Buffer, from: number): number {
    const quote = piece.indexOf(QUOTE, from)
    const stop = quote === -1 ? piece.length : quote
    let slashes = 0
    while (stop - slashes > from && piece[stop - 1 - slashes] === BACKSLASH) slashes++
    if (stop - slashes === from) slashes += this.#slashes
    this.#slashes = 0
    if (quote === -1) this.#slashes = slashes % 2
    else if (slashes % 2 === 0) this.#isInString = false
    return quote === -1 ? piece.length : quote + 1
  }
}
