import type { KeyValue } from '../ports.ts'
import { checkStep, checkTtl, notACounter } from './check.ts'

type Entry = { value: string; expiresAt: number }
type Options = { now?: () => number; maxEntries?: number; maxBytes?: number }

/**
 * Keeps values in this process. Bounded: values (cache entries) leave when they were used the longest time ago, counters
 * and leases only when there are too many of them, and then those that end first. `now` gives milliseconds.
 */
export function memoryKeyValue({ now = Date.now, maxEntries = 100_000, maxBytes = 64 * 1024 * 1024 }: Options = {}): KeyValue {
  /** In the order of last use. */
  const values = new Map<string, Entry>()
  const counters = new Map<string, Entry>()
  let bytes = 0

  const drop = (key: string) => {
    const value = values.get(key)
    if (value) bytes -= sizeOf(key, value)
    values.delete(key)
    counters.delete(key)
  }
  const find = (key: string): Entry | undefined => {
    const entry = values.get(key) ?? counters.get(key)
    if (!entry || entry.expiresAt > now()) return entry
    drop(key)
    return undefined
  }
  const count = (key: string, entry: Entry) => {
    counters.set(key, entry)
    if (counters.size > maxEntries) thin(counters, now(), Math.ceil(maxEntries * 0.9))
  }

  return {
    engine: 'memory',
    async get(key) {
      const entry = find(key)
      if (entry && values.delete(key)) values.set(key, entry)
      return entry?.value
    },
    async set(key, value, ttlSeconds) {
      const entry = { value, expiresAt: now() + checkTtl(ttlSeconds) }
      drop(key)
      bytes += sizeOf(key, entry)
      values.set(key, entry)
      for (const oldest of values.keys()) {
        if (bytes <= maxBytes && values.size <= maxEntries) break
        drop(oldest)
      }
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
      bytes = 0
    },
  }
}

/** UTF-16, and what a Map entry costs beside its strings. */
const sizeOf = (key: string, entry: Entry): number => 2 * (key.length + entry.value.length) + 120

/** Makes room: what has ended, and where that is not enough, what ends first. */
function thin(entries: Map<string, Entry>, now: number, keep: number): void {
  for (const [key, entry] of entries) if (entry.expiresAt <= now) entries.delete(key)
  const soonest = [...entries].sort(([, a], [, b]) => a.expiresAt - b.expiresAt)
  for (const [key] of soonest.slice(0, Math.max(0, entries.size - keep))) entries.delete(key)
}
