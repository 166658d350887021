import type { ProviderSpec } from '../providers/spec.ts'
import { anthropic } from './wire/anthropic/codec.ts'
import { bedrock } from './wire/bedrock/codec.ts'
import { chat } from './wire/chat/codec.ts'
import type { OutboundCodec } from './wire/codec.ts'
import { cohere } from './wire/cohere/codec.ts'
import { gemini } from './wire/gemini/codec.ts'
import { responses } from './wire/responses/codec.ts'

/** How each dialect of a provider is spoken. */
export const codecs: Record<ReturnType<ProviderSpec['dialectOf']>, OutboundCodec> = {
  'openai-chat': chat,
  'openai-responses': responses,
  anthropic,
  bedrock,
  gemini,
  cohere,
}
