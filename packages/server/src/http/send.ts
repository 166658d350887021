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

/** Puts an error into the dialect of the caller. */
export type ErrorShape = (error: AppError, requestId: string) => unknown

/** The one place where errors become responses, under the id of their request. */
export function sendError(
  response: ServerResponse,
  error: AppError,
  requestId: string,
  shape: ErrorShape = (known, id) => known.toBody(id),
): void {
  const headers: Record<string, string> = { 'x-request-id': requestId }
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds)
  sendJson(response, error.status, shape(error, requestId), headers)
}
