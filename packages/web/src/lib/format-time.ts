import { UNKNOWN } from './format-money.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long ago: `now`, `12s ago`, `3m ago`, `2h ago`, `5d ago`; older than 30 days is the date. */
export function formatAgo(iso: string, now: number): string {
  const time = Date.parse(iso)
  const past = now - time
  if (past < -MINUTE) return `in ${unit(-past)}`
  if (past < 2 * SECOND) return 'now'
  if (past > 30 * DAY) return iso.slice(0, 10)
  return `${unit(past)} ago`
}

/** The exact moment for a tooltip, in local time with milliseconds and in UTC. */
export function exactTime(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  return `${date.toLocaleDateString('en-CA')} ${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')} local\n${iso}`
}

/** A moment to the second, local time: `2026-11-21 17:05:39`. */
export function formatMoment(iso: string): string {
  const date = new Date(iso)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ')
}

/** A duration with the unit that fits: `0.4 ms`, `850 ms`, `1.23 s`, `2m 03s`, `1h 04m`. */
export function formatDuration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined || !Number.isFinite(milliseconds)) return UNKNOWN
  if (milliseconds < 1) return milliseconds === 0 ? '0 ms' : `${milliseconds.toPrecision(1)} ms`
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / SECOND).toFixed(milliseconds < 9_995 ? 2 : 1)} s`
  const whole = Math.round(milliseconds / SECOND) * SECOND
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m ${two((whole % MINUTE) / SECOND)}s`
  if (whole < DAY) return `${Math.floor(whole / HOUR)}h ${two((whole % HOUR) / MINUTE)}m`
  return `${Math.floor(whole / DAY)}d ${two((whole % DAY) / HOUR)}h`
}

/** Microseconds since 1970 of an ISO time that may carry more digits than milliseconds. */
export function parseMicros(iso: string): number {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? ''
  const beyond = fraction.slice(3, 6).padEnd(3, '0')
  return Date.parse(iso) * 1000 + Number(beyond)
}

const two = (value: number) => String(Math.floor(value)).padStart(2, '0')

function unit(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / SECOND)}s`
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)}m`
  if (milliseconds < DAY) return `${Math.floor(milliseconds / HOUR)}h`
  return `${Math.floor(milliseconds / DAY)}d`
}
