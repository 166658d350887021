import { api } from '@signalbox/schema'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox({})
})
afterAll(() => signalbox.stop())

/** A second is what it may take; this machine may be busy with other things. */
const SECOND = 10_000
const becomesTrue = (ask: () => Promise<boolean>, timeoutMs?: number) => eventually(async () => (await ask()) || undefined, timeoutMs)
const client = (apiKey = signalbox.secretKey) => createClient({ baseUrl: signalbox.url, apiKey })
const call = (secret: string, init: { model?: string; headers?: Record<string, string> } = {}) =>
  fetch(`${signalbox.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...init.headers },
    body: JSON.stringify({ model: init.model ?? 'simulator/echo', messages: [{ role: 'user', content: 'Hello' }] }),
  })

/** A browser as far as it matters here: keeps the cookie and the token of its session. */
async function login(credentials: { email: string; password: string }) {
  const response = await fetch(`${signalbox.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  })
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
  const body = (await response.json()) as { csrfToken: string; error?: { code: string } }
  return { response, cookie, csrfToken: body.csrfToken, error: body.error }
}

test('a key works at the gateway as soon as it is made, and no longer than a second after it is revoked', async () => {
  const key = await client().keys.create({ name: 'checkout' })
  await becomesTrue(async () => (await call(key.secretKey)).status === 200, SECOND)
  const listed = (await client().keys.list({})).keys.find((one) => one.id === key.id)
  expect(listed).toMatchObject({ name: 'checkout', revokedAt: null })
  expect(JSON.stringify(listed)).not.toContain(key.secretKey)
  await client().keys.revoke({ id: key.id })
  await becomesTrue(async () => (await call(key.secretKey)).status === 401, SECOND)
  await expect(client(key.secretKey).traces.list({})).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('a key may do what its scopes say', async () => {
  const key = await client().keys.create({ name: 'reader', scopes: ['traces:read'] })
  await expect(client(key.secretKey).keys.list({})).rejects.toMatchObject({ code: 'permission-denied' })
  await expect(client(key.secretKey).traces.list({})).resolves.toMatchObject({ traces: expect.any(Array) })
  await becomesTrue(async () => (await call(key.secretKey)).status === 403, SECOND)
})

test('an account logs in, sees its projects, and needs its token to change anything', async () => {
  const { response, cookie, csrfToken } = await login(signalbox.admin)
  expect(response.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Lax|SameSite=Lax.*HttpOnly/)
  const withToken = createClient({ baseUrl: signalbox.url, headers: () => ({ cookie, 'x-signalbox-csrf': csrfToken }) })
  const without = createClient({ baseUrl: signalbox.url, headers: () => ({ cookie }) })
  expect(await withToken.session.get({})).toMatchObject({ account: { email: signalbox.admin.email }, csrfToken })
  await expect(without.projects.create({ id: 'stolen', name: 'Stolen' })).rejects.toMatchObject({ code: 'csrf-failed' })
  await withToken.projects.create({ id: 'second', name: 'Second' })
  expect((await withToken.projects.list({})).projects.map((project) => project.id)).toContain('second')
  await withToken.session.logout({})
  await expect(withToken.session.get({})).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('a project is renamed by who may change projects', async () => {
  const reader = await client().keys.create({ name: 'reader', scopes: ['projects:read'] })
  const writer = await client().keys.create({ name: 'writer', scopes: ['projects:write'] })
  const rename = (apiKey: string, name: string) => client(apiKey).projects.update({ id: 'default', name })
  await expect(rename(reader.secretKey, 'Read')).rejects.toMatchObject({ code: 'permission-denied' })
  await expect(rename(writer.secretKey, '  ')).rejects.toMatchObject({ code: 'invalid-request' })
  expect(await rename(writer.secretKey, ' Support ')).toMatchObject({ id: 'default', name: 'Support' })
  expect((await client(reader.secretKey).projects.list({})).projects).toMatchObject([{ id: 'default', name: 'Support' }])
})

test('a project sees its own traces and no others', async () => {
  const { cookie, csrfToken } = await login(signalbox.admin)
  const inProject = (id: string) =>
    createClient({ baseUrl: signalbox.url, headers: () => ({ cookie, 'x-signalbox-csrf': csrfToken, 'x-signalbox-project': id }) })
  await inProject('default').projects.create({ id: 'apart', name: 'Apart' })
  const key = await inProject('apart').keys.create({ name: 'apart' })
  let traceId = ''
  await becomesTrue(async () => {
    const response = await call(key.secretKey, { headers: { 'x-signalbox-user': 'secret-user' } })
    traceId = response.headers.get('x-signalbox-trace-id') ?? ''
    return response.status === 200
  })
  await becomesTrue(async () => (await inProject('apart').traces.list({})).traces.length > 0)
  expect((await inProject('apart').traces.get({ traceId })).trace).toMatchObject({ spanCount: 1, userId: 'secret-user' })
  await expect(client().traces.get({ traceId })).rejects.toMatchObject({ code: 'not-found' })
  expect(JSON.stringify(await client().traces.list({ limit: 500 }))).not.toContain('secret-user')
  expect(JSON.stringify(await client().traces.values({ field: 'userId' }))).not.toContain('secret-user')
  await expect(inProject('nowhere').traces.list({})).rejects.toMatchObject({ code: 'not-found' })
})

test('traces come in the order that is asked for, page by page', async () => {
  const { cookie, csrfToken } = await login(signalbox.admin)
  const headers = () => ({ cookie, 'x-signalbox-csrf': csrfToken, 'x-signalbox-project': 'sorted' })
  const sorted = createClient({ baseUrl: signalbox.url, headers })
  await sorted.projects.create({ id: 'sorted', name: 'Sorted' })
  const { secretKey } = await sorted.keys.create({ name: 'sorted' })
  await becomesTrue(async () => (await call(secretKey, { model: 'nobody/knows' })).status !== 401)
  for (const content of ['one', 'one two three four five six', 'one two three']) {
    const body = JSON.stringify({ model: 'simulator/echo', messages: [{ role: 'user', content }] })
    await (
      await fetch(`${signalbox.url}/v1/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${secretKey}` }, body })
    ).text()
  }
  const from = new Date(Date.now() - 3_600_000).toISOString()
  const filter = [{ field: 'status', op: 'eq', value: 'ok' } as const]
  await becomesTrue(async () => (await sorted.traces.list({ filter })).traces.length === 3)
  const first = await sorted.traces.list({ from, filter, sort: '-inputTokens', limit: 2 })
  const second = await sorted.traces.list({ from, filter, sort: '-inputTokens', limit: 2, cursor: first.nextCursor })
  const previews = [...first.traces, ...second.traces].map(({ inputPreview }) => inputPreview)
  expect(previews).toEqual(['one two three four five six', 'one two three', 'one'])
  expect(second.nextCursor).toBeUndefined()
  await expect(sorted.traces.list({ sort: '-inputTokens' })).rejects.toMatchObject({ code: 'invalid-request' })
})

test('a wrong password is refused like an unknown account, and soon refused altogether', async () => {
  const wrong = await login({ email: signalbox.admin.email, password: 'not the password' })
  const unknown = await login({ email: 'nobody@example.com', password: 'not the password' })
  const requestId = expect.any(String)
  expect([unknown.response.status, { ...unknown.error, requestId }]).toEqual([wrong.response.status, { ...wrong.error, requestId }])
  let last: Response | undefined
  // Ten in a quarter of an hour: where one ends in between, it takes some more.
  for (let attempt = 0; attempt < 25 && last?.status !== 429; attempt++)
    last = (await login({ email: 'nobody@example.com', password: 'guess' })).response
  expect(last?.status).toBe(429)
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('errors say what to do next, and are never 500', async () => {
  const cases: [string, RequestInit, number][] = [
    ['/api/v1/traces', {}, 401],
    ['/api/v1/traces?limit=many', { headers: auth() }, 400],
    ['/api/v1/traces?filter=%5B', { headers: auth() }, 400],
    ['/api/v1/traces?filter=%5B%7B%22field%22%3A%22nothing%22%2C%22op%22%3A%22eq%22%2C%22value%22%3A1%7D%5D', { headers: auth() }, 400],
    ['/api/v1/traces?cursor=rubbish', { headers: auth() }, 400],
    ['/api/v1/traces/unknown', { headers: auth() }, 404],
    ['/api/v1/query', { method: 'POST', headers: auth(), body: '{' }, 400],
    ['/api/v1/query', { method: 'POST', headers: auth(), body: '{"measures":["all"]}' }, 400],
    [
      '/api/v1/query',
      { method: 'POST', headers: auth(), body: JSON.stringify({ measures: ['calls'], dimensions: ["name') or 1=1 --"] }) },
      400,
    ],
    ['/api/v1/nothing', { headers: auth() }, 404],
    ['/internal/snapshot', {}, 404],
    ['/v1/nothing', {}, 404],
    ['/v1/chat/completions', {}, 405],
    ['/v1/traces', { method: 'POST', headers: { ...auth(), 'content-type': 'text/plain' }, body: 'x' }, 415],
  ]
  const documented = new Set<string>()
  for (const [path, init, status] of cases) {
    const response = await fetch(signalbox.url + path, init)
    const body = (await response.json()) as { error: { code: string; message: string; hint: string; docs?: string } }
    if (body.error.docs) documented.add(body.error.docs)
    expect([path, response.status]).toEqual([path, status])
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
    expect(body.error.code).toMatch(/^[a-z_-]+$/)
    expect(body.error.hint.length).toBeGreaterThan(5)
  }
  const page = await (await fetch(`${signalbox.url}/docs/errors`)).text()
  for (const docs of documented) expect(page).toContain(`id="${docs.split('#')[1]}"`)
  expect(documented.size).toBeGreaterThan(3)
})

test('what looks like SQL in a key of metadata is the key', async () => {
  const callsBy = async (key: string) => {
    const body = JSON.stringify({ measures: ['calls'], dimensions: [key] })
    const response = await fetch(`${signalbox.url}/api/v1/query`, { method: 'POST', headers: auth(), body })
    const { rows } = (await response.json()) as { rows: Record<string, unknown>[] }
    return [response.status, rows.map((row) => [row[key], row.calls])]
  }
  expect(await callsBy("metadata.x') or 1=1 --")).toEqual(await callsBy('metadata.nobody-has-it'))
})
const auth = () => ({ authorization: `Bearer ${signalbox.secretKey}` })

test('the OpenAPI document lists every route of the table', async () => {
  const document = (await (await fetch(`${signalbox.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>
  }
  const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((operation) => operation.operationId))
  expect(ids.sort()).toEqual(Object.keys(api).sort())
})

test('health, readiness, metrics and the schema of the file are there', async () => {
  expect((await fetch(`${signalbox.url}/healthz`)).status).toBe(200)
  expect(await (await fetch(`${signalbox.url}/readyz`)).json()).toMatchObject({ ready: true })
  expect(await (await fetch(`${signalbox.url}/metrics`)).text()).toMatch(
    /signalbox_journal_pending_bytes \d+[\s\S]*signalbox_core_spans_total \d+/,
  )
  expect(await (await fetch(`${signalbox.url}/schemas/signalbox.json`)).json()).toHaveProperty('properties')
})

test('a page is never stale, its scripts never asked for twice', async () => {
  for (const path of ['/', '/p/default/traces']) {
    const page = await fetch(signalbox.url + path)
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache'])
    expect(page.headers.get('x-request-id')).toBeTruthy()
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1]
    expect((await fetch(signalbox.url + script)).headers.get('cache-control')).toContain('immutable')
  }
})

test('open pages are told that something is new, and of which trace since when', async () => {
  const stop = new AbortController()
  const response = await fetch(`${signalbox.url}/api/v1/live`, { headers: auth(), signal: stop.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  await call(signalbox.secretKey)
  while (!text.includes('event: spans')) text += (await reader?.read())?.value ?? ''
  const { count, traces = {} } = JSON.parse(/event: spans\ndata: (.+)/.exec(text)?.[1] ?? '{}') as {
    count: number
    traces?: Record<string, string>
  }
  expect(count).toBeGreaterThan(0)
  const [[traceId, since] = ['', '']] = Object.entries(traces)
  const { trace, spans } = await client().traces.outline({ traceId, since })
  expect(spans).toHaveLength(trace.spanCount)
  const { spans: later } = await client().traces.outline({ traceId, since: new Date(Date.now() + 3600_000).toISOString() })
  expect(later).toEqual([])
  stop.abort()
})

test('a call that is under way is told of and shown, and becomes one span when it ends', async () => {
  const stop = new AbortController()
  const live = await fetch(`${signalbox.url}/api/v1/live`, { headers: auth(), signal: stop.signal })
  const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader()
  const gone = new AbortController()
  const traceId = 'ab'.repeat(16)
  const script = JSON.stringify({ text: 'never', delayMs: 600_000 })
  const unanswered = fetch(`${signalbox.url}/v1/chat/completions`, {
    method: 'POST',
    signal: gone.signal,
    headers: {
      authorization: `Bearer ${signalbox.secretKey}`,
      'content-type': 'application/json',
      traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`,
      'x-signalbox-user': 'patient',
    },
    body: JSON.stringify({ model: 'simulator/script', messages: [{ role: 'user', content: script }] }),
  }).catch(() => undefined)
  let text = ''
  while (!text.includes('event: running')) text += (await reader?.read())?.value ?? ''
  expect(JSON.parse(/event: running\ndata: (.+)/.exec(text)?.[1] ?? '{}').traces).toHaveProperty(traceId)
  const of = (value: string) => [{ field: 'userId', op: 'eq' as const, value }]
  const patient = of('patient')
  const { spans: running } = await client().spans.running({ filter: patient })
  expect(running).toMatchObject([{ traceId, status: 'running', model: 'script', parentId: 'cd'.repeat(8), costUsd: null }])
  expect((await client().spans.running({ filter: of('nobody') })).spans).toEqual([])
  const { trace, spans } = await client().traces.outline({ traceId })
  expect([trace.status, trace.spanCount, spans.map(({ status }) => status)]).toEqual(['running', 1, ['running']])
  expect(await client().spans.get({ traceId, spanId: running[0]?.spanId ?? '' })).toMatchObject({ status: 'running', input: null })
  const count = async () => (await client().query.run({ measures: ['calls'], filters: patient })).rows[0]?.calls
  expect(await count()).toBe(0)
  gone.abort()
  await unanswered
  await becomesTrue(async () => (await client().spans.running({})).spans.length === 0)
  const ended = await client().traces.get({ traceId })
  expect(ended.spans).toMatchObject([{ spanId: running[0]?.spanId, status: 'aborted' }])
  expect(await count()).toBe(1)
  stop.abort()
})
