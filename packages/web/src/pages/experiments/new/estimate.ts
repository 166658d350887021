import { detectableDifference } from '../../../lib/detectable.ts'
import type { Past } from './questions.ts'

/** As many rows come out differently where two versions of a prompt are much alike, and where they are not. */
const [ALIKE, UNLIKE] = [0.1, 0.25]
/** So many calls at once go to a provider at most. */
const AT_ONCE = 16

export type Estimate = {
  items: number
  calls: number
  /** null where nothing is known of some variant. */
  costUsd: number | null
  seconds: number | null
  /** The smallest change of the share of rows that pass which would show, at best and at worst. */
  detectable: { low: number; high: number }
}
type Options = { items: number; repeats: number; variants: readonly { past: Past | undefined }[] }

/** What an experiment takes and what it can show, before it begins. */
export function estimate({ items, repeats, variants }: Options): Estimate {
  const each = items * repeats
  const sum = (of: (past: Past) => number | null): number | null =>
    variants.reduce<number | null>((total, { past }) => {
      const value = past ? of(past) : null
      return total === null || value === null ? null : total + value * each
    }, 0)
  const seconds = sum((past) => past.seconds)
  return {
    items,
    calls: each * variants.length,
    costUsd: sum((past) => past.costUsd),
    seconds: seconds === null ? null : seconds / AT_ONCE,
    detectable: { low: detectableDifference(items, ALIKE), high: detectableDifference(items, UNLIKE) },
  }
}
