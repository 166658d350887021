import { AppError, type Caller, type RouteId } from '@signalbox/schema'
import { Hono, type Context as HonoContext } from 'hono'
import { createMcp } from '../mcp/server.ts'
import { type ApiRooms, callRoute, errorResponse } from './api.ts'
import { secretOf } from './credentials.ts'

type McpRooms = ApiRooms & { version: string; publicUrl: string }

/** `/mcp`: the API table for models that look for causes. Only with a secret key, never with a session: a page must not reach it by a cookie. */
export function mountMcp(rooms: McpRooms): Hono {
  const app = new Hono()
  const mcp = createMcp({
    version: rooms.version,
    call: (route: RouteId, sent, caller) =>
      callRoute(route, sent, { caller, ip: '', sessionToken: undefined, setSession: () => undefined }, rooms),
    failed: (error, tool) =>
      rooms.log.error({ err: error instanceof AppError ? (error.cause ?? error) : error, tool }, 'an MCP tool failed'),
  })
  app.onError((error, c) => {
    if (error instanceof AppError && error.status === 401) c.header('www-authenticate', 'Bearer realm="signalbox"')
    return errorResponse(c, error, rooms.log)
  })
  app.all('/mcp', async (c) => {
    refuseForeignPages(c, rooms.publicUrl)
    return mcp.answer(c.req.raw, await callerOf(c, rooms))
  })
  return app
}

async function callerOf(c: HonoContext, rooms: McpRooms): Promise<Caller> {
  const secret = secretOf(Object.fromEntries(c.req.raw.headers), c.req.url)
  if (!secret)
    throw new AppError('unauthenticated', 'An MCP client needs a secret key.', {
      hint: 'Send it as the header `Authorization: Bearer sk-sb-…`.',
    })
  const caller = await rooms.callerOfKey(secret)
  if (!caller) throw new AppError('unauthenticated', 'This key is not known, or it was revoked.')
  return caller
}

/** A page elsewhere, whose name was made to point here (DNS rebinding), says in `Origin` where it is from. Clients that are no pages say nothing. */
function refuseForeignPages(c: HonoContext, publicUrl: string): void {
  const origin = c.req.header('origin')
  if (origin === undefined) return
  const { hostname } = URL.canParse(origin) ? new URL(origin) : { hostname: '' }
  if (origin === new URL(publicUrl).origin || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)) return
  throw new AppError('permission-denied', `Pages of ${origin} may not use MCP here.`, {
    hint: 'Connect from a client that is no page, or from the address of this server.',
  })
}
