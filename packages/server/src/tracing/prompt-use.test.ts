import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api, ScoreRow, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateEvents } from '../store/events/migrate.ts'
import { openEvents } from '../store/events/open.ts'
import type { Events } from '../store/ports.ts'
import { createPromptUse } from './prompt-use.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-prompt-use-'))
const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 20, 12, 30)
let events: Events
let use: ReturnType<typeof createPromptUse>

const span = (at: number, given: Partial<SpanRow>): SpanRow =>
  SpanRow.parse({
    projectId: 'shop',
    traceId: String(at).padStart(32, '0'),
    spanId: String(at).padStart(16, '0'),
    kind: 'llm',
    name: 'call',
    source: 'gateway',
    status: 'ok',
    startedAt: NOW * 1000,
    durationMs: 100 * at,
    receivedAt: NOW * 1000,
    promptName: 'refund',
    usageRole: 'leaf',
    usageInput: 10,
    usageOutput: 2,
    cost: 1_000_000,
    ...given,
  })
const score = (id: string, at: number, name: string, value: number): ScoreRow =>
  ScoreRow.parse({
    projectId: 'shop',
    id,
    traceId: String(at).padStart(32, '0'),
    spanId: '',
    name,
    type: 'numeric',
    value,
    source: 'api',
    at: NOW * 1000,
    receivedAt: NOW * 1000,
  })

beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
  use = createPromptUse({ events, now: () => NOW })
  const before = (days: number) => (NOW - days * DAY) * 1000
  const spans = [
    span(1, { promptVersion: '1', startedAt: before(3), keyId: 'key_1', service: 'checkout' }),
    span(2, { promptVersion: '1', startedAt: before(3), keyId: 'key_1', status: 'error' }),
    span(3, { promptVersion: '2', keyId: 'key_2', environment: 'production' }),
    span(4, { promptVersion: '2', keyId: 'key_1' }),
    span(5, { promptVersion: 'latest', startedAt: before(1) }),
    span(6, { promptVersion: '1', startedAt: before(40), keyId: 'key_9' }),
    span(7, { promptVersion: '1', projectId: 'other' }),
    span(8, { promptName: 'else', promptVersion: '1' }),
  ]
  const scores = [score('a', 1, 'quality', 0.2), score('b', 3, 'quality', 0.9), score('c', 4, 'quality', 0.7), score('d', 8, 'else', 1)]
  await events.insert(
    'spans',
    spans.map((row) => JSON.stringify(row)),
    'spans',
  )
  await events.insert(
    'scores',
    scores.map((row) => JSON.stringify(row)),
    'scores',
  )
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

test('versions are told apart in numbers, scores and time', async () => {
  const found = await use.usage('shop', { name: 'refund', bucket: 'day' })
  expect(api['prompts.usage'].output.parse(found).versions).toMatchObject([
    {
      version: 2,
      calls: 2,
      errors: 0,
      errorRate: 0,
      costUsd: '0.002',
      inputTokens: 20,
      outputTokens: 4,
      firstAt: '2026-11-20T00:00:00.000Z',
      scores: [{ name: 'quality', count: 2, mean: 0.8 }],
    },
    { version: 1, calls: 2, errors: 1, errorRate: 0.5, lastAt: '2026-11-17T00:00:00.000Z', scores: [{ count: 1, mean: 0.2 }] },
    { version: null, calls: 1, scores: [] },
  ])
  expect(found.buckets.map(({ at, version, calls }) => [at.slice(0, 10), version, calls])).toEqual([
    ['2026-11-17', 1, 2],
    ['2026-11-19', null, 1],
    ['2026-11-20', 2, 2],
  ])
  const wide = await use.usage('shop', { name: 'refund', bucket: 'hour', from: '2026-10-01T00:00:00Z', to: '2026-11-18T00:00:00Z' })
  expect(wide.versions).toMatchObject([{ version: 1, calls: 3 }])
  expect(await use.usage('shop', { name: 'nothing', bucket: 'day' })).toEqual({ versions: [], buckets: [] })
})

test('callers are those of the last days and of these versions', async () => {
  expect(await use.callers('shop', { name: 'refund', versions: [1] })).toEqual([
    { by: 'key', value: 'key_1', calls: 2, lastAt: '2026-11-17T12:00:00.000Z' },
    { by: 'service', value: 'checkout', calls: 1, lastAt: '2026-11-17T12:00:00.000Z' },
  ])
  expect((await use.callers('shop', { name: 'refund', versions: [2] })).filter(({ by }) => by === 'key')).toMatchObject([
    { value: 'key_1', calls: 1 },
    { value: 'key_2', calls: 1 },
  ])
  expect(await use.callers('shop', { name: 'refund', versions: [] })).toEqual([])
})
