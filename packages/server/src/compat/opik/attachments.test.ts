import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Caller } from '@signalbox/schema'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mountForeign } from '../../http/foreign.ts'
import { createLog } from '../../lib/log.ts'
import { openFolder } from '../../store/blobs/folder.ts'
import type { Blobs, Events, Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { removeElsewhere } from '../../tracing/deletion/remove-elsewhere.ts'
import type { TraceQueries } from '../../tracing/queries/trace-queries.ts'
import { opikApi } from './api.ts'

const TRACE = '01a1fe69-230f-7046-9b8b-90d9b420c7db'
const SPAN = '01a1fe69-2318-773c-ae62-521a0947c65b'
const LATER = '01a1fe69-2318-773c-ae62-000000000001'
const hex = (uuid: string) => uuid.replaceAll('-', '')
const CALLERS: Record<string, Caller> = {
  all: { projectId: 'shop', permissions: ['*'] },
  other: { projectId: 'other', permissions: ['*'] },
  quiet: { projectId: 'quiet', permissions: ['*'] },
  reads: { projectId: 'shop', permissions: ['traces:read'] },
}
const folder = mkdtempSync(join(tmpdir(), 'signalbox-opik-'))
let sql: Sql
let blobs: Blobs
let app: Hono

beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  blobs = await openFolder(folder)
  const known = { spanId: hex(SPAN), traceId: hex(TRACE) }
  const api = opikApi({
    sql,
    blobs,
    events: {} as Events,
    // Of all that is asked here, only the span `SPAN` is there.
    queries: {
      spans: async (_project: string, { filter }: { filter: { value: string }[] }) => ({
        spans: filter.some(({ value }) => value === known.spanId) ? [known] : [],
      }),
    } as unknown as TraceQueries,
    version: '1.2.3',
    publicUrl: 'http://ours',
    maxMediaBytes: () => 1000,
    keepsContent: (projectId) => projectId !== 'quiet',
  })
  const rooms = {
    log: createLog('core', 'silent'),
    callerOfKey: async (secret: string) => CALLERS[secret],
    accountOfSession: async () => undefined,
    csrfTokenOf: () => '',
    roleIn: async () => undefined,
  }
  app = new Hono().route('/', mountForeign(api, rooms))
})
afterAll(async () => {
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const PRIVATE = '/opik/api/v1/private/attachment'
const request = (method: string, url: string, { key = 'all', body }: { key?: string; body?: string } = {}) =>
  app.request(url.replace(/^http:\/\/[^/]+/, ''), { method, headers: { authorization: key }, ...(body !== undefined && { body }) })
const base = Buffer.from('http://behind.a.proxy/opik/api').toString('base64')
const startBody = (more: object = {}) =>
  JSON.stringify({
    file_name: 'note & more.txt',
    num_of_file_parts: 3,
    mime_type: 'text/plain',
    entity_type: 'span',
    entity_id: SPAN,
    path: base,
    ...more,
  })
const start = (more: object = {}, key = 'all') => request('POST', `${PRIVATE}/upload-start`, { key, body: startBody(more) })
const placeFor = async (more: object = {}, key = 'all') =>
  ((await (await start(more, key)).json()) as { pre_sign_urls: string[] }).pre_sign_urls[0] ?? ''
const send = async (text: string, more: object = {}, key = 'all') => request('PUT', await placeFor(more, key), { key, body: text })
type Listed = { total: number; content: { file_name: string; file_size: number; mime_type: string; link: string }[] }
const list = async (of: { entity_type: string; entity_id: string } & Record<string, string>, key = 'all') =>
  (await (
    await request('GET', `${PRIVATE}/list?${new URLSearchParams({ project_id: SPAN, path: base, ...of })}`, { key })
  ).json()) as Listed
const ofSpan = { entity_type: 'span', entity_id: SPAN }

describe('an attachment', () => {
  test('gets one place at the address that its client uses, is sent there, listed and read back', async () => {
    const answer = (await (await start()).json()) as { upload_id: string; pre_sign_urls: string[] }
    expect(answer.upload_id).toBe('BEMinIO')
    expect(answer.pre_sign_urls).toHaveLength(1)
    expect(answer.pre_sign_urls[0]).toMatch(/^http:\/\/behind\.a\.proxy\/opik\/api\/v1\/private\/attachment\/upload\?/)
    expect((await request('PUT', answer.pre_sign_urls[0] ?? '', { body: 'dear diary' })).status).toBe(204)
    const { total, content } = await list(ofSpan)
    expect([total, content]).toMatchObject([1, [{ file_name: 'note & more.txt', file_size: 10, mime_type: 'text/plain' }]])
    const read = await request('GET', content[0]?.link ?? '')
    expect([read.status, await read.text()]).toEqual([200, 'dear diary'])
    expect(read.headers.get('content-type')).toBe('application/octet-stream')
    expect(read.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''note%20%26%20more.txt")
    expect(await sql.query('select trace_id, span_id from media_uses')).toEqual([{ trace_id: hex(TRACE), span_id: hex(SPAN) }])
    expect((await request('POST', `${PRIVATE}/upload-complete`, { body: startBody() })).status).toBe(204)
    expect((await request('POST', `${PRIVATE}/upload-complete`, { body: startBody({ file_name: 'never' }) })).status).toBe(404)
  })

  test('of the same name replaces, and what it replaces goes', async () => {
    expect((await send('dear diary, again')).status).toBe(204)
    expect((await list(ofSpan)).content).toMatchObject([{ file_size: 17 }])
    expect(await sql.query('select content_length from media where project_id = $1', ['shop'])).toMatchObject([{ content_length: 17 }])
  })

  test('of a trace is another one; lists are cut into pages', async () => {
    const ofTrace = { entity_type: 'trace', entity_id: TRACE }
    for (const file_name of ['a', 'b', 'c']) expect((await send('same', { ...ofTrace, file_name, path: undefined })).status).toBe(204)
    const page = await list({ ...ofTrace, page: '2', size: '2', path: '' })
    expect([page.total, page.content.map(({ file_name }) => file_name)]).toEqual([3, ['c']])
    expect(page.content[0]?.link).toMatch(/^http:\/\/ours\/opik\/api\//)
    expect((await list(ofSpan)).total).toBe(1)
  })

  test('of another project is not here, and one of a project that keeps no content is not kept', async () => {
    expect((await list(ofSpan, 'other')).total).toBe(0)
    const [{ link = '' } = {}] = (await list(ofSpan)).content
    expect((await request('GET', link, { key: 'other' })).status).toBe(404)
    expect((await send('secret', {}, 'quiet')).status).toBe(204)
    expect((await list(ofSpan, 'quiet')).total).toBe(0)
    expect((await start({}, 'reads')).status).toBe(403)
  })

  test.each([
    [{ entity_type: 'thread' }, '`entity_type` must be trace or span.'],
    [{ entity_id: 'x' }, '`entity_id` must be a UUID.'],
    [{ file_name: undefined }, '`file_name` is missing.'],
    [{ mime_type: 'text/plain\r\nx: y' }, '`mime_type`'],
  ])('that is announced wrongly (%j) is refused', async (more, error) => {
    const answer = await start(more)
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { errors: string[] }).errors[0]).toContain(error)
  })

  test('that is empty or too large is refused', async () => {
    expect((await send('')).status).toBe(400)
    expect((await send('x'.repeat(1001))).status).toBe(413)
  })

  test('goes with its trace, also where its span came after it', async () => {
    expect((await send('early', { entity_id: LATER })).status).toBe(204)
    const deleted = [
      { traceId: 'e'.repeat(32), spanId: hex(LATER) },
      { traceId: hex(TRACE), spanId: hex(SPAN) },
    ]
    const events = {
      query: async (text: string) => (text.includes('FROM deleted_spans') ? deleted : []),
    } as unknown as Events
    const removed = await removeElsewhere({ sql, events, blobs }, { id: 'd', projectId: 'shop', value: '', requestedUs: 0 })
    expect(removed).toEqual([{ where: 'blobs', rows: 3, bytes: 5 + 17 + 4 }])
    expect(await sql.query('select 1 from media where project_id = $1', ['shop'])).toEqual([])
    expect((await list({ entity_type: 'span', entity_id: LATER })).total).toBe(0)
  })
})
