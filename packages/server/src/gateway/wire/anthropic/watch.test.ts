import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnthropicStreamWatch } from './watch.ts'
import { anthropicWholeFacts } from './whole-facts.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')

/** Feeds the pieces, and joins what a client would get. */
function run(pieces: Buffer[]) {
  const watch = new AnthropicStreamWatch()
  const out: Buffer[] = []
  let last = ''
  const take = (taken: { pass: Buffer; last: Buffer | undefined }) => {
    out.push(taken.pass, taken.last ?? Buffer.alloc(0))
    last ||= taken.last?.toString('utf8') ?? ''
  }
  for (const piece of pieces) take(watch.push(piece))
  take(watch.finish())
  return { text: Buffer.concat(out).toString('utf8'), last, facts: watch.facts }
}

const split = (text: string, cuts: number[]): Buffer[] => {
  const bytes = Buffer.from(text)
  const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

const EXPECTED = {
  'text.sse': {
    model: 'claude-sonnet-4-5-20250929',
    finishReason: 'end_turn',
    usage: { input_tokens: 25, cache_read_input_tokens: 100, output_tokens: 15, service_tier: 'standard' },
  },
  'tools.sse': { model: 'claude-sonnet-4-5-20250929', finishReason: 'tool_use', usage: { input_tokens: 472, output_tokens: 89 } },
  'web-search.sse': { finishReason: 'end_turn', usage: { input_tokens: 10_682, server_tool_use: { web_search_requests: 1 } } },
}

test.each(Object.entries(EXPECTED))('passes every byte of %s as it came, however it is cut', (name, facts) => {
  for (const stream of [fixture(name), fixture(name).replaceAll('\n', '\r\n'), `: comment\n\n${fixture(name)}`])
    fc.assert(
      fc.property(fc.array(fc.nat(6000), { maxLength: 12 }), (cuts) => {
        const ran = run(split(stream, cuts))
        expect(ran.text).toBe(stream)
        expect(ran.last).toMatch(/^event: message_stop/)
        expect(ran.facts).toMatchObject({ ...facts, hasContent: true, done: true, error: '' })
      }),
      { numRuns: 50 },
    )
})

test('a last event without its blank line is the last', () => {
  const { last, facts } = run([Buffer.from(fixture('text.sse').trimEnd())])
  expect(facts.done).toBe(true)
  expect(last).toBe('event: message_stop\ndata: {"type":"message_stop"}')
})

test('a stream that is cut off is not done, and what it said is known', () => {
  const { facts } = run([Buffer.from(fixture('text.sse').split('event: message_delta')[0] ?? '')])
  expect(facts).toMatchObject({ done: false, finishReason: '', usage: { input_tokens: 25, output_tokens: 1 }, hasContent: true })
})

test('an error event is noted', () => {
  expect(run([Buffer.from(fixture('error.sse'))]).facts).toMatchObject({ error: 'Overloaded', done: false, hasContent: true })
})

test('text that looks like an event is only text', () => {
  const text = JSON.stringify('"message_stop" event: message_stop {"type":"error","error":{"message":"x"}} "message_delta"')
  const stream = fixture('text.sse').replace('"世界!"', text)
  expect(run([Buffer.from(stream)]).facts).toMatchObject({ error: '', finishReason: 'end_turn', done: true })
})

test('the frame of a message is not content', () => {
  const [start = '', block = '', ping = '', delta = ''] = fixture('text.sse').split(/(?<=\n\n)/)
  expect(run([Buffer.from(start + block + ping)]).facts.hasContent).toBe(false)
  expect(run([Buffer.from(start + block + delta)]).facts.hasContent).toBe(true)
  expect(run([Buffer.from(fixture('tools.sse').split('event: content_block_delta')[0] ?? '')]).facts.hasContent).toBe(false)
  expect(run([Buffer.from(fixture('web-search.sse').split('event: content_block_delta')[0] ?? '')]).facts.hasContent).toBe(true)
})

test('a stream that is no JSON passes', () => {
  const garbage = 'data: {"type":"message_\n\ndata: [1]\n\nevent: x\n\n\n\n\u0000'
  expect(run([Buffer.from(garbage)])).toMatchObject({ text: garbage, facts: { done: false } })
})

test.each([0, 300_000])('a whole body with %i more bytes says what it is', (more) => {
  const message = {
    id: 'msg_1',
    type: 'message',
    model: 'claude-sonnet-4-5',
    content: [{ type: 'text', text: 'x'.repeat(more) }],
    stop_reason: 'max_tokens',
    usage: { input_tokens: 3, output_tokens: 4 },
  }
  expect(anthropicWholeFacts(Buffer.from(JSON.stringify(message)))).toEqual({
    isJson: true,
    model: 'claude-sonnet-4-5',
    finishReason: 'max_tokens',
    usage: { input_tokens: 3, output_tokens: 4 },
    error: '',
  })
  const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, padding: 'x'.repeat(more) }
  expect(anthropicWholeFacts(Buffer.from(JSON.stringify(error)))).toMatchObject({ isJson: true, error: 'Overloaded', usage: undefined })
  expect(anthropicWholeFacts(Buffer.from(`<html>${'x'.repeat(more)}`))).toMatchObject({ isJson: false, error: '' })
})
