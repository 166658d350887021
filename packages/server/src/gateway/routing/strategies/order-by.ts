import type { Strategy } from '@signalbox/schema'
import { affinity } from './affinity.ts'
import { byComplexity } from './by-complexity.ts'
import { cost } from './cost.ts'
import { fallback } from './fallback.ts'
import { latency } from './latency.ts'
import { leastBusy } from './least-busy.ts'
import { sticky } from './sticky.ts'
import type { StrategyOrder } from './strategy.ts'
import { weighted } from './weighted.ts'

/** How each strategy puts targets in order. Where no rule of `rules` holds, its targets stand in their order. */
export const orderBy: Record<Strategy, StrategyOrder> = {
  fallback,
  weighted,
  latency,
  'least-busy': leastBusy,
  cost,
  complexity: byComplexity,
  sticky,
  affinity,
  rules: fallback,
}
