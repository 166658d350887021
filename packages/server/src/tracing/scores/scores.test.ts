import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api, type Caller, NewScore } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import { traceIdOf } from '../../lib/ids.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { scoreHandlers } from './handlers.ts'
import { toScoreRow } from './score-row.ts'
import { scoresOfTraces } from './scores-of-traces.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-scores-'))
let events: Events
beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const contextOf = (caller: Partial<Caller>) => ({ caller: { projectId: 'shop', permissions: ['*'], ...caller } }) as Context
const { list, create } = {
  list: (asked: object, projectId = 'shop') =>
    scoreHandlers({ events })['scores.list'](api['scores.list'].input.parse(asked), contextOf({ projectId })),
  create: (given: object, caller: Partial<Caller> = {}) =>
    scoreHandlers({ events })['scores.create'](NewScore.parse(given), contextOf(caller)),
}

/** As the journal brings it: with the time at which the edge had it. */
let block = 0
const insert = (given: object, receivedAt: number, projectId = 'shop') =>
  events.insert(
    'scores',
    [JSON.stringify(toScoreRow(NewScore.parse(given), { projectId, authorId: 'key_1', receivedAt, source: 'api' }))],
    `block-${block++}`,
  )
const NOW = 1_795_176_000_000_000

test('a score is read as it was sent, by the id of the trace as its client wrote it', async () => {
  const sent = {
    traceId: 'order 42',
    spanId: 'b7ad6b7169203331',
    name: 'quality',
    value: 0.5,
    comment: `it's "fine" <b>`,
    metadata: { by: 'me' },
  }
  const answer = await create(sent, { userId: 'account_1' })
  expect(answer).toMatchObject({
    traceId: traceIdOf('shop', 'order 42'),
    spanId: 'b7ad6b7169203331',
    source: 'annotation',
    authorId: 'account_1',
  })
  expect((await list({ traceId: 'order 42' })).scores).toEqual([answer])
  expect((await list({ traceId: 'order 42', spanId: 'b7ad6b7169203331' })).scores).toHaveLength(1)
  expect((await list({ traceId: 'order 43' })).scores).toEqual([])
})

test('each type comes back as what it is', async () => {
  for (const value of [1.25, true, false, 'good', '']) await create({ sessionId: 'types', name: `of ${value}`, value })
  await create({ sessionId: 'types', name: 'as told', value: 1, type: 'boolean' })
  const { scores } = await list({ sessionId: 'types' })
  expect(Object.fromEntries(scores.map(({ name, type, value }) => [name, [type, value]]))).toEqual({
    'of 1.25': ['numeric', 1.25],
    'of true': ['boolean', true],
    'of false': ['boolean', false],
    'of good': ['categorical', 'good'],
    'of ': ['categorical', ''],
    'as told': ['boolean', true],
  })
})

test('the same id again replaces it, in whatever order they arrive, also where it moves to another trace', async () => {
  await insert({ id: 'twice', traceId: 'a', name: 'n', value: 2 }, NOW + 2)
  await insert({ id: 'twice', traceId: 'b', name: 'n', value: 1 }, NOW + 1)
  expect((await list({ id: 'twice' })).scores).toMatchObject([{ value: 2, traceId: traceIdOf('shop', 'a') }])
  expect((await list({ traceId: 'b' })).scores).toEqual([])
  await events.command('OPTIMIZE TABLE scores FINAL')
  expect((await list({ id: 'twice' })).scores).toMatchObject([{ value: 2 }])
})

test('pages go from new to old, each score once', async () => {
  const at = (index: number) => new Date(NOW / 1000 - Math.floor(index / 2) * 1000).toISOString()
  for (let index = 0; index < 7; index++)
    await insert({ id: `page-${index}`, sessionId: 'pages', name: 'n', value: index, at: at(index) }, NOW)
  const seen: string[] = []
  for (let cursor: string | undefined, turn = 0; turn < 5; turn++) {
    const page = await list({ sessionId: 'pages', limit: 3, ...(cursor && { cursor }) })
    seen.push(...page.scores.map(({ id }) => id))
    cursor = page.nextCursor
    if (!cursor) break
  }
  expect(seen).toEqual(['page-1', 'page-0', 'page-3', 'page-2', 'page-5', 'page-4', 'page-6'])
  expect((await list({ sessionId: 'pages', from: at(2), name: 'n', type: 'numeric', source: 'api' })).scores).toHaveLength(4)
  await expect(list({ cursor: '!!' })).rejects.toMatchObject({ code: 'invalid-request' })
})

test('no project sees, or replaces, what another one said', async () => {
  await insert({ id: 'mine', traceId: 'shared', name: 'n', value: 1 }, NOW)
  await insert({ id: 'mine', traceId: 'shared', name: 'n', value: 9 }, NOW + 5, 'other')
  expect((await list({ id: 'mine' })).scores).toMatchObject([{ value: 1 }])
  expect((await list({ traceId: 'shared' }, 'other')).scores).toMatchObject([{ value: 9 }])
  expect((await list({ id: `x' OR 1 = 1 --` })).scores).toEqual([])
})

test('scores of several traces are summed up by name, of the trace and its spans alike', async () => {
  const of = (traceId: string, name: string, value: number | boolean | string, more: object = {}) =>
    create({ traceId, name, value, ...more })
  await of('sum a', 'thumbs', true)
  await of('sum a', 'thumbs', false, { spanId: 'b7ad6b7169203331' })
  await of('sum a', 'tone', 'rude', { at: '2026-01-01T00:00:00Z' })
  await of('sum a', 'tone', 'w'.repeat(300), { at: '2026-01-02T00:00:00Z' })
  await of('sum b', 'rating', 4)
  await insert({ traceId: 'sum a', name: 'foreign', value: 1 }, NOW, 'other')
  const [a, b, none] = ['sum a', 'sum b', 'none'].map((id) => traceIdOf('shop', id))
  const found = await scoresOfTraces(events, 'shop', [a, b, none] as string[])
  expect(found.get(a ?? '')).toEqual([
    { name: 'thumbs', type: 'boolean', count: 2, mean: 0.5, text: null },
    { name: 'tone', type: 'categorical', count: 2, mean: null, text: 'w'.repeat(200) },
  ])
  expect(found.get(b ?? '')).toEqual([{ name: 'rating', type: 'numeric', count: 1, mean: 4, text: null }])
  expect(found.has(none ?? '')).toBe(false)
  // More names than a row can show are cut, not refused.
  for (let at = 0; at < 22; at++) await of('sum c', `name ${at}`, at)
  const c = traceIdOf('shop', 'sum c')
  expect((await scoresOfTraces(events, 'shop', [c])).get(c)).toHaveLength(20)
})

test('who gave a score can withdraw it, and nobody else', async () => {
  const mine = await create({ traceId: 'withdrawn', name: 'thumbs', value: false, id: 'withdraw' }, { userId: 'ada' })
  const remove = (caller: Partial<Caller>) => scoreHandlers({ events })['scores.delete']({ id: mine.id }, contextOf(caller))
  await expect(remove({ userId: 'bob' })).rejects.toMatchObject({ code: 'permission-denied' })
  await expect(remove({ userId: 'ada', projectId: 'other' })).rejects.toMatchObject({ code: 'not-found' })
  expect(await remove({ userId: 'ada' })).toEqual({ id: 'withdraw' })
  expect((await list({ traceId: 'withdrawn' })).scores).toEqual([])
  await expect(remove({ userId: 'ada' })).rejects.toMatchObject({ code: 'not-found' })
  // Said again, it is there again.
  await create({ traceId: 'withdrawn', name: 'thumbs', value: true, id: 'withdraw' }, { userId: 'ada' })
  expect((await list({ traceId: 'withdrawn' })).scores).toMatchObject([{ value: true }])
})
