import { readFileSync } from 'node:fs'
import { noUsage, type Usage } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collect } from '../collect.ts'
import type { Answer, AnswerEvent, Call } from '../language.ts'
import { ServerEventReader } from '../server-events.ts'
import { cohere } from './codec.ts'

type Event = Record<string, unknown>
type Transcript = { body: Record<string, unknown>; stream: Event[] }
const TRANSCRIPTS: Record<string, Transcript> = JSON.parse(readFileSync(new URL('__fixtures__/answers.json', import.meta.url), 'utf8'))

const CALL: Call = {
  dialect: 'openai-chat',
  model: 'command-a',
  stream: true,
  system: [],
  turns: [],
  tools: [],
  serverTools: [],
  extras: {},
}

const usage = (counts: Partial<Usage>): Usage => ({ ...noUsage(), ...counts })
const place = { start: 0, end: 2 }

const EXPECTED: Record<string, { id: string; choices: Answer['choices']; usage: Usage }> = {
  text: {
    id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
    choices: [{ blocks: [{ type: 'text', text: 'LLMs are models.' }], finish: { reason: 'stop', native: 'COMPLETE' } }],
    usage: usage({ input: 5, output: 4 }),
  },
  'a plan and parallel tools': {
    id: 'c-2',
    choices: [
      {
        blocks: [
          { type: 'reasoning', text: 'I will look both up.', id: 'tool_plan', origin: 'cohere' },
          { type: 'tool-call', id: 'weather_a', name: 'weather', arguments: '{"city":"Zürich"}' },
          { type: 'tool-call', id: 'time_b', name: 'time', arguments: '{}' },
        ],
        finish: { reason: 'tool-calls', native: 'TOOL_CALL' },
      },
    ],
    usage: usage({ input: 20, output: 30 }),
  },
  'thoughts, citations and probabilities': {
    id: 'c-3',
    choices: [
      {
        blocks: [
          { type: 'reasoning', text: 'Look it up.', origin: 'cohere' },
          {
            type: 'text',
            text: '🐧 are tall.',
            citations: [
              {
                ...place,
                url: 'https://example.com/p',
                title: 'Penguins',
                text: 'Emperor penguins are tall.',
                native: {
                  dialect: 'cohere',
                  value: (TRANSCRIPTS['thoughts, citations and probabilities']?.body as Cited | undefined)?.message.citations[0],
                },
              },
              { ...place, title: 'search_a:0', text: 'yes', native: { dialect: 'cohere', value: undefined } },
            ],
          },
        ],
        finish: { reason: 'length', native: 'MAX_TOKENS' },
        logprobs: [
          { token: '🐧 are', logprob: -0.75 },
          { token: ' tall.', logprob: -1 },
        ],
      },
    ],
    usage: usage({ input: 12, output: 5 }),
  },
}
type Cited = { message: { citations: unknown[] } }

const sse = (stream: Event[]): Buffer =>
  Buffer.from(stream.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))

function readStream(chunks: Buffer[]): AnswerEvent[] {
  const reader = new ServerEventReader()
  const decoder = cohere.decodeAnswer(CALL)
  const read = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.finish()]
  return [...read.flatMap((event) => decoder.push(event)), ...decoder.finish()]
}
const streamed = (stream: Event[]): AnswerEvent[] => readStream([sse(stream)])

describe.each(Object.entries(TRANSCRIPTS))('%s', (name, { body, stream }) => {
  test('whole and streamed say the same', () => {
    const wanted = EXPECTED[name]
    for (const answer of [collect(cohere.decodeAnswer(CALL).whole(body)), collect(streamed(stream))]) {
      expect(answer.choices).toEqual(wanted?.choices)
      expect(answer.usage?.usage).toEqual(wanted?.usage)
      expect(answer).toMatchObject({ id: wanted?.id, model: CALL.model, ended: true })
    }
  })

  test('blocks open and close one after the other', () => {
    expect(nesting(streamed(stream))).toEqual([])
    expect(nesting(cohere.decodeAnswer(CALL).whole(body))).toEqual([])
  })

  test('where the bytes are cut does not matter', () => {
    const bytes = sse(stream)
    const once = streamed(stream)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 10 }), (places) => {
        const at = [0, ...places.sort((a, b) => a - b), bytes.length]
        expect(readStream(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).toEqual(once)
      }),
      { numRuns: 30 },
    )
  })

  test('a stream that is cut does not end', () => {
    for (let length = 0; length < stream.length; length++) expect(collect(streamed(stream.slice(0, length))).ended).toBe(false)
  })

  test('events without names, without indexes, with lists of one, with unknown ones between, say the same', () => {
    const loose = stream.flatMap((event) => [
      { ...listed(event), index: undefined },
      { type: 'debug', index: 7 },
    ])
    const bytes = Buffer.from(
      `: hello\r\n\r\n${loose.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join('')}data: [DONE]\r\n\r\n`,
    )
    expect(collect(readStream([bytes])).choices).toEqual(EXPECTED[name]?.choices)
  })
})

/** Calls and citations as lists, as some servers send them. */
function listed(event: Event): Event {
  const message = (event.delta as { message?: Event } | undefined)?.message
  if (!message || event.type === 'message-start') return event
  const wrapped = Object.fromEntries(
    Object.entries(message).map(([key, value]) => [key, key === 'tool_calls' || key === 'citations' ? [value] : value]),
  )
  return { ...event, delta: { message: wrapped } }
}

test.each([
  ['an error event', { type: 'error', error: { message: 'overloaded' } }, { message: 'overloaded' }],
  ['a bare message', { message: 'internal error' }, { message: 'internal error' }],
  [
    'an end with an error',
    { type: 'message-end', delta: { finish_reason: 'ERROR', error: 'the model crashed' } },
    { message: 'the model crashed', status: 500 },
  ],
  [
    'a timeout',
    { type: 'message-end', delta: { finish_reason: 'TIMEOUT' } },
    { message: 'Cohere ended the answer with TIMEOUT.', status: 504 },
  ],
])('%s in the middle of a stream is an error, and the answer does not end', (_what, event, error) => {
  const text = TRANSCRIPTS.text?.stream ?? []
  const stream = [...text.slice(0, 3), event, ...text.slice(3)]
  const bytes = Buffer.from(stream.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(''))
  const answer = collect(readStream([bytes]))
  expect(answer).toMatchObject({ error, ended: false })
  expect(answer.choices[0]?.blocks).toEqual([{ type: 'text', text: 'LLMs' }])
  // Clients take a finish for the end of an answer.
  expect(answer.choices[0]?.finish).toBeUndefined()
})

test('a citation of the plan or of thoughts has no place', () => {
  const { stream = [] } = TRANSCRIPTS.text ?? {}
  const citation = { start: 0, end: 4, text: 'LLMs', sources: [], type: 'PLAN' }
  const cited = [
    ...stream.slice(0, 4),
    { type: 'citation-start', index: 0, delta: { message: { citations: citation } } },
    ...stream.slice(4),
  ]
  expect(collect(streamed(cited)).choices).toEqual(EXPECTED.text?.choices)
})

test('truncated JSON is an error', () => {
  const decoder = cohere.decodeAnswer(CALL)
  expect(decoder.push({ event: 'content-delta', data: '{"type":"content-de' })).toMatchObject([{ type: 'error' }])
})

test.each(['{"id":"x","choices":[', '<html>502 Bad Gateway</html>', '[]'])('%s among the events is an error', (data) => {
  const decoder = cohere.decodeAnswer(CALL)
  expect(decoder.push({ event: '', data })).toMatchObject([{ type: 'error' }])
  expect(decoder.push({ event: 'message-end', data: '{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}' })).toEqual([])
})

test.each(['', '[DONE]'])('an event with the data "%s" says nothing', (data) => {
  expect(cohere.decodeAnswer(CALL).push({ event: '', data })).toEqual([])
})

test.each([
  ['STOP_SEQUENCE', 'stop-sequence'],
  ['ERROR_TOXIC', 'content-filter'],
  ['ERROR_LIMIT', 'length'],
  ['NEW_WORD', 'stop'],
])('%s is %s', (native, reason) => {
  const answer = collect(streamed([{ type: 'message-end', delta: { finish_reason: native } }]))
  expect(answer).toMatchObject({ ended: true, choices: [{ finish: { reason, native } }] })
})

test('a whole body that is no answer is an error', () => {
  expect(cohere.decodeAnswer(CALL).whole({ message: 'invalid api token' })).toEqual([
    { type: 'error', error: { message: 'invalid api token' } },
  ])
  for (const body of [null, [], '', 'nonsense', {}])
    expect(collect(cohere.decodeAnswer(CALL).whole(body))).toMatchObject({ ended: false, error: {} })
})

test('an error body says what Cohere says', () => {
  expect(cohere.decodeError(429, { id: 'x', message: 'too many requests' })).toEqual({ message: 'too many requests', status: 429 })
  expect(cohere.decodeError(502, '<html>')).toEqual({ message: '<html>', status: 502 })
})

test('nothing that is sent makes it throw', () => {
  const type = fc.constantFrom(
    ...['message-start', 'content-start', 'content-delta', 'content-end', 'tool-plan-delta', 'tool-call-start', 'tool-call-delta'],
    ...['tool-call-end', 'citation-start', 'message-end', 'constructor'],
  )
  const member = fc.constantFrom(
    'delta',
    'message',
    'content',
    'tool_calls',
    'citations',
    'index',
    'text',
    'function',
    'sources',
    'finish_reason',
  )
  const leaf = fc.oneof(fc.string({ maxLength: 5 }), fc.nat(3), fc.constant(null))
  const inner = fc.dictionary(member, fc.oneof(leaf, fc.dictionary(member, leaf), fc.array(leaf, { maxLength: 2 })))
  const event = fc.record({ type, index: fc.option(fc.nat(2)), delta: fc.oneof(leaf, fc.record({ message: inner })) })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), inner, (sent, message) => {
      const read = streamed(sent)
      expect(read.filter(({ type: one }) => one === 'end' || one === 'error').length).toBeLessThanOrEqual(1)
      collect(read)
      collect(cohere.decodeAnswer(CALL).whole({ message, logprobs: [message] }))
    }),
    { numRuns: 2000 },
  )
})

/** What breaks the order of events, in words. */
function nesting(read: AnswerEvent[]): string[] {
  const faults: string[] = []
  const open = new Map<number, string>()
  for (const event of read) {
    if (event.type === 'block') {
      if ([...open.values()].some((type) => type !== 'tool-call' || event.block.type !== 'tool-call'))
        faults.push(`block ${event.index} opens within another`)
      open.set(event.index, event.block.type)
    } else if (event.type === 'block-end') {
      if (!open.delete(event.index)) faults.push(`block ${event.index} ends without being open`)
    } else if ('index' in event && !open.has(event.index)) faults.push(`${event.type} for ${event.index}, which is not open`)
  }
  return [...faults, ...[...open.keys()].map((index) => `block ${index} is never closed`)]
}
