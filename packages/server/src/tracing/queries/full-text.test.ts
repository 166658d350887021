import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { TEXT } from './full-text.ts'
import { createTraceQueries, type TraceQueries } from './trace-queries.ts'
import { indexWaitingWords, wordIndexLag } from './word-index.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-text-'))
const NOW = Date.UTC(2026, 10, 20, 12) * 1000
let events: Events
let queries: TraceQueries

const letters = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const texts: Record<(typeof letters)[number], { input: string; output: string }> = {
  a: { input: JSON.stringify([{ role: 'user', content: 'Where is my Refund?\nHotel booking' }]), output: 'It was paid on Monday.' },
  b: { input: 'the hotel, then a refund', output: `don't; DROP TABLE spans` },
  // As Python writes it, and as it is.
  c: { input: '{"content":"\\u00dcber Gr\\u00f6\\u00dfe"}', output: 'x' },
  d: { input: 'über größe', output: 'none' },
  e: { input: '東京駅はどこですか', output: '京東です' },
  // The word lies behind what is indexed of it.
  f: { input: `${'filler '.repeat(1200)} needle`, output: 'y' },
}

beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
  queries = createTraceQueries({ events })
  for (const projectId of ['shop', 'other']) {
    const ids = (letter: string) => ({ projectId, traceId: letter.repeat(32), spanId: letter.repeat(16), startedAt: NOW })
    const extra = projectId === 'other' ? { input: 'secret zebra', output: '' } : undefined
    const rows = letters.map((letter) =>
      SpanRow.parse({
        ...ids(letter),
        entry: 1,
        kind: 'llm',
        name: letter,
        source: 'otlp',
        status: letter === 'b' ? 'error' : 'ok',
        durationMs: 1,
        receivedAt: NOW,
      }),
    )
    await events.insert(
      'spans',
      rows.map((row) => JSON.stringify(row)),
      `spans-${projectId}`,
    )
    await events.insert(
      'payloads',
      letters.map((letter) => JSON.stringify({ ...ids(letter), ...(extra ?? texts[letter]) })),
      `payloads-${projectId}`,
    )
  }
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const found = async (search: string): Promise<string> => {
  const { traces } = await queries.list('shop', { search, in: 'content', limit: 50 })
  const { spans } = await queries.spans('shop', { search, in: 'content', limit: 50 })
  const sorted = await queries.list('shop', { search, in: 'content', limit: 50, sort: '-durationMs', from: '2026-11-20T00:00:00Z' })
  const names = traces.map(({ name }) => name).sort()
  expect(spans.map(({ name }) => name).sort()).toEqual(names)
  expect(sorted.traces.map(({ name }) => name).sort()).toEqual(names)
  return names.join('')
}

const CASES: [string, string, string][] = [
  ['all words, in any order and case', 'REFUND hotel', 'ab'],
  ['a word of the output beside one of the input', 'refund monday', 'a'],
  ['a word behind an escaped line end', 'hotel booking', 'a'],
  ['whole words only', 'refun', ''],
  ['text in quotes as it stands', '"hotel booking"', 'a'],
  ['words with letters beyond ASCII, escaped or not', 'größe', 'cd'],
  ['a capital that was escaped', 'über', 'cd'],
  ['words of a script without spaces', '東京', 'e'],
  ['but not their letters in another order', '駅東', ''],
  ['nothing of what is behind the first 8 KB', 'needle', ''],
  ['nothing of another project', 'zebra', ''],
  ['what looks like SQL, as words', `don't DROP TABLE`, 'b'],
  ['nothing for SQL that would be true', `x') OR 1=1 --`, ''],
]

describe('before the words are indexed, finds', () => {
  test.each(CASES)('%s', async (_, search, names) => expect(await found(search)).toBe(names))
})

describe('once they are', () => {
  beforeAll(async () => {
    expect(await wordIndexLag(events)).toMatchObject({ waitingSpans: 12 })
    expect(await indexWaitingWords(events, { olderThanSeconds: 3600 })).toBe(false)
    expect(await indexWaitingWords(events, { olderThanSeconds: 0 })).toBe(true)
    await vi.waitFor(async () => expect(await wordIndexLag(events)).toEqual({ waitingSpans: 0, waitingSeconds: 0 }), {
      timeout: 90_000,
      interval: 50,
    })
    expect(await indexWaitingWords(events, { olderThanSeconds: 0 })).toBe(false)
  })

  test.each(CASES)('finds %s', async (_, search, names) => expect(await found(search)).toBe(names))

  test('the index answers', async () => {
    const lines = await events.query<{ explain: string }>(
      `EXPLAIN indexes = 1 SELECT count() FROM payloads WHERE hasAllTokens(${TEXT}, ['refund'])`,
    )
    expect(lines.map(({ explain }) => explain).join('\n')).toMatch(/Name: words/)
  })
})

test('the index is of the expression that is searched', () => {
  const migration = readFileSync(new URL('../../store/events/migrations/0007_text_index.sql', import.meta.url), 'utf8')
  expect(migration).toContain(` words ${TEXT} TYPE text(`)
})

test('together with a filter, and by any span of the trace', async () => {
  const { traces } = await queries.list('shop', {
    search: 'hotel',
    in: 'content',
    filter: [{ field: 'status', op: 'eq', value: 'error' }],
    limit: 5,
  })
  expect(traces.map(({ name }) => name)).toEqual(['b'])
})

test.each(['?!', '""', Array.from({ length: 30 }, (_, at) => `w${at}`).join(' ')])(
  'a search that can find nothing is refused: %s',
  async (search) => {
    await expect(queries.list('shop', { search, in: 'content', limit: 5 })).rejects.toMatchObject({ code: 'invalid-request' })
  },
)
