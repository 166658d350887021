import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import type { AnswerDecoder, ServerEvent } from '../codec.ts'
import type { AnswerEvent, Block } from '../language.ts'
import { decodeCitation } from './citations.ts'
import { decodeErrorBody } from './errors.ts'
import { type Fields, isObject } from './fields.ts'
import { decodeStopReason } from './stop-reasons.ts'
import { mergeUsage } from './usage.ts'

/** Beside content and counts, what a message says of itself: it comes as an opaque block, for a client of this dialect. */
export const MESSAGE_FIELDS = ['stop_details', 'container', 'context_management', 'diagnostics'] as const

/** Reads a Messages answer, streamed or whole. It ends with `end` only after `message_stop`, or where the body is a message. */
export class AnthropicAnswerDecoder implements AnswerDecoder {
  #id = ''
  #usage: Record<string, unknown> | undefined
  /** The next index of ours, and the one of the block that is open, -1 for none. */
  #next = 0
  #open = -1
  /** The block that is open is held until it is complete: only Anthropic understands it. */
  #opaque: { value: Fields; json: string } | undefined
  /** A tool call is open and nothing of its arguments came. */
  #lacksArguments = false
  #broken = false

  push(event: ServerEvent): AnswerEvent[] {
    if (this.#broken || event.event === 'ping' || event.data === '' || event.data === '[DONE]') return []
    let data: unknown
    try {
      data = JSON.parse(event.data)
    } catch {
      return this.#fail('The provider sent an event that is not JSON.')
    }
    if (!isObject(data)) return []
    const events: AnswerEvent[] = []
    const type = typeof data.type === 'string' ? data.type : event.event
    if (Object.hasOwn(this.#steps, type)) this.#steps[type]?.(data, events)
    return events
  }

  finish(): AnswerEvent[] {
    const events: AnswerEvent[] = []
    this.#close(events, true)
    return events
  }

  whole(body: unknown): AnswerEvent[] {
    if (isObject(body) && (body.type === 'error' || (isObject(body.error) && !Array.isArray(body.content))))
      return [{ type: 'error', error: decodeErrorBody(body) }]
    if (!isObject(body) || !Array.isArray(body.content)) return this.#fail('The provider answered with something that is not a message.')
    const events: AnswerEvent[] = []
    this.#start(body, events)
    for (const block of body.content) {
      this.#blockStart({ content_block: block }, events)
      this.#close(events)
    }
    this.#stop(body, events)
    events.push({ type: 'end' })
    return events
  }

  readonly #steps: Record<string, (data: Fields, events: AnswerEvent[]) => void> = {
    message_start: (data, events) => this.#start(isObject(data.message) ? data.message : {}, events),
    content_block_start: (data, events) => this.#blockStart(data, events),
    content_block_delta: (data, events) => this.#delta(isObject(data.delta) ? data.delta : {}, events),
    content_block_stop: (_, events) => this.#close(events),
    message_delta: (data, events) => {
      this.#close(events)
      const top = isObject(data.delta) ? data.delta : {}
      this.#stop({ ...data, ...top, usage: data.usage }, events)
    },
    message_stop: (_, events) => {
      this.#close(events)
      events.push({ type: 'end' })
    },
    error: (data, events) => {
      this.#broken = true
      events.push({ type: 'error', error: decodeErrorBody(data) })
    },
  }

  #start(message: Fields, events: AnswerEvent[]): void {
    this.#id = text(message.id)
    events.push({ type: 'start', id: this.#id, model: text(message.model) })
    this.#learnUsage(message.usage, events)
  }

  /** The stop reason, the counts, and what else is said of the message. */
  #stop(message: Fields, events: AnswerEvent[]): void {
    let said: Fields | undefined
    for (const name of MESSAGE_FIELDS) {
      if (message[name] === undefined || message[name] === null) continue
      said ??= {}
      said[name] = message[name]
    }
    if (said) {
      const index = this.#next++
      events.push({ type: 'block', choice: 0, index, block: { type: 'opaque', dialect: 'anthropic', what: 'message', value: said } })
      events.push({ type: 'block-end', choice: 0, index })
    }
    const native = text(message.stop_reason)
    if (native !== '') {
      const sequence = message.stop_sequence
      events.push({
        type: 'finish',
        choice: 0,
        reason: decodeStopReason(native),
        native,
        ...(typeof sequence === 'string' && { stopSequence: sequence }),
      })
    }
    this.#learnUsage(message.usage, events)
  }

  #learnUsage(sent: unknown, events: AnswerEvent[]): void {
    if (!isObject(sent)) return
    this.#usage = mergeUsage(this.#usage, sent)
    const read = normaliseUsage(this.#usage, 'anthropic')
    if (read) events.push({ type: 'usage', usage: read.usage, raw: this.#usage })
  }

  #blockStart(data: Fields, events: AnswerEvent[]): void {
    this.#close(events)
    const sent = isObject(data.content_block) ? data.content_block : {}
    const index = this.#next++
    this.#open = index
    const block = this.#block(sent, index)
    if (block) events.push({ type: 'block', choice: 0, index, block })
    else this.#opaque = { value: { ...sent }, json: '' }
  }

  /** `undefined` for a block that only Anthropic understands. */
  #block(sent: Fields, index: number): Block | undefined {
    switch (sent.type) {
      case 'text': {
        const citations = Array.isArray(sent.citations) ? sent.citations.map(decodeCitation) : []
        return { type: 'text', text: text(sent.text), ...(citations.length > 0 && { citations }) }
      }
      case 'thinking':
        return {
          type: 'reasoning',
          text: text(sent.thinking),
          origin: 'anthropic',
          ...(typeof sent.signature === 'string' && sent.signature !== '' && { signature: sent.signature }),
        }
      case 'redacted_thinking':
        return { type: 'reasoning', text: '', origin: 'anthropic', encrypted: text(sent.data) }
      case 'tool_use': {
        // A stream begins with an empty object and sends the arguments after it.
        this.#lacksArguments = !isObject(sent.input) || Object.keys(sent.input).length === 0
        const native = nativeOfCall(sent)
        return {
          type: 'tool-call',
          id: text(sent.id) || `toolu_${this.#id}_${index}`,
          name: text(sent.name),
          arguments: this.#lacksArguments ? '' : JSON.stringify(sent.input),
          ...(native && { native: { dialect: 'anthropic' as const, value: native } }),
        }
      }
      default:
        return undefined
    }
  }

  #delta(delta: Fields, events: AnswerEvent[]): void {
    if (this.#opaque) return extend(this.#opaque, delta)
    if (this.#open < 0 && !this.#openFor(delta, events)) return
    const index = this.#open
    switch (delta.type) {
      case 'text_delta':
        if (delta.text) events.push({ type: 'text', choice: 0, index, text: text(delta.text) })
        break
      case 'thinking_delta':
        if (delta.thinking) events.push({ type: 'text', choice: 0, index, text: text(delta.thinking) })
        break
      case 'input_json_delta':
        if (!delta.partial_json) break
        this.#lacksArguments = false
        events.push({ type: 'arguments', choice: 0, index, text: text(delta.partial_json) })
        break
      case 'signature_delta':
        if (delta.signature) events.push({ type: 'signature', choice: 0, index, signature: text(delta.signature) })
        break
      case 'citations_delta':
        if (delta.citation) events.push({ type: 'citation', choice: 0, index, citation: decodeCitation(delta.citation) })
    }
  }

  /** Some servers that imitate Anthropic leave out the start of a block: what its delta is says what the block is. */
  #openFor(delta: Fields, events: AnswerEvent[]): boolean {
    const type = delta.type === 'text_delta' ? 'text' : delta.type === 'thinking_delta' ? 'thinking' : undefined
    if (type) this.#blockStart({ content_block: { type } }, events)
    return type !== undefined
  }

  /** `isCut` where the stream broke off within the block. */
  #close(events: AnswerEvent[], isCut = false): void {
    if (this.#open < 0) return
    const index = this.#open
    this.#open = -1
    // A call without arguments is one with none, which is an object too.
    if (this.#lacksArguments && !isCut) events.push({ type: 'arguments', choice: 0, index, text: '{}' })
    this.#lacksArguments = false
    if (this.#opaque) {
      const value = complete(this.#opaque)
      this.#opaque = undefined
      events.push({ type: 'block', choice: 0, index, block: { type: 'opaque', dialect: 'anthropic', what: text(value.type), value } })
    }
    events.push({ type: 'block-end', choice: 0, index })
  }

  #fail(message: string): AnswerEvent[] {
    this.#broken = true
    return [{ type: 'error', error: { message, status: 502 } }]
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Who called and of which set the tool is, where that is more than the model itself. */
function nativeOfCall({ caller, toolset_name: toolset }: Fields): Fields | undefined {
  const isProgram = isObject(caller) && caller.type !== 'direct'
  if (!isProgram && typeof toolset !== 'string') return undefined
  return { ...(isProgram && { caller }), ...(typeof toolset === 'string' && { toolset_name: toolset }) }
}

/** Deltas of a block that is not known: JSON of its input is gathered, any other text is put behind the field of its name. */
function extend(opaque: { value: Fields; json: string }, delta: Fields): void {
  for (const [name, value] of Object.entries(delta)) {
    if (name === 'type' || typeof value !== 'string') continue
    if (name === 'partial_json') opaque.json += value
    else opaque.value[name] = text(opaque.value[name]) + value
  }
}

function complete({ value, json }: { value: Fields; json: string }): Fields {
  if (json === '') return value
  try {
    return { ...value, input: JSON.parse(json) as unknown }
  } catch {
    return { ...value, input: json }
  }
}
