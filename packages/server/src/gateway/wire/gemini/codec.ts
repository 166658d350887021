import type { InboundCodec, OutboundCodec } from '../codec.ts'
import type { Call } from '../language.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeCall } from './decode-call.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeCall } from './encode-call.ts'
import { decodeError, encodeError } from './errors.ts'
import { bareModel } from './models.ts'

/** Gemini's `generateContent` and `streamGenerateContent`, for clients and for providers. https://ai.google.dev/api/generate-content */
export const gemini = {
  decodeCall,
  encodeAnswer,
  encodeError,
  encodeCall,
  decodeAnswer,
  decodeError,
  path,
} satisfies InboundCodec & OutboundCodec

function path(call: Call, model: string): string {
  const bare = bareModel(model)
  const [collection, name] = bare.startsWith(TUNED) ? [TUNED, bare.slice(TUNED.length)] : ['models/', bare]
  return `/v1beta/${collection}${encodeURIComponent(name)}:${call.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
}

const TUNED = 'tunedModels/'
