import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CHILD, formOf, hex, partsOf, ROOT, RUNS, TYPE } from '../tracing/ingest/langsmith/recorded.case.ts'
import { startEdge } from './edge.case.ts'

let edge: Awaited<ReturnType<typeof startEdge>>
beforeAll(async () => {
  edge = await startEdge()
})
beforeEach(() => edge.forget())
afterAll(() => edge.stop())

const send = (path: string, body: string | Buffer, { key = 'all', method = 'POST', ...headers }: Record<string, string> = {}) =>
  fetch(`${edge.url}/langsmith${path}`, {
    method,
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'x-api-key': key, 'content-type': 'application/json', 'user-agent': 'langsmith-js/0.12.0', ...headers },
  })
const form = formOf(partsOf(RUNS))
const good = { id: ROOT, name: 'good', start_time: 1_795_269_664_168, inputs: { secret: 'question' } }

test('the client is told what it may send before it shows a key', async () => {
  const answer = await fetch(`${edge.url}/langsmith/info`)
  expect(await answer.json()).toMatchObject({
    batch_ingest_config: { use_multipart_endpoint: true, size_limit: 100, size_limit_bytes: 1 << 20 },
    instance_flags: {
      dataset_examples_multipart_enabled: true,
      examples_multipart_enabled: true,
      gzip_body_enabled: true,
      zstd_compression_enabled: true,
    },
  })
})

test.each([
  ['gzip', gzipSync(form)],
  ['zstd', zstdCompressSync(form)],
  ['identity', form],
])('a form, %s, is in the journal as sent when it is acknowledged', async (encoding, body) => {
  const answer = await send('/runs/multipart', body, { 'content-type': TYPE, 'content-encoding': encoding })
  expect([answer.status, await answer.json()]).toEqual([202, { message: '5 taken' }])
  expect(edge.written).toMatchObject([{ header: { format: 'langsmith-multipart', contentType: TYPE, projectId: 'p1', keyId: 'all' } }])
  expect(edge.written[0]?.body.equals(form)).toBe(true)
  expect(edge.reports).toMatchObject([
    { endpoint: 'POST /langsmith/runs/multipart', sdk: 'langsmith-js/0.12.0', accepted: 5, rejected: [] },
  ])
  expect(edge.decoded().patches).toHaveLength(5)
})

test('of a batch the good runs are kept, and a bad one is named', async () => {
  const bad = { id: CHILD, name: 'bad', start_time: 'yesterday' }
  const answer = await send('/runs/batch', JSON.stringify({ post: [good, bad], patch: [] }))
  expect(answer.status).toBe(422)
  expect(await answer.json()).toEqual({
    error: expect.stringContaining(`${CHILD}: \`start_time\``),
    detail: expect.stringContaining('The other 1 were kept.'),
    errors: [{ run_id: CHILD, reason: expect.stringContaining('start_time') }],
  })
  expect(edge.decoded().patches.map(({ spanId }) => spanId)).toEqual([hex(ROOT)])
  expect(edge.reports).toMatchObject([
    { accepted: 1, rejected: [{ reason: expect.stringContaining('start_time'), sample: JSON.stringify(bad) }] },
  ])
})

test('single runs, their updates and feedback', async () => {
  edge.traces.set(hex(ROOT), hex(ROOT))
  expect((await send('/runs', JSON.stringify(good))).status).toBe(202)
  expect((await send(`/runs/${ROOT}`, JSON.stringify({ end_time: 1_795_269_664_300 }), { method: 'PATCH' })).status).toBe(202)
  const feedback = await send('/feedback', JSON.stringify({ id: CHILD, run_id: ROOT, trace_id: ROOT, key: 'good', score: 1 }))
  expect(await feedback.json()).toMatchObject({ id: CHILD, key: 'good', created_at: expect.any(String) })
  const { patches, scores } = edge.decoded()
  expect(patches.map(({ traceId, fields }) => [traceId, fields.name, fields.endedAt])).toEqual([
    [hex(ROOT), 'good', undefined],
    [hex(ROOT), undefined, 1_795_269_664_300_000],
  ])
  expect(scores).toMatchObject([{ id: CHILD, traceId: hex(ROOT), name: 'good', value: 1 }])
})

test('of a project that keeps no content none is written, not even to the journal', async () => {
  expect((await send('/runs/batch', JSON.stringify({ post: [good] }), { key: 'bare' })).status).toBe(202)
  expect((await send('/runs/multipart', form, { key: 'bare', 'content-type': TYPE })).status).toBe(202)
  const written = Buffer.concat(edge.written.map(({ body }) => body)).toString()
  for (const word of ['question', 'answer', '"hi"']) expect(written).not.toContain(word)
  expect(edge.decoded().patches).toHaveLength(6)
})

test.each([
  ['no key', '/runs/batch', '{}', { key: 'x' }, 401],
  ['a key that may not', '/runs/batch', '{}', { key: 'reader' }, 403],
  ['no JSON', '/runs/batch', '{', {}, 400],
  ['a list', '/runs', '[]', {}, 400],
  ['no boundary', '/runs/multipart', 'x', { 'content-type': 'multipart/form-data' }, 400],
  ['nested too deep', '/runs/batch', `{"post":${'['.repeat(5000)}${']'.repeat(5000)}}`, {}, 400],
  ['a bomb', '/runs/batch', gzipSync(Buffer.alloc(4 << 20, 0x20)), { 'content-encoding': 'gzip' }, 413],
  ['no gzip', '/runs/batch', 'x', { 'content-encoding': 'gzip' }, 400],
  ['a bad feedback', '/feedback', '{"key":"k","run_id":"x"}', {}, 422],
  ['a bad id', '/runs/x', '{}', { method: 'PATCH' }, 422],
])('%s is refused in JSON', async (_, path, body, headers, status) => {
  const answer = await send(path, body, headers as unknown as Record<string, string>)
  expect([answer.status, await answer.json()]).toEqual([
    status,
    { error: expect.any(String), detail: expect.any(String), ...(status === 422 && { errors: expect.any(Array) }) },
  ])
  expect(edge.written).toEqual([])
})

test('a journal that cannot write is 503 with Retry-After', async () => {
  edge.broken.journal = true
  const answer = await send('/runs/batch', JSON.stringify({ post: [good] }))
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
})

test('an update that names a run and nothing else is of the trace that the core knows it in; with the core down it has to come again', async () => {
  edge.traces.set(hex(CHILD), hex(ROOT))
  const update = () => send(`/runs/${CHILD}`, JSON.stringify({ outputs: { a: 1 } }), { method: 'PATCH' })
  expect((await update()).status).toBe(202)
  expect(edge.decoded().patches).toMatchObject([{ traceId: hex(ROOT), spanId: hex(CHILD), ofTrace: false }])
  edge.forget()
  edge.broken.core = true
  const answer = await update()
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  expect(edge.written).toEqual([])
})
