import type { UsageConvention } from '../../../pricing/usage-conventions.ts'
import type { AnswerError } from '../language.ts'
import type { Purpose } from './purpose.ts'

/** What a client of OpenAI's embeddings asks for, in no dialect's words. */
export type EmbeddingCall = {
  texts: string[]
  dimensions?: number
  encoding: 'float' | 'base64'
  purpose?: Purpose
  /** Everything else of the body, by its own name. */
  extras: Record<string, unknown>
}

/** A request of a provider. `dropped` names what it has no place for, as the client wrote it. */
export type EncodedEmbeddings = { path: string; body: Record<string, unknown>; dropped: string[] }

/**
 * What a provider answered: one vector per text, in their order; `undefined` where it is no answer of its dialect. `usage` is
 * as the provider wrote it, where it wrote any.
 */
export type Embedded = { vectors: number[][]; usage?: { raw: unknown; convention: UsageConvention } }

export type AnswerHeaders = Record<string, string | string[] | undefined>

/** How one kind of embedding model is spoken to. */
export type EmbeddingCodec = {
  /** Texts that one request can hold. */
  mostTexts: number
  encode(call: EmbeddingCall, model: string): EncodedEmbeddings
  decode(body: unknown, headers: AnswerHeaders): Embedded | undefined
  decodeError(status: number, body: unknown): AnswerError
}
