import { dataOf, type StreamFacts } from '../watch.ts'
import { type Cutter, EventCutter, ListCutter } from './cutters.ts'
import { readAnswerError } from './errors.ts'
import { type Fields, isFields, parseFields } from './fields.ts'

const USAGE = Buffer.from('"usageMetadata"')
/** The end of `"finishReason"` and `"blockReason"`: one search for both. */
const REASON = Buffer.from('Reason"')
const ERROR = Buffer.from('"error"')

/**
 * Watches a Gemini stream go by, server-sent events or a JSON list. Whole chunks are passed as they came, in their own bytes.
 * A chunk with a finish reason is kept back until another one comes or the stream is over: it may be the last, and then
 * `finish()` gives it as `last`. After `finish()` `facts.done` says whether every candidate had a finish reason: only then
 * the answer was whole. Every chunk has a usage; only that of the last is read.
 */
export class GeminiStreamWatch {
  readonly #facts: StreamFacts = { model: '', finishReason: '', usage: undefined, hasContent: false, done: false, error: '' }
  /** Whether each candidate that was seen has a finish reason. */
  readonly #finished = new Map<number, boolean>()
  #isBlocked = false
  #cutter: Cutter | undefined
  #isList = false
  /** Pieces of a chunk that is not complete. */
  #carry: Buffer[] = []
  #held: Buffer | undefined
  /** A chunk whose usage was not read yet. */
  #unread: Buffer | undefined

  /** What is known so far. */
  get facts(): StreamFacts {
    if (this.#unread) {
      const usage = this.#parse(this.#unread)?.usageMetadata
      this.#unread = undefined
      if (usage) this.#facts.usage = usage
    }
    return this.#facts
  }

  /** Bytes in, bytes for the client out. `last` comes with `finish()` alone: only the end of the connection ends the stream. */
  push(bytes: Buffer): { pass: Buffer; last: Buffer | undefined } {
    let piece = bytes
    if (!this.#cutter) {
      const first = firstByte(piece)
      if (first === undefined) return { pass: piece, last: undefined }
      this.#isList = first === 0x5b
      this.#cutter = this.#isList ? new ListCutter() : new EventCutter()
    }
    const ends = this.#cutter.push(piece)
    const end = ends.at(-1)
    if (end === undefined) {
      this.#carry.push(piece)
      return { pass: NOTHING, last: undefined }
    }
    if (this.#carry.length > 0) {
      const before = Buffer.concat(this.#carry)
      piece = Buffer.concat([before, bytes])
      for (let at = 0; at < ends.length; at++) ends[at] = (ends[at] ?? 0) + before.length
    }
    const whole = ends.at(-1) ?? 0
    this.#carry = whole < piece.length ? [piece.subarray(whole)] : []
    return { pass: this.#chunks(piece.subarray(0, whole), ends), last: undefined }
  }

  /** The stream is over: what is left may be a last event without its blank line, or the end of the list. */
  finish(): { pass: Buffer; last: Buffer | undefined } {
    const rest = Buffer.concat(this.#carry)
    this.#carry = []
    let pass = NOTHING
    if (rest.length > 0) {
      if (this.#parse(rest)) {
        pass = this.#held ?? NOTHING
        this.#held = undefined
        this.#learn(rest)
      }
      this.#held = this.#held ? Buffer.concat([this.#held, rest]) : rest
    }
    const last = this.#held
    this.#held = undefined
    const candidates = [...this.#finished.values()]
    this.#facts.done = this.#facts.error === '' && (this.#isBlocked || (candidates.length > 0 && candidates.every((isOver) => isOver)))
    return { pass, last }
  }

  #chunks(buffer: Buffer, ends: readonly number[]): Buffer {
    let end = buffer.length
    const held = this.#held
    this.#held = undefined
    if (this.#mustRead(buffer)) {
      let start = 0
      for (const at of ends) {
        if (this.#learn(buffer.subarray(start, at)) && at === buffer.length) end = start
        start = at
      }
    } else if (buffer.includes(USAGE)) this.#unread = buffer.subarray(ends.at(-2) ?? 0)
    if (end < buffer.length) this.#held = buffer.subarray(end)
    const pass = buffer.subarray(0, end)
    return held ? Buffer.concat([held, pass]) : pass
  }

  #mustRead(buffer: Buffer): boolean {
    const { hasContent, model } = this.#facts
    return !hasContent || !model || buffer.includes(REASON) || buffer.includes(ERROR)
  }

  /** Reads a chunk; `true` where it may be the last. */
  #learn(bytes: Buffer): boolean {
    const chunk = this.#parse(bytes)
    if (!chunk) return false
    const facts = this.#facts
    const { modelVersion, usageMetadata, promptFeedback, candidates } = chunk
    if (typeof modelVersion === 'string' && modelVersion) facts.model = modelVersion
    if (usageMetadata) {
      facts.usage = usageMetadata
      this.#unread = undefined
    }
    facts.error = readAnswerError(chunk)?.message ?? facts.error
    let isFinal = false
    if (isFields(promptFeedback) && typeof promptFeedback.blockReason === 'string') {
      facts.finishReason ||= promptFeedback.blockReason
      this.#isBlocked = true
      isFinal = true
    }
    for (const [at, candidate] of Array.isArray(candidates) ? candidates.entries() : [])
      if (isFields(candidate)) isFinal = this.#candidate(candidate, at) || isFinal
    return isFinal
  }

  #candidate({ index: counted, finishReason, content }: Fields, at: number): boolean {
    const facts = this.#facts
    const index = typeof counted === 'number' ? counted : at
    if (!facts.hasContent && isFields(content) && Array.isArray(content.parts)) facts.hasContent = content.parts.some(isSomething)
    if (typeof finishReason !== 'string' || finishReason === 'FINISH_REASON_UNSPECIFIED') {
      if (!this.#finished.has(index)) this.#finished.set(index, false)
      return false
    }
    facts.finishReason = finishReason
    this.#finished.set(index, true)
    return true
  }

  #parse(bytes: Buffer): Fields | undefined {
    const text = bytes.toString('utf8')
    if (this.#isList) return parseFields(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))
    return parseFields(dataOf(text) ?? text)
  }
}

const NOTHING: Buffer = Buffer.alloc(0)

/** Something a reader can see: text, a call, data; not a signature alone. */
const isSomething = (part: unknown): boolean =>
  isFields(part) &&
  Object.entries(part).some(([key, value]) => (key === 'text' ? value !== '' : key !== 'thought' && key !== 'thoughtSignature'))

/** The first byte that is no space and no byte order mark. */
function firstByte(buffer: Buffer): number | undefined {
  for (const byte of buffer) if (byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return byte
  return undefined
}
