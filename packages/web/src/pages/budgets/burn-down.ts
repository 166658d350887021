import type { BudgetUse } from '@signalbox/schema'

const DAY = 86_400_000

export type BurnDown = {
  /** Milliseconds since 1970: the beginning of each day, and now. */
  starts: number[]
  window: { from: number; to: number }
  used: (number | null)[]
  /** Where an even use would stand; absent where several subjects have an amount each. */
  even: (number | null)[] | null
  forecast: (number | null)[] | null
}

/** What was used of a month so far, added up day by day, beside an even use and where it leads. `null`: the period is no month. */
export function burnDown(
  { per, measure, periodStart, periodEnd, amount, days, subjects, moreSubjects }: BudgetUse,
  now: number,
): BurnDown | null {
  if (measure === 'concurrent' || (per ?? 'month') !== 'month' || periodStart === null || periodEnd === null) return null
  const from = Date.parse(periodStart)
  const to = Date.parse(periodEnd)
  const at = Math.min(Math.max(now, from), to)
  const ofDay = new Map(days.map(({ day, used }) => [Date.parse(day), used]))
  const days0 = Array.from({ length: Math.round((to - from) / DAY) + 1 }, (_, day) => from + day * DAY)
  const starts = [...new Set([...days0, at])].sort((a, b) => a - b)
  const whole = [...ofDay.values()].reduce((sum, used) => sum + used, 0)
  const before = (time: number) => [...ofDay].reduce((sum, [day, used]) => (day + DAY <= time ? sum + used : sum), 0)
  const single = subjects.length <= 1 && !moreSubjects
  const forecast = single ? (subjects[0]?.forecast ?? null) : null
  return {
    starts,
    window: { from, to },
    used: starts.map((time) => (time < at ? before(time) : time === at ? whole : null)),
    even: single ? starts.map((time) => (amount * (time - from)) / (to - from)) : null,
    forecast:
      forecast === null
        ? null
        : starts.map((time) => (time < at ? null : to === at ? whole : whole + ((forecast - whole) * (time - at)) / (to - at))),
  }
}
