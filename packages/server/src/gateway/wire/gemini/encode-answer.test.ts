import { noUsage } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collect, spread } from '../collect.ts'
import type { Answer, AnswerEvent, Block, Call } from '../language.ts'
import { ServerEventReader } from '../server-events.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeCall } from './decode-call.ts'
import { encodeAnswer } from './encode-answer.ts'
import { callOf, fixture, json, readStream } from './transcripts.case.ts'

const THOUGHTS: Partial<Call> = { reasoning: { summary: true } }
const write = (events: Iterable<AnswerEvent>, call = callOf(THOUGHTS)): string => {
  const encoder = encodeAnswer(call, { id: 'made' })
  return [...events].map((event) => encoder.push(event)).join('')
}
const chunksOf = (text: string): Record<string, unknown>[] => {
  const reader = new ServerEventReader()
  return [...reader.push(Buffer.from(text)), ...reader.finish()].map(({ data }) => JSON.parse(data))
}
const reread = (text: string): Answer => collect(readStream(decodeAnswer(callOf()), [Buffer.from(text)]))
const FROM_OTHERS: Answer = {
  id: 'msg_1',
  model: 'claude-sonnet-4-5',
  choices: [
    {
      blocks: [
        { type: 'reasoning', text: 'Hm.', signature: 'sig', origin: 'anthropic' },
        { type: 'text', text: 'Søren says so. Yes.', citations: [{ url: 'https://a.example', title: 'A', start: 0, end: 14 }] },
        { type: 'tool-call', id: 'toolu_1', name: 'look', arguments: '{"at":"sky"}' },
      ],
      finish: { reason: 'tool-calls', native: 'tool_use' },
    },
  ],
  usage: { usage: { ...noUsage(), input: 10, cacheRead: 5, output: 7, reasoning: 3 }, raw: { input_tokens: 10 } },
  ended: true,
}

test('a whole answer of another vendor', () => {
  expect(encodeAnswer(callOf(), { id: 'made' }).whole(FROM_OTHERS)).toEqual({
    candidates: [
      {
        content: {
          parts: [
            { text: '', thought: true, thoughtSignature: expect.any(String) },
            { text: 'Søren says so. Yes.' },
            { functionCall: { id: 'toolu_1', name: 'look', args: { at: 'sky' } } },
          ],
          role: 'model',
        },
        finishReason: 'STOP',
        index: 0,
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
          groundingSupports: [
            { segment: { partIndex: 1, startIndex: 0, endIndex: 15, text: 'Søren says so.' }, groundingChunkIndices: [0] },
          ],
        },
      },
    ],
    usageMetadata: {
      promptTokenCount: 15,
      candidatesTokenCount: 7,
      totalTokenCount: 25,
      cachedContentTokenCount: 5,
      thoughtsTokenCount: 3,
    },
    modelVersion: 'claude-sonnet-4-5',
    responseId: 'msg_1',
  })
})

test('a stream of another vendor: calls go out whole, the end with its reason and usage comes last', () => {
  const events: AnswerEvent[] = [
    { type: 'start', id: '', model: 'gpt-5' },
    { type: 'block', choice: 0, index: 0, block: { type: 'text', text: '' } },
    { type: 'text', choice: 0, index: 0, text: 'Hi' },
    { type: 'block-end', choice: 0, index: 0 },
    { type: 'block', choice: 0, index: 1, block: { type: 'tool-call', id: 'c1', name: 'look', arguments: '' } },
    { type: 'arguments', choice: 0, index: 1, text: '{"at":' },
    { type: 'arguments', choice: 0, index: 1, text: '"sky"}' },
    { type: 'block-end', choice: 0, index: 1 },
    { type: 'finish', choice: 0, reason: 'tool-calls', native: 'tool_calls' },
    { type: 'usage', usage: { ...noUsage(), input: 3, output: 2 }, raw: {} },
    { type: 'end' },
  ]
  const head = { modelVersion: 'gpt-5', responseId: 'made' }
  const text = write(events, callOf())
  expect(chunksOf(text)).toEqual([
    { candidates: [{ content: { parts: [{ text: 'Hi' }], role: 'model' }, index: 0 }], ...head },
    {
      candidates: [{ content: { parts: [{ functionCall: { id: 'c1', name: 'look', args: { at: 'sky' } } }], role: 'model' }, index: 0 }],
      ...head,
    },
    {
      candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
      ...head,
    },
  ])
  expect(reread(text)).toMatchObject({ choices: [{ finish: { reason: 'tool-calls' } }], ended: true })
  const asList = write(events, callOf({ stream: true, notes: { framing: 'json-list' } }))
  expect(JSON.parse(asList)).toEqual(chunksOf(text))
})

test('a list of nothing but its end is a list', () => {
  const text = write([{ type: 'end' }], callOf({ notes: { framing: 'json-list' } }))
  expect(JSON.parse(text)).toEqual([{ modelVersion: 'gemini-2.5-flash', responseId: 'made' }])
})

describe('a failure', () => {
  const error = { message: 'Overloaded.', status: 529, code: 'overloaded_error' }
  const shape = { error: { code: 529, message: 'Overloaded.', status: 'UNAVAILABLE' } }
  test('is an event, and bytes in the open for clients that overlook it', () => {
    const text = encodeAnswer(callOf(), { id: 'made' }).fail(error)
    expect(text).toBe(`data: ${JSON.stringify(shape)}\r\n\r\n${JSON.stringify(shape)}`)
    expect(reread(text)).toMatchObject({ ended: false, error: { message: 'Overloaded.', status: 529 } })
  })
  test('is the last of a list', () => {
    const encoder = encodeAnswer(callOf({ notes: { framing: 'json-list' } }), { id: 'made' })
    const text = encoder.push({ type: 'block', choice: 0, index: 0, block: { type: 'text', text: 'Half' } }) + encoder.fail(error)
    expect(JSON.parse(text)).toMatchObject([{ candidates: [{ content: { parts: [{ text: 'Half' }] } }] }, shape])
  })
})

test('thoughts are shown to who asked for them', () => {
  const blocks: Block[] = [
    { type: 'reasoning', text: 'Hm.', isSummary: true, origin: 'gemini' },
    { type: 'text', text: 'Yes.' },
  ]
  const answer: Answer = { id: 'a', model: 'm', choices: [{ blocks, finish: { reason: 'stop', native: 'STOP' } }], ended: true }
  const parts = (call: Call) =>
    (encodeAnswer(call, { id: 'x' }).whole(answer) as { candidates: [{ content: { parts: unknown } }] }).candidates[0].content.parts
  expect(parts(callOf())).toEqual([{ text: 'Yes.' }])
  expect(parts(callOf(THOUGHTS))).toEqual([{ text: 'Hm.', thought: true }, { text: 'Yes.' }])
  expect(write(spread(answer), callOf())).not.toContain('Hm.')
})

test('a call that was cut off is named, not sent half', () => {
  const answer: Answer = {
    id: 'a',
    model: 'm',
    choices: [
      { blocks: [{ type: 'tool-call', id: 'c', name: 'look', arguments: '{"at":"s' }], finish: { reason: 'length', native: 'length' } },
    ],
    ended: true,
  }
  const expected = [{ finishReason: 'MAX_TOKENS', finishMessage: 'Malformed function call: look({"at":"s)' }]
  expect(encodeAnswer(callOf(), { id: 'x' }).whole(answer)).toMatchObject({ candidates: expected })
  expect(chunksOf(write(spread(answer), callOf())).at(-1)).toMatchObject({ candidates: expected })
})

describe('the proof of another vendor comes back with the conversation', () => {
  const turnsAfter = (parts: unknown[]) => decodeCall({ contents: [{ role: 'model', parts }] }, { model: 'm' }).turns[0]?.blocks
  const [thought] = FROM_OTHERS.choices[0]?.blocks ?? []
  test.each([
    ['shown', callOf(THOUGHTS)],
    ['hidden', callOf()],
  ])('%s', (_, call) => {
    const body = encodeAnswer(call, { id: 'x' }).whole(FROM_OTHERS) as { candidates: [{ content: { parts: unknown[] } }] }
    expect(turnsAfter(body.candidates[0].content.parts)?.[0]).toEqual(thought)
    const streamed = chunksOf(write(spread(FROM_OTHERS), call)).flatMap(
      (chunk) => (chunk as { candidates: { content: { parts: unknown[] } }[] }).candidates[0]?.content.parts ?? [],
    )
    expect(turnsAfter(streamed)?.filter((block) => block.type === 'reasoning')).toEqual([thought])
  })
})

describe('what Gemini sent, a Gemini client gets', () => {
  test.each([
    'text',
    'tools',
    'signed-text',
    'grounding',
    'recitation',
    'code-execution',
    'image',
    'candidates',
    'blocked',
    'logprobs',
    'safety',
    'malformed-call',
  ])('%s', (name) => {
    const body = json(`${name}.json`)
    const answer = collect(decodeAnswer(callOf()).whole(body))
    const again = encodeAnswer(callOf(THOUGHTS), { id: 'made' }).whole(answer)
    expect(collect(decodeAnswer(callOf()).whole(again))).toEqual(answer)
    if (['text', 'signed-text', 'grounding', 'recitation', 'code-execution', 'image', 'blocked'].includes(name)) expect(again).toEqual(body)
  })
  test.each(['text', 'tools', 'signed-text', 'grounding', 'candidates', 'blocked'])('%s, streamed', (name) => {
    const events = readStream(decodeAnswer(callOf()), [fixture(`${name}.sse`)])
    expect(reread(write(events))).toEqual(collect(events))
  })
})

test('any answer reads the same after it was written, whole and streamed', () => {
  const word = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: word }),
    fc.record({
      type: fc.constant('reasoning' as const),
      text: word,
      isSummary: fc.constant(true),
      signature: word,
      origin: fc.constant('gemini' as const),
    }),
    fc.record({ type: fc.constant('reasoning' as const), text: fc.constant(''), encrypted: word, origin: fc.constant('gemini' as const) }),
    fc.record({
      type: fc.constant('image' as const),
      source: fc.constant({ kind: 'base64' as const, mediaType: 'image/png', data: 'AAAA' }),
    }),
    fc.record({
      type: fc.constant('tool-call' as const),
      id: word,
      name: word,
      arguments: fc.dictionary(word, fc.jsonValue()).map((args) => JSON.stringify(args)),
    }),
  )
  // Texts side by side are one text to Gemini.
  const blocks = fc
    .array(block, { maxLength: 6 })
    .map((all) => all.filter(({ type }, at) => type !== 'text' || all[at - 1]?.type !== 'text'))
  fc.assert(
    fc.property(fc.array(blocks, { minLength: 1, maxLength: 3 }), fc.nat(1e6), (choices, tokens) => {
      const answer: Answer = {
        id: 'r1',
        model: 'gemini-3-flash',
        choices: choices.map((each) => ({
          blocks: each,
          finish: { reason: each.some(({ type }) => type === 'tool-call') ? 'tool-calls' : 'stop', native: 'STOP' },
        })),
        usage: { usage: { ...noUsage(), input: tokens, output: 3, reasoning: 2, inputAudio: 1 }, raw: {} },
        ended: true,
      }
      const normal = ({ usage, ...rest }: Answer) => ({ ...rest, usage: usage?.usage })
      expect(normal(collect(decodeAnswer(callOf()).whole(encodeAnswer(callOf(THOUGHTS), { id: 'x' }).whole(answer))))).toEqual(
        normal(answer),
      )
      expect(normal(reread(write(spread(answer))))).toEqual(normal(answer))
    }),
    { numRuns: 60 },
  )
})
