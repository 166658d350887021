export type Period = { from: number; to: number }

/** What happens in the time that the demo tells of. All times in milliseconds since 1970. */
export type Story = {
  startsAt: number
  endsAt: number
  /** From then on answers are streamed, and peaks no longer slow the copilot down. */
  streamingAt: number
  /** OpenAI is slow, and refuses more. */
  incident: Period
  /** A release with a prompt that makes vague answers, and with a client of the order service that fails; then it is rolled back. */
  badDeploy: Period
  /** The same release again, mended. */
  fixedAt: number
}

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
const MINUTE = 60_000
/** A story of fewer days has no day five; it is told in parts of its length then. */
const WHOLE_STORY_DAYS = 6

export const RELEASES = { slow: '4.10.0', steady: '4.11.2', bad: '4.12.0', fixed: '4.12.1', staging: '4.13.0-rc.1' } as const

/** The story of so many days that end at `endsAt`. Of seven, the last is today: the bad deploy comes on day five, in the morning (UTC). */
export function storyOf({ days, endsAt }: { days: number; endsAt: number }): Story {
  const length = days * DAY
  const startsAt = endsAt - length
  const clock = (daysAgo: number, hours: number) => Math.floor(endsAt / DAY) * DAY - daysAgo * DAY + hours * HOUR
  const part = (share: number) => startsAt + Math.round(share * length)
  const whole = days >= WHOLE_STORY_DAYS
  const incident = whole ? clock(4, 14.2) : part(0.36)
  const bad = whole ? clock(2, 9.65) : part(0.6)
  return {
    startsAt,
    endsAt,
    streamingAt: whole ? clock(4, 6.5) : part(0.2),
    incident: { from: incident, to: incident + Math.min(45 * MINUTE, length / 20) },
    badDeploy: { from: bad, to: bad + Math.min(3.4 * HOUR, length / 8) },
    fixedAt: whole ? clock(1, 8.25) : part(0.85),
  }
}

export const isWithin = ({ from, to }: Period, at: number): boolean => at >= from && at < to

/** Which release of the copilot was live. */
export function releaseAt(story: Story, at: number): string {
  if (at < story.streamingAt) return RELEASES.slow
  if (isWithin(story.badDeploy, at)) return RELEASES.bad
  return at < story.fixedAt ? RELEASES.steady : RELEASES.fixed
}

/** How many people write, relative to the busiest moment: quiet nights, a peak before and one after noon, half as much at the weekend. */
export function busyness(at: number): number {
  const hour = (at % DAY) / HOUR
  const bump = (middle: number, width: number) => Math.exp(-(((hour - middle) / width) ** 2))
  const weekday = new Date(at).getUTCDay()
  const week = weekday === 0 ? 0.38 : weekday === 6 ? 0.47 : 1
  return week * Math.min(1, 0.05 + 0.85 * bump(10.2, 2.4) + 0.8 * bump(15.3, 2.8) + 0.32 * bump(20, 1.9))
}
