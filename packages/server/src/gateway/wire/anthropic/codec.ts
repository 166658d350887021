import type { InboundCodec, OutboundCodec } from '../codec.ts'
import { AnthropicAnswerDecoder } from './decode-answer.ts'
import { decodeCall } from './decode-call.ts'
import { AnthropicAnswerEncoder } from './encode-answer.ts'
import { encodeCall } from './encode-call.ts'
import { decodeErrorBody, encodeAppError } from './errors.ts'

/** Anthropic's Messages API, for clients that speak it and for targets that do. */
export const anthropic = {
  decodeCall,
  encodeAnswer: (call, options) => new AnthropicAnswerEncoder(call, options),
  encodeError: encodeAppError,
  encodeCall,
  decodeAnswer: () => new AnthropicAnswerDecoder(),
  decodeError: (status, body) => decodeErrorBody(body, status),
  path: () => '/v1/messages',
} satisfies InboundCodec & OutboundCodec
