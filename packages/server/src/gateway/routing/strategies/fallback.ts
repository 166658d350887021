import type { StrategyOrder } from './strategy.ts'

/** As they stand in the configuration. */
export const fallback: StrategyOrder = (targets) => ({
  placed: targets.map((target, index) => ({ target, why: index === 0 ? 'the first in order' : 'next in order' })),
  reason: 'the first target that can be used',
})
