import { createPromptCache, type Which } from './cache.ts'
import { followPrompts } from './follow.ts'
import { type Prompt, toPrompt } from './prompt.ts'
import { asSnapshot, type PromptSnapshot, type PromptStore } from './snapshot.ts'
import { readPrompt } from './source.ts'

export type PromptsOptions = {
  /** Where Signalbox is. `SIGNALBOX_URL`, or http://localhost:7500, where it is left out. */
  url?: string
  /** A secret key that may read prompts, `sk-sb-…`. `SIGNALBOX_KEY` where it is left out. */
  key?: string
  /** Keeps what was read for the next start: `fileStore()` of `@signalbox/sdk/prompts/node`. */
  store?: PromptStore
  /** What the app brings along: the content of `prompts.lock.json`, imported or read. */
  lock?: unknown
  /** For how long a label is taken as it was read; after that it is checked behind the scenes. */
  staleAfterMs?: number
  /** How long the first read of a prompt waits for the server. */
  timeoutMs?: number
  /** Listens for labels that are moved, so that they count within a second. `close()` ends it. */
  follow?: boolean
  /** Told when something that is kept is used in place of the server. `console.warn` where it is left out. */
  onWarning?: (message: string) => void
  fetch?: typeof globalThis.fetch
}

/** Prompts for an app: they come from the server and outlive it. */
export type Prompts = {
  /** By label (`production` where nothing is said) or by version. `session` decides which version of a split label it is. */
  get(name: string, which?: Which): Promise<Prompt>
  /** Waits until everything that was read is kept. */
  flush(): Promise<void>
  close(): Promise<void>
}

export function createPrompts(options: PromptsOptions = {}): Prompts {
  const environment = globalThis.process?.env ?? {}
  const { onWarning = (message: string) => console.warn(`Signalbox: ${message}`), staleAfterMs = 60_000, timeoutMs = 5_000 } = options
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
  const url = (options.url ?? environment.SIGNALBOX_URL ?? 'http://localhost:7500').replace(/\/+$/, '')
  const key = options.key ?? environment.SIGNALBOX_KEY
  const lock: PromptSnapshot | undefined = options.lock === undefined ? undefined : asSnapshot(options.lock, 'The lock file')
  const cache = createPromptCache({
    read: (wanted, etag) => readPrompt(wanted, etag, { url, key, fetch, timeoutMs }),
    store: options.store,
    lock,
    staleAfterMs,
    warn: onWarning,
    now: Date.now,
  })
  const following = options.follow
    ? followPrompts({ url, key, fetch, heard: (news) => void (news === 'anything' ? cache.heard() : cache.heard(news.name, news.label)) })
    : undefined
  return {
    get: async (name, which) => await toPrompt(await cache.get(name, which)),
    flush: () => cache.flush(),
    async close() {
      following?.stop()
      await cache.flush()
    },
  }
}

export type { PromptSource, Which } from './cache.ts'
export type { Compiled, CompileOptions, Prompt } from './prompt.ts'
export { asSnapshot, type PromptSnapshot, type PromptStore } from './snapshot.ts'
