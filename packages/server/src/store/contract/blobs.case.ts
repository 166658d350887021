import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Blobs } from '../ports.ts'

/** What rooms may rely on from any store of files. */
export function blobsContract(open: () => Promise<Blobs>): void {
  let store: Blobs
  const name = () => `tests/${randomUUID()}`
  const text = (value: string) => new TextEncoder().encode(value)
  const read = async (key: string) => {
    const found = await store.get(key)
    return found && Buffer.from(found).toString()
  }
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store?.[Symbol.asyncDispose]())

  test.each([0, 1, 70_000, 3_000_000])('returns %i bytes as they were', async (size) => {
    const key = name()
    const body = randomBytes(size)
    await store.put(key, body)
    expect(Buffer.from((await store.get(key)) ?? []).equals(body)).toBe(true)
  })
  test('has nothing where nothing was put', async () => {
    expect(await store.get(name())).toBeUndefined()
    expect(await store.get(`${name()}/below`)).toBeUndefined()
  })
  test('replaces', async () => {
    const key = name()
    await store.put(key, text('a longer one'))
    await store.put(key, text('short'))
    expect(await read(key)).toBe('short')
  })
  test('deletes, also what is not there', async () => {
    const key = name()
    await store.put(key, text('a'))
    await store.delete(key)
    await store.delete(key)
    expect(await store.get(key)).toBeUndefined()
  })
  test('keeps a key and keys below it apart', async () => {
    const key = name()
    await store.put(`${key}/b`, text('below'))
    await store.put(key, text('above'))
    await store.put(`${key}/b/c`, text('deep'))
    expect(await Promise.all([key, `${key}/b`, `${key}/b/c`].map(read))).toEqual(['above', 'below', 'deep'])
    await store.delete(key)
    expect(await read(`${key}/b`)).toBe('below')
  })
  test('is one of the two, never a mixture, when two write at once', async () => {
    const key = name()
    const bodies = [Buffer.alloc(500_000, 'a'), Buffer.alloc(400_000, 'b')]
    await Promise.all(bodies.map((body) => store.put(key, body)))
    const found = Buffer.from((await store.get(key)) ?? [])
    expect(bodies.some((body) => body.equals(found))).toBe(true)
  })
  test.each(['a.b_c-d=e', '2026-11-20/ABC.json', 'x'.repeat(200)])('takes the key %s', async (part) => {
    const key = `${name()}/${part}`
    await store.put(key, text(part))
    expect(await read(key)).toBe(part)
  })
  test.each([
    '',
    '/',
    '/etc/passwd',
    '../up',
    'a/../../up',
    'a/..',
    '.',
    'a//b',
    'a/',
    '.hidden',
    'a\\b',
    'a\0b',
    'a b',
    'a~/b',
    'x'.repeat(201),
  ])('refuses the key %j', async (key) => {
    for (const work of [() => store.put(key, text('x')), () => store.get(key), () => store.delete(key)])
      await expect((async () => await work())()).rejects.toMatchObject({ code: 'invalid-request' })
  })
}
