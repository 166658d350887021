import { describe, expect, it } from 'vitest'
import { changeText } from './change.tsx'
import { linePath } from './sparkline.tsx'

describe('a sparkline', () => {
  it('leaves a gap where a value is unknown, and shows a lonely one', () => {
    expect(linePath([0, 10, null, 10, null], 10)).toBe('M0 19L25 1M75 1h1')
  })
})

describe('a change', () => {
  it('is a percentage, and a factor where that says more', () => {
    expect([changeText(0.051), changeText(-0.5), changeText(11)]).toEqual(['5.1%', '50%', '×12'])
  })
})
