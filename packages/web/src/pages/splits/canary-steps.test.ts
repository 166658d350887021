import { describe, expect, it } from 'vitest'
import { canaryShare, canarySteps } from './canary-steps.ts'

const START = Date.parse('2026-11-20T12:00:00Z')
const MINUTE = 60_000
const split = {
  startsAt: '2026-11-20T12:00:00Z',
  steps: [{ percent: 5, minutes: 10 }, { percent: 50, minutes: 20 }, { percent: 100 }],
}

describe('the steps of a canary', () => {
  it.each([
    [-1, ['ahead', 'ahead', 'ahead'], null],
    [0, ['now', 'ahead', 'ahead'], 0.05],
    [10, ['over', 'now', 'ahead'], 0.5],
    [29, ['over', 'now', 'ahead'], 0.5],
    [30, ['over', 'over', 'now'], 1],
    [9_999, ['over', 'over', 'now'], 1],
  ])('%s minutes after it began', (minutes, states, share) => {
    const now = START + minutes * MINUTE
    expect(canarySteps(split, now).map(({ state }) => state)).toEqual(states)
    expect(canaryShare(split, now)).toBe(share)
  })
  it('follow each other, and the last one stays', () => {
    const steps = canarySteps(split, START)
    expect(steps.map(({ from, to }) => [from - START, to === null ? null : to - START])).toEqual([
      [0, 10 * MINUTE],
      [10 * MINUTE, 30 * MINUTE],
      [30 * MINUTE, null],
    ])
  })
  it('are none where nothing says when they begin', () => expect(canarySteps({ steps: split.steps }, START)).toEqual([]))
})
