import type { HttpBindings } from '@hono/node-server'
import { type Api, AppError, api, type Route, type RouteId } from '@signalbox/schema'
import { Hono, type Context as HonoContext } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import type { Context, Handlers } from '../lib/handlers.ts'
import type { Log } from '../lib/log.ts'
import { Streamed } from '../lib/streamed.ts'
import { sendJsonText, sendTaggedText } from './json-text.ts'
import { parseInput } from './parse-input.ts'
import { toAppError } from './send.ts'
import { SESSION_COOKIE, type WhoRooms, who } from './who.ts'

const MAX_BODY = 1 << 20

export type ApiRooms = WhoRooms & { handlers: Handlers; log: Log; secureCookies: boolean; ipOf(c: HonoContext): string }

/** Mounts every row of the API table: who asks, is the input right, do it, is the output right. */
export function mountApi(rooms: ApiRooms): Hono {
  const app = new Hono()
  app.onError((error, c) => errorResponse(c, error, rooms.log))
  for (const [id, route] of Object.entries(api) as [RouteId, Route][]) {
    app.on(route.method, route.path.replace(/{(\w+)}/g, ':$1'), async (c) => {
      const caller = await who(c, route.access, rooms)
      const answer = await callRoute(id, { ...(await sentOf(c, route)), ...c.req.param() }, contextOf(c, caller, rooms), rooms)
      if (answer instanceof Streamed) return streamed(answer)
      // A table as text: what a handler was asked for in place of JSON.
      if (typeof answer === 'string') return c.body(answer, 200, { 'cache-control': 'no-store', 'content-type': 'text/csv; charset=utf-8' })
      const text = JSON.stringify(answer)
      return route.etag ? sendTaggedText(c, text) : sendJsonText(c, text)
    })
  }
  app.all('/api/v1/*', (c) => {
    throw new AppError('not-found', `${c.req.method} ${c.req.path} does not exist.`, { hint: 'See /openapi.json for what there is.' })
  })
  return app
}

/** Who is logged in, as `session.get` answers it; undefined where nobody is. */
export async function sessionOf(c: HonoContext, rooms: ApiRooms): Promise<unknown> {
  if (getCookie(c, SESSION_COOKIE) === undefined) return undefined
  try {
    return await callRoute('session.get', {}, contextOf(c, await who(c, 'session', rooms), rooms), rooms)
  } catch {
    // The page asks for itself, and shows what is wrong.
    return undefined
  }
}

/** Does what a row of the table does for somebody who may: is the input right, do it, is the output right. */
export async function callRoute(
  id: RouteId,
  sent: Record<string, unknown>,
  context: Context,
  { handlers }: Pick<ApiRooms, 'handlers'>,
): Promise<unknown> {
  const handle = handlers[id] as (input: unknown, context: Context) => Promise<unknown>
  const output = await handle(parseInput((api[id] as Route).input, sent), context)
  return output instanceof Streamed ? output : shaped(id, output)
}

/** The first piece is made before the status is sent: what is wrong with the request shows there. */
async function streamed({ pieces, about }: Streamed): Promise<Response> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => (first.done ? controller.close() : controller.enqueue(first.value)),
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 1 },
  )
  return new Response(body, {
    headers: {
      'cache-control': 'no-store',
      'content-type': about.contentType,
      'content-disposition': `attachment; filename="${about.fileName}"`,
    },
  })
}

export function errorResponse(c: HonoContext, error: unknown, log: Log): Response {
  const known = toAppError(error)
  const requestId = requestIdOf(c)
  if (known.code === 'internal') log.error({ err: known.cause ?? known, path: c.req.path, requestId }, 'an API request failed')
  if (known.retryAfterSeconds !== undefined) c.header('retry-after', String(known.retryAfterSeconds))
  return c.json(known.toBody(requestId), known.status as 400)
}

/** The door has put it into the answer before anybody saw the request. */
const requestIdOf = (c: HonoContext): string => String((c.env as HttpBindings).outgoing.getHeader('x-request-id'))

async function sentOf(c: HonoContext, { method, maxBytes = MAX_BODY }: Route): Promise<Record<string, unknown>> {
  if (method === 'GET' || method === 'DELETE') {
    const { project: _project, key: _key, ...query } = c.req.query()
    return query
  }
  if (Number(c.req.header('content-length') ?? 0) > maxBytes)
    throw new AppError('payload-too-large', `The body is larger than ${maxBytes} bytes.`)
  const text = await c.req.text()
  if (!text) return {}
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  } catch (cause) {
    throw new AppError('invalid-json', `The body is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  throw new AppError('invalid-json', 'The body must be a JSON object.')
}

/** The output as the table promises it: a handler cannot leak a field. */
function shaped(id: RouteId, output: unknown): unknown {
  const result = (api[id] as Api[RouteId] & { output: z.ZodType }).output.safeParse(output)
  if (result.success) return result.data
  throw new AppError('internal', `The answer of ${id} is not what the API table says: ${z.prettifyError(result.error)}`)
}

function contextOf(c: HonoContext, caller: Context['caller'], { secureCookies, ipOf }: ApiRooms): Context {
  return {
    caller,
    ip: ipOf(c),
    userAgent: c.req.header('user-agent'),
    sessionToken: getCookie(c, SESSION_COOKIE),
    setSession(token, maxAge = 30 * 86_400) {
      if (token === null) deleteCookie(c, SESSION_COOKIE, { path: '/' })
      else setCookie(c, SESSION_COOKIE, token, { httpOnly: true, sameSite: 'Lax', path: '/', secure: secureCookies, maxAge })
    },
  }
}
