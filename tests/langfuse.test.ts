import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeProto } from '../packages/server/src/tracing/ingest/otlp/otlp-proto.case.ts'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox({ env: { SIGNALBOX_ALLOWED_ORIGINS: 'https://shop.example' } })
})
afterAll(() => signalbox?.stop())

const basic = () => `Basic ${Buffer.from(`${signalbox.publicKey}:${signalbox.secretKey}`).toString('base64')}`
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(signalbox.url + path, {
    method: 'POST',
    headers: { authorization: basic(), 'content-type': 'application/json', ...headers },
    body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
  })
const client = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
const event = (type: string, body: object) => ({ id: randomUUID(), type, timestamp: new Date().toISOString(), body })

test('what is acknowledged while the core is down is there when it is back', async () => {
  const traceId = randomUUID()
  signalbox.killRole('core')
  const batch = [
    event('generation-create', {
      id: randomUUID(),
      traceId,
      name: 'answer',
      model: 'gpt-4o',
      output: 'x',
      endTime: new Date().toISOString(),
    }),
    event('trace-create', { id: traceId, name: 'support', userId: 'ada' }),
    event('score-create', { traceId, name: 'from langfuse', value: 0.5 }),
    { id: 'bad', type: 'span-create', timestamp: 'never', body: {} },
  ]
  const ingested = await post('/api/public/ingestion', { batch })
  expect(ingested.status).toBe(207)
  expect(await ingested.json()).toMatchObject({ successes: [{}, {}, {}], errors: [{ id: 'bad', status: 400 }] })
  const scored = await post('/api/v1/scores', { id: 'mine', traceId, name: 'ours', value: 'good', type: 'categorical' })
  expect([scored.status, await scored.json()]).toEqual([200, expect.objectContaining({ id: 'mine', value: 'good' })])
  const { trace, spans } = await eventually(async () => {
    const found = await client().traces.get({ traceId })
    return found.spans.length === 2 ? found : undefined
  })
  expect(trace).toMatchObject({ name: 'support', userId: 'ada', externalId: traceId, status: 'ok' })
  expect(spans.find(({ name }) => name === 'answer')).toMatchObject({ userId: 'ada', model: 'gpt-4o' })
  const { scores } = await eventually(async () => {
    const found = await client().scores.list({ traceId })
    return found.scores.length === 2 ? found : undefined
  })
  expect(scores.map(({ name, value }) => [name, value]).toSorted()).toEqual([
    ['from langfuse', 0.5],
    ['ours', 'good'],
  ])
})

test('a page of an allowed origin scores with the public key', async () => {
  await signalbox.ready()
  const send = (origin: string) =>
    post('/api/v1/scores', { traceId: 'page', name: 'thumb', value: true }, { authorization: `Bearer ${signalbox.publicKey}`, origin })
  const allowed = await send('https://shop.example')
  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, 'https://shop.example'])
  expect((await send('https://evil.example')).status).toBe(403)
  const { scores } = await eventually(async () => {
    const found = await client().scores.list({ traceId: 'page' })
    return found.scores.length > 0 ? found : undefined
  })
  expect(scores).toMatchObject([{ name: 'thumb', value: true, source: 'feedback' }])
  const read = await fetch(`${signalbox.url}/api/v1/scores`, { headers: { authorization: `Bearer ${signalbox.publicKey}` } })
  expect(read.status).toBe(401)
})

test('a person who is logged in scores, and is named', async () => {
  const login = await fetch(`${signalbox.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(signalbox.admin),
  })
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
  const { csrfToken, account } = (await login.json()) as { csrfToken: string; account: { id: string } }
  const person = createClient({ baseUrl: signalbox.url, headers: () => ({ cookie, 'x-signalbox-csrf': csrfToken }) })
  const score = await person.scores.create({ traceId: 'by hand', name: 'quality', value: 1 })
  expect(score).toMatchObject({ source: 'annotation', authorId: account.id })
  expect((await person.scores.list({ traceId: 'by hand' })).scores).toEqual([score])
})

test('spans come in at the address that Langfuse’s clients know, as JSON and as protobuf', async () => {
  const traceId = '5b8efff798038103d269b633813fc60c'
  const spanOf = (spanId: string, name: string) => ({
    traceId,
    spanId,
    name,
    kind: 1,
    startTimeUnixNano: '1795176000000000000',
    endTimeUnixNano: '1795176001000000000',
    attributes: [{ key: 'langfuse.observation.type', value: { stringValue: 'generation' } }],
  })
  const bodyOf = (span: object) => ({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'langfuse-sdk' }, spans: [span] }] }] })
  const path = '/api/public/otel/v1/traces'
  expect((await post(path, bodyOf(spanOf('aaaaaaaaaaaaaaaa', 'as json')))).status).toBe(200)
  const zipped = gzipSync(encodeProto(bodyOf(spanOf('bbbbbbbbbbbbbbbb', 'as protobuf'))))
  const sent = await post(path, zipped, { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' })
  expect(sent.status).toBe(200)
  const { spans } = await eventually(async () => {
    const found = await client().traces.get({ traceId })
    return found.spans.length === 2 ? found : undefined
  })
  expect(spans.map(({ name, kind }) => [name, kind]).toSorted()).toEqual([
    ['as json', 'llm'],
    ['as protobuf', 'llm'],
  ])
})
