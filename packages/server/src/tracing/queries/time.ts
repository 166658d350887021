import { AppError } from '@signalbox/schema'

/** ISO 8601 UTC → microseconds since 1970, with as many digits of the fraction as the store keeps. */
export function toMicros(iso: string): number {
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) throw new AppError('invalid-request', `"${iso}" is not an ISO 8601 time.`)
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? ''
  return Math.floor(ms / 1000) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

/** Microseconds since 1970 → ISO 8601 UTC; six digits of the fraction where three would lose some. */
export function toIso(micros: number): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString()
  const rest = ((micros % 1000) + 1000) % 1000
  return rest === 0 ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}
