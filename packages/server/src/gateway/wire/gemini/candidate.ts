import type { AnswerEvent, Block, Logprob } from '../language.ts'
import { type FoundCitation, placeCitation, readCitations } from './citations.ts'
import { type Fields, isFields } from './fields.ts'
import { readFinishReason } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { type CallIds, readPart } from './read-part.ts'

/** One of the answers. Text and thoughts grow until another kind of part comes; calls come whole. */
export class Candidate {
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
