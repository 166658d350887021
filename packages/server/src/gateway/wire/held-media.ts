import { randomBytes } from 'node:crypto'

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** Shorter bodies have no media worth the trouble. */
const SMALL_BODY = 131_072
const LONG_STRING = 32_768
/** How much of a medium stays, for codecs that look at its first bytes. A multiple of four, as base64 is. */
const KEPT = 64
const MARK = ';base64,'
const BASE64 = /^[A-Za-z0-9+/=_-]*$/
/** Nobody outside knows it, so that no text can name a medium of another place. */
const NONCE = randomBytes(12).toString('hex')
const TOKEN = new RegExp(`SBheld${NONCE}x(\\d+)x`)

/** A body without its media, and the way back. */
export type Held = {
  /** JSON in which every long base64 string is its start and a token. */
  text: string
  /** A JSON text in which tokens stand, as bytes with the media in their places. */
  release(json: string): Buffer[]
}

/**
 * Takes the media out of a JSON body, so that translating a request costs what its words cost: base64 is not made into
 * strings, not parsed and not written again, its bytes are only pointed at. Tokens are base64 themselves.
 */
export function holdMedia(body: Buffer): Held {
  if (body.length < SMALL_BODY) return { text: body.toString('utf8'), release: (json) => [Buffer.from(json)] }
  const held: Buffer[] = []
  let text = ''
  let at = 0
  for (let open = body.indexOf(QUOTE); open !== -1; ) {
    const close = endOfString(body, open)
    if (close - open > LONG_STRING) {
      const start = mediaStart(body, open + 1, close)
      if (start !== undefined) {
        text += `${body.toString('utf8', at, start + KEPT)}SBheld${NONCE}x${held.length}x`
        held.push(body.subarray(start + KEPT, close))
        at = close
      }
    }
    open = body.indexOf(QUOTE, close + 1)
  }
  return { text: text + body.toString('utf8', at), release: (json) => release(json, held) }
}

function release(json: string, held: readonly Buffer[]): Buffer[] {
  return json.split(TOKEN).map((part, index) => (index % 2 === 0 ? Buffer.from(part) : (held[Number(part)] ?? Buffer.alloc(0))))
}

/** Where base64 begins in a string, if it is some to its end: after `;base64,`, or at its start. */
function mediaStart(body: Buffer, start: number, end: number): number | undefined {
  const head = body.toString('latin1', start, start + 200)
  const mark = head.startsWith('data:') ? head.indexOf(MARK) : 0
  if (mark < 0) return undefined
  const from = head.startsWith('data:') ? start + mark + MARK.length : start
  const looksRight = BASE64.test(body.toString('latin1', from, from + KEPT)) && BASE64.test(body.toString('latin1', end - KEPT, end))
  if (!looksRight) return undefined
  // Whether it is base64 all through is told by what base64 has none of.
  for (const byte of [BACKSLASH, 0x20]) {
    const found = body.indexOf(byte, from)
    if (found !== -1 && found < end) return undefined
  }
  return from
}

/** The closing quote. */
function endOfString(body: Buffer, open: number): number {
  for (let quote = body.indexOf(QUOTE, open + 1); quote !== -1; quote = body.indexOf(QUOTE, quote + 1)) {
    let slashes = 0
    while (body[quote - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote
  }
  return body.length
}
