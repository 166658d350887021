import { own } from '../../../lib/own.ts'
import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import type { AnswerDecoder, ServerEvent } from '../codec.ts'
import type { AnswerEvent, Block, Call } from '../language.ts'
import { listOf, objectOf, parseObject, textOf, type Untyped } from '../untyped.ts'
import { decodeBlock, decodeCitation, decodeImage } from './decode-blocks.ts'
import { decodeException } from './errors.ts'
import { toolNames } from './safe-names.ts'
import { decodeStop } from './stop-reasons.ts'

/** A block of the stream that is open: it flows through, or it is held where it can only be given whole. */
type Flowing = { kind: 'text' | 'reasoning' | 'tool'; index: number; hasContent: boolean }
type Held = { kind: 'held'; what: string; parts: unknown[]; make(parts: unknown[]): Block }

/** Reads an answer of Converse, or the events of ConverseStream. Bedrock names neither answer nor model: the id is ''. */
export class BedrockDecoder implements AnswerDecoder {
  readonly #call: Call
  #out: AnswerEvent[] = []
  #started = false
  #stopped = false
  #counted = false
  #over = false
  #next = 0
  /** Open blocks by `contentBlockIndex`, and the one that came last, for events without it. */
  readonly #open = new Map<number, Flowing | Held>()
  #last = -1
  #names: Map<string, string> | undefined

  constructor(call: Call) {
    this.#call = call
  }

  push({ event, data }: ServerEvent): AnswerEvent[] {
    if (this.#over) return []
    const read = own(BedrockDecoder.#EVENTS, event)
    if (read) {
      const body = parseObject(data)
      if (body) read(this, body)
      else this.#fail({ message: `Bedrock sent a ${event} that is not JSON.` }, {})
    } else if (event === 'error' || /exception$/i.test(event)) {
      this.#fail(parseObject(data) ?? data, event === 'error' ? {} : { name: event })
    }
    return this.#take()
  }

  finish(): AnswerEvent[] {
    // Usage follows the end of the message, and may be missing.
    if (this.#stopped && !this.#over) this.#end()
    return this.#take()
  }

  whole(value: unknown): AnswerEvent[] {
    const body = objectOf(value)
    const { content } = objectOf(objectOf(body.output).message)
    if (!Array.isArray(content)) {
      this.#fail(value, {})
      return this.#take()
    }
    this.#start()
    for (const part of content) this.#give(decodeBlock(part, this.#nameOf))
    this.#out.push(decodeStop(textOf(body.stopReason), body.additionalModelResponseFields))
    this.#count(body.usage)
    this.#end()
    return this.#take()
  }

  static readonly #EVENTS: Record<string, (self: BedrockDecoder, body: Untyped) => void> = {
    messageStart: (self) => self.#start(),
    contentBlockStart(self, body) {
      self.#start()
      const key = self.#keyOf(body, true)
      const start = objectOf(body.start)
      const tool = objectOf(start.toolUse)
      if (start.toolResult) self.#hold(key, opaque('toolResult', objectOf(start.toolResult), 'content'))
      else if (start.image) self.#hold(key, image(objectOf(start.image)))
      else if (tool.type === 'server_tool_use') self.#hold(key, opaque('toolUse', tool, 'input'))
      else if (start.toolUse) self.#openTool(key, textOf(tool.toolUseId), textOf(tool.name))
    },
    contentBlockDelta(self, body) {
      self.#start()
      const key = self.#keyOf(body, false)
      const delta = objectOf(body.delta)
      // A member may be there more than once in what is only like Bedrock.
      for (const member in delta) own(BedrockDecoder.#DELTAS, member)?.(self, key, delta[member])
    },
    contentBlockStop: (self, body) => self.#close(self.#keyOf(body, false)),
    messageStop(self, body) {
      self.#start()
      self.#closeAll()
      if (!self.#stopped) self.#out.push(decodeStop(textOf(body.stopReason), body.additionalModelResponseFields))
      self.#stopped = true
      if (self.#counted) self.#end()
    },
    metadata(self, body) {
      self.#count(body.usage)
      if (self.#stopped) self.#end()
    },
  }

  static readonly #DELTAS: Record<string, (self: BedrockDecoder, key: number, value: unknown) => void> = {
    text(self, key, value) {
      self.#extend(key, 'text', textOf(value))
    },
    toolUse(self, key, value) {
      const text = textOf(objectOf(value).input)
      const open = self.#open.get(key)
      if (open?.kind === 'held') return void open.parts.push(text)
      const tool = open?.kind === 'tool' ? open : text === '' ? undefined : self.#openTool(key, '', '')
      if (!tool || text === '') return
      tool.hasContent = true
      self.#out.push({ type: 'arguments', choice: 0, index: tool.index, text })
    },
    reasoningContent(self, key, value) {
      const { text, signature, redactedContent } = objectOf(value)
      if (typeof redactedContent === 'string') {
        const open = self.#open.get(key)
        const held = open?.kind === 'held' && open.what === 'redacted' ? open : self.#hold(key, redacted())
        held.parts.push(redactedContent)
      }
      if (typeof text === 'string') self.#extend(key, 'reasoning', text)
      if (typeof signature === 'string' && signature !== '') {
        const { index } = self.#openOf(key, 'reasoning')
        self.#out.push({ type: 'signature', choice: 0, index, signature })
      }
    },
    citation(self, key, value) {
      const { index } = self.#openOf(key, 'text')
      self.#out.push({ type: 'citation', choice: 0, index, citation: decodeCitation(value) })
    },
    toolResult(self, key, value) {
      const open = self.#open.get(key)
      if (open?.kind === 'held') open.parts.push(...listOf(value))
    },
    image(self, key, value) {
      const open = self.#open.get(key)
      const held = open?.kind === 'held' ? open : self.#hold(key, image({}))
      held.parts.push(value)
    },
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    this.#out.push({ type: 'start', id: '', model: this.#call.model })
  }

  #keyOf({ contentBlockIndex }: Untyped, opens: boolean): number {
    if (typeof contentBlockIndex === 'number') this.#last = contentBlockIndex
    else if (opens || this.#last < 0) this.#last++
    return this.#last
  }

  #extend(key: number, kind: 'text' | 'reasoning', text: string): void {
    if (text === '' && this.#open.get(key)?.kind !== kind) return
    const open = this.#openOf(key, kind)
    if (text !== '') this.#out.push({ type: 'text', choice: 0, index: open.index, text })
  }

  /** The open block of that kind, opened where there is none: text and reasoning have no `contentBlockStart`. */
  #openOf(key: number, kind: 'text' | 'reasoning'): Flowing {
    const found = this.#open.get(key)
    if (found?.kind === kind) return found
    // One after the other, also where a provider forgot to close or used an index twice.
    this.#closeAll()
    const open: Flowing = { kind, index: this.#next++, hasContent: false }
    this.#open.set(key, open)
    const block: Block = kind === 'text' ? { type: 'text', text: '' } : { type: 'reasoning', text: '', origin: 'bedrock' }
    this.#out.push({ type: 'block', choice: 0, index: open.index, block })
    return open
  }

  #openTool(key: number, id: string, name: string): Flowing {
    this.#close(key)
    for (const [other, { kind }] of this.#open) if (kind !== 'tool') this.#close(other)
    const open: Flowing = { kind: 'tool', index: this.#next++, hasContent: false }
    this.#open.set(key, open)
    const block: Block = { type: 'tool-call', id: id || `call_${open.index}`, name: this.#nameOf(name), arguments: '' }
    this.#out.push({ type: 'block', choice: 0, index: open.index, block })
    return open
  }

  #hold(key: number, held: Held): Held {
    this.#closeAll()
    this.#open.set(key, held)
    return held
  }

  #close(key: number): void {
    const open = this.#open.get(key)
    if (!open) return
    this.#open.delete(key)
    if (open.kind === 'held') return this.#give(open.make(open.parts))
    // A call without arguments is one of an empty object, which is what clients parse.
    if (open.kind === 'tool' && !open.hasContent) this.#out.push({ type: 'arguments', choice: 0, index: open.index, text: '{}' })
    this.#out.push({ type: 'block-end', choice: 0, index: open.index })
  }

  #closeAll(): void {
    for (const key of [...this.#open.keys()]) this.#close(key)
  }

  #give(block: Block): void {
    const index = this.#next++
    const named = block.type === 'tool-call' && block.id === '' ? { ...block, id: `call_${index}` } : block
    this.#out.push({ type: 'block', choice: 0, index, block: named }, { type: 'block-end', choice: 0, index })
  }

  #count(raw: unknown): void {
    const found = normaliseUsage(raw, 'bedrock')
    if (!found) return
    this.#counted = true
    this.#out.push({ type: 'usage', usage: found.usage, raw })
  }

  #end(): void {
    this.#over = true
    this.#out.push({ type: 'end' })
  }

  #fail(body: unknown, about: { name?: string }): void {
    this.#over = true
    this.#out.push({ type: 'error', error: decodeException(body, about) })
  }

  /** The client's name of a tool, which Bedrock may have got in other letters. */
  readonly #nameOf = (sent: string): string => {
    this.#names ??= new Map([...toolNames(this.#call)].map(([name, safe]) => [safe, name]))
    return this.#names.get(sent) ?? sent
  }

  #take(): AnswerEvent[] {
    const out = this.#out
    this.#out = []
    return out
  }
}

const redacted = (): Held => ({
  kind: 'held',
  what: 'redacted',
  parts: [],
  make: (parts) => ({ type: 'reasoning', text: '', encrypted: parts.join(''), origin: 'bedrock' }),
})

/** A block that only Bedrock understands, with what its deltas brought in `member`. */
const opaque = (what: 'toolUse' | 'toolResult', start: Untyped, member: string): Held => ({
  kind: 'held',
  what,
  parts: [],
  make(parts) {
    const content = what === 'toolUse' ? (parseObject(parts.join('')) ?? {}) : parts
    return { type: 'opaque', dialect: 'bedrock', what, value: { [what]: { ...start, [member]: content } } }
  },
})

const image = (start: Untyped): Held => ({
  kind: 'held',
  what: 'image',
  parts: [],
  make(parts) {
    const bytes = parts.map((part) => textOf(objectOf(objectOf(part).source).bytes)).join('')
    const value = { ...start, source: { bytes } }
    return (
      decodeImage(bytes === '' ? {} : value) ?? { type: 'opaque', dialect: 'bedrock', what: 'image', value: { image: { ...start, parts } } }
    )
  },
})
