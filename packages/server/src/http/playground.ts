import type { HttpBindings } from '@hono/node-server'
import { AppError } from '@signalbox/schema'
import type { Context as HonoContext } from 'hono'
import { stream } from 'hono/streaming'
import type { Log } from '../lib/log.ts'
import { readBody } from './read-body.ts'
import { toAppError } from './send.ts'
import { type WhoRooms, who } from './who.ts'

/** A way between that hears nothing for longer may give the connection up, while a model may think for minutes. */
const SIGN_OF_LIFE_MS = 10_000

/** What the page gets first: how the gateway answered. */
type Head = { status: number; headers: Record<string, string> }
export type PlaygroundRooms = WhoRooms & {
  log: Log
  playground: {
    call(call: {
      projectId: string
      accountId: string
      operation: 'chat' | 'embeddings'
      body: Buffer
      headers: Readonly<Record<string, string | string[] | undefined>>
      signal: AbortSignal
    }): Promise<Head & { body: AsyncIterable<Buffer> }>
    maxBodyBytes(): number
  }
}

/**
 * `POST /api/v1/playground/chat/completions` and `/embeddings`: a call of the gateway for an account that is logged in. The answer is a
 * stream of events from the first moment on: `head` with the status and the headers of the gateway, then its body: the events of a stream as
 * they are, anything else as one event `body`; `broken` where it ended too early. When the page hangs up, so does the call.
 */
export const playgroundCall = (operation: 'chat' | 'embeddings', rooms: PlaygroundRooms) => async (c: HonoContext) => {
  const { projectId, userId } = await who(c, 'gateway:call', rooms)
  if (!userId)
    throw new AppError('invalid-request', 'This makes calls for people who are logged in, not for keys.', {
      hint: 'A key calls the gateway itself: POST /v1/chat/completions.',
    })
  const { incoming } = c.env as HttpBindings
  const body = await readBody(incoming, rooms.playground.maxBodyBytes())
  const gone = new AbortController()
  c.header('content-type', 'text/event-stream')
  c.header('cache-control', 'no-store')
  c.header('x-accel-buffering', 'no')
  return stream(c, async (out) => {
    out.onAbort(() => gone.abort())
    let isBetween = true
    const life = setInterval(() => isBetween && void out.write(': \n\n'), SIGN_OF_LIFE_MS)
    let isAnswered = false
    try {
      const { body: answer, ...head } = await rooms.playground.call({
        projectId,
        accountId: userId,
        operation,
        body,
        headers: incoming.headers,
        signal: gone.signal,
      })
      isAnswered = true
      await out.write(event('head', head))
      if (head.status === 200 && (head.headers['content-type'] ?? '').startsWith('text/event-stream'))
        for await (const chunk of answer) {
          isBetween = chunk.subarray(-2).toString() === '\n\n'
          await out.write(chunk)
        }
      else await out.write(event('body', await textOf(answer)))
    } catch (thrown) {
      if (gone.signal.aborted) return
      // The status of our own answer has left already.
      if (isAnswered) return void (await out.write(`\n\n${event('broken', {})}`))
      const error = toAppError(thrown)
      if (error.code === 'internal') rooms.log.error({ err: error.cause ?? error }, 'a call of a playground failed')
      await out.write(
        event('head', { status: error.status, headers: {} } satisfies Head) + event('body', JSON.stringify(error.toBody(undefined))),
      )
    } finally {
      clearInterval(life)
    }
  })
}

const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

async function textOf(answer: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
