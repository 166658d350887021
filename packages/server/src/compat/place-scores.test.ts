import { ScoreRow } from '@signalbox/schema'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import type { Events } from '../store/ports.ts'
import { createScorePlacer } from './place-scores.ts'

const ROOT = '01a1fe691d937000800001f56d161f58'
const CHILD = '01a1fe691da87000800003488d34f3b3'
const NOW = Date.now() * 1000
const score = (more: Partial<ScoreRow>): ScoreRow =>
  ScoreRow.parse({
    projectId: 'p1',
    id: 'one',
    traceId: '',
    spanId: CHILD,
    name: 'good',
    type: 'numeric',
    value: 1,
    source: 'api',
    at: NOW,
    receivedAt: NOW,
    ...more,
  })

/** A store that knows some spans, by project, and keeps what is inserted. */
function world() {
  const spans = new Map<string, string>()
  const inserted: { row: ScoreRow; token: string }[] = []
  const asked: { project: string; ids: string[]; from: number }[] = []
  const state = { broken: false, failed: 0, stored: [] as ScoreRow[] }
  const events = {
    async query(sql: string, params: { project: string; ids: string[]; from: number }) {
      if (state.broken) {
        state.failed++
        throw new Error('the engine is on fire')
      }
      if (sql.includes('FROM scores'))
        return state.stored.map(({ at, receivedAt, ...row }) => ({ ...row, atMicros: at, receivedAtMicros: receivedAt }))
      asked.push(params)
      return params.ids.flatMap((spanId) => {
        const traceId = spans.get(`${params.project} ${spanId}`)
        return traceId ? [{ spanId, traceId }] : []
      })
    },
    insert: async (_table: string, lines: readonly string[], token: string) => {
      inserted.push(...lines.map((line) => ({ row: JSON.parse(line) as ScoreRow, token })))
    },
  } as unknown as Events
  const placer = createScorePlacer({ events, log: pino({ level: 'silent' }), firstMs: 1 })
  started.push(placer)
  return { spans, inserted, asked, state, placer }
}
const started: ReturnType<typeof createScorePlacer>[] = []
afterEach(() => Promise.all(started.splice(0).map((placer) => placer.stop())))

test('a score waits for its span, and is stored anew with the trace', async () => {
  const { spans, inserted, asked, placer } = world()
  placer.take([score({}), score({ id: 'named', traceId: ROOT }), score({ id: 'of a session', spanId: '', sessionId: 's' })])
  await expect.poll(() => asked.length).toBeGreaterThan(0)
  expect(inserted).toEqual([])
  spans.set(`p1 ${CHILD}`, ROOT)
  await expect.poll(() => inserted).toEqual([{ row: score({ traceId: ROOT, receivedAt: NOW + 1 }), token: `place:p1:one:${NOW}` }])
  expect(asked[0]).toMatchObject({ project: 'p1', ids: [CHILD] })
  // Not further back than the id says.
  expect(asked[0]?.from).toBe(0x01a1fe691da8 - 86_400_000)
})

test('one of a root is of its trace, and only spans of its own project count', async () => {
  const { spans, inserted, placer } = world()
  spans.set(`p2 ${CHILD}`, ROOT)
  spans.set(`p1 ${ROOT}`, ROOT)
  placer.take([score({ id: 'a' }), score({ id: 'b', spanId: ROOT })])
  await expect.poll(() => inserted.map(({ row }) => [row.id, row.traceId, row.spanId])).toEqual([['b', ROOT, '']])
})

test('what waited when the process ended is taken up, also after the store failed', async () => {
  const { spans, inserted, state, placer } = world()
  spans.set(`p1 ${CHILD}`, ROOT)
  state.stored = [score({})]
  await placer.resume()
  state.broken = true
  await expect.poll(() => state.failed).toBeGreaterThan(0)
  expect(inserted).toEqual([])
  state.broken = false
  await expect.poll(() => inserted.length).toBe(1)
})
