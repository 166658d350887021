import { MAX_DEPTH } from './decoded.ts'
import { BYTES, FIXED32, FIXED64, type Reader, readVarint, skip, VARINT } from './wire.ts'

/** A message of the protocol: by field number, its wire type and, where it is one, the message inside. */
export type Message = { wire: number; message?: Message }[]

const text = { wire: BYTES }
const number = { wire: VARINT }
const fields = (numbered: Record<number, Message[number]>): Message => {
  const message: Message = []
  for (const [field, kind] of Object.entries(numbered)) message[Number(field)] = kind
  return message
}

// The messages of https://github.com/open-telemetry/opentelemetry-proto (trace, common, resource), by field number.
const ANY_VALUE: Message = []
const KEY_VALUE = fields({ 1: text, 2: { wire: BYTES, message: ANY_VALUE } })
const ARRAY_VALUE = fields({ 1: { wire: BYTES, message: ANY_VALUE } })
const KEY_VALUE_LIST = fields({ 1: { wire: BYTES, message: KEY_VALUE } })
Object.assign(
  ANY_VALUE,
  fields({
    1: text,
    2: number,
    3: number,
    4: { wire: FIXED64 },
    5: { wire: BYTES, message: ARRAY_VALUE },
    6: { wire: BYTES, message: KEY_VALUE_LIST },
    7: text,
  }),
)
const attributes = { wire: BYTES, message: KEY_VALUE }
const EVENT = fields({ 1: { wire: FIXED64 }, 2: text, 3: attributes, 4: number })
const LINK = fields({ 1: text, 2: text, 3: text, 4: attributes, 5: number, 6: { wire: FIXED32 } })
const STATUS = fields({ 2: text, 3: number })
export const RESOURCE = fields({ 1: attributes, 2: number })
export const SCOPE = fields({ 1: text, 2: text, 3: attributes, 4: number })
export const SPAN = fields({
  1: text,
  2: text,
  3: text,
  4: text,
  5: text,
  6: number,
  7: { wire: FIXED64 },
  8: { wire: FIXED64 },
  9: attributes,
  10: number,
  11: { wire: BYTES, message: EVENT },
  12: number,
  13: { wire: BYTES, message: LINK },
  14: number,
  15: { wire: BYTES, message: STATUS },
  16: { wire: FIXED32 },
})

/** A list in a list is two messages deeper: the value and what it holds. */
const DEEPEST_MESSAGE = 2 * MAX_DEPTH + 2

/** Whether the bytes up to `end` are this message, down to the last nested value. Unknown fields are allowed. */
export function isMessage(reader: Reader, end: number, message: Message, depth = 0): boolean {
  while (reader.at < end) {
    const tag = readVarint(reader, end)
    if (tag < 8 || tag > 0xffffffff) return false
    const wire = tag & 7
    const field = message[tag >>> 3]
    if (!field) {
      if (!skip(reader, wire, end)) return false
    } else if (field.wire !== wire) return false
    else if (field.message) {
      const length = readVarint(reader, end)
      const stop = reader.at + length
      if (length < 0 || stop > end || depth >= DEEPEST_MESSAGE || !isMessage(reader, stop, field.message, depth + 1)) return false
    } else if (!skip(reader, wire, end)) return false
  }
  return reader.at === end
}
