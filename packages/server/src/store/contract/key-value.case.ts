import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyValue } from '../ports.ts'

export type KeyValueBackend = {
  open: () => Promise<KeyValue>
  /** Lets this much time pass for the store. */
  pass: (ms: number) => Promise<void>
}

/** What rooms may rely on from any key-value store. */
export function keyValueContract({ open, pass }: KeyValueBackend): void {
  let store: KeyValue
  const name = () => `test:${randomUUID()}`
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store?.[Symbol.asyncDispose]())

  test('keeps a value until its time is over', async () => {
    const key = name()
    await store.set(key, 'välue', 0.2)
    expect(await store.get(key)).toBe('välue')
    await pass(300)
    expect(await store.get(key)).toBeUndefined()
  })
  test('replaces value and time', async () => {
    const key = name()
    await store.set(key, 'a', 0.2)
    await store.set(key, '', 60)
    await pass(300)
    expect(await store.get(key)).toBe('')
  })
  test('deletes, also what is not there', async () => {
    const key = name()
    await store.set(key, 'a', 60)
    await store.delete(key)
    await store.delete(key)
    expect(await store.get(key)).toBeUndefined()
  })

  describe('counters', () => {
    test('add up, also downwards, and read as text', async () => {
      const key = name()
      expect(await store.increment(key, 5, 60)).toBe(5)
      expect(await store.increment(key, 4_000_000_000_000, 60)).toBe(4_000_000_000_005)
      expect(await store.increment(key, -6, 60)).toBe(3_999_999_999_999)
      expect(await store.get(key)).toBe('3999999999999')
    })
    test('end when the time of the first addition is over, whatever comes later', async () => {
      const key = name()
      await store.increment(key, 1, 0.3)
      await pass(200)
      expect(await store.increment(key, 1, 60)).toBe(2)
      await pass(200)
      expect(await store.increment(key, 1, 60)).toBe(1)
    })
    test('lose nothing when many add at once', async () => {
      const key = name()
      const sums = await Promise.all(Array.from({ length: 100 }, () => store.increment(key, 1, 60)))
      expect(new Set(sums).size).toBe(100)
      expect(Math.max(...sums)).toBe(100)
    })
    test('go on from a value that was set', async () => {
      const key = name()
      await store.set(key, '41', 60)
      expect(await store.increment(key, 1, 60)).toBe(42)
      await store.delete(key)
      expect(await store.increment(key, 1, 60)).toBe(1)
    })
    test('refuse text and fractions', async () => {
      const key = name()
      await store.set(key, 'text', 60)
      await expect(store.increment(key, 1, 60)).rejects.toThrow('holds text')
      await expect(store.increment(name(), 0.5, 60)).rejects.toThrow('whole numbers')
    })
  })

  describe('leases', () => {
    test('go to one of many askers', async () => {
      const key = name()
      const got = await Promise.all(Array.from({ length: 20 }, (_, at) => store.acquire(key, `owner-${at}`, 60)))
      expect(got.filter(Boolean)).toHaveLength(1)
    })
    test('can be renewed by their owner, and are free when they end', async () => {
      const key = name()
      expect(await store.acquire(key, 'a', 0.3)).toBe(true)
      await pass(200)
      expect(await store.acquire(key, 'a', 0.3)).toBe(true)
      await pass(200)
      expect(await store.acquire(key, 'b', 0.3)).toBe(false)
      await pass(200)
      expect(await store.acquire(key, 'b', 0.3)).toBe(true)
    })
    test('are free when they are given up', async () => {
      const key = name()
      await store.acquire(key, 'a', 60)
      await store.delete(key)
      expect(await store.acquire(key, 'b', 60)).toBe(true)
    })
  })

  test.each([0, -1, Number.NaN])('refuses %s seconds to live', async (ttl) => {
    await expect(store.set(name(), 'a', ttl)).rejects.toThrow('time to live')
    await expect(store.increment(name(), 1, ttl)).rejects.toThrow('time to live')
    await expect(store.acquire(name(), 'a', ttl)).rejects.toThrow('time to live')
  })
}
