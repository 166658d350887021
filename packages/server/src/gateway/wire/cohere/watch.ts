import { objectOf, parseObject, textOf, type Untyped } from '../untyped.ts'
import { dataOf, endOfEvent, endOfEvents, type StreamFacts, type StreamWatch } from '../watch.ts'
import { decodeErrorBody } from './errors.ts'
import { decodeFinish } from './finish-reasons.ts'

/** In a text the quote before it would be escaped. */
const END = Buffer.from('"message-end"')
const ERROR = Buffer.from('"error"')
const DONE = /^data:\s*\[DONE\]/m

/**
 * Watches a stream of Cohere's chat go by. Whole events are passed as they came; only the head of an event that is not complete
 * yet is held back. `message-end` is kept back until `[DONE]`, which not every server sends, or the end of the connection:
 * what `push` or `finish` then gives as `last`. `facts.done` says that `message-end` has passed. Cohere names no model.
 */
export class CohereStreamWatch implements StreamWatch {
  readonly facts: StreamFacts = { model: '', finishReason: '', usage: undefined, hasContent: false, done: false, error: '' }
  #carry: Buffer | undefined
  #held: Buffer | undefined

  push(bytes: Buffer): { pass: Buffer; last: Buffer | undefined } {
    const buffer = this.#carry ? Buffer.concat([this.#carry, bytes]) : bytes
    const end = endOfEvents(buffer)
    this.#carry = end === buffer.length ? undefined : buffer.subarray(end)
    return this.#events(buffer.subarray(0, end))
  }

  finish(): { pass: Buffer; last: Buffer | undefined } {
    const rest = this.#carry ?? NOTHING
    this.#carry = undefined
    const { pass, last = this.#held } = this.#events(rest)
    return { pass, last }
  }

  #events(buffer: Buffer): { pass: Buffer; last: Buffer | undefined } {
    if (this.#held) return this.#hold(Buffer.concat([this.#held, buffer]), NOTHING)
    if (buffer.length === 0 || !this.#mustRead(buffer)) return { pass: buffer, last: undefined }
    for (let start = 0; start < buffer.length; ) {
      const end = endOfEvent(buffer, start)
      this.#learn(buffer.toString('utf8', start, end))
      if (this.facts.done) return this.#hold(buffer.subarray(start), buffer.subarray(0, start))
      start = end
    }
    return { pass: buffer, last: undefined }
  }

  #hold(ending: Buffer, pass: Buffer): { pass: Buffer; last: Buffer | undefined } {
    this.#held = ending
    return { pass, last: DONE.test(ending.toString('utf8')) ? ending : undefined }
  }

  #mustRead(buffer: Buffer): boolean {
    return !this.facts.hasContent || buffer.includes(END) || buffer.includes(ERROR)
  }

  #learn(event: string): void {
    const data = parseObject(dataOf(event) ?? '')
    if (!data) return
    const { facts } = this
    const { message } = objectOf(data.delta)
    switch (data.type) {
      case 'message-end':
        this.#end(objectOf(data.delta))
        break
      case 'content-start':
      case 'content-delta':
      case 'tool-plan-delta':
        facts.hasContent ||= hasText(objectOf(message))
        break
      case 'tool-call-start':
        facts.hasContent = true
        break
      default:
        if (data.type === 'error' || (data.type === undefined && typeof data.message === 'string'))
          facts.error = decodeErrorBody(data).message
    }
  }

  /** An end with an error has no finish reason: it says only that there is an error. */
  #end({ finish_reason, usage, error }: Untyped): void {
    const { facts } = this
    const native = textOf(finish_reason)
    facts.done = true
    if (usage) facts.usage = usage
    if (textOf(error) !== '' || decodeFinish(native) === 'error') facts.error = textOf(error) || `Cohere ended the answer with ${native}.`
    else facts.finishReason = native
  }
}

const NOTHING: Buffer = Buffer.alloc(0)

function hasText({ content, tool_plan }: Untyped): boolean {
  const { text, thinking } = objectOf(content)
  return [text, thinking, tool_plan].some((said) => textOf(said) !== '')
}
