import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileStore, readLock } from './node.ts'
import type { PromptSnapshot } from './snapshot.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-prompts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const snapshot = (name: string, version: number): PromptSnapshot => ({
  lockfileVersion: 1,
  prompts: {
    [name]: {
      labels: { production: { version } },
      versions: { [version]: { hash: String(version), content: { type: 'text', engine: 'mustache', text: 'x' } } },
    },
  },
})

test('what was written is read again, only by its owner, with nothing left beside it', async () => {
  const file = join(folder, 'deep/prompts.json')
  const store = fileStore(file)
  expect(await store.read()).toBeUndefined()
  await store.write(snapshot('a', 1))
  await store.write(snapshot('b', 2))
  expect(Object.keys((await fileStore(file).read())?.prompts ?? {})).toEqual(['a', 'b'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'deep'))).toEqual(['prompts.json'])
})

test('many writers at once leave a whole file', async () => {
  const file = join(folder, 'prompts.json')
  await Promise.all(Array.from({ length: 30 }, (_, index) => fileStore(file).write(snapshot(`p${index % 3}`, index + 1))))
  const prompts = (await fileStore(file).read())?.prompts ?? {}
  expect(Object.keys(prompts).length).toBeGreaterThan(0)
  expect(readdirSync(folder)).toEqual(['prompts.json'])
})

test('a damaged file says so, and is replaced by the next write', async () => {
  const file = join(folder, 'prompts.json')
  writeFileSync(file, '{"lockfileVersion":1,"prompts":{"a":')
  const store = fileStore(file)
  await expect(store.read()).rejects.toThrow(/prompts\.json .*pull/)
  await store.write(snapshot('a', 1))
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(snapshot('a', 1))
})

test('a lock file is checked when it is read', () => {
  const file = join(folder, 'prompts.lock.json')
  writeFileSync(file, JSON.stringify(snapshot('a', 1)))
  expect(readLock(file)).toEqual(snapshot('a', 1))
  writeFileSync(file, '{"lockfileVersion":2}')
  expect(() => readLock(file)).toThrow('pull')
  writeFileSync(file, '{"lockfileVersion":1,"prompts":{"a":{"labels":{},"versions":{"1":{}}}}}')
  expect(() => readLock(file)).toThrow('damaged')
})
