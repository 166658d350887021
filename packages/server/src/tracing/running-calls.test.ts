import type { CallStart, Filter, RunningReport } from '@signalbox/schema'
import { beforeEach, expect, test } from 'vitest'
import type { SpansNews } from '../lib/live.ts'
import { createRunningCalls, type RunningCalls } from './running-calls.ts'

let now = 0
let news: SpansNews[] = []
let calls: RunningCalls
beforeEach(() => {
  now = Date.UTC(2026, 10, 20)
  news = []
  calls = createRunningCalls({ now: () => now, onNews: (one) => news.push(one) })
})
const id = (letter: string) => letter.repeat(16)
const start = (letter: string, more: Partial<CallStart> = {}): CallStart => ({
  v: 1,
  projectId: 'shop',
  keyId: 'key_1',
  traceId: 'a'.repeat(32),
  spanId: id(letter),
  parentId: '',
  kind: 'llm',
  operation: 'chat',
  startedAt: now * 1000,
  requestModel: 'support',
  provider: 'openai',
  model: 'gpt-4o',
  stream: true,
  sessionId: '',
  userId: 'ada',
  environment: 'production',
  tags: ['vip'],
  metadata: { plan: 'pro' },
  requestBytes: 12,
  ...more,
})
const report = (more: Partial<RunningReport>): RunningReport => ({ edgeId: 'one', all: false, began: [], ended: [], others: {}, ...more })
const listed = (filter: Filter[] = [], search?: string) => calls.list('shop', { filter, search }).spans.map(({ spanId }) => spanId[0])

test('calls are shown from when they are told of until they are stored, to their own project alone', () => {
  expect(calls.hear(report({ began: [start('b')] }))).toBe(false)
  expect(listed()).toEqual([])
  expect(calls.hear(report({ all: true, began: [start('b'), start('c', { startedAt: (now + 5) * 1000 })] }))).toBe(true)
  expect(listed()).toEqual(['c', 'b'])
  expect(calls.list('other', {}).spans).toEqual([])
  expect(news).toMatchObject([{ projectId: 'shop', count: 2, traces: new Map([['a'.repeat(32), now * 1000]]) }])
  expect(calls.ofTrace('shop', 'a'.repeat(32))).toHaveLength(2)
  expect(calls.ofTrace('shop', 'f'.repeat(32))).toEqual([])
  expect(calls.list('shop', {}).spans[1]).toMatchObject({
    status: 'running',
    name: 'chat support',
    model: 'gpt-4o',
    stream: true,
    keyId: 'key_1',
  })
  calls.hear(report({ ended: [id('b')] }))
  expect(listed()).toEqual(['c', 'b'])
  calls.stored([{ spanId: id('b') }])
  expect(listed()).toEqual(['c'])
})

test('what never comes to the store, and what an edge had that is gone, does not stay', () => {
  calls.hear(report({ all: true, began: [start('b')] }))
  calls.hear(report({ ended: [id('b')] }))
  for (let second = 0; second < 15; second += 5) {
    now += 5000
    calls.hear(report({}))
  }
  expect(listed()).toEqual(['b'])
  now += 1000
  expect(listed()).toEqual([])
  calls.hear(report({ began: [start('c')] }))
  now += 10_001
  expect(listed()).toEqual([])
  expect(calls.hear(report({}))).toBe(false)
})

test('everything again takes the place of what was told before', () => {
  calls.hear(report({ all: true, began: [start('b')], others: { shop: 2, other: 7 } }))
  calls.hear(report({ all: true, began: [start('c')], others: { shop: 3 } }))
  expect(listed()).toEqual(['c'])
  expect(calls.list('shop', {}).more).toBe(3)
})

test.each<[string, Filter, boolean]>([
  ['a word', { field: 'userId', op: 'eq', value: 'ada' }, true],
  ['another word', { field: 'userId', op: 'ne', value: 'ada' }, false],
  ['one of some', { field: 'kind', op: 'in', value: ['llm', 'embedding'] }, true],
  ['a tag', { field: 'tags', op: 'eq', value: 'vip' }, true],
  ['a part', { field: 'model', op: 'contains', value: 'GPT' }, true],
  ['metadata', { field: 'metadata.plan', op: 'eq', value: 'pro' }, true],
  ['metadata that is not there', { field: 'metadata.plans', op: 'exists' }, false],
  ['that something is not there', { field: 'sessionId', op: 'exists', value: false }, true],
  ['a flag', { field: 'stream', op: 'eq', value: true }, true],
  ['a status', { field: 'status', op: 'eq', value: 'running' }, true],
  ['what is only known later', { field: 'durationMs', op: 'lt', value: 1000 }, false],
  ['an outcome', { field: 'outcome', op: 'ne', value: 'error' }, false],
  ['bytes', { field: 'inputBytes', op: 'gte', value: 12 }, true],
])('filters by %s', (_what, filter, found) => {
  calls.hear(report({ all: true, began: [start('b')] }))
  expect(listed([filter])).toEqual(found ? ['b'] : [])
  expect(listed([], 'ADA')).toEqual(['b'])
  expect(listed([], 'grace')).toEqual([])
})
