import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FeedbackSettings, ScoreRow, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { type Asked, findRepeats } from './find-repeats.ts'
import { createImplicitFeedback } from './implicit-feedback.ts'
import { distanceOf, likenessOf, wordsOf } from './likeness.ts'

const SECOND = 1_000_000
const like = (one: string, other: string) => likenessOf(wordsOf(one), wordsOf(other))

test('likeness is of words, whatever their case, signs and order', () => {
  expect(like('Where is my parcel?', 'where is MY parcel')).toBe(1)
  expect(like('Where is my parcel?', 'My parcel, where is it?')).toBeCloseTo(0.889, 3)
  expect(like('Where is my parcel?', 'Can I return my shoes?')).toBeCloseTo(0.222, 3)
  expect(like('no no no', 'no')).toBe(0.5)
  expect(like('Wo ist mein Päckchen', 'wo ist mein Päckchen')).toBe(1)
  expect(like('我的包裹在哪里', '我的包裹在哪里？')).toBe(1)
})

test('distance is by letters', () => {
  expect(distanceOf('It ships on Monday.', 'It ships on Monday.')).toBe(0)
  expect(distanceOf('kitten', 'sitting')).toBeCloseTo(3 / 7, 5)
  expect(distanceOf('', 'new')).toBe(1)
  expect(distanceOf('', '')).toBe(0)
  expect(distanceOf('👍 ok', '👎 ok')).toBe(0.25)
})

describe('a question asked again', () => {
  const asked = (traceId: string, second: number, question: string, more: Partial<Asked> = {}): Asked => ({
    traceId,
    sessionId: 's',
    userId: '',
    startedAt: second * SECOND,
    endedAt: (second + 1) * SECOND,
    status: 'ok',
    question,
    ...more,
  })
  const WHERE = 'Where is my parcel?'
  const found = (...all: Asked[]) =>
    findRepeats(all, { withinMinutes: 10, similarity: 0.8 }).map(({ earlier, later, likeness }) => [
      earlier.traceId,
      later.traceId,
      likeness,
    ])

  test('is found by what is alike, the nearest one before it', () => {
    expect(found(asked('a', 0, WHERE), asked('b', 30, 'Thanks a lot for that'), asked('c', 60, 'where is my parcel'))).toEqual([
      ['a', 'c', 1],
    ])
    expect(found(asked('c', 60, WHERE), asked('b', 30, 'Where is my parcel now?'), asked('a', 0, WHERE))).toEqual([
      ['a', 'b', 0.889],
      ['b', 'c', 0.889],
    ])
  })

  test('is one of the same session, or of the same user where there is none', () => {
    expect(found(asked('a', 0, WHERE), asked('b', 30, WHERE, { sessionId: 'other' }))).toEqual([])
    const ada = { sessionId: '', userId: 'ada' }
    expect(found(asked('a', 0, WHERE, ada), asked('b', 30, WHERE, ada))).toEqual([['a', 'b', 1]])
    expect(found(asked('a', 0, WHERE, ada), asked('b', 30, WHERE, { sessionId: '', userId: 'bob' }))).toEqual([])
    expect(found(asked('a', 0, WHERE, { sessionId: '' }), asked('b', 30, WHERE, { sessionId: '' }))).toEqual([])
  })

  test.each<[string, Asked, Asked]>([
    ['comes too late', asked('a', 0, WHERE), asked('b', 601, WHERE)],
    ['follows a failure', asked('a', 0, WHERE, { status: 'error' }), asked('b', 30, WHERE)],
    ['runs beside the first', asked('a', 0, WHERE, { endedAt: 40 * SECOND }), asked('b', 30, WHERE)],
    ['is a word of agreement', asked('a', 0, 'Yes, ok'), asked('b', 30, 'Yes, ok')],
    ['is another span of the same trace', asked('a', 0, WHERE), asked('a', 30, WHERE)],
    ['is another question', asked('a', 0, WHERE), asked('b', 30, 'Where is my invoice for May?')],
  ])('is none that %s', (_, one, other) => expect(found(one, other)).toEqual([]))
})

describe('the job', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-implicit-'))
  const NOW = Date.UTC(2026, 10, 21, 12)
  let events: Events
  let block = 0
  const insert = (table: 'spans' | 'payloads' | 'scores', ...rows: object[]) =>
    events.insert(
      table,
      rows.map((row) => JSON.stringify(row)),
      `block-${block++}`,
    )
  const id = (letter: string, length: number) => letter.repeat(length)
  const span = (letter: string, second: number, given: Partial<SpanRow>): SpanRow =>
    SpanRow.parse({
      projectId: 'shop',
      traceId: id(letter, 32),
      spanId: id(letter, 16),
      entry: 1,
      kind: 'llm',
      name: 'chat',
      source: 'gateway',
      status: 'ok',
      startedAt: (NOW - 60_000) * 1000 + second * SECOND,
      durationMs: 500,
      receivedAt: (NOW - 60_000) * 1000 + second * SECOND,
      sessionId: 's',
      ...given,
    })
  const edited = (letter: string, text: string, receivedAt = NOW * 1000) =>
    ScoreRow.parse({
      projectId: 'shop',
      id: `feedback:${letter}:edited`,
      traceId: id(letter, 32),
      spanId: '',
      name: 'edited',
      type: 'text',
      value: null,
      text,
      source: 'feedback',
      at: NOW * 1000,
      receivedAt,
    })
  const jobWith = (implicit: object, warned: object[] = []) =>
    createImplicitFeedback({
      events,
      projectIds: async () => ['other', 'shop'],
      settingsOf: () => FeedbackSettings.parse({ implicit }).implicit,
      log: { warn: (details) => void warned.push(details) },
      now: () => NOW,
    })
  const scores = (name: string) =>
    events.query<{ traceId: string; value: number; metadata: Record<string, string>; source: string; projectId: string }>(
      'SELECT traceId, value, metadata, source, projectId FROM scores FINAL WHERE name = {name:String} ORDER BY traceId',
      { name },
    )

  beforeAll(async () => {
    events = await openEvents({ folder })
    await migrateEvents(events)
    await insert(
      'spans',
      span('a', 0, { inputPreview: 'Where is my parcel?', outputPreview: 'It is on its way.' }),
      span('b', 10, { inputPreview: 'Where is my parcel' }),
      span('c', 20, { inputPreview: 'Where is my parcel', projectId: 'other' }),
      // Asked long ago, though it arrives only now.
      span('d', -90_000, { inputPreview: 'Where is my parcel', receivedAt: NOW * 1000 }),
    )
    const output = JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'It is on its way.' } }] })
    await insert('payloads', {
      projectId: 'shop',
      traceId: id('a', 32),
      spanId: id('a', 16),
      startedAt: (NOW - 60_000) * 1000,
      input: '',
      output,
      attributes: '{}',
    })
  })
  afterAll(async () => {
    await events[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test('does nothing where it is switched off', async () => {
    await jobWith({ repeats: false }).run()
    expect(await scores('repeated')).toEqual([])
  })

  test('scores the answer that was asked for again: once, in its project, and says that nobody said so', async () => {
    const warned: object[] = []
    const job = jobWith({}, warned)
    await job.run()
    await job.run()
    await jobWith({}, warned).run()
    expect(await scores('repeated')).toEqual([
      {
        projectId: 'shop',
        traceId: id('a', 32),
        value: 1,
        source: 'feedback',
        metadata: { implicit: 'true', by: id('b', 32), likeness: '1', kind: 'same' },
      },
    ])
    expect(warned).toEqual([])
    await job.stop()
  })

  test('measures how far an edit is from the answer, and again when it is edited again', async () => {
    const job = jobWith({})
    await insert('scores', edited('a', 'It is on its way!'), edited('e', 'of a trace that is not here yet'))
    await job.run()
    const [first, ...others] = await scores('editDistance')
    expect(others).toEqual([])
    expect(first).toMatchObject({ traceId: id('a', 32), value: distanceOf('It is on its way.', 'It is on its way!') })
    expect(first?.metadata).toMatchObject({ implicit: 'true', compared: 'whole' })
    await insert('scores', edited('a', 'No.', NOW * 1000 + 5))
    await jobWith({}).run()
    expect((await scores('editDistance')).map(({ value }) => value)).toEqual([distanceOf('It is on its way.', 'No.')])
  })
})
