import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox({ yaml: 'version: 1\ncapture: { content: false }\n' })
})
afterAll(() => signalbox.stop())

const SECRET = 'the-recipe-nobody-may-keep'
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const client = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(signalbox.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? join(entry.parentPath, entry.name) : [],
  )

test('a project that keeps no content writes none: not of calls, not of ingested spans, not even to the journal', async () => {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const now = BigInt(Date.now()) * 1_000_000n
  const span = {
    traceId: TRACE,
    spanId: 'b7ad6b7169203331',
    name: 'chat',
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 5_000_000n),
    attributes: [attribute('gen_ai.operation.name', 'chat'), attribute('gen_ai.input.messages', SECRET), attribute('user.id', 'ada')],
    events: [{ name: 'gen_ai.user.message', timeUnixNano: String(now), attributes: [attribute('content', SECRET)] }],
  }
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }
  // A client whose answer was lost sends the same bytes again.
  for (const path of ['/v1/traces', '/otel/v1/traces']) expect((await post(path, body)).status).toBe(200)
  const traceparent = `00-${TRACE}-b7ad6b7169203331-01`
  const call = { model: 'simulator/echo', messages: [{ role: 'user', content: SECRET }] }
  expect(await (await post('/v1/chat/completions', call, { traceparent })).text()).toContain(SECRET)

  const { spans } = await eventually(async () => {
    const trace = await client().traces.get({ traceId: TRACE })
    return trace.spans.length >= 2 ? trace : undefined
  })
  expect(spans.map(({ source }) => source).sort()).toEqual(['gateway', 'otlp'])
  for (const { spanId, source } of spans) {
    const detail = await client().spans.get({ spanId, traceId: TRACE })
    expect(detail).toMatchObject({ input: null, output: null, inputPreview: '', outputPreview: '' })
    expect(detail.inputBytes).toBeGreaterThanOrEqual(SECRET.length)
    if (source === 'otlp') expect(detail).toMatchObject({ userId: 'ada', attributes: { attributes: { 'gen_ai.operation.name': 'chat' } } })
  }
  const files = filesOf(signalbox.data)
  expect(files.some((file) => file.includes('/journal/'))).toBe(true)
  expect(files.filter((file) => readFileSync(file).includes(SECRET))).toEqual([])
})
