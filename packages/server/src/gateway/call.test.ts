import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Sent, startWorld, until, type World } from './world.case.ts'

const ANSWER = JSON.stringify({
  id: 'c1',
  model: 'gpt-4o-2024-08-06',
  odd: 1.0,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
})
const delta = (content: string) =>
  `data: ${JSON.stringify({ id: 'c1', model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`
const FINISH = `data: ${JSON.stringify({ model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`
const USAGE = `data: ${JSON.stringify({ model: 'gpt-4o-2024-08-06', choices: [], usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 } })}\n\n`
const DONE = 'data: [DONE]\n\n'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const send = (sent: Omit<Sent, 'path'>) => world.send({ path: '/v1/chat/completions', ...sent })
const messages = [{ role: 'user', content: 'Hello' }]

test('a whole answer passes byte for byte, with its cost, and is recorded with start and end', async () => {
  world.answer = (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req_1', 'keep-alive': 'timeout=120' }).end(ANSWER)
  const sent = '{"model":"support","messages":[{"role":"user","content":"Hello"}],"unknown_parameter":[1.0]}'
  const { status, headers, text } = await send({
    body: sent,
    headers: { 'x-signalbox-session': 's1', 'x-signalbox-metadata': '{"a":1}', 'x-custom': 'kept' },
  })
  expect([status, text]).toEqual([200, ANSWER])
  expect(headers).toMatchObject({
    'x-request-id': 'req_1',
    'x-signalbox-provider': 'openai',
    'x-signalbox-model': 'gpt-4o',
    'x-signalbox-attempts': '1',
    'x-signalbox-cost': '0.000045',
  })
  expect(headers['keep-alive']).not.toBe('timeout=120')
  expect(world.seen[0]?.body).toBe(sent.replace('"support"', '"gpt-4o"'))
  expect(world.seen[0]?.headers).toMatchObject({ authorization: 'Bearer key-of-openai', 'x-custom': 'kept', 'accept-encoding': 'identity' })
  expect(Object.keys(world.seen[0]?.headers ?? {}).filter((name) => name.startsWith('x-signalbox'))).toEqual([])
  const { starts, ends } = await world.recorded()
  expect(starts).toMatchObject([
    {
      requestModel: 'support',
      model: 'gpt-4o',
      sessionId: 's1',
      metadata: { a: '1' },
      body: sent,
      traceId: headers['x-signalbox-trace-id'],
    },
  ])
  expect(ends).toMatchObject([
    { status: 'ok', finishReason: 'stop', model: 'gpt-4o-2024-08-06', cost: 45_000, usageSource: 'provider', body: ANSWER },
  ])
})

test('the start is in the journal before the provider hears of the call', async () => {
  let before: unknown[] = []
  world.answer = async (_, response) => {
    before = (await world.recorded()).starts
    response.end(ANSWER)
  }
  await send({ body: { model: 'support', messages } })
  expect(before).toHaveLength(1)
})

test('a stream passes as it comes; the usage that only we asked for is taken out and counted', async () => {
  world.answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(delta('Hel'))
    setTimeout(() => response.end(delta('lo') + FINISH + USAGE + DONE), 20)
  }
  const { text, headers } = await send({ body: { model: 'support', messages, stream: true } })
  expect(text).toBe(delta('Hel') + delta('lo') + FINISH + DONE)
  expect(headers['x-signalbox-cost']).toBeUndefined()
  expect(JSON.parse(world.seen[0]?.body ?? '')).toMatchObject({ stream_options: { include_usage: true } })
  const { ends } = await world.recorded()
  expect(ends).toMatchObject([{ status: 'ok', sse: true, usage: { input: 10, output: 2 }, cost: 45_000, finishReason: 'stop' }])
  expect(ends[0]?.firstTokenMs).toBeLessThan((ends[0]?.endedAt ?? 0) / 1000)
})

test('a stream that breaks off becomes an error event, never a clean end', async () => {
  world.answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(delta('Hel'))
    setTimeout(() => response.destroy(), 20)
  }
  const { text } = await send({ body: { model: 'support', messages, stream: true } })
  expect(text).toContain(delta('Hel'))
  expect(JSON.parse(text.slice(delta('Hel').length + 6))).toMatchObject({ error: { type: 'server_error', code: 'provider_failed' } })
  expect(text).not.toContain('[DONE]')
  expect((await world.recorded()).ends).toMatchObject([{ status: 'error', errorType: 'connection' }])
})

test('a stream that ends cleanly without having finished is an error too', async () => {
  world.answer = (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(delta('Hel'))
  expect((await send({ body: { model: 'support', messages, stream: true } })).text).toContain('provider_failed')
})

test('a client that hangs up cancels the provider, in a stream and before the first byte', async () => {
  world.answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(delta('Hel'))
  }
  await send({ body: { model: 'support', messages, stream: true }, abortAfter: 10 })
  await until(() => world.seen[0]?.aborted === true)
  const heard = Promise.withResolvers<void>()
  world.answer = () => heard.resolve()
  await send({ body: { model: 'support', messages }, abortWhen: heard.promise })
  await until(() => world.seen[1]?.aborted === true)
  await until(async () => (await world.recorded()).ends.length === 2)
  expect((await world.recorded()).ends.map((end) => [end.status, end.httpStatus])).toEqual([
    ['aborted', 499],
    ['aborted', 499],
  ])
})

test.each([400, 404, 429, 500, 503])('an error %d of the provider keeps its status, body and retry-after', async (status) => {
  const body = JSON.stringify({ error: { message: 'no', type: 'x', code: null } })
  world.answer = (_, response) => response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' }).end(body)
  const got = await send({ body: { model: 'support', messages, stream: true } })
  expect([got.status, got.text, got.headers['retry-after']]).toEqual([status, body, '7'])
  expect((await world.recorded()).ends).toMatchObject([{ status: 'error', httpStatus: status, statusMessage: 'no' }])
})

test('a provider that refuses our key is not the fault of the client, and its words stay here', async () => {
  world.answer = (_, response) => response.writeHead(401).end('{"error":{"message":"bad key key-of-openai"}}')
  const got = await send({ body: { model: 'support', messages } })
  expect([got.status, got.text.includes('key-of-openai')]).toEqual([502, false])
  expect(JSON.parse(got.text)).toMatchObject({ error: { code: 'provider_auth' } })
})

test.each([false, true])('an answer that is not JSON is an error and never passes for one, stream: %s', async (stream) => {
  world.answer = (_, response) => response.setHeader('content-type', 'text/html').end('<html>')
  const got = await send({ body: { model: 'support', messages, stream } })
  expect([got.status, JSON.parse(got.text)]).toMatchObject([502, { error: { code: 'provider_failed' } }])
  expect((await world.recorded()).ends).toMatchObject([{ status: 'error', errorType: 'invalid_response' }])
})

test('joins the trace of the caller', async () => {
  world.answer = (_, response) => response.end(ANSWER)
  const got = await send({
    body: { model: 'support', messages },
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  })
  expect(got.headers['x-signalbox-trace-id']).toBe('0af7651916cd43dd8448eb211c80319c')
  expect((await world.recorded()).starts[0]).toMatchObject({ parentId: 'b7ad6b7169203331' })
})

const refused = [
  {
    why: 'a wrong key',
    sent: { body: { model: 'support', messages }, headers: { authorization: 'Bearer sk-sb-wrong' } },
    status: 401,
    code: 'unauthenticated',
  },
  { why: 'no JSON', sent: { body: '{' }, status: 400, code: 'invalid_json' },
  { why: 'an unknown model', sent: { body: { model: 'nobody/knows', messages } }, status: 404, code: 'model_not_found' },
  {
    why: 'a body over the limit',
    sent: { body: { model: 'support', messages, x: 'y'.repeat(2 << 20) } },
    status: 413,
    code: 'payload_too_large',
  },
  { why: 'a provider that is not there', sent: { body: { model: 'gone/m', messages } }, status: 502, code: 'provider_failed' },
  {
    why: 'metadata that is no JSON',
    sent: { body: { model: 'support', messages }, headers: { 'x-signalbox-metadata': '{' } },
    status: 400,
    code: 'invalid_request',
  },
]
test.each(refused)('answers $status to $why', async ({ sent, status, code }) => {
  const got = await send(sent)
  expect([got.status, JSON.parse(got.text).error.code]).toEqual([status, code])
})

test.each([
  ["the client's own before the provider's", { 'x-request-id': 'mine' }, 'req_1', 'mine', 'req_1'],
  ["the provider's where the client sent none", {}, 'req_1', 'req_1', undefined],
  ["the client's own where the provider has none", { 'x-request-id': 'mine' }, undefined, 'mine', undefined],
  ['the trace id where nobody has one', {}, undefined, 'TRACE', undefined],
  ['the trace id in place of one that is none', { 'x-request-id': 'not one' }, undefined, 'TRACE', undefined],
] as const)('an answer names its request: %s', async (_, sent, provided, named, beside) => {
  for (const stream of [false, true]) {
    world.answer = (_request, response) => {
      response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json')
      if (provided) response.setHeader('x-request-id', provided)
      response.end(stream ? delta('Hi') + FINISH + DONE : ANSWER)
    }
    const { headers } = await send({ body: { model: 'support', messages, stream }, headers: sent })
    expect(headers['x-request-id']).toBe(named === 'TRACE' ? headers['x-signalbox-trace-id'] : named)
    expect(headers['x-signalbox-provider-request-id']).toBe(beside)
  }
})

test('so does an error, of a provider that is gone and of a request that is none', async () => {
  const gone = await send({ body: { model: 'gone/m', messages }, headers: { 'x-request-id': 'mine' } })
  expect([gone.status, gone.headers['x-request-id']]).toEqual([502, 'mine'])
  const bad = await send({ body: '{', headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } })
  expect([bad.status, bad.headers['x-request-id']]).toEqual([400, '0af7651916cd43dd8448eb211c80319c'])
})

test.each([
  ['whole', { ...JSON.parse(ANSWER), usage: { prompt_tokens: 1, completion_tokens: 2, cost: 0.00014 } }, '0.00014'],
  ['translated', { ...JSON.parse(ANSWER), usage: { prompt_tokens: 1, completion_tokens: 2, cost_in_usd_ticks: 37_756_000 } }, '0.0037756'],
])('what the provider says that it charges is recorded beside our own reckoning: %s', async (way, answer, cost) => {
  world.answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  const body = { model: 'support', messages, max_tokens: 5 }
  if (way === 'whole') await send({ body })
  else await world.send({ path: '/v1/messages', body })
  const [end] = (await world.recorded()).ends
  expect([end?.status, end?.providerCostUsd]).toEqual(['ok', cost])
  expect(end?.cost).toBeGreaterThan(0)
})
