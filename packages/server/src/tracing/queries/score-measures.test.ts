import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api, Measure, Query, ScoreRow, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { createTraceQueries, type TraceQueries } from './trace-queries.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-score-measures-'))
const HOUR = 3_600_000_000
const NOW = Date.UTC(2026, 10, 20, 12, 30) * 1000
const TONE = `tone's "word"`
let events: Events
let queries: TraceQueries

const id = (letter: string, length: number) => letter.repeat(length)
const span = (trace: string, letter: string, given: Partial<SpanRow>): SpanRow =>
  SpanRow.parse({
    projectId: 'shop',
    traceId: id(trace, 32),
    spanId: id(letter, 16),
    kind: 'llm',
    name: letter,
    source: 'otlp',
    status: 'ok',
    startedAt: NOW,
    durationMs: 10,
    receivedAt: NOW,
    ...given,
  })
const score = (id: string, given: Partial<ScoreRow>): ScoreRow =>
  ScoreRow.parse({
    projectId: 'shop',
    id,
    traceId: '',
    spanId: '',
    name: 'thumbs',
    type: 'boolean',
    value: null,
    source: 'feedback',
    at: NOW,
    receivedAt: NOW,
    ...given,
  })

beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
  queries = createTraceQueries({ events })
  const write = (table: 'spans' | 'scores', rows: object[], block: string) =>
    events.insert(
      table,
      rows.map((row) => JSON.stringify(row)),
      block,
    )
  // Trace a: two calls of `big` an hour apart and one of `small`. Trace b: one of `small`. Trace c: no call, only an agent. d: no score.
  const spans = [
    span('a', '1', { entry: 1, model: 'big', startedAt: NOW - HOUR }),
    span('a', '2', { model: 'big' }),
    span('a', '3', { model: 'small', startedAt: NOW - HOUR }),
    span('b', '4', { entry: 1, model: 'small', userId: 'ada' }),
    span('c', '5', { entry: 1, kind: 'agent' }),
    span('d', '6', { entry: 1, model: 'other' }),
    // Of a project of its own, sessions: two turns of `talk`, which only their roots name, and one of `chat`.
    ...[
      span('e', '7', { entry: 1, kind: 'agent', sessionId: 'talk', startedAt: NOW - HOUR }),
      span('e', '8', { parentId: id('7', 16), model: 'big', startedAt: NOW - HOUR }),
      span('f', '9', { entry: 1, kind: 'agent', sessionId: 'talk' }),
      span('f', 'a', { parentId: id('9', 16), model: 'big' }),
      span('f', 'b', { parentId: id('9', 16), model: 'small' }),
      span('9', 'c', { entry: 1, model: 'small', sessionId: 'chat' }),
    ].map((row) => ({ ...row, projectId: 'talks' })),
  ]
  await write('spans', spans, 'first')
  // A span that is sent again is still one span.
  await write('spans', [{ ...spans[0], receivedAt: NOW + 1 }], 'again')
  await write('scores', [score('changed', { traceId: id('b', 32), value: 1 })], 'before')
  await write(
    'scores',
    [
      score('up', { traceId: id('a', 32), value: 1 }),
      score('changed', { traceId: id('b', 32), value: 0, receivedAt: NOW + 1 }),
      score('third', { traceId: id('c', 32), value: 1 }),
      score('r1', { name: 'rating', type: 'numeric', traceId: id('a', 32), spanId: id('1', 16), value: 5 }),
      score('r2', { name: 'rating', type: 'numeric', traceId: id('a', 32), spanId: id('3', 16), value: 2 }),
      score('r3', { name: 'rating', type: 'numeric', traceId: id('b', 32), value: 1 }),
      score('t', { name: TONE, type: 'categorical', traceId: id('b', 32), text: 'rude' }),
      score('s', { sessionId: 'a session', value: 0 }),
      score('talk', { projectId: 'talks', sessionId: 'talk', value: 1 }),
      score('chat', { projectId: 'talks', sessionId: 'chat', value: 0 }),
      score('turn', { projectId: 'talks', traceId: id('9', 32), sessionId: 'chat', value: 1 }),
      score('none', { projectId: 'talks', sessionId: 'nobody', value: 1 }),
      score('foreign', { projectId: 'other', traceId: id('a', 32), value: 0 }),
    ],
    'scores',
  )
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const ask = async (query: object) => (await queries.query('shop', Query.parse(query))).rows
const THUMBS = ['scoreAvg.thumbs', 'scoreCount.thumbs', 'scoreTrue.thumbs', 'scoreFalse.thumbs']

test('scores of all: as they were said last, each once', async () => {
  expect(await ask({ measures: THUMBS })).toEqual([
    { 'scoreAvg.thumbs': 0.666667, 'scoreCount.thumbs': 3, 'scoreTrue.thumbs': 2, 'scoreFalse.thumbs': 1 },
  ])
  expect(await ask({ measures: ['scoreAvg.rating', 'scoreTrue.rating', `scoreCount.${TONE}`, `scoreAvg.${TONE}`] })).toEqual([
    { 'scoreAvg.rating': 2.666667, 'scoreTrue.rating': 0, [`scoreCount.${TONE}`]: 1, [`scoreAvg.${TONE}`]: null },
  ])
  expect(await ask({ measures: ['scoreAvg.nobody', 'scoreCount.nobody'] })).toEqual([{ 'scoreAvg.nobody': null, 'scoreCount.nobody': 0 }])
})

test('a score of a trace counts once in each group that has a span of it, one of a span in the group of that span', async () => {
  expect(await ask({ measures: ['scoreCount.thumbs', 'scoreAvg.thumbs', 'scoreAvg.rating'], dimensions: ['model'] })).toEqual([
    { model: 'small', 'scoreCount.thumbs': 2, 'scoreAvg.thumbs': 0.5, 'scoreAvg.rating': 1.5 },
    { model: '', 'scoreCount.thumbs': 1, 'scoreAvg.thumbs': 1, 'scoreAvg.rating': null },
    { model: 'big', 'scoreCount.thumbs': 1, 'scoreAvg.thumbs': 1, 'scoreAvg.rating': 5 },
  ])
})

test('over time it counts in the first bucket only', async () => {
  expect(await ask({ measures: ['scoreCount.thumbs'], bucket: 'hour' })).toEqual([
    { bucket: '2026-11-20T11:00:00.000Z', 'scoreCount.thumbs': 1 },
    { bucket: '2026-11-20T12:00:00.000Z', 'scoreCount.thumbs': 2 },
  ])
})

test('filters and the window choose the spans', async () => {
  const measures = ['scoreCount.thumbs']
  const filter = (field: string, op: string, value: unknown) => ({ field, op, value })
  expect(await ask({ measures, filters: [filter('userId', 'eq', 'ada')] })).toEqual([{ 'scoreCount.thumbs': 1 }])
  expect(await ask({ measures, filters: [filter('score.thumbs', 'eq', false)] })).toEqual([{ 'scoreCount.thumbs': 1 }])
  expect(await ask({ measures, filters: [filter('kind', 'eq', 'agent')] })).toEqual([{ 'scoreCount.thumbs': 1 }])
  expect(await ask({ measures, to: '2026-11-20T12:00:00Z' })).toEqual([{ 'scoreCount.thumbs': 1 }])
})

test('beside measures of spans each group keeps both, also one that has only one of them', async () => {
  const both = await ask({ measures: ['calls', 'scoreCount.thumbs', 'scoreAvg.thumbs', 'durationP95'], dimensions: ['model'] })
  // A span that is sent again is counted again until it is merged, as ever: that is not what is asked here.
  expect(both.map(({ calls: _, ...row }) => row)).toEqual(
    expect.arrayContaining([
      { model: 'big', 'scoreCount.thumbs': 1, 'scoreAvg.thumbs': 1, durationP95: 10 },
      { model: 'small', 'scoreCount.thumbs': 2, 'scoreAvg.thumbs': 0.5, durationP95: 10 },
      { model: 'other', 'scoreCount.thumbs': 0, 'scoreAvg.thumbs': null, durationP95: 10 },
      { model: '', 'scoreCount.thumbs': 1, 'scoreAvg.thumbs': 1, durationP95: null },
    ]),
  )
  expect(both).toHaveLength(4)
  // Of all at once, where nothing is there to join by; and by traces, which the rollups do not know.
  expect(await ask({ measures: ['traces', 'scoreTrue.thumbs'] })).toEqual([{ traces: 4, 'scoreTrue.thumbs': 2 }])
  const overTime = await ask({ measures: ['scoreFalse.thumbs', 'calls'], bucket: 'day', dimensions: ['userId'] })
  expect(overTime).toMatchObject([
    { userId: 'ada', 'scoreFalse.thumbs': 1, calls: 1 },
    { userId: '', 'scoreFalse.thumbs': 0 },
  ])
})

test('a score of a session counts once in each group that has a span of one of its traces, in its first bucket', async () => {
  const rows = async (query: object) => (await queries.query('talks', Query.parse({ measures: THUMBS, ...query }))).rows
  const figures = (count: number, up: number) => ({
    'scoreCount.thumbs': count,
    'scoreTrue.thumbs': up,
    'scoreFalse.thumbs': count - up,
    'scoreAvg.thumbs': Math.round((up / count) * 1e6) / 1e6,
  })
  expect(await rows({})).toEqual([figures(3, 2)])
  expect(await rows({ dimensions: ['model'], filters: [{ field: 'kind', op: 'eq', value: 'llm' }] })).toEqual([
    { model: 'big', ...figures(1, 1) },
    { model: 'small', ...figures(3, 2) },
  ])
  expect(await rows({ bucket: 'hour' })).toEqual([
    { bucket: '2026-11-20T11:00:00.000Z', ...figures(1, 1) },
    { bucket: '2026-11-20T12:00:00.000Z', ...figures(2, 1) },
  ])
  const found = async (value: boolean) =>
    (await queries.list('talks', api['traces.list'].input.parse({ filter: [{ field: 'score.thumbs', op: 'eq', value }] }))).traces.map(
      ({ traceId }) => traceId[0],
    )
  expect((await found(true)).sort()).toEqual(['9', 'e', 'f'])
  expect(await found(false)).toEqual(['9'])
})

test('a measure that is none is refused with those that are', () => {
  for (const wrong of [
    'scoreAvg',
    'scoreAvg.',
    'scoreMax.thumbs',
    'score.thumbs',
    'scoreAvg.a\nb',
    `scoreAvg.${'x'.repeat(201)}`,
    'nothing',
  ])
    expect(Measure.safeParse(wrong).success, wrong).toBe(false)
  expect(Measure.safeParse('nothing').error?.message).toMatch(/calls.*scoreAvg\.NAME/)
})
