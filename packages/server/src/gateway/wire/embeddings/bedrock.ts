import { decodeException } from '../bedrock/errors.ts'
import { objectOf } from '../untyped.ts'
import { cohereFields, cohereVectors } from './cohere.ts'
import type { AnswerHeaders, EmbeddingCodec } from './embedding-call.ts'
import { fieldsOf } from './purpose.ts'
import { readVectors } from './read-vectors.ts'
import { splitExtras } from './split-extras.ts'

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const titan: EmbeddingCodec = {
  mostTexts: 1,
  encode: ({ texts, dimensions, purpose, extras }, model) => {
    // The first generation takes nothing but the text.
    const isFirst = !/titan-embed-text-v[2-9]/.test(model)
    const { kept, dropped } = splitExtras(extras, isFirst ? [] : ['normalize'])
    return {
      path: pathOf(model),
      body: { inputText: texts[0], ...(dimensions !== undefined && !isFirst && { dimensions }), ...kept },
      dropped: [...(dimensions !== undefined && isFirst ? ['dimensions'] : []), ...fieldsOf(purpose), ...dropped],
    }
  },
  decode: (body, headers) => {
    const { embedding, inputTextTokenCount } = objectOf(body)
    const vectors = readVectors([embedding])
    const count = typeof inputTextTokenCount === 'number' ? inputTextTokenCount : headerCount(headers)
    return vectors && { vectors, ...usageOf(count) }
  },
  decodeError: (status, body) => decodeException(body, { status }),
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const cohere: EmbeddingCodec = {
  mostTexts: 96,
  encode: (call, model) => {
    const { fields, dropped } = cohereFields(call, model)
    return { path: pathOf(model), body: fields, dropped }
  },
  decode: (body, headers) => {
    const vectors = cohereVectors(body)
    return vectors && { vectors, ...usageOf(headerCount(headers)) }
  },
  decodeError: titan.decodeError,
}

/** InvokeModel has the words of each vendor. `model` is a model id, the id of an inference profile, or an ARN that holds one. */
export function bedrockEmbeddings(model: string): EmbeddingCodec | undefined {
  if (/amazon\.titan-embed-(text|g1-text)/.test(model)) return titan
  return /cohere\.embed/.test(model) ? cohere : undefined
}

/** An ARN has slashes and colons, which are part of the one segment. */
const pathOf = (model: string): string => `/model/${encodeURIComponent(model.toWellFormed())}/invoke`

const usageOf = (inputTokens: number | undefined) =>
  inputTokens === undefined ? {} : { usage: { raw: { inputTokens }, convention: 'bedrock' as const } }

/** Where the body counts nothing, a header does. */
function headerCount({ 'x-amzn-bedrock-input-token-count': count }: AnswerHeaders): number | undefined {
  return typeof count === 'string' && /^\d{1,9}$/.test(count) ? Number(count) : undefined
}
