import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cut, fixture } from './transcripts.case.ts'
import { GeminiStreamWatch } from './watch.ts'

function run(pieces: readonly Buffer[]) {
  const watch = new GeminiStreamWatch()
  const out: Buffer[] = []
  for (const piece of pieces) out.push(watch.push(piece).pass)
  const passedBefore = Buffer.concat(out).toString('utf8')
  const { pass, last } = watch.finish()
  const text = Buffer.concat([...out, pass, last ?? Buffer.alloc(0)]).toString('utf8')
  return { text, passedBefore, last: last?.toString('utf8') ?? '', facts: watch.facts }
}

/** The same chunks as Gemini sends them without `alt=sse`. */
const asList = (bytes: Buffer): Buffer =>
  Buffer.from(
    `[${bytes
      .toString('utf8')
      .trimEnd()
      .replaceAll(/\r\n\r\ndata: /g, '\n,\r\n')
      .replace('data: ', '')}\n]`,
  )

const FACTS = {
  text: { model: 'gemini-2.5-flash', finishReason: 'STOP', hasContent: true, done: true, error: '', usage: { totalTokenCount: 30 } },
  tools: { model: 'gemini-3-pro-preview', finishReason: 'STOP', hasContent: true, done: true, error: '', usage: { totalTokenCount: 160 } },
  blocked: { finishReason: 'PROHIBITED_CONTENT', hasContent: false, done: true, error: '', usage: { totalTokenCount: 9 } },
  candidates: { finishReason: 'MAX_TOKENS', hasContent: true, done: true, usage: { totalTokenCount: 5 } },
  'error-inside': { finishReason: '', hasContent: true, done: false, error: 'The model is overloaded.', usage: { totalTokenCount: 6 } },
}

describe.each(Object.keys(FACTS) as (keyof typeof FACTS)[])('%s', (name) => {
  const events = fixture(`${name}.sse`)
  test.each([
    ['events', events],
    ['events with LF', Buffer.from(events.toString('utf8').replaceAll('\r\n', '\n'))],
    ['events without the last blank line', Buffer.from(events.toString('utf8').trimEnd())],
    ['a list', asList(events)],
  ])('passes every byte of %s as it came, however it is cut', (_, bytes) => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 10 }), (places) => {
        const { text, facts } = run(cut(bytes, places))
        expect(text).toBe(bytes.toString('utf8'))
        expect(facts).toMatchObject(FACTS[name])
      }),
      { numRuns: 40 },
    )
  })
})

test('the chunk with the finish reason is kept until the stream is over', () => {
  const bytes = fixture('text.sse')
  const { passedBefore, last } = run([bytes])
  expect(passedBefore + last).toBe(bytes.toString('utf8'))
  expect(last).toMatch(/^data: .*"finishReason": "STOP".*\r\n\r\n$/)
})

test('a stream that is cut off is not done, whatever usage it had', () => {
  const bytes = fixture('text.sse')
  const { facts, last } = run([bytes.subarray(0, bytes.lastIndexOf('data: '))])
  expect(facts).toMatchObject({ done: false, finishReason: '', usage: { totalTokenCount: 29 } })
  expect(last).toBe('')
})

test('one candidate of two is not a whole answer', () => {
  const bytes = fixture('candidates.sse')
  expect(run([bytes.subarray(0, bytes.lastIndexOf('data: '))]).facts.done).toBe(false)
})

test('facts are there while the stream runs, with the usage of the last chunk', () => {
  const watch = new GeminiStreamWatch()
  const [first = '', second = ''] = fixture('text.sse')
    .toString('utf8')
    .split(/(?<=\r\n\r\n)/)
  watch.push(Buffer.from(first))
  expect(watch.facts).toMatchObject({ hasContent: true, usage: { totalTokenCount: 26 } })
  watch.push(Buffer.from(second))
  expect(watch.facts.usage).toMatchObject({ totalTokenCount: 29 })
})

test('quotes and brackets in strings of a list, cut anywhere', () => {
  const chunk = (text: string) => JSON.stringify({ candidates: [{ content: { parts: [{ text }] } }], modelVersion: 'm' })
  const text = fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', 'é', ',') })
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(), { maxLength: 8 }), (texts, places) => {
      const end = '{"candidates":[{"finishReason":"STOP"}]}'
      const bytes = Buffer.from(`[${[...texts.map(chunk), end].join(',\r\n')}]`)
      const { text: passed, last, facts } = run(cut(bytes, places))
      expect(passed).toBe(bytes.toString('utf8'))
      expect(last).toBe(`,\r\n${end}]`)
      expect(facts.done).toBe(true)
    }),
  )
})
