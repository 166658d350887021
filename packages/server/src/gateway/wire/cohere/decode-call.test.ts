import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Block, Call, Turn } from '../language.ts'
import { cohere } from './codec.ts'

const HELLO = { role: 'user', content: 'Hello' }
const decode = (body: object): Call => cohere.decodeCall({ model: 'm', messages: [HELLO], ...body }, {})

test('a conversation with a system prompt, an image, thoughts, tools and their results', () => {
  const citation = { start: 0, end: 2, text: 'Hi', sources: [{ type: 'document', id: 'd' }], content_index: 1, type: 'TEXT_CONTENT' }
  const thoughtCitation = { start: 0, end: 1, text: 'H', sources: [], content_index: 0, type: 'THINKING_CONTENT' }
  const call = decode({
    stream: true,
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        ],
      },
      {
        role: 'assistant',
        tool_plan: 'I will look.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
          { id: 'b', type: 'function', function: { name: 'wait' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '{"seen":"cat"}' },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'document', document: { id: 'r', data: { ok: true } } }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm' },
          { type: 'text', text: 'Hi' },
        ],
        citations: [citation, thoughtCitation],
      },
      { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
      HELLO,
    ],
    tools: [{ type: 'function', function: { name: 'look', description: 'Looks', parameters: { type: 'object' }, own: 1 } }],
    strict_tools: true,
    tool_choice: 'REQUIRED',
  })
  expect(call).toEqual({
    dialect: 'cohere',
    model: 'm',
    stream: true,
    system: [
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: 'Be kind.' },
    ],
    turns: [
      {
        role: 'user',
        blocks: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' }, detail: 'low' },
          { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
        ],
      },
      {
        role: 'assistant',
        blocks: [
          { type: 'reasoning', text: 'I will look.', id: 'tool_plan', origin: 'cohere' },
          { type: 'tool-call', id: 'a', name: 'look', arguments: '{"at":1}' },
          { type: 'tool-call', id: 'b', name: 'wait', arguments: '{}' },
        ],
      },
      {
        role: 'user',
        blocks: [
          { type: 'tool-result', callId: 'a', blocks: [{ type: 'text', text: '{"seen":"cat"}' }] },
          {
            type: 'tool-result',
            callId: 'b',
            blocks: [
              {
                type: 'text',
                text: '<document id="r">\n{"ok":true}\n</document>',
                native: { dialect: 'cohere', value: { document: { id: 'r', data: { ok: true } } } },
              },
            ],
          },
        ],
      },
      {
        role: 'assistant',
        blocks: [
          { type: 'reasoning', text: 'Hm', origin: 'cohere' },
          { type: 'text', text: 'Hi', citations: [{ title: 'd', start: 0, end: 2, native: { dialect: 'cohere', value: citation } }] },
          { type: 'opaque', dialect: 'cohere', what: 'citations', value: { citations: [thoughtCitation] } },
        ],
      },
      { role: 'user', blocks: [{ type: 'text', text: 'Hello' }] },
    ],
    tools: [
      {
        name: 'look',
        description: 'Looks',
        parameters: { type: 'object' },
        strict: true,
        native: { dialect: 'cohere', value: { own: 1 } },
      },
    ],
    serverTools: [],
    toolChoice: { type: 'required' },
    extras: {},
    notes: { thoughtsIn: ['tool_plan', 'thinking'] },
  })
})

test.each<[object, Partial<Call>]>([
  [
    {
      max_tokens: 9,
      temperature: 0,
      p: 0.5,
      k: 4,
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      stop_sequences: ['E'],
      logprobs: true,
    },
    { maxTokens: 9, temperature: 0, topP: 0.5, topK: 4, seed: 7, presencePenalty: 0.1, frequencyPenalty: 0.2, stop: ['E'], logprobs: 0 },
  ],
  [{ thinking: { type: 'enabled' } }, { reasoning: { effort: 'high' } }],
  [{ thinking: { type: 'enabled', token_budget: 99 } }, { reasoning: { budgetTokens: 99 } }],
  [{ thinking: { type: 'disabled' } }, { reasoning: { effort: 'none' } }],
  [{ response_format: { type: 'text' } }, { format: { type: 'text' } }],
  [{ response_format: { type: 'json_object' } }, { format: { type: 'json' } }],
  [
    { response_format: { type: 'json_object', json_schema: { type: 'object' } } },
    { format: { type: 'json-schema', name: 'output', schema: { type: 'object' } } },
  ],
  [{ tool_choice: 'NONE' }, { toolChoice: { type: 'none' } }],
  [{ tools: [{ type: 'web', own: 1 }] }, { serverTools: [{ dialect: 'cohere', name: 'web', value: { type: 'web', own: 1 } }] }],
  [
    { documents: ['Grass is green'] },
    {
      system: [
        {
          type: 'text',
          text: '<document>\nGrass is green\n</document>',
          native: { dialect: 'cohere', value: { document: 'Grass is green' } },
        },
      ],
    },
  ],
  [{ safety_mode: 'OFF', priority: 3, k: 0, logprobs: false, seed: null }, { extras: { safety_mode: 'OFF', priority: 3 } }],
])('%o', (body, expected) => {
  const plain = { dialect: 'cohere', model: 'm', stream: false, system: [], tools: [], serverTools: [], extras: {} }
  expect(decode(body)).toEqual({ ...plain, turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }], ...expected })
})

test.each([
  [{ messages: [] }, 'messages'],
  [{ messages: 'x' }, 'messages'],
  [{ messages: [null] }, 'messages[0]'],
  [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
  [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
  [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages[0].content[0].type'],
  [{ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: 'x' }] }] }, 'messages[0].content[0].image_url'],
  [{ messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] }, 'messages[0].content[0].type'],
  [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
  [{ messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] }, 'messages[0].tool_calls[0].function'],
  [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
  [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
  [{ tool_choice: 'ANY' }, 'tool_choice'],
  [{ documents: [{ id: 'x' }] }, 'documents[0].data'],
  [{ max_tokens: 0 }, 'max_tokens'],
  [{ p: 'x' }, 'p'],
  [{ thinking: { token_budget: 1 } }, 'thinking.type'],
  [{ response_format: { json_schema: {} } }, 'response_format.type'],
  [{ model: '' }, 'model'],
])('%o is refused for %s', (body, param) => {
  expect(() => decode(body)).toThrow(expect.objectContaining({ code: 'invalid-request', data: { param } }))
})

test('what only Cohere knows comes back to Cohere', () => {
  const body = {
    model: 'm',
    messages: [
      { role: 'user', content: [{ type: 'hologram', data: 1 }], shade: 'blue' },
      { role: 'assistant', content: 'Yes', mood: 'good', citations: [{ start: 0, end: 1, type: 'PLAN' }] },
      HELLO,
    ],
    tools: [{ type: 'web' }],
    documents: ['x', { id: 'd', data: { a: 1 } }],
    thinking: { type: 'adaptive', depth: 2 },
    response_format: { type: 'grammar', grammar: 'x' },
    p: 1,
    k: 900,
    stop_sequences: ['1', '2', '3', '4', '5', '6'],
    safety_mode: 'OFF',
  }
  expect(cohere.encodeCall(decode(body), { model: 'm', streamUsage: false })).toEqual({ body, dropped: [] })
})

test('any call survives the way through its own dialect', () => {
  const word = fc.string({ minLength: 1, maxLength: 9, unit: 'grapheme' })
  const id = fc.stringMatching(/^[a-z]{1,9}$/)
  const words: fc.Arbitrary<Block> = word.map((text) => ({ type: 'text', text }))
  const image: fc.Arbitrary<Block> = fc.oneof(
    fc.base64String({ minLength: 4 }).map((data): Block => ({ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } })),
    fc.webUrl().map((url): Block => ({ type: 'image', source: { kind: 'url', url }, detail: 'low' })),
  )
  const result: fc.Arbitrary<Block> = fc
    .tuple(id, fc.array(word, { maxLength: 2 }))
    .map(([callId, texts]) => ({ type: 'tool-result', callId, blocks: texts.map((text) => ({ type: 'text', text })) }))
  const user: fc.Arbitrary<Turn> = fc.oneof(
    fc.array(fc.oneof(words, image), { minLength: 1, maxLength: 3 }).map((blocks): Turn => ({ role: 'user', blocks })),
    fc.array(result, { minLength: 1, maxLength: 3 }).map((blocks): Turn => ({ role: 'user', blocks })),
  )
  const thought: fc.Arbitrary<Block> = word.map((text) => ({ type: 'reasoning', text, origin: 'cohere' }))
  const plan: fc.Arbitrary<Block> = word.map((text) => ({ type: 'reasoning', text, id: 'tool_plan', origin: 'cohere' }))
  const call: fc.Arbitrary<Block> = fc.tuple(id, id).map(([own, name]) => ({ type: 'tool-call', id: own, name, arguments: '{}' }))
  const assistant: fc.Arbitrary<Turn> = fc
    .tuple(fc.array(plan, { maxLength: 1 }), fc.array(fc.oneof(words, thought), { maxLength: 3 }), fc.array(call, { maxLength: 2 }), words)
    .map(([first, content, calls, last]) => ({ role: 'assistant', blocks: [...first, ...content, last, ...calls] }))
  const members = fc.record(
    {
      maxTokens: fc.integer({ min: 1, max: 9999 }),
      temperature: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
      topK: fc.integer({ min: 1, max: 900 }),
      stop: fc.array(word, { minLength: 1 }),
      reasoning: fc.oneof(
        fc.constantFrom({ effort: 'none' as const }, { effort: 'high' as const }),
        fc.record({ budgetTokens: fc.integer({ min: 1, max: 99 }) }),
      ),
      format: fc.constantFrom({ type: 'json' as const }, { type: 'json-schema' as const, name: 'output', schema: { type: 'object' } }),
      logprobs: fc.constant(0),
    },
    { requiredKeys: [] },
  )
  const arbitrary = fc
    .tuple(fc.array(fc.tuple(user, assistant), { maxLength: 3 }), user, members, fc.array(word, { maxLength: 2 }), fc.boolean())
    .map(
      ([rounds, last, more, system, stream]): Call => ({
        dialect: 'cohere',
        model: 'm',
        stream,
        system: system.map((text) => ({ type: 'text', text })),
        turns: [...rounds.flat(), last],
        tools: [{ name: 'f', parameters: { type: 'object' } }],
        serverTools: [],
        ...more,
        extras: {},
      }),
    )
  fc.assert(
    fc.property(arbitrary, (sent) => {
      const { body, dropped } = cohere.encodeCall(sent, { model: 'm', streamUsage: false })
      const { notes: _, ...read } = cohere.decodeCall(JSON.parse(JSON.stringify(body)), {})
      expect(dropped).toEqual([])
      expect(read).toEqual(sent)
    }),
  )
})
