import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FIELD_NAMES, FIELDS, type Filter, FilterField, FilterOp, Query, ScoreRow, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { condition } from './conditions.ts'
import { fieldSql } from './fields.ts'
import { parameters } from './parameters.ts'
import { createTraceQueries, type TraceQueries } from './trace-queries.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-fields-'))
const NOW = Date.UTC(2026, 10, 20, 12) * 1000
let events: Events
let queries: TraceQueries

const id = (letter: string, length: number) => letter.repeat(length)
const span = (letter: string, given: Partial<SpanRow>): SpanRow =>
  SpanRow.parse({
    projectId: 'shop',
    traceId: id(letter, 32),
    spanId: id(letter, 16),
    entry: 1,
    kind: 'llm',
    name: letter,
    source: 'otlp',
    status: 'ok',
    startedAt: NOW,
    durationMs: 1,
    receivedAt: NOW,
    ...given,
  })
const score = (id: string, given: Partial<ScoreRow>): ScoreRow =>
  ScoreRow.parse({
    projectId: 'shop',
    id,
    traceId: '',
    spanId: '',
    name: 'helpful',
    type: 'numeric',
    value: null,
    source: 'api',
    at: NOW,
    receivedAt: NOW,
    ...given,
  })

beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
  queries = createTraceQueries({ events })
  const rows = [
    span('a', {
      parentId: id('f', 16),
      externalId: 'order-7',
      statusMessage: 'all well',
      scope: 'my.scope',
      mapperVersion: 3,
      usageCacheRead: 40,
      usageReasoning: 2,
      usageSource: 'provider',
      priceVersion: '2026-11',
      cost: 3_000_000,
      costParts: { cacheRead: 2_000_000, input: 1_000_000 },
      savedCost: 5_000_000,
      savedMs: 12,
      inputBytes: 900,
      inputPreview: 'Where is it?',
      metadata: { 'customer/tier one': 'gold' },
      tags: ['vip', 'Beta Test'],
    }),
    span('b', { usageRole: 'aggregate', startedAt: NOW - 60_000_000, receivedAt: NOW + 5_000_000 }),
    span('c', {}),
  ]
  await events.insert(
    'spans',
    rows.map((row) => JSON.stringify(row)),
    'spans',
  )
  const scores = [
    score('1', { traceId: id('a', 32), value: 0.2, receivedAt: NOW - 1 }),
    // Said again: the later one counts.
    score('1', { traceId: id('a', 32), value: 0.9 }),
    score('2', { traceId: id('b', 32), spanId: id('b', 16), value: 0.1 }),
    score('3', { traceId: id('b', 32), spanId: id('b', 16), name: 'tone of it', type: 'categorical', text: 'rude' }),
    // Of another project, on the same trace.
    score('4', { projectId: 'other', traceId: id('c', 32), value: 1 }),
  ]
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

const found = async (...filter: Filter[]): Promise<string> => {
  const { spans } = await queries.spans('shop', { filter, limit: 50 })
  const { traces } = await queries.list('shop', { filter, limit: 50 })
  const names = spans.map(({ name }) => name).sort()
  // A trace is listed when one of its spans matches; here each has one.
  expect(traces.map(({ name }) => name).sort()).toEqual(names)
  return names.join('')
}

test('every column of a span can be filtered by', () => {
  const reachable = [...FIELD_NAMES, 'metadata.x', 'costParts.input'].map((name) => fieldSql(name, parameters()).sql).join(' ')
  const others = new Set(['projectId', 'versioned'])
  for (const column of Object.keys(SpanRow.shape)) if (!others.has(column)) expect(reachable, column).toMatch(new RegExp(`\\b${column}\\b`))
})

test('every field takes the ops of its type, and says which where it does not have one', async () => {
  for (const field of FIELD_NAMES) {
    const { type } = FIELDS[field]
    const value = { string: 'x', strings: 'x', number: 1, boolean: true, time: '2026-11-20T12:00:00Z' }[type]
    const filters = FilterOp.options.map((op) => ({ field, op, ...(op !== 'exists' && { value: op === 'in' ? [value] : value }) }))
    const taken = filters.filter((filter) => compiles(filter))
    expect(taken.length, field).toBeGreaterThanOrEqual(4)
    // The engine understands them too.
    await queries.spans('shop', { filter: taken, limit: 1 })
  }
})

function compiles(filter: Filter): boolean {
  try {
    condition(filter, parameters())
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-request', hint: expect.stringMatching(/^Use eq, /) })
    return false
  }
}

describe('a filter finds', () => {
  test.each<[string, Filter, string]>([
    ['a parent', { field: 'parentId', op: 'exists' }, 'a'],
    ['the id that the client wrote', { field: 'externalId', op: 'eq', value: 'order-7' }, 'a'],
    ['words of the status', { field: 'statusMessage', op: 'contains', value: 'WELL' }, 'a'],
    ['a scope', { field: 'scope', op: 'in', value: ['my.scope', 'x'] }, 'a'],
    ['a version of the mapping', { field: 'mapperVersion', op: 'gte', value: 3 }, 'a'],
    ['tokens of a bucket', { field: 'usageCacheRead', op: 'gt', value: 39 }, 'a'],
    ['all tokens', { field: 'totalTokens', op: 'eq', value: 42 }, 'a'],
    ['who counted', { field: 'usageSource', op: 'eq', value: 'provider' }, 'a'],
    ['sums', { field: 'usageRole', op: 'eq', value: 'aggregate' }, 'b'],
    ['a price', { field: 'priceVersion', op: 'ne', value: '' }, 'a'],
    ['the cost of a bucket', { field: 'costParts.cacheRead', op: 'gte', value: 0.002 }, 'a'],
    ['what was saved', { field: 'savedUsd', op: 'gte', value: 0.005 }, 'a'],
    ['time that was saved', { field: 'savedMs', op: 'exists' }, 'a'],
    ['how large it was', { field: 'inputBytes', op: 'lt', value: 900 }, 'bc'],
    ['how it began', { field: 'inputPreview', op: 'contains', value: 'where is' }, 'a'],
    ['a start', { field: 'startedAt', op: 'lt', value: '2026-11-20T12:00:00Z' }, 'b'],
    ['an arrival', { field: 'receivedAt', op: 'gt', value: '2026-11-20T12:00:00.5Z' }, 'b'],
    ['a tag', { field: 'tags', op: 'eq', value: 'vip' }, 'a'],
    ['a part of a tag', { field: 'tags', op: 'contains', value: 'beta' }, 'a'],
    ['a key of the metadata with any letters', { field: 'metadata.customer/tier one', op: 'eq', value: 'gold' }, 'a'],
    ['a score of the trace, the last word', { field: 'score.helpful', op: 'gte', value: 0.5 }, 'a'],
    ['a score of the span', { field: 'score.helpful', op: 'lt', value: 0.5 }, 'b'],
    ['any score of a name, of this project', { field: 'score.helpful', op: 'exists' }, 'ab'],
    ['no score of a name', { field: 'score.helpful', op: 'exists', value: false }, 'c'],
    ['one of several scores', { field: 'score.helpful', op: 'in', value: [0.1, 0.9] }, 'ab'],
    ['another score', { field: 'score.helpful', op: 'ne', value: 0.9 }, 'bc'],
    ['a category', { field: 'score.tone of it', op: 'eq', value: 'rude' }, 'b'],
    ['a part of a category', { field: 'score.tone of it', op: 'contains', value: 'RU' }, 'b'],
  ])('%s', async (_, filter, names) => expect(await found(filter)).toBe(names))

  test('both of two', async () =>
    expect(await found({ field: 'score.helpful', op: 'exists' }, { field: 'usageRole', op: 'eq', value: 'leaf' })).toBe('a'))
})

test('scores filter what is measured', async () => {
  const query = Query.parse({ measures: ['calls'], filters: [{ field: 'score.helpful', op: 'gte', value: 0.5 }] })
  expect(await queries.query('shop', query)).toEqual({ rows: [{ calls: 1 }] })
})

test.each([
  ['a time that is none', { field: 'startedAt', op: 'gt', value: 'yesterday' }],
  ['a time that is a number', { field: 'startedAt', op: 'gt', value: 5 }],
  ['a word in the order of a score', { field: 'score.helpful', op: 'gt', value: 'much' }],
  ['an op that the type does not have', { field: 'startedAt', op: 'contains', value: '2026' }],
] as [string, Filter][])('%s is refused in words', async (_, filter) => {
  await expect(queries.spans('shop', { filter: [filter], limit: 1 })).rejects.toMatchObject({ code: 'invalid-request' })
})

test('names that are no fields are refused', () => {
  for (const name of ['constructor', '__proto__', 'metadata.', 'score.', 'costParts.gold', 'metadata.a\nb', "name' OR 1=1"])
    expect(FilterField.safeParse(name).success, name).toBe(false)
})
