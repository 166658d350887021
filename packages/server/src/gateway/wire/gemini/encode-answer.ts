import type { AnswerEncoder } from '../codec.ts'
import type { Answer, AnswerError, AnswerEvent, Block, Call, Citation, FinishReason, ReasoningBlock, ToolCallBlock } from '../language.ts'
import { type CitedText, writeGrounding } from './citations.ts'
import { writeAnswerError } from './errors.ts'
import { type Fields, isFields, parseFields } from './fields.ts'
import { writeFinishReason } from './finish-reasons.ts'
import { writeLogprobs } from './logprobs.ts'
import { hiddenThought, isThought, proofOf } from './thought-parts.ts'
import { writeUsage } from './usage-metadata.ts'
import { type PartsOptions, writePart, writeParts } from './write-parts.ts'

/**
 * Writes an answer for a Gemini client: server-sent events, or a JSON list where the call was made without `alt=sse`
 * (`notes.framing`). Thoughts are shown to who asked for them with `includeThoughts`.
 */
export const encodeAnswer = (call: Call, options: { id: string }): AnswerEncoder => new GeminiAnswerEncoder(call, options.id)

type Finish = { reason: FinishReason; native: string }
type Choice = {
  blocks: Map<number, Block>
  /** Calls and thoughts that are not complete. */
  held: Map<number, ToolCallBlock | ReasoningBlock>
  texts: { text: string; citations: Citation[] }[]
  beside: Fields
  malformed: string[]
  finish?: Finish
}

class GeminiAnswerEncoder implements AnswerEncoder {
  readonly #asList: boolean
  readonly #showsThoughts: boolean
  #tail: string
  #head: Fields
  readonly #choices: Choice[] = []
  #usage: Fields | undefined
  #feedback: unknown
  #hasWritten = false

  constructor(call: Call, id: string) {
    this.#asList = call.notes?.framing === 'json-list'
    this.#showsThoughts = call.reasoning?.summary === true
    this.#head = { modelVersion: call.model, responseId: id }
    this.#tail = tailOf(this.#head)
  }

  push(event: AnswerEvent): string {
    switch (event.type) {
      case 'text':
        return this.#text(event)
      case 'start':
        this.#start(event)
        return ''
      case 'block':
        return this.#block(event.choice, event.index, event.block)
      case 'block-end':
        return this.#release(event.choice, event.index)
      case 'usage':
        this.#usage = writeUsage(event)
        return ''
      case 'finish':
        return this.#finish(event)
      case 'error':
        return this.fail(event.error)
      case 'end':
        return this.#end()
      default:
        this.#grow(event)
        return ''
    }
  }

  /**
   * An error event. Google's own client overlooks one behind `data:`, but throws for bytes that are no event, so the same
   * error follows in the open; readers of server-sent events leave that out, since no blank line ends it.
   */
  fail(error: AnswerError): string {
    const body = JSON.stringify(writeAnswerError(error))
    if (this.#asList) return `${this.#frame(body)}\r\n]`
    return `${this.#frame(body)}${body}`
  }

  whole(answer: Answer): Fields {
    this.#start(answer)
    const candidates = answer.choices.map(({ blocks, finish, logprobs }, index) => {
      const choice = this.#choice(index)
      const texts: CitedText[] = []
      const parts: Fields[] = []
      for (const block of blocks) {
        if (block.type === 'opaque' && this.#isBeside(choice, block)) continue
        if (block.type === 'reasoning' && isThought(block) && !this.#showsThoughts) {
          const part = hiddenThought(block)
          if (part) parts.push(part)
          continue
        }
        if (block.type === 'tool-call' && isMalformed(block)) {
          choice.malformed.push(describe(block))
          continue
        }
        if (block.type === 'text') {
          if (block.citations) texts.push({ text: block.text, citations: block.citations, part: parts.length })
          // A text without words is only there for what it cites.
          if (block.text === '') continue
        }
        writeParts([block], CLIENT, parts)
      }
      if (finish) choice.finish = finish
      return {
        content: { parts, role: 'model' },
        ...finishOf(choice),
        index,
        ...this.#besideOf(choice, texts),
        ...(logprobs && { logprobsResult: writeLogprobs(logprobs) }),
      }
    })
    const usage = answer.usage && writeUsage(answer.usage)
    const shows = this.#feedback === undefined ? candidates : candidates.filter(({ content }) => content.parts.length > 0)
    return {
      ...(shows.length > 0 && { candidates: shows }),
      ...(this.#feedback !== undefined && { promptFeedback: this.#feedback }),
      ...(usage && { usageMetadata: usage }),
      ...this.#head,
      ...(answer.error && writeAnswerError(answer.error)),
    }
  }

  #start({ id, model, createdAt }: { id: string; model: string; createdAt?: number }): void {
    const time = createdAt !== undefined && createdAt > 0 && createdAt < 1e11 ? new Date(createdAt * 1000).toISOString() : undefined
    if (model) this.#head.modelVersion = model
    if (id) this.#head.responseId = id
    if (time) this.#head.createTime = time
    this.#tail = tailOf(this.#head)
  }

  #choice(index: number): Choice {
    const found = this.#choices[index]
    if (found) return found
    const made: Choice = { blocks: new Map(), held: new Map(), texts: [], beside: {}, malformed: [] }
    this.#choices[index] = made
    return made
  }

  #text({ choice, index, text, logprobs }: Extract<AnswerEvent, { type: 'text' }>): string {
    const { blocks } = this.#choice(choice)
    const block = blocks.get(index)
    if (block?.type === 'reasoning') {
      block.text += text
      return this.#showsThoughts && isThought(block) ? this.#part(choice, `{"text":${JSON.stringify(text)},"thought":true}`) : ''
    }
    if (block?.type === 'text') block.text += text
    const beside = logprobs ? `,"logprobsResult":${JSON.stringify(writeLogprobs(logprobs))}` : ''
    return text === '' && !logprobs ? '' : this.#part(choice, `{"text":${JSON.stringify(text)}}`, beside)
  }

  #block(index: number, at: number, block: Block): string {
    const choice = this.#choice(index)
    switch (block.type) {
      case 'text': {
        const kept = { type: block.type, text: block.text, citations: [...(block.citations ?? [])] }
        choice.blocks.set(at, kept)
        choice.texts.push(kept)
        return block.text === '' ? '' : this.#part(index, JSON.stringify(writePart({ ...block, citations: [] }, CLIENT)))
      }
      case 'reasoning': {
        const kept = { ...block }
        choice.blocks.set(at, kept)
        choice.held.set(at, kept)
        const shows = this.#showsThoughts && isThought(block) && block.text !== ''
        return shows ? this.#part(index, `{"text":${JSON.stringify(block.text)},"thought":true}`) : ''
      }
      case 'tool-call': {
        const kept = { ...block }
        choice.blocks.set(at, kept)
        choice.held.set(at, kept)
        return ''
      }
      case 'opaque':
        if (this.#isBeside(choice, block)) return ''
    }
    return writeParts([block], CLIENT)
      .map((part) => this.#part(index, JSON.stringify(part)))
      .join('')
  }

  #isBeside(choice: Choice, { dialect, what, value }: Extract<Block, { type: 'opaque' }>): boolean {
    if (dialect !== 'gemini') return true
    if (what === 'promptFeedback') this.#feedback = value
    else if (what === 'candidate' && isFields(value)) Object.assign(choice.beside, value)
    else return false
    return true
  }

  #grow(event: Extract<AnswerEvent, { type: 'citation' | 'signature' | 'arguments' }>): void {
    const block = this.#choice(event.choice).blocks.get(event.index)
    if (event.type === 'arguments' && block?.type === 'tool-call') block.arguments += event.text
    else if (event.type === 'signature' && block?.type === 'reasoning') block.signature = (block.signature ?? '') + event.signature
    else if (event.type === 'citation' && block?.type === 'text') block.citations?.push(event.citation)
  }

  /** A call goes out whole, the proof of a thought behind its text. */
  #release(index: number, at: number): string {
    const choice = this.#choice(index)
    const block = choice.held.get(at)
    if (!block) return ''
    choice.held.delete(at)
    if (block.type === 'tool-call') {
      if (!isMalformed(block)) return this.#part(index, JSON.stringify(writePart(block, CLIENT)))
      choice.malformed.push(describe(block))
      return ''
    }
    const part = isThought(block) && !this.#showsThoughts ? hiddenThought(block) : proofOf(block)
    return part ? this.#part(index, JSON.stringify(part)) : ''
  }

  #finish({ choice, reason, native }: Extract<AnswerEvent, { type: 'finish' }>): string {
    const held = this.#choice(choice)
    let text = ''
    for (const at of [...held.held.keys()]) text += this.#release(choice, at)
    held.finish = { reason, native }
    return text
  }

  /** The last chunk: why each candidate ended, what was cited, and the usage. */
  #end(): string {
    let released = ''
    const candidates: Fields[] = []
    for (const [index, choice] of this.#choices.entries()) {
      if (!choice) continue
      for (const at of [...choice.held.keys()]) released += this.#release(index, at)
      if (this.#feedback !== undefined && choice.blocks.size === 0) continue
      const texts = [{ text: choice.texts.map(({ text }) => text).join(''), citations: wholeCitations(choice.texts) }]
      candidates.push({
        content: { parts: [{ text: '' }], role: 'model' },
        ...finishOf(choice),
        index,
        ...this.#besideOf(choice, texts),
      })
    }
    const last = {
      ...(candidates.length > 0 && { candidates }),
      ...(this.#feedback !== undefined && { promptFeedback: this.#feedback }),
      ...(this.#usage && { usageMetadata: this.#usage }),
      ...this.#head,
    }
    return `${released}${this.#frame(JSON.stringify(last))}${this.#asList ? '\r\n]' : ''}`
  }

  #besideOf({ beside, malformed }: Choice, texts: readonly CitedText[]): Fields {
    const grounding = beside.groundingMetadata || beside.citationMetadata ? undefined : writeGrounding(texts)
    return {
      ...beside,
      ...(grounding && { groundingMetadata: grounding }),
      ...(malformed.length > 0 && { finishMessage: `Malformed function call: ${malformed.join('; ')}` }),
    }
  }

  #part(choice: number, part: string, beside = ''): string {
    return this.#frame(`{"candidates":[{"content":{"parts":[${part}],"role":"model"},"index":${choice}${beside}}]${this.#tail}`)
  }

  #frame(chunk: string): string {
    if (!this.#asList) return `data: ${chunk}\r\n\r\n`
    const before = this.#hasWritten ? ',\r\n' : '['
    this.#hasWritten = true
    return before + chunk
  }
}

const CLIENT: PartsOptions = { drop: () => {}, nameOf: () => undefined, mediaInResponses: true, foreign: 'pack' }

const tailOf = (head: Fields): string => `,${JSON.stringify(head).slice(1)}`

/** JSON that a model did not finish: Gemini has no place for half a call. */
const isMalformed = ({ arguments: text }: ToolCallBlock): boolean => text.trimStart().startsWith('{') && !parseFields(text)

const describe = ({ name, arguments: text }: ToolCallBlock): string => `${name}(${text})`

function finishOf({ finish, malformed }: Choice): Fields {
  if (!finish) return {}
  const word = writeFinishReason(finish.reason, finish.native)
  return { finishReason: malformed.length > 0 && word === 'STOP' ? 'MALFORMED_FUNCTION_CALL' : word }
}

/** Citations of several texts, counted from the start of the first. */
function wholeCitations(texts: Choice['texts']): Citation[] {
  let base = 0
  return texts.flatMap(({ text, citations }) => {
    const offset = base
    base += text.length
    return citations.map((citation) => ({
      ...citation,
      ...(citation.start !== undefined && { start: citation.start + offset }),
      ...(citation.end !== undefined && { end: citation.end + offset }),
    }))
  })
}
