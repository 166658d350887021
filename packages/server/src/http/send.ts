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

/** The one place where errors become responses. `shape` puts them into the dialect of the caller. */
export function sendError(
  response: ServerResponse,
  error: AppError,
  shape: (error: AppError) => unknown = (known) => known.toJSON(),
): void {
  const retryAfter: Record<string, string> = error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }
  sendJson(response, error.status, shape(error), retryAfter)
}
