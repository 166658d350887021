/** Object ids of the column types whose JavaScript values both drivers must agree on; `SELECT oid, typname FROM pg_type`. */
const OID = { bytea: 17, int8: 20, json: 114, jsonb: 3802 } as const

type ValueType = { to: number; from: number[]; serialize: (value: unknown) => string; parse: (text: string) => unknown }

/**
 * What differs between the drivers by default, made the same: `bigint` is a number (exact up to 2^53), `json` is parsed
 * and a string given for it is taken as JSON text, `bytea` is a Buffer. `numeric` stays text: cast sums with `::bigint`.
 */
export const VALUE_TYPES = {
  bigint: { to: OID.int8, from: [OID.int8], serialize: String, parse: Number },
  json: {
    to: OID.json,
    from: [OID.json, OID.jsonb],
    serialize: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
    parse: (text) => JSON.parse(text) as unknown,
  },
  bytea: { to: OID.bytea, from: [OID.bytea], serialize: hex, parse: (text) => Buffer.from(text.slice(2), 'hex') },
} satisfies Record<string, ValueType>

/** The same as maps by object id. */
export const parsers = byOid((type) => type.parse)
export const serializers = byOid((type) => type.serialize)

function byOid<T>(pick: (type: ValueType) => T): Record<number, T> {
  return Object.fromEntries(Object.values(VALUE_TYPES).flatMap((type) => type.from.map((oid) => [oid, pick(type)])))
}

function hex(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw new TypeError('A bytea parameter must be a Uint8Array.')
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
}
