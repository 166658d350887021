import type { DraftRule } from './draft.ts'

/** What a rule of a gate lets through, in a sentence. */
export function ruleSentence({ metric, rule, amount }: Pick<DraftRule, 'metric' | 'rule' | 'amount'>, baseline: string): string {
  const what = metric === 'pass' ? 'the share of rows that pass' : metric
  const against = baseline === '' ? 'the pinned baseline' : baseline
  if (rule === 'min') return `Passes where ${what} is at least ${amount || '…'} on average.`
  if (rule === 'better')
    return `Passes only where the rows show that ${what} is better than that of ${against}; fails where they show that it is worse; else it is inconclusive.`
  const margin =
    amount === ''
      ? metric === 'pass'
        ? '2 points'
        : '0.02 (or 2 % of its mean)'
      : metric === 'pass'
        ? `${Number((Number(amount) * 100).toFixed(2))} points`
        : amount
  return `Passes where the rows leave no room for ${what} being worse than that of ${against} by ${margin} or more; fails where they show that it is worse; is inconclusive between the two.`
}
