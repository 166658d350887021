import { PayloadRow, type SpanRow, SpanRow as SpanRowSchema, type SpanWithPayload } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPricing } from '../../../pricing/price.ts'
import { resolveTexts } from '../../repeated-text.ts'
import { decodeOtlp } from './decode-otlp.ts'
import type { MapContext } from './map-context.ts'
import { mapOtlp } from './map-otlp.ts'
import { encodeProto } from './otlp-proto.case.ts'

const context: MapContext = { projectId: 'default', keyId: 'key_1', receivedAt: 1_731_925_770_000_000, price: createPricing([]).price }
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const base = {
  traceId: TRACE,
  spanId: 'b7ad6b7169203331',
  name: 'step',
  startTimeUnixNano: '1731925760123456789',
  endTimeUnixNano: '1731925761623456789',
}

type Value = string | number | boolean | string[]
const anyValue = (value: Value): object =>
  Array.isArray(value)
    ? { arrayValue: { values: value.map(anyValue) } }
    : typeof value === 'string'
      ? { stringValue: value }
      : typeof value === 'boolean'
        ? { boolValue: value }
        : Number.isInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: value }
const attributesOf = (record: Record<string, Value>) => Object.entries(record).map(([key, value]) => ({ key, value: anyValue(value) }))
const request = (spans: object[], resource: Record<string, Value> = {}) => ({
  resourceSpans: [
    { resource: { attributes: attributesOf(resource) }, scopeSpans: [{ scope: { name: 'any-library', version: '1.2' }, spans }] },
  ],
})
const mapJson = (body: object): SpanWithPayload[] => mapOtlp(decodeOtlp(Buffer.from(JSON.stringify(body)), 'otlp-json'), context)

function mapOne(attributes: Record<string, Value>, more: { span?: object; resource?: Record<string, Value> } = {}): SpanWithPayload {
  const [row] = mapJson(request([{ ...base, attributes: attributesOf(attributes), ...more.span }], more.resource))
  if (!row) throw new Error('no row')
  return row
}

describe('a chat span of the GenAI conventions', () => {
  const input = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'What is the weather in Lisbon?' }] }])
  const output = JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: 'Sunny.' }], finish_reason: 'stop' }])
  const row = mapOne(
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.request.stream': true,
      'gen_ai.response.finish_reasons': ['stop', 'stop'],
      'gen_ai.response.time_to_first_chunk': 0.25,
      'gen_ai.conversation.id': 'conv-1',
      'user.id': 'user-1',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.cache_read.input_tokens': 500,
      'gen_ai.usage.output_tokens': 100,
      'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]',
      'gen_ai.input.messages': input,
      'gen_ai.output.messages': output,
      'my.own': 7,
    },
    { resource: { 'service.name': 'shop', 'service.version': '1.4', 'deployment.environment.name': 'prod' } },
  )

  test('gives a whole row', () => {
    expect(row.span).toEqual({
      projectId: 'default',
      traceId: TRACE,
      spanId: base.spanId,
      parentId: '',
      externalId: '',
      entry: 1,
      kind: 'llm',
      name: 'step',
      source: 'otlp',
      status: 'ok',
      errorType: '',
      statusMessage: '',
      startedAt: 1_731_925_760_123_456,
      durationMs: 1500,
      firstTokenMs: 250,
      environment: 'prod',
      service: 'shop',
      release: '1.4',
      userId: 'user-1',
      sessionId: 'conv-1',
      tags: [],
      metadata: {},
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      requestModel: 'gpt-4o',
      operation: 'chat',
      stream: 1,
      finishReason: 'stop',
      keyId: 'key_1',
      attempts: 0,
      usageInput: 500,
      usageCacheRead: 500,
      usageCacheWrite: 0,
      usageCacheWrite1h: 0,
      usageInputAudio: 0,
      usageInputImage: 0,
      usageOutput: 100,
      usageReasoning: 0,
      usageOutputAudio: 0,
      usageSource: 'provider',
      usageRole: 'leaf',
      cost: 2_875_000,
      costParts: { input: 1_250_000, cacheRead: 625_000, output: 1_000_000 },
      priceVersion: expect.stringMatching(/^genai-prices@/),
      cache: '',
      savedCost: null,
      savedMs: null,
      similarity: null,
      promptName: '',
      promptVersion: '',
      promptHash: '',
      inputPreview: 'What is the weather in Lisbon?',
      outputPreview: 'Sunny.',
      inputBytes: row.payload.input.length,
      outputBytes: output.length,
      scope: 'any-library',
      mapperVersion: 3,
      versioned: 0,
      receivedAt: context.receivedAt,
    } satisfies SpanRow)
    expect(SpanRowSchema.parse(row.span)).toEqual(row.span)
  })

  test('keeps messages as they were sent, with the system instructions before them', () => {
    expect(JSON.parse(row.payload.input)).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      ...JSON.parse(input),
    ])
    expect(row.payload.output).toBe(output)
  })

  test('keeps everything raw beside it', () => {
    expect(JSON.parse(row.payload.attributes)).toMatchObject({
      attributes: { 'my.own': 7, 'gen_ai.input.messages': input, 'gen_ai.response.finish_reasons': ['stop', 'stop'] },
      resource: { attributes: { 'service.name': 'shop' } },
      scope: { name: 'any-library', version: '1.2' },
      span: { name: 'step', startTimeUnixNano: '1731925760123456789', endTimeUnixNano: '1731925761623456789' },
    })
  })
})

test.each<[string, Record<string, Value>, Partial<SpanRow>]>([
  ['any span', { 'http.method': 'GET' }, { kind: 'span', usageSource: 'none', cost: null }],
  ['embeddings', { 'gen_ai.operation.name': 'embeddings' }, { kind: 'embedding' }],
  [
    'a tool',
    { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.call.arguments': '{"a":1}', 'gen_ai.tool.call.result': 'ok' },
    { kind: 'tool', inputPreview: '{"a":1}', outputPreview: 'ok' },
  ],
  ['a tool by its name alone', { 'gen_ai.tool.name': 'weather' }, { kind: 'tool' }],
  ['retrieval', { 'gen_ai.operation.name': 'retrieval' }, { kind: 'retriever' }],
  [
    'an unknown operation with a model',
    { 'gen_ai.operation.name': 'sing', 'gen_ai.request.model': 'm' },
    { kind: 'llm', operation: 'sing' },
  ],
  ['a name of a prototype', { 'gen_ai.operation.name': 'constructor' }, { kind: 'span' }],
  [
    'an agent repeats what its calls used',
    {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 5,
    },
    { kind: 'agent', usageRole: 'aggregate', usageInput: 5, cost: null },
  ],
  ['a workflow', { 'gen_ai.operation.name': 'invoke_workflow' }, { kind: 'workflow', usageRole: 'aggregate' }],
  [
    'a cost that was sent',
    { 'gen_ai.request.model': 'own', 'gen_ai.usage.input_tokens': 5, 'gen_ai.usage.cost': 0.0025 },
    { cost: 2_500_000, priceVersion: 'provided' },
  ],
  [
    'tokens without a known price',
    { 'gen_ai.request.model': 'own', 'gen_ai.usage.input_tokens': 5 },
    { cost: null, usageSource: 'provider', priceVersion: '' },
  ],
  [
    'older names',
    {
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.prompt_tokens': 10,
      'gen_ai.usage.completion_tokens': 2,
      'deployment.environment': 'test',
      'enduser.id': 'u',
    },
    { provider: 'openai', usageInput: 10, usageOutput: 2, cost: 45_000, environment: 'test', userId: 'u' },
  ],
  [
    'flat messages',
    {
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': 'Be brief',
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': 'Hi',
      'gen_ai.completion.0.content': 'Hello',
    },
    { inputPreview: 'Hi', outputPreview: 'Hello' },
  ],
  [
    'OpenInference',
    {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-4o',
      'llm.provider': 'openai',
      'llm.token_count.prompt': 10,
      'llm.token_count.completion': 2,
      'input.value': '{"messages":"raw"}',
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.content': 'Hi',
      'session.id': 's',
      'tag.tags': ['a', 'b'],
      metadata: '{"tenant":"acme","n":3}',
    },
    {
      kind: 'llm',
      model: 'gpt-4o',
      usageInput: 10,
      usageOutput: 2,
      cost: 45_000,
      inputPreview: 'Hi',
      sessionId: 's',
      tags: ['a', 'b'],
      metadata: { tenant: 'acme', n: '3' },
    },
  ],
  ['OpenInference, a guardrail', { 'openinference.span.kind': 'GUARDRAIL' }, { kind: 'guardrail' }],
  [
    'OpenLLMetry',
    { 'traceloop.span.kind': 'workflow', 'traceloop.association.properties.tenant': 'acme' },
    { kind: 'workflow', metadata: { tenant: 'acme' } },
  ],
  [
    'the AI SDK, a call',
    {
      'ai.operationId': 'ai.streamText.doStream',
      'ai.model.id': 'gpt-4o',
      'ai.model.provider': 'openai.chat',
      'ai.usage.inputTokens': 10,
      'ai.usage.outputTokens': 2,
      'ai.response.msToFirstChunk': 12.5,
      'ai.response.text': 'Hello',
    },
    { kind: 'llm', usageRole: 'leaf', cost: 45_000, firstTokenMs: 12.5, outputPreview: 'Hello' },
  ],
  [
    'the AI SDK, around it',
    { 'ai.operationId': 'ai.streamText', 'ai.usage.inputTokens': 10 },
    { kind: 'agent', usageRole: 'aggregate', usageInput: 10, cost: null },
  ],
  ['the AI SDK, a tool', { 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'weather' }, { kind: 'tool', name: 'weather' }],
  ['an absurd count', { 'gen_ai.usage.input_tokens': -4 }, { usageInput: 0, usageSource: 'provider' }],
])('%s', (_name, attributes, expected) => {
  expect(mapOne(attributes).span).toMatchObject(expected)
})

describe('status', () => {
  const exception = {
    name: 'exception',
    timeUnixNano: '1',
    attributes: attributesOf({ 'exception.type': 'TimeoutError', 'exception.message': 'too slow' }),
  }
  test('an error with its type and message', () => {
    expect(mapOne({ 'error.type': 'rate_limit' }, { span: { status: { code: 2, message: 'slow down' } } }).span).toMatchObject({
      status: 'error',
      errorType: 'rate_limit',
      statusMessage: 'slow down',
    })
  })
  test('else those of the exception event', () => {
    expect(mapOne({}, { span: { status: { code: 2 }, events: [exception] } }).span).toMatchObject({
      status: 'error',
      errorType: 'TimeoutError',
      statusMessage: 'too slow',
    })
  })
  test('an exception that was handled is no error', () => {
    expect(mapOne({}, { span: { events: [exception] } }).span).toMatchObject({ status: 'ok', errorType: '' })
  })
})

describe('messages in events', () => {
  const event = (name: string, record: Record<string, Value>) => ({
    name,
    timeUnixNano: '1731925760200000000',
    attributes: attributesOf(record),
  })
  test('the details event', () => {
    const messages = '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]'
    const { span, payload } = mapOne(
      {},
      { span: { events: [event('gen_ai.client.inference.operation.details', { 'gen_ai.input.messages': messages })] } },
    )
    expect(payload.input).toBe(messages)
    expect(span.inputPreview).toBe('Hi')
  })
  test('one event per message', () => {
    const events = [
      event('gen_ai.system.message', { content: 'Be brief' }),
      event('gen_ai.user.message', { content: 'Hi' }),
      event('gen_ai.choice', { index: 0, finish_reason: 'stop', message: '{"content":"Hello"}' }),
    ]
    const { span, payload } = mapOne({}, { span: { events } })
    expect(JSON.parse(payload.input)).toEqual([
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'Hi' },
    ])
    expect(span).toMatchObject({ inputPreview: 'Hi', outputPreview: 'Hello' })
  })
  test('the oldest: a side in one attribute', () => {
    const { span } = mapOne(
      {},
      {
        span: {
          events: [
            event('gen_ai.content.prompt', { 'gen_ai.prompt': 'Hi' }),
            event('gen_ai.content.completion', { 'gen_ai.completion': 'Hello' }),
          ],
        },
      },
    )
    expect(span).toMatchObject({ inputPreview: 'Hi', outputPreview: 'Hello' })
  })
  test('the first token', () => {
    expect(mapOne({}, { span: { events: [event('ai.stream.firstChunk', {})] } }).span.firstTokenMs).toBeCloseTo(76.543211, 9)
  })
})

describe('place in the trace', () => {
  test.each([
    ['no parent', {}, '', 1],
    ['a parent', { parentSpanId: '00F067AA0BA902B7' }, '00f067aa0ba902b7', 0],
    ['a parent in this process', { parentSpanId: '00f067aa0ba902b7', flags: 0x100 }, '00f067aa0ba902b7', 0],
    ['a parent elsewhere', { parentSpanId: '00f067aa0ba902b7', flags: 0x301 }, '00f067aa0ba902b7', 1],
    ['a parent of zeros', { parentSpanId: '0000000000000000' }, '', 1],
    ['a parent id that is none', { parentSpanId: 'abc' }, '', 1],
  ])('%s', (_name, span, parentId, entry) => {
    expect(mapOne({}, { span }).span).toMatchObject({ parentId, entry })
  })
  test('times are exact to the microsecond, durations to the nanosecond', () => {
    const { span } = mapOne({}, { span: { endTimeUnixNano: '1731925760123456790' } })
    expect(span).toMatchObject({ startedAt: 1_731_925_760_123_456, durationMs: 0.000001 })
  })
  test('a clock that went back is no negative duration, no time at all is the time of arrival', () => {
    expect(mapOne({}, { span: { endTimeUnixNano: '1731925760000000000' } }).span.durationMs).toBe(0)
    expect(mapOne({}, { span: { startTimeUnixNano: '0', endTimeUnixNano: '0' } }).span).toMatchObject({
      startedAt: context.receivedAt,
      durationMs: 0,
    })
  })
})

test('names of prototypes are attributes like others, and metadata does not pollute', () => {
  const { payload, span } = mapOne({
    __proto__x: 1,
    ['__proto__']: 'own',
    'traceloop.association.properties.__proto__': 'x',
    metadata: '{"__proto__":"y"}',
  })
  expect(payload.attributes).toContain('"__proto__":"own"')
  expect(Object.getPrototypeOf(span.metadata)).toBe(Object.prototype)
  expect(span.metadata).toEqual({})
})

test('a value of 2 MB is kept whole', () => {
  const text = 'x'.repeat(2_000_000)
  const { payload, span } = mapOne({ 'gen_ai.input.messages': text })
  expect(payload.input).toHaveLength(2_000_000)
  expect(span).toMatchObject({ inputBytes: 2_000_000, inputPreview: 'x'.repeat(200) })
  expect(payload.attributes.length).toBeLessThan(10_000)
  expect(JSON.parse(resolveTexts(payload.attributes, payload)).attributes['gen_ai.input.messages']).toBe(text)
})

describe('for any batch', () => {
  const keys = [
    'gen_ai.operation.name',
    'gen_ai.request.model',
    'gen_ai.usage.input_tokens',
    'gen_ai.input.messages',
    'gen_ai.prompt.0.content',
    'user.id',
    'metadata',
    'tag.tags',
    '__proto__',
    'x',
  ]
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('chat', 'invoke_agent', 'gpt-4o', '[', '{"a":[1]}'),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 3 }),
  )
  const attributes = fc.array(fc.record({ key: fc.oneof(fc.constantFrom(...keys), fc.string()), value }), { maxLength: 8 })
  const hex = (digits: number) => fc.string({ unit: fc.constantFrom(...'123456789abcdef'), minLength: digits, maxLength: digits })
  const span = fc
    .record({
      traceId: hex(32),
      spanId: hex(16),
      name: fc.string(),
      start: fc.nat(),
      attributes,
      code: fc.nat(2),
      event: fc.constantFrom('exception', 'gen_ai.choice', 'e'),
    })
    .map(({ start, attributes: list, code, event, ...rest }) => ({
      ...rest,
      startTimeUnixNano: `1731925${String(start).padStart(10, '0')}99`,
      endTimeUnixNano: '1731935760123456789',
      attributes: list.map(({ key, value: some }) => ({ key, value: anyValue(some) })),
      status: { code },
      events: [
        {
          name: event,
          timeUnixNano: '1731925760123456789',
          attributes: list.map(({ key, value: some }) => ({ key, value: anyValue(some) })),
        },
      ],
    }))
  const batches = fc.uniqueArray(span, { maxLength: 8, selector: ({ spanId }) => spanId })
  const byId = (rows: SpanWithPayload[]) => rows.toSorted((a, b) => (a.span.spanId < b.span.spanId ? -1 : 1))

  test('order and splitting change no row', () => {
    fc.assert(
      fc.property(batches, fc.nat(8), (spans, cut) => {
        const whole = byId(mapJson(request(spans)))
        expect(byId(mapJson(request(spans.toReversed())))).toEqual(whole)
        expect(byId([...mapJson(request(spans.slice(0, cut))), ...mapJson(request(spans.slice(cut)))])).toEqual(whole)
      }),
    )
  })

  test('protobuf and JSON give the same rows, and each is one that the store takes', () => {
    fc.assert(
      fc.property(batches, (spans) => {
        const rows = mapJson(request(spans))
        expect(mapOtlp(decodeOtlp(encodeProto(request(spans)), 'otlp-protobuf'), context)).toEqual(rows)
        for (const { span: row, payload } of rows) {
          expect(SpanRowSchema.parse(row)).toEqual(row)
          expect(PayloadRow.parse(payload)).toEqual(payload)
          JSON.parse(payload.attributes)
        }
      }),
    )
  })
})
