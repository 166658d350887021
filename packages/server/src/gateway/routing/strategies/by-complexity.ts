import { complexityOf, type Score } from '../complexity.ts'
import type { StrategyOrder } from './strategy.ts'

const DEFAULT_THRESHOLD = 0.35

/** Easy calls go to targets of tier `easy`, hard ones to those of tier `hard`; then those without a tier, and the other tier last. */
export const byComplexity: StrategyOrder = (targets, { facts, entry }) => {
  const threshold = entry.complexity?.threshold ?? DEFAULT_THRESHOLD
  const scored = complexityOf(facts)
  const wanted = scored.score >= threshold ? 'hard' : 'easy'
  const rank = (tier: string | undefined): number => (tier === wanted ? 0 : tier === undefined ? 1 : 2)
  const placed = [...targets]
    .sort((a, b) => rank(a.target.tier) - rank(b.target.tier))
    .map((target) => ({ target, why: target.target.tier === undefined ? 'for every call' : `for ${target.target.tier} calls` }))
  return { placed, reason: `${wanted}: ${inWords(scored, threshold)}` }
}

/** `0.46 of at least 0.35: writing 0.18 (draft), expert 0.26 (legal, clause)`. */
function inWords({ score, parts }: Score, threshold: number): string {
  const reasons = parts.map(({ name, points, because }) => `${name} ${points} (${because})`).join(', ')
  return `it scores ${score}${score >= threshold ? ', at least' : ', less than'} ${threshold}${reasons && `: ${reasons}`}`
}
