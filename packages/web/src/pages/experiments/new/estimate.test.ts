import { expect, it } from 'vitest'
import { estimate } from './estimate.ts'

const past = { calls: 100, costUsd: 0.002, seconds: 1.6 }

it('says what an experiment takes and what it can show', () => {
  const found = estimate({ items: 155, repeats: 2, variants: [{ past }, { past: { ...past, costUsd: 0.01 } }] })
  expect(found.calls).toBe(620)
  expect(found.costUsd).toBeCloseTo(155 * 2 * 0.012)
  expect(found.seconds).toBeCloseTo(62)
  // 155 rows show 10 points where one row in five comes out differently.
  expect(found.detectable.low).toBeLessThan(0.1)
  expect(found.detectable.high).toBeGreaterThan(0.1)
})

it('knows no cost where a variant was never called', () => {
  const found = estimate({ items: 10, repeats: 1, variants: [{ past }, { past: undefined }] })
  expect(found).toMatchObject({ calls: 20, costUsd: null, seconds: null })
})
