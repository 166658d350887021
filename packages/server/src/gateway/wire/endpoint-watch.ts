import type { StreamWatch } from './watch.ts'
import { dataOf, endOfEvents, type StreamFacts } from './watch.ts'

const MARKS = ['"usage"', '"error"', '.done"', '.completed"', '[DONE]'].map((mark) => Buffer.from(mark))
const END = /\.(done|completed)$/

/**
 * Reads along in a stream of images, speech or a transcript. Whole events are passed as they came; only those that can say
 * something of usage, failure or the end are parsed, so that pictures are not.
 */
export class EndpointWatch implements StreamWatch {
  readonly facts: StreamFacts = { model: '', finishReason: '', usage: undefined, hasContent: false, done: false, error: '' }
  #carry: Buffer | undefined

  push(bytes: Buffer): { pass: Buffer; last: undefined } {
    const buffer = this.#carry ? Buffer.concat([this.#carry, bytes]) : bytes
    const end = endOfEvents(buffer)
    this.#carry = end === buffer.length ? undefined : buffer.subarray(end)
    return this.#pass(buffer.subarray(0, end))
  }

  finish(): { pass: Buffer; last: undefined } {
    const rest = this.#carry ?? Buffer.alloc(0)
    this.#carry = undefined
    return this.#pass(rest)
  }

  #pass(events: Buffer): { pass: Buffer; last: undefined } {
    if (events.length > 0) this.facts.hasContent = true
    if (MARKS.some((mark) => events.includes(mark))) for (const event of events.toString('utf8').split(/\r\n\r\n|\n\n/)) this.#learn(event)
    return { pass: events, last: undefined }
  }

  #learn(event: string): void {
    const data = dataOf(event)
    if (data === undefined) return
    if (data.startsWith('[DONE]')) this.facts.done = true
    const said = parse(data)
    if (!said) return
    const { facts } = this
    if (typeof said.type === 'string' && END.test(said.type)) facts.done = true
    if (said.usage) facts.usage = sum(facts.usage, said.usage)
    if (said.error)
      facts.error = typeof said.error === 'string' ? said.error : String((said.error as { message?: unknown }).message ?? 'error')
  }
}

/** Each of several pictures has its usage: what is counted twice over is added up. */
function sum(before: unknown, next: unknown): unknown {
  if (typeof next === 'number') return typeof before === 'number' ? before + next : next
  if (typeof next !== 'object' || next === null) return next
  const known = (typeof before === 'object' && before !== null ? before : {}) as Record<string, unknown>
  return { ...known, ...Object.fromEntries(Object.entries(next).map(([key, value]) => [key, sum(known[key], value)])) }
}

function parse(data: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
