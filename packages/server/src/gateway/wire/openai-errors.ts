import type { AppError } from '@signalbox/schema'

const TYPES: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
}

/** An error in OpenAI's shape: `{ error: { message, type, param, code } }`. */
export function openaiError(error: AppError): {
  error: { message: string; type: string; param: string | null; code: string; hint: string }
} {
  const type = TYPES[error.status] ?? (error.status >= 500 ? 'server_error' : 'invalid_request_error')
  const param = typeof error.data.param === 'string' ? error.data.param : null
  return { error: { message: error.message, type, param, code: error.code.replaceAll('-', '_'), hint: error.hint } }
}
