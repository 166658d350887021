import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SnapshotProvider } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { createCommandKeys } from './command-keys.ts'

const provider = (apiKeyCommand: string): SnapshotProvider => ({
  name: 'v',
  kind: 'vertex',
  baseUrl: 'https://v',
  apiKey: null,
  headers: {},
  settings: { apiKeyCommand },
  from: 'file',
  problem: null,
})

test('the command runs once for calls at the same time, and again when its key is old', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'command-')), 'runs')
  let now = 0
  const keyOf = createCommandKeys(() => now)
  const vertex = provider(`echo x >> ${file}; echo ya29.token`)
  const [first, second] = await Promise.all([keyOf(vertex), keyOf(vertex)])
  expect(first).toMatchObject({ name: 'v', apiKey: 'ya29.token' })
  expect(second).toBe(first)
  now = 239_000
  expect(await keyOf(vertex)).toBe(first)
  now = 241_000
  expect(await keyOf(vertex)).toEqual(first)
  expect(readFileSync(file, 'utf8')).toBe('x\nx\n')
})

test.each([
  ['echo secret; exit 3', 'failed with code 3'],
  ['true', 'printed nothing'],
  ['echo "secret and more"', 'printed more than one word'],
])('%s says what is wrong, and not what was printed', async (command, why) => {
  const failed = createCommandKeys()(provider(command))
  await expect(failed).rejects.toMatchObject({ code: 'provider-auth', message: `The apiKeyCommand of v ${why}.` })
})
