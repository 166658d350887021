import type { Context as HonoContext } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Live } from '../lib/live.ts'

const HEARTBEAT_MS = 15_000
/** More moves than this between two writes are not named: `hello` says that anything may have changed. */
const MOST_NAMED = 200

/** `stillMay` is asked with each sign of life: a stream outlives neither a key nor a log-in. */
type Options = { projectId: string; live: Live; stillMay(): Promise<boolean> }

/**
 * `GET /api/v1/prompt-news`: server-sent events for apps that keep prompts. `hello` comes first, and means that anything may have changed
 * while nobody listened; `label` names a prompt and the label of it that was moved (`latest` where there is a new version).
 */
export function promptNewsStream(c: HonoContext, { projectId, live, stillMay }: Options): Response {
  // Nothing between us and the app may hold it back.
  c.header('x-accel-buffering', 'no')
  return streamSSE(c, async (stream) => {
    let wake = () => {}
    const moved = new Map<string, { name: string; label: string }>()
    let isTooMuch = false
    const stop = live.subscribe((event) => {
      if (event.type !== 'prompt' || event.projectId !== projectId) return
      const { name, label } = event
      if (moved.size < MOST_NAMED) moved.set(`${name}@${label}`, { name, label })
      else isTooMuch = true
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
      if (isTooMuch || moved.size > 0) {
        const named = isTooMuch ? [] : [...moved.values()]
        moved.clear()
        if (isTooMuch) {
          isTooMuch = false
          await stream.writeSSE({ event: 'hello', data: '{}' })
        }
        for (const one of named) await stream.writeSSE({ event: 'label', data: JSON.stringify(one) })
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
