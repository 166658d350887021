import type { Output } from '@signalbox/sdk'
import type { TraceNews } from '../../data/live.ts'
import { parseMicros } from '../../lib/format-time.ts'
import { mergeSpans } from '../../lib/merge-spans.ts'

type Outline = Output<'traces.outline'>
type Rooms = {
  /** What is shown now. */
  current(): Outline | undefined
  read(since: string): Promise<Outline>
  show(next: Outline, changed: Outline['spans']): void
  /** Reads everything anew. */
  readAll(): void
}

/** How long a count may differ from what is shown: between two answers the store may have got more. */
const SETTLE_MS = 2_000

/** Asked for what was received since then, the store answers how many spans there are, and none of them. */
const NEVER = '2200-01-01T00:00:00Z'

/**
 * Follows a trace by the news of it: what changed is read and put in, one read at a time. Where the count says afterwards
 * that something is missing, the whole is read. News that name no trace make it look, every two seconds at most.
 */
export function followTrace({ current, read, show, readAll }: Rooms): { hear(news: TraceNews, traceId: string): void; stop(): void } {
  let since: string | undefined
  let reading = false
  let check: ReturnType<typeof setTimeout> | undefined
  let look: ReturnType<typeof setTimeout> | undefined
  let looked = 0

  async function catchUp(): Promise<void> {
    if (reading) return
    reading = true
    try {
      for (let from = since; from !== undefined; from = since) {
        since = undefined
        const { trace, spans } = await read(from)
        const shown = current()
        if (shown) show({ trace, spans: mergeSpans(shown.spans, spans) }, spans)
      }
      clearTimeout(check)
      if (isShort()) check = setTimeout(() => isShort() && readAll(), SETTLE_MS)
    } catch {
      readAll()
    } finally {
      reading = false
    }
  }

  const isShort = (): boolean => {
    const shown = current()
    return shown !== undefined && shown.spans.length !== Math.min(shown.trace.spanCount, MOST_SPANS)
  }

  /** Whether there is more, where nobody knows since when. What runs may have ended, which no count tells. */
  function lookUp(): void {
    looked = Date.now()
    look = undefined
    const shown = current()
    if (!shown || shown.spans.some(({ status }) => status === 'running')) return readAll()
    since ??= NEVER
    void catchUp()
  }

  return {
    hear({ traces }, traceId) {
      if (traces === undefined) {
        look ??= setTimeout(lookUp, Math.max(0, looked + SETTLE_MS - Date.now()))
        return
      }
      const from = traces[traceId]
      if (from === undefined) return
      if (!current()) return readAll()
      since = since === undefined || parseMicros(from) < parseMicros(since) ? from : since
      void catchUp()
    },
    stop() {
      clearTimeout(check)
      clearTimeout(look)
    },
  }
}

/** As many as an outline holds. */
export const MOST_SPANS = 50_000
