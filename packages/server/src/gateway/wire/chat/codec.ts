import type { InboundCodec, OutboundCodec } from '../codec.ts'
import { encodeOpenaiError } from '../openai-errors.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeCall } from './decode-call.ts'
import { decodeError } from './decode-error.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeCall } from './encode-call.ts'

/**
 * OpenAI's chat completions, both sides, with what its many compatible servers add and leave out.
 * https://platform.openai.com/docs/api-reference/chat
 */
export const chat = {
  decodeCall,
  encodeAnswer,
  encodeError: encodeOpenaiError,
  encodeCall,
  decodeAnswer,
  decodeError,
  path: () => '/chat/completions',
} satisfies InboundCodec & OutboundCodec
