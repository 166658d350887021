import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '@signalbox/schema'
import type { Admitted } from '../governance/directory.ts'
import { secretOf } from './credentials.ts'
import type { IngestRooms } from './ingest.ts'

/** Where scores may come from: a secret key, or a public one, which pages carry and everybody can read. */
export type ScoreCaller = Admitted & { isPublic: boolean }

/** Who sends scores. A browser is only heard where its page is among the allowed origins. */
export function scoreCaller(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): ScoreCaller {
  const secret = secretOf(request.headers, request.url)
  if (!secret?.startsWith('pk-sb-')) return { ...rooms.directory().authenticate(secret), isPublic: false }
  allowOrigin(rooms, request, response)
  return { ...rooms.directory().authenticatePublic(secret), isPublic: true }
}

/** Lets a page of an allowed origin read the answer; refuses any other page. Who is no browser says no origin. */
function allowOrigin({ allowedOrigins }: IngestRooms, { headers }: IncomingMessage, response: ServerResponse): void {
  const { origin } = headers
  if (!origin) return
  response.setHeader('vary', 'origin')
  if (!allowedOrigins?.has(origin))
    throw new AppError('permission-denied', `Pages of ${origin.slice(0, 200)} may not send scores here.`, {
      hint: 'Add the origin to SIGNALBOX_ALLOWED_ORIGINS and start again.',
    })
  response.setHeader('access-control-allow-origin', origin)
}

/** What a browser asks before it sends a score with a key. */
export function preflight(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): void {
  allowOrigin(rooms, request, response)
  response.writeHead(204, {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': String(request.headers['access-control-request-headers'] ?? 'authorization, content-type'),
    'access-control-max-age': '600',
  })
  response.end()
}
