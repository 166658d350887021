import type { Holding } from './lease-words.ts'

/** What another edge holds: what it said last and what it was answered, whichever is more. */
export type OtherHolding = Omit<Holding, 'wants' | 'demand' | 'subject'> & { edgeId: string; granted: number; needsSince: number | null }
export type Lending = {
  edgeId: string
  limit: number
  /** How many edges there are. */
  edges: number
  /** What the ledger knows. */
  settled: number
  mine: Holding & { needsSince: number | null }
  others: readonly OtherHolding[]
  /** Another edge may spend all that is left. */
  isTaken: boolean
}

/** A slice is this part of the amount, or what was asked for at once of late, where that much is left for everybody. */
const SLICE = 1 / 100

/**
 * How much an edge may spend of one subject of a budget, beyond what it set aside. The ledger, what may not be in it yet, what is set
 * aside and what others hold or were granted never come to more than the amount. A call that was refused for want of a lease comes first.
 */
export function lend({ edgeId, limit, edges, settled, mine, others, isTaken }: Lending): { used: number; free: number } {
  let [used, owed, lent] = [settled + mine.pending, mine.pending + mine.reserved, 0]
  for (const { pending, reserved, held, granted } of others) {
    used += pending
    owed += pending + reserved
    lent += Math.max(held, granted)
  }
  const left = limit - settled - owed
  const room = left - lent
  if (isTaken || room <= 0 || (mine.wants === 0 && mine.needs === 0)) return { used, free: 0 }
  if (edges <= 1) return { used, free: Math.floor(room) }
  const isWaiting = mine.needs > mine.held && mine.needs <= left
  let claimed = 0
  for (const { edgeId: other, needs, needsSince, held, granted } of others) {
    const missing = needs - Math.max(held, granted)
    if (missing <= 0 || needs > left) continue
    if (!isWaiting || isBefore([needsSince ?? 0, other], [mine.needsSince ?? Number.POSITIVE_INFINITY, edgeId])) claimed += missing
  }
  const slice = Math.max(mine.wants, Math.min(Math.max(limit * SLICE, mine.demand), left / (2 * edges)), mine.needs)
  return { used, free: Math.floor(Math.max(0, Math.min(room - claimed, slice))) }
}

const isBefore = ([since, id]: [number, string], [otherSince, otherId]: [number, string]): boolean =>
  since < otherSince || (since === otherSince && id < otherId)
