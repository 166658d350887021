import type { AppError } from '@signalbox/schema'
import type { UsageConvention } from '../pricing/usage-conventions.ts'
import type { ProviderSpec } from '../providers/spec.ts'
import type { InboundCodec } from './wire/codec.ts'
import { openaiError } from './wire/openai-errors.ts'
import { OpenaiStreamWatch, type StreamFacts } from './wire/openai-stream.ts'
import { type WholeFacts, wholeFacts } from './wire/openai-whole.ts'
import type { RequestShape, WireRequest } from './wire/request.ts'
import type { StreamWatch } from './wire/watch.ts'

/** What clients speak. */
export type ClientDialect = 'openai-chat' | 'openai-completions' | 'openai-responses' | 'anthropic' | 'gemini'

/** How bytes pass between a client and a provider of one dialect. */
export type Passthrough = {
  /** Whether this model of this provider is spoken to in the dialect. */
  accepts(spec: ProviderSpec, model: string): boolean
  /** The path below the base URL. */
  path(request: WireRequest, model: string): string
  watch(options: { hideUsage: boolean }): StreamWatch
  wholeFacts(body: Buffer): WholeFacts
  /** Whether a stream that ended without its mark said enough to be whole. */
  isComplete(facts: StreamFacts): boolean
  convention: UsageConvention
}

/** Where clients of one dialect come in. */
export type Door = {
  dialect: ClientDialect
  /** As OpenTelemetry's GenAI conventions call it. */
  operation: string
  shape: RequestShape
  codec?: InboundCodec
  passthrough?: Passthrough
  /** An error of ours as a response. */
  encodeError(error: AppError): { status: number; body: unknown }
  /** The same as the last event of a stream that passes. */
  streamError(error: AppError): string
}

const openai = {
  watch: (options: { hideUsage: boolean }) => new OpenaiStreamWatch(options),
  wholeFacts,
  // Some providers leave `[DONE]` out; a stream that said why it finished is whole all the same.
  isComplete: (facts: StreamFacts) => facts.finishReason !== '' || facts.usage !== undefined,
  convention: 'openai' as const,
}
const openaiErrors = {
  encodeError: (error: AppError) => ({ status: error.status, body: openaiError(error) }),
  streamError: (error: AppError) => `data: ${JSON.stringify(openaiError(error))}\n\n`,
}

/** One row per client dialect. */
export const doors = {
  chat: {
    dialect: 'openai-chat',
    operation: 'chat',
    shape: { list: 'messages', streamOptions: true },
    passthrough: {
      ...openai,
      accepts: ({ dialect, responsesOnly }, model) => dialect === 'openai-chat' && !responsesOnly?.test(model),
      path: () => '/chat/completions',
    },
    ...openaiErrors,
  },
} as const satisfies Record<string, Door>
