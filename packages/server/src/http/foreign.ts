import { AppError } from '@signalbox/schema'
import { Hono, type Context as HonoContext } from 'hono'
import type { ForeignApi, ForeignRequest, ForeignRoute } from '../lib/foreign.ts'
import type { Log } from '../lib/log.ts'
import { toAppError } from './send.ts'
import { type WhoRooms, who } from './who.ts'

const MAX_JSON = 1 << 20

/** Mounts another tool's API: who asks, do it, and errors in its own words. */
export function mountForeign(api: ForeignApi, rooms: WhoRooms & { log: Log }): Hono {
  const app = new Hono()
  app.onError((thrown, c) => {
    const error = toAppError(thrown)
    if (error.code === 'internal') rooms.log.error({ err: error.cause ?? error, path: c.req.path }, 'a request to a foreign API failed')
    if (error.retryAfterSeconds !== undefined) c.header('retry-after', String(error.retryAfterSeconds))
    const { status, body } = api.shape(error)
    return c.json(body as object, status as 400)
  })
  for (const route of api.routes) app.on(route.method, api.prefix + route.path, (c) => answer(c, route, rooms))
  app.all(`${api.prefix}/*`, (c) => {
    throw new AppError('not-found', `${c.req.method} ${c.req.path} is not answered here.`)
  })
  return app
}

async function answer(c: HonoContext, { access, handle }: ForeignRoute, rooms: WhoRooms): Promise<Response> {
  const caller = await who(c, access, rooms)
  const { status = 200, body, headers = {} } = await handle(requestOf(c, caller))
  c.header('cache-control', 'no-store')
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  if (body instanceof Uint8Array) return c.body(new Uint8Array(body), status as 200)
  return body === undefined ? c.body(null, status as 204) : c.json(body as object, status as 200)
}

const requestOf = (c: HonoContext, caller: ForeignRequest['caller']): ForeignRequest => {
  const body = async (limit: number) => {
    if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge(limit)
    const bytes = Buffer.from(await c.req.arrayBuffer())
    if (bytes.length > limit) throw tooLarge(limit)
    return bytes
  }
  return {
    caller,
    params: c.req.param(),
    query: new URL(c.req.url).searchParams,
    header: (name) => c.req.header(name),
    body,
    async json() {
      const text = (await body(MAX_JSON)).toString('utf8')
      let sent: unknown
      try {
        sent = JSON.parse(text)
      } catch (cause) {
        throw new AppError('invalid-json', 'The body is not JSON.', { cause })
      }
      if (typeof sent !== 'object' || sent === null || Array.isArray(sent))
        throw new AppError('invalid-json', 'The body must be a JSON object.')
      return sent as Record<string, unknown>
    },
  }
}

const tooLarge = (limit: number) => new AppError('payload-too-large', `The body is larger than ${limit} bytes.`)
