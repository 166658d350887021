import type { ServerResponse } from 'node:http'
import { AppError } from '@signalbox/schema'
import { OPENAI_KINDS, type ProviderSpec } from '../providers/spec.ts'
import type { Answer } from './answer.ts'
import type { Delivery } from './delivery.ts'
import type { Door, Passthrough } from './doors.ts'
import { EmbeddingsAnswer } from './embeddings-answer.ts'
import { type TranslatedEmbeddings, translateEmbeddings } from './embeddings-translation.ts'
import { PassthroughAnswer } from './passthrough-answer.ts'
import type { Candidate } from './routing/router.ts'
import { TranslatedAnswer } from './translated-answer.ts'
import { type Translated, translate } from './translation.ts'
import { type Address, encodeRequest, type WireRequest } from './wire/request.ts'

/** What goes upstream: the client's bytes where the target speaks its dialect, else their translation. */
export type Sent = { body: Buffer[]; path: string; dropped: readonly string[] } & (
  | { passthrough: Passthrough; hideUsage: boolean; translation?: undefined; embeddings?: undefined }
  | { translation: Translated; passthrough?: undefined; embeddings?: undefined }
  | { embeddings: TranslatedEmbeddings; passthrough?: undefined; translation?: undefined }
)

export type SendOptions = {
  door: Door
  request: WireRequest
  /** The provider's own id of the file or batch that is asked for. */
  objectId: string
  address: Address
  strict: boolean
}

/** A request for one target. Throws `invalid-request` where the target has no such operation, or cannot carry it. */
export function encodeFor(
  { provider, model, spec }: Candidate & { spec: ProviderSpec },
  { door, request: asked, objectId, address: { query, asArray = false }, strict }: SendOptions,
): Sent {
  const { passthrough, codec } = door
  const request = asked.prompt?.forTarget({ provider, model }) ?? asked
  if (passthrough.accepts(spec, model)) {
    const askForUsage = request.stream && !request.wantsUsage && spec.streamUsage
    const body = encodeRequest(request, { model, askForUsage })
    const path = passthrough.path(request, { model, asArray, ...(objectId && { id: objectId }), ...(query && { query }) })
    return { body, path, dropped: NOTHING, passthrough, hideUsage: askForUsage }
  }
  if (door.kind === 'embedding') {
    const embeddings = translateEmbeddings(request, { model, spec, provider, strict })
    return { body: embeddings.body, path: embeddings.path, dropped: embeddings.dropped, embeddings }
  }
  if (!codec)
    throw new AppError(
      'invalid-request',
      `The provider ${provider.name} (${provider.kind}) has no ${door.operation}: it speaks another dialect.`,
      {
        hint: `Choose a provider of the kind ${OPENAI_KINDS.join(', ')}.`,
        data: { param: request.model === '' ? null : 'model' },
      },
    )
  const translation = translate(codec, request, { model, spec, strict })
  return { body: translation.body, path: translation.path, dropped: translation.dropped, translation }
}

const NOTHING: readonly string[] = []

export type AnswerOptions = {
  delivery: Delivery
  response: ServerResponse
  model: string
  /** Names the answer where the provider does not. */
  id: string
}

/** The way that the answer takes to the client. */
export function answerTo(sent: Sent, { door, request, address }: SendOptions, { delivery, response, model, id }: AnswerOptions): Answer {
  if (sent.embeddings) return new EmbeddingsAnswer({ delivery, response, embeddings: sent.embeddings, model })
  if (sent.translation) return new TranslatedAnswer({ delivery, translation: sent.translation, model, id })
  const { passthrough, hideUsage } = sent
  return new PassthroughAnswer({ delivery, door, passthrough, request, hideUsage, asArray: address.asArray === true })
}
