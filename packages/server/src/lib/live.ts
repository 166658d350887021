/** Spans that can be read now: how many of which project, and of each trace when the first of them was received (microseconds since 1970). */
export type SpansNews = { type: 'spans'; projectId: string; count: number; traces: ReadonlyMap<string, number> }
/** A label of a prompt was moved, or a prompt was changed in another way. */
export type PromptNews = { type: 'prompt'; projectId: string; name: string; label: string }
/** `running`: calls that have begun and not ended; `system`: what the page of that name shows. */
export type LiveEvent = SpansNews | (Omit<SpansNews, 'type'> & { type: 'running' }) | PromptNews | { type: 'system' }

/** Tells the pages that are open that something is new. */
export type Live = { publish(event: LiveEvent): void; subscribe(listener: (event: LiveEvent) => void): () => void }

export function createLive(): Live {
  const listeners = new Set<(event: LiveEvent) => void>()
  return {
    publish(event) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

type Noted = { prompt: string; label: string | null }

/** What is to be told of what was done to prompts: a version moves `latest`. Of labels of all prompts nobody has to be told. */
export const newsOfPrompts = (projectId: string, events: readonly Noted[]): PromptNews[] =>
  events.flatMap(({ prompt, label }) => (prompt === '' ? [] : [{ type: 'prompt', projectId, name: prompt, label: label ?? 'latest' }]))

type Row = { projectId: string; traceId: string; receivedAt: number }

/** What is to be told of rows that have been stored, one piece of news for each project. */
export function newsOfSpans(rows: readonly Row[]): SpansNews[] {
  const news = new Map<string, { count: number; traces: Map<string, number> }>()
  for (const { projectId, traceId, receivedAt } of rows) {
    const found = news.get(projectId) ?? { count: 0, traces: new Map<string, number>() }
    news.set(projectId, found)
    found.count += 1
    found.traces.set(traceId, Math.min(found.traces.get(traceId) ?? Number.POSITIVE_INFINITY, receivedAt))
  }
  return [...news].map(([projectId, { count, traces }]) => ({ type: 'spans', projectId, count, traces }))
}

/** More traces than this in one message are not named: whoever shows one of them reads it anew. */
export const MOST_NAMED = 200

/** Gathers the news of one project between two messages. `take` answers null where there is none. */
export function createSpansGatherer(): {
  add(news: Pick<SpansNews, 'count' | 'traces'>): void
  take(): { count: number; traces?: Record<string, number> } | null
} {
  let count = 0
  const traces = new Map<string, number>()
  return {
    add(news) {
      count += news.count
      for (const [traceId, since] of news.traces) {
        // One more than can be named is enough to know that there are too many.
        if (traces.size > MOST_NAMED) break
        traces.set(traceId, Math.min(traces.get(traceId) ?? Number.POSITIVE_INFINITY, since))
      }
    },
    take() {
      if (count === 0) return null
      const taken = { count, ...(traces.size <= MOST_NAMED && { traces: Object.fromEntries(traces) }) }
      count = 0
      traces.clear()
      return taken
    },
  }
}
