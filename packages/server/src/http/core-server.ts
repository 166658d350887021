import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { AppError, api, toOpenApi } from '@signalbox/schema'
import { EvalFile } from '@signalbox/schema/experiment'
import { Hono, type Context as HonoContext } from 'hono'
import { z } from 'zod'
import type { ForeignApi } from '../lib/foreign.ts'
import type { Handlers } from '../lib/handlers.ts'
import type { Live } from '../lib/live.ts'
import type { Log } from '../lib/log.ts'
import { requestIds } from '../lib/request-ids.ts'
import { errorResponse, mountApi, sessionOf } from './api.ts'
import { errorsPage } from './errors-page.ts'
import { mountForeign } from './foreign.ts'
import { liveStream } from './live.ts'
import { mountMcp } from './mcp.ts'
import { pageHtml } from './page-html.ts'
import { type PlaygroundRooms, playgroundCall } from './playground.ts'
import { promptNewsStream } from './prompt-news.ts'
import { sendError, toAppError } from './send.ts'
import { sameText, who } from './who.ts'

/** A request between our own processes; nobody else gets past the token. */
export type Internal = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

export type CoreServerRooms = PlaygroundRooms & {
  handlers: Handlers
  /** APIs of other tools, for their clients. */
  foreign: readonly ForeignApi[]
  internal: Record<string, Internal>
  live: Live
  clusterToken: string
  version: string
  publicUrl: string
  configSchema: object
  /** The built pages. */
  webFolder: string
}

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; media-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** The core's door: the API table, the pages, and what our own processes say to each other. */
export function createCoreServer(rooms: CoreServerRooms): Server {
  if (rooms.clusterToken === '')
    throw new AppError('invalid-request', 'The core needs a cluster token, or everybody would be part of the cluster.')
  const pages = getRequestListener(createPages(rooms).fetch, { overrideGlobalObjects: false })
  return createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    // Of what our edge passes on, the id that the edge gave it.
    const { requestId } = requestIds(request.headers)
    response.setHeader('x-request-id', requestId)
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (!path.startsWith('/internal/')) return void pages(request, response)
    const handle = rooms.internal[`${request.method} ${path}`]
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
    if (!sameText(token, rooms.clusterToken))
      return sendError(response, new AppError('unauthenticated', 'This is for processes of the same cluster.'), requestId)
    if (!handle) return sendError(response, new AppError('not-found', `${path} does not exist.`), requestId)
    answer(handle, request, response, { log: rooms.log, requestId })
  })
}

type About = { log: Log; requestId: string }

async function answer(handle: Internal, request: IncomingMessage, response: ServerResponse, { log, requestId }: About): Promise<void> {
  try {
    await handle(request, response)
  } catch (thrown) {
    const error = toAppError(thrown)
    log.error({ err: error.cause ?? error, path: request.url, requestId }, 'an internal request failed')
    request.resume()
    if (response.headersSent) response.destroy()
    else sendError(response, error, requestId)
  }
}

function createPages(rooms: CoreServerRooms): Hono {
  const app = new Hono()
  const openapi = toOpenApi(api, rooms.version)
  app.onError((error, c) => errorResponse(c, error, rooms.log))
  app.use('*', async (c, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value)
    // A page names its scripts by their hash: a stale one would ask for scripts that are gone.
    c.header('cache-control', c.req.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
    await next()
  })
  app.get('/openapi.json', (c) => c.json(openapi))
  app.get('/docs/errors', (c) => c.html(errorsPage()))
  app.get('/schemas/signalbox.json', (c) => c.json(rooms.configSchema))
  app.get('/schemas/signalbox.eval.json', (c) => c.json({ ...z.toJSONSchema(EvalFile, { io: 'input' }), title: 'signalbox.eval.yaml' }))
  app.get('/api/v1/live', async (c) => {
    const { projectId } = await who(c, 'traces:read', rooms)
    const stillMay = () =>
      who(c, 'traces:read', rooms).then(
        () => true,
        () => false,
      )
    return liveStream(c, { projectId, live: rooms.live, stillMay })
  })
  app.post('/api/v1/playground/chat/completions', playgroundCall('chat', rooms))
  app.post('/api/v1/playground/embeddings', playgroundCall('embeddings', rooms))
  app.get('/api/v1/prompt-news', async (c) => {
    const { projectId } = await who(c, 'prompts:read', rooms)
    const stillMay = () =>
      who(c, 'prompts:read', rooms).then(
        () => true,
        () => false,
      )
    return promptNewsStream(c, { projectId, live: rooms.live, stillMay })
  })
  const apiRooms = { ...rooms, secureCookies: rooms.publicUrl.startsWith('https:'), ipOf: (c: HonoContext) => ipOf(c, rooms) }
  app.route('/', mountApi(apiRooms))
  app.route('/', mountMcp(apiRooms))
  for (const api of rooms.foreign) app.route('/', mountForeign(api, rooms))
  const files = serveStatic({ root: rooms.webFolder, precompressed: true })
  app.use('*', (c, next) => (/\.\w+$/.test(c.req.path) ? files(c, next) : next()))
  app.get('*', async (c, next) => {
    if (/\.\w+$/.test(c.req.path)) throw new AppError('not-found', `${c.req.path} does not exist.`)
    const session = await sessionOf(c, apiRooms)
    const html = await pageHtml(rooms.webFolder, c.req.path, session)
    if (html === undefined) return next()
    // What somebody else is sent, and what the same browser is sent when it has logged in, is another page.
    if (session !== undefined) c.header('cache-control', 'private, no-cache')
    c.header('vary', 'cookie')
    return c.html(html)
  })
  app.notFound((c) => errorResponse(c, new AppError('not-found', `${c.req.method} ${c.req.path} does not exist.`), rooms.log))
  return app
}

/** The client's address as our edge saw it; without our edge in front, the other end of the connection. */
function ipOf(c: HonoContext, { clusterToken }: CoreServerRooms): string {
  const fromEdge = sameText(c.req.header('x-signalbox-cluster-token') ?? '', clusterToken)
  const forwarded = fromEdge ? c.req.header('x-forwarded-for')?.split(',')[0]?.trim() : undefined
  return forwarded ?? (c.env as { incoming?: IncomingMessage }).incoming?.socket.remoteAddress ?? 'unknown'
}
