import { UNKNOWN } from './format-money.ts'

/** `1234567` → `1,234,567`. */
export const formatCount = (value: number | null | undefined): string =>
  value === null || value === undefined ? UNKNOWN : whole.format(value)

/** `1234567` → `1.23M`: for headline figures, with the exact one on hover. */
export function formatCompact(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN
  return Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value)
}

/** A share between 0 and 1 as a percentage: `0.0123` → `1.23%`. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return UNKNOWN
  if (share === 0) return '0%'
  const percent = share * 100
  return `${percent >= 10 ? percent.toFixed(1) : percent.toPrecision(2).replace(/\.0$/, '')}%`
}

/** A part that somebody chose, without digits that say nothing: `0.8` → `80%`, `0.125` → `12.5%`. */
export const formatPart = (part: number): string => `${Number((part * 100).toFixed(2))}%`

/** `1536` → `1.5 KB`, in powers of 1024. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let at = 0
  let value = bytes
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024
    at += 1
  }
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`
}

/** `plural(1, 'span')` → `1 span`; `plural(2, 'key')` → `2 keys`; `plural(2, 'person', 'people')` → `2 people`. */
export const plural = (count: number, noun: string, many = `${noun}s`): string => `${whole.format(count)} ${count === 1 ? noun : many}`

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
