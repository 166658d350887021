import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import type { AnswerDecoder, ServerEvent } from '../codec.ts'
import type { AnswerEvent, Block, Call, FinishReason, Logprob } from '../language.ts'
import { blockOf, closedPart, ITEM_OF_KIND, type Item, type Kind, type Part } from './answer-parts.ts'
import { decodeAnnotation } from './citations.ts'
import { CALL_KEYS } from './decode-call.ts'
import { errorOf } from './decode-error.ts'
import { pick } from './decode-item.ts'
import { type Json, objectOf, objectsOf, parseObject, textOf } from './json.ts'
import { decodeLogprobs } from './logprobs.ts'
import { DIALECT, keepNative } from './native.ts'
import { type AnswerReader, indexOf, STREAM_EVENTS } from './stream-events.ts'

/** Reads an answer of the Responses API, whole or as its stream of `response.*` events. Never throws. */
export class ResponsesDecoder implements AnswerDecoder, AnswerReader {
  readonly #call: Call
  readonly #items = new Map<number, Item>()
  #events: AnswerEvent[] = []
  #started = false
  #over = false
  #blocks = 0
  /** The part whose block is open. Tool calls are not among them: several may be open. */
  #open: Part | undefined
  #hasCall = false
  #hasRefusal = false

  constructor(call: Call) {
    this.#call = call
  }

  push(event: ServerEvent): AnswerEvent[] {
    if (this.#over || event.data === '' || event.data === '[DONE]') return NOTHING
    const data = parseObject(event.data)
    if (!data) return this.#take()
    const type = textOf(data.type) || event.event
    const read = STREAM_EVENTS[type]
    if (read) read(this, data)
    else if (type === '' && data.error) this.error(data)
    return this.#take()
  }

  finish(): AnswerEvent[] {
    if (!this.#over) this.#closeAll()
    return this.#take()
  }

  whole(body: unknown): AnswerEvent[] {
    const response = objectOf(body)
    if (!response) {
      this.#fail({ message: 'The provider answered with something that is not a response object.' })
      return this.#take()
    }
    if (response.object !== 'response' && !Array.isArray(response.output)) {
      this.error(response)
      return this.#take()
    }
    this.final(response)
    return this.#take()
  }

  /** The `response` object at the beginning. */
  start(response: Json): void {
    if (this.#started) return
    this.#started = true
    this.#events.push({
      type: 'start',
      id: textOf(response.id),
      model: textOf(response.model) || this.#call.model,
      ...(typeof response.created_at === 'number' && { createdAt: response.created_at }),
    })
  }

  /** The `response` object at the end: what the stream did not bring is in its output. */
  final(response: Json): void {
    this.start(response)
    const output = objectsOf(response.output)
    for (const [at, item] of output.entries()) if (!this.#items.get(at)?.isDone && !this.#knows(item)) this.itemDone(at, item)
    this.#closeAll()
    const status = textOf(response.status)
    const details = textOf(objectOf(response.incomplete_details)?.reason)
    const error = objectOf(response.error)
    const isWhole = !error && (status === 'completed' || status === 'incomplete' || status === '')
    if (isWhole) {
      const native = status === 'incomplete' ? details || status : status || 'completed'
      this.#events.push({ type: 'finish', choice: 0, reason: this.#reasonOf(status, details), native })
    } else {
      this.#events.push({ type: 'finish', choice: 0, reason: 'error', native: status || 'failed' })
    }
    const usage = normaliseUsage(response.usage, 'openai')
    if (usage) this.#events.push({ type: 'usage', usage: usage.usage, raw: response.usage })
    if (isWhole) this.#events.push({ type: 'end' })
    else if (error) this.#fail(errorOf({ error }))
    else this.#fail({ message: `The provider answered with a response that is ${status}, not completed.`, code: status })
    this.#over = true
  }

  itemAdded(at: number, item: Json): void {
    if (this.#items.has(at)) return
    const found = this.#item(at, item)
    if (found.type !== 'function_call') return
    this.#hasCall = true
    const text = textOf(item.arguments)
    this.#begin(found, 'call', {
      type: 'tool-call',
      id: textOf(item.call_id) || textOf(item.id) || `call_${at}`,
      name: textOf(item.name),
      arguments: text,
      ...keepNative(pick(item, ANSWERED_CALL_KEYS)),
    }).seen = text.length
  }

  itemDone(at: number, item: Json): void {
    this.itemAdded(at, item)
    const found = this.#item(at, item)
    if (found.isDone) return
    found.isDone = true
    ITEMS_DONE[found.type]?.call(this, found, item)
    if (!(found.type in ITEMS_DONE)) this.#opaque(found.type, item)
    for (const part of found.parts.values()) this.#end(part)
  }

  messageDone(found: Item, item: Json): void {
    for (const [index, part] of objectsOf(item.content).entries()) this.partDone(found, index, part)
  }

  partDone(found: Item, index: number, content: Json): void {
    const isRefusal = content.type === 'refusal'
    const known = found.parts.get(`c${index}`)
    if (content.type !== 'output_text' && !isRefusal) {
      if (found.type === 'reasoning') this.#rest(this.#part(found, `c${index}`, 'reasoning'), textOf(content.text))
      else if (!known) {
        this.#opaque(`content.${textOf(content.type)}`, content)
        found.parts.set(`c${index}`, { ...closedPart(), isEnded: true })
      }
      return
    }
    const part = this.#part(found, `c${index}`, isRefusal ? 'refusal' : 'text')
    const logprobs = part.seen === 0 ? decodeLogprobs(content.logprobs) : undefined
    this.#rest(part, textOf(isRefusal ? content.refusal : content.text), logprobs)
    for (const annotation of objectsOf(content.annotations).slice(part.citations)) this.annotation(found, index, annotation)
    this.#end(part)
  }

  annotation(found: Item, index: number, annotation: Json): void {
    const part = this.#part(found, `c${index}`, 'text')
    part.citations++
    this.#events.push({ type: 'citation', choice: 0, index: this.#reopen(part, 'text'), citation: decodeAnnotation(annotation) })
  }

  callDone(found: Item, item: Json): void {
    const part = found.parts.get('call')
    if (part) this.#rest(part, textOf(item.arguments))
  }

  reasoningDone(found: Item, item: Json): void {
    for (const [index, summary] of objectsOf(item.summary).entries())
      this.#rest(this.#part(found, `s${index}`, 'summary'), textOf(summary.text))
    for (const [index, content] of objectsOf(item.content).entries())
      this.#rest(this.#part(found, `c${index}`, 'reasoning'), textOf(content.text))
    const encrypted = textOf(item.encrypted_content)
    // An item without any text means something only to who made it.
    if (encrypted === '' && (found.parts.size > 0 || this.#call.dialect !== DIALECT)) return
    const id = typeof item.id === 'string' && { id: item.id }
    this.#single({ type: 'reasoning', text: '', ...id, ...(encrypted && { encrypted }), origin: DIALECT })
  }

  /** A piece of text for a part, which opens the part where nobody did. */
  delta(data: Json, prefix: 's' | 'c' | 'call', kind: Kind): void {
    const text = textOf(data.delta)
    if (text === '') return
    const at = this.locate(data)
    // A call has no name before its item is there, and then the item has the arguments too.
    if (kind === 'call' && !this.#items.get(at)?.parts.has('call')) return
    const found = this.#item(at, { id: data.item_id, type: ITEM_OF_KIND[kind] })
    const key = prefix === 'call' ? prefix : prefix + indexOf(prefix === 's' ? data.summary_index : data.content_index)
    this.#text(this.#part(found, key, kind), text, kind === 'text' ? decodeLogprobs(data.logprobs) : undefined)
  }

  /** All the text of a part: what its deltas did not bring is added. */
  textDone(data: Json, key: string, kind: Kind, text: string): void {
    const at = this.locate(data)
    if (kind === 'call' && !this.#items.get(at)?.parts.has('call')) return
    const found = this.#item(at, { id: data.item_id, type: ITEM_OF_KIND[kind] })
    if (text !== '') this.#rest(this.#part(found, key, kind), text)
  }

  /** The index of the item that an event is about; by the id of the item where the provider leaves the index out. */
  locate(data: Json, mayBeNew = false): number {
    if (typeof data.output_index === 'number') return data.output_index
    let last = -1
    for (const [at, { about }] of this.#items) {
      if (about.id !== undefined && about.id === data.item_id) return at
      last = Math.max(last, at)
    }
    return mayBeNew ? last + 1 : Math.max(0, last)
  }

  /** The item at an index, made from what an event says of it where it was not announced. */
  itemAt(data: Json): Item {
    return this.#item(this.locate(data), { id: data.item_id, type: 'message' })
  }

  openPart(data: Json, key: string, kind: Kind): void {
    const found = this.#item(this.locate(data), { id: data.item_id, type: ITEM_OF_KIND[kind] })
    this.#reopen(this.#part(found, key, kind), kind)
  }

  endPart(data: Json, key: string): void {
    const part = this.#items.get(this.locate(data))?.parts.get(key)
    if (part) this.#end(part)
  }

  error(data: Json): void {
    this.start({})
    this.#closeAll()
    this.#fail(errorOf(data))
  }

  #knows(item: Json): boolean {
    const id = textOf(item.id)
    if (id === '') return false
    for (const found of this.#items.values()) if (found.isDone && found.about.id === id) return true
    return false
  }

  #reasonOf(status: string, details: string): FinishReason {
    if (status === 'incomplete') return details === 'content_filter' ? 'content-filter' : 'length'
    if (this.#hasCall) return 'tool-calls'
    return this.#hasRefusal ? 'refusal' : 'stop'
  }

  #item(at: number, about: Json): Item {
    const known = this.#items.get(at)
    if (known) return known
    const item: Item = { type: textOf(about.type), about, parts: new Map(), isDone: false }
    this.#items.set(at, item)
    return item
  }

  #part(item: Item, key: string, kind: Kind): Part {
    const known = item.parts.get(key)
    if (known) return known
    return this.#begin(item, key, blockOf(kind, item.about))
  }

  #begin(item: Item, key: string, block: Block): Part {
    this.start({})
    const part: Part = { ...closedPart(), block }
    item.parts.set(key, part)
    if (block.type === 'refusal') this.#hasRefusal = true
    this.#announce(part, block)
    return part
  }

  #announce(part: Part, block: Block): void {
    this.#closeOpen()
    part.index = this.#blocks++
    part.isOpen = true
    this.#events.push({ type: 'block', choice: 0, index: part.index, block })
    if (block.type !== 'tool-call') this.#open = part
  }

  /** The index of the part's open block. A part that had to make way for another goes on in a block of its own. */
  #reopen(part: Part, kind: Kind): number {
    if (!part.isOpen) {
      const { block } = part
      this.#announce(part, block && block.type !== 'tool-call' ? block : blockOf(kind, {}))
    }
    return part.index
  }

  #text(part: Part, text: string, logprobs?: Logprob[]): void {
    const { block } = part
    if (part.isEnded) return
    part.seen += text.length
    if (block?.type === 'tool-call') {
      this.#events.push({ type: 'arguments', choice: 0, index: part.index, text })
      return
    }
    const index = this.#reopen(part, 'text')
    this.#events.push({ type: 'text', choice: 0, index, text, ...(logprobs && { logprobs }) })
  }

  #rest(part: Part, whole: string, logprobs?: Logprob[]): void {
    if (whole.length > part.seen) this.#text(part, whole.slice(part.seen), logprobs)
  }

  #end(part: Part): void {
    part.isEnded = true
    if (!part.isOpen) return
    part.isOpen = false
    if (this.#open === part) this.#open = undefined
    this.#events.push({ type: 'block-end', choice: 0, index: part.index })
  }

  #closeOpen(): void {
    const part = this.#open
    if (!part) return
    part.isOpen = false
    this.#open = undefined
    this.#events.push({ type: 'block-end', choice: 0, index: part.index })
  }

  #closeAll(): void {
    for (const { parts } of this.#items.values()) for (const part of parts.values()) this.#end(part)
  }

  #opaque(what: string, value: Json): void {
    if (what === '') return
    if (what === 'custom_tool_call') this.#hasCall = true
    // To other dialects the work of the image tool is an image.
    if (what === 'image_generation_call' && this.#call.dialect !== DIALECT && typeof value.result === 'string') {
      const mediaType = `image/${textOf(value.output_format) || 'png'}`
      return this.#single({ type: 'image', source: { kind: 'base64', mediaType, data: value.result } })
    }
    this.#single({ type: 'opaque', dialect: DIALECT, what, value })
  }

  #single(block: Block): void {
    this.start({})
    this.#closeOpen()
    const index = this.#blocks++
    this.#events.push({ type: 'block', choice: 0, index, block }, { type: 'block-end', choice: 0, index })
  }

  #fail(error: { message: string; status?: number; code?: string }): void {
    this.start({})
    this.#events.push({ type: 'error', error })
    this.#over = true
  }

  #take(): AnswerEvent[] {
    const events = this.#events
    if (events.length === 0) return NOTHING
    this.#events = []
    return events
  }
}

const NOTHING: AnswerEvent[] = []
/** The status of a call changes while it is streamed and says nothing that its end does not say. */
const ANSWERED_CALL_KEYS = CALL_KEYS.filter((key) => key !== 'status')

const ITEMS_DONE: Record<string, (this: ResponsesDecoder, found: Item, item: Json) => void> = {
  message(found, item) {
    this.messageDone(found, item)
  },
  function_call(found, item) {
    this.callDone(found, item)
  },
  reasoning(found, item) {
    this.reasoningDone(found, item)
  },
}
