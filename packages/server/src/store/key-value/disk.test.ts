import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KeyValue } from '../ports.ts'
import { openDisk } from './disk.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const files = async () => (await readdir(folder)).sort().map((name) => join(folder, name))
const bytes = async () => (await Promise.all((await files()).map((file) => stat(file)))).reduce((sum, { size }) => sum + size, 0)
const onlyFile = async () => {
  const [file, ...others] = await files()
  if (!file || others.length > 0) throw new Error(`${others.length + 1} files`)
  return file
}
const all = (store: KeyValue, keys: string[]) => Promise.all(keys.map((key) => store.get(key)))
const filled = async (keys: string[]) => {
  const store = await openDisk({ folder })
  for (const key of keys) void store.set(key, `value of ${key}`, 60)
  await store[Symbol.asyncDispose]()
}

test('values, counters and what was deleted are after a restart as they were, with their time', async () => {
  let now = 1000
  const store = await openDisk({ folder, now: () => now })
  void store.set('a', 'välue\nof two lines', 10)
  void store.set('gone', 'x', 10)
  void store.set('replaced', 'before', 100)
  void store.set('replaced', 'after', 5)
  void store.increment('counter', 3, 10)
  await store.delete('gone')
  await store[Symbol.asyncDispose]()
  const again = await openDisk({ folder, now: () => now })
  expect(await all(again, ['a', 'gone', 'replaced'])).toEqual(['välue\nof two lines', undefined, 'after'])
  expect(await again.increment('counter', 1, 10)).toBe(4)
  now += 5001
  expect(await all(again, ['a', 'replaced'])).toEqual(['välue\nof two lines', undefined])
  now += 5000
  expect(await again.get('a')).toBeUndefined()
  await again[Symbol.asyncDispose]()
  const late = await openDisk({ folder, now: () => now })
  expect(await all(late, ['a', 'replaced', 'counter'])).toEqual([undefined, undefined, undefined])
  await late[Symbol.asyncDispose]()
})

test('a value can be read before it is written, and many are written at once', async () => {
  const store = await openDisk({ folder })
  const written = Array.from({ length: 50 }, (_, at) => store.set(`a${at % 10}`, String(at), 60))
  expect(await store.get('a3')).toBe('43')
  expect(await files()).toHaveLength(0)
  await Promise.all(written)
  expect(await store.get('a3')).toBe('43')
  await store[Symbol.asyncDispose]()
  const again = await openDisk({ folder })
  expect(await all(again, ['a0', 'a9'])).toEqual(['40', '49'])
  await again[Symbol.asyncDispose]()
  await onlyFile()
})

describe('more than there is room for', () => {
  const value = 'x'.repeat(1000)
  const keys = Array.from({ length: 40 }, (_, at) => `k${at}`)

  test('the oldest goes, what is used stays, and the files are never longer together', async () => {
    let store = await openDisk({ folder, maxBytes: 20_000 })
    for (const key of keys) {
      await store.set(key, value, 60)
      expect(await store.get('k0')).toBe(value)
      expect(await bytes()).toBeLessThanOrEqual(20_000)
    }
    const left = (await all(store, keys)).map((found) => found !== undefined)
    expect(left.indexOf(true, 1)).toBeGreaterThan(20)
    expect(left.lastIndexOf(false)).toBe(left.indexOf(true, 1) - 1)
    await store[Symbol.asyncDispose]()
    store = await openDisk({ folder, maxBytes: 20_000 })
    expect(await store.get('k39')).toBe(value)
    expect(await store.get('k1')).toBeUndefined()
    await store[Symbol.asyncDispose]()
    store = await openDisk({ folder, maxBytes: 5000 })
    await store.set('new', value, 60)
    expect(await bytes()).toBeLessThanOrEqual(5000)
    expect(await all(store, ['new', 'k39'])).toEqual([value, value])
    await store[Symbol.asyncDispose]()
  })

  test('what has ended goes first of all', async () => {
    let now = 0
    const store = await openDisk({ folder, maxBytes: 20_000, now: () => now })
    for (const key of keys.slice(0, 10)) await store.set(key, value, 1)
    expect(await bytes()).toBeGreaterThan(10_000)
    now = 1001
    await store.set('new', value, 60)
    await store.set('newer', value, 60)
    await store.set('newest', value, 60)
    expect(await bytes()).toBeLessThan(5000)
    expect(await store.get('new')).toBe(value)
    await store[Symbol.asyncDispose]()
  })

  test('a value longer than half of it is refused', async () => {
    const store = await openDisk({ folder, maxBytes: 1500 })
    await expect(store.set('a', value, 60)).rejects.toMatchObject({ code: 'payload-too-large' })
    await store[Symbol.asyncDispose]()
  })
})

test('what comes faster than it can be written is refused and not held in memory', async () => {
  const store = await openDisk({ folder })
  const value = 'x'.repeat(1 << 20)
  const set = await Promise.allSettled(Array.from({ length: 40 }, (_, at) => store.set(`a${at}`, value, 60)))
  const refused = set.flatMap((one, at) => (one.status === 'rejected' ? [{ at, code: one.reason.code }] : []))
  expect(refused.map(({ code }) => code)).toEqual(refused.map(() => 'unavailable'))
  expect(refused.length).toBeGreaterThan(20)
  expect(refused.length).toBeLessThan(40)
  expect(await all(store, ['a0', `a${refused[0]?.at}`])).toEqual([value, undefined])
  await store.set('later', value, 60)
  expect(await store.get('later')).toBe(value)
  await store[Symbol.asyncDispose]()
})

describe('a file that is damaged', () => {
  const HEAD = 28
  const LENGTH = HEAD + 1 + 'value of a'.length
  /** Where something is changed of the second of three entries, and which values are there then. */
  const DAMAGED: [string, (bytes: Buffer) => void, (string | undefined)[]][] = [
    ['in a value', (bytes) => bytes.writeUInt8(0x58, 2 * LENGTH - 1), ['value of a', undefined, 'value of c']],
    ['in a key', (bytes) => bytes.writeUInt8(0x58, LENGTH + HEAD), ['value of a', undefined, undefined]],
    ['in its time', (bytes) => bytes.writeDoubleLE(1e15, LENGTH + 16), ['value of a', undefined, undefined]],
    ['in its length', (bytes) => bytes.writeUInt32LE(1e9, LENGTH + 12), ['value of a', undefined, undefined]],
    ['at its beginning', (bytes) => bytes.fill(0, 0, 4), [undefined, undefined, undefined]],
  ]
  test.each(DAMAGED)('%s has no value there', async (_, damage, expected) => {
    await filled(['a', 'b', 'c'])
    const file = await onlyFile()
    const content = await readFile(file)
    damage(content)
    await writeFile(file, content)
    const store = await openDisk({ folder })
    expect(await all(store, ['a', 'b', 'c'])).toEqual(expected)
    await store.set('b', 'new', 60)
    await store[Symbol.asyncDispose]()
    const again = await openDisk({ folder })
    expect(await again.get('b')).toBe('new')
    await again[Symbol.asyncDispose]()
  })

  test('wherever it was cut keeps what was whole', async () => {
    await filled(['a', 'b', 'c'])
    const whole = await readFile(await onlyFile())
    for (const length of [3 * LENGTH - 1, 2 * LENGTH + HEAD, 2 * LENGTH + 5, 2 * LENGTH, LENGTH + HEAD - 1, LENGTH + 1, HEAD + 3, 1, 0]) {
      const file = (await files())[0] ?? ''
      for (const other of (await files()).slice(1)) await rm(other)
      await writeFile(file, whole.subarray(0, length))
      const store = await openDisk({ folder })
      const found = await all(store, ['a', 'b', 'c'])
      expect(found.filter((one) => one !== undefined)).toHaveLength(Math.floor(length / LENGTH))
      await store.set('d', 'later', 60)
      await store[Symbol.asyncDispose]()
      const again = await openDisk({ folder })
      expect(await all(again, ['a', 'b', 'c', 'd'])).toEqual([...found, 'later'])
      await again[Symbol.asyncDispose]()
    }
  })

  test('while it is open has no value', async () => {
    const store = await openDisk({ folder })
    await store.set('a', 'one', 60)
    await truncate(await onlyFile(), 10)
    expect(await store.get('a')).toBeUndefined()
    expect(await store.increment('a', 1, 60)).toBe(1)
    await store[Symbol.asyncDispose]()
  })
})

test('what another form of the folder had in it goes, and nothing else', async () => {
  await mkdir(join(folder, 'ab'))
  await writeFile(join(folder, 'ab', 'abcdef'), 'kept')
  await writeFile(join(folder, 'notes.txt'), 'of somebody')
  const store = await openDisk({ folder })
  await store[Symbol.asyncDispose]()
  expect(await readdir(folder)).toEqual(['notes.txt'])
})

test('what could not be written is no value, and for a moment nothing is taken', async () => {
  const store = await openDisk({ folder })
  await rm(folder, { recursive: true })
  await expect(store.set('a', 'one', 60)).rejects.toMatchObject({ code: 'ENOENT' })
  await mkdir(folder)
  expect(await store.get('a')).toBeUndefined()
  await expect(store.set('a', 'one', 60)).rejects.toMatchObject({ code: 'unavailable' })
  await store[Symbol.asyncDispose]()
})

test('a closed one takes nothing more', async () => {
  const store = await openDisk({ folder })
  await store[Symbol.asyncDispose]()
  await expect(store.set('a', 'b', 60)).rejects.toMatchObject({ code: 'unavailable' })
})
