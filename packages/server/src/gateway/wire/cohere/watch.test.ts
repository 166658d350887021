import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CohereStreamWatch } from './watch.ts'
import { cohereWholeFacts } from './whole-facts.ts'

type Transcript = { body: Record<string, unknown>; stream: { type: string; delta?: { finish_reason?: string; usage?: object } }[] }
const TRANSCRIPTS: Record<string, Transcript> = JSON.parse(readFileSync(new URL('__fixtures__/answers.json', import.meta.url), 'utf8'))
const sse = (events: readonly object[]): string =>
  events.map((event) => `event: ${(event as { type?: string }).type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

/** Feeds the pieces up to the one that ends the stream, and joins what a client would get. */
function run(pieces: Buffer[]) {
  const watch = new CohereStreamWatch()
  const out: Buffer[] = []
  let last: Buffer | undefined
  for (const piece of pieces) {
    if (last) break
    const taken = watch.push(piece)
    out.push(taken.pass)
    last = taken.last
  }
  if (!last) {
    const taken = watch.finish()
    out.push(taken.pass)
    last = taken.last
  }
  return { text: Buffer.concat([...out, last ?? Buffer.alloc(0)]).toString('utf8'), last: last?.toString('utf8'), facts: watch.facts }
}

const split = (text: string, cuts: number[]): Buffer[] => {
  const bytes = Buffer.from(text)
  const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

describe.each(Object.entries(TRANSCRIPTS))('%s', (_, { body, stream }) => {
  const end = stream.at(-1)?.delta
  const facts = { model: '', finishReason: end?.finish_reason, usage: end?.usage, hasContent: true, done: true, error: '' }

  test('passes every byte as it came, however it is cut, with [DONE] or without', () => {
    for (const text of [
      sse(stream),
      `${sse(stream)}data: [DONE]\n\n`,
      `: hello\n\n${sse(stream)}`.replaceAll('\n', '\r\n'),
      sse(stream).trimEnd(),
    ])
      fc.assert(
        fc.property(fc.array(fc.nat(9000), { maxLength: 12 }), (cuts) => {
          const ran = run(split(text, cuts))
          expect(ran.text).toBe(text)
          expect(ran.last).toMatch(/^event: message-end/)
          expect(ran.facts).toEqual(facts)
        }),
        { numRuns: 50 },
      )
  })

  test('a stream that is cut off is not done, and nothing is the last of it', () => {
    for (let length = 0; length < stream.length; length++) {
      const ran = run([Buffer.from(sse(stream.slice(0, length)))])
      expect([ran.last, ran.facts.done]).toEqual([undefined, false])
    }
  })

  test.each([0, 300_000])('its body with %i more bytes says the same', (more) => {
    const bytes = Buffer.from(JSON.stringify({ more: 'x'.repeat(more), ...body }))
    expect(cohereWholeFacts(bytes)).toEqual({ isJson: true, model: '', finishReason: facts.finishReason, usage: facts.usage, error: '' })
  })
})

test('the frame of a message is not content', () => {
  const { stream = [] } = TRANSCRIPTS.text ?? {}
  expect(run([Buffer.from(sse(stream.slice(0, 2)))]).facts.hasContent).toBe(false)
  expect(run([Buffer.from(sse(stream.slice(0, 3)))]).facts.hasContent).toBe(true)
})

test.each([
  [{ type: 'message-end', delta: { finish_reason: 'ERROR', error: 'it crashed' } }, 'it crashed'],
  [{ type: 'message-end', delta: { finish_reason: 'TIMEOUT' } }, 'Cohere ended the answer with TIMEOUT.'],
  [{ type: 'error', error: { message: 'overloaded' } }, 'overloaded'],
])('%o is an error and no reason to finish', (event, error) => {
  const { stream = [] } = TRANSCRIPTS.text ?? {}
  expect(run([Buffer.from(sse([...stream.slice(0, 3), event]))]).facts).toMatchObject({ error, finishReason: '' })
})

test('text that looks like an end is only text', () => {
  const text = '"message-end" data: [DONE] {"type":"message-end"} "error"'
  const event = { type: 'content-delta', index: 0, delta: { message: { content: { text } } } }
  const { stream = [] } = TRANSCRIPTS.text ?? {}
  expect(run([Buffer.from(sse([event, event, ...stream.slice(3)]))]).facts).toMatchObject({
    error: '',
    done: true,
    finishReason: 'COMPLETE',
  })
  expect(run([Buffer.from(sse([event]))]).facts.done).toBe(false)
})

test('what is no JSON passes', () => {
  const garbage = 'data: {"type":"message-end"\n\ndata: [1]\n\nevent: x\n\n\n\n\u0000'
  expect(run([Buffer.from(garbage)])).toMatchObject({ text: garbage, facts: { done: false } })
  expect(cohereWholeFacts(Buffer.from('<html>'))).toMatchObject({ isJson: false, error: '' })
})

test.each([0, 300_000])('an error body with %i more bytes', (more) => {
  const body = { id: 'x', message: 'too many requests', more: 'x'.repeat(more) }
  expect(cohereWholeFacts(Buffer.from(JSON.stringify(body)))).toMatchObject({ isJson: true, error: 'too many requests' })
})
