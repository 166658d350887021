import type { SnapshotProject, Split, Variant } from '@signalbox/schema'
import { asFraction, hashText, mixHashes } from '../../lib/hash-text.ts'
import type { RequestFacts } from './facts.ts'
import { rendezvous } from './strategies/rendezvous.ts'

/** Splits that put a call into an arm before it is routed. */
export type DividingSplit = Exclude<Split, { kind: 'shadow' }>
/** The arm of a call: the model that it goes to instead, and the variant to be recorded with it. */
export type Assigned = { model: string; variant: Variant; reason: string }

export type SplitRooms = {
  random(): number
  /** Whether too many calls of the new arm of a canary failed. */
  isStopped(split: DividingSplit): boolean
}

type Arm = { name: string; model: string; weight: number; hash: number }
/** The first split of an alias that is on, ready to divide; undefined where it has none. */
export type CompiledSplit = { split: DividingSplit; salt: number; arms: readonly Arm[]; total: number }

/** Names of the arms of a canary. */
export const CANARY_ARMS = { old: 'stable', new: 'canary' } as const

/** By the alias that they divide. Of several that are on, the first one counts. */
export function compileSplits({ splits }: Pick<SnapshotProject, 'splits'>): ReadonlyMap<string, CompiledSplit> {
  const compiled = new Map<string, CompiledSplit>()
  for (const split of splits) {
    if (!split.active || split.kind === 'shadow' || compiled.has(split.model)) continue
    const arms = split.kind === 'weights' ? split.arms.map((arm) => ({ ...arm, hash: hashText(arm.name) })) : []
    compiled.set(split.model, { split, salt: hashText(split.name), arms, total: arms.reduce((sum, { weight }) => sum + weight, 0) })
  }
  return compiled
}

/**
 * The arm of a call. The same user or session is always in the same one; a call without either is drawn. Undefined before a canary
 * begins, and for a split whose weights are all 0.
 */
export function assign(compiled: CompiledSplit, facts: RequestFacts, rooms: SplitRooms): Assigned | undefined {
  const { split, salt } = compiled
  const subject = split.by === 'request' ? '' : split.by === 'user' ? facts.user : facts.session
  const key = subject === '' ? Math.floor(rooms.random() * 4_294_967_296) : mixHashes(hashText(subject), salt)
  const how = split.by === 'request' ? 'drawn' : subject === '' ? `drawn: the call has no ${split.by}` : `by ${split.by}`
  if (split.kind === 'weights') return assignByWeight(compiled, key, how)
  const percent = percentOf(split, facts.now)
  if (percent === undefined) return undefined
  const stopped = rooms.isStopped(split)
  const share = stopped ? 0 : percent / 100
  const isNew = asFraction(key) < share
  const arm = isNew ? CANARY_ARMS.new : CANARY_ARMS.old
  return {
    model: isNew ? split.to : split.model,
    variant: { split: split.name, arm, propensity: isNew ? share : 1 - share },
    reason: stopped
      ? `canary ${split.name}: stopped, too many of its calls failed`
      : `canary ${split.name} at ${percent} %: ${arm} (${how})`,
  }
}

function assignByWeight({ split, arms, total }: CompiledSplit, key: number, how: string): Assigned | undefined {
  const [arm] = rendezvous(arms, key)
  if (!arm || total === 0) return undefined
  const propensity = arm.weight / total
  return {
    model: arm.model,
    variant: { split: split.name, arm: arm.name, propensity },
    reason: `split ${split.name}: ${arm.name} of ${Number((propensity * 100).toFixed(2))} % (${how})`,
  }
}

/** The percentage of the step that is on; undefined before the first one. */
export function percentOf({ startsAt, steps }: Extract<Split, { kind: 'canary' }>, now: number): number | undefined {
  let begins = Date.parse(startsAt)
  if (now < begins) return undefined
  for (const { percent, minutes } of steps) {
    if (minutes === undefined || now < begins + minutes * 60_000) return percent
    begins += minutes * 60_000
  }
  return steps.at(-1)?.percent
}
