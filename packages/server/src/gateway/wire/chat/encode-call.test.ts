import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Block, Call, FileBlock, ImageBlock, TextBlock } from '../language.ts'
import type { Json } from './check.ts'
import { chat } from './codec.ts'
import { call, fixture } from './test-support.ts'

const target = { model: 't', streamUsage: true }
const encode = (more: Partial<Call>) => chat.encodeCall(call({ stream: false, ...more }), target)
const foreign = (more: Partial<Call>) => encode({ dialect: 'anthropic', ...more })
const user = (...blocks: Block[]): Partial<Call> => ({ turns: [{ role: 'user', blocks }] })
const assistant = (...blocks: Block[]): Partial<Call> => ({ turns: [{ role: 'assistant', blocks }] })

test('a chat call comes back as it was sent', () => {
  const sent = JSON.parse(fixture('call.json')) as { messages: Json[] } & Json
  const { body, dropped } = chat.encodeCall(chat.decodeCall(sent, {}), { model: 'gpt-4o', streamUsage: true })
  const [first, ...rest] = sent.messages
  const refused = { role: 'assistant', content: null, refusal: 'No.' }
  const expected = [{ ...first, role: 'system' }, ...rest.with(6, refused)]
  expect(body).toEqual({ ...sent, messages: expected })
  expect(dropped).toEqual([])
})

test.each<[string, Json]>([
  ['the older limit', { max_tokens: 5 }],
  ["OpenRouter's reasoning", { reasoning: { max_tokens: 2000 } }],
  ['reasoning that is hidden', { reasoning: { effort: 'low', exclude: true } }],
  ['reasoning with a name of its own', { reasoning_effort: 'max', thinking: { type: 'disabled' } }],
  ['thinking with more', { thinking: { type: 'enabled', budget_tokens: 9, display: 'x' } }],
  ['reasoning with more', { reasoning: { effort: 'low', exclude: true }, reasoning_effort: 'low' }],
  ["LiteLLM's thinking", { thinking: { type: 'enabled', budget_tokens: 2000 } }],
  ['allowed tools', { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } }],
  ['a vendor tool', { tools: [{ type: 'openrouter:web_search', parameters: {} }] }],
  ['top k', { top_k: 3 }],
  ['JSON', { response_format: { type: 'json_object' } }],
  ['a grammar', { response_format: { type: 'grammar', grammar: 'g' } }],
])('%s comes back as it was sent', (_, more) => {
  const { body, dropped } = chat.encodeCall(chat.decodeCall({ model: 't', messages: [], ...more }, {}), target)
  expect([body, dropped]).toEqual([{ model: 't', messages: [], ...more }, []])
})

test.each<[string, Json]>([
  ['thoughts of OpenRouter', { content: 'a', reasoning: 'hm' }],
  [
    'signed thoughts',
    { content: 'a', reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', format: 'openai-responses-v1', index: 0, id: 'rs' }] },
  ],
  [
    'thoughts of a new format',
    { content: 'a', reasoning_details: [{ type: 'reasoning.text', text: 'x', format: 'xai-responses-v1', index: 0 }] },
  ],
  [
    'annotations',
    {
      content: 'a',
      annotations: [
        { type: 'url_citation', url_citation: { url: 'u' } },
        { type: 'file', file: {} },
      ],
    },
  ],
  ['images', { content: 'a', images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aa==' } }] }],
  [
    'audio',
    { content: null, audio: { id: 'audio_1' }, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
  ],
  [
    "Gemini's signature",
    {
      content: null,
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { google: { thought_signature: 's' } } },
      ],
    },
  ],
])('an assistant message with %s comes back as it was sent', (_, more) => {
  const sent = [{ role: 'assistant', ...more }]
  expect(chat.encodeCall(chat.decodeCall({ model: 't', messages: sent }, {}), target)).toEqual({
    body: { model: 't', messages: sent },
    dropped: [],
  })
})

test('usage is asked for where the target knows how and the answer streams', () => {
  const options = (stream: boolean, streamUsage: boolean) =>
    chat.encodeCall(call({ stream }), { model: 't', streamUsage }).body.stream_options
  expect([options(true, true), options(true, false), options(false, true)]).toEqual([{ include_usage: true }, undefined, undefined])
})

test.each<[string, Partial<Call>, string[]]>([
  ['extras', { extras: { foo: 1 } }, ['foo']],
  ['top k', { topK: 4 }, ['top_k']],
  ['a cache mark', user({ type: 'text', text: 'a', cache: {} }), ['cache_control']],
  [
    'a signed thought',
    assistant({ type: 'text', text: 'a' }, { type: 'reasoning', text: 'b', signature: 's', origin: 'anthropic' }),
    ['reasoning'],
  ],
  ['citations', assistant({ type: 'text', text: 'a', citations: [{ url: 'u' }] }), ['citations']],
  ['a server tool', { serverTools: [{ dialect: 'anthropic', name: 'web_search', value: {} }] }, ['web_search']],
  [
    'an opaque block',
    assistant({ type: 'text', text: 'a' }, { type: 'opaque', dialect: 'anthropic', what: 'server_tool_use', value: {} }),
    ['server_tool_use'],
  ],
  ['an uploaded image', user({ type: 'text', text: 'a' }, { type: 'image', source: { kind: 'id', id: 'f' } }), ['image.file_id']],
  ['a file by address', user({ type: 'text', text: 'a' }, { type: 'file', source: { kind: 'url', url: 'https://a' } }), ['file.url']],
  [
    'an image of the assistant',
    assistant({ type: 'text', text: 'a' }, { type: 'image', source: { kind: 'url', url: 'u' } }),
    ['assistant.image'],
  ],
  ['a budget', { reasoning: { budgetTokens: 2000 } }, ['reasoning.max_tokens']],
])('of another dialect, %s is named', (_, more, dropped) => {
  expect(foreign(more).dropped).toEqual(dropped)
})

test("another dialect's limits, tools and files are carried", () => {
  const { body, dropped } = foreign({
    maxTokens: 9,
    system: [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
    ...user({ type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' } }),
  })
  expect(dropped).toEqual([])
  expect(body).toEqual({
    model: 't',
    max_tokens: 9,
    messages: [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: [{ type: 'file', file: { filename: 'file.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } }] },
    ],
  })
})

test('results stand right behind their calls, as text, and say that they failed', () => {
  const { body, dropped } = foreign(
    user(
      { type: 'text', text: 'Go on.' },
      {
        type: 'tool-result',
        callId: 'a',
        blocks: [
          { type: 'image', source: { kind: 'url', url: 'u' } },
          { type: 'text', text: 'x' },
        ],
      },
      { type: 'tool-result', callId: 'b', isError: true, blocks: [{ type: 'text', text: 'no' }] },
      { type: 'tool-result', callId: 'c', isError: true, blocks: [] },
    ),
  )
  expect(body.messages).toEqual([
    { role: 'tool', tool_call_id: 'a', content: 'x' },
    { role: 'tool', tool_call_id: 'b', content: 'Error: no' },
    { role: 'tool', tool_call_id: 'c', content: 'Error: ' },
    { role: 'user', content: 'Go on.' },
  ])
  expect(dropped).toEqual(['tool_result.image'])
})

test.each([
  [
    400,
    { error: { message: 'bad', type: 'invalid_request_error', param: 'x', code: 'context_length_exceeded' } },
    { message: 'bad', status: 400, code: 'context_length_exceeded' },
  ],
  [404, { error: 'model not found' }, { message: 'model not found', status: 404 }],
  [422, { detail: [{ loc: ['body', 'n'], msg: 'too many' }] }, { message: 'body.n: too many', status: 422 }],
  [
    400,
    [{ error: { code: 400, message: 'API key not valid', status: 'INVALID_ARGUMENT' } }],
    { message: 'API key not valid', status: 400, code: 'INVALID_ARGUMENT' },
  ],
  [
    502,
    { error: { code: 502, message: 'Provider returned error', metadata: { raw: 'upstream is down' } } },
    { message: 'Provider returned error: upstream is down', status: 502 },
  ],
  [502, '<html>Bad gateway</html>', { message: '<html>Bad gateway</html>', status: 502 }],
  [500, null, { message: 'The provider failed without saying why.', status: 500 }],
])('an error body of status %i %j', (status, body, error) => {
  expect(chat.decodeError(status, body)).toEqual(error)
})

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
const cache = fc.option(fc.constantFrom<{ ttl?: string }>({}, { ttl: '5m' }, { ttl: '1h' }), { nil: undefined })
/** Without the fields that are undefined. */
const clean =
  <Kept extends Block>() =>
  (value: object): Kept =>
    Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Kept
const textBlock = fc.record({ type: fc.constant('text' as const), text, cache }).map(clean<TextBlock>())
const media = fc.oneof(
  fc.record({
    kind: fc.constant('base64' as const),
    mediaType: fc.constantFrom('image/png', 'application/pdf'),
    data: fc.base64String({ minLength: 4 }),
  }),
  fc.webUrl().map((url) => ({ kind: 'url' as const, url })),
)
const userBlock = fc.oneof(
  textBlock,
  fc
    .record({ type: fc.constant('image' as const), source: media, detail: fc.constantFrom('low', 'high', undefined), cache })
    .map(clean<ImageBlock>()),
  fc
    .record({ type: fc.constant('file' as const), source: media, name: fc.option(text, { nil: undefined }), cache })
    .map(clean<FileBlock>()),
)
const toolCall = fc.record({
  type: fc.constant('tool-call' as const),
  id: fc.uuid(),
  name: fc.constantFrom('f', 'g'),
  arguments: fc.json(),
})
const thought = fc.record({ type: fc.constant('reasoning' as const), text, origin: fc.constant('openai-chat' as const) })
const exchange = fc
  .record({
    asked: fc.array(userBlock, { minLength: 1, maxLength: 3 }),
    thoughts: fc.array(thought, { maxLength: 1 }),
    said: fc.array(textBlock, { maxLength: 2 }),
    called: fc.array(toolCall, { maxLength: 3 }),
    results: fc.array(textBlock, { maxLength: 2 }),
  })
  .map(({ asked, thoughts, said, called, results }) => {
    const turns: Call['turns'] = [
      { role: 'user', blocks: asked },
      { role: 'assistant', blocks: [...thoughts, ...said, ...called] },
    ]
    const back: Block[] = called.map(({ id, name }) => ({ type: 'tool-result', callId: id, name, blocks: results }))
    return back.length > 0 ? [...turns, { role: 'user' as const, blocks: back }] : turns
  })

test('random conversations survive the way into chat and back', () => {
  fc.assert(
    fc.property(
      fc.array(textBlock, { maxLength: 2 }),
      fc.array(exchange, { maxLength: 3 }),
      fc.dictionary(
        fc.stringMatching(/^x_[a-z]+$/),
        fc.jsonValue().filter((value) => JSON.stringify(value) !== undefined),
      ),
      (system, exchanges, extras) => {
        const sent = call({ model: 't', stream: false, system, turns: exchanges.flat(), extras })
        const { body, dropped } = chat.encodeCall(sent, target)
        expect(dropped).toEqual([])
        expect(chat.decodeCall(JSON.parse(JSON.stringify(body)) as Json, {})).toEqual(JSON.parse(JSON.stringify(sent)))
      },
    ),
  )
})
