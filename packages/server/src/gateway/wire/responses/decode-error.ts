import type { AnswerError } from '../language.ts'
import { type Json, objectOf, textOf } from './json.ts'

/** The error of an error event, of a failed response or of an error body: nested in `error`, or the object itself. */
export function errorOf(data: Json): AnswerError {
  const nested = data.error
  const error = objectOf(nested) ?? (typeof nested === 'string' ? { message: nested } : data)
  const code = textOf(error.code) || (typeof error.code === 'number' ? String(error.code) : '') || textOf(error.type)
  const status = STATUS[code]
  return {
    message: textOf(error.message) || textOf(error.detail) || 'The provider reported an error without a message.',
    ...(status !== undefined && { status }),
    ...(code && code !== 'error' && { code }),
  }
}

/** The error in a body that came with a status. */
export function decodeError(status: number, body: unknown): AnswerError {
  const data = objectOf(body)
  return data ? { ...errorOf(data), status } : { message: textOf(body) || `The provider answered with status ${status}.`, status }
}

/** What OpenAI's words would have been as a status. */
const STATUS: Record<string, number> = {
  server_error: 500,
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  insufficient_quota: 429,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  invalid_request_error: 400,
  image_content_policy_violation: 400,
  invalid_image: 400,
  overloaded: 503,
}
