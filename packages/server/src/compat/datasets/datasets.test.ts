import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api, type Caller, type Input, NewScore, SpanRow } from '@signalbox/schema'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { datasetHandlers } from '../../datasets/handlers.ts'
import { mountForeign } from '../../http/foreign.ts'
import type { HandlersOf } from '../../lib/handlers.ts'
import { createLog } from '../../lib/log.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events, Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { toScoreRow } from '../../tracing/scores/score-row.ts'
import { datasetRoutes as langfuseRoutes } from '../langfuse/datasets.ts'
import { langsmithApi } from '../langsmith/api.ts'
import { createRunFollower } from './follow-runs.ts'

type Imported = Input<'experiments.import'>
const folder = mkdtempSync(join(tmpdir(), 'foreign-datasets-'))
const imported: Imported[] = []
const callers: Record<string, Caller> = {
  all: { projectId: 'shop', permissions: ['*'] },
  other: { projectId: 'other', permissions: ['*'] },
  reader: { projectId: 'shop', permissions: ['datasets:read', 'traces:read'] },
}
let sql: Sql
let events: Events
let app: Hono
let handlers: HandlersOf<'datasets' | 'experiments'>

beforeAll(async () => {
  sql = await openPglite('memory')
  events = await openEvents({ folder: join(folder, 'events') })
  await migrate(sql)
  await migrateEvents(events)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  handlers = {
    ...datasetHandlers({ sql, spans: { read: async () => undefined, find: async () => ({ spans: [] }) } }),
    // What it is given has passed the schema of the API.
    'experiments.import': async (input: Imported) => {
      imported.push(input)
      return { id: 'exp_1', taken: 0, state: 'running', url: '/x' }
    },
  } as never
  const log = createLog('core', 'silent')
  const rooms = {
    log,
    callerOfKey: async (secret: string) => callers[secret.slice(6)],
    accountOfSession: async () => undefined,
    csrfTokenOf: () => '',
    roleIn: async () => undefined,
  }
  const shape = (error: { code: string; message: string }) => ({
    status: error.code === 'not-found' ? 404 : error.code === 'conflict' ? 409 : error.code === 'permission-denied' ? 403 : 400,
    body: { message: error.message },
  })
  app = new Hono()
    .route('/', mountForeign({ prefix: '/api/public', shape, routes: langfuseRoutes({ sql, handlers }) }, rooms))
    .route('/', mountForeign(langsmithApi({ sql, events, queries: {} as never, writePrompts: (() => {}) as never, handlers }), rooms))
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

async function ask(method: string, path: string, body?: unknown, { key = 'all', form }: { key?: string; form?: FormData } = {}) {
  const response = await app.request(path, {
    method,
    headers: { 'x-api-key': `sk-sb-${key}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(form && { body: form }),
  })
  const text = await response.text()
  // biome-ignore lint/suspicious/noExplicitAny: an answer in another tool's words
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as any }
}
const langfuse = (method: string, path: string, body?: unknown, key?: string) =>
  ask(method, `/api/public${path}`, body, { ...(key && { key }) })
const langsmith = (method: string, path: string, body?: unknown, key?: string) =>
  ask(method, `/langsmith${path}`, body, { ...(key && { key }) })
const ours = (name: string) => handlers['datasets.items'](api['datasets.items'].input.parse({ name }), { caller: callers.all } as never)

async function store(spans: Partial<SpanRow>[], outputs: Record<string, unknown>, scores: object[] = []): Promise<void> {
  const now = Date.now() * 1000
  const rows = spans.map((row) =>
    SpanRow.parse({
      projectId: 'shop',
      kind: 'chain',
      name: 'task',
      source: 'langsmith',
      status: 'ok',
      startedAt: now,
      durationMs: 12,
      receivedAt: now,
      ...row,
    }),
  )
  const token = `${Math.random()}`
  await events.insert(
    'spans',
    rows.map((row) => JSON.stringify(row)),
    `spans ${token}`,
  )
  await events.insert(
    'payloads',
    rows.map(({ projectId, traceId, spanId, startedAt }) =>
      JSON.stringify({ projectId, traceId, spanId, startedAt, output: JSON.stringify(outputs[traceId] ?? null) }),
    ),
    `payloads ${token}`,
  )
  const judged = scores.map((given) =>
    JSON.stringify(toScoreRow(NewScore.parse(given), { projectId: 'shop', authorId: 'k', receivedAt: now, source: 'eval' })),
  )
  if (judged.length > 0) await events.insert('scores', judged, `scores ${token}`)
}

const follow = () => createRunFollower({ sql, events, handlers, log: createLog('core', 'silent') }).look(0)
const trace = (digit: number) => `${digit}`.padStart(32, 'a')

it('keeps what a client of Langfuse writes as versions of a dataset, and a run of it as an experiment', async () => {
  const made = await langfuse('POST', '/v2/datasets', { name: 'support/golden', description: 'Good ones', metadata: { team: 'a' } })
  expect(made.body).toMatchObject({ name: 'support/golden', description: 'Good ones', metadata: { team: 'a' }, projectId: 'shop' })
  expect((await langfuse('POST', '/datasets', { name: 'support/golden' })).body.id).toBe(made.body.id)
  const first = await langfuse('POST', '/dataset-items', {
    datasetName: 'support/golden',
    id: 'refund',
    input: { q: 'How long?' },
    expectedOutput: '14 days',
    metadata: 'easy',
  })
  expect(first.body).toMatchObject({
    id: 'refund',
    status: 'ACTIVE',
    expectedOutput: '14 days',
    metadata: { value: 'easy' },
    datasetName: 'support/golden',
  })
  const second = await langfuse('POST', '/dataset-items', { datasetName: 'support/golden', input: 'Hello?' })
  expect(second.body.id).toMatch(/^[\da-f-]{36}$/)
  // A part of an item leaves the rest as it was.
  expect(
    (await langfuse('POST', '/dataset-items', { datasetName: 'support/golden', id: 'refund', metadata: { level: 2 } })).body,
  ).toMatchObject({
    ...{ input: { q: 'How long?' }, expectedOutput: '14 days', metadata: { level: 2 } },
  })
  const listed = await langfuse('GET', '/dataset-items?datasetName=support%2Fgolden&limit=1&page=2')
  expect(listed.body).toMatchObject({ data: [{ id: second.body.id }], meta: { page: 2, limit: 1, totalItems: 2, totalPages: 2 } })
  expect((await langfuse('GET', '/v2/datasets/support%2Fgolden')).body.id).toBe(made.body.id)
  expect((await ours('support/golden')).items.map(({ id }) => id)).toEqual(['refund', second.body.id])
  // The same id in another dataset is another item.
  await handlers['datasets.create']({ name: 'more', description: '' }, { caller: callers.all } as never)
  await handlers['datasets.write'](api['datasets.write'].input.parse({ name: 'more', items: [{ id: 'refund', input: 'x' }] }), {
    caller: callers.all,
  } as never)
  expect((await langfuse('GET', '/dataset-items?datasetName=more')).body.data[0].id).toBe('more/refund')
  expect((await langfuse('GET', '/dataset-items/more%2Frefund')).body).toMatchObject({ input: 'x', datasetName: 'more' })

  const item = { runName: 'try "one"', runDescription: 'first', metadata: { model: 'm' } }
  const ran = await langfuse('POST', '/dataset-run-items', { ...item, datasetItemId: 'refund', traceId: trace(1) })
  expect(ran.body).toMatchObject({ datasetItemId: 'refund', traceId: trace(1), datasetRunName: 'try "one"', observationId: null })
  await langfuse('POST', '/dataset-run-items', { ...item, datasetItemId: second.body.id, traceId: trace(2) })
  await follow()
  expect(imported).toEqual([])
  await store(
    [
      { traceId: trace(1), spanId: 'b'.repeat(16) },
      { traceId: trace(2), spanId: 'c'.repeat(16), status: 'error', statusMessage: 'no model' },
    ],
    { [trace(1)]: 'It takes 14 days.' },
    [
      { traceId: trace(1), name: 'right', value: true, comment: 'yes' },
      { traceId: trace(1), name: 'tone', value: 'kind' },
    ],
  )
  await follow()
  expect(imported).toHaveLength(1)
  expect(imported[0]).toMatchObject({
    ...{
      name: 'try -one-',
      description: 'first',
      dataset: { name: 'support/golden', rows: 2 },
      finish: false,
      metadata: { model: 'm', source: 'langfuse' },
    },
    items: [
      { id: 'refund', index: 0, expected: '14 days' },
      { id: second.body.id, index: 1 },
    ],
    rows: [
      {
        ...{ itemId: 'refund', repeat: 0, output: 'It takes 14 days.', latencyMs: 12, traceId: trace(1) },
        scores: expect.arrayContaining([
          { key: 'right', metric: 'right', status: 'scored', score: 1, pass: true, reason: 'yes' },
          { key: 'tone', metric: 'tone', status: 'na', reason: 'kind' },
        ]),
      },
      { itemId: second.body.id, error: 'no model', scores: [] },
    ],
  })
  // Nothing new is nothing to send.
  await follow()
  expect(imported).toHaveLength(1)
  const runs = await langfuse('GET', '/datasets/support%2Fgolden/runs')
  expect(runs.body.data).toEqual([expect.objectContaining({ id: ran.body.datasetRunId, name: 'try "one"', description: 'first' })])
  const run = `/datasets/support%2Fgolden/runs/${encodeURIComponent('try "one"')}`
  expect((await langfuse('GET', run)).body.datasetRunItems).toHaveLength(2)
  await langfuse('POST', '/dataset-items', { datasetName: 'support/golden', id: 'refund', status: 'ARCHIVED' })
  expect((await ours('support/golden')).items).toHaveLength(1)
  expect((await langfuse('DELETE', run)).status).toBe(200)
  expect((await langfuse('GET', run)).status).toBe(404)
})

it('keeps what a client of LangSmith writes, and its projects over a dataset as experiments', async () => {
  const { body: dataset } = await langsmith('POST', '/datasets', { name: 'capitals', description: 'd', data_type: 'kv', extra: { a: 1 } })
  expect(dataset).toMatchObject({ name: 'capitals', data_type: 'kv', extra: { a: 1 }, example_count: 0 })
  const form = new FormData()
  const [one, two] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
  const part = (value: unknown) => new Blob([JSON.stringify(value)], { type: 'application/json' })
  for (const [id, country, city] of [
    [one, 'France', 'Paris'],
    [two, 'Peru', 'Lima'],
  ] as const) {
    form.append(id, part({ metadata: { level: 1 }, split: id === one ? 'test' : 'mine' }))
    form.append(`${id}.inputs`, part({ country }))
    form.append(`${id}.outputs`, part({ city }))
  }
  const uploaded = await ask('POST', `/langsmith/v1/platform/datasets/${dataset.id}/examples`, undefined, { form })
  expect(uploaded).toEqual({ status: 201, body: { count: 2, example_ids: [one, two] } })
  const examples = await langsmith('GET', `/examples?dataset=${dataset.id}&limit=100&offset=0&inline_s3_urls=true`)
  expect(examples.body).toMatchObject([
    { id: one, inputs: { country: 'France' }, outputs: { city: 'Paris' }, metadata: { level: 1, dataset_split: ['test'] } },
    { id: two, metadata: { dataset_split: ['mine'] } },
  ])
  expect((await ours('capitals')).items[0]).toMatchObject({ split: 'test', content: { input: { country: 'France' } } })
  expect((await langsmith('GET', `/examples?dataset=${dataset.id}&splits=mine`)).body).toHaveLength(1)
  expect((await langsmith('PATCH', `/examples/${two}`, { outputs: { city: 'Cusco' } })).status).toBe(200)
  expect((await langsmith('GET', `/examples/${two}`)).body).toMatchObject({ inputs: { country: 'Peru' }, outputs: { city: 'Cusco' } })
  expect((await langsmith('GET', `/datasets?name=capitals&limit=1`)).body).toMatchObject([{ id: dataset.id, example_count: 2 }])

  const { body: session } = await langsmith('POST', '/sessions', {
    name: 'first-try',
    reference_dataset_id: dataset.id,
    description: 'x',
    extra: { metadata: { m: 1 } },
  })
  const metadata = (example: string) => ({ project: 'first-try', reference_example_id: example })
  await store(
    [
      { traceId: trace(3), spanId: trace(3), metadata: metadata(one) },
      { traceId: trace(4), spanId: trace(4), metadata: metadata(two) },
      { traceId: trace(5), spanId: trace(5), metadata: metadata(one) },
      { traceId: trace(6), spanId: trace(6), metadata: metadata('99999999-9999-4999-8999-999999999999') },
    ],
    { [trace(3)]: { city: 'Paris' } },
    [{ traceId: trace(3), name: 'exact', value: 1 }],
  )
  imported.length = 0
  await langsmith('PATCH', `/sessions/${session.id}`, { end_time: new Date().toISOString() })
  await follow()
  expect(imported).toHaveLength(1)
  expect(imported[0]).toMatchObject({
    name: 'first-try',
    repeats: 2,
    finish: true,
    dataset: { name: 'capitals' },
    metadata: { m: 1, source: 'langsmith' },
  })
  expect(imported[0]?.rows?.map(({ itemId, repeat, scores }) => [itemId, repeat, scores?.length])).toEqual(
    expect.arrayContaining([
      [one, 0, expect.any(Number)],
      [one, 1, expect.any(Number)],
      [two, 0, 0],
    ]),
  )
  expect(imported[0]?.rows?.find(({ traceId }) => traceId === trace(3))).toMatchObject({
    output: { city: 'Paris' },
    scores: [{ key: 'exact', score: 1 }],
  })
})

it('says what is wrong, shows nothing of another project, and nothing of a holdout', async () => {
  expect((await langfuse('GET', '/v2/datasets/none')).status).toBe(404)
  expect((await langfuse('POST', '/dataset-items', { datasetName: 'none', input: 1 })).status).toBe(404)
  expect((await langfuse('POST', '/dataset-run-items', { runName: 'x', datasetItemId: 'nothing', traceId: 't' })).status).toBe(404)
  expect((await langfuse('POST', '/dataset-run-items', { runName: 'x', datasetItemId: 'nothing' })).body.message).toMatch(
    /`traceId` is missing/,
  )
  expect((await langfuse('GET', '/v2/datasets/capitals', undefined, 'other')).status).toBe(404)
  expect((await langfuse('POST', '/datasets', { name: 'x' }, 'reader')).status).toBe(403)
  expect((await langsmith('GET', '/examples')).status).toBe(400)
  expect((await langsmith('GET', '/datasets', undefined, 'other')).body).toEqual([])
  expect((await langsmith('POST', '/datasets', { name: 'capitals' })).status).toBe(409)
  await handlers['datasets.write'](
    api['datasets.write'].input.parse({ name: 'capitals', items: [{ id: 'sealed', input: 'secret', split: 'holdout' }] }),
    { caller: callers.all } as never,
  )
  const { body } = await langfuse('GET', '/dataset-items?datasetName=capitals')
  expect(body.data.map(({ id }: { id: string }) => id)).not.toContain('sealed')
})

it('looks no more through a run whose dataset was removed', async () => {
  await langfuse('POST', '/v2/datasets', { name: 'gone' })
  await langfuse('POST', '/dataset-items', { datasetName: 'gone', id: 'only', input: 1 })
  await langfuse('POST', '/dataset-run-items', { runName: 'late', datasetItemId: 'only', traceId: trace(9) })
  await handlers['datasets.remove'](api['datasets.remove'].input.parse({ name: 'gone' }), { caller: callers.all } as never)
  await follow()
  const runs = await sql.query(
    "select ended_at is not null as over, looked_at = 'infinity' as left from foreign_runs where name = 'late'",
    [],
  )
  expect(runs).toEqual([{ over: true, left: true }])
})
