import { newTraceId } from '../../lib/ids.ts'
import { type Ask, askOf, type Body, Refusal } from './ask.ts'
import { cohere } from './cohere.ts'
import type { Dialect } from './dialect.ts'
import { hear } from './hear.ts'
import { bodyWithModel, listIn, textIn, textsIn, wholeNumber } from './values.ts'
import { vectorsOf } from './vectors.ts'

/** Cohere's embed, https://docs.cohere.com/reference/embed */
export const cohereEmbeddings: Dialect = {
  name: 'cohere-embeddings',
  path: '/v2/embed',
  decode: (request) => {
    const body = bodyWithModel(request.json())
    return askingCohere(body, body.model)
  },
  whole: (ask, { usage: { input, own } }) => {
    const billed = own && { billed_units: { input_tokens: input, ...own } }
    return JSON.stringify({ ...cohereVectors(ask), meta: { api_version: { version: '2' }, ...billed } })
  },
  error: cohere.error,
}

const INPUT_TYPES = ['search_document', 'search_query', 'classification', 'clustering']

/** Texts for vectors, as Bedrock has them too. Throws a `Refusal`. */
export function askingCohere(body: Body, model: string): Ask {
  const texts = textsIn(body.texts)
  if (texts.length === 0 || texts.length < listIn(body.texts).length) throw new Refusal(400, 'invalid request: texts must not be empty')
  if (texts.length > 96) throw new Refusal(400, `invalid request: total number of texts must be at most 96 - received ${texts.length}`)
  if (!INPUT_TYPES.includes(textIn(body.input_type)))
    throw new Refusal(400, `invalid request: valid input_type must be provided, one of ${INPUT_TYPES.join(', ')}`)
  wholeNumber(body.output_dimension, 'output_dimension', { least: 1, most: 4096 })
  return askOf({ body, model, ...hear(texts.map((text) => ({ by: 'user', text }))), outputTokens: 0 })
}

/** The vectors of such an ask, without their count. */
export function cohereVectors({ body }: Ask): Body {
  const texts = textsIn(body.texts)
  return { id: newTraceId(), embeddings: { float: vectorsOf(texts, body.output_dimension) }, texts, response_type: 'embeddings_by_type' }
}
