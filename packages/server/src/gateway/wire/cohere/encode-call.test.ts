import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block, Call } from '../language.ts'
import { cohere } from './codec.ts'

const BARE: Call = { dialect: 'openai-chat', model: 'x', stream: false, system: [], turns: [], tools: [], serverTools: [], extras: {} }
const encode = (call: Partial<Call>) => cohere.encodeCall({ ...BARE, ...call }, { model: 'command-a-03-2025', streamUsage: false })
const user = (...blocks: Block[]) => ({ role: 'user' as const, blocks })
const assistant = (...blocks: Block[]) => ({ role: 'assistant' as const, blocks })
const text = (value: string): Block => ({ type: 'text', text: value })

test('its path', () => {
  expect(cohere.path()).toBe('/v2/chat')
})

test('a conversation with tools and images', () => {
  const { body, dropped } = encode({
    stream: true,
    system: [{ type: 'text', text: 'Be brief.' }],
    turns: [
      user(text('What is this?'), { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' }, detail: 'low' }),
      assistant(
        { type: 'reasoning', text: 'I will look.', id: 'tool_plan', origin: 'cohere' },
        { type: 'reasoning', text: 'Hm.', origin: 'cohere' },
        { type: 'tool-call', id: 'a', name: 'look', arguments: '{"at":1}' },
        { type: 'tool-call', id: 'b', name: 'wait', arguments: '' },
      ),
      user(
        { type: 'tool-result', callId: 'a', blocks: [{ type: 'text', text: '{"seen":"cat"}' }] },
        { type: 'tool-result', callId: 'b', blocks: [] },
        text('And?'),
        { type: 'image', source: { kind: 'url', url: 'https://example.com/cat.png' } },
      ),
    ],
    tools: [{ name: 'look', description: 'Looks', parameters: { type: 'object', properties: { at: { type: 'integer' } } }, strict: true }],
    toolChoice: { type: 'required' },
  })
  expect(dropped).toEqual([])
  expect(body).toEqual({
    model: 'command-a-03-2025',
    stream: true,
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO', detail: 'low' } },
        ],
      },
      {
        role: 'assistant',
        tool_plan: 'I will look.',
        content: [{ type: 'thinking', thinking: 'Hm.' }],
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
          { id: 'b', type: 'function', function: { name: 'wait', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '{"seen":"cat"}' },
      { role: 'tool', tool_call_id: 'b', content: '' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And?' },
          { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } },
        ],
      },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'look', description: 'Looks', parameters: { type: 'object', properties: { at: { type: 'integer' } } } },
      },
    ],
    strict_tools: true,
    tool_choice: 'REQUIRED',
  })
})

const TOOLS = [{ name: 'a' }, { name: 'b', strict: true }]
const CASES: { name: string; call: Partial<Call>; body?: Record<string, unknown>; dropped?: string[] }[] = [
  {
    name: 'parameters that it has',
    call: {
      maxTokens: 9,
      temperature: 0.4,
      topP: 0.5,
      topK: 40,
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stop: ['END'],
      logprobs: 0,
    },
    body: {
      max_tokens: 9,
      temperature: 0.4,
      p: 0.5,
      k: 40,
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      stop_sequences: ['END'],
      logprobs: true,
    },
  },
  {
    name: 'parameters beyond its bounds',
    call: { topP: 1, topK: 900, presencePenalty: -1, frequencyPenalty: 2, stop: ['1', '2', '3', '4', '5', '6'], logprobs: 3 },
    body: { p: 0.99, k: 500, presence_penalty: 0, frequency_penalty: 1, stop_sequences: ['1', '2', '3', '4', '5'], logprobs: true },
    dropped: ['top_k', 'presence_penalty', 'frequency_penalty', 'stop', 'top_logprobs'],
  },
  {
    name: 'what it has nothing for',
    call: { user: 'u', metadata: { a: 'b' }, serviceTier: 'flex', choices: 2, parallelToolCalls: false, extras: { logit_bias: { 1: 2 } } },
    dropped: ['logit_bias', 'user', 'metadata', 'service_tier', 'n', 'parallel_tool_calls'],
  },
  {
    name: 'parameters that only Cohere has',
    call: { extras: { documents: ['a'], citation_options: { mode: 'FAST' }, safety_mode: 'STRICT' } },
    body: { documents: ['a'], citation_options: { mode: 'FAST' }, safety_mode: 'STRICT' },
  },
  { name: 'all of its own', call: { dialect: 'cohere', extras: { priority: 3 } }, body: { priority: 3 } },
  { name: 'JSON', call: { format: { type: 'json' } }, body: { response_format: { type: 'json_object' } } },
  {
    name: 'a schema',
    call: { format: { type: 'json-schema', name: 'n', schema: { type: 'object' } } },
    body: { response_format: { type: 'json_object', json_schema: { type: 'object' } } },
  },
  { name: 'thoughts on', call: { reasoning: { effort: 'low' } }, body: { thinking: { type: 'enabled', token_budget: 1024 } } },
  { name: 'thoughts without a limit', call: { reasoning: { effort: 'high' } }, body: { thinking: { type: 'enabled' } } },
  { name: 'a budget', call: { reasoning: { budgetTokens: 77 } }, body: { thinking: { type: 'enabled', token_budget: 77 } } },
  { name: 'thoughts off', call: { reasoning: { effort: 'none' } }, body: { thinking: { type: 'disabled' } } },
  {
    name: 'one forced tool is the only one',
    call: { tools: TOOLS, toolChoice: { type: 'tool', name: 'b' } },
    body: {
      tools: [{ type: 'function', function: { name: 'b', parameters: { type: 'object', properties: {} } } }],
      strict_tools: true,
      tool_choice: 'REQUIRED',
    },
  },
  {
    name: 'strictness of some tools only',
    call: { tools: TOOLS, toolChoice: { type: 'none' } },
    body: {
      tools: [
        { type: 'function', function: { name: 'a', parameters: { type: 'object', properties: {} } } },
        { type: 'function', function: { name: 'b', parameters: { type: 'object', properties: {} } } },
      ],
      tool_choice: 'NONE',
    },
    dropped: ['strict'],
  },
  { name: 'a forced tool without tools', call: { toolChoice: { type: 'required' } }, dropped: ['tool_choice'] },
  {
    name: 'words around the result of a tool',
    call: { turns: [user(text('Before'), { type: 'tool-result', callId: 'a', blocks: [] }, text('after'))] },
    body: {
      messages: [
        { role: 'user', content: 'Before' },
        { role: 'tool', tool_call_id: 'a', content: '' },
        { role: 'user', content: 'after' },
      ],
    },
  },
  {
    name: 'blocks that it cannot take',
    call: {
      turns: [
        user(
          { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' } },
          { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklG' } },
          { type: 'image', source: { kind: 'id', id: 'file-1' } },
        ),
        assistant(
          { type: 'reasoning', text: 'x', signature: 's', origin: 'anthropic' },
          { type: 'opaque', dialect: 'anthropic', what: 'server_tool_use', value: {} },
        ),
        user({ type: 'tool-result', callId: 'a', isError: true, blocks: [{ type: 'text', text: 'no', cache: {} }] }),
      ],
    },
    body: { messages: [{ role: 'tool', tool_call_id: 'a', content: 'no' }] },
    dropped: ['file', 'input_audio', 'image_url', 'reasoning', 'server_tool_use', 'is_error', 'cache_control'],
  },
]

test.each(CASES)('$name', ({ call, body, dropped }) => {
  const encoded = encode(call)
  expect(encoded.body).toEqual({ model: 'command-a-03-2025', messages: [], ...body })
  expect(encoded.dropped.sort()).toEqual((dropped ?? []).sort())
})

describe('any conversation', () => {
  const word = fc.string({ minLength: 1, maxLength: 12 })
  const block = fc.oneof(
    word.map(text),
    word.map((id): Block => ({ type: 'tool-call', id, name: 'f', arguments: '{}' })),
    word.map((id): Block => ({ type: 'tool-result', callId: id, blocks: [{ type: 'text', text: id }] })),
    word.map((data): Block => ({ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } })),
  )
  const turn = fc.record({ role: fc.constantFrom('user' as const, 'assistant' as const), blocks: fc.array(block, { maxLength: 4 }) })

  test('keeps every text in its order, and says what it leaves out', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 6 }), (turns) => {
        const { body, dropped } = encode({ turns })
        const sent = (body.messages as { role: string; content?: unknown }[]).flatMap(({ role, content }) =>
          role === 'tool' ? [] : textsOf(content),
        )
        expect(sent).toEqual(turns.flatMap(({ blocks }) => blocks.flatMap((one) => (one.type === 'text' ? [one.text] : []))))
        const misplaced = turns.some(({ role, blocks }) =>
          blocks.some(({ type }) => (role === 'user' ? type === 'tool-call' : type === 'image' || type === 'tool-result')),
        )
        expect(dropped.length > 0).toBe(misplaced)
      }),
    )
  })
})

const textsOf = (content: unknown): string[] =>
  typeof content === 'string'
    ? [content]
    : ((content ?? []) as { type: string; text: string }[]).flatMap((part) => (part.type === 'text' ? [part.text] : []))
