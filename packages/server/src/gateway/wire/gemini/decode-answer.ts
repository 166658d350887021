import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import type { AnswerDecoder, ServerEvent } from '../codec.ts'
import type { AnswerEvent, Call } from '../language.ts'
import { AnswerIds } from './answer-ids.ts'
import { Candidate } from './candidate.ts'
import { readAnswerError } from './errors.ts'
import { type Fields, isFields } from './fields.ts'

/** Gemini answers with 8 candidates at most. */
const MOST_CANDIDATES = 128

/** Reads the answer of `call`. A finish reason is not the end: older models send one with every chunk. The end is `finish()` after all candidates have one. */
export const decodeAnswer = (call: Call): AnswerDecoder => new GeminiAnswerDecoder(call)

class GeminiAnswerDecoder implements AnswerDecoder {
  readonly #candidates: Candidate[] = []
  readonly #ids: AnswerIds
  #events: AnswerEvent[] = []
  #started = false
  #failed = false
  #blocked = ''
  #feedback: unknown

  constructor(call: Call) {
    this.#ids = new AnswerIds(call)
  }

  push({ data }: ServerEvent): AnswerEvent[] {
    if (data === '' || data === '[DONE]') return []
    let chunk: unknown
    try {
      chunk = JSON.parse(data)
    } catch {
      this.#fail('The provider sent a chunk that is not JSON.')
      return this.#take()
    }
    this.#readAll(chunk)
    return this.#take()
  }

  finish(): AnswerEvent[] {
    const isDone = this.#blocked !== '' || (this.#candidates.length > 0 && this.#candidates.every((candidate) => candidate.isOver))
    this.#close(isDone)
    return this.#take()
  }

  whole(body: unknown): AnswerEvent[] {
    this.#readAll(body)
    const isAnswer = this.#candidates.length > 0 || this.#blocked !== '' || (isFields(body) && body.usageMetadata !== undefined)
    if (!isAnswer && !this.#failed) this.#fail('The provider answered with something that is not an answer.')
    this.#close(isAnswer)
    return this.#take()
  }

  #take(): AnswerEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  #fail(message: string): void {
    this.#failed = true
    this.#events.push({ type: 'error', error: { message } })
  }

  /** One chunk, or a list of them: what a stream is without `alt=sse`. */
  #readAll(body: unknown): void {
    try {
      if (Array.isArray(body)) for (const chunk of body) this.#read(chunk)
      else this.#read(body)
    } catch {
      // Nested too deep to be written again.
      this.#fail('The provider sent a chunk that cannot be read.')
    }
  }

  #read(chunk: unknown): void {
    if (!isFields(chunk)) return this.#fail('The provider sent a chunk that is not an object.')
    const error = readAnswerError(chunk)
    if (error) {
      this.#failed = true
      this.#events.push({ type: 'error', error })
      return
    }
    const { candidates, usageMetadata, promptFeedback } = chunk
    if (!this.#started) this.#start(chunk)
    if (Array.isArray(candidates)) {
      for (let at = 0; at < candidates.length; at++) {
        const candidate: unknown = candidates[at]
        if (isFields(candidate)) this.#candidate(candidate, at)
      }
    }
    if (isFields(promptFeedback)) {
      this.#feedback = promptFeedback
      if (typeof promptFeedback.blockReason === 'string') this.#blocked = promptFeedback.blockReason
    }
    if (usageMetadata) {
      const counted = normaliseUsage(usageMetadata, 'gemini')
      if (counted) this.#events.push({ type: 'usage', usage: counted.usage, raw: usageMetadata })
    }
  }

  #start({ responseId, modelVersion, createTime }: Fields): void {
    this.#started = true
    const id = typeof responseId === 'string' ? responseId : ''
    this.#ids.answer = id
    const created = typeof createTime === 'string' ? Math.floor(Date.parse(createTime) / 1000) : Number.NaN
    this.#events.push({
      type: 'start',
      id,
      model: typeof modelVersion === 'string' ? modelVersion : '',
      ...(Number.isFinite(created) && { createdAt: created }),
    })
  }

  #candidate(value: Fields, at: number): void {
    const index = typeof value.index === 'number' && Number.isInteger(value.index) ? value.index : at
    if (index < 0 || index >= MOST_CANDIDATES) return
    while (this.#candidates.length < index) this.#candidates.push(new Candidate(this.#candidates.length))
    let candidate = this.#candidates[index]
    if (!candidate) {
      candidate = new Candidate(index)
      this.#candidates[index] = candidate
    }
    candidate.read(value, this.#ids, this.#events)
  }

  #close(isDone: boolean): void {
    for (const candidate of this.#candidates) candidate.close(this.#events)
    const first = this.#candidates[0]
    if (this.#feedback && (this.#blocked || !first)) this.#opaque('promptFeedback', this.#feedback)
    for (const candidate of this.#candidates) candidate.finish(this.#events)
    if (this.#blocked && !first?.native) this.#events.push({ type: 'finish', choice: 0, reason: 'content-filter', native: this.#blocked })
    if (isDone && !this.#failed) this.#events.push({ type: 'end' })
  }

  #opaque(what: string, value: unknown): void {
    const index = this.#candidates[0]?.nextIndex() ?? 0
    this.#events.push({ type: 'block', choice: 0, index, block: { type: 'opaque', dialect: 'gemini', what, value } })
    this.#events.push({ type: 'block-end', choice: 0, index })
  }
}
