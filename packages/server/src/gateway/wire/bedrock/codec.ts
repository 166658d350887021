import type { OutboundCodec } from '../codec.ts'
import { BedrockDecoder } from './decode-answer.ts'
import { encodeCall } from './encode-call.ts'
import { decodeException } from './errors.ts'

/**
 * Amazon Bedrock's Converse, whole and streamed. A stream is no server-sent one: `EventStreamReader` reads it.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrock: OutboundCodec = {
  encodeCall,
  decodeAnswer: (call) => new BedrockDecoder(call),
  decodeError: (status, body) => decodeException(body, { status }),
  path: (call, model) => `/model/${encodeModel(model)}/${call.stream ? 'converse-stream' : 'converse'}`,
}

/** An ARN has slashes and colons, which are part of the one segment. */
const encodeModel = (model: string): string =>
  encodeURIComponent(model.toWellFormed()).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
