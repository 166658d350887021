import type { AnswerEvent, Block, Logprob } from '../language.ts'
import { isObject, type Json, textOr } from './check.ts'
import { decodeAnnotation } from './citations.ts'
import { finishReason } from './finish-reasons.ts'
import { decodeLogprobs } from './logprobs.ts'
import { PART, sourceOf } from './media.ts'
import { mergeDetails, opaqueDetails } from './reasoning-details.ts'
import { ToolCallsDecoder } from './tool-calls-decoder.ts'

type Textual = 'text' | 'reasoning' | 'refusal'
type Options = { nextCallId: () => string }

/** Reads one of the choices of an answer: from deltas, or from a message, which is one big delta. */
export class ChoiceDecoder {
  isFinished = false
  readonly #choice: number
  readonly #tools: ToolCallsDecoder
  #next = 0
  #open: { type: Textual; index: number } | undefined
  /** Characters of text before the block that is open, since annotations count from the start of the message. */
  #textBefore = 0
  #textHere = 0
  #refused = false
  #stopSequence: string | undefined
  #native: string | undefined
  /** Thoughts come as text, so that of the details is the same again. */
  #saysThoughts = false
  #details: Json[] = []
  #annotations: unknown[] = []
  #cited = new Set<string>()
  #audio: Json | undefined

  constructor(choice: number, options: Options) {
    this.#choice = choice
    this.#tools = new ToolCallsDecoder(choice, { ...options, nextIndex: () => this.#next++ })
  }

  /** `sources` are links that stand beside the choices (Perplexity). */
  read(value: Json, { field, sources }: { field: 'delta' | 'message'; sources: unknown }, out: AnswerEvent[]): void {
    const delta = isObject(value[field]) ? value[field] : isObject(value.delta) ? value.delta : value.message
    if (isObject(delta)) this.#delta(delta, value.logprobs, out)
    const stop = value.stop_reason ?? value.matched_stop
    if (typeof stop === 'string' && stop !== '') this.#stopSequence = stop
    // Some send the last chunk twice: the first reason counts.
    if (typeof value.finish_reason !== 'string' || value.finish_reason === '' || this.isFinished) return
    this.isFinished = true
    this.#native = value.finish_reason
    if (Array.isArray(sources)) this.#cite(sources, out)
    this.close(out)
  }

  /** The links that no annotation has told. */
  #cite(urls: unknown[], out: AnswerEvent[]): void {
    if (this.#next === 0) return
    for (const url of urls) {
      if (typeof url !== 'string' || this.#cited.has(url)) continue
      this.#cited.add(url)
      out.push({ type: 'citation', choice: this.#choice, index: this.#ensure('text', out), citation: { url } })
    }
  }

  /** No more will come: ends the blocks, tells what was gathered and why the choice ended. */
  close(out: AnswerEvent[]): void {
    this.#endOpen(out)
    this.#tools.close(out)
    if (this.#details.length > 0) this.#whole(opaqueDetails(this.#details), out)
    if (this.#annotations.length > 0) this.#whole(this.#opaque('annotations', this.#annotations), out)
    if (this.#audio) this.#whole(this.#opaque('audio', this.#audio), out)
    this.#details = []
    this.#annotations = []
    this.#audio = undefined
    if (this.#native === undefined) return
    const stopSequence = this.#stopSequence
    const seen = { tools: this.#tools.any, refusal: this.#refused, stopSequence: stopSequence !== undefined }
    const reason = finishReason(this.#native, seen)
    const withStop = reason === 'stop-sequence' && stopSequence !== undefined && { stopSequence }
    out.push({ type: 'finish', choice: this.#choice, reason, native: this.#native, ...withStop })
    this.#native = undefined
  }

  #delta(delta: Json, logprobs: unknown, out: AnswerEvent[]): void {
    const { content, reasoning_content: thoughts, reasoning, refusal } = delta
    const thought = textOr(thoughts) || textOr(reasoning)
    if (thought !== '') {
      this.#saysThoughts = true
      this.#text('reasoning', thought, undefined, out)
    }
    if (Array.isArray(delta.reasoning_details)) this.#readDetails(delta.reasoning_details, out)
    const tokens = isObject(logprobs) ? logprobs : undefined
    if (typeof content === 'string') {
      const found = tokens && decodeLogprobs(tokens.content)
      if (content !== '' || found) this.#text('text', content, found, out)
    } else if (Array.isArray(content)) for (const part of content) this.#part(part, out)
    if (typeof refusal === 'string' && refusal !== '') {
      this.#refused = true
      this.#text('refusal', refusal, tokens && decodeLogprobs(tokens.refusal), out)
    }
    if (Array.isArray(delta.annotations)) for (const annotation of delta.annotations) this.#annotate(annotation, out)
    if (Array.isArray(delta.images)) for (const image of delta.images) this.#part(image, out)
    if (isObject(delta.audio)) this.#audio = joinAudio(this.#audio, delta.audio)
    const calls = delta.tool_calls
    if (Array.isArray(calls) && calls.length > 0) {
      this.#endOpen(out)
      for (const call of calls) this.#tools.read(call, out)
    }
    if (isObject(delta.function_call)) {
      this.#endOpen(out)
      this.#tools.read({ index: 0, function: delta.function_call }, out)
    }
  }

  #text(type: Textual, text: string, logprobs: Logprob[] | undefined, out: AnswerEvent[]): void {
    const index = this.#ensure(type, out)
    if (type === 'text') this.#textHere += text.length
    if (logprobs) out.push({ type: 'text', choice: this.#choice, index, text, logprobs })
    else out.push({ type: 'text', choice: this.#choice, index, text })
  }

  /** The index of the open block of a type; another one that is open ends first. */
  #ensure(type: Textual, out: AnswerEvent[]): number {
    if (this.#open?.type === type) return this.#open.index
    this.#endOpen(out)
    this.#tools.close(out)
    const index = this.#next++
    this.#open = { type, index }
    const block: Block = type === 'reasoning' ? { type, text: '', origin: 'openai-chat' } : { type, text: '' }
    out.push({ type: 'block', choice: this.#choice, index, block })
    return index
  }

  #endOpen(out: AnswerEvent[]): void {
    if (!this.#open) return
    out.push({ type: 'block-end', choice: this.#choice, index: this.#open.index })
    this.#open = undefined
    this.#textBefore += this.#textHere
    this.#textHere = 0
  }

  #whole(block: Block, out: AnswerEvent[]): void {
    this.#endOpen(out)
    const index = this.#next++
    out.push({ type: 'block', choice: this.#choice, index, block }, { type: 'block-end', choice: this.#choice, index })
  }

  #opaque(what: string, value: unknown): Block {
    return { type: 'opaque', dialect: 'openai-chat', what, value }
  }

  /** Details are gathered for the way back into chat; their text counts only where no `reasoning` says it. */
  #readDetails(details: unknown[], out: AnswerEvent[]): void {
    mergeDetails(this.#details, details)
    if (this.#saysThoughts) return
    for (const detail of details) {
      const text = isObject(detail) ? textOr(detail.text) || textOr(detail.summary) : ''
      if (text !== '') this.#text('reasoning', text, undefined, out)
    }
  }

  /** Content as parts: Mistral's thoughts and references, images of OpenRouter. */
  #part(part: unknown, out: AnswerEvent[]): void {
    if (typeof part === 'string') return void (part !== '' && this.#text('text', part, undefined, out))
    if (!isObject(part)) return
    const { type } = part
    if (type === 'text' || type === 'output_text') {
      const text = textOr(part.text)
      if (text !== '') this.#text('text', text, undefined, out)
    } else if (type === 'thinking') {
      const inner = Array.isArray(part.thinking) ? part.thinking.map((one) => (isObject(one) ? textOr(one.text) : '')).join('') : ''
      const text = inner || textOr(part.thinking)
      if (text !== '') this.#text('reasoning', text, undefined, out)
    } else if (type === 'image_url') {
      const url = isObject(part.image_url) ? textOr(part.image_url.url) : textOr(part.image_url)
      if (url !== '') this.#whole({ type: 'image', source: sourceOf(url) }, out)
    } else if (type === 'refusal') {
      this.#refused = true
      this.#text('refusal', textOr(part.refusal), undefined, out)
    } else this.#whole(this.#opaque(`${PART}${textOr(type, 'part')}`, part), out)
  }

  #annotate(annotation: unknown, out: AnswerEvent[]): void {
    const citation = decodeAnnotation(annotation, this.#textBefore)
    if (!citation) {
      this.#annotations.push(annotation)
      return
    }
    if (citation.url !== undefined) this.#cited.add(citation.url)
    out.push({ type: 'citation', choice: this.#choice, index: this.#ensure('text', out), citation })
  }
}

const APPENDED = new Set(['data', 'transcript'])

function joinAudio(known: Json | undefined, delta: Json): Json {
  if (!known) return { ...delta }
  for (const [key, value] of Object.entries(delta)) known[key] = APPENDED.has(key) ? textOr(known[key]) + textOr(value) : value
  return known
}
