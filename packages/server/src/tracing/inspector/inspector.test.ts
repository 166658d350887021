import { FRAME } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import type { Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { inspectorHandlers } from './handlers.ts'
import { IngestTally } from './ingest-tally.ts'
import type { Ingested } from './ingested.ts'
import { forgetIngest, noteIngest } from './note-ingest.ts'
import { sampleText } from './sample-text.ts'

let sql: Sql
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
})
afterAll(() => sql[Symbol.asyncDispose]())

const caller = (projectId: string, content = true) => ({ projectId, keyId: 'key_1', project: { capture: { content } } })
const ingested = (projectId: string, given: Partial<Ingested> = {}): Ingested => ({
  caller: caller(projectId),
  endpoint: 'POST /v1/traces',
  sdk: 'OTel/1',
  accepted: 0,
  rejected: [],
  ...given,
})
const frameOf = (tally: IngestTally) => ({ kind: FRAME.report, header: '{}', body: Buffer.from(JSON.stringify(tally.take())) })
const context = (projectId: string) => ({ caller: { projectId, permissions: ['*'] } }) as unknown as Context
const nothing = () => Promise.reject(new Error('nothing is sent again here'))
const api = () => inspectorHandlers({ sql, offer: nothing, take: nothing })

test('counts, reasons, lag and the last payloads of a project, by who sent what', async () => {
  const tally = new IngestTally()
  tally.note(
    ingested('shop', {
      accepted: 3,
      rejected: [{ reason: 'no trace id', count: 2, sample: '{"apiKey":"sk-live-abcdefghijklmnopqrstuvwxyz"}' }],
    }),
  )
  tally.note(ingested('shop', { accepted: 4 }))
  tally.note(
    ingested('shop', {
      sdk: 'langfuse js 3',
      endpoint: 'POST /api/public/ingestion',
      rejected: [{ reason: 'It breaks off near byte 17 of 300.' }],
    }),
  )
  tally.note(ingested('other', { accepted: 100 }))
  const ingest = {
    kind: FRAME.ingest,
    header: JSON.stringify({ projectId: 'shop', keyId: 'key_1', receivedAt: (Date.now() - 500) * 1000 }),
    body: Buffer.alloc(0),
  }
  await sql.transaction((tx) => noteIngest(tx, [frameOf(tally), ingest, ingest]))
  expect(tally.take()).toBeUndefined()
  tally.note(
    ingested('shop', {
      accepted: 1,
      rejected: [{ reason: 'It breaks off near byte 18 of 301.' }],
      sdk: 'langfuse js 3',
      endpoint: 'POST /api/public/ingestion',
    }),
  )
  await noteIngest(sql, [frameOf(tally)])

  const { senders, minutes, lags } = await api()['ingest.senders']({}, context('shop'))
  expect(senders.toSorted((a, b) => a.accepted - b.accepted)).toEqual([
    {
      keyId: 'key_1',
      keyName: null,
      sdk: 'langfuse js 3',
      endpoint: 'POST /api/public/ingestion',
      requests: 2,
      accepted: 1,
      rejected: 2,
      lastAt: expect.any(String),
      reasons: [{ reason: 'It breaks off near byte … of ….', items: 2, lastAt: expect.any(String) }],
    },
    {
      keyId: 'key_1',
      keyName: null,
      sdk: 'OTel/1',
      endpoint: 'POST /v1/traces',
      requests: 2,
      accepted: 7,
      rejected: 2,
      lastAt: expect.any(String),
      reasons: [{ reason: 'no trace id', items: 2, lastAt: expect.any(String) }],
    },
  ])
  expect(minutes.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(8)
  expect(lags).toEqual([{ keyId: 'key_1', bodies: 2, averageMs: expect.any(Number), maxMs: expect.any(Number) }])
  expect(lags[0]?.averageMs).toBeGreaterThanOrEqual(499)
  const { rejected } = await api()['ingest.rejected']({ limit: 50 }, context('shop'))
  expect(rejected.map(({ message }) => message).sort()).toEqual([
    'It breaks off near byte 17 of 300.',
    'It breaks off near byte 18 of 301.',
    'no trace id',
  ])
  expect(rejected.find(({ body }) => body)?.body).toBe('{"apiKey":"…"}')
  expect((await api()['ingest.rejected']({ limit: 50, sdk: 'OTel/1' }, context('shop'))).rejected).toHaveLength(1)
  expect((await api()['ingest.rejected']({ limit: 50 }, context('other'))).rejected).toEqual([])
})

test('a project that keeps no content keeps none of what was refused', async () => {
  const tally = new IngestTally()
  tally.note(ingested('quiet', { caller: caller('quiet', false), rejected: [{ reason: 'bad', sample: 'private words' }] }))
  await noteIngest(sql, [frameOf(tally)])
  const { rejected } = await api()['ingest.rejected']({ limit: 5 }, context('quiet'))
  expect(rejected).toMatchObject([{ message: 'bad', body: null }])
})

test('names and mistakes without end are counted as others, and only the last payloads stay', async () => {
  const tally = new IngestTally()
  for (let index = 0; index < 500; index++)
    tally.note(ingested('noisy', { sdk: `agent-${index}`, accepted: 1, rejected: [{ reason: `mistake ${'x'.repeat(index)}` }] }))
  const report = tally.take()
  expect(report?.senders).toHaveLength(201)
  expect(report?.senders.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(500)
  expect(report?.senders.at(-1)?.reasons).toHaveLength(31)
  expect(report?.senders.reduce((sum, { reasons }) => sum + reasons.reduce((all, { count }) => all + count, 0), 0)).toBe(500)
  expect(report?.samples).toHaveLength(20)
  for (let round = 0; round < 12; round++) {
    for (let index = 0; index < 10; index++)
      tally.note(ingested('noisy', { rejected: [{ reason: `r${'y'.repeat(round * 10 + index)}`, sample: 'a\u0000b\ud800' }] }))
    await noteIngest(sql, [frameOf(tally)])
  }
  const pages: string[] = []
  for (let cursor: string | undefined, first = true; first || cursor; first = false) {
    const page = await api()['ingest.rejected']({ limit: 40, ...(cursor && { cursor }) }, context('noisy'))
    pages.push(...page.rejected.map(({ id }) => id))
    cursor = page.nextCursor
  }
  expect(pages).toHaveLength(100)
  expect(new Set(pages).size).toBe(100)
})

test('what is older than the page shows is forgotten', async () => {
  await sql.query(
    `insert into ingest_minutes values ('old', now() - interval '9 days', 'k', 's', 'e', 1, 1, 0), ('old', now(), 'k', 's', 'e', 1, 1, 0)`,
  )
  await forgetIngest(sql)
  expect(await sql.query(`select 1 from ingest_minutes where project_id = 'old'`)).toHaveLength(1)
})

test.each([
  ['a key of a provider', 'use sk-proj-abcdefghijklmnop1234 now', 'use sk-proj… now'],
  ['a header', '"Authorization": "Bearer abcdefghijklmnopqrstuvwxyz"', '"Authorization": "…"'],
  ['a password in JSON', '{"db_password": "hunter\\"2", "name": "x"}', '{"db_password": "…", "name": "x"}'],
  ['a private key', 'a -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- b', 'a -----BEGIN PRIVATE KEY-----… b'],
])('%s is taken out', (_what, text, shown) => expect(sampleText(text).text).toBe(shown))

test('a payload is cut, and one that is no text is shown as hex with its words', () => {
  const long = sampleText(Buffer.from('ä'.repeat(10_000)))
  expect(long).toMatchObject({ bytes: 20_000, cut: true })
  expect(long.text).toBe('ä'.repeat(8192))
  const binary = sampleText(Buffer.concat([Buffer.from([0x0a, 0xff, 0x00]), Buffer.from('service.name')]))
  expect(binary.text).toContain('0a ff 00')
  expect(binary.text).toContain('service.name')
})
