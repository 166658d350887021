import { own } from '../../../lib/own.ts'
import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import type { AnswerDecoder, ServerEvent } from '../codec.ts'
import type { AnswerEvent, Block, Call, Logprob } from '../language.ts'
import { listOf, objectOf, parseObject, textOf, type Untyped } from '../untyped.ts'
import { decodeCitation, isOfText } from './citations.ts'
import { TOOL_PLAN } from './encode-messages.ts'
import { decodeErrorBody } from './errors.ts'
import { decodeFinish } from './finish-reasons.ts'

type Kind = 'text' | 'thinking' | 'plan'
type Content = { kind: Kind; index: number; text: string }
type Tool = { index: number; hasContent: boolean }

const BLOCKS: Record<Kind, Block> = {
  text: { type: 'text', text: '' },
  thinking: { type: 'reasoning', text: '', origin: 'cohere' },
  plan: { type: 'reasoning', text: '', id: TOOL_PLAN, origin: 'cohere' },
}

/** Reads an answer of Cohere's chat, whole or streamed. Cohere does not say which model answered: it is the one of the call. */
export class CohereDecoder implements AnswerDecoder {
  readonly #call: Call
  #out: AnswerEvent[] = []
  #started = false
  #over = false
  #next = 0
  /** The block of text or thoughts that is open. Text stays open after its end, for citations that follow. */
  #content: Content | undefined
  readonly #tools = new Map<number, Tool>()
  #lastTool = -1

  constructor(call: Call) {
    this.#call = call
  }

  push({ event, data }: ServerEvent): AnswerEvent[] {
    if (this.#over || data === '[DONE]') return []
    const body = parseObject(data)
    if (!body) {
      const isKnown = event === 'error' || own(CohereDecoder.#EVENTS, event)
      if (isKnown || data !== '') this.#fail(event === 'error' && data !== '' ? data : 'Cohere sent an event that is not JSON.')
      return this.#take()
    }
    const type = textOf(body.type) || event
    const read = own(CohereDecoder.#EVENTS, type)
    if (read) read(this, body)
    else if (type === 'error' || (type === '' && typeof body.message === 'string')) this.#fail(body)
    return this.#take()
  }

  finish(): AnswerEvent[] {
    return this.#take()
  }

  whole(value: unknown): AnswerEvent[] {
    const body = objectOf(value)
    if (typeof body.message !== 'object' || body.message === null) {
      this.#fail(value)
      return this.#take()
    }
    const message = objectOf(body.message)
    this.#start(body)
    this.#extend('plan', textOf(message.tool_plan))
    const parts = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : listOf(message.content)
    const citations = listOf(message.citations).filter(isOfText)
    const firstText = parts.findIndex((part) => objectOf(part).type === 'text')
    for (const [index, part] of parts.entries()) {
      this.#closeAll()
      this.#part(objectOf(part), index === firstText ? listOf(body.logprobs).flatMap(decodeLogprobs) : [])
      for (const citation of citations) if ((objectOf(citation).content_index ?? firstText) === index) this.#cite(citation)
    }
    for (const call of listOf(message.tool_calls)) {
      this.#openTool(this.#tools.size, objectOf(call))
      const text = textOf(objectOf(objectOf(call).function).arguments)
      this.#arguments(this.#lastTool, text)
      this.#closeAll()
    }
    this.#end(body)
    return this.#take()
  }

  static readonly #EVENTS: Record<string, (self: CohereDecoder, body: Untyped) => void> = {
    'message-start': (self, body) => self.#start(body),
    'content-start'(self, body) {
      self.#start({})
      self.#closeAll()
      self.#part(messageOf(body, 'content'), [])
    },
    'content-delta'(self, body) {
      self.#start({})
      const { text, thinking } = messageOf(body, 'content')
      if (typeof thinking === 'string') self.#extend('thinking', thinking)
      if (typeof text === 'string') self.#extend('text', text, decodeLogprobs(body.logprobs))
    },
    'content-end'(self) {
      if (self.#content?.kind !== 'text') self.#closeContent()
    },
    'tool-plan-delta'(self, body) {
      self.#start({})
      self.#extend('plan', textOf(objectOf(objectOf(body.delta).message).tool_plan))
    },
    'tool-call-start'(self, body) {
      self.#start({})
      const key = self.#keyOf(body, true)
      const call = messageOf(body, 'tool_calls')
      self.#openTool(key, call)
      self.#arguments(key, textOf(objectOf(call.function).arguments))
    },
    'tool-call-delta'(self, body) {
      self.#start({})
      self.#arguments(self.#keyOf(body, false), textOf(objectOf(messageOf(body, 'tool_calls').function).arguments))
    },
    'tool-call-end': (self, body) => self.#closeTool(self.#keyOf(body, false)),
    'citation-start'(self, body) {
      const citation = messageOf(body, 'citations')
      if (isOfText(citation)) self.#cite(citation)
    },
    'message-end'(self, body) {
      self.#start({})
      self.#end(objectOf(body.delta))
    },
  }

  #start({ id }: Untyped): void {
    if (this.#started) return
    this.#started = true
    this.#out.push({ type: 'start', id: textOf(id), model: this.#call.model })
  }

  /** A part of the content, from its beginning. What it is of another kind stays as it is. */
  #part(part: Untyped, logprobs: Logprob[]): void {
    const { type, text, thinking } = part
    if (type === 'thinking' || typeof thinking === 'string') this.#extend('thinking', textOf(thinking), [], true)
    else if (type === 'text' || typeof text === 'string') this.#extend('text', textOf(text), logprobs, true)
    else if (typeof type === 'string') this.#give({ type: 'opaque', dialect: 'cohere', what: type, value: part })
  }

  #give(block: Block): void {
    const index = this.#next++
    this.#out.push({ type: 'block', choice: 0, index, block }, { type: 'block-end', choice: 0, index })
  }

  #extend(kind: Kind, text: string, logprobs: Logprob[] = [], opens = false): void {
    if (text === '' && logprobs.length === 0 && !opens) return
    let content = this.#content
    if (content?.kind !== kind) {
      this.#closeAll()
      content = { kind, index: this.#next++, text: '' }
      this.#content = content
      this.#out.push({ type: 'block', choice: 0, index: content.index, block: { ...BLOCKS[kind] } })
    }
    if (text === '' && logprobs.length === 0) return
    content.text += text
    this.#out.push({ type: 'text', choice: 0, index: content.index, text, ...(logprobs.length > 0 && { logprobs }) })
  }

  /** A citation belongs to the text that is open; there is no place for one that comes later. */
  #cite(value: unknown): void {
    const content = this.#content
    if (content?.kind !== 'text') return
    for (const citation of decodeCitation(value, content.text))
      this.#out.push({ type: 'citation', choice: 0, index: content.index, citation })
  }

  #keyOf({ index }: Untyped, opens: boolean): number {
    if (typeof index === 'number') this.#lastTool = index
    else if (opens) this.#lastTool++
    return this.#lastTool
  }

  #openTool(key: number, call: Untyped): Tool {
    this.#closeContent()
    this.#closeTool(key)
    const tool: Tool = { index: this.#next++, hasContent: false }
    this.#tools.set(key, tool)
    this.#lastTool = key
    const { name } = objectOf(call.function)
    const block: Block = { type: 'tool-call', id: textOf(call.id) || `call_${tool.index}`, name: textOf(name), arguments: '' }
    this.#out.push({ type: 'block', choice: 0, index: tool.index, block })
    return tool
  }

  #arguments(key: number, text: string): void {
    if (text === '') return
    const tool = this.#tools.get(key) ?? this.#openTool(key, {})
    tool.hasContent = true
    this.#out.push({ type: 'arguments', choice: 0, index: tool.index, text })
  }

  #closeTool(key: number): void {
    const tool = this.#tools.get(key)
    if (!tool) return
    this.#tools.delete(key)
    // A call without arguments is one of an empty object, which is what clients parse.
    if (!tool.hasContent) this.#out.push({ type: 'arguments', choice: 0, index: tool.index, text: '{}' })
    this.#out.push({ type: 'block-end', choice: 0, index: tool.index })
  }

  #closeContent(): void {
    if (!this.#content) return
    this.#out.push({ type: 'block-end', choice: 0, index: this.#content.index })
    this.#content = undefined
  }

  #closeAll(): void {
    this.#closeContent()
    for (const key of [...this.#tools.keys()]) this.#closeTool(key)
  }

  /** `finish_reason`, `usage` and `error` stand in a whole body and in the `delta` of the last event. */
  #end({ finish_reason, usage, error }: Untyped): void {
    this.#closeAll()
    const counted = normaliseUsage(usage, 'cohere')
    if (counted) this.#out.push({ type: 'usage', usage: counted.usage, raw: usage })
    const native = textOf(finish_reason)
    const reason = decodeFinish(native)
    if (reason === 'error' || textOf(error) !== '') {
      this.#fail(textOf(error) || `Cohere ended the answer with ${native}.`, native === 'TIMEOUT' ? 504 : 500)
      return
    }
    this.#over = true
    this.#out.push({ type: 'finish', choice: 0, reason, native }, { type: 'end' })
  }

  #fail(body: unknown, status?: number): void {
    this.#over = true
    this.#out.push({ type: 'error', error: decodeErrorBody(body, status) })
  }

  #take(): AnswerEvent[] {
    const out = this.#out
    this.#out = []
    return out
  }
}

/** `delta.message.<member>`, of which some servers make a list of one. */
function messageOf(body: Untyped, member: string): Untyped {
  const value = objectOf(objectOf(body.delta).message)[member]
  return objectOf(Array.isArray(value) ? value[0] : value)
}

/** `{ text, token_ids, logprobs }` of a piece of text: as likely as all of its tokens together. */
function decodeLogprobs(value: unknown): Logprob[] {
  const { text, logprobs } = objectOf(value)
  const numbers = listOf(logprobs).filter((one) => typeof one === 'number')
  return numbers.length === 0 ? [] : [{ token: textOf(text), logprob: numbers.reduce((sum, one) => sum + one, 0) }]
}
