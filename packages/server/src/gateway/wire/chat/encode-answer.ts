import type { AnswerEncoder } from '../codec.ts'
import type { Answer, AnswerError, AnswerEvent, Call, Logprob } from '../language.ts'
import type { Json } from './check.ts'
import { ChoiceEncoder } from './choice-encoder.ts'
import { customTools } from './decode-tools.ts'
import { encodeWhole } from './encode-whole.ts'
import { encodeLogprobs } from './logprobs.ts'
import { chatNotes, wantsUsage } from './notes.ts'
import { chatUsage } from './usage-shape.ts'

/** Writes a chat completion, as chunks or whole. `id` stands in where the provider gave none. */
export const encodeAnswer = (call: Call, options: { id: string }): AnswerEncoder => new ChatAnswerEncoder(call, options)

class ChatAnswerEncoder implements AnswerEncoder {
  readonly #call: Call
  readonly #id: string
  readonly #wantsUsage: boolean
  readonly #choices: ChoiceEncoder[] = []
  /** What all chunks begin and end with. */
  #head = ''
  #tail = ''
  #usage: Json | undefined

  constructor(call: Call, { id }: { id: string }) {
    this.#call = call
    this.#id = id
    this.#wantsUsage = wantsUsage(call)
  }

  push(event: AnswerEvent): string {
    switch (event.type) {
      case 'start':
        this.#start(event)
        return this.#chunk(0, '')
      case 'text':
        return this.#chunk(event.choice, this.#choiceAt(event.choice).text(event.index, event.text), event.logprobs)
      case 'usage':
        this.#usage = chatUsage(event)
        return ''
      case 'error':
        return this.fail(event.error)
      case 'end':
        return `${this.#usageChunk()}data: [DONE]\n\n`
      case 'finish':
        return this.#finish(event)
      default:
        return this.#chunk(event.choice, this.#choiceAt(event.choice).other(event))
    }
  }

  fail(error: AnswerError): string {
    return `data: ${JSON.stringify({ error: errorBody(error) })}\n\n`
  }

  whole(answer: Answer): Json {
    return encodeWhole(this.#call, answer, this.#id)
  }

  #start({ id, model, createdAt }: { id: string; model: string; createdAt?: number }): void {
    const names = { id: id || this.#id, object: 'chat.completion.chunk', created: createdAt ?? 0, model: model || this.#call.model }
    this.#head = `data: ${JSON.stringify(names).slice(0, -1)},"choices":[`
    this.#tail = this.#wantsUsage ? '],"usage":null}\n\n' : ']}\n\n'
  }

  /** The chunk for the fields of a delta, `''` where the choice has nothing to say but its role, which comes before all else. */
  #chunk(choice: number, delta: string, logprobs?: readonly Logprob[]): string {
    const state = this.#choiceAt(choice)
    let text = ''
    if (!state.hasRole) {
      state.hasRole = true
      text = this.#wrap(choice, '{"role":"assistant","content":"","refusal":null}', '')
    }
    if (delta === '' && !logprobs) return text
    const tokens = logprobs ? `,"logprobs":${JSON.stringify(state.logprobsOf(encodeLogprobs(logprobs)))}` : ''
    return text + this.#wrap(choice, `{${delta}}`, tokens)
  }

  #wrap(choice: number, delta: string, logprobs: string): string {
    if (this.#head === '') this.#start({ id: '', model: '' })
    return `${this.#head}{"index":${choice},"delta":${delta}${logprobs},"finish_reason":null}${this.#tail}`
  }

  #finish({ choice, reason, stopSequence }: Extract<AnswerEvent, { type: 'finish' }>): string {
    const state = this.#choiceAt(choice)
    const role = this.#chunk(choice, '')
    const word = JSON.stringify(state.finishWord(reason))
    const stop = stopSequence === undefined ? '' : `,"stop_reason":${JSON.stringify(stopSequence)}`
    return `${role}${this.#head}{"index":${choice},"delta":{},"finish_reason":${word}${stop}}${this.#tail}`
  }

  #usageChunk(): string {
    if (!this.#wantsUsage || !this.#usage) return ''
    if (this.#head === '') this.#start({ id: '', model: '' })
    return `${this.#head}],"usage":${JSON.stringify(this.#usage)}}\n\n`
  }

  #choiceAt(index: number): ChoiceEncoder {
    const known = this.#choices[index]
    if (known) return known
    const made = new ChoiceEncoder({ legacyFunctions: chatNotes(this.#call).legacyFunctions === true, custom: customTools(this.#call) })
    this.#choices[index] = made
    return made
  }
}

/** An error within a stream, in OpenAI's shape. */
export function errorBody({ message, status, code }: AnswerError): Json {
  const type = status !== undefined && status < 500 ? (status === 429 ? 'rate_limit_error' : 'invalid_request_error') : 'server_error'
  return { message, type, param: null, code: code ?? status ?? null }
}
