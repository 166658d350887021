import type { IngestHeader } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { checkOpik } from './body.ts'
import { decodeOpik } from './decode.ts'
import { usageOf } from './usage-of.ts'
import { withoutContent } from './without-content.ts'

const TRACE = '01a1fe69-230f-7046-9b8b-90d9b420c7db'
const SPAN = '01a1fe69-2318-773c-ae62-521a0947c65b'
const hex = (id: string) => id.replaceAll('-', '')
const HEADER: IngestHeader = { v: 1, projectId: 'p1', keyId: 'k1', format: 'opik', receivedAt: 1_795_269_670_000_000 }
const decode = (body: object) => decodeOpik(HEADER, Buffer.from(JSON.stringify(body)))

/** What `opik` 2.0.40 sends. */
const trace = {
  id: TRACE,
  start_time: '2026-11-21T14:01:05.551Z',
  source: 'sdk',
  name: 'a trace',
  input: { q: 1 },
  tags: ['x'],
  thread_id: 'th',
  metadata: { user_id: 'u' },
  project_name: 'proj',
}
const span = {
  id: SPAN,
  start_time: '2026-11-21T14:01:05.560Z',
  source: 'sdk',
  name: 'answer',
  type: 'llm',
  input: { m: 1 },
  model: 'gpt-4o',
  provider: 'openai',
  project_name: 'proj',
  trace_id: TRACE,
  output: { o: 1 },
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
  total_estimated_cost: 0.01,
  ttft: 12.5,
  end_time: '2026-11-21T14:01:06.560Z',
}

describe('traces and spans of Opik', () => {
  it('a trace is the root of its spans', () => {
    const { patches } = decode({ traces: [trace], spans: [span] })
    expect(patches).toMatchObject([
      {
        projectId: 'p1',
        traceId: hex(TRACE),
        spanId: hex(TRACE),
        source: 'opik',
        ofTrace: true,
        at: 1_795_269_665_551_000 - 1,
        fields: {
          externalId: TRACE,
          kind: 'chain',
          name: 'a trace',
          startedAt: 1_795_269_665_551_000,
          userId: 'u',
          sessionId: 'th',
          tags: ['x'],
          input: '{"q":1}',
        },
      },
      {
        traceId: hex(TRACE),
        spanId: hex(SPAN),
        ofTrace: false,
        fields: {
          parentId: hex(TRACE),
          kind: 'llm',
          operation: 'chat',
          provider: 'openai',
          model: 'gpt-4o',
          endedAt: 1_795_269_666_560_000,
          firstTokenAt: 1_795_269_665_572_500,
          usage: { input: 3, output: 4 },
          usageSource: 'provider',
          cost: 10_000_000,
          output: '{"o":1}',
          metadata: { project: 'proj' },
        },
      },
    ])
    expect(patches[0]?.fields).not.toHaveProperty('parentId')
  })

  it('an update says only what it changes, and always after what it changes', () => {
    const { patches } = decode({
      spans: [span],
      trace_updates: [
        {
          id: TRACE,
          output: { done: true },
          error_info: { exception_type: 'TypeError', message: 'boom', traceback: 'tb' },
          end_time: '2026-11-21T14:01:05.633Z',
        },
      ],
      span_updates: [{ id: SPAN, trace_id: TRACE, metadata: { late: 1 }, tags_to_add: ['y'] }],
    })
    const [whole, ofTrace, ofSpan] = patches
    expect(ofTrace?.fields).toMatchObject({ status: 'error', errorType: 'TypeError', statusMessage: 'boom', output: '{"done":true}' })
    expect(ofSpan?.fields).toEqual({
      metadata: { late: '1' },
      tags: ['y'],
      attributes: { trace_id: TRACE, metadata: { late: 1 }, tags_to_add: ['y'] },
    })
    expect(ofSpan?.at).toBeGreaterThan(whole?.at ?? 0)
  })

  it('a message that comes again is the same one', () => {
    const { created_by: _, ...same } = { ...span, created_by: '' }
    expect(decode({ spans: [span] })).toEqual(decode({ spans: [Object.fromEntries(Object.entries(same).reverse())] }))
  })
})

describe('usage', () => {
  it.each([
    [
      'openai',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        'original_usage.prompt_tokens': 10,
        'original_usage.completion_tokens': 5,
        'original_usage.total_tokens': 15,
        'original_usage.prompt_tokens_details.cached_tokens': 4,
        'original_usage.completion_tokens_details.reasoning_tokens': 2,
      },
      { input: 6, cacheRead: 4, output: 3, reasoning: 2 },
    ],
    [
      'anthropic',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        'original_usage.input_tokens': 10,
        'original_usage.output_tokens': 5,
        'original_usage.cache_read_input_tokens': 90,
      },
      { input: 10, cacheRead: 90, output: 5 },
    ],
    [
      'google_ai',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        'original_usage.prompt_token_count': 10,
        'original_usage.candidates_token_count': 3,
        'original_usage.thoughts_token_count': 2,
        'original_usage.total_token_count': 15,
      },
      { input: 10, output: 3, reasoning: 2 },
    ],
    ['', { prompt_tokens: 1, completion_tokens: 2, '__proto__.input': 5 }, { input: 1, output: 2 }],
  ])('of %s', (provider, sent, usage) => expect(usageOf(sent, provider)).toMatchObject(usage))
})

describe('scores', () => {
  it('are of a trace, of a span that its trace is looked up for, or of a thread; and the same again replaces', () => {
    const score = { name: 'good', value: 1, reason: 'r', project_name: 'proj', id: TRACE, source: 'sdk' }
    const { scores } = decode({
      trace_scores: [score, { ...score, value: 0 }],
      span_scores: [{ ...score, id: SPAN }],
      thread_scores: [{ ...score, thread_id: 'th' }],
    })
    expect(scores).toMatchObject([
      { traceId: hex(TRACE), spanId: '', name: 'good', type: 'numeric', value: 1, comment: 'r', source: 'api' },
      { traceId: hex(TRACE), value: 0 },
      { traceId: '', spanId: hex(SPAN) },
      { traceId: '', spanId: '', sessionId: 'th' },
    ])
    expect(scores[0]?.id).toBe(scores[1]?.id)
    expect(new Set(scores.map(({ id }) => id)).size).toBe(3)
  })
})

it('names what cannot be taken, and keeps the rest', () => {
  const { body, accepted, bad } = checkOpik({
    traces: [{ ...trace, id: 'x' }, trace, 7],
    spans: [
      { ...span, trace_id: undefined },
      { ...span, start_time: 'soon' },
    ],
    span_scores: [{ id: SPAN, name: 'n', value: 'high' }],
  })
  expect([body, accepted]).toEqual([{ traces: [trace] }, 1])
  expect(bad.map(({ list, index, reason }) => [list, index, reason.split(' ')[0]])).toEqual([
    ['traces', 0, '`id`'],
    ['traces', 2, 'It'],
    ['spans', 0, '`trace_id`'],
    ['spans', 1, '`start_time`'],
    ['span_scores', 0, '`value`'],
  ])
})

it('leaves content out where a project keeps none', () => {
  const bare = JSON.stringify(
    withoutContent({ spans: [{ ...span, error_info: { exception_type: 'E', message: 'm', traceback: 'secret' } }] }),
  )
  expect(bare).not.toMatch(/"input"|"output"|secret/)
  expect(decodeOpik(HEADER, Buffer.from(bare)).patches[0]?.fields).toMatchObject({ usage: { input: 3 }, errorType: 'E' })
})
