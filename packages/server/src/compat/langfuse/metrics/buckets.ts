import type { MetricsQuery } from './query.ts'

type Asked = NonNullable<MetricsQuery['timeDimension']>['granularity']
export type Granularity = Exclude<Asked, 'auto'>

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** `auto` is the step that gives a chart some fifty of them. */
export function granularityOf(asked: Asked, from: string, to: string): Granularity {
  if (asked !== 'auto') return asked
  const length = Date.parse(to) - Date.parse(from)
  if (length < 2 * HOUR) return 'minute'
  if (length < 3 * DAY) return 'hour'
  if (length < 60 * DAY) return 'day'
  return length < 365 * DAY ? 'week' : 'month'
}

const INSTANT = `'%Y-%m-%dT%H:%i:%SZ'`
const DATE = `'%Y-%m-%d'`
/** The time of a row as the beginning of its bucket: a time, or a date where a bucket is a day or longer. Weeks begin on Monday. */
export const TIME_SQL: Record<Granularity, (at: string) => string> = {
  minute: (at) => `formatDateTime(toStartOfMinute(${at}, 'UTC'), ${INSTANT}, 'UTC')`,
  hour: (at) => `formatDateTime(toStartOfHour(${at}, 'UTC'), ${INSTANT}, 'UTC')`,
  day: (at) => `formatDateTime(${at}, ${DATE}, 'UTC')`,
  week: (at) => `formatDateTime(toMonday(${at}, 'UTC'), ${DATE})`,
  month: (at) => `formatDateTime(toStartOfMonth(${at}, 'UTC'), ${DATE})`,
}

/** The buckets of a window, from the one that its beginning is in; written as above. */
export function* bucketsOf(granularity: Granularity, from: string, to: string): Generator<string> {
  const end = Date.parse(to)
  for (let at = startOf(granularity, new Date(from)); at.getTime() < end; at = next(granularity, at)) {
    const iso = at.toISOString()
    yield granularity === 'minute' || granularity === 'hour' ? `${iso.slice(0, 19)}Z` : iso.slice(0, 10)
  }
}

function startOf(granularity: Granularity, at: Date): Date {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  if (granularity === 'minute') return new Date(Math.floor(at.getTime() / 60_000) * 60_000)
  if (granularity === 'hour') return new Date(Math.floor(at.getTime() / HOUR) * HOUR)
  if (granularity === 'month') return new Date(Date.UTC(year, month))
  return new Date(Date.UTC(year, month, granularity === 'week' ? day - ((at.getUTCDay() + 6) % 7) : day))
}

function next(granularity: Granularity, at: Date): Date {
  if (granularity === 'month') return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1))
  const step = { minute: 60_000, hour: HOUR, day: DAY, week: 7 * DAY }[granularity]
  return new Date(at.getTime() + step)
}
