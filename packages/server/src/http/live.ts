import type { Context as HonoContext } from 'hono'
import { streamSSE } from 'hono/streaming'
import { createSpansGatherer, type Live } from '../lib/live.ts'
import { toIso } from '../tracing/queries/time.ts'

const HEARTBEAT_MS = 15_000
/** At most four pushes a second, however much arrives. */
const PAUSE_MS = 250

/** `stillMay` is asked with each sign of life: a stream outlives neither a log-in, nor a key, nor a role. */
type Options = { projectId: string; live: Live; stillMay(): Promise<boolean> }

/**
 * `GET /api/v1/live`: server-sent events that say that there is something new to read, never what. `spans` names the traces
 * and since when to read each (`traces.outline`); without `traces` there were too many to name. `running` names those of calls that have begun and not
 * ended (`spans.running`).
 */
export function liveStream(c: HonoContext, { projectId, live, stillMay }: Options): Response {
  return streamSSE(c, async (stream) => {
    let wake = () => {}
    const spans = createSpansGatherer()
    const running = createSpansGatherer()
    let isNew = false
    let system = false
    let prompts = false
    const stop = live.subscribe((event) => {
      if (event.type === 'system') system = true
      else if (event.projectId !== projectId) return
      else if (event.type === 'prompt') prompts = true
      else (event.type === 'spans' ? spans : running).add(event)
      isNew = true
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
      if (isNew) {
        isNew = false
        const news = spans.take()
        if (news) await stream.writeSSE({ event: 'spans', data: JSON.stringify(toMessage(news)) })
        const began = running.take()
        if (began) await stream.writeSSE({ event: 'running', data: JSON.stringify(toMessage(began)) })
        if (prompts) {
          prompts = false
          await stream.writeSSE({ event: 'prompts', data: '{}' })
        }
        if (system) {
          system = false
          await stream.writeSSE({ event: 'system', data: '{}' })
        }
        await stream.sleep(PAUSE_MS)
      } else {
        let timer: ReturnType<typeof setTimeout> | undefined
        const silent = new Promise<void>((resolve) => (timer = setTimeout(resolve, HEARTBEAT_MS)))
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), silent.then(() => stream.write(': \n\n'))])
        clearTimeout(timer)
      }
    }
    stop()
  })
}

const toMessage = ({ count, traces }: { count: number; traces?: Record<string, number> }) => ({
  count,
  ...(traces && { traces: Object.fromEntries(Object.entries(traces).map(([traceId, micros]) => [traceId, toIso(micros)])) }),
})
