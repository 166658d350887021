import { dataOf, endOfEvent, endOfEvents, type StreamFacts } from './watch.ts'

const USAGE = Buffer.from('"usage"')
const NULL_USAGE = /,\s*"usage":\s*null/
const DONE = /^data:\s*\[DONE\]/
const FINISH = Buffer.from('"finish_reason"')
const ERROR = Buffer.from('"error"')
const DONE_MARK = Buffer.from('[DONE]')

type Chunk = {
  model?: unknown
  error?: { message?: unknown } | string | null
  usage?: unknown
  choices?: { index?: unknown; delta?: Record<string, unknown> | null; text?: unknown; finish_reason?: unknown }[]
}

/**
 * Watches a chat completion stream go by. Whole events are passed as they came; only the head of an event that is not
 * complete yet is held back. With `hideUsage` the usage chunk, which the client did not ask for, is taken out.
 * Events are parsed only while there is something left to learn from them.
 */
export class OpenaiStreamWatch {
  readonly facts: StreamFacts = { model: '', finishReason: '', usage: undefined, hasContent: false, done: false, error: '' }
  readonly #hideUsage: boolean
  /** The answers that have finished: some say it twice. */
  readonly #finished = new Set<unknown>()
  #carry: Buffer | undefined

  constructor(options: { hideUsage: boolean }) {
    this.#hideUsage = options.hideUsage
  }

  /** Bytes in, bytes for the client out; `last` begins at `[DONE]` and is held by the caller until the record is written. */
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
    if (buffer.length === 0) return { pass: buffer, last: undefined }
    if (!this.#mustRead(buffer)) return { pass: buffer, last: undefined }
    const pass: Buffer[] = []
    let last: Buffer | undefined
    let start = 0
    while (start < buffer.length) {
      const end = endOfEvent(buffer, start)
      const event = buffer.subarray(start, end)
      start = end
      const kept = this.#event(event)
      if (kept === 'done') last = buffer.subarray(end - event.length)
      else if (kept) pass.push(kept)
      if (last) break
    }
    return { pass: pass.length === 1 && pass[0] ? pass[0] : Buffer.concat(pass), last }
  }

  #mustRead(buffer: Buffer): boolean {
    if (!this.facts.hasContent || !this.facts.model) return true
    // Every chunk of OpenAI's carries `"finish_reason":null`, and with the usage asked for `"usage":null`: nothing to learn there.
    return (
      (this.#hideUsage ? buffer.includes(USAGE) : hasValue(buffer, USAGE)) ||
      hasValue(buffer, FINISH) ||
      buffer.includes(ERROR) ||
      buffer.includes(DONE_MARK)
    )
  }

  /** The event for the client, `undefined` to leave it out, `'done'` at the end. */
  #event(event: Buffer): Buffer | 'done' | undefined {
    const text = event.toString('utf8')
    const data = dataOf(text)
    if (data === undefined) return event
    if (DONE.test(text.trimStart())) {
      this.facts.done = true
      return 'done'
    }
    const chunk = parse(data)
    if (!chunk) return event
    this.#learn(chunk)
    if (!this.#hideUsage) return event
    if (chunk.usage && chunk.choices?.length === 0) return undefined
    return chunk.usage === null ? Buffer.from(text.replace(NULL_USAGE, '')) : event
  }

  #learn(chunk: Chunk): void {
    const { facts } = this
    if (typeof chunk.model === 'string' && chunk.model) facts.model = chunk.model
    if (chunk.usage) facts.usage = chunk.usage
    if (chunk.error) facts.error = typeof chunk.error === 'string' ? chunk.error : String(chunk.error.message ?? 'error')
    for (const choice of Array.isArray(chunk.choices) ? chunk.choices : []) {
      if (typeof choice.finish_reason === 'string') {
        facts.finishReason = choice.finish_reason
        if (choice.finish_reason !== '') facts.finished = this.#finished.add(choice.index ?? 0).size
      }
      // `text` is what the older completions have.
      if (!facts.hasContent && isSomething(choice.text)) facts.hasContent = true
      if (!facts.hasContent && choice.delta)
        facts.hasContent = Object.entries(choice.delta).some(([key, value]) => key !== 'role' && isSomething(value))
    }
  }
}

/** A key stands there with a value that is not `null`. May be wrong about text inside a string, and then too much is read, never too little. */
export function hasValue(buffer: Buffer, key: Buffer): boolean {
  for (let at = buffer.indexOf(key); at !== -1; at = buffer.indexOf(key, at)) {
    at += key.length
    while (isSpaceOrColon(buffer[at])) at++
    if (buffer[at] !== 0x6e) return true
  }
  return false
}

const isSpaceOrColon = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x3a || byte === 0x09 || byte === 0x0a || byte === 0x0d

const isSomething = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)

function parse(data: string): Chunk | undefined {
  try {
    const chunk: unknown = JSON.parse(data)
    return typeof chunk === 'object' && chunk !== null ? (chunk as Chunk) : undefined
  } catch {
    return undefined
  }
}
