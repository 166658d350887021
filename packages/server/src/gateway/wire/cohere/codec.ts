import type { OutboundCodec } from '../codec.ts'
import { CohereDecoder } from './decode-answer.ts'
import { encodeCall } from './encode-call.ts'
import { decodeErrorBody } from './errors.ts'

/** Cohere's chat, version 2, whole and streamed, below https://api.cohere.com. https://docs.cohere.com/reference/chat */
export const cohere: OutboundCodec = {
  encodeCall,
  decodeAnswer: (call) => new CohereDecoder(call),
  decodeError: (status, body) => decodeErrorBody(body, status),
  path: () => '/v2/chat',
}
