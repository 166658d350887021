import type { Modality } from '@signalbox/schema'
import { hashText } from '../../lib/hash-text.ts'
import { parseBody } from '../wire/request.ts'
import { type Conversation, conversationOf, toolCountOf, wantsShape } from './conversation-of.ts'
import { type MediaInBody, mediaInBody, withoutData } from './media-in-body.ts'
import type { Asked } from './router.ts'

/** Of JSON with English in it. */
const BYTES_PER_TOKEN = 4
/** An image of 1024 × 1024 pixels as GPT-4o counts it. */
const IMAGE_TOKENS = 765
/** Of the texts that tell one prefix from another; what follows changes nothing. */
const PREFIX_LENGTH = 4096

export type FactsRooms = {
  /** The part of the tightest budget of money that is left to whoever calls, from 0 to 1. */
  budgetLeft(asked: Asked): number
  /** Milliseconds since 1970. */
  now(): number
}

/** What a route may depend on. Everything is worked out when it is asked for, and once: most routes ask for little. */
export class RequestFacts {
  readonly asked: Asked
  readonly #rooms: FactsRooms
  #media: MediaInBody | undefined
  #inputTokens: number | undefined
  #body: { value: unknown } | undefined
  #conversation: Conversation | undefined

  constructor(asked: Asked, rooms: FactsRooms) {
    this.asked = asked
    this.#rooms = rooms
  }

  /** Estimated from the length of the request, without what is base64 in it; an image counts as one of usual size. */
  get inputTokens(): number {
    this.#inputTokens ??= this.#estimate()
    return this.#inputTokens
  }

  /** The most that the answer may be long; undefined where the request does not say. */
  get maxTokens(): number | undefined {
    return this.asked.request.maxOutputTokens
  }

  /** What the request holds: always text, and images, sound and files where there are some. */
  get modalities(): readonly Modality[] {
    return ['text', ...this.media.counts.keys()]
  }

  get media(): MediaInBody {
    // A form says what it is by its address, not by marks within.
    this.#media ??= this.asked.request.described ? { counts: new Map(), ranges: [] } : mediaInBody(this.asked.request.body)
    return this.#media
  }

  /** The request as JSON, without long base64; undefined where it is none. */
  get body(): unknown {
    this.#body ??= { value: this.#parse() }
    return this.#body.value
  }

  get conversation(): Conversation {
    this.#conversation ??= conversationOf(this.body)
    return this.#conversation
  }

  get lastUserText(): string {
    const { turns } = this.conversation
    return (turns.findLast(({ role }) => role === 'user') ?? turns.at(-1))?.text ?? ''
  }

  get tools(): number {
    return toolCountOf(this.body)
  }

  get wantsShape(): boolean {
    return wantsShape(this.body)
  }

  /** The same for all calls of one conversation, and for others that begin alike: of the system prompt and the first message. */
  get prefixHash(): number | undefined {
    const { system, turns } = this.conversation
    const first = turns[0]?.text ?? ''
    if (system === '' && first === '') return undefined
    return hashText(first.slice(0, PREFIX_LENGTH), hashText(system.slice(0, PREFIX_LENGTH)))
  }

  /** Where the call has to stay, by the header `x-signalbox-region`; '' where it may go anywhere. */
  get region(): string {
    const sent = this.asked.headers['x-signalbox-region']
    return typeof sent === 'string' ? sent.trim().toLowerCase() : ''
  }

  get stream(): boolean {
    return this.asked.request.stream
  }

  /** Whom the app serves, by the header or the body; '' where neither says. */
  get user(): string {
    return this.asked.annotations.userId || this.asked.request.user || ''
  }

  get session(): string {
    return this.asked.annotations.sessionId
  }

  get budgetLeft(): number {
    return this.#rooms.budgetLeft(this.asked)
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#rooms.now()
  }

  #estimate(): number {
    const { length } = this.asked.request.body
    const { counts, ranges } = this.media
    const data = ranges.reduce((sum, { start, end }) => sum + end - start, 0)
    return Math.ceil((length - data) / BYTES_PER_TOKEN) + (counts.get('image') ?? 0) * IMAGE_TOKENS
  }

  #parse(): unknown {
    const { described, body } = this.asked.request
    if (described || body.length === 0) return undefined
    try {
      return parseBody(withoutData(body, this.media))
    } catch {
      return undefined
    }
  }
}
