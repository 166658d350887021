import type { Context as HonoContext } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Live } from '../lib/live.ts'

const HEARTBEAT_MS = 15_000

/** `stillMay` is asked with each sign of life: a stream outlives neither a log-in, nor a key, nor a role. */
type Options = { projectId: string; live: Live; stillMay(): Promise<boolean> }

/** `GET /api/v1/live`: server-sent events that say that there is something new to read, never what. */
export function liveStream(c: HonoContext, { projectId, live, stillMay }: Options): Response {
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
    let asked = Date.now()
    while (!stream.aborted) {
      if (Date.now() - asked >= HEARTBEAT_MS) {
        if (!(await stillMay())) break
        asked = Date.now()
      }
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
