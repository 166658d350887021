import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block, Call, Turn } from '../language.ts'
import { decodeCall } from './decode-call.ts'
import { encodeCall } from './encode-call.ts'
import { callOf, json } from './transcripts.case.ts'

const encode = (over: Partial<Call>, model = 'gemini-2.5-flash') => encodeCall(callOf(over), { model, streamUsage: false })
const fromChat = (over: Partial<Call>, model?: string) => encode({ dialect: 'openai-chat', ...over }, model)
const turn = (role: Turn['role'], ...blocks: Block[]): Turn => ({ role, blocks })
const text = (words: string): Block => ({ type: 'text', text: words })
const look = (id: string, at: string): Block => ({ type: 'tool-call', id, name: 'look', arguments: JSON.stringify({ at }) })

test('a conversation with tools of a chat client', () => {
  const { body, dropped } = fromChat({
    system: [{ type: 'text', text: 'Be brief.' }],
    turns: [
      turn('user', text('Look!'), { type: 'image', source: { kind: 'url', url: 'https://a.example/cat.png?x=1' }, detail: 'high' }),
      turn('assistant', text(''), look('c1', 'sky'), look('c2', 'sea')),
      turn('user', { type: 'tool-result', callId: 'c1', blocks: [{ type: 'text', text: 'blue' }] }),
      turn('user', { type: 'tool-result', callId: 'c2', blocks: [{ type: 'text', text: '{"color":"green"}' }] }),
      turn('user', text('So?'), { type: 'file', source: { kind: 'id', id: 'abc-123' }, name: 'a.pdf' }),
    ],
    tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object', additionalProperties: false }, strict: true }],
    toolChoice: { type: 'tool', name: 'look' },
    parallelToolCalls: false,
    maxTokens: 9,
    stop: ['.'],
    choices: 2,
    logprobs: 0,
    format: { type: 'json-schema', name: 'answer', schema: { type: 'object', $defs: {} }, strict: true },
    reasoning: { effort: 'low' },
    serviceTier: 'default',
    user: 'u',
    metadata: { a: 'b' },
    extras: { logit_bias: {} },
  })
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Look!' }, { fileData: { mimeType: 'image/png', fileUri: 'https://a.example/cat.png?x=1' } }] },
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'c1', name: 'look', args: { at: 'sky' } } },
          { functionCall: { id: 'c2', name: 'look', args: { at: 'sea' } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'c1', name: 'look', response: { output: 'blue' } } },
          { functionResponse: { id: 'c2', name: 'look', response: { color: 'green' } } },
          { text: 'So?' },
          { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc-123', displayName: 'a.pdf' } },
        ],
      },
    ],
    tools: [
      {
        functionDeclarations: [
          { name: 'look', description: 'Looks.', parametersJsonSchema: { type: 'object', additionalProperties: false } },
        ],
      },
    ],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
    generationConfig: {
      candidateCount: 2,
      maxOutputTokens: 9,
      stopSequences: ['.'],
      responseLogprobs: true,
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object', $defs: {} },
      thinkingConfig: { thinkingBudget: 1024 },
    },
    serviceTier: 'standard',
  })
  expect(dropped.sort()).toEqual(['detail', 'logit_bias', 'metadata', 'parallel_tool_calls', 'strict', 'user'])
})

test('what an Anthropic client says that Gemini cannot carry is named', () => {
  const { body, dropped } = encode({
    dialect: 'anthropic',
    system: [{ type: 'text', text: 'S', cache: {} }],
    turns: [
      turn(
        'assistant',
        { type: 'reasoning', text: 'Hm', signature: 's', origin: 'anthropic' },
        { type: 'text', text: 'A', citations: [{ title: 'T' }] },
      ),
      turn('user', { type: 'opaque', dialect: 'anthropic', what: 'search_result', value: {} }, text('B')),
    ],
    serverTools: [{ dialect: 'anthropic', name: 'web_search', value: {} }],
    user: 'u',
    parallelToolCalls: false,
    reasoning: { budgetTokens: 30_000 },
  })
  expect(body.contents).toEqual([
    { role: 'model', parts: [{ text: 'A' }] },
    { role: 'user', parts: [{ text: 'B' }] },
  ])
  expect(body.generationConfig).toEqual({ thinkingConfig: { thinkingBudget: 24_576, includeThoughts: true } })
  expect(dropped.sort()).toEqual([
    'cache_control',
    'citations',
    'parallel_tool_calls',
    'reasoning',
    'search_result',
    'tools.web_search',
    'user',
  ])
})

describe('calls that Gemini 3 did not make', () => {
  const turns = [turn('user', text('?')), turn('assistant', look('c1', 'a'), look('c2', 'b'))]
  const signatures = (over: Partial<Call>, model: string) => {
    const contents = fromChat({ turns, ...over }, model).body.contents as { parts: { thoughtSignature?: string }[] }[]
    return contents[1]?.parts.map(({ thoughtSignature }) => thoughtSignature)
  }
  test('say so in the first of each step', () => {
    expect(signatures({}, 'gemini-3-pro-preview')).toEqual(['skip_thought_signature_validator', undefined])
    expect(signatures({}, 'gemini-2.5-pro')).toEqual([undefined, undefined])
  })
  test('but one that has its signature keeps it', () => {
    const signed: Block = { type: 'tool-call', id: 'c', name: 'f', arguments: '', signature: { dialect: 'gemini', value: 'SIG=' } }
    expect(signatures({ turns: [turn('user', text('?')), turn('assistant', signed)] }, 'gemini-3.1-pro')).toEqual(['SIG='])
  })
})

describe('media in tool results', () => {
  const image: Block = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } }
  const turns = [
    turn('assistant', look('c1', 'a'), look('c2', 'b')),
    turn(
      'user',
      { type: 'tool-result', callId: 'c1', blocks: [{ type: 'text', text: 'see' }, image] },
      { type: 'tool-result', callId: 'c2', blocks: [], isError: true },
    ),
  ]
  const last = (model: string) => (fromChat({ turns }, model).body.contents as { parts: unknown[] }[]).at(-1)?.parts
  const inlineData = { mimeType: 'image/png', data: 'AAAA' }
  test('stand inside for Gemini 3', () => {
    expect(last('gemini-3-flash')).toEqual([
      { functionResponse: { id: 'c1', name: 'look', response: { output: 'see' }, parts: [{ inlineData }] } },
      { functionResponse: { id: 'c2', name: 'look', response: { error: '' } } },
    ])
  })
  test('and behind all results before', () => {
    expect(last('gemini-2.5-flash')).toEqual([
      { functionResponse: { id: 'c1', name: 'look', response: { output: 'see' } } },
      { functionResponse: { id: 'c2', name: 'look', response: { error: '' } } },
      { inlineData },
    ])
  })
})

test('a tool result without its call is refused', () => {
  expect(() => fromChat({ turns: [turn('user', { type: 'tool-result', callId: 'x', blocks: [] })] })).toThrow(/answers no tool call/)
})

test.each([
  ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }, []],
  ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }, ['reasoning.effort']],
  ['gemini-2.5-pro', 'high', { thinkingBudget: 24_576 }, []],
  ['gemini-3-flash', 'minimal', { thinkingLevel: 'MINIMAL' }, []],
  ['gemini-3-pro-preview', 'minimal', { thinkingLevel: 'LOW' }, []],
  ['gemini-3-flash', 'none', { thinkingLevel: 'MINIMAL' }, ['reasoning.effort']],
  ['gemini-3.1-pro-preview', 'xhigh', { thinkingLevel: 'HIGH' }, []],
  ['gemini-2.0-flash', 'high', undefined, ['reasoning.effort']],
  ['gemini-2.0-flash', 'none', undefined, []],
] as const)('%s with the effort %s', (model, effort, thinkingConfig, dropped) => {
  const encoded = fromChat({ reasoning: { effort } }, model)
  expect(encoded.body.generationConfig).toEqual(thinkingConfig && { thinkingConfig })
  expect(encoded.dropped).toEqual(dropped)
})

test.each([
  ['{"a":1}', { a: 1 }],
  ['', {}],
  ['{"a":', { input: '{"a":' }],
  ['free text', { input: 'free text' }],
  ['[1]', { input: '[1]' }],
])('the arguments %s are an object', (written, args) => {
  const { body } = fromChat({ turns: [turn('assistant', { type: 'tool-call', id: 'c', name: 'f', arguments: written })] })
  expect(body.contents).toEqual([{ role: 'model', parts: [{ functionCall: { id: 'c', name: 'f', args } }] }])
})

test('a data URL becomes inline data without being decoded', () => {
  const { body } = fromChat({ turns: [turn('user', { type: 'image', source: { kind: 'url', url: 'data:image/webp;base64,UklGRg==' } })] })
  expect(body.contents).toEqual([{ role: 'user', parts: [{ inlineData: { mimeType: 'image/webp', data: 'UklGRg==' } }] }])
})

test('a Gemini request keeps all it had, parameters that nobody knows too', () => {
  const sent = {
    ...json('request.json'),
    labels: { team: 'a' },
    generationConfig: { speechConfig: { x: 1 }, thinkingConfig: { thinkingBudget: -1, other: 2 } },
  }
  const call = decodeCall(sent, { model: 'gemini-2.5-pro' })
  const { body, dropped } = encodeCall(call, { model: 'gemini-2.5-pro', streamUsage: false })
  expect(dropped).toEqual([])
  expect(body).toMatchObject({
    labels: { team: 'a' },
    generationConfig: { speechConfig: { x: 1 }, thinkingConfig: { thinkingBudget: -1, other: 2 } },
    safetySettings: [{ threshold: 'BLOCK_NONE' }],
    cachedContent: 'cachedContents/xyz',
    tools: [{ functionDeclarations: [{ name: 'look' }, { name: 'listen', response: { type: 'STRING' } }] }, { googleSearch: {} }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look', 'listen'] } },
  })
  expect(decodeCall(body, { model: 'gemini-2.5-pro' })).toEqual(call)
})

test('any call survives, within what Gemini can carry', () => {
  const word = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
  const name = fc.stringMatching(/^[a-z]{1,6}$/)
  const data = fc.dictionary(name, fc.jsonValue(), { maxKeys: 3 })
  const media = (mediaType: string) =>
    fc.oneof(
      fc.record({ kind: fc.constant('base64' as const), mediaType: fc.constant(mediaType), data: fc.base64String() }),
      fc.record({ kind: fc.constant('url' as const), mediaType: fc.constant(mediaType), url: fc.webUrl() }),
    )
  const said: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: word }),
    fc.record({ type: fc.constant('image' as const), source: media('image/png') }),
    fc.record({ type: fc.constant('audio' as const), source: media('audio/wav') }),
    fc.record({ type: fc.constant('file' as const), source: media('application/pdf'), name: word }),
  )
  const answered: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: word }),
    fc.record({
      type: fc.constant('reasoning' as const),
      text: word,
      isSummary: fc.constant(true),
      signature: word,
      origin: fc.constant('gemini' as const),
    }),
    fc.record({ type: fc.constant('reasoning' as const), text: fc.constant(''), encrypted: word, origin: fc.constant('gemini' as const) }),
  )
  const exchange = fc.record({
    question: fc.array(said, { minLength: 1, maxLength: 3 }),
    answer: fc.array(answered, { minLength: 1, maxLength: 3 }),
    args: data,
    result: fc.oneof(
      word,
      data.map((held) => JSON.stringify({ some: held })),
    ),
    isError: fc.boolean(),
  })
  const setting = fc.record(
    {
      temperature: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
      topK: fc.nat(100),
      maxTokens: fc.nat(1e6),
      stop: fc.array(word, { minLength: 1, maxLength: 3 }),
      seed: fc.nat(),
      choices: fc.integer({ min: 1, max: 8 }),
      logprobs: fc.integer({ min: 0, max: 5 }),
      format: fc.constantFrom(
        { type: 'text' as const },
        { type: 'json' as const },
        { type: 'json-schema' as const, name: 'response', schema: { type: 'object', properties: { some_key: {} } } },
      ),
      reasoning: fc.constantFrom({ effort: 'none' as const }, { effort: 'high' as const, summary: true }, { budgetTokens: 99 }),
      toolChoice: fc.constantFrom(
        { type: 'auto' as const },
        { type: 'required' as const },
        { type: 'none' as const },
        { type: 'tool' as const, name: 'f' },
      ),
      serviceTier: fc.constantFrom('flex', 'priority'),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.array(exchange, { minLength: 1, maxLength: 3 }),
      setting,
      fc.dictionary(name, fc.string()),
      (exchanges, settings, extras) => {
        const turns = exchanges.flatMap(({ question, answer, args, result, isError }, at): Turn[] => [
          { role: 'user', blocks: question },
          {
            role: 'assistant',
            blocks: [
              ...answer,
              { type: 'tool-call', id: `t${at}`, name: 'f', arguments: JSON.stringify(args), signature: { dialect: 'gemini', value: 'S' } },
            ],
          },
          {
            role: 'user',
            blocks: [
              { type: 'tool-result', callId: `t${at}`, name: 'f', blocks: [{ type: 'text', text: result }], ...(isError && { isError }) },
            ],
          },
          { role: 'assistant', blocks: answer },
        ])
        const known = new Set(['contents', 'tools', 'model'])
        const kept = Object.fromEntries(Object.entries(extras).filter(([key]) => !known.has(key)))
        const call = callOf({ turns, ...settings, extras: kept, tools: [{ name: 'f', parameters: { type: 'object' } }] })
        const { body, dropped } = encodeCall(call, { model: call.model, streamUsage: false })
        expect(dropped).toEqual([])
        expect(decodeCall(JSON.parse(JSON.stringify(body)), { model: call.model })).toEqual(call)
      },
    ),
    { numRuns: 60 },
  )
})
