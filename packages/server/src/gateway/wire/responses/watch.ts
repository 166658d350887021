import { dataOf, endOfEvent, endOfEvents, type StreamFacts } from '../watch.ts'
import { type Json, objectOf, parseObject, textOf } from './json.ts'

/** One of these stands in every event that ends a stream. */
const ENDS = [
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  '"error"',
  'event: error',
  '[DONE]',
].map((text) => Buffer.from(text))

/**
 * Watches a Responses stream go by. Whole events are passed as they came; only the head of an event that is not complete
 * yet is held back. Until something readable has passed every event is read, afterwards only what may be the end.
 */
export class ResponsesStreamWatch {
  readonly facts: StreamFacts = { model: '', finishReason: '', usage: undefined, hasContent: false, done: false, error: '' }
  #carry: Buffer | undefined

  /** Bytes in, bytes for the client out; `last` begins at the event that ends the answer and is held by the caller until the record is written. */
  push(bytes: Buffer): { pass: Buffer; last: Buffer | undefined } {
    const buffer = this.#carry ? Buffer.concat([this.#carry, bytes]) : bytes
    const end = endOfEvents(buffer)
    this.#carry = end === buffer.length ? undefined : buffer.subarray(end)
    return this.#events(buffer, end)
  }

  /** The stream is over: what is left may be a last event without its blank line. */
  finish(): { pass: Buffer; last: Buffer | undefined } {
    const rest = this.#carry ?? Buffer.alloc(0)
    this.#carry = undefined
    return this.#events(rest, rest.length)
  }

  #events(buffer: Buffer, end: number): { pass: Buffer; last: Buffer | undefined } {
    const events = end === buffer.length ? buffer : buffer.subarray(0, end)
    if (this.facts.hasContent && !ENDS.some((mark) => events.includes(mark))) return { pass: events, last: undefined }
    for (let start = 0; start < end; ) {
      const next = endOfEvent(events, start)
      if (this.#isLast(events.subarray(start, next))) {
        // What follows the end goes with it.
        this.#carry = undefined
        return { pass: events.subarray(0, start), last: buffer.subarray(start) }
      }
      start = next
    }
    return { pass: events, last: undefined }
  }

  /** Learns from an event, and says whether it ends the answer. */
  #isLast(event: Buffer): boolean {
    if (this.facts.hasContent && !ENDS.some((mark) => event.includes(mark))) return false
    const data = dataOf(event.toString('utf8').trimStart())
    if (data === undefined) return false
    if (data === '[DONE]') return true
    const found = parseObject(data)
    if (!found) return false
    const type = textOf(found.type)
    const response = objectOf(found.response)
    if (response) this.#learn(response)
    if (FINAL.has(type)) {
      this.facts.done = true
      if (type === 'response.failed' || type === 'response.cancelled') this.facts.error ||= type.slice('response.'.length)
      else this.facts.finishReason ||= type.slice('response.'.length)
      return true
    }
    if (type === 'error' || (type === '' && found.error)) {
      this.facts.error = messageOf(found.error ?? found)
      return true
    }
    this.facts.hasContent ||= isContent(type, found)
    return false
  }

  #learn(response: Json): void {
    const { facts } = this
    if (typeof response.model === 'string' && response.model) facts.model = response.model
    if (response.usage) facts.usage = response.usage
    if (response.error) facts.error = messageOf(response.error)
    if (response.status === 'completed' || response.status === 'incomplete') facts.finishReason = finishReasonOf(response)
    if (Array.isArray(response.output) && response.output.length > 0) facts.hasContent = true
  }
}

/** Why a response ended, in its own words: `completed`, or the reason why it is incomplete. */
export const finishReasonOf = (response: Json): string => {
  const status = textOf(response.status)
  return status === 'incomplete' ? textOf(objectOf(response.incomplete_details)?.reason) || status : status === 'completed' ? status : ''
}

export const messageOf = (error: unknown): string =>
  typeof error === 'string' ? error : textOf(objectOf(error)?.message) || textOf(objectOf(error)?.code) || 'error'

const FINAL = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled'])

/** Something a reader can see: a piece of text, reasoning or arguments, or an item that is not only announced text. */
const isContent = (type: string, event: Json): boolean => {
  if (type.endsWith('.delta')) return event.delta !== ''
  if (type === 'response.output_item.done') return true
  if (type !== 'response.output_item.added') return false
  const kind = objectOf(event.item)?.type
  return kind !== 'message' && kind !== 'reasoning'
}
