import { dataOf, endOfEvent, endOfEvents, type StreamFacts } from '../watch.ts'
import { decodeErrorBody } from './errors.ts'
import { type Fields, isObject } from './fields.ts'
import { mergeUsage } from './usage.ts'

/** The types that say something of the message. In a text the quote before it would be escaped. */
const MESSAGE = Buffer.from('"message_')
const ERROR = Buffer.from('"error"')

/**
 * Watches a Messages stream go by, for the path on which bytes pass as they are. Whole events are passed as they came; only
 * the head of an event that is not complete yet is held back. Events are parsed only while there is something to learn from
 * them. `facts.done` says that `message_stop` has passed; `facts.usage` is that of `message_start` with the cumulative one of
 * `message_delta` laid over it, as Anthropic wrote them.
 */
export class AnthropicStreamWatch {
  readonly facts: StreamFacts = { model: '', finishReason: '', usage: undefined, hasContent: false, done: false, error: '' }
  #carry: Buffer | undefined

  /** Bytes in, bytes for the client out; `last` begins at `message_stop` and is held by the caller until the record is written. */
  push(bytes: Buffer): { pass: Buffer; last: Buffer | undefined } {
    const buffer = this.#carry ? Buffer.concat([this.#carry, bytes]) : bytes
    const end = endOfEvents(buffer)
    this.#carry = end === buffer.length ? undefined : buffer.subarray(end)
    return this.#events(buffer.subarray(0, end))
  }

  /** The stream is over: what is left may be a last event without its blank line. */
  finish(): { pass: Buffer; last: Buffer | undefined } {
    const rest = this.#carry ?? Buffer.alloc(0)
    this.#carry = undefined
    return this.#events(rest)
  }

  #events(buffer: Buffer): { pass: Buffer; last: Buffer | undefined } {
    const { facts } = this
    if (buffer.length === 0 || !this.#mustRead(buffer)) return { pass: buffer, last: undefined }
    for (let start = 0; start < buffer.length; ) {
      const end = endOfEvent(buffer, start)
      this.#learn(buffer.toString('utf8', start, end))
      if (facts.done) return { pass: buffer.subarray(0, start), last: buffer.subarray(start) }
      start = end
    }
    return { pass: buffer, last: undefined }
  }

  #mustRead(buffer: Buffer): boolean {
    return !this.facts.hasContent || buffer.includes(MESSAGE) || buffer.includes(ERROR)
  }

  #learn(event: string): void {
    const data = parse(dataOf(event))
    if (!data) return
    const { facts } = this
    switch (data.type) {
      case 'message_start': {
        const message = isObject(data.message) ? data.message : {}
        if (typeof message.model === 'string' && message.model) facts.model = message.model
        facts.usage = mergeUsage(facts.usage, message.usage)
        break
      }
      case 'message_delta': {
        if (isObject(data.delta) && typeof data.delta.stop_reason === 'string') facts.finishReason = data.delta.stop_reason
        facts.usage = mergeUsage(facts.usage, data.usage)
        break
      }
      case 'message_stop':
        facts.done = true
        break
      case 'error':
        facts.error = decodeErrorBody(data).message
        break
      case 'content_block_start':
        // An empty text or thought is only the frame of what comes.
        if (isObject(data.content_block) && data.content_block.type !== 'text' && data.content_block.type !== 'thinking')
          facts.hasContent = true
        else facts.hasContent ||= hasText(data.content_block)
        break
      case 'content_block_delta':
        facts.hasContent ||= hasText(data.delta)
    }
  }
}

const hasText = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value).some(
    ([name, part]) =>
      name !== 'type' && part !== '' && part !== null && typeof part !== 'undefined' && !(Array.isArray(part) && part.length === 0),
  )

function parse(text: string | undefined): Fields | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
