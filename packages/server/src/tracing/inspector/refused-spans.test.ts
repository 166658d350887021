import { expect, it } from 'vitest'
import { refusedSpans } from './refused-spans.ts'

const json = (...spans: unknown[]) => Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))
const good = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'fine', startTimeUnixNano: '1', endTimeUnixNano: '2' }

it('counts spans of JSON by what is wrong with them, and shows the first of each', () => {
  const refused = refusedSpans(
    json(good, { ...good, traceId: 'abc', name: 'first' }, { ...good, traceId: '', name: 'second' }, { ...good, spanId: 'x' }),
    'otlp-json',
  )
  expect(refused).toEqual([
    {
      reason: expect.stringContaining('trace id is not 16 bytes'),
      count: 2,
      sample: expect.stringContaining('"first"'),
      again: expect.anything(),
    },
    { reason: expect.stringContaining('span id is not 8 bytes'), count: 1, sample: expect.any(String), again: expect.anything() },
  ])
})

/** Field, content → a length-delimited field of protobuf. */
const field = (number: number, content: Buffer) => Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content])
const fixed = (number: number, value: bigint) => {
  const bytes = Buffer.alloc(9, (number << 3) | 1)
  bytes.writeBigUInt64LE(value, 1)
  return bytes
}

it('names what a span of protobuf holds, though it cannot be taken', () => {
  const attribute = Buffer.concat([field(1, Buffer.from('gen_ai.system')), field(2, field(1, Buffer.from('openai')))])
  const span = Buffer.concat([
    field(1, Buffer.from('abcdef', 'hex')),
    field(2, Buffer.from('00f067aa0ba902b7', 'hex')),
    field(5, Buffer.from('chat')),
    fixed(7, 1_700_000_000_000_000_000n),
    field(9, attribute),
  ])
  const body = field(1, field(2, field(2, span)))
  const [refused, ...others] = refusedSpans(body, 'otlp-protobuf')
  expect(others).toEqual([])
  expect(refused).toMatchObject({ reason: expect.stringContaining('trace id'), count: 1 })
  expect(JSON.parse(String(refused?.sample))).toEqual({
    traceId: 'abcdef (3 bytes)',
    spanId: '00f067aa0ba902b7 (8 bytes)',
    name: 'chat',
    startTimeUnixNano: '1700000000000000000',
    attributeKeys: ['gen_ai.system'],
  })
})

it('shows as far as it can be read a span that breaks off', () => {
  const span = Buffer.concat([field(5, Buffer.from('chat')), Buffer.from([0x0a, 0x7f, 1, 2])])
  const body = field(1, field(2, field(2, span)))
  expect(refusedSpans(body, 'otlp-protobuf')).toEqual([
    {
      reason: expect.stringContaining('malformed'),
      count: 1,
      sample: expect.stringContaining('breaksOffAtByte'),
      again: expect.objectContaining({ body }),
    },
  ])
})
