import { gzipSync } from 'node:zlib'
import { createClient } from '@signalbox/sdk'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { encodeProto } from '../packages/server/src/tracing/ingest/otlp/otlp-proto.case.ts'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

let signalbox: Signalbox
let pids: (number | undefined)[]
const pidsNow = () => [signalbox.pidOf('edge'), signalbox.pidOf('core')]
beforeAll(async () => {
  signalbox = await startSignalbox()
  pids = pidsNow()
})
afterAll(() => signalbox.stop())
// Whatever came in: nothing fell over, and nothing that was accepted was lost.
afterEach(async () => {
  expect(pidsNow()).toEqual(pids)
  expect((await fetch(`${signalbox.url}/readyz`)).status).toBe(200)
})

const client = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
const NOW = BigInt(Date.now()) * 1_000_000n
let spans = 0
const newTrace = () => (++spans).toString(16).padStart(32, 'a')
const stringValue = (key: string, value: string) => ({ key, value: { stringValue: value } })
const span = (traceId: string, change: object = {}) => ({
  traceId,
  spanId: 'b7ad6b7169203331',
  name: 'chat',
  startTimeUnixNano: String(NOW),
  endTimeUnixNano: String(NOW + 5_000_000n),
  ...change,
})
const bodyOf = (...list: object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] })

async function post(body: string | Buffer, headers: Record<string, string> = {}, path = '/v1/traces') {
  const response = await fetch(signalbox.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, text: bytes.toString('utf8') }
}
const postSpans = (...list: object[]) => post(JSON.stringify(bodyOf(...list)))
const postProto = (body: Buffer, headers: Record<string, string> = {}) =>
  post(body, { 'content-type': 'application/x-protobuf', ...headers })
const errorOf = ({ text }: { text: string }) => (JSON.parse(text) as { error: { code: string; message: string } }).error

const stored = (traceId: string, count = 1) =>
  eventually(async () => {
    const trace = await client().traces.get({ traceId })
    return trace.spans.length >= count ? trace : undefined
  })
const opened = (traceId: string) => client().spans.get({ traceId, spanId: 'b7ad6b7169203331' })

const SQL = `'); DROP TABLE spans; -- "\` \\ $1 {projectId:String} %s`
const HTML = `<script>alert(1)</script><img src=x onerror=alert(1)>&amp;{{7*7}}`

describe('too much', () => {
  const bomb = gzipSync(Buffer.alloc(300 << 20, 0x20))
  test.each([
    ['/v1/traces', {}],
    ['/otel/v1/traces', { 'content-type': 'application/x-protobuf' }],
    ['/api/public/ingestion', {}],
    ['/api/public/otel/v1/traces', {}],
    ['/langsmith/runs/batch', {}],
    ['/opik/api/v1/private/spans/batch', {}],
  ])('a zip bomb at %s is refused by its inflated size', async (path, headers: Record<string, string>) => {
    expect(bomb.length).toBeLessThan(400_000)
    const answer = await post(bomb, { 'content-encoding': 'gzip', ...headers }, path)
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.text)).toBeTypeOf('object')
  })

  test('a body that is no gzip, or one that breaks off', async () => {
    for (const body of [Buffer.from('no gzip'), gzipSync('{"resourceSpans":[]}').subarray(0, 20)]) {
      const answer = await post(body, { 'content-encoding': 'gzip' })
      expect([answer.status, errorOf(answer).code]).toEqual([400, 'invalid-request'])
    }
  })

  test('an index of a billion allocates nothing, a list of a million elements is stored', async () => {
    const [one, two] = [newTrace(), newTrace()]
    const messages = [
      stringValue('llm.input_messages.999999999.message.role', 'user'),
      stringValue('llm.input_messages.999999999.message.content', 'Hi'),
      stringValue(`llm.input_messages.${'9'.repeat(400)}.message.content`, 'no index'),
    ]
    expect((await postSpans(span(one, { attributes: messages }))).status).toBe(200)
    const million = { key: 'many', value: { arrayValue: { values: Array.from({ length: 1_000_000 }, () => ({ intValue: 1 })) } } }
    expect((await postSpans(span(two, { attributes: [million] }))).status).toBe(200)
    await stored(one)
    expect(JSON.stringify((await opened(one)).input)).toContain('Hi')
    await stored(two)
  })

  test('a hundred thousand attributes on one span', async () => {
    const traceId = newTrace()
    const attributes = Array.from({ length: 100_000 }, (_, index) => stringValue(`metadata.${index}`, 'x'))
    expect((await postSpans(span(traceId, { attributes }))).status).toBe(200)
    await stored(traceId)
  })
})

describe('what is malformed', () => {
  test('nesting without end is refused, and spoils no other span', async () => {
    const depth = 50_000
    for (const text of ['['.repeat(depth), `{"resourceSpans":${'['.repeat(depth)}${']'.repeat(depth)}}`]) {
      expect((await post(text)).status).toBe(400)
    }
    const traceId = newTrace()
    const nested = (levels: number) => {
      let value: object = { stringValue: 'deep' }
      for (let i = 0; i < levels; i++)
        value = i % 2 ? { arrayValue: { values: [value] } } : { kvlistValue: { values: [{ key: 'k', value }] } }
      return [{ key: 'deep', value }]
    }
    const answer = await postSpans(span(traceId, { spanId: 'c7ad6b7169203332', attributes: nested(500) }), span(traceId))
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text).partialSuccess).toMatchObject({
      rejectedSpans: '1',
      errorMessage: expect.stringContaining('nested too deep'),
    })
    const deep = encodeProto(bodyOf(span(traceId, { spanId: 'c7ad6b7169203333', attributes: nested(36) })))
    const told = await postProto(deep)
    expect([told.status, told.text]).toEqual([200, expect.stringContaining('nested too deep')])
    expect((await stored(traceId)).spans).toHaveLength(1)
  })

  test('ids that are none are told and counted, the others kept', async () => {
    const traceId = newTrace()
    const bad = ['', 'zz', '0'.repeat(16), 'x'.repeat(800), SQL, 17, null, { $gt: '' }]
    const answer = await postSpans(
      ...bad.map((spanId) => span(traceId, { spanId })),
      ...bad.map((id) => span('', { traceId: id })),
      span(traceId, { parentSpanId: SQL }),
    )
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text).partialSuccess.rejectedSpans).toBe(String(bad.length * 2))
    expect((await stored(traceId)).spans).toMatchObject([{ parentId: null }])
  })

  test('other signals are told from traces', async () => {
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: String(NOW), body: { stringValue: 'x' } }] }] }] }
    expect(errorOf(await post(JSON.stringify(logs))).message).toContain('logs, not traces')
    const answer = await postProto(encodeProto(logs, 'ExportLogsServiceRequest'))
    expect([answer.status, errorOf(answer).message]).toEqual([400, expect.stringContaining('OTEL_LOGS_EXPORTER=none')])
  })

  test('anything at all: never 5xx, and always with an answer that says what is wrong', async () => {
    const whole = encodeProto(bodyOf(span(newTrace(), { attributes: [stringValue('a', 'b')] })))
    const broken = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
      const copy = Buffer.from(whole)
      copy[at] = byte
      return copy
    })
    const cut = fc.nat(whole.length).map((length) => whole.subarray(0, length))
    const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
    const json = fc.jsonValue({ maxDepth: 6 }).map((value) => Buffer.from(JSON.stringify({ resourceSpans: value })))
    await fc.assert(
      fc.asyncProperty(fc.oneof(broken, cut, random, json), fc.boolean(), async (body, asProto) => {
        const answer = await (asProto ? postProto(body) : post(body))
        expect([200, 400]).toContain(answer.status)
        if (answer.status === 400) expect(errorOf(answer).message.length).toBeGreaterThan(10)
      }),
      { numRuns: 150 },
    )
  })
})

describe('what is stored is inert', () => {
  test('SQL and HTML in every field come back as they were sent', async () => {
    for (const evil of [SQL, HTML]) {
      const traceId = newTrace()
      const keys = [
        'user.id',
        'session.id',
        'gen_ai.request.model',
        'gen_ai.provider.name',
        'gen_ai.operation.name',
        'deployment.environment.name',
        'error.type',
      ]
      const attributes = [
        ...keys.map((key) => stringValue(key, evil)),
        stringValue('metadata', JSON.stringify({ [evil]: evil })),
        stringValue('tag.tags', JSON.stringify([evil])),
        stringValue('gen_ai.input.messages', JSON.stringify([{ role: 'user', content: evil }])),
        stringValue(evil, evil),
      ]
      const events = [{ name: evil, timeUnixNano: String(NOW), attributes: [stringValue(evil, evil)] }]
      expect((await postSpans(span(traceId, { name: evil, attributes, events, status: { code: 2, message: evil } }))).status).toBe(200)
      const { trace, spans: found } = await stored(traceId)
      expect(trace).toMatchObject({ name: evil, userId: evil, sessionId: evil, environment: evil, tags: [evil] })
      expect(found).toMatchObject([
        { name: evil, model: evil, provider: evil, operation: evil, errorType: evil, statusMessage: evil, metadata: { [evil]: evil } },
      ])
      expect((await opened(traceId)).input).toEqual([{ role: 'user', content: evil }])
      for (const field of ['name', 'userId', 'sessionId', 'model']) {
        const { traces } = await client().traces.list({ filter: [{ field, op: 'eq', value: evil }] } as never)
        expect(traces.map((one) => one.traceId)).toContain(traceId)
      }
    }
  })

  test('names of prototypes are names like others', async () => {
    const traceId = newTrace()
    const attributes = [
      stringValue('__proto__', 'own'),
      stringValue('constructor.prototype.polluted', 'yes'),
      { key: 'map', value: { kvlistValue: { values: [stringValue('__proto__', 'x'), stringValue('toString', 'y')] } } },
      stringValue('traceloop.association.properties.__proto__', 'z'),
      stringValue('llm.input_messages.0.message.__proto__.polluted', 'yes'),
      stringValue('metadata', '{"__proto__":{"polluted":"yes"},"constructor":"c"}'),
    ]
    const body = JSON.stringify(bodyOf(span(traceId, { attributes }))).replace(
      '{"resourceSpans"',
      '{"__proto__":{"polluted":1},"resourceSpans"',
    )
    expect((await post(body)).status).toBe(200)
    expect((await stored(traceId)).spans[0]?.metadata).toEqual({ constructor: 'c' })
    // What the API answers has no member of that name; the store has it.
    const { attributes: raw } = (await opened(traceId)).attributes as { attributes: Record<string, unknown> }
    expect(raw).toMatchObject({ map: { toString: 'y' }, 'constructor.prototype.polluted': 'yes' })
    expect(raw.polluted).toBeUndefined()
    // The next span of the same process has nothing of it.
    const next = newTrace()
    await postSpans(span(next))
    await stored(next)
    expect(JSON.stringify(await opened(next))).not.toContain('polluted')
  })

  test('bytes that are no UTF-8, halves of characters, zeros', async () => {
    const [proto, json] = [newTrace(), newTrace()]
    const bytes = encodeProto(bodyOf(span(proto, { name: 'chat-XXXX', attributes: [stringValue('user.id', 'XXXX')] })))
    const name = Buffer.from([0xff, 0xc0, 0x80, 0xed])
    for (let at = bytes.indexOf('XXXX'); at !== -1; at = bytes.indexOf('XXXX')) name.copy(bytes, at)
    expect((await postProto(bytes)).status).toBe(200)
    const half = span(json, {
      name: 'a\ud800b\0c',
      attributes: [stringValue('user.id', '\udfff\0'), stringValue('metadata', '{"a":"\\ud800\\u0000"}')],
    })
    expect((await post(JSON.stringify(bodyOf(half)))).status).toBe(200)
    expect((await stored(proto)).spans[0]?.name).toMatch(/^chat-\ufffd+$/)
    expect((await stored(json)).spans[0]?.name).toMatch(/^a\ufffdb.c$/s)
  })

  test('numbers that are none, or larger than any', async () => {
    const traceId = newTrace()
    const number = (key: string, value: object) => ({ key, value })
    const attributes = [
      number('nan', { doubleValue: 'NaN' }),
      number('infinite', { doubleValue: '-Infinity' }),
      number('int64', { intValue: '9223372036854775807' }),
      number('beyond', { intValue: '99999999999999999999999' }),
      number('gen_ai.usage.input_tokens', { doubleValue: 'NaN' }),
      number('gen_ai.usage.output_tokens', { intValue: '9223372036854775807' }),
      number('gen_ai.usage.cost', { doubleValue: 1e300 }),
      number('gen_ai.response.time_to_first_chunk', { doubleValue: 'Infinity' }),
    ]
    expect((await postSpans(span(traceId, { attributes }))).status).toBe(200)
    expect((await stored(traceId)).spans[0]).toMatchObject({ inputTokens: 0, outputTokens: 0, costUsd: null, firstTokenMs: null })
    const { attributes: raw } = (await opened(traceId)).attributes as { attributes: Record<string, unknown> }
    expect(raw).toMatchObject({ nan: 'NaN', infinite: '-Infinity', int64: '9223372036854775807' })
  })

  test('clocks that are wrong by years', async () => {
    const traceId = newTrace()
    const times = ['0', '1', '946684800000000000', '4102444800000000000', '18446744073709551615']
    const list = times.map((time, index) =>
      span(traceId, { spanId: `b7ad6b716920333${index}`, startTimeUnixNano: time, endTimeUnixNano: times[times.length - 1 - index] }),
    )
    expect((await postSpans(...list)).status).toBe(200)
    const { spans: found } = await stored(traceId, list.length)
    expect(found).toHaveLength(list.length)
    for (const { startedAt, durationMs } of found) {
      const years = (Date.parse(startedAt) - Date.now()) / (365 * 86_400_000)
      expect(years > -11 && years < 1).toBe(true)
      expect(durationMs >= 0).toBe(true)
    }
  })

  test('a span says which project it is of, and stays in that of its key', async () => {
    const traceId = newTrace()
    const attributes = ['projectId', 'project_id', 'signalbox.project', 'openinference.project.name'].map((key) =>
      stringValue(key, 'other'),
    )
    const answer = await post(JSON.stringify(bodyOf(span(traceId, { attributes }))), {
      'x-signalbox-project': 'other',
      'x-project-name': 'other',
    })
    expect(answer.status).toBe(200)
    expect((await stored(traceId)).spans[0]?.metadata.project).toBe('other')
  })
})

test('nothing of all this was accepted and then lost', async () => {
  const response = await fetch(`${signalbox.url}/api/v1/dead-letters`, { headers: { authorization: `Bearer ${signalbox.secretKey}` } })
  expect(await response.json()).toMatchObject({ deadLetters: [] })
})
