import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, FeedbackSettings } from '@signalbox/schema'
import type { Admitted } from '../governance/directory.ts'
import { secretOf } from './credentials.ts'
import type { IngestRooms } from './ingest.ts'
import { senderOf } from './sender.ts'

/** Where scores may come from: a secret key, or a public one, which pages carry and everybody can read. */
export type ScoreCaller = Admitted & { isPublic: boolean }

const DEFAULTS = FeedbackSettings.parse({})

/**
 * Who sends scores. A browser is only heard where its page is among the allowed origins, and a public key only so often; what is
 * refused for that is told to the inspector, since it may be an app that is set up wrong.
 */
export function scoreCaller(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): ScoreCaller {
  const secret = secretOf(request.headers, request.url)
  if (!secret?.startsWith('pk-sb-')) return { ...rooms.directory().authenticate(secret), isPublic: false }
  allowOrigin(rooms, request, response)
  const caller = rooms.directory().authenticatePublic(secret)
  try {
    assertOrigin(rooms, request, caller)
    const settings = caller.project.feedback ?? DEFAULTS
    rooms.feedbackLimit?.take({ keyId: caller.keyId, address: addressOf(request, rooms.trustProxy === true), settings })
  } catch (error) {
    if (error instanceof AppError) rooms.ingested({ caller, ...senderOf(request), accepted: 0, rejected: [{ reason: error.message }] })
    throw error
  }
  return { ...caller, isPublic: true }
}

/** Lets a page that some project allows read the answer; refuses any other page. Who is no browser says no origin. */
function allowOrigin({ allowedOrigins, directory }: IngestRooms, { headers }: IncomingMessage, response: ServerResponse): void {
  const { origin } = headers
  if (!origin) return
  response.setHeader('vary', 'origin')
  if (!allowedOrigins?.has(origin) && !directory().hearsPagesOf(origin)) throw strange(origin)
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', 'retry-after, x-request-id')
}

/** What another project allows is not allowed here. */
function assertOrigin({ allowedOrigins }: IngestRooms, { headers: { origin } }: IncomingMessage, { project }: Admitted): void {
  if (origin && !allowedOrigins?.has(origin) && !project.feedback?.origins.includes(origin)) throw strange(origin)
}

const strange = (origin: string) =>
  new AppError('permission-denied', `Pages of ${origin.slice(0, 200)} may not send scores here.`, {
    hint: 'Add the origin to `feedback.origins` of the project in signalbox.yaml, or to SIGNALBOX_ALLOWED_ORIGINS.',
  })

/** The other end of the connection, or who a trusted proxy says it is. */
function addressOf({ headers, socket }: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? headers['x-forwarded-for'] : undefined
  return (typeof forwarded === 'string' ? forwarded.split(',')[0]?.trim() : undefined) || (socket.remoteAddress ?? 'unknown')
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
