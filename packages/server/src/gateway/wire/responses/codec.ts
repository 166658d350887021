import type { InboundCodec, OutboundCodec } from '../codec.ts'
import { ResponsesDecoder } from './decode-answer.ts'
import { decodeCall } from './decode-call.ts'
import { decodeError } from './decode-error.ts'
import { ResponsesEncoder } from './encode-answer.ts'
import { encodeCall } from './encode-call.ts'
import { encodeError } from './response-object.ts'

/** OpenAI's Responses API, both sides. https://platform.openai.com/docs/api-reference/responses */
export const responses = {
  decodeCall,
  encodeAnswer: (call, options) => new ResponsesEncoder(call, options),
  encodeError,
  encodeCall,
  decodeAnswer: (call) => new ResponsesDecoder(call),
  decodeError,
  path: () => '/responses',
} satisfies InboundCodec & OutboundCodec
