import type { RouteTarget } from '../route-target.ts'
import type { StrategyOrder } from './strategy.ts'

/**
 * At random, as often as the weights say; behind it the others, the heaviest first. A target of weight 0 is only ever a fallback, unless
 * all of them have none.
 */
export const weighted: StrategyOrder = (targets, { rooms }) => {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0)
  const drawn = total > 0 ? draw(targets, rooms.random() * total) : targets[0]
  const placed = targets
    .filter((target) => target !== drawn)
    .sort((a, b) => b.weight - a.weight)
    .map((target) => ({ target, why: `weight ${target.weight}` }))
  if (drawn) placed.unshift({ target: drawn, why: `drawn with weight ${drawn.weight} of ${total}` })
  return { placed, reason: 'drawn by weight' }
}

function draw(targets: readonly RouteTarget[], at: number): RouteTarget | undefined {
  let left = at
  for (const target of targets) {
    left -= target.weight
    if (left < 0) return target
  }
  return targets.findLast(({ weight }) => weight > 0)
}
