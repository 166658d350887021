import type { AppError } from '@signalbox/schema'
import type { ProviderSpec } from '../../providers/spec.ts'
import type { Answer, AnswerError, AnswerEvent, Call } from './language.ts'

/** One event of a server-sent stream: `event:` ('' where there is none) and its joined `data:` lines. */
export type ServerEvent = { event: string; data: string }

/**
 * What a call becomes for a provider. `dropped` names what the target cannot carry: members of the call in the words of chat
 * completions, all else (extras, parts, what only one vendor knows) as its client wrote it. `client-words.ts` makes it the
 * words of the client.
 */
export type EncodedCall = { body: Record<string, unknown>; dropped: string[] }

/** What is known of a target beside its dialect. */
export type CallTarget = {
  model: string
  /** Accepts `stream_options.include_usage`. */
  streamUsage: boolean
  /** What a chat endpoint wants otherwise than OpenAI's dialect has it. */
  chatQuirks?: ProviderSpec['chatQuirks']
}

/** Reads the answer of a provider. One per answer. It never throws for what a provider sends: it says so in an `error` event. */
export interface AnswerDecoder {
  /** One event of a stream. */
  push(event: ServerEvent): AnswerEvent[]
  /** The stream is over; with what was still held back. Adds no `end` that the provider did not give. */
  finish(): AnswerEvent[]
  /** A whole body, parsed. Ends with `end` where the body is an answer. */
  whole(body: unknown): AnswerEvent[]
}

/** Writes an answer for a client. One per answer. */
export interface AnswerEncoder {
  /** The text to send for an event, '' where there is nothing to say yet. What closes a stream follows `end`. */
  push(event: AnswerEvent): string
  /** A failure after the first byte: an error event in the client's dialect, with nothing that looks like a clean end. */
  fail(error: AnswerError): string
  /** A whole answer as a body to serialise. */
  whole(answer: Answer): Record<string, unknown>
}

/** The client's side of a dialect. */
export type InboundCodec = {
  /**
   * Reads a parsed body. Throws `invalid-request` with `data.param` for what is not of the dialect. `alt` is Gemini's query
   * parameter: its streams are server-sent events only with `sse`.
   */
  decodeCall(body: Record<string, unknown>, address: { model?: string; stream?: boolean; alt?: string }): Call
  /** `call` says what the client asked for (usage in the stream, logprobs, …); `id` names the answer where the provider gave no id. */
  encodeAnswer(call: Call, options: { id: string }): AnswerEncoder
  /** An error of ours, in the shape of the dialect. */
  encodeError(error: AppError): { status: number; body: Record<string, unknown> }
}

/** The provider's side of a dialect. */
export type OutboundCodec = {
  encodeCall(call: Call, target: CallTarget): EncodedCall
  decodeAnswer(call: Call): AnswerDecoder
  /** The message, status and code in a parsed error body. */
  decodeError(status: number, body: unknown): AnswerError
  /** The path below the base URL. */
  path(call: Call, model: string): string
}
