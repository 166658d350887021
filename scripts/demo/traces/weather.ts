/** What the hour is like at a moment of it, from 0 to 60 minutes. */
export type Weather = {
  /** The eight minutes in which OpenAI is slow, in minutes. */
  slow: { from: number; to: number }
  /** Where in the hour a moment lies, in minutes. `at` in milliseconds since 1970. */
  minuteOf(at: number): number
  /** Times of this provider are multiplied by this. */
  slowness(at: number, provider: string): number
  /** The share of turns in which something goes wrong, from 0 to 1. */
  trouble(at: number): number
}

const SLOW = { from: 27, to: 35 }

/** The weather of the hour that begins at `startsAt`. */
export function weatherOf(startsAt: number): Weather {
  const minuteOf = (at: number) => (at - startsAt) / 60_000
  const isSlow = (at: number) => minuteOf(at) >= SLOW.from && minuteOf(at) < SLOW.to
  return {
    slow: SLOW,
    minuteOf,
    slowness: (at, provider) => (provider === 'openai' && isSlow(at) ? 2.1 : 1),
    trouble: (at) => (isSlow(at) ? 0.26 : 0.06),
  }
}

/** How many people write, relative to the busiest minute: a coffee-break bump, a dip, and the busy time before the end of work. */
export function busyness(minute: number): number {
  const bump = (middle: number, width: number) => Math.exp(-(((minute - middle) / width) ** 2))
  return Math.min(1, 0.42 + 0.38 * bump(16, 7) + 0.55 * bump(47, 8) + 0.06 * Math.sin(minute * 1.7))
}
