import { randomBytes } from 'node:crypto'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox.stop())

const client = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
const hex = (bytes: number) => randomBytes(bytes).toString('hex')

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(signalbox.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
  return (await response.json()) as { id: string }
}

type Values = Record<string, string | number>
/** Sends the span of a client, as an exporter does. */
function send(traceId: string, spanId: string, attributes: Values, parentSpanId?: string) {
  const now = BigInt(Date.now()) * 1_000_000n
  const span = {
    traceId,
    spanId,
    ...(parentSpanId && { parentSpanId }),
    name: String(attributes['gen_ai.operation.name']),
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 5_000_000n),
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
    })),
  }
  return post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
}
const call = (text: string, headers: Record<string, string> = {}) =>
  post('/v1/chat/completions', { model: 'simulator/echo', messages: [{ role: 'user', content: text }] }, headers)
const chat = (input: number, more: Values = {}): Values => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': input,
  ...more,
})
const stored = (traceId: string, count: number) =>
  eventually(async () => {
    const trace = await client().traces.get({ traceId })
    return trace.spans.length >= count ? trace : undefined
  })

/** What dashboards say of an environment. Each test has one: corrections of another may still be under way. */
async function total(environment: string) {
  const now = Date.now()
  const { rows } = await client().query.run({
    measures: ['inputTokens'],
    dimensions: [],
    filters: [{ field: 'environment', op: 'eq', value: environment }],
    from: new Date(now - 3_600_000).toISOString(),
    to: new Date(now + 60_000).toISOString(),
  } as never)
  return Number((rows[0] as { inputTokens?: number } | undefined)?.inputTokens ?? 0)
}

test.each(['before', 'after'])('a client’s span that comes %s the gateway’s of the same call is counted once', async (order) => {
  const [traceId, spanId] = [hex(16), hex(8)]
  const environment = `calls-${order}`
  const client = () => send(traceId, spanId, chat(1000, { 'deployment.environment.name': environment }))
  const gateway = () => call('one two three', { traceparent: `00-${traceId}-${spanId}-01`, 'x-signalbox-environment': environment })
  if (order === 'before') {
    await client()
    expect((await stored(traceId, 1)).trace.inputTokens).toBe(1000)
    await gateway()
  } else {
    await gateway()
    await client()
  }
  const { trace, spans } = await eventually(async () => {
    const found = await stored(traceId, 2)
    return found.spans.find(({ source }) => source === 'otlp')?.usageRole === 'aggregate' ? found : undefined
  })
  const served = spans.find(({ source }) => source === 'gateway')
  expect(trace).toMatchObject({ inputTokens: served?.inputTokens, costUsd: served?.costUsd })
  expect(spans).toHaveLength(2)
  await eventually(async () => ((await total(environment)) === (served?.inputTokens ?? Number.NaN) ? true : undefined))
})

test('a client that does not send its trace along is known by the id of the answer', async () => {
  const { id } = await call('four five')
  const traceId = hex(16)
  await send(traceId, hex(8), chat(1000, { 'gen_ai.response.id': id }))
  const { trace, spans } = await stored(traceId, 1)
  expect(trace.inputTokens).toBe(0)
  const other = await stored(String(spans[0]?.metadata.gatewayTraceId), 1)
  expect(other.spans[0]?.source).toBe('gateway')
})

test('an agent counts until the calls that it repeats are there', async () => {
  const [traceId, agent] = [hex(16), hex(8)]
  const environment = 'agents'
  const used = (tokens: number) => chat(tokens, { 'deployment.environment.name': environment })
  await send(traceId, agent, { ...used(70), 'gen_ai.operation.name': 'invoke_agent' })
  const alone = await stored(traceId, 1)
  expect(alone.spans[0]).toMatchObject({ kind: 'agent', usageRole: 'leaf', inputTokens: 70 })
  expect(Number(alone.trace.costUsd)).toBeGreaterThan(0)
  await send(traceId, hex(8), used(60), agent)
  const both = await eventually(async () => {
    const found = await stored(traceId, 2)
    return found.trace.inputTokens === 60 ? found : undefined
  })
  expect(both.spans.map(({ kind, usageRole }) => `${kind} ${usageRole}`).sort()).toEqual(['agent aggregate', 'llm leaf'])
  await eventually(async () => ((await total(environment)) === 60 ? true : undefined))
})
