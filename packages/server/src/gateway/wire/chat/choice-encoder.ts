import type { AnswerEvent, Block, Citation, FinishReason, ReasoningBlock, ToolCallBlock } from '../language.ts'
import { isObject, type Json } from './check.ts'
import { encodeCitation } from './citations.ts'
import { customInput } from './encode-messages.ts'
import { finishWord } from './finish-reasons.ts'
import { audioFormat, PART, urlOf } from './media.ts'
import { encodeDetail } from './reasoning-details.ts'

type Options = { legacyFunctions: boolean; custom: Set<string> }
type BlockEvent = Extract<AnswerEvent, { type: 'block' | 'citation' | 'signature' | 'arguments' | 'block-end' }>
/** A block that is written: where its text begins in the message, how long it is, which call it is. */
type Open =
  | { type: 'text'; base: number; length: number }
  | { type: 'refusal' }
  | { type: 'reasoning'; block: ReasoningBlock }
  | { type: 'tool-call'; number: number; custom: string | undefined; isEmpty: boolean }

/** The deltas of one choice: for each event the fields of the delta as JSON without braces, '' where there is nothing to say. */
export class ChoiceEncoder {
  hasRole = false
  readonly #options: Options
  readonly #open = new Map<number, Open>()
  #length = 0
  #calls = 0
  #details = 0
  #refused = false
  #last: 'text' | 'refusal' = 'text'

  constructor(options: Options) {
    this.#options = options
  }

  text(index: number, text: string): string {
    const open = this.#open.get(index)
    if (open?.type === 'text') {
      open.length += text.length
      this.#length += text.length
      this.#last = 'text'
      return text === '' ? '' : `"content":${JSON.stringify(text)}`
    }
    if (open?.type === 'reasoning') {
      if (open.block.origin !== 'openai-chat') open.block.text += text
      return text === '' ? '' : `"reasoning_content":${JSON.stringify(text)}`
    }
    if (open?.type !== 'refusal') return ''
    this.#last = 'refusal'
    return text === '' ? '' : `"refusal":${JSON.stringify(text)}`
  }

  other(event: BlockEvent): string {
    if (event.type === 'block') return this.#begin(event.index, event.block)
    const open = this.#open.get(event.index)
    if (event.type === 'citation') return open?.type === 'text' ? this.#cite(event.citation, open) : this.#cite(event.citation, NOWHERE)
    if (event.type === 'signature') {
      if (open?.type === 'reasoning') open.block.signature = (open.block.signature ?? '') + event.signature
      return ''
    }
    if (event.type === 'arguments') return open?.type === 'tool-call' ? this.#arguments(open, event.text) : ''
    this.#open.delete(event.index)
    if (open?.type === 'reasoning') return this.#endThoughts(open.block)
    if (open?.type !== 'tool-call') return ''
    if (open.custom !== undefined) return this.#endCustom(open.number, open.custom)
    // No arguments are an empty object, which is what clients parse.
    return open.isEmpty ? this.#arguments(open, '{}') : ''
  }

  /** The log probabilities of the tokens that were just written. */
  logprobsOf(tokens: Json[]): Json {
    return this.#last === 'refusal' ? { content: null, refusal: tokens } : { content: tokens, refusal: null }
  }

  finishWord(reason: FinishReason): string {
    return finishWord(reason, { refused: this.#refused, legacyFunctions: this.#options.legacyFunctions })
  }

  #begin(index: number, block: Block): string {
    switch (block.type) {
      case 'text': {
        const open: Open = { type: 'text', base: this.#length, length: 0 }
        this.#open.set(index, open)
        const fields = [this.text(index, block.text), ...this.#citeAll(block.citations ?? [], open)]
        return fields.filter((field) => field !== '').join(',')
      }
      case 'reasoning':
        this.#open.set(index, { type: 'reasoning', block: { ...block } })
        return block.text === '' ? '' : `"reasoning_content":${JSON.stringify(block.text)}`
      case 'refusal':
        this.#refused = true
        this.#open.set(index, { type: 'refusal' })
        return this.text(index, block.text)
      case 'tool-call':
        return this.#beginCall(index, block)
      default:
        return otherField(block)
    }
  }

  #beginCall(index: number, block: ToolCallBlock): string {
    const number = this.#calls++
    const { legacyFunctions, custom } = this.#options
    const name = JSON.stringify(block.name)
    const isCustom = custom.has(block.name)
    this.#open.set(index, { type: 'tool-call', number, custom: isCustom ? block.arguments : undefined, isEmpty: block.arguments === '' })
    const text = JSON.stringify(block.arguments)
    if (legacyFunctions) return number === 0 ? `"function_call":{"name":${name},"arguments":${text}}` : ''
    const id = `{"index":${number},"id":${JSON.stringify(block.id)}`
    if (isCustom) return `"tool_calls":[${id},"type":"custom","custom":{"name":${name},"input":""}}]`
    const { signature } = block
    const extra =
      signature?.dialect === 'gemini' ? `,"extra_content":{"google":{"thought_signature":${JSON.stringify(signature.value)}}}` : ''
    return `"tool_calls":[${id},"type":"function","function":{"name":${name},"arguments":${text}}${extra}}]`
  }

  #arguments(open: Extract<Open, { type: 'tool-call' }>, text: string): string {
    if (open.custom !== undefined) {
      open.custom += text
      return ''
    }
    if (text !== '') open.isEmpty = false
    const field = `"arguments":${JSON.stringify(text)}`
    if (this.#options.legacyFunctions) return open.number === 0 ? `"function_call":{${field}}` : ''
    return `"tool_calls":[{"index":${open.number},"function":{${field}}}]`
  }

  /** The text of a custom tool stands inside JSON, which has an end only now. */
  #endCustom(number: number, text: string): string {
    const input = customInput(text)
    return input === '' ? '' : `"tool_calls":[{"index":${number},"custom":{"input":${JSON.stringify(input)}}}]`
  }

  /** Thoughts with their vendor's proof go beside their text, so that a client which keeps them can send them back. */
  #endThoughts(block: ReasoningBlock): string {
    const isProven = block.signature !== undefined || block.encrypted !== undefined
    const detail = isProven && block.origin !== 'openai-chat' ? encodeDetail(block, this.#details) : undefined
    if (!detail) return ''
    this.#details++
    return `"reasoning_details":${JSON.stringify([detail])}`
  }

  #cite(citation: Citation, open: { base: number; length: number }): string {
    const annotation = encodeCitation(citation, open.base, open.length)
    return annotation ? `"annotations":${JSON.stringify([annotation])}` : ''
  }

  #citeAll(citations: Citation[], open: Extract<Open, { type: 'text' }>): string[] {
    const annotations = citations.map((one) => encodeCitation(one, open.base, open.length)).filter((one) => one !== undefined)
    return annotations.length > 0 ? [`"annotations":${JSON.stringify(annotations)}`] : []
  }
}

const NOWHERE = { base: 0, length: 0 }

/** Images as OpenRouter writes them, audio as OpenAI does, and what was opaque when it was read from chat. */
function otherField(block: Block): string {
  const field = mediaField(block)
  return field ? JSON.stringify(field).slice(1, -1) : ''
}

export function mediaField(block: Block): Json | undefined {
  if (block.type === 'image') {
    const url = urlOf(block.source)
    return url === undefined ? undefined : { images: [{ type: 'image_url', image_url: { url } }] }
  }
  if (block.type === 'audio' && block.source.kind === 'base64')
    return { audio: { data: block.source.data, format: block.format ?? audioFormat(block.source.mediaType) } }
  if (block.type !== 'opaque' || block.dialect !== 'openai-chat') return undefined
  return block.what.startsWith(PART) ? (isObject(block.value) ? { content: [block.value] } : undefined) : { [block.what]: block.value }
}
