import { expect, test } from 'vitest'
import { providerCost } from './provider-cost.ts'

test.each([
  [{ prompt_tokens: 3, cost: 0.00014 }, '0.00014'],
  [{ cost: 0 }, '0'],
  [{ cost: { input_tokens_cost: 0.001, total_cost: 0.006 } }, '0.006'],
  [{ cost_in_usd_ticks: 37756000 }, '0.0037756'],
  [{ cost: -1 }, undefined],
  [{ cost: Number.NaN }, undefined],
  [{ cost: 1e12 }, undefined],
  [{ cost: 'much' }, undefined],
  [{ prompt_tokens: 3 }, undefined],
  [undefined, undefined],
  ['x', undefined],
])('%j names a cost of %s', (usage, expected) => {
  expect(providerCost(usage)).toBe(expected)
})
