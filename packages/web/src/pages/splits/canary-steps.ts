import type { ShownSplit } from '@signalbox/schema'

/** A step of a canary with its times, in milliseconds since 1970; the last one has no end. */
export type CanaryStep = { percent: number; from: number; to: number | null; state: 'over' | 'now' | 'ahead' }

/** The steps of a canary on the clock. */
export function canarySteps({ startsAt, steps = [] }: Pick<ShownSplit, 'startsAt' | 'steps'>, now: number): CanaryStep[] {
  let from = Date.parse(startsAt ?? '')
  if (Number.isNaN(from)) return []
  return steps.map(({ percent, minutes }, at) => {
    // The last step stays, whatever was written.
    const to = minutes === undefined || at === steps.length - 1 ? null : from + minutes * 60_000
    const step: CanaryStep = { percent, from, to, state: now < from ? 'ahead' : to !== null && now >= to ? 'over' : 'now' }
    from = to ?? from
    return step
  })
}

/** Part of the calls that the new target gets now; `null` before the first step. */
export const canaryShare = (split: Pick<ShownSplit, 'startsAt' | 'steps'>, now: number): number | null => {
  const step = canarySteps(split, now).find(({ state }) => state === 'now')
  return step ? step.percent / 100 : null
}
