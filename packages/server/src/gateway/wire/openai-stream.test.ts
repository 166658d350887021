import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasValue, OpenaiStreamWatch } from './openai-stream.ts'

const chunk = (delta: object, rest: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta, finish_reason: null }], ...rest })}\n\n`
const HEAD = chunk({ role: 'assistant', content: '' })
const TEXT = chunk({ content: 'Grüß dich, 世界' })
const FINISH = `data: ${JSON.stringify({ model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`
const USAGE = `data: ${JSON.stringify({ model: 'gpt-4o-2024-08-06', choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } })}\n\n`
const DONE = 'data: [DONE]\n\n'

/** Feeds the pieces, and joins what a client would get. */
function run(pieces: Buffer[], hideUsage = false) {
  const watch = new OpenaiStreamWatch({ hideUsage })
  const out: Buffer[] = []
  const take = ({ pass, last }: { pass: Buffer; last: Buffer | undefined }) => void out.push(pass, last ?? Buffer.alloc(0))
  for (const piece of pieces) take(watch.push(piece))
  take(watch.finish())
  return { text: Buffer.concat(out).toString('utf8'), facts: watch.facts }
}

const split = (text: string, cuts: number[]): Buffer[] => {
  const bytes = Buffer.from(text)
  const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

test('passes every byte as it came, however the stream is cut', () => {
  const stream = `: comment\n\n${HEAD}${TEXT}event: odd\ndata: {"new":"event"}\n\n${FINISH}${USAGE}${DONE}`
  fc.assert(
    fc.property(fc.array(fc.nat(2000), { maxLength: 12 }), (cuts) => {
      const { text, facts } = run(split(stream, cuts))
      expect(text).toBe(stream)
      expect(facts).toMatchObject({
        model: 'gpt-4o-2024-08-06',
        finishReason: 'stop',
        usage: { total_tokens: 11 },
        hasContent: true,
        done: true,
        error: '',
      })
    }),
  )
})

test('takes out the usage chunk that the client did not ask for, however the stream is cut', () => {
  const withNull = chunk({ content: 'x' }, { usage: null })
  const stream = `${HEAD}${withNull}${FINISH}${USAGE}${DONE}`
  fc.assert(
    fc.property(fc.array(fc.nat(2000), { maxLength: 12 }), (cuts) => {
      const { text, facts } = run(split(stream, cuts), true)
      expect(text).toBe(`${HEAD}${chunk({ content: 'x' })}${FINISH}${DONE}`)
      expect(facts.usage).toEqual({ prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 })
    }),
  )
})

test('understands CRLF and a last event without its blank line', () => {
  const { text, facts } = run([Buffer.from(`${(HEAD + TEXT + FINISH).replaceAll('\n', '\r\n')}data: [DONE]`)])
  expect(facts).toMatchObject({ finishReason: 'stop', done: true })
  expect(text.endsWith('data: [DONE]')).toBe(true)
})

test('text that looks like usage or an error is only text', () => {
  const { facts } = run([Buffer.from(HEAD + chunk({ content: '"usage":{"prompt_tokens":1} "error" data: [DONE]' }) + FINISH + DONE)])
  expect(facts).toMatchObject({ usage: undefined, error: '', finishReason: 'stop' })
})

test('an error event in the stream is noted', () => {
  const { facts } = run([Buffer.from(`${HEAD}data: {"error":{"message":"overloaded"}}\n\n`)])
  expect(facts).toMatchObject({ error: 'overloaded', finishReason: '' })
})

test('prelude is not content', () => {
  expect(run([Buffer.from(HEAD)]).facts.hasContent).toBe(false)
  expect(run([Buffer.from(chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] }))]).facts.hasContent).toBe(true)
})

test.each([
  ['{"finish_reason":null}', false],
  ['{"finish_reason" : null, "x": 1}', false],
  ['{"x":1}', false],
  ['{"finish_reason":"stop"}', true],
  ['{"finish_reason" :\t"stop"}', true],
  ['{"choices":[{"finish_reason":null},{"finish_reason":"length"}]}', true],
  ['{"finish_reason"', true],
])('%s has a reason: %s', (text, expected) => {
  expect(hasValue(Buffer.from(text), Buffer.from('"finish_reason"'))).toBe(expected)
})
