import { type Ask, askOf, type Body, Refusal } from './ask.ts'
import { bedrock } from './bedrock.ts'
import { askingCohere, cohereVectors } from './cohere-embeddings.ts'
import type { Dialect } from './dialect.ts'
import { hear } from './hear.ts'
import { isObject, textIn, wholeNumber } from './values.ts'
import { vectorsOf } from './vectors.ts'

/**
 * Bedrock's InvokeModel of Titan and Cohere, https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html.
 * Model ids say what is spoken, so they are those of Bedrock, answered as by `echo`; `script.` and `faults.` may stand before them.
 */
export const bedrockEmbeddings: Dialect = {
  name: 'bedrock-embeddings',
  path: /^\/model\/([^/]+)\/invoke$/,
  decode: (request) => {
    const [id = ''] = request.groups
    const [, mode = 'echo', family] = MODEL.exec(id) ?? []
    if (!family) throw new Refusal(400, 'The provided model identifier is invalid.')
    const body = request.json()
    if (!isObject(body)) throw new Refusal(400, 'Malformed input request, please reformat your input and try again.')
    return family === 'cohere.embed' ? askingCohere(body, mode) : askingTitan(body, mode)
  },
  whole: (ask, { usage: { input, own } }) => {
    if ('texts' in ask.body) return JSON.stringify(cohereVectors(ask))
    const [embedding] = vectorsOf([textIn(ask.body.inputText)], ask.body.dimensions)
    return JSON.stringify({ embedding, embeddingsByType: { float: embedding }, ...(own && { inputTextTokenCount: input, ...own }) })
  },
  error: bedrock.error,
  ...(bedrock.errorHeaders && { errorHeaders: bedrock.errorHeaders }),
}

const MODEL = /^(?:(echo|script|faults)\.)?(?:\w+\.)?(amazon\.titan-embed|cohere\.embed)/

function askingTitan(body: Body, model: string): Ask {
  const text = textIn(body.inputText)
  if (text === '') throw new Refusal(400, 'Malformed input request: #/inputText: expected minLength: 1, actual: 0')
  wholeNumber(body.dimensions, 'dimensions', { least: 1, most: 4096 })
  return askOf({ body, model, ...hear([{ by: 'user', text }]), outputTokens: 0 })
}
