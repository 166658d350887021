import { decodeError } from '../gemini/errors.ts'
import { bareModel } from '../gemini/models.ts'
import { listOf, objectOf } from '../untyped.ts'
import type { EmbeddingCall, EmbeddingCodec } from './embedding-call.ts'
import { fieldsOf, wordFor } from './purpose.ts'
import { readVectors } from './read-vectors.ts'
import { splitExtras } from './split-extras.ts'

/** `batchEmbedContents` of the Gemini API. https://ai.google.dev/api/embeddings */
export const geminiEmbeddings: EmbeddingCodec = {
  mostTexts: 100,
  encode: (call, model) => {
    const name = `models/${bareModel(model)}`
    const { taskType, title, dropped } = googleFields(call, { model, taken: ['title'] })
    const same = {
      ...(taskType !== undefined && { taskType }),
      ...(title !== undefined && { title }),
      ...(call.dimensions !== undefined && { outputDimensionality: call.dimensions }),
    }
    return {
      path: `${pathOf(model)}:batchEmbedContents`,
      body: { requests: call.texts.map((text) => ({ model: name, content: { parts: [{ text }] }, ...same })) },
      dropped,
    }
  },
  decode: (body) => {
    const { embeddings, usageMetadata } = objectOf(body)
    const vectors = readVectors(listOf(embeddings).map((embedding) => objectOf(embedding).values))
    return vectors && { vectors, ...(usageMetadata !== undefined && { usage: { raw: usageMetadata, convention: 'gemini' } }) }
  },
  decodeError,
}

/**
 * `predict` of Vertex AI, for all its models before Gemini Embedding 2.
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
const vertexPredict: EmbeddingCodec = {
  mostTexts: 250,
  encode: (call, model) => {
    const { taskType, title, autoTruncate, dropped } = googleFields(call, { model, taken: ['title', 'auto_truncate'] })
    return {
      path: `${pathOf(model)}:predict`,
      body: {
        instances: call.texts.map((content) => ({
          content,
          ...(taskType !== undefined && { task_type: taskType }),
          ...(title !== undefined && { title }),
        })),
        parameters: { autoTruncate, ...(call.dimensions !== undefined && { outputDimensionality: call.dimensions }) },
      },
      dropped,
    }
  },
  decode: (body) => {
    const predictions = listOf(objectOf(body).predictions).map((prediction) => objectOf(objectOf(prediction).embeddings))
    const vectors = readVectors(predictions.map(({ values }) => values))
    const counts = predictions.map(({ statistics }) => objectOf(statistics).token_count)
    const isCounted = counts.every((count) => typeof count === 'number')
    const promptTokenCount = isCounted ? counts.reduce((sum: number, count) => sum + Number(count), 0) : 0
    return vectors && { vectors, ...(isCounted && { usage: { raw: { promptTokenCount }, convention: 'gemini' } }) }
  },
  decodeError,
}

/** The first generation of Gemini Embedding takes one text at a time there. */
const vertexOne: EmbeddingCodec = { ...vertexPredict, mostTexts: 1 }

/** https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/projects.locations.publishers.models/embedContent */
const vertexContent: EmbeddingCodec = {
  mostTexts: 1,
  encode: (call, model) => {
    const { taskType, title, autoTruncate, dropped } = googleFields(call, { model, taken: ['title', 'auto_truncate'] })
    return {
      path: `${pathOf(model)}:embedContent`,
      body: {
        content: { parts: call.texts.map((text) => ({ text })) },
        autoTruncate,
        ...(taskType !== undefined && { taskType }),
        ...(title !== undefined && { title }),
        ...(call.dimensions !== undefined && { outputDimensionality: call.dimensions }),
      },
      dropped,
    }
  },
  decode: (body) => {
    const { embedding, usageMetadata } = objectOf(body)
    const vectors = readVectors([objectOf(embedding).values])
    return vectors && { vectors, ...(usageMetadata !== undefined && { usage: { raw: usageMetadata, convention: 'gemini' } }) }
  },
  decodeError,
}

/** How Vertex AI is spoken to about a model. */
export function vertexEmbeddings(model: string): EmbeddingCodec {
  if (SECOND.test(model)) return vertexContent
  return model.includes('gemini-embedding') ? vertexOne : vertexPredict
}

/** From here on the task stands in the text, and a task type would be passed over in silence. */
const SECOND = /gemini-embedding-([2-9]|\d{2})(-|$)/

const pathOf = (model: string): string => `/v1beta/models/${encodeURIComponent(bareModel(model).toWellFormed())}`

type GoogleFields = { taskType: string | undefined; title: unknown; autoTruncate: unknown; dropped: string[] }

/** A text that is too long is an error, as at OpenAI, and not cut, where that can be said. */
function googleFields({ purpose, extras }: EmbeddingCall, { model, taken }: { model: string; taken: readonly string[] }): GoogleFields {
  const { kept, dropped } = splitExtras(extras, taken)
  const { title, auto_truncate: autoTruncate = false } = kept
  const { word, dropped: unsaid } = SECOND.test(model) ? { word: undefined, dropped: fieldsOf(purpose) } : wordFor('task_type', purpose)
  return { taskType: word, title, autoTruncate, dropped: [...unsaid, ...dropped] }
}
