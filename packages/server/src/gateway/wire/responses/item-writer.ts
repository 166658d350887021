import type { Block, Citation, Logprob, ReasoningBlock, ToolCallBlock } from '../language.ts'
import { encodeCitation } from './citations.ts'
import { proofOf, wrapProof } from './foreign-reasoning.ts'
import type { Json } from './json.ts'
import { encodeLogprob } from './logprobs.ts'
import { DIALECT, nativeOf } from './native.ts'

/**
 * Writes the blocks of an answer as the items of a response, each with its events numbered from 0. Texts and refusals that
 * follow each other are parts of one message item; what one vendor's reasoning proves travels in `encrypted_content`.
 */
export class ItemWriter {
  /** The id of the response; ids of items are made from it. */
  id: string
  /** Only the items are wanted, not the events. */
  isQuiet = false
  readonly output: Json[] = []
  hasRefusal = false
  /** Of a whole answer, which has them beside its blocks: they go to its first text. */
  logprobs: Logprob[] | undefined
  #sequence = 0
  readonly #ids = new Set<string>()
  readonly #callIds = new Set<string>()
  /** The message or reasoning item that a next block may join. */
  #open: OpenItem | undefined
  readonly #blocks = new Map<number, OpenBlock>()

  /** Thoughts of other vendors are written as summaries, which is where most clients look for them and from where they send them back. */
  readonly #summarises: boolean

  constructor(id: string, options: { summarises: boolean }) {
    this.id = id
    this.#summarises = options.summarises
  }

  /** The beginning of a block, and what it brings itself. */
  block(index: number, block: Block): string {
    const open = OPENERS[block.type] as ((this: ItemWriter, index: number, block: Block) => string) | undefined
    return open ? open.call(this, index, block) : ''
  }

  openText(index: number, block: Extract<Block, { type: 'text' | 'refusal' }>): string {
    const { id, phase } = nativeOf(block)
    let told = ''
    if (this.#open?.item.type !== 'message' || (id !== undefined && id !== this.#open.native)) {
      told = this.closeItem()
      const item: Json = { id: this.#fresh(id, 'msg'), type: 'message', status: 'in_progress', role: 'assistant' }
      if (phase !== undefined) item.phase = phase
      item.content = []
      told += this.#openItem(item, id)
    }
    const open = this.#open as OpenItem
    const contents = open.item.content as Json[]
    const isText = block.type === 'text'
    if (!isText) this.hasRefusal = true
    const part: Json = isText ? { type: 'output_text', annotations: [], logprobs: [], text: '' } : { type: 'refusal', refusal: '' }
    const place = { item_id: open.item.id, output_index: open.at, content_index: contents.length }
    told += this.emit('response.content_part.added', { ...place, part })
    contents.push(part)
    this.#begin(index, isText ? 'text' : 'refusal', place, part)
    if (block.text !== '') told += this.text(index, block.text, isText ? this.logprobs : undefined)
    if (isText) this.logprobs = undefined
    if (isText) for (const citation of block.citations ?? []) told += this.citation(index, citation)
    return told
  }

  openReasoning(index: number, block: ReasoningBlock): string {
    const isOwn = block.origin === DIALECT
    const isSummary = block.isSummary === true || (!isOwn && this.#summarises)
    let told = ''
    if (!isOwn || !this.#mayJoin(block.id, isSummary)) {
      told = this.closeItem()
      const item = { id: this.#fresh(isOwn ? block.id : undefined, 'rs'), type: 'reasoning', summary: [] }
      told += this.#openItem(item, isOwn ? block.id : undefined)
    }
    const open = this.#open as OpenItem
    if (isOwn) {
      if (block.encrypted !== undefined) {
        open.item.encrypted_content = block.encrypted
        open.isSealed = true
      }
    } else {
      open.isSealed = true
      open.proof = { ...block }
    }
    if (block.text === '' && (isOwn ? block.encrypted !== undefined || !isSummary : block.encrypted !== undefined)) {
      // Only a proof so far: a part is opened when text comes.
      this.#begin(index, isSummary ? 'pending-summary' : 'pending-reasoning', {}, {})
      return told
    }
    told += this.#openReasoningPart(index, open, isSummary)
    if (block.text !== '') told += this.text(index, block.text)
    return told
  }

  /** An item has its summary before its text: a summary that follows a text begins an item of its own. */
  #mayJoin(id: string | undefined, isSummary: boolean): boolean {
    const open = this.#open
    return open?.item.type === 'reasoning' && open.native === id && !open.isSealed && !(isSummary && open.item.content !== undefined)
  }

  #openReasoningPart(index: number, open: OpenItem, isSummary: boolean): string {
    const place: Json = { item_id: open.item.id, output_index: open.at }
    const part: Json = { type: isSummary ? 'summary_text' : 'reasoning_text', text: '' }
    if (!isSummary) open.item.content ??= []
    const parts = (isSummary ? open.item.summary : open.item.content) as Json[]
    place[isSummary ? 'summary_index' : 'content_index'] = parts.length
    const told = this.emit(isSummary ? 'response.reasoning_summary_part.added' : 'response.content_part.added', { ...place, part })
    parts.push(part)
    this.#begin(index, isSummary ? 'summary' : 'reasoning', place, part)
    return told
  }

  openCall(index: number, block: ToolCallBlock): string {
    let told = this.closeItem()
    let callId = block.id
    if (callId === '' || this.#callIds.has(callId)) callId = `call_${this.id}_${this.output.length}`
    this.#callIds.add(callId)
    if (block.signature && block.signature.dialect !== DIALECT) {
      const { dialect: origin, value: signature } = block.signature
      const proof = wrapProof({ origin, signature, callId })
      told += this.#openItem({ id: this.#fresh(undefined, 'rs'), type: 'reasoning', summary: [], encrypted_content: proof }, undefined)
      told += this.closeItem()
    }
    const { id, status: _, ...native } = nativeOf(block)
    const item: Json = {
      id: this.#fresh(id, 'fc'),
      type: 'function_call',
      status: 'in_progress',
      ...native,
      arguments: '',
      call_id: callId,
      name: block.name,
    }
    const at = this.output.length
    told += this.#add(item)
    const place = { item_id: item.id, output_index: at }
    this.#begin(index, 'call', place, item)
    return block.arguments === '' ? told : told + this.arguments(index, block.arguments)
  }

  /** An item that comes at once: opaque ones of our own dialect, and an image as what the image tool would have made. */
  openWhole(item: Json): string {
    const at = this.output.length
    const told = this.closeItem() + this.#add(item)
    return told + this.emit('response.output_item.done', { output_index: at, item })
  }

  wholeId(id: unknown, prefix: string): string {
    return this.#fresh(id, prefix)
  }

  #openItem(item: Json, native: unknown): string {
    this.#open = { item, at: this.output.length, native, isSealed: false }
    return this.#add(item)
  }

  #add(item: Json): string {
    const told = this.emit('response.output_item.added', { output_index: this.output.length, item })
    this.output.push(item)
    return told
  }

  /** A piece of a text, a refusal or of reasoning. */
  text(index: number, text: string, logprobs?: Logprob[]): string {
    let block = this.#blocks.get(index)
    let told = ''
    if (block?.kind.startsWith('pending') && this.#open && text !== '') {
      told = this.#openReasoningPart(index, this.#open, block.kind === 'pending-summary')
      block = this.#blocks.get(index)
    }
    if (!block || text === '' || block.kind === 'call') return told
    block.text += text
    if (block.kind !== 'text') return told + this.#delta(block.delta, text, '}\n\n')
    if (!logprobs?.length) return told + this.#delta(block.delta, text, ',"logprobs":[]}\n\n')
    const encoded = logprobs.map(encodeLogprob)
    block.logprobs.push(...encoded)
    return told + this.#delta(block.delta, text, `,"logprobs":${JSON.stringify(encoded)}}\n\n`)
  }

  arguments(index: number, text: string): string {
    const block = this.#blocks.get(index)
    if (block?.kind !== 'call' || text === '') return ''
    block.text += text
    return this.#delta(block.delta, text, '}\n\n')
  }

  #delta(head: string, text: string, tail: string): string {
    return this.isQuiet ? '' : `${head}${this.#sequence++},"delta":${JSON.stringify(text)}${tail}`
  }

  citation(index: number, citation: Citation): string {
    const block = this.#blocks.get(index)
    const annotation = encodeCitation(citation)
    if (block?.kind !== 'text' || !annotation) return ''
    const annotations = block.part.annotations as Json[]
    const told = this.emit('response.output_text.annotation.added', { ...block.place, annotation_index: annotations.length, annotation })
    annotations.push(annotation)
    return told
  }

  signature(signature: string): void {
    const proof = this.#open?.proof
    if (proof) proof.signature = (proof.signature ?? '') + signature
  }

  /** The end of a block, '' where it is closed. A call is `incomplete` where the answer was cut off in it. */
  end(index: number, status = 'completed'): string {
    const block = this.#blocks.get(index)
    if (!block) return ''
    this.#blocks.delete(index)
    const { place, part, text } = block
    switch (block.kind) {
      case 'text':
        part.text = text
        part.logprobs = block.logprobs
        return this.emit('response.output_text.done', { ...place, text, logprobs: block.logprobs }) + this.#partDone(place, part)
      case 'refusal':
        part.refusal = text
        return this.emit('response.refusal.done', { ...place, refusal: text }) + this.#partDone(place, part)
      case 'summary':
        part.text = text
        return (
          this.emit('response.reasoning_summary_text.done', { ...place, text }) +
          this.emit('response.reasoning_summary_part.done', { ...place, part })
        )
      case 'reasoning':
        part.text = text
        return this.emit('response.reasoning_text.done', { ...place, text }) + this.#partDone(place, part)
      case 'call':
        part.arguments = text
        part.status = status
        return (
          this.emit('response.function_call_arguments.done', { ...place, name: part.name, arguments: text }) +
          this.emit('response.output_item.done', { output_index: place.output_index, item: part })
        )
      default:
        return ''
    }
  }

  #begin(index: number, kind: Kind, place: Json, part: Json): void {
    this.#blocks.set(index, { kind, place, part, text: '', delta: deltaHead(kind, place), logprobs: [] })
  }

  #partDone(place: Json, part: Json): string {
    return this.emit('response.content_part.done', { ...place, part })
  }

  /** Closes the message or reasoning item that is open. Tool calls close by themselves. */
  closeItem(status = 'completed'): string {
    const open = this.#open
    if (!open) return ''
    let told = ''
    for (const [index, block] of this.#blocks) if (block.place.output_index === open.at) told += this.end(index)
    this.#open = undefined
    if (open.proof) open.item.encrypted_content = wrapProof(proofOf(open.proof))
    if (open.item.type === 'message') open.item.status = status
    return told + this.emit('response.output_item.done', { output_index: open.at, item: open.item })
  }

  /** An id for an item: the provider's where it is one of Responses and not yet taken. */
  #fresh(id: unknown, prefix: string): string {
    const fresh = typeof id === 'string' && id !== '' && !this.#ids.has(id) ? id : `${prefix}_${this.id}_${this.output.length}`
    this.#ids.add(fresh)
    return fresh
  }

  /** One event, with the next number. */
  emit(type: string, fields: Json): string {
    if (this.isQuiet) return ''
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.#sequence++, ...fields })}\n\n`
  }

  /** Closes everything that is open; a message that was cut off is `incomplete`. */
  closeAll(status: 'completed' | 'incomplete'): string {
    let told = this.closeItem(status)
    for (const index of this.#blocks.keys()) told += this.end(index, status)
    return told
  }
}

type OpenItem = {
  item: Json
  at: number
  /** The id that the provider gave it, where it was one of Responses. */
  native: unknown
  /** Complete with its proof: what comes is another item. */
  isSealed: boolean
  /** The block of another vendor whose proof the item will carry. */
  proof?: ReasoningBlock
}
type Kind = 'text' | 'refusal' | 'summary' | 'reasoning' | 'call' | 'pending-summary' | 'pending-reasoning'
type OpenBlock = {
  kind: Kind
  place: Json
  part: Json
  text: string
  /** A delta event up to its sequence number. */
  delta: string
  logprobs: Json[]
}

type Openers = { [T in Block['type']]?: (this: ItemWriter, index: number, block: Extract<Block, { type: T }>) => string }
/** How a block of an answer begins. Audio, files and tool results have no place in an answer of Responses. */
const OPENERS: Openers = {
  text(index, block) {
    return this.openText(index, block)
  },
  refusal(index, block) {
    return this.openText(index, block)
  },
  reasoning(index, block) {
    return this.openReasoning(index, block)
  },
  'tool-call'(index, block) {
    return this.openCall(index, block)
  },
  image(_index, { source }) {
    if (source.kind !== 'base64') return ''
    return this.openWhole({ id: this.wholeId(undefined, 'ig'), type: 'image_generation_call', status: 'completed', result: source.data })
  },
  opaque(_index, { dialect, what, value }) {
    if (dialect !== DIALECT || what.startsWith('content.')) return ''
    const item = value as Json
    return this.openWhole({ ...item, id: this.wholeId(item.id, 'item') })
  },
}

/** The event that brings a piece of a block. */
const DELTAS: Partial<Record<Kind, string>> = {
  text: 'response.output_text.delta',
  refusal: 'response.refusal.delta',
  summary: 'response.reasoning_summary_text.delta',
  reasoning: 'response.reasoning_text.delta',
  call: 'response.function_call_arguments.delta',
}

/** A delta event up to its sequence number, so that one event costs no more than its text. */
function deltaHead(kind: Kind, place: Json): string {
  const type = DELTAS[kind]
  return type ? `event: ${type}\ndata: {"type":"${type}",${JSON.stringify(place).slice(1, -1)},"sequence_number":` : ''
}
