import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnswerEvent } from '../language.ts'
import { chat } from './codec.ts'
import { answerOf, call, chunks, fixture, streamed, whole } from './test-support.ts'

const DONE = 'data: [DONE]\n\n'
const NAMES = ['text', 'parallel-tools', 'reasoning', 'openrouter', 'refusal', 'choices', 'media']

test.each(NAMES)('%s: the stream and the whole body are the same answer', (name) => {
  const fromStream = answerOf(streamed(fixture(`${name}.sse`)))
  expect(fromStream.ended).toBe(true)
  expect(fromStream).toEqual(answerOf(whole(JSON.parse(fixture(`${name}.json`)))))
})

test.each(NAMES)('%s: reads as recorded', (name) => {
  expect(answerOf(streamed(fixture(`${name}.sse`)))).toMatchSnapshot()
})

test.each(NAMES)('%s: a stream that is cut before its finish reason is not an answer', (name) => {
  const events = fixture(`${name}.sse`).split('\n\n')
  const at = events.findIndex((event) => /"finish_reason":"/.test(event))
  for (let kept = 0; kept <= at; kept++) expect(answerOf(streamed(events.slice(0, kept).join('\n\n'))).ended).toBe(false)
})

test('a missing [DONE] is forgiven once all choices have finished', () => {
  expect(answerOf(streamed(chunks({ delta: { content: 'a' }, finish_reason: 'stop' }))).ended).toBe(true)
  expect(answerOf(streamed(chunks({ delta: { content: 'a' }, finish_reason: 'stop' }), call({ choices: 2 }))).ended).toBe(false)
})

test('nothing comes after [DONE]', () => {
  expect(
    streamed(chunks({ delta: { content: 'a' }, finish_reason: 'stop' }) + DONE + DONE).filter(({ type }) => type === 'end'),
  ).toHaveLength(1)
})

const calls = (...list: object[]) => ({ delta: { tool_calls: list } })
const named = (name: string, text: string, more: object = {}) => ({ ...more, function: { name, arguments: text } })
const STOP = { delta: {}, finish_reason: 'stop' }

test.each<[string, object[], [string, string, string][]]>([
  [
    'no index, by id',
    [calls(named('f', '{"a":', { id: 'x' })), calls(named('g', '{}', { id: 'y' })), calls({ id: 'x', function: { arguments: '1}' } })],
    [
      ['x', 'f', '{"a":1}'],
      ['y', 'g', '{}'],
    ],
  ],
  [
    'no index and no id, by order',
    [calls(named('f', '{"a"')), calls({ function: { arguments: ':1}' } }), calls(named('g', '{}'))],
    [
      ['call_0', 'f', '{"a":1}'],
      ['call_1', 'g', '{}'],
    ],
  ],
  [
    'whole calls, all with index 0',
    [calls(named('f', '{}', { index: 0, id: 'x' })), calls(named('f', '{"b":2}', { index: 0, id: 'y' }))],
    [
      ['x', 'f', '{}'],
      ['y', 'f', '{"b":2}'],
    ],
  ],
  [
    'whole calls in one chunk',
    [calls(named('f', '{}', { index: 0, id: 'x' }), named('g', '{}', { index: 1, id: 'y' }))],
    [
      ['x', 'f', '{}'],
      ['y', 'g', '{}'],
    ],
  ],
  [
    'the id in every fragment',
    [calls(named('f', '{', { index: 0, id: 'x' })), calls({ index: 0, id: 'x', function: { name: null, arguments: '}' } })],
    [['x', 'f', '{}']],
  ],
  [
    'arguments before the name',
    [calls({ index: 0, id: 'x', function: { arguments: '{' } }), calls(named('f', '}', { index: 0 }))],
    [['x', 'f', '{}']],
  ],
  ['arguments as an object', [calls({ index: 0, id: 'x', function: { name: 'f', arguments: { a: 1 } } })], [['x', 'f', '{"a":1}']]],
  [
    'interleaved',
    [
      calls(named('f', '', { index: 0, id: 'x' })),
      calls(named('g', '', { index: 1, id: 'y' })),
      calls({ index: 0, function: { arguments: '{}' } }),
      calls({ index: 1, function: { arguments: '[]' } }),
    ],
    [
      ['x', 'f', '{}'],
      ['y', 'g', '[]'],
    ],
  ],
  [
    'the older function_call',
    [{ delta: { function_call: { name: 'f', arguments: '{' } } }, { delta: { function_call: { arguments: '}' } } }],
    [['call_0', 'f', '{}']],
  ],
  [
    'a custom tool',
    [calls({ index: 0, id: 'x', type: 'custom', custom: { name: 'sh', input: 'ls "' } }), calls({ index: 0, custom: { input: '\n' } })],
    [['x', 'sh', '{"input":"ls \\"\\n"}']],
  ],
])('tool calls: %s', (_, deltas, expected) => {
  const { choices } = answerOf(streamed(chunks(...deltas, STOP) + DONE))
  expect(choices[0]?.blocks.map((block) => block.type === 'tool-call' && [block.id, block.name, block.arguments])).toEqual(expected)
  expect(choices[0]?.finish).toEqual({ reason: 'tool-calls', native: 'stop' })
})

test('ids made for calls go on behind those of the conversation', () => {
  const earlier = call({ turns: [{ role: 'assistant', blocks: [{ type: 'tool-call', id: 'call_0', name: 'f', arguments: '{}' }] }] })
  const { choices } = answerOf(streamed(chunks(calls(named('f', '{}')), STOP) + DONE, earlier))
  expect(choices[0]?.blocks).toEqual([{ type: 'tool-call', id: 'call_1', name: 'f', arguments: '{}' }])
})

test("Gemini's signature stays with its call", () => {
  const signed = { ...named('f', '{}', { index: 0, id: 'x' }), extra_content: { google: { thought_signature: 'abc' } } }
  const { choices } = answerOf(streamed(chunks(calls(signed), STOP) + DONE))
  expect(choices[0]?.blocks[0]).toMatchObject({ signature: { dialect: 'gemini', value: 'abc' } })
})

test.each([
  ['length', 'length'],
  ['content_filter', 'content-filter'],
  ['eos', 'stop'],
  ['abort', 'error'],
  ['constructor', 'stop'],
])('finish reason %s means %s', (native, reason) => {
  const { choices } = answerOf(streamed(chunks({ delta: { content: 'a' }, finish_reason: native }) + DONE))
  expect(choices[0]?.finish).toEqual({ reason, native })
})

test('a stop sequence that the server names is told', () => {
  const { choices } = answerOf(streamed(chunks({ delta: { content: 'a' }, finish_reason: 'stop', stop_reason: '###' }) + DONE))
  expect(choices[0]?.finish).toEqual({ reason: 'stop-sequence', native: 'stop', stopSequence: '###' })
})

test.each([
  ['an error chunk', 'data: {"error":{"message":"overloaded","type":"server_error","code":"x"}}\n\n', { message: 'overloaded', code: 'x' }],
  [
    'an error of OpenRouter',
    'data: {"id":"c","error":{"code":502,"message":"gone"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}\n\n',
    { message: 'gone', status: 502 },
  ],
  [
    'an error of a choice',
    'data: {"choices":[{"index":0,"error":{"code":429,"message":"slow down"},"finish_reason":"error"}]}\n\n',
    { message: 'slow down', status: 429 },
  ],
  ['an error event', 'event: error\ndata: {"message":"no"}\n\n', { message: 'no' }],
  ['a plain error event', 'event: error\ndata: no\n\n', { message: 'no' }],
  ['garbage', 'data: {"id":"c","choi\n\n', { message: 'The provider sent an event that is not JSON.' }],
])('%s is told and no end follows', (_, event, error) => {
  const answer = answerOf(streamed(chunks({ delta: { content: 'a' } }) + event + DONE))
  expect([answer.error, answer.ended]).toEqual([error, false])
})

test('what means nothing is passed over', () => {
  const odd = [
    'null',
    '[]',
    '7',
    '{}',
    '{"choices":null}',
    '{"choices":[null,{"index":"x","delta":"y"}]}',
    '{"id":"c","model":"m","choices":[{"delta":{"tool_calls":[null,{}]}}]}',
  ]
  const stream = odd.map((data) => `event: ping\ndata: ${data}\n\n`).join('')
  const answer = answerOf(streamed(`${stream}${chunks({ delta: { content: 'a' } }, STOP)}${DONE}`))
  expect(answer).toMatchObject({ id: 'c', ended: true, choices: [{ blocks: [{ type: 'text', text: 'a' }] }] })
  expect(answer.error).toBeUndefined()
})

test("Azure's first chunk, which names nothing, does not start the answer", () => {
  const first = 'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}\n\n'
  expect(streamed(first + chunks(STOP))[0]).toEqual({ type: 'start', id: 'c', model: 'm', createdAt: 1 })
})

test.each([
  ['in the last chunk', { usage: { prompt_tokens: 3, completion_tokens: 4 } }],
  ['in a field of Groq', { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4 } } }],
])('usage %s', (_, more) => {
  const last = `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, ...STOP }], ...more })}\n\n`
  expect(answerOf(streamed(last + DONE)).usage?.usage).toMatchObject({ input: 3, output: 4 })
})

test('usage that came before a cut is told', () => {
  const first = `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content: 'a' } }], usage: { prompt_tokens: 3, completion_tokens: 1 } })}\n\n`
  const answer = answerOf(streamed(first))
  expect([answer.usage?.usage.input, answer.ended]).toEqual([3, false])
})

test("Mistral's content in parts and Perplexity's list of links", () => {
  const parts = {
    delta: {
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
        { type: 'text', text: 'yes' },
      ],
    },
  }
  const body = {
    id: 'c',
    model: 'm',
    citations: ['https://a.example'],
    choices: [{ index: 0, message: parts.delta, finish_reason: 'stop' }],
  }
  expect(answerOf(whole(body)).choices[0]?.blocks).toEqual([
    { type: 'reasoning', text: 'hm', origin: 'openai-chat' },
    { type: 'text', text: 'yes', citations: [{ url: 'https://a.example' }] },
  ])
})

test.each([
  ['an error', { error: { message: 'no', code: 'bad' } }, { message: 'no', code: 'bad' }],
  ['text', 'nope', { message: 'The provider sent an answer that is not a JSON object.' }],
  ['empty', { choices: [] }, { message: 'The provider sent an answer without choices.' }],
  ['something else', { hello: 1 }, { message: 'The provider failed without saying why.' }],
])('a whole body that is %s is no answer', (_, body, error) => {
  const answer = answerOf(whole(body))
  expect([answer.error, answer.ended]).toEqual([error, false])
})

const odd = fc.oneof({ weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) }, fc.constantFrom('', '0', -1, 1e9, [], {}))
const fragment = fc.dictionary(
  fc.constantFrom('index', 'id', 'type', 'name', 'arguments', 'input', 'text', 'url', 'extra_content', 'thinking', 'image_url'),
  odd,
)
const wild = fc.oneof(
  odd,
  fragment,
  fc.array(fragment, { maxLength: 3 }),
  fc.array(fc.record({ index: odd, function: fragment, custom: fc.oneof(fragment, fc.constant(undefined)) }), { maxLength: 3 }),
)
const FIELDS = [
  'content',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'refusal',
  'tool_calls',
  'function_call',
  'audio',
  'images',
  'annotations',
]
const wildDelta = fc.dictionary(fc.constantFrom(...FIELDS), wild)
const wildChoice = fc.record({
  index: odd,
  delta: wildDelta,
  message: wildDelta,
  finish_reason: odd,
  logprobs: wild,
  error: odd,
  usage: odd,
  stop_reason: odd,
})
const wildChunk = fc.record({
  id: odd,
  model: odd,
  created: odd,
  choices: fc.oneof(odd, fc.array(wildChoice, { maxLength: 3 })),
  usage: odd,
  error: odd,
  citations: odd,
})
const streamedWild = (sent: unknown[], event: string): AnswerEvent[] =>
  streamed(sent.map((data) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join('') + DONE)

test('nothing that a provider sends makes reading or writing fail', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(odd, wildChunk), { maxLength: 5 }), fc.constantFrom('', 'error', 'ping'), (sent, event) => {
      for (const events of [streamedWild(sent, event), whole(sent[0])]) {
        const encoder = chat.encodeAnswer(call(), { id: 'x' })
        const text = events.map((one) => encoder.push(one)).join('')
        for (const line of text.split('\n\n')) if (line.startsWith('data: {')) JSON.parse(line.slice(6))
        JSON.stringify(encoder.whole(answerOf(events)))
        const opened = new Set(events.flatMap((one) => (one.type === 'block' ? [`${one.choice}/${one.index}`] : [])))
        for (const one of events) if ('index' in one) expect(opened).toContain(`${one.choice}/${one.index}`)
        if (events.some(({ type }) => type === 'error')) expect(events.at(-1)?.type).not.toBe('end')
      }
    }),
    { numRuns: 500 },
  )
})
