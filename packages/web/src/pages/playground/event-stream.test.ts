import { expect, test } from 'vitest'
import { eventsOf, type StreamEvent } from './event-stream.ts'

const TEXT = ': \n\nevent: head\ndata: {"status":200}\n\ndata: {"text":"Grüße 🚂"}\r\n\r\ndata: one\ndata: two\n\ndata: [DONE]\n\n'
const EVENTS: StreamEvent[] = [
  { name: 'head', data: '{"status":200}' },
  { name: 'message', data: '{"text":"Grüße 🚂"}' },
  { name: 'message', data: 'one\ntwo' },
  { name: 'message', data: '[DONE]' },
]
const inPieces = (bytes: Uint8Array, size: number, cancel = () => {}) => {
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
    cancel,
  })
}

test.each([1, 2, 3, 5, 7, 64, 10_000])('events are the same in pieces of %i bytes', async (size) => {
  const found: StreamEvent[] = []
  for await (const event of eventsOf(inPieces(new TextEncoder().encode(TEXT), size))) found.push(event)
  expect(found).toEqual(EVENTS)
})

test('the last event needs no empty line behind it', async () => {
  const found: StreamEvent[] = []
  for await (const event of eventsOf(inPieces(new TextEncoder().encode('data: a\n\ndata: b'), 4))) found.push(event)
  expect(found.map(({ data }) => data)).toEqual(['a', 'b'])
})

test('who stops reading hangs up', async () => {
  let isGone = false
  const body = inPieces(new TextEncoder().encode(TEXT.repeat(100)), 50, () => {
    isGone = true
  })
  for await (const _ of eventsOf(body)) break
  expect(isGone).toBe(true)
})
