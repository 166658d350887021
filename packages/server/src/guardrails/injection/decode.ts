import { Buffer } from 'node:buffer'

/** What a stretch of the text says once it is decoded. */
export type Decoded = { start: number; end: number; text: string; encoding: string }

// More than anybody needs for an instruction, and a bound for what decoding may cost.
const MAX_DECODED = 10_000
const MAX_STRETCHES = 20

const BASE64 = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{20,}={0,2}(?![A-Za-z0-9+/_=-])/g
const HEX = /(?<![0-9A-Za-z])(?:0x)?(?:[0-9A-Fa-f]{2}[ ,:]?){12,}(?![0-9A-Za-z])/g
const BINARY = /(?<![01])(?:[01]{8}[ ,]?){8,}(?![01])/g
const ESCAPES = /(?:(?:%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|&#x?[0-9A-Fa-f]{2,4};)[\w .,;:!?-]{0,12}){6,}/g
// `ignore`, `instructions`, `prompt`, `system` and `rules` as they look in ROT13, and backwards.
const ROT13_WORDS = /\b(?:vtaber|vafgehpgvbaf?|cebzcg|flfgrz|qvfertneq|erfgevpgvbaf)\b/i
const BACKWARD_WORDS = /\b(?:erongi|s?noitcurtsni|s?tpmorp|drageersid|drageersiD|metsys|s?noitcirtser)\b/i

/** Stretches that are encoded and hold readable text: base64, hex, binary, escapes, ROT13, written backwards. One level, bounded. */
export function decodedStretches(text: string): Decoded[] {
  const found: Decoded[] = []
  const add = (encoding: string, pattern: RegExp, decode: (stretch: string) => string) => {
    for (const { index, 0: stretch } of text.matchAll(pattern)) {
      if (found.length >= MAX_STRETCHES) return
      const decoded = decode(stretch.slice(0, MAX_DECODED * 4)).slice(0, MAX_DECODED)
      if (readable(decoded)) found.push({ start: index, end: index + stretch.length, text: decoded, encoding })
    }
  }
  add('base64', BASE64, (stretch) => Buffer.from(stretch, 'base64').toString('utf8'))
  add('hex', HEX, (stretch) => Buffer.from(stretch.replace(/^0x|[ ,:]/g, ''), 'hex').toString('utf8'))
  add('binary', BINARY, (stretch) =>
    (stretch.match(/[01]{8}/g) ?? []).map((bits) => String.fromCharCode(Number.parseInt(bits, 2))).join(''),
  )
  add('escapes', ESCAPES, unescaped)
  const whole = { start: 0, end: text.length }
  if (ROT13_WORDS.test(text)) found.push({ ...whole, text: rot13(text.slice(0, MAX_DECODED)), encoding: 'rot13' })
  if (BACKWARD_WORDS.test(text)) found.push({ ...whole, text: [...text.slice(0, MAX_DECODED)].reverse().join(''), encoding: 'backwards' })
  return found
}

/** Letters and spaces, mostly: what somebody wrote, not what a machine made. */
function readable(text: string): boolean {
  if (text.length < 10) return false
  let letters = 0
  let strange = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 32) letters++
    else if (code < 9 || code === 0xfffd || (code > 13 && code < 32) || code === 127) strange++
  }
  return strange === 0 && letters > text.length * 0.6 && text.includes(' ')
}

const unescaped = (stretch: string) =>
  stretch.replace(/%([0-9A-Fa-f]{2})|\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})|&#x([0-9A-Fa-f]{2,4});|&#([0-9]{2,4});/g, (_, ...codes) => {
    const [percent, short, long, hexEntity, entity] = codes as (string | undefined)[]
    const hex = percent ?? short ?? long ?? hexEntity
    return String.fromCharCode(hex ? Number.parseInt(hex, 16) : Number(entity))
  })

const rot13 = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base)
  })
