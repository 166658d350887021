import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ServerEvent } from '../codec.ts'
import { EventStreamReader, encodeFrame } from './event-stream.ts'

/** Messages as hex, which botocore's own reader takes for what the tests say. */
const FRAMES: Record<string, string> = JSON.parse(readFileSync(new URL('__fixtures__/frames.json', import.meta.url), 'utf8'))
const frame = (name: string) => Buffer.from(FRAMES[name] ?? '', 'hex')

function read(chunks: Buffer[]): ServerEvent[] {
  const reader = new EventStreamReader()
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.finish()]
}

/** `bytes` cut at the given places, empty pieces included. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

test.each<[string, ServerEvent]>([
  ['event', { event: 'messageStart', data: '{"role":"assistant"}' }],
  ['everyHeaderType', { event: 'contentBlockDelta', data: '{"delta":{"text":"ü"}}' }],
  ['exception', { event: 'throttlingException', data: '{"message":"Too many requests"}' }],
  ['error', { event: 'error', data: '{"message":"An internal server error","code":"InternalFailure"}' }],
  ['empty', { event: '', data: '' }],
])('reads a message: %s', (name, event) => {
  expect(read([frame(name)])).toEqual([event])
})

test('writes the bytes that the service writes', () => {
  expect(encodeFrame({ event: 'messageStart', data: '{"role":"assistant"}' }).toString('hex')).toBe(FRAMES.event)
  expect(encodeFrame({ event: 'throttlingException', data: '{"message":"Too many requests"}' }).toString('hex')).toBe(FRAMES.exception)
})

test('it does not matter where the bytes are cut', () => {
  const event = fc.record({ event: fc.string({ minLength: 1, maxLength: 40 }), data: fc.string({ unit: 'binary', maxLength: 200 }) })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (events, places) => {
      const bytes = Buffer.concat(events.map(encodeFrame))
      expect(read(cut(bytes, places))).toEqual(events.map(({ event, data }) => ({ event, data: Buffer.from(data).toString() })))
    }),
  )
})

test('one changed byte becomes one error, and nothing is read after it', () => {
  const good = frame('event')
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good)
    bad.writeUInt8((bad.readUInt8(at) ^ 0x01) & 0xff, at)
    const events = read([good, bad, good])
    expect(events, `byte ${at}`).toHaveLength(2)
    expect(events[1]?.event).toBe('error')
    expect(JSON.parse(events[1]?.data ?? '').message).toMatch(/cannot be read/)
  }
})

test('garbage is at most one error and is never thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (chunks) => {
      const bytes = chunks.map((chunk) => Buffer.from(chunk))
      const events = read(bytes)
      expect(events.map(({ event }) => event)).toEqual(Buffer.concat(bytes).length > 0 ? ['error'] : [])
    }),
  )
  expect(read([Buffer.from('<html><body>502 Bad Gateway</body></html>')])).toHaveLength(1)
})

const LIES: [string, Buffer][] = [
  ['a name that is longer than the headers', Buffer.from([9, 0x61, 7])],
  ['a text that is longer than the headers', Buffer.from([1, 0x61, 7, 0, 200, 0x62])],
  ['a number that is cut', Buffer.from([1, 0x61, 4, 0, 0])],
  ['a length that is cut', Buffer.from([1, 0x61, 7, 0])],
  ['a type that there is not', Buffer.from([1, 0x61, 99])],
]

test.each(LIES)('headers with %s are an error', (_what, headers) => {
  expect(read([message({ headers })]).map(({ event }) => event)).toEqual(['error'])
})

test.each([
  ['headers that are longer than the message', { headersLength: 500 }],
  ['a length of nothing', { length: 0 }],
  ['a length below the smallest', { length: 15 }],
  ['a length beyond the largest', { length: 0x7fffffff }],
])('%s are an error, though the checksums are right', (_what, lies) => {
  expect(read([message({ headers: Buffer.alloc(0), ...lies })]).map(({ event }) => event)).toEqual(['error'])
})

test('whatever the headers are, it does not throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (headers) => read([message({ headers: Buffer.from(headers) })]).length === 1))
})

test('a stream that ends within a message says so', () => {
  const events = read([frame('event'), frame('exception').subarray(0, 20)])
  expect(events.map(({ event }) => event)).toEqual(['messageStart', 'error'])
})

/** A message with valid checksums around any headers, and lengths that may be lies. */
function message({ headers, length, headersLength }: { headers: Buffer; length?: number; headersLength?: number }): Buffer {
  const body = Buffer.concat([Buffer.alloc(12), headers, Buffer.alloc(4)])
  body.writeUInt32BE(length ?? body.length, 0)
  body.writeUInt32BE(headersLength ?? headers.length, 4)
  body.writeUInt32BE(crc32(body.subarray(0, 8)), 8)
  body.writeUInt32BE(crc32(body.subarray(0, body.length - 4)), body.length - 4)
  return body
}
