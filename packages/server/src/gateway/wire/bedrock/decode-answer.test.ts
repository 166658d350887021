import { readFileSync } from 'node:fs'
import { noUsage, type Usage } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ServerEvent } from '../codec.ts'
import { collect } from '../collect.ts'
import type { Answer, AnswerEvent, Call } from '../language.ts'
import { bedrock } from './codec.ts'
import { EventStreamReader, encodeFrame } from './event-stream.ts'

type Transcript = { body: unknown; stream: [event: string, data: unknown][] }
const TRANSCRIPTS: Record<string, Transcript> = JSON.parse(readFileSync(new URL('__fixtures__/answers.json', import.meta.url), 'utf8'))

const CALL: Call = {
  dialect: 'openai-chat',
  model: 'anthropic.claude-sonnet-4-5',
  stream: true,
  system: [],
  turns: [],
  tools: [],
  serverTools: [],
  extras: {},
}

const usage = (counts: Partial<Usage>): Usage => ({ ...noUsage(), ...counts })
const stop = { reason: 'stop', native: 'end_turn' } as const

const EXPECTED: Record<string, { choices: Answer['choices']; usage: Usage }> = {
  text: {
    choices: [{ blocks: [{ type: 'text', text: 'Here is a list of pop songs.' }], finish: stop }],
    usage: usage({ input: 125, output: 60 }),
  },
  'parallel tools after text': {
    choices: [
      {
        blocks: [
          { type: 'text', text: 'I look both up.' },
          { type: 'tool-call', id: 'tooluse_hbTgdi0CSLq_hM4P8csZJA', name: 'weather', arguments: '{"city":"Zürich"}' },
          { type: 'tool-call', id: 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', name: 'time', arguments: '{}' },
        ],
        finish: { reason: 'tool-calls', native: 'tool_use' },
      },
    ],
    usage: usage({ input: 500, output: 91 }),
  },
  'reasoning with its signature, sealed reasoning and a cache': {
    choices: [
      {
        blocks: [
          { type: 'reasoning', text: 'Two and two.', signature: 'EqMBCkgIARABGAIiQL8', origin: 'bedrock' },
          { type: 'reasoning', text: '', encrypted: 'RW1zS0hBZ0JFQVlFQkJnQ0tv', origin: 'bedrock' },
          { type: 'text', text: '4' },
        ],
        finish: { reason: 'stop-sequence', native: 'stop_sequence', stopSequence: 'END' },
      },
    ],
    usage: usage({ input: 10, cacheRead: 1500, cacheWrite: 300, cacheWrite1h: 200, output: 30 }),
  },
  citations: {
    choices: [
      {
        blocks: [
          {
            type: 'text',
            text: 'It rains.',
            citations: [
              {
                url: 'https://example.com/forecast',
                title: 'Forecast',
                text: 'Rain is expected.',
                native: {
                  dialect: 'bedrock',
                  value: {
                    title: 'Forecast',
                    source: 'https://example.com/forecast',
                    sourceContent: [{ text: 'Rain is expected.' }],
                    location: { documentChar: { documentIndex: 0, start: 3, end: 20 } },
                  },
                },
              },
            ],
          },
        ],
        finish: stop,
      },
    ],
    usage: usage({ input: 9, output: 3 }),
  },
  'an image, and a tool that the vendor ran': {
    choices: [
      {
        blocks: [
          {
            type: 'opaque',
            dialect: 'bedrock',
            what: 'toolUse',
            value: { toolUse: { toolUseId: 'srv_1', name: 'nova_grounding', type: 'server_tool_use', input: { query: 'rain' } } },
          },
          {
            type: 'opaque',
            dialect: 'bedrock',
            what: 'toolResult',
            value: { toolResult: { toolUseId: 'srv_1', type: 'nova_grounding_result', content: [{ text: 'found' }] } },
          },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
        ],
        finish: stop,
      },
    ],
    usage: usage({ input: 9, output: 3 }),
  },
}

const events = (stream: Transcript['stream']): ServerEvent[] => stream.map(([event, data]) => ({ event, data: JSON.stringify(data) }))
const bytesOf = (stream: Transcript['stream']): Buffer => Buffer.concat(events(stream).map(encodeFrame))

function readStream(chunks: Buffer[], call = CALL): AnswerEvent[] {
  const reader = new EventStreamReader()
  const decoder = bedrock.decodeAnswer(call)
  const read = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.finish()]
  return [...read.flatMap((event) => decoder.push(event)), ...decoder.finish()]
}

const streamed = (stream: Transcript['stream'], call = CALL): AnswerEvent[] => readStream([bytesOf(stream)], call)

describe.each(Object.entries(TRANSCRIPTS))('%s', (name, { body, stream }) => {
  test('whole and streamed say the same', () => {
    const wanted = EXPECTED[name]
    for (const answer of [collect(bedrock.decodeAnswer(CALL).whole(body)), collect(streamed(stream))]) {
      expect(answer.choices).toEqual(wanted?.choices)
      expect(answer.usage?.usage).toEqual(wanted?.usage)
      expect(answer).toMatchObject({ id: '', model: CALL.model, ended: true })
    }
  })

  test('blocks open and close one after the other, tool calls apart', () => {
    expect(nesting(streamed(stream))).toEqual([])
    expect(nesting(bedrock.decodeAnswer(CALL).whole(body))).toEqual([])
  })

  test('where the bytes are cut does not matter', () => {
    const bytes = bytesOf(stream)
    const once = streamed(stream)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 10 }), (places) => {
        const at = [0, ...places.sort((a, b) => a - b), bytes.length]
        expect(readStream(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).toEqual(once)
      }),
      { numRuns: 30 },
    )
  })

  test('a stream that is cut before the end of its message does not end', () => {
    const last = stream.findIndex(([event]) => event === 'messageStop')
    for (let length = 0; length < last; length++) expect(collect(streamed(stream.slice(0, length))).ended).toBe(false)
    expect(collect(streamed(stream.slice(0, last + 1))).ended).toBe(true)
  })
})

test('the original spelling of a tool comes back', () => {
  const call: Call = { ...CALL, tools: [{ name: 'files.read' }, { name: 'files_read' }] }
  const answer = collect(
    streamed([['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'a', name: 'files_read_2' } } }]], call),
  )
  expect(answer.choices[0]?.blocks).toEqual([{ type: 'tool-call', id: 'a', name: 'files.read', arguments: '' }])
})

test.each([
  ['throttlingException', { message: 'Too many tokens' }, { message: 'Too many tokens', status: 429, code: 'throttlingException' }],
  ['validationException', { message: 'Bad' }, { message: 'Bad', status: 400, code: 'validationException' }],
  [
    'internalServerException',
    {},
    { message: 'Bedrock sent internalServerException without a message.', status: 500, code: 'internalServerException' },
  ],
  ['serviceUnavailableException', { message: 'Busy' }, { message: 'Busy', status: 503, code: 'serviceUnavailableException' }],
  [
    'modelStreamErrorException',
    { message: 'The model failed', originalStatusCode: 500, originalMessage: 'Out of memory' },
    { message: 'Out of memory', status: 500, code: 'modelStreamErrorException' },
  ],
  ['someNewException', { message: 'New' }, { message: 'New', code: 'someNewException' }],
  ['error', { message: 'Broken frame' }, { message: 'Broken frame' }],
])('%s in the middle of a stream is an error, and the answer does not end', (event, data, error) => {
  const text = TRANSCRIPTS.text?.stream ?? []
  const answer = collect(streamed([...text.slice(0, 3), [event, data], ...text.slice(3)]))
  expect(answer).toMatchObject({ error, ended: false })
  expect(answer.choices[0]?.blocks).toEqual([{ type: 'text', text: 'Here is a list ' }])
})

test('garbage in the stream is an error', () => {
  const answer = collect(readStream([bytesOf(TRANSCRIPTS.text?.stream.slice(0, 2) ?? []), Buffer.from('<html>502</html>')]))
  expect(answer.ended).toBe(false)
  expect(answer.error?.message).toMatch(/cannot be read/)
})

test.each([
  ['missing indexes', (data: Record<string, unknown>) => ({ ...data, contentBlockIndex: undefined })],
  ['padding and unknown members', (data: Record<string, unknown>) => ({ ...data, p: 'abc', novel: { a: 1 } })],
])('%s change nothing', (_what, change) => {
  for (const [name, { stream }] of Object.entries(TRANSCRIPTS)) {
    const changed = stream.map(([event, data]): [string, unknown] => [event, change(data as Record<string, unknown>)])
    expect(collect(streamed(changed)).choices, name).toEqual(EXPECTED[name]?.choices)
  }
})

test('usage before the end of the message ends the answer with it', () => {
  const decoder = bedrock.decodeAnswer(CALL)
  const types = (event: string, data: unknown) => decoder.push({ event, data: JSON.stringify(data) }).map(({ type }) => type)
  expect(types('metadata', { usage: { inputTokens: 1, outputTokens: 2 } })).toEqual(['usage'])
  expect(types('messageStop', { stopReason: 'end_turn' })).toEqual(['start', 'finish', 'end'])
})

test('a tool that starts without an index, within a text that was not closed, gets its arguments', () => {
  const read = streamed([
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'So:' } }],
    ['contentBlockStart', { start: { toolUse: { toolUseId: 'a', name: 'f' } } }],
    ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"b":1}' } } }],
    ['messageStop', { stopReason: 'tool_use' }],
  ])
  expect(collect(read).choices[0]?.blocks).toEqual([
    { type: 'text', text: 'So:' },
    { type: 'tool-call', id: 'a', name: 'f', arguments: '{"b":1}' },
  ])
  expect(nesting(read)).toEqual([])
})

test('calls without an id get one, each its own', () => {
  const call = { toolUse: { name: 'f', input: {} } }
  const whole = bedrock.decodeAnswer(CALL).whole({ output: { message: { content: [call, call] } } })
  const start = (contentBlockIndex: number): [string, unknown] => ['contentBlockStart', { contentBlockIndex, start: call }]
  for (const read of [whole, streamed([start(0), start(1)])])
    expect(collect(read).choices[0]?.blocks).toMatchObject([{ id: 'call_0' }, { id: 'call_1' }])
})

test('an event that is not JSON is an error', () => {
  expect(bedrock.decodeAnswer(CALL).push({ event: 'contentBlockDelta', data: '{"delta":{"te' })).toMatchObject([{ type: 'error' }])
})

test('reasoning and text under one index, never closed, stay apart', () => {
  const delta = (value: unknown): [string, unknown] => ['contentBlockDelta', { contentBlockIndex: 0, delta: value }]
  const read = streamed([
    delta({ reasoningContent: { text: 'hm' } }),
    delta({ text: 'yes' }),
    ['unknownEvent', { a: 1 }],
    ['messageStop', { stopReason: 'end_turn' }],
  ])
  expect(collect(read).choices[0]?.blocks).toEqual([
    { type: 'reasoning', text: 'hm', origin: 'bedrock' },
    { type: 'text', text: 'yes' },
  ])
  expect(nesting(read)).toEqual([])
})

test.each([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['guardrail_intervened', 'content-filter'],
  ['content_filtered', 'content-filter'],
  ['malformed_tool_use', 'error'],
  ['malformed_model_output', 'error'],
  ['refusal', 'refusal'],
  ['constructor', 'stop'],
])('%s is %s', (native, reason) => {
  const answer = collect(streamed([['messageStop', { stopReason: native }]]))
  expect(answer.choices[0]?.finish).toEqual({ reason, native })
})

test('a whole body without a message is an error', () => {
  expect(bedrock.decodeAnswer(CALL).whole({ message: 'no', __type: 'com.amazon.coral.service#ThrottlingException' })).toEqual([
    { type: 'error', error: { message: 'no', status: 429, code: 'ThrottlingException' } },
  ])
  for (const body of [null, [], '', 'nonsense', { output: {} }, { output: { message: { content: 7 } } }])
    expect(collect(bedrock.decodeAnswer(CALL).whole(body))).toMatchObject({ ended: false, error: {} })
})

test('an error body says what Bedrock says', () => {
  expect(bedrock.decodeError(403, { Message: 'The security token is invalid.' })).toEqual({
    message: 'The security token is invalid.',
    status: 403,
  })
  expect(bedrock.decodeError(500, undefined)).toEqual({ message: 'Bedrock sent an error without a message.', status: 500 })
})

test('nothing that is sent makes it throw', () => {
  const name = fc.constantFrom(
    'messageStart',
    'contentBlockStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
    '__proto__',
    'error',
  )
  const member = fc.constantFrom(
    'delta',
    'start',
    'contentBlockIndex',
    'text',
    'toolUse',
    'reasoningContent',
    'citation',
    'image',
    'toolResult',
    'input',
  )
  const leaf = fc.oneof(fc.string({ maxLength: 5 }), fc.nat(3), fc.constant(null), fc.boolean())
  const tree = fc.dictionary(member, fc.oneof(leaf, fc.dictionary(member, fc.oneof(leaf, fc.dictionary(member, leaf), fc.array(leaf)))))
  const event = fc.record({
    event: name,
    data: fc.oneof(
      tree.map((value) => JSON.stringify(value)),
      fc.constantFrom('{"delta":{"te', '', '[]'),
    ),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), tree, (sent, body) => {
      const decoder = bedrock.decodeAnswer(CALL)
      const read = [...sent.flatMap((one) => decoder.push(one)), ...decoder.finish()]
      expect(read.filter(({ type }) => type === 'end' || type === 'error').length).toBeLessThanOrEqual(1)
      collect(read)
      bedrock.decodeAnswer(CALL).whole({ output: { message: { content: [body, ...Object.values(body)] } } })
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
      const flowing = [...open.values()].some((type) => type !== 'tool-call' || event.block.type !== 'tool-call')
      if (flowing) faults.push(`block ${event.index} opens within another`)
      open.set(event.index, event.block.type)
    } else if (event.type === 'block-end') {
      if (!open.delete(event.index)) faults.push(`block ${event.index} ends without being open`)
    } else if ('index' in event && !open.has(event.index)) faults.push(`${event.type} for ${event.index}, which is not open`)
  }
  return [...faults, ...[...open.keys()].map((index) => `block ${index} is never closed`)]
}
