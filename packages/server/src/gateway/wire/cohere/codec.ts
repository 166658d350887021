import type { InboundCodec, OutboundCodec } from '../codec.ts'
import { CohereDecoder } from './decode-answer.ts'
import { decodeCall } from './decode-call.ts'
import { CohereAnswerEncoder } from './encode-answer.ts'
import { encodeCall } from './encode-call.ts'
import { decodeErrorBody, encodeAppError } from './errors.ts'

/** Cohere's chat, version 2, whole and streamed, below https://api.cohere.com. https://docs.cohere.com/reference/chat */
export const cohere = {
  decodeCall,
  encodeAnswer: (call, options) => new CohereAnswerEncoder(call, options),
  encodeError: encodeAppError,
  encodeCall,
  decodeAnswer: (call) => new CohereDecoder(call),
  decodeError: (status, body) => decodeErrorBody(body, status),
  path: () => '/v2/chat',
} satisfies InboundCodec & OutboundCodec
