import type { AppError, SpanKind } from '@signalbox/schema'
import type { Units } from '../pricing/rates.ts'
import type { UsageConvention } from '../pricing/usage-conventions.ts'
import type { ProviderSpec } from '../providers/spec.ts'
import { anthropic } from './wire/anthropic/codec.ts'
import { AnthropicStreamWatch } from './wire/anthropic/watch.ts'
import { anthropicWholeFacts } from './wire/anthropic/whole-facts.ts'
import { chat } from './wire/chat/codec.ts'
import type { InboundCodec } from './wire/codec.ts'
import { cohere } from './wire/cohere/codec.ts'
import { errorEvent as cohereStreamError } from './wire/cohere/errors.ts'
import { CohereStreamWatch } from './wire/cohere/watch.ts'
import { cohereWholeFacts } from './wire/cohere/whole-facts.ts'
import { completions } from './wire/completions/codec.ts'
import { gemini } from './wire/gemini/codec.ts'
import { GeminiStreamWatch } from './wire/gemini/watch.ts'
import { wholeFacts as geminiWholeFacts } from './wire/gemini/whole-facts.ts'
import { encodeOpenaiError, openaiError } from './wire/openai-errors.ts'
import { OpenaiStreamWatch } from './wire/openai-stream.ts'
import { type WholeFacts, wholeFacts } from './wire/openai-whole.ts'
import type { RequestShape, WireRequest } from './wire/request.ts'
import { responses } from './wire/responses/codec.ts'
import { ResponsesStreamWatch } from './wire/responses/watch.ts'
import { responsesWholeFacts } from './wire/responses/whole-facts.ts'
import type { StreamFacts, StreamWatch } from './wire/watch.ts'

/** What clients speak. */
export type ClientDialect =
  | 'openai-chat'
  | 'openai-completions'
  | 'openai-responses'
  | 'openai-endpoint'
  | 'anthropic'
  | 'gemini'
  | 'cohere'

type Ending = { hasLast: boolean; request: WireRequest }

/** How bytes pass between a client and a provider of one dialect. */
export type Passthrough = {
  /** Whether this model of this provider is spoken to in the dialect. */
  accepts(spec: ProviderSpec, model: string): boolean
  /** The path below the base URL. */
  path(request: WireRequest, target: { model: string; asArray: boolean; id?: string; query?: string }): string
  watch(options: { hideUsage: boolean }): StreamWatch
  wholeFacts(body: Buffer): WholeFacts
  /** Whether a stream that is over was whole; `hasLast`: with the mark of its end. */
  isComplete(facts: StreamFacts, ending: Ending): boolean
  convention: UsageConvention
  /** POST where it is absent. */
  method?: 'GET' | 'POST' | 'DELETE'
  /** Answers that are neither JSON nor text (`media`), or none that is whole (`file`), pass as bytes and are not kept. */
  media?: 'media' | 'file'
  /** What is charged where the provider counts no tokens; undefined where that is not known. */
  units?(told: { fields: Record<string, unknown>; usage: unknown }): Units | undefined
}

/** Where clients of one dialect come in. */
export type Door = {
  dialect: ClientDialect
  /** As OpenTelemetry's GenAI conventions call it. */
  operation: string
  shape: RequestShape
  /** Where there is none, only providers of its dialect can be reached. */
  codec?: InboundCodec
  /** A call of a model, `llm`, where it is absent. */
  kind?: SpanKind
  /** Where the cost is no matter of prices: nano-USD, or null for unknown, and why. */
  charge?: { cost: number | null; reason: string }
  passthrough: Passthrough
  /** An error of ours as a response. */
  encodeError(error: AppError): { status: number; body: unknown }
  /** The same as the last event of a stream that passes. */
  streamError(error: AppError): string
}

const openai = {
  watch: (options: { hideUsage: boolean }) => new OpenaiStreamWatch(options),
  wholeFacts,
  // Some providers leave `[DONE]` out; a stream that said why each of its answers finished is whole all the same. A usage says
  // nothing: some send one with every chunk.
  isComplete: (facts: StreamFacts, { hasLast, request: { answers = 1 } }: Ending) =>
    hasLast || (facts.finished ?? 0) >= Math.max(1, answers),
  convention: 'openai' as const,
}
const openaiErrors = {
  encodeError: encodeOpenaiError,
  streamError: (error: AppError) => `data: ${JSON.stringify(openaiError(error))}\n\n`,
}

const eventError = (codec: InboundCodec) => (error: AppError) => `event: error\ndata: ${JSON.stringify(codec.encodeError(error).body)}\n\n`

/** Error events of Responses are flat: `{ type, code, message, param, sequence_number }`. */
function responsesStreamError(error: AppError): string {
  const { message, code, param } = openaiError(error).error
  return `event: error\ndata: ${JSON.stringify({ type: 'error', code, message, param, sequence_number: 0 })}\n\n`
}

/** One row per client dialect. */
export const doors = {
  chat: {
    dialect: 'openai-chat',
    operation: 'chat',
    shape: { list: 'messages', streamOptions: true, prompts: true },
    codec: chat,
    passthrough: {
      ...openai,
      accepts: ({ dialectOf }, model) => dialectOf(model) === 'openai-chat',
      path: () => '/chat/completions',
    },
    ...openaiErrors,
  },
  completions: {
    dialect: 'openai-completions',
    operation: 'text_completion',
    shape: { streamOptions: true },
    codec: completions,
    passthrough: {
      ...openai,
      accepts: ({ dialectOf, completions: which }, model) =>
        dialectOf(model) === 'openai-chat' && (which === 'all' || (which !== 'none' && which.test(model))),
      path: () => '/completions',
    },
    ...openaiErrors,
  },
  responses: {
    dialect: 'openai-responses',
    operation: 'chat',
    shape: { prompts: true },
    codec: responses,
    passthrough: {
      accepts: ({ responses: has }) => has,
      path: () => '/responses',
      watch: () => new ResponsesStreamWatch(),
      wholeFacts: responsesWholeFacts,
      // Its last event always comes: a stream without it was cut.
      isComplete: (_, { hasLast }) => hasLast,
      convention: 'openai',
    },
    encodeError: openaiErrors.encodeError,
    streamError: responsesStreamError,
  },
  messages: {
    dialect: 'anthropic',
    operation: 'chat',
    shape: { list: 'messages', prompts: true },
    codec: anthropic,
    passthrough: {
      accepts: ({ dialectOf, adapt }, model) => dialectOf(model) === 'anthropic' && !adapt,
      path: () => '/v1/messages',
      watch: () => new AnthropicStreamWatch(),
      wholeFacts: anthropicWholeFacts,
      // `message_stop` always comes: a stream without it was cut.
      isComplete: (_, { hasLast }) => hasLast,
      convention: 'anthropic',
    },
    encodeError: anthropic.encodeError,
    streamError: eventError(anthropic),
  },
  gemini: {
    dialect: 'gemini',
    operation: 'generate_content',
    shape: { list: 'contents', inPath: true, prompts: true },
    codec: gemini,
    passthrough: {
      accepts: ({ dialectOf }, model) => dialectOf(model) === 'gemini',
      path: ({ stream }, { model, asArray }) =>
        `/v1beta/${geminiName(model)}:${stream ? `streamGenerateContent${asArray ? '' : '?alt=sse'}` : 'generateContent'}`,
      watch: () => new GeminiStreamWatch(),
      wholeFacts: geminiWholeFacts,
      isComplete: ({ done }) => done,
      convention: 'gemini',
    },
    encodeError: gemini.encodeError,
    streamError: (error) => `data: ${JSON.stringify(gemini.encodeError(error).body)}\n\n`,
  },
  cohere: {
    dialect: 'cohere',
    operation: 'chat',
    shape: { list: 'messages', prompts: true },
    codec: cohere,
    passthrough: {
      accepts: ({ dialectOf }, model) => dialectOf(model) === 'cohere',
      path: () => '/v2/chat',
      watch: () => new CohereStreamWatch(),
      wholeFacts: cohereWholeFacts,
      isComplete: ({ done }) => done,
      convention: 'cohere',
    },
    encodeError: cohere.encodeError,
    streamError: ({ message }) => cohereStreamError(message),
  },
} as const satisfies Record<string, Door>

/** `gemini-2.5-pro` → `models/gemini-2.5-pro`. */
export const geminiName = (model: string): string => {
  const name = /^(models|tunedModels)\//.test(model) ? model : `models/${model}`
  return name.split('/').map(encodeURIComponent).join('/')
}
