import type { AnswerEncoder } from '../codec.ts'
import { spread } from '../collect.ts'
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
import { encodeCitation } from './citations.ts'
import { proofOf, wrapProof } from './foreign-reasoning.ts'
import { type Json, textOf } from './json.ts'
import { encodeLogprob } from './logprobs.ts'
import { DIALECT, nativeOf } from './native.ts'
import { echoOf, encodeFailure, encodeUsage } from './response-object.ts'

/**
 * Writes an answer as the Responses API would: a response object, or its events numbered from 0. Texts and refusals that
 * follow each other are parts of one message item; what one vendor's reasoning proves travels in `encrypted_content`.
 */
export class ResponsesEncoder implements AnswerEncoder {
  readonly #id: string
  readonly #echo: Json
  #head: Json | undefined
  /** Only the items are wanted, not the events. */
  #isQuiet = false
  #sequence = 0
  #isOver = false
  readonly #output: Json[] = []
  readonly #ids = new Set<string>()
  readonly #callIds = new Set<string>()
  /** The message or reasoning item that a next block may join. */
  #open: OpenItem | undefined
  readonly #blocks = new Map<number, OpenBlock>()
  #finish: { reason: FinishReason; native: string } | undefined
  #hasRefusal = false
  #usage: Json | null = null
  /** Of a whole answer, which has them beside its blocks: they go to its first text. */
  #logprobs: Logprob[] | undefined

  constructor(call: Call, options: { id: string }) {
    this.#id = options.id
    this.#echo = { ...echoOf(call), model: call.model }
  }

  push(event: AnswerEvent): string {
    if (this.#isOver) return ''
    // Responses has one answer per call.
    if ('choice' in event && event.choice !== 0) return ''
    switch (event.type) {
      case 'text':
        return this.#text(event.index, event.text, event.logprobs)
      case 'arguments':
        return this.#arguments(event.index, event.text)
      default:
        return this.#rare(event)
    }
  }

  fail(error: AnswerError): string {
    if (this.#isOver) return ''
    const begin = this.#start()
    const failure = encodeFailure(error)
    this.#isOver = true
    this.#isQuiet = true
    this.#closed('incomplete')
    this.#isQuiet = false
    // The error event makes SDKs throw; the failed response is for clients that wait for the end of a response.
    const told = this.#emit('error', { ...failure, param: null })
    return begin + told + this.#emit('response.failed', { response: this.#response('failed', { error: failure }) })
  }

  whole(answer: Answer): Json {
    this.#isQuiet = true
    this.#logprobs = answer.choices[0]?.logprobs
    for (const event of spread(answer)) if (event.type !== 'error' && event.type !== 'end') this.push(event)
    this.#start()
    const { response } = this.#closed(answer.ended || this.#finish ? undefined : 'incomplete')
    const error = answer.error ?? (this.#finish?.reason === 'error' ? failureOf(this.#finish.native) : undefined)
    return error ? this.#response('failed', { error: encodeFailure(error) }) : response
  }

  #rare(event: Exclude<AnswerEvent, { type: 'text' | 'arguments' }>): string {
    const handle = HANDLERS[event.type] as (this: ResponsesEncoder, event: AnswerEvent) => string
    return handle.call(this, event)
  }

  begin(event: { id: string; model: string; createdAt?: number }): string {
    return this.#start(event)
  }

  #start(event?: { id: string; model: string; createdAt?: number }): string {
    if (this.#head) return ''
    const { model, ...echo } = this.#echo
    this.#head = {
      id: event?.id || this.#id,
      object: 'response',
      created_at: event?.createdAt ?? 0,
      model: event?.model || model,
      ...echo,
    }
    const response = this.#response('in_progress', {})
    return this.#emit('response.created', { response }) + this.#emit('response.in_progress', { response })
  }

  #response(status: string, about: { error?: Json; incomplete_details?: Json }): Json {
    return {
      ...this.#head,
      status,
      error: about.error ?? null,
      incomplete_details: about.incomplete_details ?? null,
      output: status === 'in_progress' ? [] : this.#output,
      usage: this.#usage,
    }
  }

  block(index: number, block: Block): string {
    const begin = this.#start()
    const open = OPENERS[block.type]
    return begin + (open ? (open as (this: ResponsesEncoder, index: number, block: Block) => string).call(this, index, block) : '')
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
    if (!isText) this.#hasRefusal = true
    const part: Json = isText ? { type: 'output_text', annotations: [], logprobs: [], text: '' } : { type: 'refusal', refusal: '' }
    const place = { item_id: open.item.id, output_index: open.at, content_index: contents.length }
    told += this.#emit('response.content_part.added', { ...place, part })
    contents.push(part)
    this.#blocks.set(index, {
      kind: isText ? 'text' : 'refusal',
      place,
      part,
      text: '',
      delta: deltaHead(isText ? 'response.output_text.delta' : 'response.refusal.delta', place),
      logprobs: [],
    })
    if (block.text !== '') told += this.#text(index, block.text, isText ? this.#logprobs : undefined)
    if (isText) this.#logprobs = undefined
    if (isText) for (const citation of block.citations ?? []) told += this.citation(index, citation)
    return told
  }

  openReasoning(index: number, block: ReasoningBlock): string {
    const isOwn = block.origin === DIALECT
    let told = ''
    const joins = isOwn && this.#open?.item.type === 'reasoning' && this.#open.native === block.id && !this.#open.isSealed
    if (!joins) {
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
    if (block.text === '' && (isOwn ? block.encrypted !== undefined || !block.isSummary : block.encrypted !== undefined)) {
      // Only a proof so far: a part is opened when text comes.
      this.#blocks.set(index, { kind: 'pending', place: {}, part: block as unknown as Json, text: '', delta: '', logprobs: [] })
      return told
    }
    told += this.#openReasoningPart(index, open, block.isSummary === true)
    if (block.text !== '') told += this.#text(index, block.text)
    return told
  }

  #openReasoningPart(index: number, open: OpenItem, isSummary: boolean): string {
    const place: Json = { item_id: open.item.id, output_index: open.at }
    if (isSummary) {
      const parts = open.item.summary as Json[]
      const part: Json = { type: 'summary_text', text: '' }
      place.summary_index = parts.length
      const told = this.#emit('response.reasoning_summary_part.added', { ...place, part })
      parts.push(part)
      this.#blocks.set(index, {
        kind: 'summary',
        place,
        part,
        text: '',
        delta: deltaHead('response.reasoning_summary_text.delta', place),
        logprobs: [],
      })
      return told
    }
    open.item.content ??= []
    const parts = open.item.content as Json[]
    const part: Json = { type: 'reasoning_text', text: '' }
    place.content_index = parts.length
    const told = this.#emit('response.content_part.added', { ...place, part })
    parts.push(part)
    this.#blocks.set(index, {
      kind: 'reasoning',
      place,
      part,
      text: '',
      delta: deltaHead('response.reasoning_text.delta', place),
      logprobs: [],
    })
    return told
  }

  openCall(index: number, block: ToolCallBlock): string {
    let told = this.closeItem()
    let callId = block.id
    if (callId === '' || this.#callIds.has(callId)) callId = `call_${this.#headId()}_${this.#output.length}`
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
    const at = this.#output.length
    told += this.#add(item)
    const place = { item_id: item.id, output_index: at }
    this.#blocks.set(index, {
      kind: 'call',
      place,
      part: item,
      text: '',
      delta: deltaHead('response.function_call_arguments.delta', place),
      logprobs: [],
    })
    return block.arguments === '' ? told : told + this.#arguments(index, block.arguments)
  }

  /** An item that comes at once: opaque ones of our own dialect, and an image as what the image tool would have made. */
  openWhole(item: Json): string {
    const at = this.#output.length
    const told = this.closeItem() + this.#add(item)
    return told + this.#emit('response.output_item.done', { output_index: at, item })
  }

  wholeId(id: unknown, prefix: string): string {
    return this.#fresh(id, prefix)
  }

  #openItem(item: Json, native: unknown): string {
    this.#open = { item, at: this.#output.length, native, isSealed: false }
    return this.#add(item)
  }

  #add(item: Json): string {
    const told = this.#emit('response.output_item.added', { output_index: this.#output.length, item })
    this.#output.push(item)
    return told
  }

  #text(index: number, text: string, logprobs?: Logprob[]): string {
    let block = this.#blocks.get(index)
    let told = ''
    if (block?.kind === 'pending' && this.#open && text !== '') {
      told = this.#openReasoningPart(index, this.#open, (block.part as { isSummary?: boolean }).isSummary === true)
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

  #arguments(index: number, text: string): string {
    const block = this.#blocks.get(index)
    if (block?.kind !== 'call' || text === '') return ''
    block.text += text
    return this.#delta(block.delta, text, '}\n\n')
  }

  #delta(head: string, text: string, tail: string): string {
    return this.#isQuiet ? '' : `${head}${this.#sequence++},"delta":${JSON.stringify(text)}${tail}`
  }

  citation(index: number, citation: Citation): string {
    const block = this.#blocks.get(index)
    const annotation = encodeCitation(citation)
    if (block?.kind !== 'text' || !annotation) return ''
    const annotations = block.part.annotations as Json[]
    const told = this.#emit('response.output_text.annotation.added', { ...block.place, annotation_index: annotations.length, annotation })
    annotations.push(annotation)
    return told
  }

  signature(signature: string): void {
    const proof = this.#open?.proof
    if (proof) proof.signature = (proof.signature ?? '') + signature
  }

  end(index: number): string {
    const block = this.#blocks.get(index)
    if (!block) return ''
    this.#blocks.delete(index)
    const { place, part, text } = block
    switch (block.kind) {
      case 'text':
        part.text = text
        part.logprobs = block.logprobs
        return this.#emit('response.output_text.done', { ...place, text, logprobs: block.logprobs }) + this.#partDone(place, part)
      case 'refusal':
        part.refusal = text
        return this.#emit('response.refusal.done', { ...place, refusal: text }) + this.#partDone(place, part)
      case 'summary':
        part.text = text
        return (
          this.#emit('response.reasoning_summary_text.done', { ...place, text }) +
          this.#emit('response.reasoning_summary_part.done', { ...place, part })
        )
      case 'reasoning':
        part.text = text
        return this.#emit('response.reasoning_text.done', { ...place, text }) + this.#partDone(place, part)
      case 'call':
        part.arguments = text
        part.status = 'completed'
        return (
          this.#emit('response.function_call_arguments.done', { ...place, name: part.name, arguments: text }) +
          this.#emit('response.output_item.done', { output_index: place.output_index, item: part })
        )
      default:
        return ''
    }
  }

  #partDone(place: Json, part: Json): string {
    return this.#emit('response.content_part.done', { ...place, part })
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
    return told + this.#emit('response.output_item.done', { output_index: open.at, item: open.item })
  }

  setFinish(finish: { reason: FinishReason; native: string }): void {
    this.#finish = finish
  }

  setUsage(usage: Extract<AnswerEvent, { type: 'usage' }>['usage']): void {
    this.#usage = encodeUsage(usage)
  }

  /** What closes the answer. */
  close(): string {
    if (this.#finish?.reason === 'error') return this.fail(failureOf(this.#finish.native))
    const begin = this.#start()
    const { told, response } = this.#closed()
    this.#isOver = true
    return begin + told + this.#emit(`response.${textOf(response.status)}`, { response })
  }

  #closed(forced?: 'incomplete'): { told: string; response: Json } {
    const ended = this.#finish?.reason
    // A refusal that said nothing would look like an answer.
    const reason = ended === 'refusal' && !this.#hasRefusal ? 'content_filter' : ended && INCOMPLETE[ended]
    const status = reason || forced ? 'incomplete' : 'completed'
    let told = this.closeItem(status)
    for (const index of this.#blocks.keys()) told += this.end(index)
    return { told, response: this.#response(status, reason ? { incomplete_details: { reason } } : {}) }
  }

  /** An id for an item: the provider's where it is one of Responses and not yet taken. */
  #fresh(id: unknown, prefix: string): string {
    const fresh = typeof id === 'string' && id !== '' && !this.#ids.has(id) ? id : `${prefix}_${this.#headId()}_${this.#output.length}`
    this.#ids.add(fresh)
    return fresh
  }

  #headId(): string {
    return textOf(this.#head?.id) || this.#id
  }

  #emit(type: string, fields: Json): string {
    if (this.#isQuiet) return ''
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.#sequence++, ...fields })}\n\n`
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
type OpenBlock = {
  kind: 'text' | 'refusal' | 'summary' | 'reasoning' | 'call' | 'pending'
  place: Json
  part: Json
  text: string
  /** A delta event up to its sequence number. */
  delta: string
  logprobs: Json[]
}

const INCOMPLETE: Partial<Record<FinishReason, string>> = { length: 'max_output_tokens', 'content-filter': 'content_filter' }

type Handlers = { [T in AnswerEvent['type']]?: (this: ResponsesEncoder, event: Extract<AnswerEvent, { type: T }>) => string }
const HANDLERS = {
  start(event) {
    return this.begin(event)
  },
  block({ index, block }) {
    return this.block(index, block)
  },
  citation({ index, citation }) {
    return this.citation(index, citation)
  },
  signature({ signature }) {
    this.signature(signature)
    return ''
  },
  'block-end'({ index }) {
    return this.end(index)
  },
  finish({ reason, native }) {
    this.setFinish({ reason, native })
    return ''
  },
  usage({ usage }) {
    this.setUsage(usage)
    return ''
  },
  error({ error }) {
    return this.fail(error)
  },
  end() {
    return this.close()
  },
} satisfies Handlers

type Openers = { [T in Block['type']]?: (this: ResponsesEncoder, index: number, block: Extract<Block, { type: T }>) => string }
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

const failureOf = (native: string): AnswerError => ({
  message: `The provider ended the answer with an error: ${native || 'no reason given'}.`,
})

/** A delta event up to its sequence number, so that one event costs no more than its text. */
function deltaHead(type: string, place: Json): string {
  return `event: ${type}\ndata: {"type":"${type}",${JSON.stringify(place).slice(1, -1)},"sequence_number":`
}
