import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '@signalbox/schema'
import type { Again } from '../tracing/inspector/ingested.ts'
import { secretOf } from './credentials.ts'
import type { IngestRooms } from './ingest.ts'
import { forgetBody, rememberBody } from './read-body.ts'
import { senderOf } from './sender.ts'

type Handle = (rooms: IngestRooms, request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/**
 * Tells the inspector of requests that an ingest endpoint refuses as a whole: whatever its handler throws. What becomes of
 * single items only the handler knows, so it calls `rooms.ingested` itself.
 */
export const inspected =
  (handle: Handle): Handle =>
  async (rooms, request, response) => {
    rememberBody(request)
    try {
      await handle(rooms, request, response)
    } catch (error) {
      if (error instanceof AppError) noteRefusal(rooms, request, error)
      throw error
    } finally {
      forgetBody(request)
    }
  }

/** Nobody is told of a request without a key that is known: it belongs to no project. */
function noteRefusal(rooms: IngestRooms, request: IncomingMessage, error: AppError): void {
  if (error.code === 'client-closed') return
  try {
    const caller = rooms.directory().authenticate(secretOf(request.headers, request.url))
    const sample = forgetBody(request)
    const reason = error.hint ? `${error.message} ${error.hint}` : error.message
    rooms.ingested({
      caller,
      ...senderOf(request),
      accepted: 0,
      rejected: [{ reason, ...(sample && { sample, again: againOf(request, sample) }) }],
    })
  } catch {
    // The key is what was wrong, or the edge has no configuration yet.
  }
}

/** The request as it came, but for its key: who sends it again has one of their own. */
const againOf = ({ method = 'POST', url = '/', headers }: IncomingMessage, body: Buffer): Again => ({
  method,
  path: url.split('?', 1)[0] ?? '/',
  contentType: headers['content-type'] ?? '',
  body,
})
