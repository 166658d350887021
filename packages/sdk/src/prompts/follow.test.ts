import { afterEach, expect, test } from 'vitest'
import { followPrompts, type PromptNews } from './follow.ts'

const following: { stop(): void }[] = []
afterEach(() => {
  for (const one of following.splice(0)) one.stop()
})

/** A server whose lines are pushed by the test. */
function fakeLine() {
  const lines: ReadableStreamDefaultController<Uint8Array>[] = []
  const headers: (string | null)[] = []
  const waiting: (() => void)[] = []
  const fetch = (async (_: unknown, init: RequestInit) => {
    headers.push(new Headers(init.headers).get('authorization'))
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        lines.push(controller)
        init.signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
      },
    })
    for (const wake of waiting.splice(0)) wake()
    return new Response(body)
  }) as typeof globalThis.fetch
  return {
    fetch,
    headers,
    say: (text: string, line = lines.length - 1) => lines[line]?.enqueue(new TextEncoder().encode(text)),
    end: () => lines.at(-1)?.close(),
    async opened(count: number) {
      while (lines.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}

function start(line: ReturnType<typeof fakeLine>) {
  const heard: PromptNews[] = []
  const waiting: (() => void)[] = []
  following.push(
    followPrompts({
      url: 'http://x',
      key: 'sk',
      fetch: line.fetch,
      pauseMs: 1,
      heard(news) {
        heard.push(news)
        for (const wake of waiting.splice(0)) wake()
      },
    }),
  )
  return {
    heard,
    async count(count: number) {
      while (heard.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}

test('moves are heard, also in pieces, and what cannot be read means anything', async () => {
  const line = fakeLine()
  const { heard, count } = start(line)
  await line.opened(1)
  line.say('event: hello\ndata: {}\n\n: still there\n\nevent: lab')
  line.say('el\ndata: {"name":"support/refund","label":"production"}\n')
  line.say('\nevent: label\ndata: nonsense\n\nevent: other\ndata: {}\n\n')
  await count(3)
  expect(heard).toEqual(['anything', { name: 'support/refund', label: 'production' }, 'anything'])
  expect(line.headers).toEqual(['Bearer sk'])
})

test('a line that ends or breaks is opened again, and then anything may have happened', async () => {
  const line = fakeLine()
  const { heard, count } = start(line)
  await line.opened(1)
  line.end()
  await line.opened(2)
  line.say('event: hello\ndata: {}\n\n')
  await count(1)
  expect(heard).toEqual(['anything'])
})

test('after stop nothing is opened', async () => {
  const line = fakeLine()
  start(line)
  await line.opened(1)
  following[0]?.stop()
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(line.headers).toHaveLength(1)
})
