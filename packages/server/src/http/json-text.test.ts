import { gunzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { sendJsonText, sendTaggedText } from './json-text.ts'

const LONG = JSON.stringify({ rows: Array.from({ length: 20_000 }, (_, at) => ({ at, word: 'möwe' })) })
const app = new Hono().get('/long', (c) => sendJsonText(c, LONG)).get('/short', (c) => sendJsonText(c, '{"a":1}'))
const ask = async (path: string, encoding?: string) => {
  const response = await app.request(path, { headers: encoding === undefined ? {} : { 'accept-encoding': encoding } })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { encoding: response.headers.get('content-encoding'), type: response.headers.get('content-type'), bytes }
}

describe('a JSON answer', () => {
  test.each(['gzip', 'br, gzip;q=0.8', 'gzip, deflate'])('that is long is compressed for "%s"', async (accepted) => {
    const { encoding, type, bytes } = await ask('/long', accepted)
    expect({ encoding, type }).toEqual({ encoding: 'gzip', type: 'application/json' })
    expect(bytes.length).toBeLessThan(LONG.length / 4)
    expect(gunzipSync(bytes).toString()).toBe(LONG)
  })

  test.each([
    ['/long', undefined],
    ['/long', 'br'],
    ['/long', 'gzip;q=0'],
    ['/long', 'gzip;q=0.0, br'],
    ['/short', 'gzip'],
  ])('%s stays as it is for "%s"', async (path, accepted) => {
    const { encoding, type, bytes } = await ask(path, accepted)
    expect({ encoding, type }).toEqual({ encoding: null, type: 'application/json' })
    expect(bytes.toString()).toBe(path === '/long' ? LONG : '{"a":1}')
  })
})

describe('an answer with an ETag', () => {
  let said = '{"a":1}'
  const tagged = new Hono().get('/', (c) => sendTaggedText(c, said))
  const get = (known?: string) => tagged.request('/', { headers: known === undefined ? {} : { 'if-none-match': known } })

  test('is told in a few bytes to who has it, and whole to who has another', async () => {
    const first = await get()
    const tag = first.headers.get('etag') ?? ''
    expect([first.status, await first.text(), first.headers.get('cache-control')]).toEqual([200, said, 'no-cache'])
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await get(known)
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag])
    }
    expect((await get('"other"')).status).toBe(200)
    said = '{"a":2}'
    expect((await get(tag)).status).toBe(200)
  })
})
