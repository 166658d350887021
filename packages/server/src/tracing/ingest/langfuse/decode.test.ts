import type { IngestHeader } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../lib/ids.ts'
import { decodeLangfuse } from './decode.ts'
import { readEvent } from './events.ts'

const header: IngestHeader = { v: 1, projectId: 'shop', keyId: 'key_1', format: 'langfuse', receivedAt: 1_795_176_000_000_000 }
const TRACE = '9c2f2c9e-7b1a-4c58-9f0e-0d6f6a1b2c3d'
const TRACE_ID = TRACE.replaceAll('-', '')
const AT = '2026-11-20T12:00:00.000Z'
const MICROS = Date.parse(AT) * 1000

const decode = (...batch: object[]) => decodeLangfuse(header, Buffer.from(JSON.stringify({ batch })))
const event = (type: string, body: object, more: object = {}) => ({ id: 'event-1', type, timestamp: AT, body, ...more })
const patchOf = (type: string, body: object) => {
  const [patch] = decode(event(type, body)).patches
  if (!patch) throw new Error('no patch')
  return patch
}

describe('ids', () => {
  test('a UUID loses its dashes; the trace is a span of its own, and what has no parent hangs below it', () => {
    const trace = patchOf('trace-create', { id: TRACE })
    const span = patchOf('span-create', { id: 'AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee', traceId: TRACE })
    expect(trace).toMatchObject({ traceId: TRACE_ID, spanId: TRACE_ID.slice(16), ofTrace: true, source: 'langfuse', keyId: 'key_1' })
    expect(trace.fields).toMatchObject({ externalId: TRACE })
    expect(trace.fields.parentId).toBeUndefined()
    expect(span).toMatchObject({ traceId: TRACE_ID, spanId: 'aaaaaaaabbbb4ccc8dddeeeeeeeeeeee', ofTrace: false })
    expect(span.fields).toMatchObject({ parentId: trace.spanId, externalId: TRACE })
  })

  test('any other text becomes a hash of project and text, and stays as it was written', () => {
    const { traceId, fields } = patchOf('trace-create', { id: 'order 42' })
    expect(traceId).toBe(sha256('shop|order 42').slice(0, 32))
    expect(fields).toMatchObject({ externalId: 'order 42', attributes: { id: 'order 42' } })
  })

  test('an id of OpenTelemetry is ours', () => {
    const { traceId, spanId, fields } = patchOf('span-update', { id: 'b7ad6b7169203331', traceId: TRACE_ID })
    expect([traceId, spanId]).toEqual([TRACE_ID, 'b7ad6b7169203331'])
    expect(fields.externalId).toBeUndefined()
  })

  test('no observation is taken for its trace', () => {
    const root = patchOf('trace-create', { id: TRACE }).spanId
    expect(patchOf('span-create', { id: root, traceId: TRACE }).spanId).not.toBe(root)
    expect(patchOf('span-create', { id: 'x', traceId: TRACE, parentObservationId: TRACE }).fields.parentId).toBe(root)
  })

  test('an observation without a trace is one of its own, and its update finds it', () => {
    const [made, changed] = [patchOf('span-create', { id: 'alone' }), patchOf('span-update', { id: 'alone' })]
    expect(changed).toMatchObject({ traceId: made.traceId, spanId: made.spanId })
  })

  test('an update without a parent does not move its span', () => {
    expect(patchOf('generation-update', { id: 'x', traceId: TRACE, output: 'y' }).fields.parentId).toBeUndefined()
    expect(patchOf('generation-update', { id: 'x', traceId: TRACE, parentObservationId: 'p' }).fields.parentId).toHaveLength(32)
  })
})

test('what can be filtered by beside the columns stands among the metadata, and the user’s own wins', () => {
  const said = { id: 'x', traceId: TRACE, version: 'v2', level: 'warning', promptName: 'greet', promptVersion: 3 }
  const named = { version: 'v2', level: 'WARNING', promptName: 'greet', promptVersion: '3' }
  expect(patchOf('generation-create', said).fields.metadata).toEqual(named)
  expect(patchOf('generation-create', { ...said, metadata: { version: 'mine', a: { b: 1 } } }).fields.metadata).toEqual({
    ...named,
    version: 'mine',
    a: '{"b":1}',
  })
  expect(patchOf('generation-create', { id: 'x', level: 'DEFAULT' }).fields.metadata).toBeUndefined()
  expect(patchOf('trace-create', { id: TRACE, metadata: null }).fields.metadata).toBeUndefined()
})

describe('a trace', () => {
  test('says whose it is, and ends with what is said of it last', () => {
    const { fields, at, id } = patchOf('trace-create', {
      id: TRACE,
      timestamp: '2026-11-20T13:59:59.5+02:00',
      name: 'support',
      input: { question: 'why?' },
      output: 'because',
      userId: 'ada',
      sessionId: 's-1',
      tags: ['vip'],
      environment: 'production',
      release: '1.2',
      version: '7',
      public: false,
      metadata: { plan: 'pro', seats: 5, gone: null, __proto__x: 1 },
      somethingNew: [1],
    })
    expect({ at, id }).toEqual({ at: MICROS, id: 'event-1' })
    expect(fields).toMatchObject({
      name: 'support',
      startedAt: MICROS - 500_000,
      endedAt: MICROS,
      input: '{"question":"why?"}',
      output: 'because',
      userId: 'ada',
      sessionId: 's-1',
      tags: ['vip'],
      environment: 'production',
      release: '1.2',
      metadata: { plan: 'pro', seats: '5', __proto__x: '1' },
    })
    expect(fields.attributes).toMatchObject({ version: '7', public: false, somethingNew: [1], metadata: { plan: 'pro', seats: 5 } })
    expect(fields.attributes).not.toHaveProperty('input')
  })

  test('nulls say nothing', () => {
    const { fields } = patchOf('trace-create', {
      id: TRACE,
      name: null,
      userId: null,
      tags: null,
      input: null,
      metadata: null,
      release: null,
    })
    expect(Object.keys(fields).sort()).toEqual(['attributes', 'endedAt', 'externalId', 'startedAt'])
    expect(fields.attributes).toEqual({ id: TRACE })
  })

  test('metadata that is no object is one value, and a key like __proto__ is a key', () => {
    expect(patchOf('trace-create', { id: TRACE, metadata: [1, 2] }).fields.metadata).toEqual({ metadata: '[1,2]' })
    const body = Buffer.from(
      `{"batch":[{"id":"e","type":"trace-create","timestamp":"${AT}","body":{"id":"t","metadata":{"__proto__":"x"}}}]}`,
    )
    const metadata = decodeLangfuse(header, body).patches[0]?.fields.metadata ?? {}
    expect(Object.entries(metadata)).toEqual([['__proto__', 'x']])
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype)
  })
})

describe('an observation', () => {
  test('a generation has its times, model, tokens, cost and everything else as it was sent', () => {
    const { fields } = patchOf('generation-create', {
      id: 'g',
      traceId: TRACE,
      name: 'answer',
      startTime: AT,
      completionStartTime: '2026-11-20T12:00:00.250Z',
      endTime: '2026-11-20T12:00:01Z',
      model: 'gpt-4o',
      modelParameters: { temperature: 0.5 },
      usageDetails: { input: 10, cache_read_input_tokens: 90, output: 5, total: 105 },
      costDetails: { input: 0.001, output: 0.002 },
      promptName: 'greeting',
      promptVersion: 3,
    })
    expect(fields).toMatchObject({
      kind: 'llm',
      startedAt: MICROS,
      firstTokenAt: MICROS + 250_000,
      endedAt: MICROS + 1_000_000,
      stream: true,
      model: 'gpt-4o',
      requestModel: 'gpt-4o',
      usage: { input: 10, cacheRead: 90, output: 5 },
      usageSource: 'provider',
      cost: 3_000_000,
      costParts: { input: 1_000_000, output: 2_000_000 },
      attributes: { promptName: 'greeting', promptVersion: 3, modelParameters: { temperature: 0.5 } },
    })
  })

  test.each([
    [
      'an OpenAI completion, whose details are parts of its totals',
      {
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 90 },
        completion_tokens_details: { reasoning_tokens: 8 },
      },
      { input: 10, cacheRead: 90, output: 12, reasoning: 8 },
    ],
    [
      'an OpenAI response',
      { input_tokens: 100, output_tokens: 20, total_tokens: 120, input_tokens_details: { cached_tokens: 90 } },
      { input: 10, cacheRead: 90, output: 20 },
    ],
    [
      'buckets that exclude each other',
      { input: 10, input_cached_tokens: 90, output: 12, output_reasoning_tokens: 8 },
      { input: 10, cacheRead: 90, output: 12, reasoning: 8 },
    ],
  ])('usageDetails: %s', (_, usageDetails, expected) => {
    expect(patchOf('generation-update', { id: 'g', traceId: TRACE, usageDetails }).fields.usage).toMatchObject(expected)
  })

  test.each([
    [
      { input: 3, output: 4, total: 7, unit: 'TOKENS' },
      { input: 3, output: 4 },
    ],
    [
      { promptTokens: 3, completionTokens: 4 },
      { input: 3, output: 4 },
    ],
  ])('the older usage %j', (usage, expected) => {
    expect(patchOf('generation-create', { id: 'g', traceId: TRACE, usage }).fields.usage).toMatchObject(expected)
  })

  test('usage in characters is none of tokens, and its cost counts', () => {
    const { fields } = patchOf('generation-create', { id: 'g', traceId: TRACE, usage: { input: 500, unit: 'CHARACTERS', totalCost: 0.25 } })
    expect(fields.usage).toBeUndefined()
    expect(fields.cost).toBe(250_000_000)
    expect(fields.attributes).toMatchObject({ usage: { input: 500 } })
  })

  test('impossible costs are none', () => {
    expect(patchOf('generation-create', { id: 'g', traceId: TRACE, costDetails: { input: -1, total: 1e300 } }).fields.cost).toBeUndefined()
  })

  test('an error is one; a warning is kept', () => {
    expect(patchOf('span-update', { id: 's', traceId: TRACE, level: 'ERROR', statusMessage: 'no' }).fields).toMatchObject({
      status: 'error',
      statusMessage: 'no',
    })
    const warning = patchOf('span-update', { id: 's', traceId: TRACE, level: 'WARNING' }).fields
    expect(warning.status).toBeUndefined()
    expect(warning.attributes).toMatchObject({ level: 'WARNING' })
  })

  test.each([
    ['agent-create', 'agent'],
    ['tool-create', 'tool'],
    ['chain-create', 'chain'],
    ['retriever-create', 'retriever'],
    ['evaluator-create', 'evaluator'],
    ['embedding-create', 'embedding'],
    ['guardrail-create', 'guardrail'],
    ['generation-update', 'llm'],
    ['span-create', 'span'],
    ['span-update', undefined],
  ])('%s is of kind %s', (type, kind) => {
    expect(patchOf(type, { id: 'x', traceId: TRACE }).fields.kind).toBe(kind)
  })

  test('the oldest events say their type in the body', () => {
    expect(patchOf('observation-create', { id: 'x', traceId: TRACE, type: 'GENERATION' }).fields.kind).toBe('llm')
  })

  test('an event is over when it begins', () => {
    const { fields } = patchOf('event-create', { id: 'x', traceId: TRACE, startTime: AT })
    expect(fields).toMatchObject({ startedAt: MICROS, endedAt: MICROS, attributes: { type: 'EVENT' } })
  })
})

describe('a score', () => {
  const scoreOf = (body: object, more: object = {}) => {
    const batch = [event('score-create', { name: 'quality', traceId: TRACE, ...body })]
    const [score] = decodeLangfuse(header, Buffer.from(JSON.stringify({ batch, ...more }))).scores
    return score
  }
  test.each([
    [{ value: 0.5 }, { type: 'numeric', value: 0.5, text: '' }],
    [{ value: 'good' }, { type: 'categorical', value: null, text: 'good' }],
    [
      { value: 1, dataType: 'BOOLEAN' },
      { type: 'boolean', value: 1, text: '' },
    ],
    [
      { value: 'free words', dataType: 'TEXT' },
      { type: 'text', text: 'free words' },
    ],
    [
      { value: 'better', dataType: 'CORRECTION' },
      { type: 'text', text: 'better', metadata: { dataType: 'CORRECTION' } },
    ],
    [
      { value: 1, source: 'EVAL', configId: 'c1', comment: 'why' },
      { source: 'eval', metadata: { configId: 'c1' }, comment: 'why' },
    ],
    [
      { value: 1, id: 's-1', observationId: 'b7ad6b7169203331' },
      { id: 's-1', spanId: 'b7ad6b7169203331' },
    ],
    [
      { value: 1, traceId: undefined, sessionId: 'chat' },
      { traceId: '', sessionId: 'chat' },
    ],
    [
      { value: 1, traceId: undefined, datasetRunId: 'run' },
      { traceId: '', runId: 'run' },
    ],
  ])('%j', (body, expected) => {
    expect(scoreOf(body)).toMatchObject({ projectId: 'shop', name: 'quality', authorId: 'key_1', at: MICROS, ...expected })
  })

  test('with a public key it is feedback, under an id that takes no other place', () => {
    expect(scoreOf({ value: 1, id: 's-1', source: 'EVAL' }, { publicKey: true })).toMatchObject({ id: 'feedback:s-1', source: 'feedback' })
  })

  test('a time that no column holds is the nearest that it does', () => {
    const [score] = decode({ ...event('score-create', { name: 'x', traceId: TRACE, value: 1 }), timestamp: '9999-01-01T00:00:00Z' }).scores
    expect(score?.at).toBe(Date.UTC(2262, 0, 1) * 1000)
  })
})

test('what a client says about itself is nothing about a trace', () => {
  expect(decode(event('sdk-log', { log: 'x' }))).toEqual({ patches: [], scores: [] })
})

test('the same batch gives the same patches', () => {
  const batch = [event('trace-create', { id: TRACE }), event('span-create', { id: 'a', traceId: TRACE })]
  expect(decode(...batch)).toEqual(decode(...batch))
})

describe('what is refused', () => {
  test.each([
    ['no id', { type: 'span-create', timestamp: AT, body: { id: 'x' } }, 'id'],
    ['an unknown type', event('spam-create', {}), 'spam-create'],
    ['a time that is none', { ...event('trace-create', {}), timestamp: 'yesterday' }, 'ISO 8601'],
    ['a time of the body that is none', event('span-create', { id: 'x', startTime: 5 }), 'body.startTime'],
    ['an observation without an id', event('span-create', { traceId: TRACE }), 'body.id'],
    ['an id of 801 characters', event('span-create', { id: 'x'.repeat(801) }), '800'],
    ['a score of nothing', event('score-create', { name: 'x', value: 1 }), 'traceId'],
    ['a score of a span of nothing', event('score-create', { name: 'x', value: 1, sessionId: 's', observationId: 'o' }), 'traceId'],
    ['a score without a value', event('score-create', { name: 'x', traceId: TRACE }), 'body.value'],
    ['a number that is a text', event('score-create', { name: 'x', traceId: TRACE, value: 'x', dataType: 'NUMERIC' }), 'NUMERIC'],
    ['a boolean that is 2', event('score-create', { name: 'x', traceId: TRACE, value: 2, dataType: 'BOOLEAN' }), '0 or 1'],
    ['no body', { id: 'x', type: 'trace-create', timestamp: AT }, 'body'],
    ['a list', [], 'it'],
    ['nothing', null, 'it'],
  ])('%s', (_, sent, word) => {
    const read = readEvent(sent)
    expect('wrong' in read && read.wrong.join('; ')).toContain(word)
  })
})
