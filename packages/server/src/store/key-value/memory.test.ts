import fc from 'fast-check'
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
    const store = memoryKeyValue({ maxBytes: 3000 })
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
  test('whatever is written, read, overwritten and deleted, what it says is what was written last', async () => {
    const value = fc
      .tuple(fc.constantFrom('é', 'x', '漢字', '\u{1f600}'), fc.integer({ min: 0, max: 3000 }))
      .map(([text, n]) => text.repeat(n))
    const key = fc.integer({ min: 0, max: 12 }).map(String)
    const step = fc.oneof(
      fc.tuple(fc.constant('set' as const), key, value),
      fc.tuple(fc.constant('get' as const), key, fc.constant('')),
      fc.tuple(fc.constant('delete' as const), key, fc.constant('')),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps) => {
        const store = memoryKeyValue({ maxBytes: 40_000 })
        const last = new Map<string, string>()
        for (const [what, at, text] of steps) {
          if (what === 'set') {
            await store.set(at, text, 60)
            last.set(at, text)
          } else if (what === 'delete') {
            await store.delete(at)
            last.delete(at)
          } else {
            const found = await store.get(at)
            if (found !== undefined) expect(found).toBe(last.get(at))
          }
        }
        // The newest always has room.
        await store.set('newest', 'here', 60)
        expect(await store.get('newest')).toBe('here')
      }),
      { numRuns: 60 },
    )
  })
  test('what is read stays while others come and go', async () => {
    const store = memoryKeyValue({ maxBytes: 100_000 })
    await store.set('often', 'o'.repeat(500), 60)
    for (let at = 0; at < 2000; at++) {
      await store.set(`once-${at}`, 'x'.repeat(500), 60)
      expect(await store.get('often')).toHaveLength(500)
    }
    expect(await store.get('once-0')).toBeUndefined()
    expect(await store.get('once-1990')).toBeDefined()
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
