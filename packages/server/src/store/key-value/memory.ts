import type { KeyValue } from '../ports.ts'
import { checkStep, checkTtl, notACounter } from './check.ts'
import { Slabs } from './slabs.ts'

type Entry = { value: string; expiresAt: number }
type Options = { now?: () => number; maxEntries?: number; maxBytes?: number }

/**
 * Keeps values in this process. Bounded: values (cache entries) leave in the order of writing, save those that were read
 * meanwhile; counters and leases only when there are too many of them, and then those that end first. `now` gives milliseconds.
 */
export function memoryKeyValue({ now = Date.now, maxEntries = 100_000, maxBytes = 64 * 1024 * 1024 }: Options = {}): KeyValue {
  const values = new Slabs({ maxEntries, maxBytes })
  const counters = new Map<string, Entry>()

  const drop = (key: string) => {
    values.delete(key)
    counters.delete(key)
  }
  const isOver = (key: string): boolean => (values.expiryOf(key) ?? counters.get(key)?.expiresAt ?? Number.POSITIVE_INFINITY) <= now()
  /** Of a value or a counter, while it lasts. */
  const find = (key: string): Entry | undefined => {
    if (isOver(key)) drop(key)
    const expiresAt = values.expiryOf(key)
    return expiresAt === undefined ? counters.get(key) : { value: values.get(key) ?? '', expiresAt }
  }
  const count = (key: string, entry: Entry) => {
    counters.set(key, entry)
    if (counters.size > maxEntries) thin(counters, now(), Math.ceil(maxEntries * 0.9))
  }

  return {
    engine: 'memory',
    async get(key) {
      if (isOver(key)) drop(key)
      return values.get(key) ?? counters.get(key)?.value
    },
    async set(key, value, ttlSeconds) {
      const expiresAt = now() + checkTtl(ttlSeconds)
      counters.delete(key)
      values.set(key, value, expiresAt)
    },
    async delete(key) {
      drop(key)
    },
    async increment(key, by, ttlSeconds) {
      const ms = checkTtl(ttlSeconds)
      const entry = find(key)
      const sum = Number(entry?.value ?? 0) + checkStep(by)
      if (!Number.isSafeInteger(sum)) throw notACounter(key)
      if (entry && counters.has(key)) entry.value = String(sum)
      else {
        drop(key)
        count(key, { value: String(sum), expiresAt: entry?.expiresAt ?? now() + ms })
      }
      return sum
    },
    async acquire(key, owner, ttlSeconds) {
      const expiresAt = now() + checkTtl(ttlSeconds)
      const entry = find(key)
      if (entry && entry.value !== owner) return false
      drop(key)
      count(key, { value: owner, expiresAt })
      return true
    },
    async [Symbol.asyncDispose]() {
      values.clear()
      counters.clear()
    },
  }
}

/** Makes room: what has ended, and where that is not enough, what ends first. */
function thin(entries: Map<string, Entry>, now: number, keep: number): void {
  for (const [key, entry] of entries) if (entry.expiresAt <= now) entries.delete(key)
  const soonest = [...entries].sort(([, a], [, b]) => a.expiresAt - b.expiresAt)
  for (const [key] of soonest.slice(0, Math.max(0, entries.size - keep))) entries.delete(key)
}
