import type { AnswerEncoder } from '../codec.ts'
import { spread } from '../collect.ts'
import type { Answer, AnswerError, AnswerEvent, Call, FinishReason } from '../language.ts'
import { ItemWriter } from './item-writer.ts'
import { type Json, textOf } from './json.ts'
import { echoOf, encodeFailure, encodeUsage } from './response-object.ts'

/**
 * Writes an answer as the Responses API would: a response object, or its events numbered from 0. The
 * items between its beginning and its end are written by `ItemWriter`.
 */
export class ResponsesEncoder implements AnswerEncoder {
  readonly items: ItemWriter
  readonly #echo: Json
  #head: Json | undefined
  #isOver = false
  #finish: { reason: FinishReason; native: string } | undefined
  #usage: Json | null = null

  constructor(call: Call, options: { id: string }) {
    this.items = new ItemWriter(options.id, { summarises: call.reasoning?.summary === true })
    this.#echo = { ...echoOf(call), model: call.model }
  }

  push(event: AnswerEvent): string {
    if (this.#isOver) return ''
    // Responses has one answer per call.
    if ('choice' in event && event.choice !== 0) return ''
    switch (event.type) {
      case 'text':
        return this.items.text(event.index, event.text, event.logprobs)
      case 'arguments':
        return this.items.arguments(event.index, event.text)
      default:
        return this.#rare(event)
    }
  }

  fail(error: AnswerError): string {
    if (this.#isOver) return ''
    const begin = this.begin()
    const failure = encodeFailure(error)
    this.#isOver = true
    this.items.isQuiet = true
    this.#closed('incomplete')
    this.items.isQuiet = false
    // The error event makes SDKs throw; the failed response is for clients that wait for the end of a response.
    const told = this.items.emit('error', { ...failure, param: null })
    return begin + told + this.items.emit('response.failed', { response: this.#response('failed', { error: failure }) })
  }

  whole(answer: Answer): Json {
    this.items.isQuiet = true
    this.items.logprobs = answer.choices[0]?.logprobs
    for (const event of spread(answer)) if (event.type !== 'error' && event.type !== 'end') this.push(event)
    this.begin()
    const { response } = this.#closed(answer.ended || this.#finish ? undefined : 'incomplete')
    const error = answer.error ?? (this.#finish?.reason === 'error' ? failureOf(this.#finish.native) : undefined)
    return error ? this.#response('failed', { error: encodeFailure(error) }) : response
  }

  #rare(event: Exclude<AnswerEvent, { type: 'text' | 'arguments' }>): string {
    const handle = HANDLERS[event.type] as (this: ResponsesEncoder, event: AnswerEvent) => string
    return handle.call(this, event)
  }

  /** The events that a stream begins with, '' where it has begun. */
  begin(event?: { id: string; model: string; createdAt?: number }): string {
    if (this.#head) return ''
    const { model, ...echo } = this.#echo
    if (event?.id) this.items.id = event.id
    this.#head = {
      id: this.items.id,
      object: 'response',
      created_at: event?.createdAt ?? 0,
      model: event?.model || model,
      ...echo,
    }
    const response = this.#response('in_progress', {})
    return this.items.emit('response.created', { response }) + this.items.emit('response.in_progress', { response })
  }

  #response(status: string, about: { error?: Json; incomplete_details?: Json }): Json {
    return {
      ...this.#head,
      status,
      error: about.error ?? null,
      incomplete_details: about.incomplete_details ?? null,
      output: status === 'in_progress' ? [] : this.items.output,
      usage: this.#usage,
    }
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
    const begin = this.begin()
    const { told, response } = this.#closed()
    this.#isOver = true
    return begin + told + this.items.emit(`response.${textOf(response.status)}`, { response })
  }

  #closed(forced?: 'incomplete'): { told: string; response: Json } {
    const ended = this.#finish?.reason
    // A refusal that said nothing would look like an answer.
    const reason = ended === 'refusal' && !this.items.hasRefusal ? 'content_filter' : ended && INCOMPLETE[ended]
    const status = reason || forced ? 'incomplete' : 'completed'
    return { told: this.items.closeAll(status), response: this.#response(status, reason ? { incomplete_details: { reason } } : {}) }
  }
}

const INCOMPLETE: Partial<Record<FinishReason, string>> = { length: 'max_output_tokens', 'content-filter': 'content_filter' }

type Handlers = { [T in AnswerEvent['type']]?: (this: ResponsesEncoder, event: Extract<AnswerEvent, { type: T }>) => string }
const HANDLERS = {
  start(event) {
    return this.begin(event)
  },
  block({ index, block }) {
    return this.begin() + this.items.block(index, block)
  },
  citation({ index, citation }) {
    return this.items.citation(index, citation)
  },
  signature({ signature }) {
    this.items.signature(signature)
    return ''
  },
  'block-end'({ index }) {
    return this.items.end(index)
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

const failureOf = (native: string): AnswerError => ({
  message: `The provider ended the answer with an error: ${native || 'no reason given'}.`,
})
