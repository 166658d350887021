import { crc32 } from 'node:zlib'
import type { ServerEvent } from '../codec.ts'

/** More than any message may weigh (24 MB of payload, 128 KB of headers), so that garbage is not taken for a length. */
const LARGEST = 32 * 1024 * 1024
const PRELUDE = 12
const SMALLEST = PRELUDE + 4

/**
 * Reads `application/vnd.amazon.eventstream` from bytes as they come, cut anywhere: length, length of the headers, checksum
 * of both, headers, payload, checksum of all. An event is named by `:event-type` or `:exception-type`, and its data is the
 * payload. What is not such a message becomes one event `error` with a JSON `message`, and nothing is read after it.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export class EventStreamReader {
  #chunks: Buffer[] = []
  #held = 0
  /** How many bytes there must be before a look is worth it, so that a large message is joined once. */
  #needed = PRELUDE
  #broken = false

  push(chunk: Buffer): ServerEvent[] {
    if (this.#broken) return []
    this.#chunks.push(chunk)
    this.#held += chunk.length
    if (this.#held < this.#needed) return []
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#held)
    const events: ServerEvent[] = []
    let at = 0
    this.#needed = PRELUDE
    while (bytes.length - at >= PRELUDE) {
      const total = bytes.readUInt32BE(at)
      if (bytes.readUInt32BE(at + 8) !== crc32(bytes.subarray(at, at + 8)))
        return this.#break(events, 'its head does not match its checksum')
      if (total < SMALLEST || total > LARGEST) return this.#break(events, `its length cannot be ${total}`)
      if (bytes.length - at < total) {
        this.#needed = total
        break
      }
      const event = readMessage(bytes.subarray(at, at + total))
      if (typeof event === 'string') return this.#break(events, event)
      events.push(event)
      at += total
    }
    this.#held = bytes.length - at
    this.#chunks = this.#held > 0 ? [bytes.subarray(at)] : []
    return events
  }

  finish(): ServerEvent[] {
    return this.#held > 0 && !this.#broken ? this.#break([], 'it ends in the middle') : []
  }

  #break(events: ServerEvent[], why: string): ServerEvent[] {
    this.#broken = true
    this.#chunks = []
    this.#held = 0
    events.push({
      event: 'error',
      data: JSON.stringify({ message: `The provider's event stream holds a message that cannot be read: ${why}.` }),
    })
    return events
  }
}

/** One message as the provider would send it. What is called an exception is sent as one. */
export function encodeFrame({ event, data }: ServerEvent): Buffer {
  const exception = /exception$/i.test(event)
  const headers = Buffer.concat([
    stringHeader(exception ? ':exception-type' : ':event-type', event),
    stringHeader(':content-type', 'application/json'),
    stringHeader(':message-type', exception ? 'exception' : 'event'),
  ])
  const payload = Buffer.from(data)
  const frame = Buffer.alloc(SMALLEST + headers.length + payload.length)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(headers.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  headers.copy(frame, PRELUDE)
  payload.copy(frame, PRELUDE + headers.length)
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4)
  return frame
}

function stringHeader(name: string, value: string): Buffer {
  const text = Buffer.from(value)
  const head = Buffer.from([Buffer.byteLength(name), ...Buffer.from(name), 7, text.length >> 8, text.length & 0xff])
  return Buffer.concat([head, text])
}

/** The event in a whole message, or why there is none. */
function readMessage(message: Buffer): ServerEvent | string {
  const end = message.length - 4
  if (message.readUInt32BE(end) !== crc32(message.subarray(0, end))) return 'it does not match its checksum'
  const headersEnd = PRELUDE + message.readUInt32BE(4)
  if (headersEnd > end) return 'its headers are longer than itself'
  const headers = readHeaders(message.subarray(PRELUDE, headersEnd))
  if (!headers) return 'its headers are malformed'
  const payload = message.toString('utf8', headersEnd, end)
  if (headers.get(':message-type') === 'error')
    return {
      event: 'error',
      data: JSON.stringify({ message: headers.get(':error-message') || payload, code: headers.get(':error-code') ?? 'error' }),
    }
  return { event: headers.get(':exception-type') ?? headers.get(':event-type') ?? '', data: payload }
}

/** Bytes of a value by its type: true, false, byte, short, integer, long, bytes, text, time, UUID; -1 where two bytes before it say. */
const SIZES = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16]
const TEXT = 7

/** The headers that hold text; all others are stepped over. */
function readHeaders(bytes: Buffer): Map<string, string> | undefined {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + bytes.readUInt8(at)
    if (nameEnd >= bytes.length) return undefined
    const type = bytes.readUInt8(nameEnd)
    let size = SIZES[type]
    let start = nameEnd + 1
    if (size === undefined) return undefined
    if (size < 0) {
      if (start + 2 > bytes.length) return undefined
      size = bytes.readUInt16BE(start)
      start += 2
    }
    if (start + size > bytes.length) return undefined
    if (type === TEXT) headers.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', start, start + size))
    at = start + size
  }
  return headers
}
