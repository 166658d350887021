export type LiveEvent = { type: 'spans'; projectId: string; count: number } | { type: 'system' }

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
