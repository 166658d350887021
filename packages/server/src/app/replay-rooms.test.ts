import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, FRAME, type IngestHeader, noUsage, type SnapshotProject } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replayIngest } from '../http/replay-ingest.ts'
import type { Context } from '../lib/handlers.ts'
import { createPricing } from '../pricing/price.ts'
import { migrateEvents } from '../store/events/migrate.ts'
import { openEvents } from '../store/events/open.ts'
import type { Events, Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { decodeIngest } from '../tracing/ingest/formats.ts'
import { inspectorHandlers } from '../tracing/inspector/handlers.ts'
import { IngestTally } from '../tracing/inspector/ingest-tally.ts'
import type { Again, Rejection } from '../tracing/inspector/ingested.ts'
import { noteIngest } from '../tracing/inspector/note-ingest.ts'
import { createTraceQueries } from '../tracing/queries/trace-queries.ts'
import { replayRooms } from './replay-rooms.ts'

let folder: string
let sql: Sql
let events: Events
let api: ReturnType<typeof inspectorHandlers>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'replay-'))
  sql = await openPglite('memory')
  events = await openEvents({ folder: join(folder, 'events') })
  await migrate(sql)
  await migrateEvents(events)
  const pricing = createPricing([])
  api = inspectorHandlers(
    replayRooms({
      sql,
      queries: createTraceQueries({ events }),
      apply: {
        sql,
        events,
        estimate: async () => noUsage(),
        price: (call) => pricing.price(call),
        decodeIngest: (header: IngestHeader, body: Buffer) => decodeIngest(header, body, pricing),
        markEntries: () => {},
        onApplied: () => {},
      },
      quiesce: (work) => work(),
      maxBodyBytes: () => 1 << 20,
      projectOf: async () => project(),
    }),
  )
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const project = (content = true) => ({ capture: { content } }) as SnapshotProject
const PERMISSIONS = ['traces:write', 'scores:write']
const context = (projectId: string, permissions = PERMISSIONS) => ({ caller: { projectId, permissions } }) as unknown as Context

/** Sends a request as a client would, and brings what became of it to the inspector. Returns its samples, newest first. */
async function refused(projectId: string, request: Again, content = true) {
  const caller = { projectId, keyId: 'key_1', permissions: PERMISSIONS, project: project(content) }
  const { rejected } = await replayIngest(request, { caller, maxBodyBytes: 1 << 20, traceOf: async () => undefined })
  await tell(projectId, rejected, content)
  return (await api['ingest.rejected']({ limit: 50 }, context(projectId))).rejected
}

async function tell(projectId: string, rejected: readonly Rejection[], content: boolean) {
  const tally = new IngestTally()
  const caller = { projectId, keyId: 'key_1', project: { capture: { content } } }
  tally.note({ caller, endpoint: 'POST /x', sdk: 'client/1', accepted: 0, rejected })
  await noteIngest(sql, [{ kind: FRAME.report, header: '{}', body: Buffer.from(JSON.stringify(tally.take())) }])
}

const json = (path: string, body: unknown): Again => ({
  method: 'POST',
  path,
  contentType: 'application/json',
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const at = `${Date.now()}000000`
const span = (given: object) => ({
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'step',
  startTimeUnixNano: at,
  endTimeUnixNano: at,
  ...given,
})
const otlp = (...spans: object[]) => ({
  resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }, scopeSpans: [{ spans }] }],
})
const stored = (projectId: string) =>
  events.query<{ name: string; service: string; keyId: string }>(
    'SELECT name, service, keyId FROM spans FINAL WHERE projectId = {projectId:String} ORDER BY name',
    { projectId },
  )

test('a span that was refused is sent again alone, edited, with its resource and the key it came with; and once', async () => {
  const [sample] = await refused('edited', json('/v1/traces', otlp(span({}), span({ spanId: 'short', name: 'mended' }))))
  expect(sample).toMatchObject({ replayable: true, replayedAt: null })
  const id = sample?.id ?? ''
  const whole = await api['ingest.payload']({ id }, context('edited'))
  expect(whole).toMatchObject({ method: 'POST', path: '/v1/traces', contentType: 'application/json' })
  // The good one of the same body is stored already.
  expect(JSON.parse(whole.text ?? '')).toEqual(otlp(span({ spanId: 'short', name: 'mended' })))

  expect(await api['ingest.replay']({ id }, context('edited'))).toMatchObject({
    stored: false,
    accepted: 0,
    rejected: [{ reason: expect.stringContaining('span id is not 8 bytes'), items: 1 }],
    status: 200,
    traceIds: [],
  })
  const body = (whole.text ?? '').replace('short', 'c'.repeat(16))
  const again = await api['ingest.replay']({ id, body }, context('edited'))
  expect(again).toMatchObject({ stored: true, accepted: 1, rejected: [], refused: 0, traceIds: ['a'.repeat(32)] })
  expect(await stored('edited')).toEqual([{ name: 'mended', service: 'shop', keyId: 'key_1' }])
  await expect(api['ingest.replay']({ id, body }, context('edited'))).rejects.toMatchObject({ code: 'conflict' })
  const [now] = (await api['ingest.rejected']({ limit: 1 }, context('edited'))).rejected
  expect(now?.replayedAt).toMatch(/^20/)
})

test('a body that was refused as a whole is sent as it is once the server takes it, or with what was wrong put right', async () => {
  const [sample] = await refused('whole', { ...json('/v1/traces', otlp(span({}))), contentType: 'text/plain' })
  const id = sample?.id ?? ''
  // The type was wrong before the body was read, so nothing of it is known.
  expect(sample?.replayable).toBe(false)
  await expect(api['ingest.replay']({ id }, context('whole'))).rejects.toMatchObject({ code: 'conflict' })

  const [broken] = await refused('whole', json('/v1/traces', '{"resourceSpans": ['))
  const brokenId = broken?.id ?? ''
  expect(await api['ingest.replay']({ id: brokenId }, context('whole'))).toMatchObject({ stored: false, status: 400 })
  expect(await api['ingest.replay']({ id: brokenId, body: JSON.stringify(otlp(span({}))) }, context('whole'))).toMatchObject({
    stored: true,
  })
  expect(await stored('whole')).toHaveLength(1)
})

test('what is no text keeps its bytes', async () => {
  const field = (number: number, content: Buffer) => Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content])
  const bad = field(2, Buffer.concat([field(1, Buffer.from('abcd', 'hex')), field(5, Buffer.from('chat'))]))
  const resource = field(1, field(1, Buffer.concat([field(1, Buffer.from('service.name')), field(2, field(1, Buffer.from('shop')))])))
  const body = field(1, Buffer.concat([resource, field(2, bad)]))
  const [sample] = await refused('binary', { method: 'POST', path: '/v1/traces', contentType: 'application/x-protobuf', body })
  const whole = await api['ingest.payload']({ id: sample?.id ?? '' }, context('binary'))
  expect(whole).toMatchObject({ text: null, contentType: 'application/x-protobuf', base64: body.toString('base64') })
  expect(await api['ingest.replay']({ id: whole.id }, context('binary'))).toMatchObject({ stored: false, rejected: [{ items: 1 }] })
})

test.each([
  [
    '/api/public/ingestion',
    { batch: [{ id: 'e', type: 'trace-create', timestamp: 'never', body: { id: 't', name: 'x' } }] },
    'never',
    '2026-11-21T00:00:00Z',
  ],
  [
    '/opik/api/v1/private/traces/batch',
    { traces: [{ id: 'no uuid', name: 'x', start_time: '2026-11-21T00:00:00Z' }] },
    'no uuid',
    '01993b5c-64ba-7000-8000-000000000000',
  ],
])('an item of %s goes to the endpoint that it came to', async (path, body, wrong, right) => {
  const projectId = path.split('/')[1] ?? ''
  const [sample] = await refused(projectId, json(path, body))
  const { id, text } = await api['ingest.payload']({ id: sample?.id ?? '' }, context(projectId))
  expect(await api['ingest.replay']({ id }, context(projectId))).toMatchObject({ stored: false })
  expect(await api['ingest.replay']({ id, body: (text ?? '').replace(wrong, right) }, context(projectId))).toMatchObject({
    stored: true,
    accepted: 1,
  })
  expect(await stored(projectId)).toMatchObject([{ keyId: 'key_1' }])
})

test('another project finds nothing, a project without content keeps nothing, and too large is too large', async () => {
  const [sample] = await refused('mine', json('/v1/traces', '{'))
  for (const ask of [api['ingest.payload'], api['ingest.replay']])
    await expect(ask({ id: sample?.id ?? '' }, context('theirs'))).rejects.toMatchObject({ code: 'not-found' })
  const [bare] = await refused('bare', json('/v1/traces', '{'), false)
  expect(bare).toMatchObject({ replayable: false, body: null })
  const [large] = await refused('large', json('/v1/traces', `{${' '.repeat(300_000)}`))
  expect(large).toMatchObject({ replayable: false, bytes: 300_001 })
  await expect(api['ingest.replay']({ id: large?.id ?? '' }, context('large'))).rejects.toBeInstanceOf(AppError)
})

test('what the caller may not send is refused in the words of the endpoint', async () => {
  const [sample] = await refused('reader', json('/v1/traces', '{'))
  const body = JSON.stringify(otlp(span({})))
  expect(await api['ingest.replay']({ id: sample?.id ?? '', body }, context('reader', ['traces:read']))).toMatchObject({
    stored: false,
    status: 403,
  })
  expect(await stored('reader')).toEqual([])
})
