/** What the stream says: a label of a prompt was moved, or (after a gap) anything may have been. */
export type PromptNews = { name: string; label: string } | 'anything'
type FollowOptions = {
  url: string
  key: string | undefined
  fetch: typeof globalThis.fetch
  heard(news: PromptNews): void
  pauseMs?: number
}

const LONGEST_PAUSE_MS = 30_000
/** The server says something every 15 seconds. A line that is silent for longer is dead, though nobody hung up. */
const SILENT_MS = 45_000

/** Listens to the moves of labels until `stop`, and comes back when the line breaks. */
export function followPrompts({ url, key, fetch, heard, pauseMs = 1_000 }: FollowOptions): { stop(): void } {
  const stopped = new AbortController()
  let pause = pauseMs

  async function listen(): Promise<void> {
    const silence = new AbortController()
    let timer = setTimeout(() => silence.abort(), SILENT_MS)
    try {
      const response = await fetch(`${url}/api/v1/prompt-news`, {
        headers: { accept: 'text/event-stream', ...(key && { authorization: `Bearer ${key}` }) },
        signal: AbortSignal.any([stopped.signal, silence.signal]),
      })
      if (!response.ok || !response.body) {
        await response.body?.cancel()
        return
      }
      for await (const { event, data } of events(response.body, () => {
        clearTimeout(timer)
        timer = setTimeout(() => silence.abort(), SILENT_MS)
      })) {
        pause = pauseMs
        if (event === 'hello') heard('anything')
        else if (event === 'label') heard(newsOf(data))
      }
    } finally {
      clearTimeout(timer)
    }
  }

  void (async () => {
    while (!stopped.signal.aborted) {
      await listen().catch(() => {})
      if (stopped.signal.aborted) return
      // Not all apps at once when a server comes back.
      await sleep(pause * (0.5 + Math.random()), stopped.signal)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
  })()
  return { stop: () => stopped.abort() }
}

function newsOf(data: string): PromptNews {
  try {
    const { name, label } = JSON.parse(data) as { name?: unknown; label?: unknown }
    if (typeof name === 'string' && typeof label === 'string') return { name, label }
  } catch {
    // What cannot be read is a reason to look at everything.
  }
  return 'anything'
}

/** Server-sent events, with what each is called. `sign` is called with every sign of life. */
async function* events(body: ReadableStream<Uint8Array>, sign: () => void): AsyncGenerator<{ event: string; data: string }> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of body) {
    sign()
    text += decoder.decode(bytes, { stream: true })
    const blocks = text.split(/\r?\n\r?\n/)
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = block.split(/\r?\n/).map((line) => /^(event|data): ?(.*)$/.exec(line))
      const event = fields.find((field) => field?.[1] === 'event')?.[2]
      if (event === undefined) continue
      yield { event, data: fields.flatMap((field) => (field?.[1] === 'data' ? [field[2] ?? ''] : [])).join('\n') }
    }
  }
}

const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
