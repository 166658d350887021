import { decodeErrorBody } from '../cohere/errors.ts'
import { objectOf } from '../untyped.ts'
import type { Embedded, EmbeddingCall, EmbeddingCodec } from './embedding-call.ts'
import { wordFor } from './purpose.ts'
import { readVectors } from './read-vectors.ts'
import { splitExtras } from './split-extras.ts'

/** Cohere's embed, version 2. https://docs.cohere.com/reference/embed */
export const cohereEmbeddings: EmbeddingCodec = {
  mostTexts: 96,
  encode: (call, model) => {
    const { fields, dropped } = cohereFields(call, model)
    return { path: '/v2/embed', body: { model, ...fields }, dropped }
  },
  decode: (body) => {
    const vectors = cohereVectors(body)
    const { billed_units } = objectOf(objectOf(body).meta)
    return vectors && { vectors, ...(billed_units !== undefined && { usage: { raw: { billed_units }, convention: 'cohere' } }) }
  },
  decodeError: (status, body) => decodeErrorBody(body, status),
}

/** Models before the fourth generation have vectors of one length. */
const FIXED = /embed-(english|multilingual)/

/**
 * The body without the model, as Bedrock has it too. Documents where the client does not say what the vectors are for; a text
 * that is too long is an error, as at OpenAI, and not cut.
 */
export function cohereFields(call: EmbeddingCall, model: string): { fields: Record<string, unknown>; dropped: string[] } {
  const { word = 'search_document', dropped: unsaid } = wordFor('input_type', call.purpose)
  const { kept, dropped } = splitExtras(call.extras, ['truncate', 'max_tokens'])
  const isFixed = FIXED.test(model)
  const { dimensions } = call
  return {
    fields: {
      texts: call.texts,
      input_type: word,
      embedding_types: ['float'],
      ...(dimensions !== undefined && !isFixed && { output_dimension: dimensions }),
      truncate: 'NONE',
      ...kept,
    },
    dropped: [...(dimensions !== undefined && isFixed ? ['dimensions'] : []), ...unsaid, ...dropped],
  }
}

/** By type, or bare where an older model was asked for no types. */
export function cohereVectors(body: unknown): Embedded['vectors'] | undefined {
  const { embeddings } = objectOf(body)
  return readVectors(Array.isArray(embeddings) ? embeddings : objectOf(embeddings).float)
}
