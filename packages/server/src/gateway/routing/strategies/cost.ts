import type { ModelEntry } from '@signalbox/schema'
import { toUsd } from '@signalbox/schema'
import type { RequestFacts } from '../facts.ts'
import type { StrategyOrder, TargetStats } from './strategy.ts'

/** Tokens of an answer whose request sets no limit, or a higher one: limits are mostly set with room to spare. */
const TYPICAL_OUTPUT = 500

/**
 * The cheapest by the price list, for the estimated input and an answer of usual length, among targets that meet the limits of
 * `entry.cost`. One of which nothing is known yet meets them. Behind it those that do not; a price that is not known comes last.
 */
export const cost: StrategyOrder = (targets, { facts, entry, rooms }) => {
  const tokens = expectedTokens(facts)
  const placed = targets
    .map((target) => {
      const price = rooms.costOf(target, tokens)
      const missed = entry.cost ? missedLimit(entry.cost, rooms.statsOf(target)) : ''
      return {
        target,
        price,
        missed,
        why: `${price === null ? 'its price is not known' : `about $${toUsd(Math.round(price))}`}${missed && `, but ${missed}`}`,
      }
    })
    .sort(
      (a, b) =>
        Number(a.missed !== '') - Number(b.missed !== '') ||
        (a.price ?? Number.POSITIVE_INFINITY) - (b.price ?? Number.POSITIVE_INFINITY) ||
        0,
    )
    .map(({ target, why }) => ({ target, why }))
  return { placed, reason: `cheapest for about ${tokens.input} tokens in and ${tokens.output} out` }
}

/** What a call may use: its input, and an answer of usual length. */
export const expectedTokens = ({
  inputTokens,
  maxTokens,
}: Pick<RequestFacts, 'inputTokens' | 'maxTokens'>): { input: number; output: number } => ({
  input: inputTokens,
  output: Math.min(maxTokens ?? TYPICAL_OUTPUT, TYPICAL_OUTPUT),
})

type Limits = NonNullable<ModelEntry['cost']>

/** Which limit a target misses, in words; '' where none. */
function missedLimit({ maxFirstTokenMs, minTokensPerSecond, maxErrorRate }: Limits, stats: TargetStats): string {
  const { firstTokenMs, tokensPerSecond, errorRate } = stats
  if (maxFirstTokenMs !== undefined && firstTokenMs !== undefined && firstTokenMs > maxFirstTokenMs)
    return `${Math.round(firstTokenMs)} ms until the first token are more than ${maxFirstTokenMs}`
  if (minTokensPerSecond !== undefined && tokensPerSecond !== undefined && tokensPerSecond < minTokensPerSecond)
    return `${tokensPerSecond.toFixed(1)} tokens per second are less than ${minTokensPerSecond}`
  if (maxErrorRate !== undefined && errorRate !== undefined && errorRate > maxErrorRate)
    return `${percent(errorRate)} errors are more than ${percent(maxErrorRate)}`
  return ''
}

const percent = (part: number): string => `${Number((part * 100).toFixed(1))} %`
