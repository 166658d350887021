import { BYTES, FIXED64, readerOf, readVarint, skip, VARINT } from '../ingest/otlp/wire.ts'

/** A span of protobuf, as a person can read it even where it is wrong: names instead of numbers, ids as hex, keys of attributes. */
export function describeSpan(bytes: Uint8Array): string {
  const reader = readerOf(bytes)
  const end = bytes.length
  const span: Record<string, unknown> = {}
  const attributes: string[] = []
  while (reader.at < end) {
    const at = reader.at
    const tag = readVarint(reader, end)
    const wire = tag & 7
    const number = tag >>> 3
    const from = reader.at
    if (tag < 8 || !skip(reader, wire, end)) {
      span.breaksOffAtByte = at
      break
    }
    const name = NAMES[number]
    const slice = wire === BYTES ? contentOf(bytes.subarray(from, reader.at)) : undefined
    if (number === 9 && slice) attributes.push(keyOf(slice))
    else if (!name) span[`field${number}`] = WIRES[wire] ?? `wire type ${wire}`
    else if (slice) span[name] = number <= 2 || number === 4 ? hexOf(slice) : slice.toString('utf8').slice(0, 200)
    else if (wire === FIXED64) span[name] = String(reader.bytes.readBigUInt64LE(from))
    else if (wire === VARINT) {
      reader.at = from
      span[name] = readVarint(reader, end)
    } else span[name] = WIRES[wire]
  }
  if (attributes.length > 0) span.attributeKeys = attributes.slice(0, 50)
  return JSON.stringify(span, null, 2)
}

/** Of opentelemetry-proto's Span; what is not here is a field of another message. */
const NAMES: Record<number, string> = {
  1: 'traceId',
  2: 'spanId',
  3: 'traceState',
  4: 'parentSpanId',
  5: 'name',
  6: 'kind',
  7: 'startTimeUnixNano',
  8: 'endTimeUnixNano',
  16: 'flags',
}
const WIRES: Record<number, string> = { 0: 'a number', 1: 'eight bytes', 2: 'bytes', 5: 'four bytes' }

const hexOf = (bytes: Buffer): string =>
  bytes.length === 0 ? '(empty)' : `${bytes.subarray(0, 32).toString('hex')}${bytes.length > 32 ? '…' : ''} (${bytes.length} bytes)`

/** Without the length in front. */
function contentOf(field: Uint8Array): Buffer {
  const reader = readerOf(field)
  readVarint(reader, field.length)
  return reader.bytes.subarray(reader.at)
}

/** The key of a KeyValue: its first field. */
function keyOf(bytes: Buffer): string {
  const reader = readerOf(bytes)
  if (readVarint(reader, bytes.length) !== 10) return '(no key)'
  const length = readVarint(reader, bytes.length)
  return reader.bytes
    .subarray(reader.at, reader.at + Math.max(length, 0))
    .toString('utf8')
    .slice(0, 100)
}
