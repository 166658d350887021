import { expect, test } from 'vitest'
import { OutcomeWindow } from './outcome-window.ts'

test.each([
  [1, 30],
  [10, 30],
  [59, 59],
  [60, 60],
  [600, 900],
  [3600, 3600],
])('a window of %i s holds what was within it, and nothing older than a slot more', (seconds, horizon) => {
  const window = new OutcomeWindow()
  const outcomes: { at: number; failed: boolean }[] = []
  let state = 7
  const random = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  let now = 5_000_000
  for (let step = 0; step < 500; step++) {
    now += random() * horizon * 20
    const failed = random() < 0.4
    window.add(now, failed)
    outcomes.push({ at: now, failed })
    const within = (span: number) => outcomes.filter(({ at }) => at > now - span)
    const slot = seconds < 60 ? 1000 : 60_000
    const { calls, failures } = window.sum(now, seconds)
    expect(calls).toBeGreaterThanOrEqual(within(seconds * 1000 - (seconds === 3600 ? slot : 0)).length)
    expect(calls).toBeLessThanOrEqual(within(seconds * 1000 + slot).length)
    expect(failures).toBeLessThanOrEqual(within(seconds * 1000 + slot).filter((one) => one.failed).length)
  }
})
