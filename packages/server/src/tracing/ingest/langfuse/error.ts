import type { AppError } from '@signalbox/schema'

const NAMES: Record<number, string> = {
  400: 'InvalidRequestError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'LangfuseNotFoundError',
  405: 'MethodNotAllowedError',
  413: 'PayloadTooLargeError',
  429: 'TooManyRequestsError',
  503: 'ServiceUnavailableError',
}

/** An error as Langfuse's clients read it. What went wrong in here is 503, which they send again; 500 they do not all. */
export function langfuseError(error: AppError): { status: number; body: { error: string; message: string } } {
  const status = error.status === 500 ? 503 : error.status
  const message = error.hint && error.status !== 500 ? `${error.message} ${error.hint}` : error.message
  return { status, body: { error: NAMES[status] ?? 'LangfuseError', message } }
}
