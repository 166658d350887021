import type { CacheStore } from '@signalbox/schema'
import type { Log } from '../lib/log.ts'
import type { KeyValue } from '../store/ports.ts'

const AGAIN_MS = 5000

type Kind = NonNullable<CacheStore['store']>
export type CacheStores = {
  /** The one that can be used now. */
  open(): KeyValue | undefined
  /** What the configuration says; another one than before takes the place of what is there. */
  follow(config: CacheStore): void
  close(): Promise<void>
}

/** Where kept answers are, opened beside the calls: until it is open there is nothing kept. One that cannot be reached is tried again. */
export function createCacheStores({ folder, redisUrl, log }: { folder: string; redisUrl: string | null; log: Log }): CacheStores {
  let wanted = ''
  let current: KeyValue | undefined
  let retry: NodeJS.Timeout | undefined
  let isSaid = false

  const openAs = async (kind: Kind, maxBytes: number): Promise<KeyValue> => {
    if (kind === 'redis' && redisUrl) return (await import('../store/key-value/redis.ts')).openRedis(redisUrl)
    if (kind === 'memory') return (await import('../store/key-value/memory.ts')).memoryKeyValue({ maxBytes })
    return (await import('../store/key-value/disk.ts')).openDisk({ folder, maxBytes })
  }
  const begin = async (name: string, kind: Kind, maxBytes: number): Promise<void> => {
    try {
      const opened = await openAs(kind, maxBytes)
      if (wanted !== name) return void (await opened[Symbol.asyncDispose]())
      current = opened
      log.info({ store: opened.engine }, 'kept answers can be used')
    } catch (error) {
      if (wanted !== name) return
      if (!isSaid) log.warn({ err: error, store: kind }, 'the store of kept answers cannot be opened; calls go on without it')
      isSaid = true
      retry = setTimeout(() => void begin(name, kind, maxBytes), AGAIN_MS).unref()
    }
  }

  return {
    open: () => current,
    follow({ store, maxBytes }) {
      const kind = store ?? (redisUrl ? 'redis' : 'disk')
      const name = `${kind} ${maxBytes}`
      if (wanted === name) return
      if (store === 'redis' && !redisUrl) log.warn('cache.store is redis, but REDIS_URL is not set at this edge: answers are kept on disk')
      wanted = name
      isSaid = false
      clearTimeout(retry)
      const before = current
      current = undefined
      // Two of one folder would not know of each other.
      const closed = Promise.resolve(before?.[Symbol.asyncDispose]()).catch(() => {})
      void closed.then(() => begin(name, kind, maxBytes))
    },
    async close() {
      wanted = ''
      clearTimeout(retry)
      await current?.[Symbol.asyncDispose]()
    },
  }
}
