import type { Context as HonoContext } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Live } from '../lib/live.ts'

const HEARTBEAT_MS = 15_000

/** `GET /api/v1/live`: server-sent events that say that there is something new to read, never what. */
export function liveStream(c: HonoContext, projectId: string, live: Live): Response {
  return streamSSE(c, async (stream) => {
    let wake = () => {}
    let spans = 0
    let system = false
    const stop = live.subscribe((event) => {
      if (event.type === 'system') system = true
      else if (event.projectId === projectId) spans += event.count
      else return
      wake()
    })
    stream.onAbort(() => {
      stop()
      wake()
    })
    await stream.writeSSE({ event: 'hello', data: '{}' })
    while (!stream.aborted) {
      if (spans > 0) await stream.writeSSE({ event: 'spans', data: JSON.stringify({ count: takeSpans() }) })
      if (system) {
        system = false
        await stream.writeSSE({ event: 'system', data: '{}' })
      }
      await Promise.race([new Promise<void>((resolve) => (wake = resolve)), stream.sleep(HEARTBEAT_MS).then(() => stream.write(': \n\n'))])
      // At most four pushes a second, however much arrives.
      await stream.sleep(250)
    }
    stop()
    function takeSpans(): number {
      const count = spans
      spans = 0
      return count
    }
  })
}
