import type { Json } from '../chat/check.ts'
import { errorBody } from '../chat/encode-answer.ts'
import { finishWord } from '../chat/finish-reasons.ts'
import { wantsUsage } from '../chat/notes.ts'
import { chatUsage } from '../chat/usage-shape.ts'
import type { AnswerEncoder } from '../codec.ts'
import type { Answer, AnswerError, AnswerEvent, Call, FinishReason, Logprob } from '../language.ts'
import { textLogprobs } from './text-logprobs.ts'

/**
 * Writes a `text_completion`, as chunks or whole. It has only text: that of an answer and of a refusal; thoughts, tools and media
 * have no place in it. `id` stands in where the provider gave none.
 */
export const encodeAnswer = (call: Call, options: { id: string }): AnswerEncoder => new CompletionEncoder(call, options)

class CompletionEncoder implements AnswerEncoder {
  readonly #call: Call
  readonly #id: string
  readonly #wantsUsage: boolean
  /** The blocks whose text is told, as `choice/index`, and how much of each choice is told. */
  readonly #told = new Set<string>()
  readonly #lengths: number[] = []
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
        return ''
      case 'block':
        if (event.block.type !== 'text' && event.block.type !== 'refusal') return ''
        this.#told.add(`${event.choice}/${event.index}`)
        return event.block.text === '' ? '' : this.#text(event.choice, event.block.text)
      case 'text':
        if (!this.#told.has(`${event.choice}/${event.index}`) || (event.text === '' && !event.logprobs)) return ''
        return this.#text(event.choice, event.text, event.logprobs)
      case 'finish':
        return this.#chunk(event.choice, '', { finish: wordOf(event.reason) })
      case 'usage':
        this.#usage = chatUsage(event)
        return ''
      case 'error':
        return this.fail(event.error)
      case 'end':
        return `${this.#usageChunk()}data: [DONE]\n\n`
      default:
        return ''
    }
  }

  fail(error: AnswerError): string {
    return `data: ${JSON.stringify({ error: errorBody(error) })}\n\n`
  }

  whole(answer: Answer): Json {
    return {
      ...this.#names(answer),
      choices: answer.choices.map(({ blocks, finish, logprobs }, index) => ({
        text: blocks.map((block) => (block.type === 'text' || block.type === 'refusal' ? block.text : '')).join(''),
        index,
        logprobs: logprobs ? textLogprobs(logprobs, 0) : null,
        finish_reason: finish ? wordOf(finish.reason) : null,
      })),
      ...(answer.usage && { usage: chatUsage(answer.usage) }),
    }
  }

  #names({ id, model, createdAt }: { id: string; model: string; createdAt?: number }): Json {
    return { id: id || this.#id, object: 'text_completion', created: createdAt ?? 0, model: model || this.#call.model }
  }

  #start(names: { id: string; model: string; createdAt?: number }): void {
    this.#head = `data: ${JSON.stringify(this.#names(names)).slice(0, -1)},"choices":[`
    this.#tail = this.#wantsUsage ? '],"usage":null}\n\n' : ']}\n\n'
  }

  #text(choice: number, text: string, logprobs?: readonly Logprob[]): string {
    const offset = this.#lengths[choice] ?? 0
    this.#lengths[choice] = offset + text.length
    return this.#chunk(choice, text, logprobs && { logprobs: textLogprobs(logprobs, offset) })
  }

  #chunk(choice: number, text: string, more: { finish?: string; logprobs?: Json } = {}): string {
    if (this.#head === '') this.#start({ id: '', model: '' })
    const { finish = null, logprobs = null } = more
    const tokens = logprobs === null ? 'null' : JSON.stringify(logprobs)
    const fields = `"text":${JSON.stringify(text)},"index":${choice},"logprobs":${tokens},"finish_reason":${JSON.stringify(finish)}`
    return `${this.#head}{${fields}}${this.#tail}`
  }

  #usageChunk(): string {
    if (!this.#wantsUsage || !this.#usage) return ''
    if (this.#head === '') this.#start({ id: '', model: '' })
    return `${this.#head}],"usage":${JSON.stringify(this.#usage)}}\n\n`
  }
}

/** Completions know no tool calls: what ended with one has ended. */
const wordOf = (reason: FinishReason): string =>
  reason === 'tool-calls' ? 'stop' : finishWord(reason, { refused: false, legacyFunctions: false })
