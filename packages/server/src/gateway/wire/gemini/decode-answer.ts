import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import type { AnswerDecoder, ServerEvent } from '../codec.ts'
import type { AnswerEvent, Block, Call, Logprob } from '../language.ts'
import { type FoundCitation, placeCitation, readCitations } from './citations.ts'
import { readAnswerError } from './errors.ts'
import { type Fields, isFields } from './fields.ts'
import { readFinishReason } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { type CallIds, readPart } from './read-part.ts'

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
    this.#read(chunk)
    return this.#take()
  }

  finish(): AnswerEvent[] {
    const isDone = this.#blocked !== '' || (this.#candidates.length > 0 && this.#candidates.every((candidate) => candidate.isOver))
    this.#close(isDone)
    return this.#take()
  }

  whole(body: unknown): AnswerEvent[] {
    this.#read(body)
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

  #read(chunk: unknown): void {
    if (Array.isArray(chunk)) {
      for (const each of chunk) this.#read(each)
      return
    }
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

/** Calls without an id get one of the answer's id and a counter, or go on counting where the conversation stopped. */
class AnswerIds implements CallIds {
  answer = ''
  #count = 0
  readonly #before: number

  constructor(call: Call) {
    let before = 0
    for (const { blocks } of call.turns) for (const block of blocks) if (block.type === 'tool-call') before++
    this.#before = before
  }

  call(id: string | undefined): string {
    const count = ++this.#count
    if (id !== undefined) return id
    // Other dialects allow 40 of few letters.
    return this.answer ? `call_${this.answer.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 28)}_${count}` : `call_${this.#before + count}`
  }

  result(id: string | undefined, name: string): string {
    return id ?? name
  }
}

/** One of the answers. Text and thoughts grow until another kind of part comes; calls come whole. */
class Candidate {
  readonly #choice: number
  #next = 0
  #open: { index: number; type: 'text' | 'reasoning'; text: string } | undefined
  /** All text before the open block. */
  #before = ''
  #hasCalls = false
  /** What the candidate says beside its content: ratings, grounding, … */
  #beside: Fields | undefined
  #citations: FoundCitation[] | undefined
  readonly #cited = new Set<string>()
  #seen = false
  native = ''

  constructor(choice: number) {
    this.#choice = choice
  }

  nextIndex(): number {
    return this.#next++
  }

  /** It has a finish reason, or nothing was ever said of it. */
  get isOver(): boolean {
    return this.native !== '' || !this.#seen
  }

  read(value: Fields, ids: CallIds, events: AnswerEvent[]): void {
    this.#seen = true
    const { content, finishReason, index: _, tokenCount: __, logprobsResult, ...beside } = value
    for (const key in beside) {
      this.#beside ??= {}
      this.#beside[key] = beside[key]
      this.#citations = undefined
    }
    let logprobs = logprobsResult === undefined ? undefined : readLogprobs(logprobsResult)
    const parts = isFields(content) ? content.parts : undefined
    if (Array.isArray(parts))
      for (let at = 0; at < parts.length; at++) {
        const part: unknown = parts[at]
        if (!isFields(part)) continue
        if (typeof part.text === 'string' && part.thoughtSignature === undefined && part.thought !== true) {
          if (part.text === '' && !logprobs) continue
          this.#text(part.text, events, logprobs)
          logprobs = undefined
        } else this.#part(part, ids, events)
      }
    if (logprobs) this.#text('', events, logprobs)
    if (typeof finishReason === 'string' && finishReason !== 'FINISH_REASON_UNSPECIFIED') this.native = finishReason
  }

  #text(text: string, events: AnswerEvent[], logprobs: Logprob[] | undefined): void {
    if (this.#open?.type !== 'text') this.#start({ type: 'text', text: logprobs ? '' : text }, events)
    else if (!logprobs) events.push({ type: 'text', choice: this.#choice, index: this.#open.index, text })
    if (logprobs && this.#open) events.push({ type: 'text', choice: this.#choice, index: this.#open.index, text, logprobs })
    if (this.#open) this.#open.text += text
  }

  #part(part: Fields, ids: CallIds, events: AnswerEvent[]): void {
    for (const block of readPart(part, ids)) {
      if (block.type === 'tool-call') this.#hasCalls = true
      if (block.type === 'reasoning' && block.isSummary && block.origin === 'gemini') {
        this.#thought(block.text, block.signature, events)
        continue
      }
      this.#start(block, events)
      // A text with a signature is closed: what follows is not what was signed.
      if (block.type === 'text' && this.#open) this.#open.text = block.text
      this.#end(events)
    }
  }

  #thought(text: string, signature: string | undefined, events: AnswerEvent[]): void {
    if (this.#open?.type !== 'reasoning') this.#start({ type: 'reasoning', text, isSummary: true, origin: 'gemini' }, events)
    else if (text !== '') events.push({ type: 'text', choice: this.#choice, index: this.#open.index, text })
    if (signature === undefined || !this.#open) return
    events.push({ type: 'signature', choice: this.#choice, index: this.#open.index, signature })
    this.#end(events)
  }

  #start(block: Block, events: AnswerEvent[]): void {
    this.#end(events)
    const index = this.#next++
    events.push({ type: 'block', choice: this.#choice, index, block })
    if (block.type === 'text' || block.type === 'reasoning') this.#open = { index, type: block.type, text: '' }
    else events.push({ type: 'block-end', choice: this.#choice, index })
  }

  #end(events: AnswerEvent[]): void {
    const open = this.#open
    if (!open) return
    if (open.type === 'text') {
      this.#cite(open, events)
      this.#before += open.text
    }
    events.push({ type: 'block-end', choice: this.#choice, index: open.index })
    this.#open = undefined
  }

  /** The citations that are known by now and are about this text. */
  #cite(open: { index: number; text: string }, events: AnswerEvent[]): void {
    this.#citations = this.#known().filter((found) => {
      const citation = placeCitation(found, open.text, this.#before)
      if (!citation) return true
      this.#cited.add(JSON.stringify(found))
      events.push({ type: 'citation', choice: this.#choice, index: open.index, citation })
      return false
    })
  }

  #known(): FoundCitation[] {
    if (this.#citations) return this.#citations
    return this.#beside ? readCitations(this.#beside).filter((found) => !this.#cited.has(JSON.stringify(found))) : []
  }

  /** Nothing more will come. Sources without a place, or of a text that is closed, stand on the text that is open, or on one without words. */
  close(events: AnswerEvent[]): void {
    if (this.#open?.type === 'text') this.#cite(this.#open, events)
    const rest = this.#known()
    this.#citations = []
    if (rest.length > 0 && this.#open?.type !== 'text') this.#start({ type: 'text', text: '' }, events)
    for (const { citation } of rest)
      if (this.#open) events.push({ type: 'citation', choice: this.#choice, index: this.#open.index, citation })
    this.#end(events)
    if (this.#beside) this.#start({ type: 'opaque', dialect: 'gemini', what: 'candidate', value: this.#beside }, events)
  }

  finish(events: AnswerEvent[]): void {
    if (this.native === '') return
    events.push({ type: 'finish', choice: this.#choice, reason: readFinishReason(this.native, this.#hasCalls), native: this.native })
  }
}
