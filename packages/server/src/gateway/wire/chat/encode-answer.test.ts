import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spread } from '../collect.ts'
import type { AnswerEvent, Block, Call } from '../language.ts'
import { chat } from './codec.ts'
import { answerOf, call, fixture, streamed, whole } from './test-support.ts'

const asked = call({ notes: { streamOptions: { include_usage: true } } })
const NAMES = ['text', 'parallel-tools', 'reasoning', 'openrouter', 'refusal', 'choices', 'media']

function written(events: Iterable<AnswerEvent>, of: Call = asked): string {
  const encoder = chat.encodeAnswer(of, { id: 'made' })
  return [...events].map((event) => encoder.push(event)).join('')
}
type Chunk = { choices: { delta: Record<string, unknown>; finish_reason: string | null; index: number }[]; usage?: unknown }
const chunksOf = (text: string): Chunk[] =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)) as Chunk)

test.each(NAMES)('%s: what is written as a stream reads as the same answer', (name) => {
  const events = streamed(fixture(`${name}.sse`))
  const text = written(events)
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(answerOf(streamed(text))).toEqual(answerOf(events))
  expect(answerOf(streamed(written(spread(answerOf(events)))))).toMatchObject({ id: answerOf(events).id, ended: true })
})

test.each(NAMES)('%s: what is written whole reads as the same answer', (name) => {
  const answer = answerOf(streamed(fixture(`${name}.sse`)))
  expect(answerOf(whole(chat.encodeAnswer(asked, { id: 'made' }).whole(answer)))).toEqual(answer)
})

test('a stream reads as recorded: role first, the same names on every chunk, usage at the end', () => {
  expect(written(streamed(fixture('text.sse')))).toMatchSnapshot()
})

test('usage is written only for who asked for it', () => {
  expect(written(streamed(fixture('text.sse')), call())).not.toContain('usage')
})

test("another vendor's usage is written as chat's", () => {
  const usage = {
    input: 5,
    cacheRead: 3,
    cacheWrite: 2,
    cacheWrite1h: 0,
    inputAudio: 0,
    inputImage: 0,
    output: 4,
    reasoning: 1,
    outputAudio: 0,
  }
  const text = written([{ type: 'usage', usage, raw: { input_tokens: 5 } }, { type: 'end' }])
  expect(chunksOf(text)).toMatchObject([
    {
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    },
  ])
})

const start: AnswerEvent = { type: 'start', id: '', model: '' }
const one = (...blocks: Block[]): AnswerEvent[] => [
  start,
  ...blocks.flatMap((block, index): AnswerEvent[] => [
    { type: 'block', choice: 0, index, block },
    { type: 'block-end', choice: 0, index },
  ]),
  { type: 'finish', choice: 0, reason: blocks.some(({ type }) => type === 'tool-call') ? 'tool-calls' : 'stop', native: 'x' },
  { type: 'end' },
]
const answerWith = (...blocks: Block[]) => ({ ...answerOf(one(...blocks)) })

test('an answer without a name gets the one that was given', () => {
  expect(chunksOf(written(one()))[0]).toMatchObject({ id: 'made', model: 'm', created: 0 })
})

const signed: Block = { type: 'reasoning', text: 'hm', signature: 'sig', origin: 'anthropic' }
const hidden: Block = { type: 'reasoning', text: '', encrypted: 'xyz', origin: 'openai-responses', id: 'rs_1' }

test("another vendor's proof of its thoughts comes back with the next call", () => {
  const body = chat.encodeAnswer(asked, { id: 'made' }).whole(answerWith(signed, hidden, { type: 'text', text: 'yes' }))
  const message = (body.choices as { message: Record<string, unknown> }[])[0]?.message
  const again = chat.decodeCall({ model: 'm', messages: [{ role: 'user', content: 'q' }, message] }, {})
  expect(again.turns[1]?.blocks).toEqual([signed, hidden, { type: 'text', text: 'yes' }])
  const details = chunksOf(written(one(signed, hidden))).flatMap((chunk) => chunk.choices[0]?.delta.reasoning_details ?? [])
  expect(details).toEqual(message?.reasoning_details)
})

test('a client that speaks functions is answered with function_call', () => {
  const legacy = call({ notes: { legacyFunctions: true } })
  const block: Block = { type: 'tool-call', id: 'x', name: 'f', arguments: '{}' }
  const body = chat.encodeAnswer(legacy, { id: 'made' }).whole(answerWith(block))
  expect(body.choices).toMatchObject([{ message: { function_call: { name: 'f', arguments: '{}' } }, finish_reason: 'function_call' }])
  const text = written(one(block), legacy)
  expect(chunksOf(text)[1]?.choices[0]?.delta).toEqual({ function_call: { name: 'f', arguments: '{}' } })
  expect(text).toContain('"finish_reason":"function_call"')
})

test('a call without arguments is written with an empty object', () => {
  const block: Block = { type: 'tool-call', id: 'x', name: 'f', arguments: '' }
  for (const answer of [
    answerOf(streamed(written(one(block)))),
    answerOf(whole(chat.encodeAnswer(asked, { id: 'x' }).whole(answerWith(block)))),
  ])
    expect(answer.choices[0]?.blocks).toEqual([{ ...block, arguments: '{}' }])
})

test('a call of a custom tool is written with its text', () => {
  const custom = call({ serverTools: [{ dialect: 'openai-chat', name: 'sh', value: { type: 'custom', custom: { name: 'sh' } } }] })
  const block: Block = { type: 'tool-call', id: 'x', name: 'sh', arguments: '{"input":"ls \\"\\n"}' }
  const deltas = chunksOf(written(one(block), custom)).flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])
  expect(deltas).toEqual([
    { index: 0, id: 'x', type: 'custom', custom: { name: 'sh', input: '' } },
    { index: 0, custom: { input: 'ls "\n' } },
  ])
  expect(answerOf(streamed(written(one(block), custom), custom)).choices[0]?.blocks).toEqual([block])
})

test("another vendor's citation marks its block in the whole message", () => {
  const events = one({ type: 'text', text: 'One. ' }, { type: 'text', text: 'Two.', citations: [{ url: 'https://a.example', title: 'A' }] })
  const annotation = { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A', start_index: 5, end_index: 9 } }
  const found = chunksOf(written(events)).flatMap((chunk) => chunk.choices[0]?.delta.annotations ?? [])
  expect(found).toEqual([annotation])
  expect(chat.encodeAnswer(asked, { id: 'x' }).whole(answerOf(events)).choices).toMatchObject([{ message: { annotations: [annotation] } }])
})

test('a failure is an error chunk with nothing behind it', () => {
  const text = chat.encodeAnswer(asked, { id: 'made' }).fail({ message: 'gone', status: 502 })
  expect(JSON.parse(text.slice(6))).toEqual({ error: { message: 'gone', type: 'server_error', param: null, code: 502 } })
})

const block = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string({ unit: 'grapheme', minLength: 1 }) }),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: fc.uuid(),
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    arguments: fc.json({ maxDepth: 2 }),
  }),
)

test('random answers survive, and where the stream is cut into pieces does not matter', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uniqueArray(block, { selector: (one) => (one.type === 'tool-call' ? one.id : 'text'), maxLength: 4 }), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.array(fc.nat({ max: 9 })),
      (choices, cuts) => {
        const events: AnswerEvent[] = [{ type: 'start', id: 'a', model: 'm', createdAt: 7 }]
        for (const [choice, blocks] of choices.entries()) {
          const sorted = blocks.toSorted((a, b) => (a.type === b.type ? 0 : a.type === 'text' ? -1 : 1))
          for (const [index, block] of sorted.entries()) {
            const open: Block = block.type === 'text' ? { ...block, text: '' } : { ...block, arguments: '' }
            events.push({ type: 'block', choice, index, block: open })
            for (const text of pieces(block.type === 'text' ? block.text : block.arguments, cuts))
              events.push({ type: block.type === 'text' ? 'text' : 'arguments', choice, index, text })
            events.push({ type: 'block-end', choice, index })
          }
          const hasTools = sorted.some(({ type }) => type === 'tool-call')
          events.push({ type: 'finish', choice, reason: hasTools ? 'tool-calls' : 'stop', native: hasTools ? 'tool_calls' : 'stop' })
        }
        events.push({ type: 'end' })
        const answer = answerOf(events)
        expect(answerOf(streamed(written(events)))).toEqual(answer)
        expect(answerOf(whole(chat.encodeAnswer(asked, { id: 'x' }).whole(answer)))).toEqual(answer)
      },
    ),
  )
})

function pieces(text: string, cuts: number[]): string[] {
  const found: string[] = []
  let at = 0
  for (const cut of cuts) {
    found.push(text.slice(at, at + cut))
    at += cut
  }
  return [...found, text.slice(at)]
}
