import type { Model, ModelEntry, Strategy } from '@signalbox/schema'

/** Strategies in words: what each is called, what it does, and which fields of a target it reads. */
export const STRATEGIES: Record<Strategy, { title: string; does: string; weighs?: boolean }> = {
  fallback: { title: 'Fallback', does: 'The first one; the next where it fails.' },
  weighted: { title: 'Weighted', does: 'Drawn by weight for each call.', weighs: true },
  latency: { title: 'Least latency', does: 'The quickest of the last minutes.' },
  'least-busy': { title: 'Least busy', does: 'The one with the fewest calls in flight.' },
  cost: { title: 'Cheapest', does: 'The cheapest that meets the limits.' },
  complexity: { title: 'By complexity', does: 'Easy calls to cheap models, hard ones to strong ones.' },
  sticky: { title: 'Sticky', does: 'The same one for the same user, by weight.', weighs: true },
  affinity: { title: 'Prompt-cache affinity', does: 'Where the beginning of the prompt is already cached.', weighs: true },
  rules: { title: 'Rules', does: 'The first rule that holds decides.' },
}

/** What an alias does with a call, with its own settings, in one line. */
export function describeStrategy({ strategy, stickyBy, latency, cost, complexity, targets, rules }: ModelEntry | Model): string {
  if (targets.length === 1 && !rules?.length) return 'Every call goes to one target.'
  const limits = cost && [
    cost.maxFirstTokenMs !== undefined && `first token ≤ ${cost.maxFirstTokenMs} ms`,
    cost.minTokensPerSecond !== undefined && `≥ ${cost.minTokensPerSecond} tokens/s`,
    cost.maxErrorRate !== undefined && `errors ≤ ${cost.maxErrorRate * 100}%`,
  ]
  const own: Partial<Record<Strategy, string | false>> = {
    sticky: stickyBy !== undefined && stickyBy !== 'user' && `The same one for the same ${stickyBy}, by weight.`,
    latency:
      latency !== undefined &&
      { 'first-token': 'The quickest first token of the last minutes.', 'tokens-per-second': 'The most tokens per second.', total: '' }[
        latency.by
      ],
    cost: limits?.some(Boolean) ? `The cheapest with ${limits.filter(Boolean).join(', ')}.` : 'The cheapest one.',
    complexity: `Scores of ${complexity?.threshold ?? 0.35} and more are hard.`,
  }
  return own[strategy] || STRATEGIES[strategy].does
}

/** Which part of the calls each target gets by its weight. */
export const shareOf = (target: { weight?: number | undefined }, all: readonly { weight?: number | undefined }[]): number => {
  const sum = all.reduce((total, { weight = 1 }) => total + weight, 0)
  return sum === 0 ? 0 : (target.weight ?? 1) / sum
}
