import { normaliseUsage } from '../../../pricing/normalise-usage.ts'
import type { AnswerDecoder, ServerEvent } from '../codec.ts'
import type { AnswerEvent, Call } from '../language.ts'
import { isObject, type Json, textOr } from './check.ts'
import { ChoiceDecoder } from './choice-decoder.ts'
import { errorOf } from './decode-error.ts'

/** Reads a chat completion, whole or as chunks. */
export const decodeAnswer = (call: Call): AnswerDecoder => new ChatAnswerDecoder(call)

class ChatAnswerDecoder implements AnswerDecoder {
  readonly #call: Call
  readonly #choices: ChoiceDecoder[] = []
  /** Ids for calls that came without one go on where those of the conversation end. */
  #callCount = -1
  #started = false
  #failed = false
  #ended = false
  #usage: unknown
  /** Links that stand beside the choices (Perplexity), told before the first choice ends. */
  #sources: unknown

  constructor(call: Call) {
    this.#call = call
  }

  push({ event, data }: ServerEvent): AnswerEvent[] {
    const out: AnswerEvent[] = []
    if (this.#ended || data === '') return out
    if (data.length < 16 && data.trim() === '[DONE]') {
      this.#close(out)
      if (!this.#failed) out.push({ type: 'end' })
      this.#ended = true
      return out
    }
    const chunk = parse(data)
    if (isObject(chunk) && event !== 'error') this.#chunk(chunk, 'delta', out)
    else if (event === 'error') this.#fail(isObject(chunk) && chunk.error === undefined ? { error: chunk } : (chunk ?? data), out)
    else if (chunk === undefined) this.#fail({ error: 'The provider sent an event that is not JSON.' }, out)
    return out
  }

  finish(): AnswerEvent[] {
    const out: AnswerEvent[] = []
    if (this.#ended) return out
    const finished = this.#choices.filter((choice) => choice?.isFinished).length
    const isWhole = finished > 0 && finished === this.#choices.length && finished >= (this.#call.choices ?? 1)
    if (isWhole) this.#close(out)
    else this.#tellUsage(out)
    if (isWhole && !this.#failed) out.push({ type: 'end' })
    this.#ended = true
    return out
  }

  whole(body: unknown): AnswerEvent[] {
    const out: AnswerEvent[] = []
    if (isObject(body) && Array.isArray(body.choices)) {
      this.#chunk(body, 'message', out)
      if (this.#choices.length === 0 && !this.#failed) this.#fail({ error: 'The provider sent an answer without choices.' }, out)
    } else if (isObject(body) || Array.isArray(body)) this.#fail(body, out)
    else this.#fail({ error: 'The provider sent an answer that is not a JSON object.' }, out)
    this.#close(out)
    if (!this.#failed) out.push({ type: 'end' })
    this.#ended = true
    return out
  }

  #chunk(chunk: Json, field: 'delta' | 'message', out: AnswerEvent[]): void {
    if (!this.#started) this.#start(chunk, out)
    const vendor = isObject(chunk.x_groq) ? chunk.x_groq : undefined
    if (chunk.usage || vendor?.usage) this.#usage = chunk.usage ?? vendor?.usage
    this.#sources ??= chunk.citations
    const choices = Array.isArray(chunk.choices) ? chunk.choices : []
    for (let at = 0; at < choices.length; at++) {
      const value: unknown = choices[at]
      if (!isObject(value)) continue
      const index = typeof value.index === 'number' && value.index >= 0 && value.index < 1024 ? Math.floor(value.index) : at
      const choice = this.#choiceAt(index)
      if (isObject(value.usage)) this.#usage = value.usage
      choice.read(value, { field, sources: index === 0 ? this.#sources : undefined }, out)
      if (value.error) this.#fail(value, out)
    }
    // Mistral's errors are flat.
    if (chunk.error || (chunk.object === 'error' && choices.length === 0)) this.#fail(chunk, out)
    else if (vendor?.error) this.#fail(vendor, out)
    if (this.#usage !== undefined && (choices.length === 0 || this.#choices.some((choice) => choice?.isFinished))) this.#tellUsage(out)
  }

  /** Some begin with a chunk that names nothing (Azure's filter results); the answer starts with the first that does. */
  #start(chunk: Json, out: AnswerEvent[]): void {
    const id = textOr(chunk.id)
    const model = textOr(chunk.model)
    if (id === '' && model === '' && !(Array.isArray(chunk.choices) && chunk.choices.some(saysSomething))) return
    this.#started = true
    const created = typeof chunk.created === 'number' && { createdAt: chunk.created }
    out.push({ type: 'start', id, model, ...created })
  }

  #choiceAt(index: number): ChoiceDecoder {
    const known = this.#choices[index]
    if (known) return known
    for (let missing = this.#choices.length; missing <= index; missing++)
      this.#choices.push(new ChoiceDecoder(missing, { nextCallId: () => this.#nextCallId() }))
    return this.#choices[index] as ChoiceDecoder
  }

  #nextCallId(): string {
    if (this.#callCount < 0)
      this.#callCount = this.#call.turns.reduce((sum, turn) => sum + turn.blocks.filter((block) => block.type === 'tool-call').length, 0)
    return `call_${this.#callCount++}`
  }

  #close(out: AnswerEvent[]): void {
    for (const choice of this.#choices) choice.close(out)
    this.#tellUsage(out)
  }

  #tellUsage(out: AnswerEvent[]): void {
    const raw = this.#usage
    this.#usage = undefined
    const found = raw === undefined ? undefined : normaliseUsage(raw, 'openai')
    if (found) out.push({ type: 'usage', usage: found.usage, raw })
  }

  #fail(body: unknown, out: AnswerEvent[]): void {
    this.#failed = true
    out.push({ type: 'error', error: errorOf(body) })
  }
}

const saysSomething = (choice: unknown): boolean =>
  isObject(choice) && (isObject(choice.delta) || isObject(choice.message) || typeof choice.finish_reason === 'string')

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
