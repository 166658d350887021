import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkOtlp } from './check-otlp.ts'
import { decodeOtlp } from './decode-otlp.ts'
import { encodeProto } from './otlp-proto.case.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const good = {
  traceId: TRACE,
  spanId: SPAN,
  name: 'chat',
  startTimeUnixNano: '1731925760123456789',
  endTimeUnixNano: '1731925761123456789',
}
const request = (...spans: unknown[]) => ({
  resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: 's' }, spans }] }],
})
const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const proto = (value: object) => encodeProto(value)
const accepted = (body: Uint8Array, format: 'otlp-protobuf' | 'otlp-json') =>
  decodeOtlp(body, format).resources.flatMap(({ scopes }) => scopes.flatMap(({ spans }) => spans)).length

describe.each(['otlp-protobuf', 'otlp-json'] as const)('%s', (format) => {
  const encode = (value: object) => (format === 'otlp-json' ? json(value) : proto(value))

  test('counts what it takes', () => {
    expect(checkOtlp(encode(request(good, { ...good, spanId: '00000000000000ff' })), format)).toEqual({
      spans: 2,
      rejected: 0,
      message: '',
      origins: [{ name: 's', spans: 2, rejected: 0 }],
    })
  })

  test('tells who made which spans', () => {
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
    const python = [attribute('telemetry.sdk.name', 'opentelemetry'), attribute('telemetry.sdk.language', 'python')]
    const scoped = (name: string, ...spans: unknown[]) => ({ scope: { name, version: '1.2' }, spans })
    const body = {
      resourceSpans: [
        {
          resource: { attributes: [...python, attribute('telemetry.sdk.version', '1.45.2')] },
          scopeSpans: [
            scoped('openai', good, { ...good, traceId: 'abcd' }),
            scoped('langchain', good),
            scoped('openai', good),
            { spans: [good] },
          ],
        },
        { scopeSpans: [{ spans: [good] }] },
      ],
    }
    expect(checkOtlp(encode(body), format)).toMatchObject({
      spans: 5,
      rejected: 1,
      origins: [
        { name: 'openai 1.2, opentelemetry python 1.45.2', spans: 2, rejected: 1 },
        { name: 'langchain 1.2, opentelemetry python 1.45.2', spans: 1, rejected: 0 },
        { name: 'opentelemetry python 1.45.2', spans: 1, rejected: 0 },
        { name: '', spans: 1, rejected: 0 },
      ],
    })
    const many = { resourceSpans: [{ scopeSpans: Array.from({ length: 100 }, (_, index) => scoped(`library ${index}`, good)) }] }
    const { origins } = checkOtlp(encode(many), format) as { origins: { name: string; spans: number }[] }
    expect(origins).toHaveLength(21)
    expect(origins.at(-1)).toEqual({ name: '', spans: 80, rejected: 0 })
  })

  test('an export of nothing is fine', () => {
    expect(checkOtlp(encode({ resourceSpans: [] }), format)).toEqual({ spans: 0, rejected: 0, message: '', origins: [] })
    expect(checkOtlp(encode(request()), format)).toEqual({ spans: 0, rejected: 0, message: '', origins: [] })
  })

  test.each([
    ['a short trace id', { traceId: 'abcd' }, 'trace id'],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, 'trace id'],
    ['no trace id', { traceId: undefined }, 'trace id'],
    ['a span id of a UUID', { spanId: TRACE }, 'span id'],
    ['a span id of zeros', { spanId: '0'.repeat(16) }, 'span id'],
    ['no span id', { spanId: undefined }, 'span id'],
  ])('%s is rejected and spoils no other span', (_name, change, word) => {
    const body = encode(request(good, { ...good, ...change }, good))
    const result = checkOtlp(body, format)
    expect(result).toMatchObject({ spans: 2, rejected: 1 })
    expect((result as { message: string }).message).toMatch(new RegExp(`^1 of 3 spans rejected; the first is number 2: .*${word}`))
    expect(accepted(body, format)).toBe(2)
  })

  test('values nested without end are rejected, not a full stack', () => {
    const value = `${'{"arrayValue":{"values":['.repeat(3000)}{"stringValue":"x"}${']}}'.repeat(3000)}`
    const deep = JSON.stringify(request(good, { ...good, attributes: [{ key: 'deep', value: '' }] })).replace(
      '"value":""',
      `"value":${value}`,
    )
    const body = format === 'otlp-json' ? Buffer.from(deep) : deepProtobuf(3000)
    expect(checkOtlp(body, format)).toMatchObject({ spans: 1, rejected: 1 })
    expect(accepted(body, format)).toBe(1)
  })

  test.each([
    [
      'logs',
      'ExportLogsServiceRequest',
      { resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: '17', severityNumber: 9, body: { stringValue: 'hello' } }] }] }] },
    ],
    [
      'logs',
      'ExportLogsServiceRequest',
      { resourceLogs: [{ scopeLogs: [{ logRecords: [{ observedTimeUnixNano: '17', body: { stringValue: 'hello' }, traceId: TRACE }] }] }] },
    ],
    [
      'metrics',
      'ExportMetricsServiceRequest',
      { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'requests', sum: { dataPoints: [{ asDouble: 3 }] } }] }] }] },
    ],
  ] as const)('%s sent here are named', (signal, message, body) => {
    const bytes = format === 'otlp-json' ? json(body) : encodeProto(body, message)
    expect(checkOtlp(bytes, format)).toEqual({ error: expect.stringContaining(`OpenTelemetry ${signal}, not traces`) })
  })
})

test('a gauge, which looks most like a span, is not taken for one', () => {
  const gauge = {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'process.memory.u', gauge: { dataPoints: [{ asDouble: 3 }] } }] }] }],
  }
  expect(checkOtlp(encodeProto(gauge, 'ExportMetricsServiceRequest'), 'otlp-protobuf')).toEqual({
    error: expect.stringContaining('not spans'),
  })
})

test.each([
  ['JSON sent as protobuf', Buffer.from('{"resourceSpans":[]}'), 'application/json'],
  ['gzip that was not said', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), 'gzip'],
  ['text', Buffer.from('hello world, this is no protobuf'), 'not a complete OTLP protobuf'],
  ['a body that breaks off', proto(request(good)).subarray(0, 40), 'breaks off'],
  ['a length beyond the end', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), 'breaks off'],
])('protobuf: %s', (_name, body, word) => {
  expect(checkOtlp(body, 'otlp-protobuf')).toEqual({ error: expect.stringContaining(word) })
  expect(() => decodeOtlp(body, 'otlp-protobuf')).toThrow()
})

test.each([
  ['not JSON', '{"resourceSpans":', 'not JSON'],
  ['protobuf sent as JSON', proto(request(good)), 'application/x-protobuf'],
  ['a list', '[]', 'not an object'],
  ['null', 'null', 'not an object'],
  ['spans that are text', '{"resourceSpans":[{"scopeSpans":[{"spans":"x"}]}]}', 'list'],
  ['numbers for resources', '{"resourceSpans":[1]}', 'list of objects'],
  ['another way to write it', '{"resource_spans":[]}', 'resourceSpans'],
])('JSON: %s', (_name, body, word) => {
  expect(checkOtlp(Buffer.from(body), 'otlp-json')).toEqual({ error: expect.stringContaining(word) })
  expect(() => decodeOtlp(Buffer.from(body), 'otlp-json')).toThrow()
})

test.each([
  ['null', null],
  ['text', 'span'],
  ['attributes as a map', { ...good, attributes: { a: 1 } }],
  ['an attribute without a key', { ...good, attributes: [{ value: { stringValue: 'x' } }] }],
  ['a time in words', { ...good, startTimeUnixNano: 'yesterday' }],
  ['a negative time', { ...good, startTimeUnixNano: -5 }],
])('JSON: a span of %s is rejected alone', (_name, span) => {
  const body = json(request(good, span))
  expect(checkOtlp(body, 'otlp-json')).toMatchObject({ spans: 1, rejected: 1 })
  expect(accepted(body, 'otlp-json')).toBe(1)
})

test('whatever bytes are sent, nothing throws, and what is counted is what is decoded', () => {
  const spans = Array.from({ length: 4 }, (_, i) => ({
    ...good,
    spanId: `00000000000000f${i}`,
    attributes: [
      { key: 'gen_ai.request.model', value: { stringValue: 'gpt-4o' } },
      { key: 'list', value: { arrayValue: { values: [{ intValue: '-7' }, { doubleValue: 1.5 }, { boolValue: true }] } } },
    ],
    events: [
      {
        name: 'e',
        timeUnixNano: '5',
        attributes: [{ key: 'k', value: { kvlistValue: { values: [{ key: 'x', value: { intValue: '1' } }] } } }],
      },
    ],
    status: { code: 2, message: 'no' },
  }))
  const whole = proto(request(...spans))
  const edits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 0, maxLength: 6 })
  fc.assert(
    fc.property(edits, fc.integer({ min: 0, max: whole.length }), fc.boolean(), (changes, length, cut) => {
      const body = Buffer.from(cut ? whole.subarray(0, length) : whole)
      for (const [at, byte] of changes) if (at < body.length) body[at] = byte
      const result = checkOtlp(body, 'otlp-protobuf')
      if ('error' in result) return
      expect(accepted(body, 'otlp-protobuf')).toBe(result.spans)
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.json(), (bytes, text) => {
      checkOtlp(bytes, 'otlp-protobuf')
      const body = Buffer.from(text)
      const result = checkOtlp(body, 'otlp-json')
      if (!('error' in result)) expect(accepted(body, 'otlp-json')).toBe(result.spans)
    }),
  )
})

/** Two spans, of which the second has lists in lists; protobufjs refuses to encode such a thing. */
function deepProtobuf(depth: number): Buffer {
  const field = (tag: number, content: Buffer) => Buffer.concat([Buffer.from([tag, ...varint(content.length)]), content])
  let value = field(0x0a, Buffer.from('x'))
  for (let i = 0; i < depth; i++) value = field(0x2a, field(0x0a, value))
  const attribute = Buffer.concat([field(0x0a, Buffer.from('deep')), field(0x12, value)])
  const start = Buffer.concat([field(0x0a, Buffer.from(TRACE, 'hex')), field(0x12, Buffer.from(SPAN, 'hex'))])
  const scopeSpans = Buffer.concat([field(0x12, start), field(0x12, Buffer.concat([start, field(0x4a, attribute)]))])
  return field(0x0a, field(0x12, scopeSpans))
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
}
