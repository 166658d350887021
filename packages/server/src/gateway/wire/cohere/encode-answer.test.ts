import { readFileSync } from 'node:fs'
import { noUsage } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collect, spread } from '../collect.ts'
import type { Answer, AnswerEvent, Block, Call } from '../language.ts'
import { ServerEventReader } from '../server-events.ts'
import { cohere } from './codec.ts'

const CALL: Call = {
  dialect: 'cohere',
  model: 'command-a',
  stream: true,
  system: [],
  turns: [],
  tools: [],
  serverTools: [],
  logprobs: 0,
  extras: {},
}
type Event = { type: string; index?: number; delta?: { message?: Record<string, unknown>; [key: string]: unknown } }
type Transcript = { body: Record<string, unknown>; stream: Event[] }
const TRANSCRIPTS: Record<string, Transcript> = JSON.parse(readFileSync(new URL('__fixtures__/answers.json', import.meta.url), 'utf8'))

const write = (events: Iterable<AnswerEvent>, call = CALL): string => {
  const encoder = cohere.encodeAnswer(call, { id: 'own-id' })
  return [...events].map((event) => encoder.push(event)).join('')
}
const eventsIn = (text: string): Event[] => {
  const read = new ServerEventReader().push(Buffer.from(text))
  for (const { event, data } of read) if (data !== '[DONE]') expect(JSON.parse(data).type).toBe(event)
  return read.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data))
}
const reread = (text: string): Answer => {
  const decoder = cohere.decodeAnswer(CALL)
  return collect(new ServerEventReader().push(Buffer.from(text)).flatMap((event) => decoder.push(event)))
}
const answerOf = (blocks: Block[], more: Partial<Answer['choices'][number]> = {}): Answer => ({
  id: 'a-1',
  model: 'command-a',
  choices: [{ blocks, finish: { reason: 'stop', native: 'stop' }, ...more }],
  usage: { usage: { ...noUsage(), input: 5, cacheRead: 3, output: 2, reasoning: 4 }, raw: {} },
  ended: true,
})
const text = (value: string): Block => ({ type: 'text', text: value })

describe.each(Object.entries(TRANSCRIPTS))("Cohere's own answer, %s", (_, { body, stream }) => {
  test('is written as it was read, whole and streamed', () => {
    const read = (events: AnswerEvent[]) => ({ ...collect(events), usage: undefined })
    const own = cohere.decodeAnswer(CALL).whole(body)
    expect(read(cohere.decodeAnswer(CALL).whole(cohere.encodeAnswer(CALL, { id: 'x' }).whole(collect(own))))).toEqual(read(own))
    const decoder = cohere.decodeAnswer(CALL)
    const events = stream.flatMap((event) => decoder.push({ event: event.type, data: JSON.stringify(event) }))
    expect({ ...reread(write(events)), usage: undefined }).toEqual(read(events))
    expect(reread(write(events)).usage).toEqual(collect(events).usage)
  })
})

test('the events of a stream, from the start to [DONE]', () => {
  const written = write([
    { type: 'start', id: '', model: 'm' },
    { type: 'block', choice: 0, index: 0, block: { type: 'reasoning', text: '', origin: 'anthropic' } },
    { type: 'text', choice: 0, index: 0, text: 'Hm' },
    { type: 'signature', choice: 0, index: 0, signature: 's' },
    { type: 'block-end', choice: 0, index: 0 },
    { type: 'block', choice: 0, index: 1, block: text('') },
    { type: 'text', choice: 0, index: 1, text: 'Grü"ße', logprobs: [{ token: 'Grü"ße', logprob: -0.5 }] },
    { type: 'block-end', choice: 0, index: 1 },
    { type: 'block', choice: 0, index: 2, block: { type: 'tool-call', id: 'c1', name: 'look', arguments: '' } },
    { type: 'arguments', choice: 0, index: 2, text: '{"a":' },
    { type: 'arguments', choice: 0, index: 2, text: '1}' },
    { type: 'block-end', choice: 0, index: 2 },
    { type: 'finish', choice: 0, reason: 'stop', native: 'stop' },
    { type: 'usage', usage: { ...noUsage(), input: 5, output: 2 }, raw: { prompt_tokens: 5 } },
    { type: 'end' },
  ])
  expect(written.endsWith('data: [DONE]\n\n')).toBe(true)
  const counts = { input_tokens: 5, output_tokens: 2 }
  const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
  expect(eventsIn(written)).toEqual([
    { type: 'message-start', id: 'own-id', delta: { message } },
    { type: 'content-start', index: 0, delta: { message: { content: { type: 'thinking', thinking: '' } } } },
    { type: 'content-delta', index: 0, delta: { message: { content: { thinking: 'Hm' } } } },
    { type: 'content-end', index: 0 },
    { type: 'content-start', index: 1, delta: { message: { content: { type: 'text', text: '' } } } },
    {
      type: 'content-delta',
      index: 1,
      delta: { message: { content: { text: 'Grü"ße' } } },
      logprobs: { text: 'Grü"ße', token_ids: [], logprobs: [-0.5] },
    },
    { type: 'content-end', index: 1 },
    {
      type: 'tool-call-start',
      index: 0,
      delta: { message: { tool_calls: { id: 'c1', type: 'function', function: { name: 'look', arguments: '' } } } },
    },
    { type: 'tool-call-delta', index: 0, delta: { message: { tool_calls: { function: { arguments: '{"a":' } } } } },
    { type: 'tool-call-delta', index: 0, delta: { message: { tool_calls: { function: { arguments: '1}' } } } } },
    { type: 'tool-call-end', index: 0 },
    { type: 'message-end', delta: { finish_reason: 'TOOL_CALL', usage: { billed_units: counts, tokens: counts } } },
  ])
})

test('tool calls that come at once are written one after the other, also without arguments', () => {
  const call = (id: string): Block => ({ type: 'tool-call', id, name: id, arguments: '' })
  const written = write([
    { type: 'block', choice: 0, index: 0, block: call('a') },
    { type: 'block', choice: 0, index: 1, block: call('b') },
    { type: 'block', choice: 0, index: 2, block: call('c') },
    { type: 'arguments', choice: 0, index: 1, text: '{"b":1}' },
    { type: 'block-end', choice: 0, index: 1 },
    { type: 'arguments', choice: 0, index: 0, text: '{}' },
    { type: 'block-end', choice: 0, index: 0 },
    { type: 'end' },
  ])
  const calls = eventsIn(written).filter(({ type }) => type.startsWith('tool-call'))
  expect(calls.map(({ type, index }) => `${type} ${index}`)).toEqual(
    [0, 1, 2].flatMap((index) => ['start', 'delta', 'end'].map((what) => `tool-call-${what} ${index}`)),
  )
  expect(reread(written).choices[0]?.blocks).toMatchObject([
    { id: 'a', arguments: '{}' },
    { id: 'b', arguments: '{"b":1}' },
    { id: 'c', arguments: '{}' },
  ])
})

test('texts that follow each other are one part, and citations of other vendors keep their place in it', () => {
  const answer = answerOf([
    text('🐧 first. '),
    {
      type: 'text',
      text: '🐧 are tall.',
      citations: [{ url: 'https://example.com', title: 'Birds', text: 'Penguins are tall', start: 7, end: 11 }, { title: 'All of it' }],
    },
    text(' Yes.'),
  ])
  const expected = [
    {
      start: 15,
      end: 19,
      text: 'tall',
      sources: [
        {
          type: 'document',
          id: 'https://example.com',
          document: { id: 'https://example.com', title: 'Birds', url: 'https://example.com', snippet: 'Penguins are tall' },
        },
      ],
      content_index: 0,
      type: 'TEXT_CONTENT',
    },
    {
      start: 9,
      end: 20,
      text: '🐧 are tall.',
      sources: [{ type: 'document', id: 'All of it', document: { id: 'All of it', title: 'All of it' } }],
      content_index: 0,
      type: 'TEXT_CONTENT',
    },
  ]
  const { message } = cohere.encodeAnswer(CALL, { id: 'x' }).whole(answer)
  expect(message).toEqual({
    role: 'assistant',
    content: [{ type: 'text', text: '🐧 first. 🐧 are tall. Yes.' }],
    citations: expected,
  })
  const cited = eventsIn(write(spread(answer))).filter(({ type }) => type === 'citation-start')
  expect(cited.map(({ delta }) => delta?.message?.citations)).toEqual(expected)
})

test.each([
  [{ reason: 'stop', native: 'x' }, [text('Hi')], 'COMPLETE'],
  [{ reason: 'stop-sequence', native: 'x' }, [text('Hi')], 'STOP_SEQUENCE'],
  [{ reason: 'length', native: 'x' }, [text('Hi')], 'MAX_TOKENS'],
  [{ reason: 'content-filter', native: 'x' }, [text('Hi')], 'ERROR_TOXIC'],
  [{ reason: 'refusal', native: 'x' }, [text('Hi')], 'ERROR_TOXIC'],
  [{ reason: 'refusal', native: 'x' }, [{ type: 'refusal', text: 'No' }], 'COMPLETE'],
  [{ reason: 'pause', native: 'x' }, [text('Hi')], 'COMPLETE'],
  [{ reason: 'stop', native: 'x' }, [{ type: 'tool-call', id: 'a', name: 'f', arguments: '' }], 'TOOL_CALL'],
] as const)('%o of %o is %s', (finish, blocks, word) => {
  const answer = answerOf([...blocks], { finish })
  expect(cohere.encodeAnswer(CALL, { id: 'x' }).whole(answer).finish_reason).toBe(word)
  expect(eventsIn(write(spread(answer))).at(-1)?.delta?.finish_reason).toBe(word)
})

test('what has no place: thoughts that only a vendor reads, other answers, probabilities that nobody asked for', () => {
  const logprobs = [{ token: 'Hi', logprob: -1 }]
  const answer = answerOf([{ type: 'reasoning', text: '', encrypted: 'x', origin: 'openai-responses' }, text('Hi')], { logprobs })
  answer.choices.push({ blocks: [text('Other')] })
  const { logprobs: _, ...call } = CALL
  const body = cohere.encodeAnswer(call, { id: 'x' }).whole(answer)
  expect(body).toEqual({
    id: 'a-1',
    message: { role: 'assistant', content: [text('Hi')] },
    finish_reason: 'COMPLETE',
    usage: {
      billed_units: { input_tokens: 8, output_tokens: 6 },
      tokens: { input_tokens: 8, output_tokens: 6 },
      cached_tokens: 3,
    },
  })
  expect(cohere.encodeAnswer(CALL, { id: 'x' }).whole(answer).logprobs).toEqual([{ text: 'Hi', token_ids: [], logprobs: [-1] }])
  expect(write(spread(answer), call)).not.toMatch(/Other|logprobs/)
})

test('an answer without words is an empty text, where clients look for it', () => {
  const whole = cohere.encodeAnswer(CALL, { id: 'x' }).whole(answerOf([]))
  expect(whole.message).toEqual({ role: 'assistant', content: [text('')] })
  expect(reread(write(spread(answerOf([])))).choices[0]?.blocks).toEqual([text('')])
})

test('the proof of a Gemini call comes back in the id of the call', () => {
  const call: Block = { type: 'tool-call', id: 'c1', name: 'f', arguments: '{}', signature: { dialect: 'gemini', value: 'c2lnbmVk' } }
  const whole = cohere.encodeAnswer(CALL, { id: 'x' }).whole(answerOf([call])) as { message: { tool_calls: { id: string }[] } }
  const streamed = reread(write(spread(answerOf([call])))).choices[0]?.blocks[0]
  const id = whole.message.tool_calls[0]?.id
  expect(streamed).toMatchObject({ id })
  const { turns } = cohere.decodeCall(
    {
      model: 'm',
      messages: [
        { role: 'assistant', tool_calls: whole.message.tool_calls },
        { role: 'tool', tool_call_id: id, content: 'yes' },
      ],
    },
    {},
  )
  expect(turns).toMatchObject([{ blocks: [call] }, { blocks: [{ type: 'tool-result', callId: 'c1' }] }])
})

test('a failure within a stream is its last event, and no clean end', () => {
  const encoder = cohere.encodeAnswer(CALL, { id: 'x' })
  encoder.push({ type: 'block', choice: 0, index: 0, block: text('Hi') })
  const failed = encoder.fail({ message: 'It broke.' })
  expect(eventsIn(failed)).toEqual([{ type: 'message-end', delta: { error: 'It broke.', finish_reason: 'ERROR' } }])
  expect([encoder.push({ type: 'end' }), encoder.fail({ message: 'again' })]).toEqual(['', ''])
  expect(reread(failed)).toMatchObject({ ended: false, error: { message: 'It broke.' } })
})

test('whatever is answered, stream and body say the same', () => {
  const word = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc
      .tuple(
        word,
        fc.array(fc.record({ url: word, title: word, start: fc.nat(9), end: fc.nat(20) }, { requiredKeys: ['url'] }), { maxLength: 2 }),
      )
      .map(([value, citations]) => ({ type: 'text' as const, text: value, ...(citations.length > 0 && { citations }) })),
    word.map((value) => ({ type: 'reasoning' as const, text: value, origin: 'anthropic' as const })),
    word.map((value) => ({ type: 'refusal' as const, text: value })),
    word.map((value) => ({ type: 'tool-call' as const, id: value, name: value, arguments: JSON.stringify({ value }) })),
  )
  fc.assert(
    fc.property(fc.array(block, { maxLength: 6 }), (blocks) => {
      // In a body calls stand behind the content, whatever their place was.
      const sorted = [...blocks.filter(({ type }) => type !== 'tool-call'), ...blocks.filter(({ type }) => type === 'tool-call')]
      const answer = answerOf(sorted)
      const whole = collect(cohere.decodeAnswer(CALL).whole(cohere.encodeAnswer(CALL, { id: 'x' }).whole(answer)))
      expect(reread(write(spread(answer)))).toEqual(whole)
    }),
  )
})
