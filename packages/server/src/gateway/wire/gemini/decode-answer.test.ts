import { noUsage } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collect } from '../collect.ts'
import type { AnswerEvent } from '../language.ts'
import { decodeAnswer } from './decode-answer.ts'
import { callOf, cut, fixture, json, readStream } from './transcripts.case.ts'

const whole = (name: string) => collect(decodeAnswer(callOf()).whole(json(`${name}.json`)))
const streamed = (name: string) => collect(readStream(decodeAnswer(callOf()), [fixture(`${name}.sse`)]))
const both = (name: string) => [whole(name), streamed(name)]

test('text, with thoughts counted beside the output', () => {
  for (const answer of both('text'))
    expect(answer).toMatchObject({
      id: 'kQ4fabCdE_-x1PIP',
      model: 'gemini-2.5-flash',
      choices: [{ blocks: [{ type: 'text', text: 'Grüß dich, 世界!' }], finish: { reason: 'stop', native: 'STOP' } }],
      usage: { usage: { ...noUsage(), input: 4, output: 6, reasoning: 20 } },
      ended: true,
    })
})

test('thoughts, and parallel calls of which one has a signature and one no id', () => {
  for (const answer of both('tools')) {
    expect(answer.choices).toMatchObject([
      {
        blocks: [
          { type: 'reasoning', text: '**Checking**\n\nI need both cities.', isSummary: true, origin: 'gemini' },
          {
            type: 'tool-call',
            id: 'qx7f3k1p',
            name: 'get_weather',
            arguments: '{"city":"Oslo","days":2}',
            signature: { dialect: 'gemini', value: 'CtoBAdHtim9eUq==' },
          },
          { type: 'tool-call', id: 'call_z81fabCdE_-y2PIP_2', name: 'get_weather', arguments: '{"city":"Rome","days":2}' },
          { type: 'opaque', what: 'candidate', value: { finishMessage: 'Model generated function call(s).' } },
        ],
        finish: { reason: 'tool-calls', native: 'STOP' },
      },
    ])
    expect(answer.choices[0]?.blocks[2]).not.toHaveProperty('signature')
  }
})

test('the signature of a text follows it; one in a part of its own stays alone', () => {
  expect(whole('signed-text').choices[0]?.blocks).toEqual([
    { type: 'text', text: 'Four.' },
    { type: 'reasoning', text: '', signature: 'EpQCCpECAdHtim8=', origin: 'gemini' },
  ])
  expect(streamed('signed-text').choices[0]?.blocks).toEqual([
    { type: 'text', text: 'Four.' },
    { type: 'reasoning', text: '', encrypted: 'EpQCCpECAdHtim8=', origin: 'gemini' },
  ])
})

test('grounding becomes citations, with bytes turned into UTF-16', () => {
  for (const answer of both('grounding')) {
    const [text, beside] = answer.choices[0]?.blocks ?? []
    const a = { url: 'https://vertexaisearch.cloud.google.com/grounding-api-redirect/A', title: 'orf.at' }
    const b = { url: 'https://vertexaisearch.cloud.google.com/grounding-api-redirect/B', title: 'uefa.com' }
    expect(text).toEqual({
      type: 'text',
      text: 'Österreich gewann 1:0. Das Spiel war in Wien.',
      citations: [
        { ...a, start: 0, end: 22 },
        { ...b, start: 0, end: 22 },
        { ...b, start: 23, end: 45 },
      ],
    })
    expect(beside).toMatchObject({
      type: 'opaque',
      what: 'candidate',
      value: { groundingMetadata: { webSearchQueries: ['österreich ergebnis'] } },
    })
  }
  expect(whole('grounding').usage?.usage).toEqual({ ...noUsage(), input: 102, output: 14 })
})

test('sources that come after their text was closed stand on a text without words', () => {
  const chunk = (parts: object[], rest = {}) => ({ event: '', data: JSON.stringify({ candidates: [{ content: { parts }, ...rest }] }) })
  const decoder = decodeAnswer(callOf())
  const groundingMetadata = {
    groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
    groundingSupports: [{ segment: { endIndex: 2, text: 'Hi' }, groundingChunkIndices: [0] }],
  }
  const events = [
    ...decoder.push(chunk([{ text: 'Hi' }])),
    ...decoder.push(chunk([{ functionCall: { name: 'f' } }])),
    ...decoder.push(chunk([], { groundingMetadata, finishReason: 'STOP' })),
    ...decoder.finish(),
  ]
  inOrder(events)
  expect(collect(events).choices[0]?.blocks.slice(0, 3)).toEqual([
    { type: 'text', text: 'Hi' },
    { type: 'tool-call', id: 'call_1', name: 'f', arguments: '{}' },
    { type: 'text', text: '', citations: [{ url: 'https://a.example', title: 'A' }] },
  ])
})

test('a recited source is cited', () => {
  const [choice] = whole('recitation').choices
  expect(choice?.finish).toEqual({ reason: 'content-filter', native: 'RECITATION' })
  expect(choice?.blocks[0]).toMatchObject({ text: 'Once upon a time', citations: [{ url: 'https://example.com/tale', start: 5, end: 16 }] })
})

test('a blocked prompt ends as a content filter', () => {
  for (const answer of both('blocked')) {
    expect(answer).toMatchObject({ choices: [{ finish: { reason: 'content-filter', native: 'PROHIBITED_CONTENT' } }], ended: true })
    expect(answer.usage?.usage).toEqual({ ...noUsage(), input: 9 })
  }
})

test('code that Gemini ran stays as it is, between its texts', () => {
  expect(whole('code-execution').choices[0]?.blocks).toEqual([
    { type: 'text', text: 'I compute. ' },
    { type: 'opaque', dialect: 'gemini', what: 'executableCode', value: { executableCode: { language: 'PYTHON', code: 'print(2+2)\n' } } },
    {
      type: 'opaque',
      dialect: 'gemini',
      what: 'codeExecutionResult',
      value: { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '4\n' } },
    },
    { type: 'text', text: 'It is 4.' },
  ])
})

test('an image and its signature', () => {
  expect(whole('image').choices[0]?.blocks).toEqual([
    { type: 'text', text: 'Here it is: ' },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
    { type: 'reasoning', text: '', signature: 'AQIDBA==', origin: 'gemini' },
  ])
})

test('several candidates, one without an index', () => {
  for (const answer of both('candidates'))
    expect(answer).toMatchObject({
      choices: [
        { blocks: [{ text: 'heads' }], finish: { reason: 'stop' } },
        { blocks: [{ text: 'tails' }], finish: { reason: 'length' } },
      ],
      ended: true,
    })
})

test('log probabilities', () => {
  expect(whole('logprobs').choices[0]).toMatchObject({
    blocks: [
      { type: 'text', text: 'Yes' },
      { what: 'candidate', value: { avgLogprobs: -0.1 } },
    ],
    logprobs: [
      {
        token: 'Yes',
        logprob: -0.1,
        top: [
          { token: 'Yes', logprob: -0.1 },
          { token: 'No', logprob: -2.4 },
        ],
      },
    ],
  })
})

describe('finish reasons', () => {
  test.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['BLOCKLIST', 'content-filter'],
    ['SPII', 'content-filter'],
    ['LANGUAGE', 'content-filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['OTHER', 'error'],
    ['SOMETHING_NEW', 'error'],
  ])('%s is %s', (native, reason) => {
    const answer = collect(decodeAnswer(callOf()).whole({ candidates: [{ finishReason: native }] }))
    expect(answer.choices[0]?.finish).toEqual({ reason, native })
    expect(answer.ended).toBe(true)
  })
  test('safety and a malformed call without any part', () => {
    expect(whole('safety').choices[0]?.finish?.reason).toBe('content-filter')
    expect(whole('malformed-call').choices[0]?.finish).toEqual({ reason: 'error', native: 'MALFORMED_FUNCTION_CALL' })
  })
})

describe('what is no whole answer does not end', () => {
  const text = '{"candidates":[{"content":{"parts":[{"text":"Half"}]}}],"usageMetadata":{"promptTokenCount":3}}'
  const stop = '{"candidates":[{"content":{"parts":[{"text":"."}]},"finishReason":"STOP"}]}'
  test.each([
    ['a stream that is cut off', [text], ''],
    ['nothing', [], ''],
    ['a chunk cut off', [text, '{"candidates":[{"con', stop], 'The provider sent a chunk that is not JSON.'],
    ['an HTML page', ['<html>', stop], 'The provider sent a chunk that is not JSON.'],
    [
      'one of two candidates',
      ['{"candidates":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]}'],
      '',
    ],
    ['an error after the finish reason', [stop, '{"error":{"code":500,"message":"Oh."}}'], 'Oh.'],
    ['odd values', ['null', '7', stop], 'The provider sent a chunk that is not an object.'],
  ])('%s', (_, chunks, error) => {
    const decoder = decodeAnswer(callOf())
    const answer = collect([...chunks.flatMap((data) => decoder.push({ event: '', data })), ...decoder.finish()])
    expect(answer.ended).toBe(false)
    expect(answer.error?.message ?? '').toBe(error)
  })
  test('an error inside of a stream keeps its status', () => {
    expect(streamed('error-inside')).toMatchObject({
      choices: [{ blocks: [{ text: 'Half an' }] }],
      error: { message: 'The model is overloaded.', status: 503, code: 'UNAVAILABLE' },
      ended: false,
    })
  })
  test('a body that is something else', () => {
    expect(collect(decodeAnswer(callOf()).whole({ hello: 1 }))).toMatchObject({ ended: false, error: { message: expect.any(String) } })
    expect(collect(decodeAnswer(callOf()).whole('x'))).toMatchObject({ ended: false })
    expect(collect(decodeAnswer(callOf()).whole(json('error.json')))).toMatchObject({ ended: false, error: { status: 429 } })
  })
})

test('older models that finish with every chunk end once, with the last reason', () => {
  const decoder = decodeAnswer(callOf())
  const chunk = (text: string, finishReason: string) => ({
    event: '',
    data: JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, finishReason }] }),
  })
  const events = [...decoder.push(chunk('a', 'STOP')), ...decoder.push(chunk('b', 'MAX_TOKENS')), ...decoder.finish()]
  expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1)
  expect(collect(events)).toMatchObject({ choices: [{ blocks: [{ text: 'ab' }], finish: { reason: 'length' } }], ended: true })
})

test('ids that are missing go on counting where the conversation stopped', () => {
  const call = callOf({ turns: [{ role: 'assistant', blocks: [{ type: 'tool-call', id: 'call_1', name: 'f', arguments: '{}' }] }] })
  const body = { candidates: [{ content: { parts: [{ functionCall: { name: 'f' } }] } }] }
  expect(collect(decodeAnswer(call).whole(body)).choices[0]?.blocks).toEqual([
    { type: 'tool-call', id: 'call_2', name: 'f', arguments: '{}' },
  ])
})

test.each(['text', 'tools', 'signed-text', 'grounding', 'blocked', 'candidates', 'error-inside'])(
  '%s reads the same however its bytes are cut, in order',
  (name) => {
    const bytes = fixture(`${name}.sse`)
    const expected = readStream(decodeAnswer(callOf()), [bytes])
    inOrder(expected)
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (places) => {
        expect(readStream(decodeAnswer(callOf()), cut(bytes, places))).toEqual(expected)
      }),
      { numRuns: 30 },
    )
  },
)

test('text and thoughts may be cut into any number of chunks', () => {
  const letters = fc.array(fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme' }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(letters, letters, (thoughts, texts) => {
      const parts = [...thoughts.map((text) => ({ text, thought: true })), ...texts.map((text) => ({ text }))]
      const decoder = decodeAnswer(callOf())
      const events = parts.flatMap((part) =>
        decoder.push({ event: '', data: JSON.stringify({ candidates: [{ content: { parts: [part] } }] }) }),
      )
      expect(collect([...events, ...decoder.finish()]).choices).toEqual(
        collect(decodeAnswer(callOf()).whole({ candidates: [{ content: { parts } }] })).choices,
      )
    }),
    { numRuns: 50 },
  )
})

test('nothing that a provider sends makes it throw', () => {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constant({ parts: [{}, { text: 1 }, { functionCall: {} }, { functionCall: 3 }, { inlineData: {} }] }),
  )
  fc.assert(
    fc.property(
      fc.record(
        {
          candidates: fc.oneof(
            odd,
            fc.array(
              fc.record(
                { content: odd, index: odd, finishReason: odd, groundingMetadata: odd, citationMetadata: odd, logprobsResult: odd },
                { requiredKeys: [] },
              ),
              { maxLength: 3 },
            ),
          ),
          usageMetadata: odd,
          promptFeedback: odd,
          error: odd,
          responseId: odd,
        },
        { requiredKeys: [] },
      ),
      (chunk) => {
        const decoder = decodeAnswer(callOf())
        collect([...decoder.push({ event: '', data: JSON.stringify(chunk) }), ...decoder.finish()])
        collect(decodeAnswer(callOf()).whole(chunk))
      },
    ),
  )
})

test('what is nested without end is an error and no crash', () => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const call = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":${deep(100_000)}}}}]}}]}`
  for (const data of [deep(100_000), call]) {
    const decoder = decodeAnswer(callOf())
    expect(collect([...decoder.push({ event: '', data }), ...decoder.finish()]).ended).toBe(false)
  }
})

/** Blocks of a choice open and close one after the other, and deltas come in between. */
function inOrder(events: readonly AnswerEvent[]): void {
  const open = new Map<number, number>()
  for (const event of events) {
    if (!('index' in event)) continue
    if (event.type === 'block') {
      expect(open.has(event.choice)).toBe(false)
      open.set(event.choice, event.index)
      continue
    }
    expect(open.get(event.choice)).toBe(event.index)
    if (event.type === 'block-end') open.delete(event.choice)
  }
  expect(open.size).toBe(0)
}
