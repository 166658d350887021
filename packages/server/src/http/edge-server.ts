import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AppError } from '@signalbox/schema'
import type { createChatCall } from '../gateway/call.ts'
import { listModels } from '../gateway/models.ts'
import { openaiError } from '../gateway/wire/openai-errors.ts'
import type { Directory } from '../governance/directory.ts'
import { permit } from '../governance/permit.ts'
import type { Log } from '../lib/log.ts'
import { type RequestIds, requestIds } from '../lib/request-ids.ts'
import type { CoreLink } from './core-link.ts'
import { secretOf } from './credentials.ts'
import { type IngestRooms, ingestOtlp } from './ingest.ts'
import { readBody } from './read-body.ts'
import { type ErrorShape, sendError, sendJson, toAppError } from './send.ts'

export type EdgeRooms = IngestRooms & {
  directory(): Directory
  chatCall: ReturnType<typeof createChatCall>
  core: CoreLink
  log: Log
  /** Why calls do not work; null when they do. */
  edgeProblem(): string | null
  coreReady(): Promise<boolean>
  metrics(): Promise<string>
}

type Handle = (rooms: EdgeRooms, request: IncomingMessage, response: ServerResponse, ids: RequestIds) => Promise<void> | void
type Row = { method?: string; handle: Handle; shape?: ErrorShape }

/** What the edge answers itself. Everything else under /v1 is unknown; the rest of the world belongs to the core. */
const ROUTES: Record<string, Row> = {
  '/v1/chat/completions': { method: 'POST', handle: chatCompletions, shape: openaiError },
  '/v1/models': { method: 'GET', handle: models, shape: openaiError },
  '/v1/traces': { method: 'POST', handle: ingestOtlp },
  '/otel/v1/traces': { method: 'POST', handle: ingestOtlp },
  '/healthz': { method: 'GET', handle: (_, __, response) => sendJson(response, 200, { ok: true }) },
  '/readyz': { method: 'GET', handle: ready },
  '/metrics': { method: 'GET', handle: metrics },
}

/** The one address: calls and ingest are answered here, API and pages are passed to the core. */
export function createEdgeServer(rooms: EdgeRooms): Server {
  const server = createServer({ keepAliveTimeout: 72_000, maxHeaderSize: 65_536 }, (request, response) => {
    const url = request.url ?? '/'
    const query = url.indexOf('?')
    const path = query === -1 ? url : url.slice(0, query)
    const row = ROUTES[path] ?? elsewhere(path)
    const ids = requestIds(request.headers)
    const { requestId } = ids
    // An answer of a call says it among its own headers: one list is several times cheaper than two that are merged.
    if (row.handle !== chatCompletions) response.setHeader('x-request-id', requestId)
    if (row.method && request.method !== row.method && !(row.method === 'GET' && request.method === 'HEAD')) {
      request.resume()
      const error = new AppError('method-not-allowed', `${path} takes ${row.method}, not ${request.method}.`)
      return sendError(response, error, requestId, row.shape)
    }
    void run(row.handle, rooms, request, response, ids).catch((thrown: unknown) => {
      const error = toAppError(thrown)
      if (error.code === 'internal') rooms.log.error({ err: error.cause ?? error, path, requestId }, 'a request failed')
      request.resume()
      if (response.headersSent) response.destroy()
      else sendError(response, error, requestId, row.shape)
    })
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy()
    const status =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? '408 Request Timeout'
          : '400 Bad Request'
    const { requestId } = requestIds({})
    const refusal = new AppError('invalid-request', `The request is not valid HTTP (${error.code}).`, { hint: 'Look at the client.' })
    const body = JSON.stringify(refusal.toBody(requestId))
    const headers = `connection: close\r\ncontent-type: application/json\r\nx-request-id: ${requestId}`
    socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  })
  return server
}

function chatCompletions(rooms: EdgeRooms, request: IncomingMessage, response: ServerResponse, ids: RequestIds): Promise<void> {
  return rooms.chatCall({
    ids,
    request,
    response,
    secret: secretOf(request.headers, request.url),
    readBody: (limit) => readBody(request, limit),
  })
}

function models(rooms: EdgeRooms, request: IncomingMessage, response: ServerResponse): void {
  const caller = rooms.directory().authenticate(secretOf(request.headers, request.url))
  permit(caller, 'gateway:call')
  sendJson(response, 200, listModels(caller.project))
}

async function ready(rooms: EdgeRooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const edgeOnly = new URLSearchParams((request.url ?? '').split('?')[1]).get('role') === 'edge'
  const problem = rooms.edgeProblem()
  const core = edgeOnly || (await rooms.coreReady())
  const body = { ready: problem === null && core, edge: problem ?? 'ok', ...(!edgeOnly && { core: core ? 'ok' : 'does not answer' }) }
  sendJson(response, body.ready ? 200 : 503, body, body.ready ? {} : { 'retry-after': '1' })
}

async function metrics(rooms: EdgeRooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // What a proxy on this machine passes on comes from loopback too, but not from here.
  const local =
    /^(::ffff:)?127\.|^::1$/.test(request.socket.remoteAddress ?? '') && !request.headers['x-forwarded-for'] && !request.headers.forwarded
  if (!local) permit(rooms.directory().authenticate(secretOf(request.headers, request.url)), 'metrics:read')
  const text = await rooms.metrics()
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  response.end(text)
}

/** What is not in the table: unknown under /v1, closed to the outside under /internal, else the core's. */
function elsewhere(path: string): Row {
  if (path.startsWith('/internal/') || path.startsWith('/v1/')) return { handle: unknownPath, shape: openaiError }
  return { handle: ({ core }, request, response, { requestId }) => core.proxy(request, response, requestId) }
}

function unknownPath(): never {
  const known = Object.keys(ROUTES).filter((route) => route.startsWith('/v1/'))
  throw new AppError('not-found', 'This path does not exist here.', { hint: `This version answers ${known.join(', ')}.` })
}

/** What a handler throws at once and what it rejects with later are the same thing. */
const run = async (handle: Handle, ...exchange: Parameters<Handle>): Promise<void> => handle(...exchange)
