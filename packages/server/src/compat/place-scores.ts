import type { ScoreRow } from '@signalbox/schema'
import type { Log } from '../lib/log.ts'
import type { Events } from '../store/ports.ts'
import { scoresWhere } from '../tracing/scores/list-scores.ts'
import type { StoredScore } from '../tracing/scores/score-row.ts'
import { wellFormedJson } from '../tracing/storable.ts'
import { windowOfUuid } from './uuids.ts'

/**
 * LangSmith's and Opik's clients may judge a span without a word of its trace, and before the span itself is here. Such a score is stored as
 * it is; this looks for its span, again and again for an hour, and stores it anew with the trace. What is still alone then stays to be
 * found by its span.
 */
export function createScorePlacer({ events, log, firstMs = 500 }: { events: Events; log: Log; firstMs?: number }) {
  const waiting = new Map<string, Waiting>()
  let timer: NodeJS.Timeout | undefined
  let timerAt = 0
  let running: Promise<void> = Promise.resolve()

  const schedule = (): void => {
    if (waiting.size === 0) return
    const next = Math.max(Date.now() + LEAST_MS, Math.min(...[...waiting.values()].map(({ dueAt }) => dueAt)))
    if (timer && timerAt <= next) return
    clearTimeout(timer)
    timerAt = next
    timer = setTimeout(() => {
      timer = undefined
      running = running.then(look).catch((error: unknown) => log.warn({ err: error }, 'scores whose span is looked for have to wait'))
      void running.then(schedule)
    }, next - Date.now())
    timer.unref()
  }

  async function look(): Promise<void> {
    const now = Date.now()
    const due = [...waiting].filter(([, { dueAt }]) => dueAt <= now).slice(0, AT_ONCE)
    // Before it is asked: one that fails is due later all the same.
    for (const [key, one] of due) {
      one.waitMs *= 2
      one.dueAt = now + one.waitMs
      if (now - one.row.receivedAt / 1000 > PATIENCE_MS) waiting.delete(key)
    }
    for (const [projectId, some] of Map.groupBy(due, ([, { row }]) => row.projectId)) {
      const traceOf = await tracesOf(
        events,
        projectId,
        some.map(([, { row }]) => row.spanId),
      )
      for (const [key, { row }] of some) {
        const traceId = traceOf.get(row.spanId)
        if (traceId === undefined) continue
        // A root is its trace. A microsecond later, it takes the place of what was stored before.
        const placed = { ...row, traceId, spanId: row.spanId === traceId ? '' : row.spanId, receivedAt: row.receivedAt + 1 }
        await events.insert('scores', [wellFormedJson(JSON.stringify(placed))], `place:${row.projectId}:${row.id}:${row.receivedAt}`)
        waiting.delete(key)
      }
    }
  }

  const take = (rows: readonly ScoreRow[]): void => {
    for (const row of rows) {
      if (row.traceId !== '' || row.spanId === '' || waiting.size >= MOST_WAITING) continue
      waiting.set(`${row.projectId} ${row.id}`, { row, waitMs: firstMs, dueAt: Date.now() + firstMs })
    }
    schedule()
  }

  return {
    /** Scores that come in; those that name their trace are left alone. */
    take,
    /** Those that waited when the process ended. */
    async resume(): Promise<void> {
      const since = { since: (Date.now() - PATIENCE_MS) * 1000 }
      const where = [`traceId = ''`, `spanId != ''`, 'receivedAt >= fromUnixTimestamp64Micro({since:Int64})']
      const rows = await events.query<StoredScore>(`${scoresWhere(where)} LIMIT ${MOST_WAITING}`, since)
      take(rows.map(({ atMicros, receivedAtMicros, ...row }) => ({ ...row, at: atMicros, receivedAt: receivedAtMicros })))
    },
    async stop(): Promise<void> {
      waiting.clear()
      clearTimeout(timer)
      await running
    },
  }
}

type Waiting = { row: ScoreRow; waitMs: number; dueAt: number }

const PATIENCE_MS = 3_600_000
const LEAST_MS = 50
const AT_ONCE = 500
const MOST_WAITING = 10_000

/** The traces of spans, looked for where the time in their ids says, when all of them say one. */
async function tracesOf(events: Events, projectId: string, spanIds: readonly string[]): Promise<Map<string, string>> {
  const windows = spanIds.map(windowOfUuid)
  const from = windows.every((window) => window !== undefined) ? Math.min(...windows.map((window) => Date.parse(window?.from ?? ''))) : 0
  const rows = await events.query<{ spanId: string; traceId: string }>(
    `SELECT spanId, any(traceId) AS traceId FROM spans
WHERE projectId = {project:String} AND startedAt >= fromUnixTimestamp64Milli({from:Int64}) AND spanId IN {ids:Array(String)}
GROUP BY spanId SETTINGS prefer_column_name_to_alias = 1`,
    { project: projectId, from, ids: [...new Set(spanIds)] },
  )
  return new Map(rows.map(({ spanId, traceId }) => [spanId, traceId]))
}
