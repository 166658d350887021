import type { InboundCodec } from '../codec.ts'
import { encodeOpenaiError } from '../openai-errors.ts'
import { decodeCall } from './decode-call.ts'
import { encodeAnswer } from './encode-answer.ts'

/**
 * OpenAI's older completions, for clients: the prompt becomes a chat of one turn, the answer a text.
 * https://platform.openai.com/docs/api-reference/completions
 */
export const completions = {
  decodeCall,
  encodeAnswer,
  encodeError: encodeOpenaiError,
} satisfies InboundCodec
