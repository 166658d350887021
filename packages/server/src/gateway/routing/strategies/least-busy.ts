import type { StrategyOrder } from './strategy.ts'

/** Fewest calls in flight from this process first; equals in an order that changes from call to call. */
export const leastBusy: StrategyOrder = (targets, { rooms }) => {
  const placed = targets
    .map((target) => ({ target, inFlight: rooms.statsOf(target).inFlight, tie: rooms.random() }))
    .sort((a, b) => a.inFlight - b.inFlight || a.tie - b.tie)
    .map(({ target, inFlight }) => ({ target, why: `${inFlight} in flight` }))
  return { placed, reason: 'fewest calls in flight' }
}
