import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { AppError } from '@signalbox/schema'
import type { Admitted } from '../governance/directory.ts'
import type { BatchFrame } from '../tracing/decode-batch.ts'
import type { Again, Ingested } from '../tracing/inspector/ingested.ts'
import type { Offered } from '../tracing/inspector/replay.ts'
import type { IngestRooms } from './ingest.ts'
import { ingestRouteAt } from './ingest-routes.ts'
import { inspected } from './inspect-ingest.ts'
import { sendError, toAppError } from './send.ts'

type Rooms = { caller: Admitted; maxBodyBytes: number; traceOf: NonNullable<IngestRooms['traceOf']> }

/**
 * Hands a request that was refused to its endpoint once more: the very handler of the edge, with a journal that keeps what it is given.
 * So whatever has been mended since, in the program or in the settings, is what decides.
 */
export async function replayIngest({ method, path, contentType, body }: Again, { caller, maxBodyBytes, traceOf }: Rooms): Promise<Offered> {
  const bytes = Buffer.from(body as string)
  const headers = {
    'content-length': String(bytes.length),
    'user-agent': 'signalbox replay',
    ...(contentType && { 'content-type': contentType }),
  }
  const request = Object.assign(Readable.from([bytes], { objectMode: false }), { method, url: path, headers }) as unknown as IncomingMessage
  const route = ingestRouteAt(path, request)
  if (!route)
    throw new AppError('conflict', `Nothing takes ${method} ${path} here any more.`, {
      hint: 'Send it from where it came, to another endpoint.',
    })
  const frames: BatchFrame[] = []
  const reports: Ingested[] = []
  const rooms: IngestRooms = {
    directory: () => ({
      version: 0,
      maxBodyBytes,
      authenticate: () => caller,
      authenticatePublic: () => caller,
      hearsPagesOf: () => false,
    }),
    journal: {
      append: () => {
        throw new Error('an ingest endpoint waits until its frames are durable')
      },
      async appendDurable({ body: pieces, ...frame }) {
        frames.push({ ...frame, body: Buffer.concat(pieces) })
        return { segment: 0, offset: 0 }
      },
    },
    ingested: (report) => void reports.push(report),
    traceOf,
  }
  const { response, answered } = answerInMemory()
  try {
    await inspected(route.handle)(rooms, request, response)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code === 'internal') throw error
    sendError(response, error, 'replay', route.shape)
  }
  const rejected = reports.flatMap((report) => report.rejected)
  return { ...answered(), accepted: reports.reduce((sum, { accepted }) => sum + accepted, 0), rejected, frames }
}

/** As much of a response as the endpoints use. */
function answerInMemory() {
  let status = 200
  const pieces: Buffer[] = []
  const response = {
    headersSent: false,
    destroyed: false,
    setHeader: () => response,
    writeHead(code: number, _headers?: OutgoingHttpHeaders) {
      status = code
      response.headersSent = true
      return response
    },
    end(data?: string | Uint8Array) {
      if (data !== undefined) pieces.push(Buffer.from(data as string))
      return response
    },
  }
  return {
    response: response as unknown as ServerResponse,
    answered: () => ({ status, answer: Buffer.concat(pieces).toString('utf8') }),
  }
}
