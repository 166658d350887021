import { describe, expect, test } from 'vitest'
import { memoryKeyValue } from './memory.ts'

describe('memory is bounded', () => {
  test('values that were not used for the longest time leave first', async () => {
    const store = memoryKeyValue({ maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) await store.set(key, key, 60)
    await store.get('a')
    await store.set('d', 'd', 60)
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(store.get))).toEqual(['a', undefined, 'c', 'd'])
  })
  test('by size too, and one that is too large is not kept', async () => {
    const store = memoryKeyValue({ maxBytes: 5000 })
    await store.set('a', 'x'.repeat(1000), 60)
    await store.set('b', 'x'.repeat(1000), 60)
    await store.set('c', 'x'.repeat(1000), 60)
    expect(await store.get('a')).toBeUndefined()
    expect(await store.get('c')).toHaveLength(1000)
    await store.set('d', 'x'.repeat(10_000), 60)
    expect(await store.get('d')).toBeUndefined()
    await store.set('e', 'again', 60)
    expect(await store.get('e')).toBe('again')
  })
  test('values never push counters and leases out', async () => {
    const store = memoryKeyValue({ maxEntries: 10 })
    await store.increment('logins', 3, 60)
    await store.acquire('lease', 'me', 60)
    for (let at = 0; at < 100; at++) await store.set(`cache-${at}`, 'x', 60)
    expect(await store.get('logins')).toBe('3')
    expect(await store.acquire('lease', 'you', 60)).toBe(false)
  })
  test('of too many counters those that ended leave first, then those that end soonest', async () => {
    let now = 0
    const store = memoryKeyValue({ maxEntries: 10, now: () => now })
    await store.increment('long', 1, 1000)
    for (let at = 0; at < 9; at++) await store.increment(`short-${at}`, 1, 10)
    now = 5000
    for (let at = 0; at < 50; at++) await store.increment(`new-${at}`, 1, 100)
    expect(await store.get('long')).toBe('1')
    expect(await store.get('short-0')).toBeUndefined()
  })
})
