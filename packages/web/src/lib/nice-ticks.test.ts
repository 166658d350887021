import { describe, expect, it } from 'vitest'
import { niceTicks } from './nice-ticks.ts'

describe('ticks of an axis', () => {
  it('are round and cover everything', () => {
    expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(niceTicks(0.31, 0.87)).toEqual([0.2, 0.4, 0.6, 0.8, 1])
    expect(niceTicks(-0.04, 0.11)).toEqual([-0.05, 0, 0.05, 0.1, 0.15])
    expect(niceTicks(0, 0.0000123).at(-1)).toBeGreaterThanOrEqual(0.0000123)
  })

  it('leave room around a single value, also around nothing', () => {
    const [first = 0, ...others] = niceTicks(0.5, 0.5)
    expect(first).toBeLessThan(0.5)
    expect(others.at(-1)).toBeGreaterThan(0.5)
    expect(niceTicks(0, 0).length).toBeGreaterThan(1)
  })

  it('hold no rests of arithmetic', () => {
    for (const tick of niceTicks(0, 0.7, 7)) expect(String(tick).length).toBeLessThan(5)
  })
})
