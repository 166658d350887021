import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

// What clients of LangSmith and Opik send and read, byte for byte; the clients themselves are in tests/clients.
let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox?.stop())

// biome-ignore lint/suspicious/noExplicitAny: answers of two foreign APIs, looked at field by field.
type Json = Record<string, any>
const ask = async (path: string, { method = 'GET', body, headers = {} }: { method?: string; body?: unknown; headers?: object } = {}) => {
  const answer = await fetch(`${signalbox.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as Json }
}
const langsmith = (path: string, method?: string, body?: unknown, headers = {}) =>
  ask(`/langsmith${path}`, {
    ...(method && { method }),
    body,
    headers: { authorization: '', 'x-api-key': signalbox.secretKey, ...headers },
  })
const opik = (path: string, method?: string, body?: unknown) =>
  ask(`/opik/api/v1/private${path}`, { ...(method && { method }), body, headers: { authorization: signalbox.secretKey } })

/** Version 7, as the clients make them: the first digits are the time. */
const uuid = (n: number): string => {
  const hex = Date.now().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(n).padStart(12, '0')}`
}
const plain = (id: string) => id.replaceAll('-', '')
const trace = (id: string, spans: number) =>
  eventually(async () => {
    const { body } = await ask(`/api/v1/traces/${id}`)
    return body?.spans?.length === spans && body.spans.every((span: Json) => span.status !== 'running') ? body : undefined
  })
const scores = (id: string, count: number) =>
  eventually(async () => {
    const { body } = await ask(`/api/v1/scores?traceId=${id}`)
    return body.scores.length === count ? (body.scores as Json[]) : undefined
  })
const now = () => new Date().toISOString()

test('runs of LangSmith, as forms whose parts are in disorder, in two requests', async () => {
  const [root, child] = [uuid(1), uuid(2)]
  const step = (id: string) => `${now().replace(/[-:.Z]/g, '')}000Z${id}`
  const start_time = now()
  const at = { root: step(root), child: `${step(root)}.${step(child)}` }
  const usage_metadata = { input_tokens: 10, output_tokens: 5, total_tokens: 15, input_token_details: { cache_read: 4 } }
  const part = (name: string, value: unknown) =>
    `--B\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(value)}\r\n`
  const send = (...parts: string[]) =>
    langsmith('/runs/multipart', 'POST', gzipSync(Buffer.from(`${parts.join('')}--B--\r\n`)), {
      'content-type': 'multipart/form-data; boundary=B',
      'content-encoding': 'gzip',
    })
  const ended = await send(
    part(`patch.${child}.outputs`, { content: 'answer', usage_metadata }),
    part(`patch.${root}`, { id: root, trace_id: root, dotted_order: at.root, end_time: Date.now() + 50 }),
    part(`patch.${child}`, { id: child, trace_id: root, parent_run_id: root, dotted_order: at.child, end_time: Date.now() + 40 }),
  )
  const begun = await send(
    part(`post.${child}.inputs`, { messages: [{ role: 'user', content: 'question' }] }),
    part(`post.${child}.extra`, { metadata: { ls_provider: 'openai', ls_model_name: 'gpt-4o' } }),
    part(`post.${root}`, {
      id: root,
      trace_id: root,
      dotted_order: at.root,
      name: 'chain',
      run_type: 'chain',
      start_time,
      session_name: 'shop',
    }),
    part(`post.${root}.extra`, { metadata: { user_id: 'ada', thread_id: 't1' } }),
    part(`post.${child}`, {
      id: child,
      trace_id: root,
      parent_run_id: root,
      dotted_order: at.child,
      name: 'call',
      run_type: 'llm',
      start_time,
      session_name: 'shop',
    }),
  )
  expect([ended.status, begun.status]).toEqual([202, 202])
  const { trace: row, spans } = await eventually(async () => {
    const found = await trace(root, 2)
    return found.spans.every(({ name }: Json) => name !== 'unnamed') ? found : undefined
  })
  const [chain, call] = ['chain', 'call'].map((name) => spans.find((span: Json) => span.name === name))
  expect(row).toMatchObject({
    traceId: plain(root),
    externalId: root,
    name: 'chain',
    userId: 'ada',
    sessionId: 't1',
    inputTokens: 10,
    outputTokens: 5,
  })
  expect(chain).toMatchObject({ parentId: null, kind: 'chain', source: 'langsmith' })
  expect(call).toMatchObject({
    parentId: chain.spanId,
    kind: 'llm',
    provider: 'openai',
    model: 'gpt-4o',
    userId: 'ada',
    usage: { input: 6, cacheRead: 4, output: 5 },
  })

  // The reads of its clients.
  const [project] = (await langsmith('/sessions?name=shop')).body as unknown as Json[]
  expect(project).toMatchObject({ name: 'shop', id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  const run = (await langsmith(`/runs/${child}`)).body
  expect(run).toMatchObject({
    id: child,
    trace_id: root,
    parent_run_id: root,
    session_id: project?.id,
    run_type: 'llm',
    status: 'success',
    outputs: { content: 'answer' },
    total_tokens: 15,
    extra: { metadata: { ls_provider: 'openai' } },
  })
  const query = async (body: object) =>
    ((await langsmith('/runs/query', 'POST', { session: [project?.id], ...body })).body.runs as Json[]).map(({ name }) => name)
  expect(await query({})).toHaveLength(2)
  expect(await query({ is_root: true })).toEqual(['chain'])
  expect(await query({ filter: 'and(eq(run_type, "llm"), gt(total_tokens, 14))' })).toEqual(['call'])
  expect(await query({ session: [uuid(999)] })).toEqual([])
  const newer = await langsmith('/api/v2/runs/query', 'POST', {
    project_ids: [project?.id],
    selects: ['NAME', 'TOTAL_TOKENS'],
    is_root: false,
  })
  expect(newer.body).toEqual({ items: [{ id: child, name: 'call', total_tokens: 15 }], next_cursor: '' })
  for (const [path, method, body, status] of [
    [`/runs/${uuid(998)}`, 'GET', undefined, 404],
    ['/runs/query', 'POST', { filter: 'or(eq(name, "x"))' }, 400],
    ['/runs/query', 'POST', { filter: 'and(' }, 400],
    ['/runs/query', 'POST', { tree_filter: 'eq(name, "x")' }, 400],
    [`/datasets/${uuid(997)}`, 'GET', undefined, 404],
  ] as const) {
    const answer = await langsmith(path, method, body)
    expect([answer.status, answer.body]).toEqual([status, { error: expect.any(String), detail: expect.any(String) }])
  }
})

test('feedback of LangSmith that comes before its run, without its trace; changed and removed', async () => {
  const [root, child, early, late] = [uuid(11), uuid(12), uuid(13), uuid(14)]
  await langsmith('/feedback', 'POST', { id: early, run_id: child, key: 'early', score: 0.25 })
  await langsmith('/feedback', 'POST', { id: late, run_id: root, trace_id: root, key: 'late', score: true, comment: 'why' })
  const run = { trace_id: root, run_type: 'chain', start_time: now(), end_time: now() }
  await langsmith('/runs/batch', 'POST', {
    post: [
      { ...run, id: root, name: 'root' },
      { ...run, id: child, name: 'child', parent_run_id: root },
    ],
  })
  expect((await scores(root, 2)).map(({ name, spanId, value }) => [name, spanId, value]).sort()).toEqual([
    ['early', plain(child), 0.25],
    ['late', null, true],
  ])
  await langsmith(`/feedback/${early}`, 'PATCH', { score: 0.5, comment: 'again' })
  expect((await langsmith(`/feedback?run=${child}`)).body).toMatchObject([
    { id: early, run_id: child, trace_id: root, key: 'early', score: 0.5, comment: 'again' },
  ])
  expect((await langsmith(`/feedback/${late}`, 'DELETE')).status).toBe(200)
  expect(await scores(root, 1)).toMatchObject([{ id: early }])
})

test('an update of LangSmith that names nothing but its run finds the trace', async () => {
  const [root, child] = [uuid(41), uuid(42)]
  const run = { trace_id: root, run_type: 'chain', start_time: now(), end_time: now() }
  const post = [
    { ...run, id: root, name: 'root' },
    { ...run, id: child, name: 'child', parent_run_id: root },
  ]
  await langsmith('/runs/batch', 'POST', { post })
  expect((await langsmith(`/runs/${child}`, 'PATCH', { tags: ['late'] })).status).toBe(202)
  const found = await eventually(async () => {
    const { spans } = await trace(root, 2)
    return spans.find(({ name, tags }: Json) => name === 'child' && tags.includes('late'))
  })
  expect(found).toMatchObject({ spanId: plain(child), parentId: plain(root) })
  expect((await ask(`/api/v1/traces/${child}`)).status).toBe(404)
})

test('projects of LangSmith', async () => {
  const refused = await langsmith('/sessions', 'POST', { name: 'experiment', reference_dataset_id: uuid(21) })
  expect([refused.status, refused.body.detail]).toEqual([404, expect.stringContaining('There is no dataset')])
  const dataset = (await langsmith('/datasets', 'POST', { name: 'golden' })).body.id
  const made = await langsmith('/sessions', 'POST', { name: 'experiment', extra: { metadata: { a: 1 } }, reference_dataset_id: dataset })
  expect(made.body).toMatchObject({ name: 'experiment', reference_dataset_id: dataset, end_time: null })
  expect((await langsmith('/sessions', 'POST', { name: 'experiment' })).status).toBe(409)
  expect((await langsmith('/sessions?upsert=true', 'POST', { name: 'experiment', description: 'd' })).body).toMatchObject({
    id: made.body.id,
    description: 'd',
  })
  const ended = await langsmith(`/sessions/${made.body.id}`, 'PATCH', {
    end_time: '2026-01-01T00:00:00Z',
    name: null,
    extra: { metadata: { b: 2 } },
  })
  expect(ended.body).toMatchObject({
    name: 'experiment',
    description: 'd',
    end_time: '2026-01-01T00:00:00.000Z',
    extra: { metadata: { b: 2 } },
  })
  expect((await langsmith('/sessions?name=nobody')).body).toEqual([])
  expect((await langsmith(`/sessions/${uuid(22)}`)).status).toBe(404)
  expect((await langsmith('/sessions', 'POST', { name: 7 })).status).toBe(400)
  expect((await langsmith(`/sessions/${made.body.id}`, 'PATCH', { name: 'renamed' })).body.name).toBe('renamed')
  await langsmith('/sessions', 'POST', { name: 'second' })
  expect((await langsmith(`/sessions/${made.body.id}`, 'PATCH', { name: 'second' })).status).toBe(409)
  expect((await langsmith('/sessions', 'POST', { name: 'experiment' })).status).toBe(409)
  // What no text of the store can hold is held up nowhere.
  const odd = await langsmith('/sessions', 'POST', { name: 'a\u0000b', extra: { metadata: { a: '\u0000' } } })
  expect([odd.status, odd.body.name]).toEqual([200, 'a\ufffdb'])
  for (const path of ['/sessions?name=a%00b', '/sessions?name_contains=%00', '/sessions/%00', '/feedback/%00'])
    expect((await langsmith(path)).status, path).not.toBe(503)
})

test('traces, spans, updates and scores of Opik', async () => {
  const [id, span] = [uuid(31), uuid(32)]
  const start_time = now()
  expect((await opik('/spans/feedback-scores', 'PUT', { scores: [{ id: span, name: 'close', value: 0.5, source: 'sdk' }] })).status).toBe(
    204,
  )
  expect((await opik(`/spans/${span}`, 'PATCH', { trace_id: id, end_time: now(), output: { b: 2 } })).status).toBe(204)
  expect(
    (
      await opik('/traces/batch', 'POST', {
        traces: [{ id, name: 'trace', start_time, thread_id: 't2', tags: ['x'], project_name: 'shop' }],
      })
    ).status,
  ).toBe(204)
  expect(
    (
      await opik('/spans/batch', 'POST', {
        spans: [
          {
            id: span,
            trace_id: id,
            name: 'span',
            type: 'llm',
            start_time,
            model: 'gpt-4o',
            provider: 'openai',
            usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
          },
        ],
      })
    ).status,
  ).toBe(204)
  expect((await opik(`/traces/${id}`, 'PATCH', { end_time: now() })).status).toBe(204)
  expect((await opik('/traces/feedback-scores', 'PUT', { scores: [{ id, name: 'good', value: 1, source: 'sdk' }] })).status).toBe(204)
  const { trace: row, spans } = await eventually(async () => {
    const found = await trace(id, 2)
    return found.trace.inputTokens === 3 && found.trace.name === 'trace' ? found : undefined
  })
  expect(row).toMatchObject({ externalId: id, sessionId: 't2', outputTokens: 4 })
  expect(spans.find(({ name }: Json) => name === 'span')).toMatchObject({
    parentId: plain(id),
    kind: 'llm',
    model: 'gpt-4o',
    tags: ['x'],
    source: 'opik',
  })
  expect((await scores(id, 2)).map(({ name, spanId }) => [name, spanId]).sort()).toEqual([
    ['close', plain(span)],
    ['good', null],
  ])
  expect((await opik(`/traces/${id}`)).body).toMatchObject({
    id,
    name: 'trace',
    thread_id: 't2',
    feedback_scores: [{ name: 'good', value: 1 }],
  })
  expect((await opik(`/spans/${span}`)).body).toMatchObject({
    id: span,
    trace_id: id,
    parent_span_id: null,
    type: 'llm',
    output: { b: 2 },
    usage: { total_tokens: 7 },
  })
  expect((await opik('/projects/retrieve', 'POST', { name: 'shop' })).body).toMatchObject({ name: 'shop' })
  for (const [path, status] of [
    [`/traces/${uuid(997)}`, 404],
    ['/traces/x', 400],
    ['/datasets', 404],
  ] as const) {
    const answer = await opik(path)
    expect([answer.status, answer.body]).toEqual([status, { errors: [expect.any(String)] }])
  }
})
