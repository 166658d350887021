import type { PatchFields } from '@signalbox/schema'

/** What decoders of other tools' JSON read out of values that may be anything. */
export type Json = Record<string, unknown>
export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {})

/** A short text: what is no text, number or truth value says nothing. */
export function wordOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? (value.length > LONGEST ? value.slice(0, LONGEST) : value).toWellFormed() : undefined
}
const LONGEST = 2000

export const firstWord = (...values: unknown[]): string | undefined => {
  for (const value of values) {
    const word = wordOf(value)
    if (word !== undefined) return word
  }
  return undefined
}

/** A payload as text: JSON as sent, a text as it is; undefined where there is nothing. */
export function payloadOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value)
}

/** Whether a value says anything: null, '' and what is empty do not. */
export const saysMore = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== '' &&
  !(Array.isArray(value) && value.length === 0) &&
  !(isObject(value) && Object.keys(value).length === 0)

/** The fields of a patch without those that say nothing. */
export const stated = (fields: { [Field in keyof PatchFields]: PatchFields[Field] | undefined }): PatchFields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => saysMore(value))) as PatchFields

/** Metadata as texts; what is structured is JSON. */
export function textsOf(values: Json): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === '' || key === '__proto__') continue
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    texts[key.slice(0, 200)] = text.slice(0, LONGEST).toWellFormed()
  }
  return texts
}

const MOST_TAGS = 64
/** Each tag once. */
export const tagsOf = (value: unknown): string[] =>
  Array.isArray(value) ? [...new Set(value.flatMap((tag) => wordOf(tag) ?? []))].slice(0, MOST_TAGS) : []

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
/** A UUID as 32 hex digits. */
export const hexOfUuid = (value: unknown): string | undefined =>
  typeof value === 'string' && UUID.test(value) ? value.replaceAll('-', '').toLowerCase() : undefined

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?$/i
/** The year 9999: what is later is no time. */
const LATEST = 253_402_300_799_000_000

/** Microseconds since 1970, of ISO 8601 (UTC where it names no zone) or of a number of milliseconds or seconds. Undefined where it is no time. */
export function microsecondsOf(value: unknown): number | undefined {
  const us = typeof value === 'number' ? ofNumber(value) : typeof value === 'string' ? ofText(value.trim()) : undefined
  return us !== undefined && us >= 0 && us <= LATEST ? us : undefined
}

/** Numbers below this are seconds: as milliseconds they would lie in 1973. */
const MILLISECONDS_FROM = 1e11
const ofNumber = (value: number): number | undefined =>
  Number.isFinite(value) ? Math.round(value < MILLISECONDS_FROM ? value * 1e6 : value * 1000) : undefined

function ofText(text: string): number | undefined {
  const [, day, time, fraction = '', zone = 'Z'] = ISO.exec(text) ?? []
  if (!day) return undefined
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`)
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

/** The same JSON for the same members, in whatever order they were sent. */
export const inOrder = (value: Json): string =>
  JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))))

const LONGEST_SAMPLE = 4000
/** The beginning of what was sent, for whoever looks for what is wrong with it. */
export const sampleOf = (sent: unknown): string => (JSON.stringify(sent) ?? '').slice(0, LONGEST_SAMPLE)

/** What is nested deeper is nobody's data, and would take the stack of whoever writes it down again. */
const DEEPEST = 500
export const TOO_DEEP = `The JSON is nested deeper than ${DEEPEST} levels.`

/** Whether JSON is nested too deep to be taken, said before anything reads it. */
export function isTooDeep(body: Buffer, start = 0, end = body.length): boolean {
  let depth = 0
  let inText = false
  for (let at = start; at < end; at++) {
    const byte = body[at]
    if (inText) {
      if (byte === 0x5c) at++
      else if (byte === 0x22) inText = false
    } else if (byte === 0x22) inText = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > DEEPEST) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}
