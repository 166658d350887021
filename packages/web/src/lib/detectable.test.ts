import { describe, expect, it } from 'vitest'
import { detectableDifference, rowsFor } from './detectable.ts'

describe('what rows can show', () => {
  it('is the formula of Connor for paired shares', () => {
    expect(rowsFor(0.03, 0.15)).toBe(1306)
    expect(rowsFor(0.05, 0.15)).toBe(469)
    expect(rowsFor(0.1, 0.2)).toBe(155)
  })

  it('and the other way round', () => {
    expect(detectableDifference(1306, 0.15)).toBeCloseTo(0.03, 3)
    expect(detectableDifference(155, 0.2)).toBeCloseTo(0.1, 2)
    expect(detectableDifference(100, 0.15)).toBeCloseTo(0.107, 2)
  })

  it('says that very few rows show nothing', () => {
    expect(detectableDifference(0, 0.15)).toBe(1)
    expect(detectableDifference(3, 0.15)).toBe(1)
  })
})
