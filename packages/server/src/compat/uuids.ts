import { sha256 } from '../lib/ids.ts'

/** Ids as clients write them that know only UUIDs. A span id of 16 digits stands behind zeros. */
export const uuidOf = (hex: string): string => hex.padStart(32, '0').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** Back again; undefined where it is no UUID. */
export function spanIdOfUuid(uuid: string): string | undefined {
  const hex = uuid.replaceAll('-', '').toLowerCase()
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined
  return hex.startsWith('0'.repeat(16)) ? hex.slice(16) : hex
}

/** A UUID for a name: the same one each time. */
export function uuidForName(...names: string[]): string {
  const hex = sha256(names.join('\n'))
  return uuidOf(`${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`)
}

const DAY = 86_400_000
/** The year 2100: an id that says more says nothing. */
const LATEST = 4_102_444_800_000

/** Around when a UUID of version 7 was made; undefined of others, which say nothing of it. */
export function windowOfUuid(hex: string): { from: string; to: string } | undefined {
  if (hex.length !== 32 || hex[12] !== '7') return undefined
  const ms = Number.parseInt(hex.slice(0, 12), 16)
  if (ms > LATEST) return undefined
  return { from: new Date(Math.max(0, ms - DAY)).toISOString(), to: new Date(ms + DAY).toISOString() }
}
