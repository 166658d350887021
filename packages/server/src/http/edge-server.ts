import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AppError } from '@signalbox/schema'
import type { createCall, Exchange } from '../gateway/call.ts'
import { anthropicCounter, type createCountTokens, geminiCounter, type TokenCounter } from '../gateway/count-tokens.ts'
import { type Door, doors } from '../gateway/doors.ts'
import { type Endpoint, endpoints, endpointsAt } from '../gateway/endpoints.ts'
import { findModel, listModels, listModelsForAnthropic, listModelsForGemini } from '../gateway/models.ts'
import type { Address } from '../gateway/wire/request.ts'
import type { Directory } from '../governance/directory.ts'
import { permit } from '../governance/permit.ts'
import type { Log } from '../lib/log.ts'
import { type RequestIds, requestIds } from '../lib/request-ids.ts'
import type { CoreLink } from './core-link.ts'
import { secretOf } from './credentials.ts'
import { type IngestRooms, ingestOtlp } from './ingest.ts'
import { ingestRouteAt } from './ingest-routes.ts'
import { inspected } from './inspect-ingest.ts'
import { readBody } from './read-body.ts'
import { sendError, sendJson, toAppError } from './send.ts'

export type EdgeRooms = IngestRooms & {
  directory(): Directory
  call: ReturnType<typeof createCall>
  countTokens: ReturnType<typeof createCountTokens>
  core: CoreLink
  log: Log
  /** Why calls do not work; null when they do. */
  edgeProblem(): string | null
  coreReady(): Promise<boolean>
  metrics(): Promise<string>
}

type Handle = (rooms: EdgeRooms, request: IncomingMessage, response: ServerResponse, ids: RequestIds) => Promise<void> | void
type Row = {
  method?: string
  handle: Handle
  shape?: (error: AppError, request: IncomingMessage) => { status: number; body: unknown }
  /** The answer says its request id among its own headers: one list is several times cheaper than two that are merged. */
  namesItself?: boolean
}

/** An error in the shape of a door's dialect. */
const shapeOf = (door: Door) => (error: AppError) => door.encodeError(error)
const isAnthropic = (request: IncomingMessage) => request.headers['anthropic-version'] !== undefined
const modelsShape = (error: AppError, request: IncomingMessage) => shapeOf(isAnthropic(request) ? doors.messages : doors.chat)(error)
const exchangeOf = (request: IncomingMessage, response: ServerResponse, ids: RequestIds, address: Address | undefined): Exchange => ({
  request,
  response,
  ids,
  secret: secretOf(request.headers, request.url),
  ...(address && { address }),
  readBody: (limit) => readBody(request, limit),
})
const callRow = (door: Door, address?: Address): Row => ({
  method: 'POST',
  shape: shapeOf(door),
  handle: (rooms, request, response, ids) => rooms.call(door, exchangeOf(request, response, ids, address)),
  namesItself: true,
})
const countRow = (counter: TokenCounter, address?: Address): Row => ({
  method: 'POST',
  shape: shapeOf(counter.door),
  handle: (rooms, request, response, ids) => rooms.countTokens(counter, exchangeOf(request, response, ids, address)),
})

/** What the edge answers itself. Everything else under /v1 and /v2 is unknown; the rest of the world belongs to the core. */
const ROUTES: Record<string, Row> = {
  '/v1/chat/completions': callRow(doors.chat),
  '/v1/completions': callRow(doors.completions),
  '/v1/responses': callRow(doors.responses),
  '/v1/messages': callRow(doors.messages),
  '/v2/chat': callRow(doors.cohere),
  '/v1/messages/count_tokens': countRow(anthropicCounter),
  '/v1/models': { method: 'GET', handle: (rooms, request, response) => models(rooms, request, response), shape: modelsShape },
  '/v1beta/models': { method: 'GET', handle: geminiModels, shape: shapeOf(doors.gemini) },
  '/v1/traces': { method: 'POST', handle: inspected(ingestOtlp) },
  '/otel/v1/traces': { method: 'POST', handle: inspected(ingestOtlp) },
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
    const row = ROUTES[path] ?? elsewhere(path, url, request)
    const ids = requestIds(request.headers)
    const { requestId } = ids
    if (!row.namesItself) response.setHeader('x-request-id', requestId)
    const { shape } = row
    const refuse = (error: AppError) => sendError(response, error, requestId, shape && ((known) => shape(known, request)))
    if (row.method && request.method !== row.method && !(row.method === 'GET' && request.method === 'HEAD')) {
      request.resume()
      return refuse(new AppError('method-not-allowed', `${path} takes ${row.method}, not ${request.method}.`))
    }
    void run(row.handle, rooms, request, response, ids).catch((thrown: unknown) => {
      const error = toAppError(thrown)
      if (error.code === 'internal') rooms.log.error({ err: error.cause ?? error, path, requestId }, 'a request failed')
      request.resume()
      if (response.headersSent) response.destroy()
      else refuse(error)
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

function models(rooms: EdgeRooms, request: IncomingMessage, response: ServerResponse, id?: string): void {
  const caller = rooms.directory().authenticate(secretOf(request.headers, request.url))
  permit(caller, 'gateway:call')
  const list = isAnthropic(request) ? listModelsForAnthropic : listModels
  const listed = list(caller.project)
  sendJson(response, 200, id === undefined ? listed : findModel<{ id: string }>(listed, id))
}

function geminiModels(rooms: EdgeRooms, request: IncomingMessage, response: ServerResponse): void {
  const caller = rooms.directory().authenticate(secretOf(request.headers, request.url))
  permit(caller, 'gateway:call')
  sendJson(response, 200, listModelsForGemini(caller.project))
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

/** Some clients leave `models/` out. */
const GEMINI = /^\/v1(?:beta)?\/(?:models\/)?(.+):(generateContent|streamGenerateContent|countTokens)$/

const ONE_MODEL = /^\/v1\/models\/(.+)$/

/** What is not in the table: Gemini's operations, unknown under /v1 and /v2, closed to the outside under /internal, else the core's. */
function elsewhere(path: string, url: string, request: IncomingMessage): Row {
  const at = path.startsWith('/v1/') ? endpointsAt(path.slice(3)) : undefined
  if (at) return endpointRow(at, url, request)
  const [, name, operation] = GEMINI.exec(path) ?? []
  if (name) return geminiRow(name, operation, url)
  const [, id] = ONE_MODEL.exec(path) ?? []
  if (id)
    return { method: 'GET', handle: (rooms, request, response) => models(rooms, request, response, decoded(id) ?? id), shape: modelsShape }
  const ingest = ingestRouteAt(path, request)
  if (ingest) return { ...ingest, handle: inspected(ingest.handle) }
  if (path.startsWith('/v1beta/')) return { handle: unknownPath, shape: shapeOf(doors.gemini) }
  if (path.startsWith('/v2/')) return { handle: unknownPath, shape: shapeOf(doors.cohere) }
  if (path.startsWith('/v1/messages/')) return { handle: unknownPath, shape: shapeOf(doors.messages) }
  if (path.startsWith('/internal/') || path.startsWith('/v1/')) return { handle: unknownPath, shape: shapeOf(doors.chat) }
  return { handle: ({ core }, request, response, { requestId }) => core.proxy(request, response, requestId) }
}

/** The method chooses among the endpoints of a path. */
function endpointRow({ found, id }: { found: readonly Endpoint[]; id: string }, url: string, { method, headers }: IncomingMessage): Row {
  const shape = shapeOf(doors.chat)
  const endpoint = found.find((candidate) => candidate.method === method)
  const plainId = decoded(id)
  if (!endpoint) return { method: found.map((candidate) => candidate.method).join(' or '), shape, handle: unknownPath }
  if (plainId === undefined) return { handle: unknownPath, shape }
  const { 'content-type': contentType } = headers
  const address = { id: plainId, query: queryOf(url), ...(contentType && { contentType }) }
  return { ...callRow(endpoint, address), method: endpoint.method }
}

/** What the provider may read: all but the key, which is ours. */
function queryOf(url: string): string {
  const at = url.indexOf('?')
  if (at === -1 || !/[?&]key=/.test(url)) return at === -1 ? '' : url.slice(at)
  const query = new URLSearchParams(url.slice(at))
  query.delete('key')
  return query.size === 0 ? '' : `?${query}`
}

/** Part of a path without its escapes; undefined where they are none. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** The model and the operation stand in the path, and whether the stream is one of events in the query. */
function geminiRow(name: string, operation: string | undefined, url: string): Row {
  const model = decoded(name)
  if (model === undefined) return { handle: unknownPath, shape: shapeOf(doors.gemini) }
  const stream = operation === 'streamGenerateContent'
  const asArray = stream && !/[?&]alt=sse(&|$)/.test(url)
  return operation === 'countTokens' ? countRow(geminiCounter, { model }) : callRow(doors.gemini, { model, stream, asArray })
}

function unknownPath(): never {
  const known = [
    ...Object.keys(ROUTES).filter((route) => /^\/v\d/.test(route)),
    ...new Set(endpoints.map((endpoint) => `/v1${endpoint.path}`)),
  ]
  throw new AppError('not-found', 'This path does not exist here.', { hint: `This version answers ${known.join(', ')}.` })
}

/** What a handler throws at once and what it rejects with later are the same thing. */
const run = async (handle: Handle, ...exchange: Parameters<Handle>): Promise<void> => handle(...exchange)
