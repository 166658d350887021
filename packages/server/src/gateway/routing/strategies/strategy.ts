import type { ModelEntry } from '@signalbox/schema'
import type { RequestFacts } from '../facts.ts'
import type { Ordered, RouteTarget } from '../route-target.ts'
import type { TargetHealth } from '../target-health.ts'

export type TargetStats = ReturnType<TargetHealth['statsOf']>

/** What strategies ask beside the request. */
export type StrategyRooms = {
  /** From 0 up to, and not, 1. */
  random(): number
  statsOf(target: RouteTarget): TargetStats
  /** Nano-USD of so many tokens at a target; null where its price is not known. */
  costOf(target: RouteTarget, tokens: { input: number; output: number }): number | null
}

export type Ordering = { facts: RequestFacts; entry: ModelEntry; rooms: StrategyRooms }

/** Puts targets in order, best first. None is left out: what stands behind the first is what follows when it fails. */
export type StrategyOrder = (targets: readonly RouteTarget[], ordering: Ordering) => Ordered
