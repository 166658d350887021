import type { AppError } from '@signalbox/schema'
import type { AnswerError } from '../language.ts'
import { type Fields, isFields } from './fields.ts'

/** The name of the gRPC status for an HTTP status. https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const STATUS_NAMES: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  412: 'FAILED_PRECONDITION',
  416: 'OUT_OF_RANGE',
  424: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  529: 'UNAVAILABLE',
}

const nameOf = (status: number): string => STATUS_NAMES[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT')

/** An error of ours as Google writes one, with the hint, the field at fault and the time to wait in `details`. */
export function encodeError(error: AppError): { status: number; body: Record<string, unknown> } {
  const details: Fields[] = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: error.code.replaceAll('-', '_').toUpperCase(),
      domain: 'signalbox',
      metadata: { hint: error.hint },
    },
  ]
  if (typeof error.data.param === 'string')
    details.push({
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ field: error.data.param, description: error.message }],
    })
  if (error.retryAfterSeconds !== undefined)
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${error.retryAfterSeconds}s` })
  // Google knows no payment that is missing: a quota that is spent is exhausted.
  const code = error.code === 'budget-exceeded' ? 429 : error.status
  return { status: code, body: { error: { code, message: error.message, status: nameOf(code), details } } }
}

/** A failure inside an answer, as Google writes one. */
export function writeAnswerError(error: AnswerError): Fields {
  const status = error.status ?? 500
  const known = error.code !== undefined && Object.values(STATUS_NAMES).includes(error.code)
  return { error: { code: status, message: error.message, status: known ? error.code : nameOf(status) } }
}

/** What an error body of Google's says; where a stream was asked for without `alt=sse` it stands in a list. */
export function decodeError(status: number, body: unknown): AnswerError {
  return { status, ...(readAnswerError(body) ?? { message: `The provider answered with status ${status}.` }) }
}

/** The error in a body or in an event of a stream, `undefined` where there is none. */
export function readAnswerError(body: unknown): AnswerError | undefined {
  const holder = Array.isArray(body) ? body.find((entry) => isFields(entry) && entry.error) : body
  if (!isFields(holder) || !holder.error) return undefined
  const { error } = holder
  if (typeof error === 'string') return { message: error }
  if (!isFields(error)) return { message: 'The provider sent an error without a message.' }
  return {
    message: typeof error.message === 'string' && error.message ? error.message : 'The provider sent an error without a message.',
    ...(typeof error.code === 'number' && error.code >= 400 && error.code < 600 && { status: error.code }),
    ...(typeof error.status === 'string' && { code: error.status }),
  }
}
