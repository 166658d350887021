import { describe, expect, test } from 'vitest'
import { decodeOtlp } from './decode-otlp.ts'
import { encodeProto } from './otlp-proto.case.ts'

const TRACE = '0AF7651916CD43DD8448EB211C80319C'
const span = {
  traceId: TRACE,
  spanId: 'b7ad6b7169203331',
  parentSpanId: '00f067aa0ba902b7',
  traceState: 'a=b',
  name: 'Straße 🚀',
  kind: 3,
  flags: 769,
  startTimeUnixNano: '1731925760123456789',
  endTimeUnixNano: '1731925760123456790',
  attributes: [
    { key: 'text', value: { stringValue: 'ok' } },
    { key: 'empty', value: { stringValue: '' } },
    { key: 'nothing', value: {} },
    { key: 'yes', value: { boolValue: true } },
    { key: 'no', value: { boolValue: false } },
    { key: 'int', value: { intValue: '42' } },
    { key: 'negative', value: { intValue: '-7' } },
    { key: 'large', value: { intValue: '9223372036854775807' } },
    { key: 'small', value: { intValue: '-9223372036854775808' } },
    { key: 'double', value: { doubleValue: 0.25 } },
    { key: 'bytes', value: { bytesValue: 'AQID' } },
    {
      key: 'list',
      value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }, { arrayValue: { values: [{ boolValue: true }] } }] } },
    },
    { key: 'none', value: { arrayValue: {} } },
    {
      key: 'map',
      value: {
        kvlistValue: {
          values: [
            { key: '__proto__', value: { stringValue: 'own' } },
            { key: 'b', value: { intValue: '2' } },
          ],
        },
      },
    },
    { key: 'ключ', value: { stringValue: 'значение' } },
    { key: `long.${'x'.repeat(100)}`, value: { stringValue: 'y' } },
  ],
  droppedAttributesCount: 3,
  events: [
    { name: 'e', timeUnixNano: '1731925760123456000', attributes: [{ key: 'k', value: { stringValue: 'v' } }], droppedAttributesCount: 1 },
  ],
  links: [
    { traceId: TRACE, spanId: 'b7ad6b7169203332', traceState: 'c=d', flags: 1, attributes: [{ key: 'l', value: { intValue: '1' } }] },
  ],
  status: { code: 2, message: 'no' },
}
const request = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      schemaUrl: 'https://opentelemetry.io/schemas/1.41.0',
      scopeSpans: [
        { scope: { name: 'ai', version: '7', attributes: [{ key: 's', value: { stringValue: 't' } }] }, spans: [span] },
        { spans: [span] },
      ],
    },
  ],
}
const decodeJson = (value: unknown) => decodeOtlp(Buffer.from(JSON.stringify(value)), 'otlp-json')

test('both encodings give the same objects', () => {
  expect(decodeOtlp(encodeProto(request), 'otlp-protobuf')).toEqual(decodeJson(request))
})

test('every kind of value keeps what it is', () => {
  const decoded = decodeJson(request).resources[0]?.scopes[0]?.spans[0]
  expect(decoded).toMatchObject({
    traceId: TRACE.toLowerCase(),
    parentSpanId: '00f067aa0ba902b7',
    start: { us: 1_731_925_760_123_456, ns: 789 },
    end: { us: 1_731_925_760_123_456, ns: 790 },
    statusCode: 2,
    flags: 769,
  })
  const values = new Map(decoded?.attributes.map(({ key, value }) => [key, value]))
  expect(values.get('int')).toBe(42)
  expect(values.get('negative')).toBe(-7)
  expect(values.get('large')).toBe('9223372036854775807')
  expect(values.get('small')).toBe('-9223372036854775808')
  expect(values.get('nothing')).toBeNull()
  expect(values.get('list')).toEqual(['a', 1, [true]])
  expect(JSON.stringify(values.get('map'))).toBe('{"__proto__":"own","b":2}')
  expect(Object.getPrototypeOf(values.get('map'))).toBeNull()
})

test('numbers that JSON does not have are text in both encodings', () => {
  const numbers = (values: unknown[]) => ({
    resourceSpans: [
      { scopeSpans: [{ spans: [{ ...span, attributes: values.map((doubleValue, i) => ({ key: String(i), value: { doubleValue } })) }] }] },
    ],
  })
  const fromJson = decodeJson(numbers(['NaN', 'Infinity', '-Infinity']))
  expect(fromJson.resources[0]?.scopes[0]?.spans[0]?.attributes.map(({ value }) => value)).toEqual(['NaN', 'Infinity', '-Infinity'])
  expect(decodeOtlp(encodeProto(numbers([Number.NaN, Infinity, -Infinity])), 'otlp-protobuf')).toEqual(fromJson)
})

describe('quirks of JSON', () => {
  const one = (change: object) =>
    decodeJson({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...change }] }] }] }).resources[0]?.scopes[0]?.spans[0]

  test('numbers where text is due', () => {
    expect(one({ startTimeUnixNano: 1_731_925_760_123_000_000 })?.start.us).toBe(1_731_925_760_123_000)
    expect(one({ attributes: [{ key: 'int', value: { intValue: 42 } }] })?.attributes).toEqual([{ key: 'int', value: 42 }])
  })

  test('names where numbers are due', () => {
    expect(one({ kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } })).toMatchObject({ kind: 3, statusCode: 2 })
  })

  test('what is not there', () => {
    expect(one({ attributes: undefined, events: null, links: undefined, status: undefined, endTimeUnixNano: undefined })).toMatchObject({
      attributes: [],
      events: [],
      end: { us: 0, ns: 0 },
      statusCode: 0,
    })
  })

  test('half of a surrogate pair becomes the replacement character', () => {
    expect(one({ attributes: [{ key: 'cut', value: { stringValue: 'a\ud83d' } }] })?.attributes[0]?.value).toBe('a\ufffd')
  })
})

test('an absurd time stays a number that can be stored', () => {
  const late = { ...span, startTimeUnixNano: '18446744073709551615', attributes: [] }
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [late] }] }] }
  expect(decodeJson(body).resources[0]?.scopes[0]?.spans[0]?.start).toEqual({ us: Number.MAX_SAFE_INTEGER, ns: 0 })
  expect(decodeOtlp(encodeProto(body), 'otlp-protobuf')).toEqual(decodeJson(body))
})
