import type { AppError } from '@signalbox/schema'
import type { AnswerError } from '../language.ts'

/** Anthropic's type for each status. https://platform.claude.com/docs/en/api/errors */
const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** The other way: what a status an error event, which has none, means. */
const STATUSES: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

export type ErrorBody = { type: 'error'; error: { type: string; message: string }; request_id?: string }

/** The type for a status: any other 4XX is a bad request, any other 5XX a failure of the API. */
export const typeOfStatus = (status: number): string => TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')

/** An error of ours: `{ type: 'error', error: { type, message } }`, with `request_id` where the error has one. */
export function encodeAppError(error: AppError): { status: number; body: ErrorBody } {
  const { requestId } = error.data
  return {
    status: error.status,
    body: {
      type: 'error',
      error: { type: typeOfStatus(error.status), message: error.message },
      ...(typeof requestId === 'string' && { request_id: requestId }),
    },
  }
}

/** A failure of a provider of any dialect, as the `error` event says it. */
export function encodeAnswerError(error: AnswerError): ErrorBody {
  const known = error.code !== undefined && Object.hasOwn(STATUSES, error.code) ? error.code : undefined
  return { type: 'error', error: { type: known ?? typeOfStatus(error.status ?? 500), message: error.message } }
}

/** What an error body or an `error` event says. `status` is the one of the response, where there is one. */
export function decodeErrorBody(body: unknown, status?: number): AnswerError {
  const outer = isObject(body) ? body : {}
  const inner = isObject(outer.error) ? outer.error : outer
  const code = typeof inner.type === 'string' && inner.type !== 'error' ? inner.type : undefined
  const message =
    [inner.message, outer.error, outer.message, body].find((value) => typeof value === 'string' && value !== '') ??
    (status === undefined ? 'The provider sent an error without a message.' : `The provider answered with status ${status}.`)
  const meant = status ?? (code !== undefined && Object.hasOwn(STATUSES, code) ? STATUSES[code] : undefined)
  return {
    message: String(message).slice(0, 2000),
    ...(meant !== undefined && { status: meant }),
    ...(code !== undefined && { code }),
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
