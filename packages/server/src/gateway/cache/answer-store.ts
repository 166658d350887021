import type { KeyValue } from '../../store/ports.ts'

/** Where kept answers are. Undefined: not open yet, or not reachable. */
export type OpenStore = () => Pick<KeyValue, 'get' | 'set' | 'delete' | 'increment' | 'engine'> | undefined

/** What came of asking, since the start. */
export type CacheCounters = {
  hits: number
  semanticHits: number
  misses: number
  /** Answers that were kept. */
  kept: number
  /** Calls that got the answer of another one that was in flight. */
  shared: number
  /** The store failed, or took too long. */
  failures: number
}

/** What a call waits for a store at most: without it, it would have gone on long ago. */
const PATIENCE_MS = { redis: 50, other: 1000 }

/** A store that never fails and never keeps a call waiting: then there is nothing, and it is counted. */
export class AnswerStore {
  readonly #open: OpenStore
  readonly #counters: CacheCounters

  constructor(open: OpenStore, counters: CacheCounters) {
    this.#open = open
    this.#counters = counters
  }

  /** Whether other processes write to it, too. */
  get isShared(): boolean {
    return this.#open()?.engine === 'redis'
  }

  async get(key: string): Promise<string | undefined> {
    const store = this.#open()
    return store && this.#soon(store.engine, store.get(key))
  }

  /** Of a number of keys, those that were there in time. */
  async many(keys: readonly string[]): Promise<(string | undefined)[]> {
    const store = this.#open()
    if (!store) return keys.map(() => undefined)
    const found = await this.#soon(store.engine, Promise.all(keys.map((key) => store.get(key))))
    return found ?? keys.map(() => undefined)
  }

  /** Returns at once. */
  set(key: string, value: string, ttlSeconds: number): void {
    const store = this.#open()
    store?.set(key, value, ttlSeconds).catch(() => this.#failed())
  }

  delete(key: string): void {
    this.#open()
      ?.delete(key)
      .catch(() => this.#failed())
  }

  /** The next number of a counter; undefined where it cannot be had. */
  async next(key: string, ttlSeconds: number): Promise<number | undefined> {
    const store = this.#open()
    return store?.increment(key, 1, ttlSeconds).catch(() => this.#failed())
  }

  #soon<T>(engine: string, asked: Promise<T>): Promise<T | undefined> {
    // What is in memory keeps nobody waiting.
    if (engine === 'memory') return asked.catch(() => this.#failed())
    return new Promise((resolve) => {
      const over = (value: T | undefined) => {
        clearTimeout(timer)
        resolve(value)
      }
      const timer = setTimeout(() => over(this.#failed()), engine === 'redis' ? PATIENCE_MS.redis : PATIENCE_MS.other)
      asked.then(over, () => over(this.#failed()))
    })
  }

  #failed(): undefined {
    this.#counters.failures++
  }
}
