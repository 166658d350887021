import type { PlaygroundState } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { LONGEST, readState, writeState } from './share-link.ts'

const state = (text: string): PlaygroundState => ({
  columns: [{ content: { type: 'chat', engine: 'mustache', messages: [{ role: 'user', content: text }] }, mocks: {} }],
  variables: { city: 'Zürich 🚂' },
})

test('a state survives the way through an address', async () => {
  const given = state('What is {{city}} known for? '.repeat(200))
  const text = await writeState(given)
  expect(text).toMatch(/^[\w-]+$/)
  expect(text?.length).toBeLessThan(400)
  expect(await readState(text ?? '')).toEqual(given)
})

test('what would be too long is kept elsewhere', async () => {
  let seed = 1
  const letter = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return String.fromCharCode(33 + ((seed >> 8) % 90))
  }
  const noise = Array.from({ length: 2 * LONGEST }, letter).join('')
  expect(await writeState(state(noise))).toBeNull()
  expect(await writeState(state('x'.repeat(400_000)))).toBeNull()
})

test.each([
  ['nothing', ''],
  ['no base64', '$$$'],
  ['not packed', btoa('hello')],
])('%s is no state', async (_, text) => {
  expect(await readState(text)).toBeNull()
})

test('what unpacks to something else, or to far too much, is no state', async () => {
  const pack = async (text: string) => {
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'))
    return btoa(String.fromCharCode(...new Uint8Array(await new Response(packed).arrayBuffer())))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/=+$/, '')
  }
  expect(await readState(await pack('{"columns":[]}'))).toBeNull()
  expect(await readState(await pack(' '.repeat(8_000_000)))).toBeNull()
})
