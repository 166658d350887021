import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Parsed, Query } from '@signalbox/schema'
import { migrateEvents } from '../../packages/server/src/store/events/migrate.ts'
import { openEvents } from '../../packages/server/src/store/events/open.ts'
import { runQuery } from '../../packages/server/src/tracing/queries/run-query.ts'
import { runSql } from '../../packages/server/src/tracing/queries/sql/run-sql.ts'
import { createTraceQueries } from '../../packages/server/src/tracing/queries/trace-queries.ts'
import { indexWaitingWords, wordIndexLag } from '../../packages/server/src/tracing/queries/word-index.ts'
import { figure } from '../lib/table.ts'
import { judge, type Verdict, verdictTable } from '../lib/verdicts.ts'
import { deleteUser } from './delete-user.ts'
import { seed } from './seed.ts'

/**
 * How long the questions of the UI take on many spans, asked through the same functions as the API asks them.
 *
 *   node --conditions=source bench/store/run.ts --spans 1000000 [--folder DIR] [--rounds 30]
 *
 * Without --folder the data lies in a temporary folder and is deleted afterwards; a folder that has spans is used as it is.
 */
const { values: options } = parseArgs({
  options: { spans: { type: 'string', default: '1000000' }, folder: { type: 'string' }, rounds: { type: 'string', default: '30' } },
})
const rounds = Number(options.rounds)
const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'signalbox-bench-'))
const projectId = 'default'
/** What is wanted of questions on a million spans, in milliseconds at p50, by how their names begin; the first that fits. */
const WANTED: [begin: RegExp, limit: number][] = [
  [/^(spans, )?full text/, 300],
  [/^list, (longest|dearest)/, 300],
  [/^list/, 80],
  [/^(sessions|session|users)/, 150],
  [/^trace by id/, 30],
  [/^hourly p50.*rollup$/, 150],
  [/^(hourly overview|top models|last hour)/, 300],
]

try {
  await run()
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
}

async function run(): Promise<void> {
  console.log(`empty engine: ${memory()}`)
  await using events = await openEvents({ folder })
  await migrateEvents(events)
  const queries = createTraceQueries({ events })
  if ((await queries.spanCount(projectId)) === 0) {
    const from = performance.now()
    const batches = (await seed(events, { projectId, spans: Number(options.spans), days: 30 })).sort((a, b) => a - b)
    const seconds = (performance.now() - from) / 1000
    console.log(`seeded in ${seconds.toFixed(0)} s; one batch of 5,000 spans with payloads: ${percentiles(batches)}`)
  }
  const before = await wordIndexLag(events)
  const from = performance.now()
  // As the core does it every minute, for what no merge has come for.
  await indexWaitingWords(events, { olderThanSeconds: 0 })
  while ((await wordIndexLag(events)).waitingSpans > 0) await new Promise((resolve) => setTimeout(resolve, 100))
  console.log(`${before.waitingSpans} spans waited for the index of words; it took ${((performance.now() - from) / 1000).toFixed(1)} s`)
  const disk = await events.query(
    `SELECT table, count() AS parts, sum(rows) AS rows, round(sum(bytes_on_disk) / 1e6) AS mb FROM system.parts
     WHERE active AND database = currentDatabase() GROUP BY table ORDER BY table`,
  )
  console.table(disk)
  const judged: Verdict[] = []
  const spans = await queries.spanCount(projectId)
  const mb = disk.reduce((sum, row) => sum + Number(row.mb), 0)
  judged.push(...judge('on disk per span', (mb * 1e6) / spans / 1024, { limit: 1.5, unit: 'KB' }))

  const list = (input: Partial<Parsed<'traces.list'>>) => queries.list(projectId, { limit: 50, ...input })
  const some = await events.query<{ traceId: string; spanId: string }>(
    `SELECT traceId, spanId FROM payloads WHERE projectId = {projectId:String} ORDER BY cityHash64(spanId) LIMIT {rounds:UInt32}`,
    { projectId, rounds: rounds + 1 },
  )
  const at = (round: number) => some[round % some.length] ?? { traceId: '', spanId: '' }
  const hourly = Query.parse({
    measures: ['durationP50', 'durationP95', 'durationP99'],
    dimensions: ['model'],
    bucket: 'hour',
    from: new Date(Date.now() - 30 * 86_400_000).toISOString(),
    to: new Date().toISOString(),
    limit: 10_000,
  })
  const overview = {
    ...hourly,
    dimensions: [],
    measures: ['calls', 'errors', 'costUsd', 'inputTokens', 'outputTokens', 'firstTokenP50'] as const,
  }
  let cursor: string | undefined
  const questions: Record<string, (round: number) => Promise<unknown>> = {
    'list, newest 50': () => list({}),
    'list, next pages': async () => {
      cursor = (await list({ cursor })).nextCursor
    },
    'list, 50 from two weeks ago': () => list({ to: new Date(Date.now() - 14 * 86_400_000).toISOString() }),
    'list, model = gpt-4o (common)': () => list({ filter: [{ field: 'model', op: 'eq', value: 'gpt-4o' }] }),
    'list, status = error (some)': () => list({ filter: [{ field: 'status', op: 'eq', value: 'error' }] }),
    'list, userId = one (rare)': (round) => list({ filter: [{ field: 'userId', op: 'eq', value: `user-${round * 7}` }] }),
    'list, cost > 0.005 and tag': () =>
      list({
        filter: [
          { field: 'cost', op: 'gt', value: 0.005 },
          { field: 'tags', op: 'eq', value: 'team-1' },
        ],
      }),
    'list, search "refund hotel" (rare)': () => list({ search: 'refund hotel' }),
    'full text "refund hotel" (some), newest 50': () => list({ search: 'refund hotel', in: 'content' }),
    'full text, four words (few)': () => list({ search: 'refund hotel flight garden', in: 'content' }),
    'full text, a number (rare)': (round) => list({ search: `${79_193 + round}`, in: 'content' }),
    'full text, nothing found': (round) => list({ search: `nowhere${round}`, in: 'content' }),
    'full text, a phrase': () => list({ search: '"of the refund"', in: 'content' }),
    'full text and status = error': () =>
      list({ search: 'refund', in: 'content', filter: [{ field: 'status', op: 'eq', value: 'error' }] }),
    'spans, full text (rare)': (round) => queries.spans(projectId, { search: `${79_193 + round}`, in: 'content', limit: 50 }),
    'list, metadata.build = 7 and tokens': () =>
      list({
        filter: [
          { field: 'metadata.build', op: 'eq', value: '7' },
          { field: 'usageOutput', op: 'gt', value: 150 },
        ],
      }),
    'SQL, cost by model and day': () =>
      runSql(
        events,
        projectId,
        'SELECT toStartOfDay(startedAt) AS day, model, sum(cost), count() FROM spans GROUP BY day, model ORDER BY day, model',
      ),
    'list, longest first, 1 day': () => list({ sort: '-durationMs', from: new Date(Date.now() - 86_400_000).toISOString() }),
    'list, dearest first, 30 days': () => list({ sort: '-costUsd', from: new Date(Date.now() - 30 * 86_400_000).toISOString() }),
    'sessions, last active, 1 day': () => queries.sessions(projectId, { from: new Date(Date.now() - 86_400_000).toISOString(), limit: 50 }),
    'sessions, last active, 30 days': () => queries.sessions(projectId, { from: hourly.from, limit: 50 }),
    'sessions, dearest first, 30 days': () => queries.sessions(projectId, { sort: '-costUsd', from: hourly.from, limit: 50 }),
    'session as a conversation': (round) => queries.session(projectId, { sessionId: `session-${round * 7}`, limit: 25 }),
    'users, dearest first, 1 day': () =>
      queries.users(projectId, { sort: '-costUsd', from: new Date(Date.now() - 86_400_000).toISOString(), limit: 50 }),
    'users, dearest first, 30 days': () => queries.users(projectId, { sort: '-costUsd', from: hourly.from, limit: 50 }),
    'trace by id': (round) => queries.get(projectId, at(round).traceId),
    'span with payload': (round) => queries.span(projectId, at(round)),
    'hourly p50/p95/p99 by model, 30 days, rollup': () => runQuery(events, projectId, hourly),
    'hourly p50/p95/p99 by model, 30 days, spans': () => runQuery(events, projectId, hourly, { source: 'spans' }),
    'hourly overview, 30 days': () => queries.query(projectId, { ...overview, measures: [...overview.measures] }),
    'top models by cost, 30 days': () => queries.query(projectId, { ...hourly, measures: ['costUsd', 'calls'], bucket: undefined }),
    'last hour by minute': () =>
      queries.query(projectId, { ...hourly, bucket: 'minute', from: new Date(Date.now() - 3_600_000).toISOString() }),
    'values of model': () => queries.values(projectId, { field: 'model', limit: 50 }),
    'values of userId': () => queries.values(projectId, { field: 'userId', limit: 50 }),
  }
  const results: Record<string, Record<string, number>> = {}
  for (const [name, ask] of Object.entries(questions)) {
    const times = await measure(ask)
    results[name] = times
    const limit = WANTED.find(([begin]) => begin.test(name))?.[1]
    if (limit && spans <= 1_100_000) judged.push(...judge(name, times.p50 ?? Number.NaN, { limit, unit: 'ms' }))
  }
  console.log('milliseconds')
  console.table(results)
  console.log(`after the queries: ${memory()}`)
  const [user] = await events.query<{ userId: string }>("SELECT userId FROM spans WHERE userId != '' LIMIT 1")
  if (user) {
    const { spans: gone, hiddenMs, removedMs, others, left } = await deleteUser(events, projectId, user.userId)
    console.log(
      `one user deleted: ${gone} spans, in no read after ${figure(hiddenMs / 1000)} s, in no table after ${figure(removedMs / 1000)} s`,
    )
    judged.push(...judge('rows of others that went with a user', others, { limit: 0, unit: 'rows' }))
    judged.push(...judge('rows of the user that stayed', left, { limit: 0, unit: 'rows' }))
  }
  console.log(`\nTargets\n\n${verdictTable(judged)}`)
  await new Promise((resolve) => setTimeout(resolve, 15_000))
  globalThis.gc?.()
  console.log(`idle 15 s later: ${memory()}`)
}

async function measure(ask: (round: number) => Promise<unknown>): Promise<Record<string, number>> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const from = performance.now()
    await ask(round)
    times.push(performance.now() - from)
  }
  const [first = 0, ...warm] = times
  warm.sort((a, b) => a - b)
  return { first: rounded(first), p50: rounded(pick(warm, 0.5)), p95: rounded(pick(warm, 0.95)), min: rounded(warm[0] ?? 0) }
}

function pick(sorted: number[], level: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * level))] ?? 0
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}

function percentiles(sorted: number[]): string {
  return `p50 ${rounded(pick(sorted, 0.5))} ms, p95 ${rounded(pick(sorted, 0.95))} ms, max ${rounded(sorted.at(-1) ?? 0)} ms`
}

function memory(): string {
  const text = readFileSync('/proc/self/smaps_rollup', 'utf8')
  const mb = (name: string) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024)
  return `PSS ${mb('Pss')} MB (anonymous ${mb('Anonymous')} MB), of which JavaScript ${Math.round(process.memoryUsage().heapTotal / 1e6)} MB`
}
