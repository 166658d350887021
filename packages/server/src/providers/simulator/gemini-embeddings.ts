import type { AnswerUsage } from './answer.ts'
import { type Ask, askOf, type Body, Refusal } from './ask.ts'
import type { Dialect, Incoming } from './dialect.ts'
import { gemini } from './gemini.ts'
import { hear } from './hear.ts'
import { isObject, listIn, objectIn, textIn, wholeNumber } from './values.ts'
import { vectorsOf } from './vectors.ts'

type EmbeddingAsk = Ask & { texts: string[]; dimensions: unknown }

/** Gemini's `embedContent` and `batchEmbedContents`, https://ai.google.dev/api/embeddings, and the former of Vertex. */
export const geminiEmbeddings: Dialect = {
  name: 'gemini-embeddings',
  path: /^\/v1(?:beta1?)?\/(?:projects\/.+\/)?models\/([^:]+):(embedContent|batchEmbedContents)$/,
  decode: (request) => {
    const body = bodyOf(request)
    const isBatch = request.groups[1] === 'batchEmbedContents'
    const requests = isBatch ? listIn(body.requests).map(objectIn) : [body]
    if (requests.length === 0) throw new Refusal(400, '* BatchEmbedContentsRequest.requests: must not be empty')
    if (requests.length > 100) throw new Refusal(400, '* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch')
    const texts = requests.map(({ content }) =>
      listIn(objectIn(content).parts)
        .map((part) => textIn(objectIn(part).text))
        .join(''),
    )
    return asking(request, { texts, dimensions: requests[0]?.outputDimensionality })
  },
  whole: (ask, { usage }) => {
    const isBatch = 'requests' in ask.body
    const vectors = vectorsIn(ask).map((values) => ({ values }))
    return JSON.stringify({ ...(isBatch ? { embeddings: vectors } : { embedding: vectors[0] }), ...usageOf(usage) })
  },
  error: gemini.error,
}

/** `predict` of Vertex, https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
export const vertexEmbeddings: Dialect = {
  name: 'vertex-embeddings',
  path: /^\/v1(?:beta1?)?\/(?:projects\/.+\/)models\/([^:]+):predict$/,
  decode: (request) => {
    const body = bodyOf(request)
    const texts = listIn(body.instances).map((instance) => textIn(objectIn(instance).content))
    if (texts.length === 0 || texts.length > 250) throw new Refusal(400, `${texts.length} instance(s) is not allowed. Min 1, max 250.`)
    return asking(request, { texts, dimensions: objectIn(body.parameters).outputDimensionality })
  },
  whole: (ask, { usage: { input, own } }) => {
    const vectors = vectorsIn(ask)
    // The count of all stands with the first, so that they add up.
    const counted = (index: number) => own && { statistics: { truncated: false, token_count: index === 0 ? input : 0 } }
    return JSON.stringify({ predictions: vectors.map((values, index) => ({ embeddings: { values, ...counted(index) } })) })
  },
  error: gemini.error,
}

function bodyOf(request: Incoming): Body {
  const body = request.json()
  if (!isObject(body)) throw new Refusal(400, 'Invalid JSON payload received.')
  return body
}

function asking(request: Incoming, { texts, dimensions }: { texts: string[]; dimensions: unknown }): EmbeddingAsk {
  wholeNumber(dimensions, 'outputDimensionality', { least: 1, most: 4096 })
  if (texts.some((text) => text === '')) throw new Refusal(400, 'The text content is empty.')
  const heard = hear(texts.map((text) => ({ by: 'user', text })))
  return { ...askOf({ body: objectIn(request.json()), model: request.groups[0] ?? '', ...heard, outputTokens: 0 }), texts, dimensions }
}

function vectorsIn(ask: Ask): number[][] {
  const { texts, dimensions } = ask as EmbeddingAsk
  return vectorsOf(texts, dimensions)
}

const usageOf = ({ input, own }: AnswerUsage): Body =>
  own === null ? {} : { usageMetadata: { promptTokenCount: input, promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }], ...own } }
