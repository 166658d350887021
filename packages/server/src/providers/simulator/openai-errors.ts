import type { Told } from './dialect.ts'

const TYPES: Record<number, string> = { 401: 'authentication_error', 403: 'permission_error', 429: 'rate_limit_error' }

/** OpenAI's error object, the same in all of its APIs. */
export const openaiError = ({ status, message, code, param }: Told) => ({
  message,
  type: TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
  param,
  code,
})

/** The body of an answer that is an error. */
export const openaiErrorBody = (refusal: Told): string => JSON.stringify({ error: openaiError(refusal) })
