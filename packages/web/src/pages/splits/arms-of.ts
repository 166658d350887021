import type { ShownSplit } from '@signalbox/schema'
import { canaryShare } from './canary-steps.ts'

/** An arm as it is to be shown; `wanted` is its part of the calls, `null` where that is not a matter of parts. */
export type ShownArm = { name: string; model: string; wanted: number | null }

/** The arms of a split by the names that calls are recorded with. */
export function armsOf(split: ShownSplit, now: number): ShownArm[] {
  if (split.kind === 'weights') {
    const arms = split.arms ?? []
    const sum = arms.reduce((total, { weight }) => total + weight, 0)
    return arms.map(({ name, model, weight }) => ({ name, model, wanted: sum === 0 ? 0 : weight / sum }))
  }
  if (split.kind === 'canary') {
    const share = canaryShare(split, now)
    return [
      { name: 'stable', model: split.model, wanted: share === null ? 1 : 1 - share },
      { name: 'canary', model: split.to ?? '', wanted: share ?? 0 },
    ]
  }
  return [{ name: 'shadow', model: split.to ?? '', wanted: null }]
}
