import { Budget, type CallEnd, type CallStart, type SnapshotProject } from '@signalbox/schema'
import type { ShadowSplit } from '../gateway/shadow-admission.ts'
import type { KnownQuery, KnownUse } from '../governance/budgets-known.ts'
import type { JournalPosition } from '../store/ports.ts'

const DAY_MS = 86_400_000

export type SpendingRooms = {
  edgeId(): string
  ask(query: KnownQuery): Promise<KnownUse>
  replay(from: JournalPosition, each: (start: CallStart, end: CallEnd) => void): void
  now(): number
}

/**
 * What mirrored calls to the model of a shadow have cost today, in nano-USD: what the ledger knows of calls that are nobody's, from every
 * edge, and what of this edge's journal is not in that yet. Shadows of one project that mirror to the same model share it.
 */
export function createShadowSpending({ edgeId, ask, replay, now }: SpendingRooms) {
  return async function spentOn({ project, split }: { project: SnapshotProject; split: ShadowSplit }): Promise<number> {
    const budget = Budget.parse({ name: 'shadow', scope: 'project', measure: 'money', amount: 0, per: 'day', model: split.to })
    const asked = { identity: `shadow ${project.id} ${split.to}`, projectId: project.id, budget, ofNobody: true }
    const { position, budgets } = await ask({ edgeId: edgeId(), budgets: [asked] })
    const today = Math.floor(now() / DAY_MS)
    let spent = budgets[0]?.period === today ? (budgets[0].used[0]?.[1] ?? 0) : 0
    replay(position ?? { segment: 0, offset: 0 }, (start, end) => {
      if (start.shadowOf === undefined || start.projectId !== project.id || start.requestModel !== split.to) return
      if (Math.floor(start.startedAt / 1000 / DAY_MS) !== today) return
      for (const { cost } of end.attempts) spent += cost ?? 0
      // Of one whose process died, or that told nothing, the most that it could cost is known.
      spent += end.usageSource === 'none' && end.cost === null ? (start.setAside?.cost ?? 0) : (end.cost ?? 0)
    })
    return spent
  }
}
