import { crc32 } from 'node:zlib'

/**
 * One message of `application/vnd.amazon.eventstream`: total length, length of the headers, checksum of both, headers,
 * payload, checksum of everything. Big-endian, CRC-32.
 * https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream
 */
export function eventStreamMessage(headers: Record<string, string>, payload: string): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const body = Buffer.from(payload)
  const message = Buffer.alloc(PRELUDE + CHECKSUM + head.length + body.length + CHECKSUM)
  message.writeUInt32BE(message.length, 0)
  message.writeUInt32BE(head.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, PRELUDE)), PRELUDE)
  head.copy(message, PRELUDE + CHECKSUM)
  body.copy(message, PRELUDE + CHECKSUM + head.length)
  message.writeUInt32BE(crc32(message.subarray(0, -CHECKSUM)), message.length - CHECKSUM)
  return message
}

const PRELUDE = 8
const CHECKSUM = 4
/** The type of a header whose value is text. */
const TEXT = 7

function header(name: string, value: string): Buffer {
  const text = Buffer.from(value)
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([TEXT, text.length >> 8, text.length & 255]), text])
}
