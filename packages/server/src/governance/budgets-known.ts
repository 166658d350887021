import { Budget } from '@signalbox/schema'
import { z } from 'zod'
import type { JournalPosition, Sql } from '../store/ports.ts'
import { periodAt, periodStart } from './admission-meters.ts'
import { arrivedOf } from './arrived.ts'
import { usedBySubject } from './budgets-used.ts'
import { owedByOthers } from './lease-bank.ts'

/** More subjects than an edge counts apart are not told. */
const MOST_SUBJECTS = 250_000

/** What an edge asks when it meets a budget that it has not counted before. */
export const KnownQuery = z.object({
  edgeId: z.string(),
  /** `ofNobody`: only calls without a key, which are those of shadows. */
  budgets: z.array(z.object({ identity: z.string(), projectId: z.string(), budget: Budget, ofNobody: z.boolean().optional() })).max(10_000),
})
export type KnownQuery = z.infer<typeof KnownQuery>
export type KnownUse = {
  /** Everything of this edge's journal before it is in `used`, and nothing after it; null where nothing of it ever came. */
  position: JournalPosition | null
  budgets: { identity: string; period: number; used: [subject: string, used: number][] }[]
}

/** What the ledger knows of budgets in their period, and which part of the edge's journal is in that. */
export function knownUse(sql: Sql, { edgeId, budgets }: KnownQuery, now: Date): Promise<KnownUse> {
  return sql.transaction(async (session) => {
    // Ledger and batch must be of one moment.
    await session.query('set transaction isolation level repeatable read')
    const known: KnownUse = { position: await arrivedOf(session, edgeId), budgets: [] }
    for (const { identity, projectId, budget, ofNobody } of budgets) {
      const { per = 'month' } = budget
      if (per === 'minute' || budget.measure === 'concurrent') continue
      const period = periodAt(per, now.getTime())
      const [from, to] = [dayOf(periodStart(per, period)), dayOf(periodStart(per, period + 1) - 1)]
      const rows = await usedBySubject(session, { projectId, budget, ofNobody, from, to, limit: MOST_SUBJECTS })
      const used = new Map(rows.map((row) => [row.subject, row.used]))
      for (const left of await owedByOthers(session, { edgeId, identity, period }))
        used.set(left.subject, (used.get(left.subject) ?? 0) + left.amount)
      known.budgets.push({ identity, period, used: [...used] })
    }
    return known
  })
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
