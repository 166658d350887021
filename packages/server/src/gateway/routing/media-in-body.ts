import type { Modality } from '@signalbox/schema'
import type { Range } from '../../lib/json-scan.ts'

/** What of a request is no text: which kinds, and where the long base64 of it stands. */
export type MediaInBody = {
  /** How many parts of each kind there are, beside text. */
  counts: ReadonlyMap<Modality, number>
  /** Strings of base64, in their order and without their quotes. */
  ranges: readonly Range[]
}

const NONE: MediaInBody = { counts: new Map(), ranges: [] }
const QUOTE = 0x22
const COLON = 0x3a

/** Values of `type` that OpenAI (chat, Responses), Anthropic and Cohere give to parts. */
const TYPES: readonly (readonly [value: Buffer, modality: Modality])[] = [
  [Buffer.from('"image_url"'), 'image'],
  [Buffer.from('"input_image"'), 'image'],
  [Buffer.from('"image"'), 'image'],
  [Buffer.from('"input_audio"'), 'audio'],
  [Buffer.from('"file"'), 'file'],
  [Buffer.from('"input_file"'), 'file'],
  [Buffer.from('"document"'), 'file'],
]
/** Gemini says what a part is by its MIME type. */
const MIME_KEYS = [Buffer.from('"mimeType"'), Buffer.from('"mime_type"')]
/** Where base64 is: in a data URL, or the value of `data`. */
const DATA_URL = Buffer.from(';base64,')
const DATA_KEY = Buffer.from('"data"')
/** Shorter strings cost nothing to read. */
const SHORTEST_DATA = 1024
const TYPE_KEY = '"type"'

/**
 * Finds images, sound and files in a JSON request of any dialect by the marks that they carry, without parsing it and without decoding
 * anything. Within a JSON string a quote is written `\"`, so what a text says is never taken for a mark.
 */
export function mediaInBody(body: Buffer): MediaInBody {
  const ranges = body.length > SHORTEST_DATA ? longData(body) : []
  const counts = new Map<Modality, number>()
  let at = 0
  for (const { start, end } of [...ranges, { start: body.length, end: body.length }]) {
    countMarks(body.subarray(at, start), counts)
    at = end
  }
  return ranges.length === 0 && counts.size === 0 ? NONE : { counts, ranges }
}

/** The body with long base64 left out: what is left is JSON still. */
export function withoutData(body: Buffer, { ranges }: MediaInBody): Buffer {
  if (ranges.length === 0) return body
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end } of ranges) {
    pieces.push(body.subarray(at, start))
    at = end
  }
  pieces.push(body.subarray(at))
  return Buffer.concat(pieces)
}

function longData(body: Buffer): Range[] {
  const ranges: Range[] = []
  let url = body.indexOf(DATA_URL)
  let key = body.indexOf(DATA_KEY)
  while (url !== -1 || key !== -1) {
    const isUrl = key === -1 || (url !== -1 && url < key)
    const start = isUrl ? url + DATA_URL.length : valueStart(body, key + DATA_KEY.length)
    const end = start === -1 ? -1 : body.indexOf(QUOTE, start)
    const isData = end !== -1 && end - start >= SHORTEST_DATA
    if (isData) ranges.push({ start, end })
    const from = isData ? end : (isUrl ? url : key) + 1
    if (url !== -1 && url < from) url = body.indexOf(DATA_URL, from)
    if (key !== -1 && key < from) key = body.indexOf(DATA_KEY, from)
  }
  // A text that speaks of data URLs has spaces; base64 has none.
  return ranges.filter(({ start, end }) => !body.subarray(start, Math.min(end, start + SHORTEST_DATA)).includes(0x20))
}

/** Past the quote that opens the string value of a key that ends here; -1 where it has no string. */
function valueStart(body: Buffer, at: number): number {
  const colon = skipSpace(body, at)
  if (body[colon] !== COLON) return -1
  const quote = skipSpace(body, colon + 1)
  return body[quote] === QUOTE ? quote + 1 : -1
}

function countMarks(text: Buffer, counts: Map<Modality, number>): void {
  for (const [value, modality] of TYPES)
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + value.length))
      if (isTypeOf(text, at)) counts.set(modality, (counts.get(modality) ?? 0) + 1)
  for (const key of MIME_KEYS)
    for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + key.length)) {
      const start = valueStart(text, at + key.length)
      if (start === -1) continue
      const modality = modalityOfMime(text.toString('latin1', start, start + 6))
      counts.set(modality, (counts.get(modality) ?? 0) + 1)
    }
}

const modalityOfMime = (mime: string): Modality => (mime.startsWith('image/') ? 'image' : mime === 'audio/' ? 'audio' : 'file')

/** Whether the value that begins here is that of a `type`. */
function isTypeOf(text: Buffer, at: number): boolean {
  let before = at - 1
  while (isSpace(text[before])) before--
  if (text[before] !== COLON) return false
  before--
  while (isSpace(text[before])) before--
  return text.toString('latin1', before + 1 - TYPE_KEY.length, before + 1) === TYPE_KEY
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

function skipSpace(body: Buffer, at: number): number {
  let next = at
  while (isSpace(body[next])) next++
  return next
}
