import type { ServerResponse } from 'node:http'
import { AppError } from '@signalbox/schema'

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  if (response.headersSent || response.destroyed) return
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers })
  response.end(text)
}

/** Anything thrown, as an `AppError`; what nobody expected becomes `internal` and keeps its message to the log. */
export const toAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError('internal', 'Something went wrong inside Signalbox.', { cause: error })

/** Puts an error into the dialect of the caller, which may have a status of its own for it. */
export type ErrorShape = (error: AppError, requestId: string) => { status: number; body: unknown }

/** The one place where errors become responses, under the id of their request. */
export function sendError(
  response: ServerResponse,
  error: AppError,
  requestId: string,
  shape: ErrorShape = (known, id) => ({ status: known.status, body: known.toBody(id) }),
): void {
  const headers: Record<string, string> = { 'x-request-id': requestId, ...error.headers }
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds)
  const { status, body } = shape(error, requestId)
  sendJson(response, status, body, headers)
}
