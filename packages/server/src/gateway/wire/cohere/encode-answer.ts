import { packCallId } from '../anthropic/foreign-proof.ts'
import type { AnswerEncoder } from '../codec.ts'
import type {
  Answer,
  AnswerError,
  AnswerEvent,
  Block,
  Call,
  Citation,
  FinishReason,
  Logprob,
  ReasoningBlock,
  ToolCallBlock,
} from '../language.ts'
import { objectOf, type Untyped } from '../untyped.ts'
import { encodeCitation, type Segment } from './citations.ts'
import { TOOL_PLAN } from './encode-messages.ts'
import { encodeWhole, isOwn, logprobItem, mediaNote } from './encode-whole.ts'
import { errorEvent } from './errors.ts'
import { encodeFinish } from './finish-reasons.ts'
import { encodeUsage } from './usage.ts'

type Finish = { reason: FinishReason; native: string }
/** A part of the content that is open: its text so far, and the block of the answer that is being written into it. */
type Part = {
  kind: 'text' | 'thinking'
  index: number
  text: string
  segment: Segment
  citations: { citation: Citation; segment: Segment }[]
}
/** A tool call that is written, or waits with its arguments for the one before it. */
type ToolCall = { block: ToolCallBlock; sentIndex: number; held: string; hasArguments: boolean; isOver: boolean }

/**
 * Writes an answer as the stream or body of Cohere's chat. A message has one choice, so only the first is written. Texts that
 * follow each other are one part of the content, which is where clients look for the text; tool calls come one after the other.
 */
export class CohereAnswerEncoder implements AnswerEncoder {
  readonly #call: Call
  readonly #fallbackId: string
  #id = ''
  #started = false
  #over = false
  #usage: Untyped | undefined
  #finish: Finish | undefined
  readonly #seen = { toolCalls: false, refusal: false }
  readonly #blocks = new Map<number, Block>()
  #part: Part | undefined
  #parts = 0
  #citations = 0
  #sentCalls = 0
  /** By index in the answer, in order; the first one is written, the others wait. */
  readonly #calls = new Map<number, ToolCall>()

  constructor(call: Call, options: { id: string }) {
    this.#call = call
    this.#fallbackId = options.id
  }

  push(event: AnswerEvent): string {
    if (this.#over || ('choice' in event && event.choice !== 0)) return ''
    switch (event.type) {
      case 'start':
        this.#id = event.id
        return ''
      case 'usage':
        this.#usage = encodeUsage(event)
        return ''
      case 'finish':
        this.#finish = event
        return ''
      case 'signature':
        return ''
      case 'error':
        return this.fail(event.error)
      case 'end':
        return this.#end()
      case 'block':
        return this.#head() + this.#open(event.index, event.block)
      case 'block-end':
        return this.#blocks.get(event.index)?.type === 'tool-call' ? this.#endCall(event.index) : ''
      case 'arguments':
        return this.#arguments(event.index, event.text)
      case 'citation':
        this.#cite(event.index, event.citation)
        return ''
      case 'text':
        return this.#text(event)
    }
  }

  fail({ message }: AnswerError): string {
    if (this.#over) return ''
    this.#over = true
    return errorEvent(message)
  }

  whole(answer: Answer): Untyped {
    return encodeWhole(answer, { id: this.#fallbackId, logprobs: this.#call.logprobs !== undefined })
  }

  #head(): string {
    if (this.#started) return ''
    this.#started = true
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
    return frame('message-start', { id: this.#id || this.#fallbackId, type: 'message-start', delta: { message } })
  }

  #open(index: number, block: Block): string {
    this.#blocks.set(index, block)
    switch (block.type) {
      case 'text':
      case 'refusal': {
        if (block.type === 'refusal') this.#seen.refusal = true
        const out = this.#begin() + this.#write('text', block.text)
        for (const citation of (block.type === 'text' && block.citations) || []) this.#cite(index, citation)
        return out
      }
      case 'reasoning':
        return this.#close() + this.#think(block, block.text)
      case 'tool-call':
        this.#seen.toolCalls = true
        this.#calls.set(index, { block, sentIndex: -1, held: block.arguments, hasArguments: false, isOver: false })
        return this.#close() + (this.#calls.size === 1 ? this.#nextCalls() : '')
      case 'image':
      case 'audio':
      case 'file':
        return this.#begin() + this.#write('text', mediaNote(block))
      case 'opaque':
        return isOwn(block) ? this.#close() + this.#whole(objectOf(block.value)) : ''
      case 'tool-result':
        return ''
    }
  }

  #text({ index, text, logprobs }: Extract<AnswerEvent, { type: 'text' }>): string {
    const block = this.#blocks.get(index)
    if (block?.type === 'reasoning') return this.#think(block, text)
    return block?.type === 'text' || block?.type === 'refusal' ? this.#write('text', text, logprobs) : ''
  }

  #think({ id, origin }: ReasoningBlock, text: string): string {
    if (id !== TOOL_PLAN || origin !== 'cohere') return this.#write('thinking', text)
    return text === ''
      ? ''
      : `event: tool-plan-delta\ndata: {"type":"tool-plan-delta","delta":{"message":{"tool_plan":${JSON.stringify(text)}}}}\n\n`
  }

  /** The beginning of one more block of text: in the part that is open, where that is text. */
  #begin(): string {
    if (this.#part?.kind !== 'text') return this.#close()
    this.#part.segment.end = this.#part.text.length
    this.#part.segment = { start: this.#part.text.length }
    return ''
  }

  #write(kind: Part['kind'], text: string, logprobs: Logprob[] = []): string {
    const tokens = this.#call.logprobs === undefined || logprobs.length === 0 ? '' : `,"logprobs":${JSON.stringify(logprobItem(logprobs))}`
    if (text === '' && tokens === '') return ''
    let head = ''
    let part = this.#part
    if (part?.kind !== kind) {
      head = this.#close()
      part = { kind, index: this.#parts++, text: '', segment: { start: 0 }, citations: [] }
      this.#part = part
      head += partFrame('content-start', part.index, { type: kind, [kind]: '' })
    }
    part.text += text
    return `${head}event: content-delta\ndata: {"type":"content-delta","index":${part.index},"delta":{"message":{"content":{"${kind}":${JSON.stringify(text)}}}}${tokens}}\n\n`
  }

  /** A part that only Cohere knows. */
  #whole(content: Untyped): string {
    const index = this.#parts++
    return partFrame('content-start', index, content) + endFrame('content-end', index)
  }

  /** Citations wait for the end of their text: where a vendor says no place, they are of all of it. */
  #cite(index: number, citation: Citation): void {
    const part = this.#part
    if (part?.kind === 'text' && this.#blocks.get(index)?.type === 'text') part.citations.push({ citation, segment: part.segment })
  }

  #close(): string {
    const part = this.#part
    if (!part) return ''
    this.#part = undefined
    let out = ''
    for (const { citation, segment } of part.citations) {
      const citations = encodeCitation(citation, { ...segment, text: part.text, contentIndex: part.index })
      if (!citations) continue
      const index = this.#citations++
      out += frame('citation-start', { type: 'citation-start', index, delta: { message: { citations } } }) + endFrame('citation-end', index)
    }
    return out + endFrame('content-end', part.index)
  }

  #arguments(index: number, text: string): string {
    const call = this.#calls.get(index)
    if (!call || text === '') return ''
    if (call.sentIndex >= 0) return argumentsFrame(call, text)
    call.held += text
    return ''
  }

  #endCall(index: number): string {
    const call = this.#calls.get(index)
    if (!call) return ''
    call.isOver = true
    return this.#nextCalls()
  }

  /** Writes calls from the first on, up to the one that is not over. */
  #nextCalls(): string {
    let out = ''
    for (const [index, call] of this.#calls) {
      if (call.sentIndex < 0) {
        call.sentIndex = this.#sentCalls++
        const { id, name, signature } = call.block
        const started = { id: packCallId(id, signature), type: 'function', function: { name, arguments: '' } }
        out += frame('tool-call-start', { type: 'tool-call-start', index: call.sentIndex, delta: { message: { tool_calls: started } } })
        if (call.held !== '') out += argumentsFrame(call, call.held)
      }
      if (!call.isOver) break
      // Clients parse what they got.
      if (!call.hasArguments) out += argumentsFrame(call, '{}')
      out += endFrame('tool-call-end', call.sentIndex)
      this.#calls.delete(index)
    }
    return out
  }

  #end(): string {
    let out = this.#head() + this.#close()
    for (const call of this.#calls.values()) call.isOver = true
    out += this.#nextCalls()
    this.#over = true
    if (this.#finish?.reason === 'error') return out + errorEvent(`The provider ended the answer with an error (${this.#finish.native}).`)
    if (this.#parts === 0 && this.#sentCalls === 0) out += this.#whole({ type: 'text', text: '' })
    const delta = { finish_reason: encodeFinish(this.#finish?.reason ?? 'stop', this.#seen), ...(this.#usage && { usage: this.#usage }) }
    return `${out}${frame('message-end', { type: 'message-end', delta })}data: [DONE]\n\n`
  }
}

const frame = (event: string, data: Untyped): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
const partFrame = (type: string, index: number, content: Untyped): string => frame(type, { type, index, delta: { message: { content } } })
const endFrame = (type: string, index: number): string => `event: ${type}\ndata: {"type":"${type}","index":${index}}\n\n`

function argumentsFrame(call: ToolCall, text: string): string {
  call.hasArguments = true
  return `event: tool-call-delta\ndata: {"type":"tool-call-delta","index":${call.sentIndex},"delta":{"message":{"tool_calls":{"function":{"arguments":${JSON.stringify(text)}}}}}}\n\n`
}
