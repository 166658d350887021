import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Caller, NewScore, type NewSpanRow, SpanRow } from '@signalbox/schema'
import { Hono } from 'hono'
import { afterAll, beforeAll } from 'vitest'
import { datasetHandlers } from '../../datasets/handlers.ts'
import { mountForeign } from '../../http/foreign.ts'
import { spanIdOf, traceIdOf } from '../../lib/ids.ts'
import { createLog } from '../../lib/log.ts'
import { createWrite } from '../../prompts/writing.ts'
import { openFolder } from '../../store/blobs/folder.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Blobs, Events, Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { rootSpanOf } from '../../tracing/ingest/langfuse/ids.ts'
import { createTraceQueries } from '../../tracing/queries/trace-queries.ts'
import { toScoreRow } from '../../tracing/scores/score-row.ts'
import { langfuseApi } from './api.ts'

export const NOW = Date.UTC(2026, 10, 20, 12) * 1000
export const TRACES = Array.from({ length: 5 }, (_, index) => `00000000-0000-4000-8000-00000000000${index}`)
export const written = (trace: string, name: string) => trace.replace('-8000-', `-8${name.repeat(3)}-`)

/** Five traces as the older protocol leaves them, each with a generation below a span, and one of OpenTelemetry. */
async function fill(events: Events, projectId: string): Promise<void> {
  const spans: SpanRow[] = []
  const payloads: object[] = []
  const add = (row: Partial<NewSpanRow> & Pick<NewSpanRow, 'traceId' | 'spanId'>, payload: object = {}) => {
    const span = SpanRow.parse({
      projectId,
      kind: 'span',
      name: 'n',
      source: 'langfuse',
      status: 'ok',
      startedAt: NOW,
      durationMs: 100,
      receivedAt: NOW,
      ...row,
    })
    spans.push(span)
    payloads.push({ projectId, traceId: span.traceId, spanId: span.spanId, startedAt: span.startedAt, ...payload })
  }
  for (const [index, trace] of TRACES.entries()) {
    const traceId = traceIdOf(projectId, trace)
    const startedAt = NOW - index * 1_000_000
    const root = rootSpanOf(traceId)
    const [outer, inner] = [written(trace, 'a'), written(trace, 'b')]
    const common = { traceId, externalId: trace, startedAt, userId: `user-${index % 2}`, sessionId: `session-${index % 2}` }
    add(
      {
        ...common,
        spanId: root,
        entry: 1,
        name: `trace ${index}`,
        tags: ['t', `t${index}`],
        metadata: { plan: 'pro', deep: '{"a":1}' },
        release: 'r1',
      },
      { input: '{"question":1}', output: 'plain', attributes: JSON.stringify({ id: trace, version: 'v7', public: true }) },
    )
    add(
      { ...common, spanId: spanIdOf(projectId, outer), parentId: root, name: 'outer', kind: 'chain' },
      { attributes: JSON.stringify({ id: outer, traceId: trace }) },
    )
    add(
      {
        ...common,
        spanId: spanIdOf(projectId, inner),
        parentId: spanIdOf(projectId, outer),
        name: 'answer',
        kind: 'llm',
        model: 'gpt-4o',
        status: index === 0 ? 'error' : 'ok',
        statusMessage: index === 0 ? 'no' : '',
        firstTokenMs: 25,
        usageInput: 10,
        usageCacheRead: 90,
        usageOutput: 5,
        cost: 3_000_000,
        costParts: { input: 1_000_000, output: 2_000_000 },
      },
      {
        input: '[{"role":"user","content":"hi"}]',
        attributes: JSON.stringify({
          id: inner,
          traceId: trace,
          parentObservationId: outer,
          modelParameters: { temperature: 0 },
          promptName: 'p',
          promptVersion: 2,
        }),
      },
    )
  }
  add({ traceId: 'f'.repeat(32), spanId: 'e'.repeat(16), entry: 1, source: 'otlp', name: 'otel root', startedAt: NOW - 60_000_000 })
  await events.insert(
    'payloads',
    payloads.map((row) => JSON.stringify(row)),
    `payloads-${projectId}`,
  )
  await events.insert(
    'spans',
    spans.map((row) => JSON.stringify(row)),
    `spans-${projectId}`,
  )
  const scores = [
    { id: 's-1', traceId: TRACES[0], name: 'quality', value: 0.5 },
    { id: 's-2', traceId: TRACES[0], spanId: written(TRACES[0] ?? '', 'b'), name: 'ok', value: true },
    { id: 's-3', sessionId: 'session-1', name: 'mood', value: 'good', metadata: { configId: 'c' } },
  ].map((given) => toScoreRow(NewScore.parse(given), { projectId, authorId: 'key_1', receivedAt: NOW, source: 'api' }))
  await events.insert(
    'scores',
    scores.map((row) => JSON.stringify(row)),
    `scores-${projectId}`,
  )
}

export type Answer = Record<string, unknown> & { data: Record<string, unknown>[]; meta: object }

/** Langfuse's API over stores of its own, with the same in the projects `shop` and `other`. */
export function langfuseWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-langfuse-'))
  let sql: Sql
  let events: Events
  let blobs: Blobs
  let app: Hono

  beforeAll(async () => {
    sql = await openPglite('memory')
    events = await openEvents({ folder: join(folder, 'events') })
    blobs = await openFolder(join(folder, 'blobs'))
    await migrate(sql)
    await migrateEvents(events)
    const callers: Record<string, Caller> = {
      'sk-sb-shop': { projectId: 'shop', permissions: ['*'] },
      'sk-sb-other': { projectId: 'other', permissions: ['*'] },
      'sk-sb-quiet': { projectId: 'quiet', permissions: ['*'] },
      'sk-sb-blind': { projectId: 'shop', permissions: ['traces:write'] },
    }
    const api = langfuseApi({
      sql,
      events,
      blobs,
      queries: createTraceQueries({ events }),
      version: '1.2.3',
      publicUrl: 'http://localhost',
      linkSecret: 'secret',
      maxMediaBytes: () => 1000,
      keepsContent: (projectId) => projectId !== 'quiet',
      projectName: async () => 'The shop',
      writePrompts: createWrite({ sql, changed: () => {} }),
      // Datasets have a test of their own.
      handlers: datasetHandlers({ sql, spans: { read: async () => undefined, find: async () => ({ spans: [] }) } }) as never,
    })
    const rooms = {
      log: createLog('core', 'silent'),
      callerOfKey: async (secret: string) => callers[secret],
      accountOfSession: async () => undefined,
      csrfTokenOf: () => '',
      roleIn: async () => undefined,
    }
    app = new Hono().route('/', mountForeign(api, rooms))
    await fill(events, 'shop')
    await fill(events, 'other')
  })
  afterAll(async () => {
    await events[Symbol.asyncDispose]()
    await sql[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  async function ask(path: string, { method = 'GET', key = 'sk-sb-shop', body }: { method?: string; key?: string; body?: unknown } = {}) {
    const authorization = `Basic ${Buffer.from(`pk-sb-x:${key}`).toString('base64')}`
    const response = await app.request(`/api/public${path}`, {
      method,
      headers: { authorization },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      answer: (text ? JSON.parse(text) : undefined) as Answer,
    }
  }

  return { ask, request: (path: string, init?: RequestInit) => app.request(path, init), sql: () => sql }
}
