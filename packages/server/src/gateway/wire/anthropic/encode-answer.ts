import type { AnswerEncoder } from '../codec.ts'
import type {
  Answer,
  AnswerError,
  AnswerEvent,
  Block,
  Call,
  Citation,
  FinishReason,
  OpaqueBlock,
  ReasoningBlock,
  ToolCallBlock,
} from '../language.ts'
import { encodeCitation } from './citations.ts'
import { encodeAnswerError } from './errors.ts'
import { type Fields, isObject } from './fields.ts'
import { packCallId, packReasoning } from './foreign-proof.ts'
import { encodeStopReason } from './stop-reasons.ts'
import { toolInput } from './tool-input.ts'
import { encodeUsage } from './usage.ts'

type Finish = { reason: FinishReason; native: string; stopSequence?: string }
type Delta = Extract<AnswerEvent, { type: 'text' | 'citation' | 'signature' | 'arguments' }>
/** A block of the answer that is written, or waits for the one before it. */
type Open = { block: Block; sentIndex: number; waiting: (Delta | 'end')[]; signature: string }

/**
 * Writes an answer as a Messages stream or body. A message has one choice, so only the first is written, and its blocks come
 * one after the other: what belongs to a later block waits until the one before is complete.
 */
export class AnthropicAnswerEncoder implements AnswerEncoder {
  readonly #model: string
  readonly #fallbackId: string
  #start: { id: string; model: string } | undefined
  #started = false
  #over = false
  #usage: Fields | undefined
  #finish: Finish | undefined
  #message: Fields = {}
  readonly #seen = { toolCalls: false, refusal: false }
  #nextIndex = 0
  /** By index in the answer, in order; the first one is written, the others wait. */
  readonly #blocks = new Map<number, Open>()

  constructor(call: Call, options: { id: string }) {
    this.#model = call.model
    this.#fallbackId = options.id
  }

  push(event: AnswerEvent): string {
    if (this.#over || ('choice' in event && event.choice !== 0)) return ''
    switch (event.type) {
      case 'start':
        this.#start = { id: event.id, model: event.model }
        return ''
      case 'usage':
        this.#usage = encodeUsage(event.usage, event.raw)
        return ''
      case 'finish':
        this.#finish = event
        return ''
      case 'error':
        return this.fail(event.error)
      case 'end':
        return this.#end()
      case 'block':
        return this.#head() + this.#open(event.index, event.block)
      case 'block-end':
        return this.#take(event.index, 'end')
      default:
        return this.#take(event.index, event)
    }
  }

  fail(error: AnswerError): string {
    if (this.#over) return ''
    this.#over = true
    return frame('error', encodeAnswerError(error))
  }

  whole(answer: Answer): Fields {
    if (answer.error) return encodeAnswerError(answer.error)
    const { blocks = [], finish } = answer.choices[0] ?? {}
    const content: Fields[] = []
    for (const block of blocks) {
      this.#note(block)
      const written = encodeBlock(block)
      if (written) content.push(written)
    }
    return {
      id: answer.id || this.#fallbackId,
      type: 'message',
      role: 'assistant',
      model: answer.model || this.#model,
      content,
      stop_reason: finish || answer.ended ? encodeStopReason(finish, this.#seen) : null,
      stop_sequence: finish?.stopSequence ?? null,
      ...this.#message,
      usage: answer.usage ? encodeUsage(answer.usage.usage, answer.usage.raw) : NO_USAGE,
    }
  }

  /** `message_start`, before the first thing that follows it: counts that came with the start are in it. */
  #head(): string {
    if (this.#started) return ''
    this.#started = true
    return frame('message_start', {
      type: 'message_start',
      message: {
        id: this.#start?.id || this.#fallbackId,
        type: 'message',
        role: 'assistant',
        model: this.#start?.model || this.#model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: this.#usage ?? NO_USAGE,
      },
    })
  }

  #end(): string {
    let out = this.#head()
    for (const index of [...this.#blocks.keys()]) out += this.#take(index, 'end')
    this.#over = true
    if (this.#finish?.reason === 'error')
      return out + frame('error', encodeAnswerError({ message: `The provider ended the answer with an error (${this.#finish.native}).` }))
    const { context_management: edits, ...message } = this.#message
    const data = {
      type: 'message_delta',
      delta: {
        stop_reason: encodeStopReason(this.#finish, this.#seen),
        stop_sequence: this.#finish?.stopSequence ?? null,
        ...message,
      },
      usage: this.#usage ?? NO_USAGE,
      ...(edits !== undefined && { context_management: edits }),
    }
    return `${out}${frame('message_delta', data)}${STOP}`
  }

  #note(block: Block): void {
    if (block.type === 'tool-call') this.#seen.toolCalls = true
    else if (block.type === 'refusal') this.#seen.refusal = true
    else if (block.type === 'opaque' && isMessage(block) && isObject(block.value)) this.#message = { ...this.#message, ...block.value }
  }

  #open(index: number, block: Block): string {
    this.#note(block)
    const open: Open = { block, sentIndex: -1, waiting: [], signature: '' }
    // A second block of the same index would hide the first: the first is closed.
    const out = this.#blocks.has(index) ? this.#take(index, 'end') : ''
    this.#blocks.set(index, open)
    return this.#blocks.size === 1 ? out + this.#begin(open) : out
  }

  #take(index: number, event: Delta | 'end'): string {
    const open = this.#blocks.get(index)
    if (!open) return ''
    if (this.#blocks.values().next().value !== open) {
      open.waiting.push(event)
      return ''
    }
    if (event !== 'end') return this.#write(open, event)
    let out = this.#close(open)
    this.#blocks.delete(index)
    for (const [waitingIndex, next] of this.#blocks) {
      const { waiting } = next
      next.waiting = []
      out += this.#begin(next)
      for (const held of waiting) {
        if (held !== 'end') out += this.#write(next, held)
        else {
          out += this.#close(next)
          this.#blocks.delete(waitingIndex)
        }
      }
      if (this.#blocks.has(waitingIndex)) break
    }
    return out
  }

  /** The start of a block and what it brought. Text starts with its first letter, since Anthropic takes no empty text back. */
  #begin(open: Open): string {
    const { block } = open
    switch (block.type) {
      case 'text': {
        let out = block.text === '' ? '' : this.#text(open, block.text)
        for (const citation of block.citations ?? []) out += this.#citation(open, citation)
        return out
      }
      case 'refusal':
        return block.text === '' ? '' : this.#text(open, block.text)
      case 'reasoning': {
        if (block.origin === 'anthropic' && block.encrypted !== undefined)
          return this.#first(open, { type: 'redacted_thinking', data: block.encrypted })
        const own = block.origin === 'anthropic' ? (block.signature ?? '') : ''
        open.signature = block.origin === 'anthropic' ? '' : (block.signature ?? '')
        return (
          this.#first(open, { type: 'thinking', thinking: '', signature: '' }) +
          (block.text === '' ? '' : delta(open, 'thinking_delta', 'thinking', block.text)) +
          (own === '' ? '' : delta(open, 'signature_delta', 'signature', own))
        )
      }
      case 'tool-call': {
        const head = toolUse(block, {})
        return this.#first(open, head) + (block.arguments === '' ? '' : delta(open, 'input_json_delta', 'partial_json', block.arguments))
      }
      default: {
        const written = encodeBlock(block)
        if (!written) return ''
        if (written.type !== 'server_tool_use' || !isObject(written.input)) return this.#first(open, written)
        return this.#first(open, { ...written, input: {} }) + delta(open, 'input_json_delta', 'partial_json', JSON.stringify(written.input))
      }
    }
  }

  #write(open: Open, event: Delta): string {
    const { block } = open
    switch (event.type) {
      case 'text':
        if (event.text === '') return ''
        if (block.type === 'reasoning') return delta(open, 'thinking_delta', 'thinking', event.text)
        return block.type === 'text' || block.type === 'refusal' ? this.#text(open, event.text) : ''
      case 'arguments':
        return block.type === 'tool-call' && event.text !== '' ? delta(open, 'input_json_delta', 'partial_json', event.text) : ''
      case 'signature':
        if (block.type !== 'reasoning') return ''
        if (block.origin === 'anthropic') return delta(open, 'signature_delta', 'signature', event.signature)
        open.signature += event.signature
        return ''
      case 'citation':
        return block.type === 'text' ? this.#citation(open, event.citation) : ''
    }
  }

  #close(open: Open): string {
    if (open.sentIndex < 0) return ''
    const { block, signature } = open
    const proof = isForeign(block) ? delta(open, 'signature_delta', 'signature', packReasoning(withSignature(block, signature))) : ''
    return `${proof}event: content_block_stop\ndata: {"type":"content_block_stop","index":${open.sentIndex}}\n\n`
  }

  #first(open: Open, block: Fields): string {
    open.sentIndex = this.#nextIndex++
    return frame('content_block_start', { type: 'content_block_start', index: open.sentIndex, content_block: block })
  }

  #text(open: Open, text: string): string {
    const head = open.sentIndex < 0 ? this.#first(open, { type: 'text', text: '' }) : ''
    return head + delta(open, 'text_delta', 'text', text)
  }

  #citation(open: Open, citation: Citation): string {
    const head = open.sentIndex < 0 ? this.#first(open, { type: 'text', text: '' }) : ''
    const value = {
      type: 'content_block_delta',
      index: open.sentIndex,
      delta: { type: 'citations_delta', citation: encodeCitation(citation) },
    }
    return head + frame('content_block_delta', value)
  }
}

const NO_USAGE = { input_tokens: 0, output_tokens: 0 }
const STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'

const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

const delta = ({ sentIndex }: Open, type: string, name: string, text: string): string =>
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":${sentIndex},"delta":{"type":"${type}","${name}":${JSON.stringify(text)}}}\n\n`

const isMessage = (block: OpaqueBlock): boolean => block.dialect === 'anthropic' && block.what === 'message'
const isForeign = (block: Block): block is ReasoningBlock => block.type === 'reasoning' && block.origin !== 'anthropic'
const withSignature = (block: ReasoningBlock, signature: string): ReasoningBlock => (signature === '' ? block : { ...block, signature })
/** `direct` says that the model itself calls, not a program of its own. */
const toolUse = (block: ToolCallBlock, input: Fields): Fields => ({
  type: 'tool_use',
  id: packCallId(block.id, block.signature),
  name: block.name,
  input,
  caller: { type: 'direct' },
  ...(block.native?.dialect === 'anthropic' && block.native.value),
})

/** A block of a whole answer; `undefined` for an empty text and for what belongs to another vendor only. */
function encodeBlock(block: Block): Fields | undefined {
  switch (block.type) {
    case 'text': {
      if (block.text === '' && !block.citations?.length) return undefined
      return { type: 'text', text: block.text, ...(block.citations?.length && { citations: block.citations.map(encodeCitation) }) }
    }
    case 'refusal':
      return block.text === '' ? undefined : { type: 'text', text: block.text }
    case 'reasoning':
      if (block.origin !== 'anthropic') return { type: 'thinking', thinking: block.text, signature: packReasoning(block) }
      if (block.encrypted !== undefined) return { type: 'redacted_thinking', data: block.encrypted }
      return { type: 'thinking', thinking: block.text, signature: block.signature ?? '' }
    case 'tool-call':
      return toolUse(block, toolInput(block.arguments) ?? { arguments: block.arguments })
    case 'opaque':
      return block.dialect === 'anthropic' && !isMessage(block) && isObject(block.value) ? block.value : undefined
    case 'image':
    case 'audio':
    case 'file':
      // A message has no place for media of the model's own; that it was there must not go unsaid.
      return { type: 'text', text: `[${block.type}: an Anthropic message cannot carry it]` }
    case 'tool-result':
      return undefined
  }
}
