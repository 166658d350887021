import { rendezvous } from './rendezvous.ts'
import type { StrategyOrder } from './strategy.ts'
import { weighted } from './weighted.ts'

/**
 * Calls that begin alike go to the same target, whose provider has that beginning in its prompt cache: the system prompt and the first
 * message, so all turns of a conversation. A request without either is drawn by weight.
 */
export const affinity: StrategyOrder = (targets, ordering) => {
  const { prefixHash } = ordering.facts
  if (prefixHash === undefined) return { ...weighted(targets, ordering), reason: 'drawn by weight: the call has no text to go by' }
  const placed = rendezvous(targets, prefixHash).map((target, index) => ({
    target,
    why: index === 0 ? 'calls that begin like this one go here' : 'next for this beginning',
  }))
  return { placed, reason: 'by the beginning of the prompt' }
}
