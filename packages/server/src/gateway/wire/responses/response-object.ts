import { type AppError, inputTokens, outputTokens, type Usage } from '@signalbox/schema'
import type { AnswerError, Call } from '../language.ts'
import { encodeOpenaiError } from '../openai-errors.ts'
import { encodeCall } from './encode-call.ts'
import type { Json } from './json.ts'
import { DIALECT } from './native.ts'

/** What a response object says of the request it answers, in the words of the request. */
export function echoOf(call: Call): Json {
  const { body } = encodeCall({ ...call, turns: [], dialect: DIALECT }, { model: call.model, streamUsage: true })
  const { model: _m, stream: _s, input: _i, include: _n, stream_options: _o, ...sent } = body
  return { ...DEFAULTS, ...sent }
}

const DEFAULTS = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: 'default',
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
}

/** `usage` of a response. Audio and image counts stand there only where there are any. */
export function encodeUsage(usage: Usage): Json {
  const input = inputTokens(usage)
  const output = outputTokens(usage)
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite + usage.cacheWrite1h,
      ...(usage.inputAudio > 0 && { audio_tokens: usage.inputAudio }),
      ...(usage.inputImage > 0 && { image_tokens: usage.inputImage }),
    },
    output_tokens: output,
    output_tokens_details: {
      reasoning_tokens: usage.reasoning,
      ...(usage.outputAudio > 0 && { audio_tokens: usage.outputAudio }),
    },
    total_tokens: input + output,
  }
}

/** The `error` of a failed response: its code is from OpenAI's list, or the provider's own. */
export const encodeFailure = ({ message, status, code }: AnswerError): { code: string; message: string } => ({
  code: code ?? (status === 429 ? 'rate_limit_exceeded' : 'server_error'),
  message,
})

/** An error event for a stream that passes as it is, where nothing is left to say but that it broke off. */
export const encodeStreamError = (error: AnswerError): string =>
  `event: error\ndata: ${JSON.stringify({ type: 'error', ...encodeFailure(error), param: null, sequence_number: 0 })}\n\n`

/** An error in place of an answer. */
export const encodeError = (error: AppError): { status: number; body: Json } => encodeOpenaiError(error)
