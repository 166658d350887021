import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startEdge } from './edge.case.ts'

let edge: Awaited<ReturnType<typeof startEdge>>
beforeAll(async () => {
  edge = await startEdge()
})
beforeEach(() => edge.forget())
afterAll(() => edge.stop())

const TRACE = '01a1fe69-230f-7046-9b8b-90d9b420c7db'
const SPAN = '01a1fe69-2318-773c-ae62-521a0947c65b'
const hex = (id: string) => id.replaceAll('-', '')
const start_time = '2026-11-21T14:01:05.551Z'
const trace = { id: TRACE, name: 'a trace', start_time, input: { q: 'question' } }
const span = { id: SPAN, trace_id: TRACE, name: 'a span', start_time }
const send = (method: string, path: string, body: unknown, key = 'all') =>
  fetch(`${edge.url}/opik/api/v1/private${path}`, {
    method,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { authorization: key, 'content-type': 'application/json' },
  })

test.each([
  ['POST', '/traces/batch', { traces: [trace] }, 204],
  ['POST', '/spans/batch', { spans: [span] }, 204],
  ['POST', '/traces', trace, 201],
  ['POST', '/spans', span, 201],
  ['PATCH', `/traces/${TRACE}`, { end_time: start_time }, 204],
  ['PATCH', `/spans/${SPAN}`, { trace_id: TRACE, end_time: start_time }, 204],
  ['PATCH', '/spans/batch', { ids: [SPAN], update: { trace_id: TRACE, tags: ['x'] } }, 204],
])('%s %s is in the journal when it is acknowledged', async (method, path, body, status) => {
  const answer = await send(method, path, body)
  expect([answer.status, await answer.text()]).toEqual([status, ''])
  if (status === 201) expect(answer.headers.get('location')).toMatch(/\/v1\/private\/(traces|spans)\/[0-9a-f-]{36}$/)
  expect(edge.decoded().patches).toMatchObject([{ projectId: 'p1', keyId: 'all', traceId: hex(TRACE) }])
  expect(edge.reports).toMatchObject([{ accepted: 1, rejected: [] }])
})

test('scores of traces, spans and threads', async () => {
  const score = { name: 'good', value: 1, source: 'sdk' }
  await send('PUT', '/traces/feedback-scores', { scores: [{ ...score, id: TRACE }] })
  await send('PUT', '/spans/feedback-scores', { scores: [{ ...score, id: SPAN }] })
  await send('PUT', '/traces/threads/feedback-scores', { scores: [{ ...score, thread_id: 'th' }] })
  await send('PUT', `/traces/${TRACE}/feedback-scores`, { ...score, value: 0 })
  expect(edge.decoded().scores.map(({ traceId, spanId, sessionId, value }) => [traceId, spanId, sessionId, value])).toEqual([
    [hex(TRACE), '', '', 1],
    ['', hex(SPAN), '', 1],
    ['', '', 'th', 1],
    [hex(TRACE), '', '', 0],
  ])
})

test('of a batch the good ones are kept, and a bad one is named', async () => {
  const answer = await send('POST', '/spans/batch', { spans: [span, { ...span, trace_id: 'x' }] })
  expect([answer.status, await answer.json()]).toEqual([
    422,
    { errors: [`spans[1] (${SPAN}): \`trace_id\` must be a UUID.`, 'The other 1 were kept.'] },
  ])
  expect(edge.decoded().patches).toHaveLength(1)
})

test('of a project that keeps no content none is written', async () => {
  expect((await send('POST', '/traces/batch', { traces: [trace] }, 'bare')).status).toBe(204)
  expect(edge.written[0]?.body.toString()).not.toContain('question')
})

test.each([
  ['no key', 'x', '{}', 401],
  ['a key that may not', 'reader', { traces: [] }, 403],
  ['no JSON', 'all', '{', 400],
  ['no list', 'all', { traces: 7 }, 400],
  ['nested too deep', 'all', `{"traces":${'['.repeat(5000)}${']'.repeat(5000)}}`, 400],
])('%s is refused in JSON', async (_, key, body, status) => {
  const answer = await send('POST', '/traces/batch', body, key)
  expect([answer.status, await answer.json()]).toEqual([status, { errors: [expect.any(String)] }])
  expect(edge.written).toEqual([])
})
