import { AppError } from '@signalbox/schema'
import type { ProviderSpec } from '../providers/spec.ts'
import { bedrockEmbeddings } from './wire/embeddings/bedrock.ts'
import { cohereEmbeddings } from './wire/embeddings/cohere.ts'
import { decodeEmbeddingCall } from './wire/embeddings/decode-call.ts'
import type { EmbeddingCall, EmbeddingCodec } from './wire/embeddings/embedding-call.ts'
import { geminiEmbeddings, vertexEmbeddings } from './wire/embeddings/gemini.ts'
import { parseObject } from './wire/untyped.ts'

/** A request of OpenAI's embeddings in the words of a provider of another dialect. */
export type TranslatedEmbeddings = {
  call: EmbeddingCall
  codec: EmbeddingCodec
  body: Buffer[]
  path: string
  dropped: readonly string[]
}

type Target = { model: string; spec: ProviderSpec; provider: { name: string; kind: string }; strict: boolean }

/**
 * Throws `invalid-request` where the provider has no embeddings, for more texts than one request of it can hold, for tokens in
 * place of texts, and where `strict` says so for what the target cannot carry.
 */
export function translateEmbeddings(request: { body: Buffer }, { model, spec, provider, strict }: Target): TranslatedEmbeddings {
  const codec = embeddingCodecOf(model, { dialect: spec.dialectOf(model), kind: provider.kind })
  if (!codec)
    throw new AppError('invalid-request', `${model} of the provider ${provider.name} (${provider.kind}) has no embeddings here.`, {
      hint: 'Choose a model of a provider of the kind openai, openai-compatible, azure, mistral, google, vertex, cohere, or on bedrock amazon.titan-embed-text-… or cohere.embed-….',
      data: { param: 'model' },
    })
  const parsed = parseObject(request.body.toString('utf8'))
  if (!parsed) throw new AppError('invalid-json', 'The body is not a JSON object.')
  const call = decodeEmbeddingCall(parsed)
  if (call.texts.length > codec.mostTexts)
    throw new AppError(
      'invalid-request',
      `\`input\` has ${call.texts.length} texts; ${model} takes ${codec.mostTexts === 1 ? 'one' : `at most ${codec.mostTexts}`} in a request.`,
      {
        hint: `Send them in requests of ${codec.mostTexts === 1 ? 'one text' : `up to ${codec.mostTexts} texts`}.`,
        data: { param: 'input', most: codec.mostTexts },
      },
    )
  const { path, body, dropped } = codec.encode(call, model)
  if (strict && dropped.length > 0)
    throw new AppError('invalid-request', `The target ${model} cannot carry ${dropped.join(', ')}.`, {
      hint: 'Leave them out, choose another model, or send the call without x-signalbox-strict.',
      data: { param: dropped[0], dropped },
    })
  return { call, codec, body: [Buffer.from(JSON.stringify(body))], path, dropped }
}

type Spoken = { dialect: ReturnType<ProviderSpec['dialectOf']>; kind: string }

/** How embeddings of a model are asked for where OpenAI's words are not understood; undefined where nobody can. */
export function embeddingCodecOf(model: string, { dialect, kind }: Spoken): EmbeddingCodec | undefined {
  if (dialect === 'gemini') return kind === 'vertex' ? vertexEmbeddings(model) : geminiEmbeddings
  if (dialect === 'bedrock') return bedrockEmbeddings(model)
  return dialect === 'cohere' ? cohereEmbeddings : undefined
}
